// Every sentence of the privacy centre.

import { bytes, list, number } from '../format.ts'

const days = (count: number): string => (count === 1 ? 'one day' : `${number(count)} days`)

export const privacy = {
  title: 'Privacy',
  lead: 'What is held, for how long, who asked about it, and the proof of what became of it.',
  tabs: {
    requests: 'Requests',
    deletions: 'Deletions',
    retention: 'Retention',
    map: 'Data map',
    audit: 'Ledger',
    agreement: 'Agreement',
    subprocessors: 'Subprocessors',
    workspace: 'Workspace',
  },
  more: 'Show more',
  by: 'By',
} as const

/** How the ledger names who did something. */
export function actorWords(actor: string, shown: (id: string) => string = (id) => id): string {
  const [kind = '', id = ''] = actor.split(':')
  const kinds: Record<string, string> = {
    member: 'A member',
    key: 'An API key',
    operator: 'The operator',
    meta: 'Meta',
    system: 'The service',
    person: 'The person',
    silence: 'Silence',
  }
  return `${kinds[kind] ?? kind}${id ? ` (${shown(id)})` : ''}`
}

export const requests = {
  text: 'People ask for their data here: by WhatsApp, by mail, or through you. Each request has a date by which it must be answered.',
  emptyTitle: 'Nobody has asked for anything',
  emptyText: 'When somebody asks for a copy, a correction or a deletion, it stands here with its clock.',
  what: 'What is asked',
  types: {
    access: 'What is held about me?',
    export: 'A copy to take along',
    delete: 'Delete my data',
    correct: 'Correct my data',
    object: 'No messages I did not ask for',
    restrict: 'Keep it, but do not use it',
  } as Record<string, string>,
  states: {
    waiting: 'Waits for you',
    granted: 'On its way',
    done: 'Done',
    refused: 'Refused',
    withdrawn: 'Withdrawn',
  } as Record<string, string>,
  state: 'State',
  received: 'Received',
  due: 'Due',
  doors: { chat: 'by WhatsApp', mail: 'by mail', api: 'through the API' } as Record<string, string>,
  letThrough: 'Without a decision it is let through:',
  open: 'Open',
  any: 'All',
  person: 'About',
  talk: 'What was written',
  nothingWritten: 'Nothing was written yet.',
  writers: { person: 'The person', business: 'You', us: 'The service' } as Record<string, string>,
  answer: 'Write to the person',
  answerHint: 'They read it on the page of their request.',
  send: 'Send',
  sent: 'The person can read it now.',
  grant: 'Let it through',
  granted: 'It is let through.',
  refuse: 'Refuse',
  refuseTitle: 'Why is it refused?',
  refuseText: 'The person reads the reason in words, and where they can complain.',
  reasons: {
    legal_obligation: 'A law obliges you to keep this data for now',
    legal_claims: 'The data is needed for legal claims',
    others_rights: 'It would take away from the rights of other people',
    manifestly_excessive: 'The same was asked so often, or so without ground, that the law allows it',
    not_identified: 'It is not sure that the data is about the person who asks',
  } as Record<string, string>,
  refused: 'The person is told, with the reason.',
  done: 'It is done',
  marked: 'The request is closed.',
  rule: 'How requests are answered',
  rules: {
    at_once: 'Let through at once',
    decide: 'Wait for a decision of ours',
  } as Record<string, string>,
  ruleSaved: 'That is how requests are answered from now on.',
} as const

export const deletions = {
  text: 'Every deletion, whoever asked for it, with its steps and signed receipts that anybody can check.',
  emptyTitle: 'Nothing was deleted yet',
  emptyText: 'Delete a contact, or wait until somebody asks for it: the way to the receipt shows here.',
  scopes: {
    contact: 'A contact',
    member: 'A member',
    visitor: 'A visitor',
    workspace: 'The whole workspace',
    meta_user: 'A Facebook user',
  } as Record<string, string>,
  what: 'What',
  states: {
    waiting_approval: 'Waits for another owner',
    cooling_off: 'Cooling off',
    running: 'Erasing',
    blocked: 'Held up',
    erased: 'Erased, backups expire',
    completed: 'Completed',
    cancelled: 'Cancelled',
  } as Record<string, string>,
  state: 'State',
  requested: 'Requested',
  erased: 'Erased',
  gone: 'Gone from backups by',
  open: 'Steps and receipts',
  progress: (done: number, of: number) => `${number(done)} of ${number(of)} steps`,
  receipts: 'Receipts',
  noReceipts: 'The first receipt comes when everything live is gone.',
  receiptKinds: { live: 'Live data is gone', final: 'Backups are gone too' } as Record<string, string>,
  save: 'Save',
  verify: 'Check receipts',
  page: 'The page that the person sees',
  held: (reason: string) => `Held up: ${reason.replaceAll('_', ' ')}.`,
} as const

