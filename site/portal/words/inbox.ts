// Every word of the inbox. English; other languages would stand beside it in the same shape.

import { number } from '../format.ts'

export const inbox = {
  title: 'Inbox',
  list: 'Conversations',
  thread: (name: string) => `Conversation with ${name}`,
  unnamed: 'Somebody without a name',
  choose: 'Choose a conversation',
  chooseText: 'What people write appears here the moment it arrives.',
  emptyTitle: 'Nobody has written yet',
  emptyText: 'As soon as somebody writes to one of your numbers, the conversation stands here.',
  emptyAction: 'Look at your numbers',
  nothingTitle: 'No conversation fits',
  nothingText: 'Nothing here matches these filters.',
  noOpenTitle: 'No open conversations',
  noOpenText: 'Everything here is closed.',
  showClosed: 'Show closed conversations',
  showAll: 'Show all conversations',
  loadingOlder: 'Loading what is older …',
  beginning: 'This is where the conversation begins.',
  newest: 'Jump to the newest',
  newBelow: 'New message below',
  unreadLine: 'Not read yet',
  back: 'Back to the list',
  details: 'Details',
  hideDetails: 'Hide details',
}

export const filters = {
  label: 'Filters',
  state: 'State',
  states: { open: 'Open', closed: 'Closed', all: 'All' },
  assignee: 'Assigned to',
  anyone: 'Anyone',
  me: 'Me',
  nobody: 'Nobody',
  label_: 'Label',
  anyLabel: 'Label',
  unread: 'Unread',
}

export const search = {
  label: 'Search people and words',
  clear: 'Clear the search',
  results: 'Search results',
  count: (n: number) => (n === 0 ? 'Nothing found' : `${number(n)} found`),
  noneText:
    'Names and whole words are searched. Words are found without being readable on the server, so parts of words are not.',
  more: 'Show more results',
}

export const row = {
  unread: (n: number) => `${n >= 100 ? `${number(99)}+` : number(n)} unread`,
  unreadShort: (n: number) => (n >= 100 ? `${number(99)}+` : number(n)),
  draft: 'Draft',
  nothing: 'No messages',
  you: 'You',
  assigned: (name: string) => `Assigned to ${name}`,
  closed: 'Closed',
  closingSoon: 'The window closes soon',
}

export const kinds = {
  image: 'Picture',
  video: 'Video',
  audio: 'Audio',
  voice: 'Voice message',
  document: 'Document',
  sticker: 'Sticker',
}

/** The last word of a conversation when it has no text of its own. */
export const last: Record<string, string> = {
  image: kinds.image,
  video: kinds.video,
  audio: kinds.audio,
  document: kinds.document,
  sticker: kinds.sticker,
  location: 'Location',
  contacts: 'Contact',
  order: 'Order',
  interactive: 'Answer',
  button: 'Answer',
  template: 'Template',
  reaction: 'Reaction',
  system: 'Notice from WhatsApp',
  unsupported: 'Message of a kind that WhatsApp does not pass on',
  media_placeholder: 'Message of a kind that WhatsApp does not pass on',
}
export const revokedLast = 'Deleted message'
export const otherType = (type: string) => `Message of the kind “${type.replaceAll('_', ' ')}”`

export const statuses: Record<string, string> = {
  waiting: 'Waits to be sent',
  unknown: 'Not known whether it was sent',
  accepted: 'Taken by WhatsApp',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  played: 'Played',
  failed: 'Not sent',
}
export const statusAt = (status: string, when: string) => `${statuses[status] ?? status}: ${when}`

