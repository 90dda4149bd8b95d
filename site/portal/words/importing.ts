// Every word of taking in a list of contacts.

import { list, number } from '../format.ts'

const rows = (count: number): string => (count === 1 ? '1 row' : `${number(count)} rows`)
const people = (count: number): string => (count === 1 ? '1 person' : `${number(count)} people`)

export const importing = {
  title: 'Import a list',
  lead: 'People who agreed that you write to them. The list is read in your browser; its rows are not kept.',
  back: 'All contacts',
  steps: { file: 'File', columns: 'Columns', consent: 'Consent', check: 'Check', run: 'Import' },
  step: (at: number, all: number) => `Step ${number(at)} of ${number(all)}`,
  next: 'Go on',
  before: 'Back',

  file: {
    title: 'Which file?',
    choose: 'Choose a file',
    drop: 'Drop a CSV file here, or choose one. A spreadsheet saves as CSV.',
    tooLarge: 'The file is larger than 10 MB. Cut it into several.',
    tooMany: (most: number) => `More than ${number(most)} rows. Cut it into several files.`,
    empty: 'There are no rows in it.',
    noText: (name: string) =>
      `${name} is not a list: it is no text. Save the list as CSV in your spreadsheet, and choose that file.`,
    unreadable: 'The file could not be read.',
    read: (name: string, count: number) => `${name}: ${rows(count)}.`,
    encoding: 'Letters',
    encodings: {
      'utf-8': 'UTF-8',
      'utf-16le': 'UTF-16',
      'utf-16be': 'UTF-16, big-endian',
      'windows-1252': 'Windows (Western Europe)',
    },
    encodingHint: 'Another one if names look wrong below.',
    separator: 'Columns are divided by',
    separators: { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab' } as Record<string, string>,
    header: 'The first row names the columns',
    sample: 'The first rows',
    faults: (count: number) =>
      count === 1
        ? 'One line is not written as it should be.'
        : `${number(count)} lines are not written as they should be.`,
    fault: {
      open_quote: 'A quotation mark is opened and never closed.',
      stray_quote: 'A quotation mark stands in the middle.',
    },
    line: (line: number) => `Line ${number(line)}`,
  },

  columns: {
    title: 'What stands in which column?',
    caption: 'Columns of the file',
    column: 'Column',
    sample: 'For example',
    means: 'Is',
    meansOf: (column: string) => `What ${column} is`,
    unnamed: (at: number) => `Column ${number(at)}`,
    ignore: 'Nothing: leave it out',
    phone: 'Phone number',
    name: 'Name',
    phoneWrong: 'One column has to be the phone number.',
    twice: 'Two columns cannot be the same.',
    country: 'Country code for numbers without one',
    countryHint:
      'As 34. Numbers that begin with + or 00 stay as they are; a zero in front of the others falls away.',
    countryWrong: 'One to three digits.',
    fields: 'Something else? Make a field first.',
  },

  consent: {
    title: 'What did they agree to?',
    lead: 'WhatsApp and the law ask for a consent of everybody on the list. It is written down with each person, as you state it here.',
    purpose: 'To what?',
    source: 'How did they agree?',
    text: 'To which words?',
    textHint: 'The sentence as they read or heard it.',
    where: 'Where does it stand?',
    whereHint: 'A page, a form, a till. Can be left out.',
    date: 'When?',
    dateHint: 'Of several days the last.',
    sure: 'Everybody on this list agreed to this, and I can show it.',
    sureWrong: 'Without that nobody can be taken in.',
  },

  check: {
    title: 'This is what would happen',
    checking: 'Looking at every row …',
    progress: 'Rows looked at',
    add: (count: number) => `${people(count)} would be new.`,
    update: (count: number) => `${people(count)} are known already; their consent is written down.`,
    refused: (count: number) => `${rows(count)} would be left out.`,
    none: 'No row can be taken in.',
    start: (count: number) => `Import ${rows(count)}`,
  },

  run: {
    title: 'Importing',
    doneTitle: 'Imported',
    cancelledTitle: 'Cancelled',
    progress: 'Rows handled',
    count: (done: number, all: number) => `${number(done)} of ${rows(all)}`,
    leave: 'Keep this page open. If the line goes, it goes on where it was.',
    waiting: 'The line is down. It goes on by itself.',
    stopped: 'It has stopped.',
    goOn: 'Go on',
    cancel: 'Cancel the import',
    cancelTitle: 'Cancel the import?',
    cancelText: 'Whoever was taken in already stays. The rest of the list is not looked at.',
    cancelWord: 'cancel',
    summary: (added: number, updated: number, refused: number) =>
      list([`${people(added)} added`, `${people(updated)} known already`, `${rows(refused)} left out`]),
    download: 'Download the report',
    again: 'Import another list',
  },

  faults: {
    title: 'Rows that are left out',
    row: 'Row',
    line: 'Line in the file',
    fault: 'Why',
    more: (count: number) => `And ${number(count)} more; all of them stand in the report.`,
    no_phone: 'There is no phone number.',
    bad_phone: 'This is not a phone number with its country code.',
    bad_name: 'The name is too long, or has characters that cannot be seen.',
    bad_value: 'A value does not fit its field.',
    twice: 'The same phone number stands in a row before it.',
    objected: 'This person wants no messages, or took this consent back.',
    left_alone: 'This person can only come back by writing to you.',
  },

  lists: {
    title: 'Lists so far',
    caption: 'Lists that were taken in',
    name: 'File',
    purpose: 'Agreed to',
    state: 'State',
    states: { open: 'Not finished', done: 'Done', cancelled: 'Cancelled' },
    counts: 'Added, known, left out',
    at: 'Begun',
    actions: (name: string) => `Actions for ${name}`,
    resume: 'Go on with it',
    report: 'Download the report',
    lost: 'Cannot be opened',
    resumeTitle: (name: string) => `Go on with ${name}`,
    resumeText: (position: number, total: number) =>
      `${number(position)} of ${rows(total)} were handled. Choose the same file again: its rows were not kept.`,
    otherFile: 'This is another file, or it was changed since.',
  },
}