export const retention = {
  text: 'How long each kind of data is kept. You may keep it for a shorter time; what is older is deleted within the hour, and does not come back.',
  now: 'Now',
  forever: 'Until it is deleted',
  days,
  rows: (count: number) => (count === 0 ? 'None' : number(count)),
  oldest: 'Oldest',
  change: 'Change',
  changeTitle: (what: string) => `How long are these kept: ${what}?`,
  field: 'Days',
  bounds: (min: number, max: number) => `Between ${number(min)} and ${days(max)}.`,
  back: (life: number | null) =>
    life === null ? 'Keep until deleted, without a rule' : `Take the rule back: ${days(life)}`,
  will: (rows: number) =>
    rows === 0 ? 'Nothing would be deleted now.' : `Now ${number(rows)} would be deleted, for good.`,
  spared: 'Spared is who asked for restriction, and whom a legal hold is about.',
  typed: 'delete',
  confirmTitle: 'Delete what is older?',
  confirmText: (rows: number) =>
    `${number(rows)} are older and are deleted within the hour. They do not come back.`,
  save: 'Set',
  saved: 'The rule is set.',
  class: 'Kind',
  kept: 'Kept',
} as const

export const map = {
  text: 'Every place that can hold data of this workspace, from the same list that the policy, the exports and the deletions are made from.',
  table: 'What',
  rows: 'Rows',
  oldest: 'Oldest',
  kept: 'Kept',
  until: 'until it is deleted',
  days,
  why: 'Why',
  basis: 'Basis in law',
  sealed: 'sealed',
  clear: 'in clear',
  columns: 'What each row holds',
  erase: 'When it is erased',
  others: 'Outside of the database',
  store: 'Store',
  life: 'Kept',
  place: 'What',
} as const

export const audit = {
  text: 'Who did what, and when. Nobody can change an entry: each day is sealed into a chain, and its seal into a public log.',
  action: 'What was done',
  actionHint: 'Whole, as key.create, or the first word: key.',
  actor: 'By whom',
  actorHint: 'As in the list: member:mem_…, key:key_…, system, meta.',
  from: 'From',
  to: 'Until',
  filter: 'Filter',
  clear: 'Show all',
  export: 'Take all of it',
  exported: 'The ledger is saved. It can be checked without us.',
  subject: 'About',
  reason: 'Note',
  when: 'When',
  emptyTitle: 'No entry fits',
  emptyText: 'Take a filter away, or look at another time.',
} as const

export const agreement = {
  text: 'The law wants a written agreement between you, who decide about the data of your customers, and us, who process it for you.',
  version: (version: string, day: string) => `Version ${version}, in force since ${day}`,
  read: 'Read it',
  accepted: 'Accepted',
  open: 'Not accepted yet',
  again: 'There is a new version. The one that you accepted stays on record.',
  title: 'Accept the agreement',
  name: 'Your name',
  role: 'What makes you a signatory',
  roleHint: 'As managing director, owner, data protection officer.',
  sure: 'I have read this version and may bind the business.',
  accept: 'Accept',
  done: 'The agreement is concluded.',
  signatory: 'Signed by',
  when: 'When',
  hash: 'Hash of the text',
  versionHead: 'Version',
  gone: 'not readable any more',
} as const

export const subprocessors = {
  text: 'Everybody who processes personal data for us. New ones are announced thirty days before.',
  link: 'The public list with its changes',
  name: 'Who',
  where: 'Where',
  what: 'What for',
  data: 'Data',
  list,
} as const

export const workspace = {
  exportTitle: 'Take everything along',
  exportText:
    'A copy of everything in this workspace that can be handed over: contacts, conversations with their files, templates, settings, the ledger. It is sealed until you take it and deleted after a week.',
  order: 'Make a copy',
  ordered: 'It is being made. You can leave this page.',
  emptyCopies: 'No copy was made yet.',
  states: { building: 'Being made', ready: 'Ready', failed: 'Failed', expired: 'Expired' } as Record<
    string,
    string
  >,
  progress: (done: number, of: number) => `${number(done)} of ${number(of)} kinds of data`,
  rows: (rows: number) => (rows === 1 ? 'one row' : `${number(rows)} rows`),
  until: 'can be taken until',
  zip: 'Save as ZIP',
  ndjson: 'Save as JSON lines',
  taking: (done: number) => `${bytes(done)} so far`,
  taken: 'The copy is saved.',
  created: 'Made',
  copy: 'Copy',
  deleteTitle: 'Delete the whole workspace',
  deleteText:
    'Everything goes: contacts, conversations, files, members, keys. Every owner is told by mail; where there is another owner, one of them must approve. Then it cools off for seven days, in which any owner can call it off. Nothing is sent meanwhile.',
  deregister: 'Also give up the numbers at Meta',
  deregisterHint: 'They can then be registered elsewhere. Cannot be undone.',
  count: 'What would go?',
  goes: 'What goes',
  stays: 'What stays, and why',
  delete: 'Delete the workspace',
  confirm: (name: string) => `After the cooling-off nothing can bring ${name} back.`,
  asked: 'The deletion is requested. Every owner is told.',
  standing: 'A deletion of this workspace stands.',
  cooling: 'Cooling off until',
  approve: 'Approve it',
  approved: 'It is approved.',
  cancel: 'Call it off',
  cancelled: 'The deletion is called off.',
} as const