export const bubble = {
  from: { in: 'They', out: 'You' },
  fromColleague: (name: string) => name,
  bySystem: 'Sent by Softivum Connect',
  byKey: 'Sent through the API',
  edited: 'edited',
  revoked: 'This message was deleted by its sender.',
  quote: 'In answer to',
  quoteGone: 'A message that is not here',
  actions: 'Actions for this message',
  reply: 'Reply',
  copy: 'Copy the text',
  copied: 'Copied',
  explain: 'Explain this message',
  react: (emoji: string) => `React with ${emoji}`,
  unreact: (emoji: string) => `Take ${emoji} back`,
  moreReactions: 'Another reaction',
  reactionOf: {
    contact: (emoji: string) => `They reacted with ${emoji}`,
    business: (emoji: string) => `You reacted with ${emoji}`,
  },
  waitingWhy:
    'The number is not connected, so this message waits. It leaves by itself once the number is back.',
  waitingLink: 'See what the doctor says',
  unknownWhy: 'WhatsApp has not said what became of it. It is not sent again, because it may have arrived.',
  failed: 'Not sent',
  location: 'Location',
  openMap: 'Open on a map',
  mapText: (latitude: string, longitude: string) => `${latitude}, ${longitude}`,
  contact: 'Contact',
  contacts: (n: number) => `${number(n)} contacts`,
  order: 'Order',
  orderTotal: 'Total',
  chosen: {
    button: 'Pressed a button',
    list: 'Chose from a list',
    template: 'Pressed a button of a template',
  },
  form: 'Form filled in',
  template: 'Template',
  templateOf: (name: string) => `Template ${name}`,
  buttonsSent: 'Buttons',
  list: 'List',
  callYes: 'May be called',
  callNo: 'May not be called',
  system: {
    user_changed_number: 'This person changed their number.',
    user_changed_user_id: 'WhatsApp gave this person another user id.',
    customer_identity_changed: 'The security code of this person changed.',
  } as Record<string, string>,
  unsupported:
    'WhatsApp does not pass this kind of message on to businesses. Ask the person to send it in another way.',
  unsupportedKind: (kind: string) => `Kind: ${kind.replaceAll('_', ' ')}`,
  empty: 'A message without words',
  codeBlock: 'Code',
}

export const media = {
  waiting: 'Being fetched from WhatsApp …',
  missed: 'This file could not be fetched.',
  retry: 'Fetch it again',
  gone: 'This file is no longer kept.',
  uploaded: 'Ready',
  noFile: 'The file is not here.',
  reasons: {
    not_connected: 'The number is not connected.',
    not_at_meta: 'WhatsApp does not have it any more: files are kept there for seven days.',
    unreachable: 'WhatsApp did not answer.',
    altered: 'What came was not what WhatsApp had announced, so it was thrown away.',
    too_large: 'It is larger than WhatsApp lets files be.',
    revoked: 'Its sender deleted it.',
    unsent: 'It was never sent.',
    retention: 'The time it may be kept is over.',
  } as Record<string, string>,
  open: (name: string) => `Open ${name}`,
  download: (name: string) => `Download ${name}`,
  failed: 'It could not be loaded.',
  again: 'Try again',
  picture: (caption: string) => `Picture: ${caption}`,
  alt: { image: 'Picture without a description', sticker: 'Sticker' },
  document: 'Document',
}

export const sending = {
  sending: 'Being sent …',
  unanswered: 'No answer yet. It is tried again by itself, and is sent once at most.',
  tryNow: 'Try now',
  refused: 'Not sent',
  again: 'Send again',
  discard: 'Discard',
}

export const note = {
  title: 'Internal note',
  by: (name: string) => `Note by ${name}`,
  someone: 'a colleague',
  you: 'You',
  remove: 'Remove this note',
}

export const head = {
  assign: 'Assign',
  assignedTo: (name: string) => `Assigned to ${name}`,
  unassign: 'Nobody',
  toMe: 'Me',
  labels: 'Labels',
  noLabels: 'No labels yet',
  newLabel: 'New label …',
  labelName: 'Name of the label',
  labelColour: 'Colour',
  createLabel: 'Create the label',
  close: 'Close',
  closeFull: 'Close the conversation',
  reopen: 'Reopen',
  unread: 'Mark as unread',
  more: 'More',
}

export const composer = {
  region: 'Write an answer',
  modes: 'What you write',
  message: 'Message',
  note: 'Note',
  placeholder: 'Write a message',
  notePlaceholder: 'Only your colleagues read this',
  send: 'Send',
  addNote: 'Add the note',
  emoji: 'Emoji',
  attach: 'Attach files',
  template: 'Use a template',
  builder: 'Buttons or a list',
  replyTo: (name: string) => `Answer to ${name}`,
  yourself: 'your message',
  noReply: 'Do not answer this message',
  pasted: 'Pasted file',
  drop: 'Drop files here',
  limits: 'Pictures up to 5 MB, video and audio 16 MB, documents 100 MB',
  tooLarge: (kind: string, most: string) =>
    `Too large: WhatsApp takes at most ${most} (${kind.toLowerCase()}).`,
  notSendable: {
    type: 'WhatsApp does not take this kind of file. Pictures (JPEG, PNG), MP4 video, usual audio, PDF, text and office files can be sent.',
    empty: 'This file is empty.',
  } as Record<string, string>,
  uploading: (name: string) => `Uploading ${name}`,
  removeFile: (name: string) => `Remove ${name}`,
  tooLong: (over: number) => `${number(over)} characters too many`,
  wait: 'A file is still being uploaded.',
  noAccess: 'Your role reads conversations and does not answer.',
  closedTitle: 'The 24 hours are over',
  closedText: 'Outside of 24 hours after a person’s last message, WhatsApp takes only templates.',
  neverTitle: 'This person has not written yet',
  chooseTemplate: 'Choose a template',
  left: (duration: string) => `You may answer freely for ${duration}`,
  leftShort: (duration: string) => `${duration} left to answer`,
  refused: (gate: string) => `Stopped at: ${gate}`,
  dismiss: 'Dismiss',
}

export const emoji = {
  title: 'Emoji',
  search: 'Search emoji',
  none: 'No emoji of that name',
}

export const builder = {
  title: 'Buttons or a list',
  kind: 'Kind',
  buttons: 'Buttons',
  list: 'List',
  text: 'Text',
  header: 'Heading (optional)',
  footer: 'Small print (optional)',
  button: (n: number) => `Button ${number(n)}`,
  addButton: 'Add a button',
  listButton: 'What the list is opened with',
  row: (n: number) => `Row ${number(n)}`,
  description: (n: number) => `About row ${number(n)} (optional)`,
  addRow: 'Add a row',
  remove: (what: string) => `Remove ${what}`,
  send: 'Send',
  faults: {
    empty: () => 'Something must stand here.',
    long: (max: number) => `At most ${number(max)} characters.`,
    twice: () => 'This stands here twice.',
  },
}

export const templates = {
  title: 'Templates',
  search: 'Search templates',
  none: 'No template fits',
  noneText: 'Only templates that Meta has approved can be sent.',
  make: 'Go to the templates',
  sync: 'Fetch them from Meta',
  back: 'All templates',
  values: 'What to fill in',
  preview: 'Preview',
  send: 'Send',
  language: (code: string) => code.replace('_', '-'),
  kinds: {
    text: 'Text',
    suffix: 'End of the link',
    code: 'Code to copy',
    location: 'Latitude, longitude',
    image: 'Address of a picture (https)',
    video: 'Address of a video (https)',
    document: 'Address of a document (https)',
  } as Record<string, string>,
  variable: (where: string, name: string) => `${where}: ${name}`,
  where: { header: 'Heading', body: 'Text', button: 'Button' } as Record<string, string>,
  example: (example: string) => `For example: ${example}`,
  missing: 'Some values are missing or cannot be sent.',
}

export const explain = {
  title: 'Explain this message',
  basis: 'Why it may be here',
  window: 'The 24 hours',
  attempts: 'What was tried',
  statuses: 'What WhatsApp told',
  retention: 'How long it stays',
  until: (when: string) => `Until ${when}`,
  price: 'What it costs',
  gates: 'What was looked at before it left',
  gate: {
    account: 'The workspace',
    frozen: 'No deletion under way',
    number: 'The number',
    recipient: 'The address',
    suppressed: 'Whether they may be written to',
    erased: 'Nobody who was erased',
    restricted: 'Nobody who is to be left alone',
    consent: 'What they agreed to',
    window: 'The 24 hours',
    content: 'Meta’s bounds of the content',
  } as Record<string, string>,
  gateState: { passed: 'passed', 'not needed': 'not needed' } as Record<string, string>,
}

export const keys = {
  group: 'Inbox',
  next: 'Next conversation',
  previous: 'Previous conversation',
  open: 'Open the conversation',
  reply: 'Reply',
  close: 'Close or reopen',
  unread: 'Mark as unread',
  assign: 'Assign',
  label: 'Label',
  search: 'Search',
  note: 'Write a note',
  template: 'Use a template',
  details: 'Show or hide details',
  newest: 'Jump to the newest message',
  back: 'Back',
}

/** Said once, by screen readers or as a toast. */
export const said = {
  sent: 'Sent',
  unanswered: 'No answer. It is tried again.',
  refused: 'This was not sent',
  noAnswer: 'There was no answer',
  notDone: (why: string) => `That was not done: ${why}`,
  closed: 'Conversation closed',
  reopened: 'Conversation reopened',
  unread: 'Marked as unread',
  assigned: 'Assigned',
  noteRemoved: 'Note removed',
  arrived: (name: string, text: string) => `${name}: ${text}`,
  gone: 'This conversation is no longer here. The person was erased or restricted.',
}

/** As worker/conversations/labels.ts lists them. */
export const colours = [
  { value: 'grey', label: 'Grey' },
  { value: 'red', label: 'Red' },
  { value: 'orange', label: 'Orange' },
  { value: 'yellow', label: 'Yellow' },
  { value: 'green', label: 'Green' },
  { value: 'teal', label: 'Teal' },
  { value: 'blue', label: 'Blue' },
  { value: 'purple', label: 'Purple' },
  { value: 'pink', label: 'Pink' },
] as const
