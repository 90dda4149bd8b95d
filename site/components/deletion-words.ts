// A deletion in words that anybody understands. The one place where its states, steps and places are named for people.

import type { DeletionStatus, ReceiptClaims } from './deletion-status.ts'

export const scopes: Record<DeletionStatus['scope'], string> = {
  contact: 'Everything that one business keeps about one person it talks with',
  member: 'The account of one person who works with a business',
  workspace: 'A whole business: its messages, its contacts, its connection to WhatsApp',
  visitor: 'What you wrote to us, and your address',
  meta_user: 'What is kept about one Facebook account',
}

type Words = { title: string; says: string }

const states: Record<DeletionStatus['state'], Words> = {
  waiting_approval: {
    title: 'Waiting for a second owner',
    says: 'Another owner of the business has to agree. Nothing has been deleted.',
  },
  cooling_off: {
    title: 'Waiting, in case it was a mistake',
    says: 'The data is locked and not used. Until the date below an owner can still call this off.',
  },
  running: {
    title: 'Being deleted',
    says: 'The data is locked and is being deleted now. This cannot be stopped any more once keys are destroyed.',
  },
  blocked: {
    title: 'Stopped for a while',
    says: 'Something stands against deleting this now. Nothing has been destroyed.',
  },
  erased: {
    title: 'Deleted',
    says: 'Nothing is left in what is in use. Copies in backups cannot be removed one by one: they expire on the date below.',
  },
  completed: {
    title: 'Deleted, backups included',
    says: 'Nothing is left, neither in what is in use nor in backups.',
  },
  cancelled: { title: 'Called off', says: 'This deletion was called off. Nothing was deleted by it.' },
}

/** A block stands and nothing has been destroyed yet: up to the tombstone everything can be taken back. */
export function isHeld({
  state,
  blocks,
  steps: walked,
}: Pick<DeletionStatus, 'state' | 'blocks' | 'steps'>): boolean {
  if (state === 'blocked') return true
  const after = walked.slice(walked.findIndex(({ name }) => name === 'tombstone') + 1)
  const begun = after.some((step) => !['pending', 'skipped'].includes(step.state))
  return blocks.length > 0 && !begun && ['cooling_off', 'running'].includes(state)
}

/** How it stands. What is held says so, although it is under way, and is only called locked once it is. */
export function wordsOf(deletion: DeletionStatus): Words {
  if (!isHeld(deletion)) return states[deletion.state]
  const locked = deletion.steps.some(({ name, state }) => name === 'freeze' && state === 'done')
  const { title, says } = states.blocked
  return { title, says: locked ? `${says} The data is locked and not used.` : says }
}

/** In the order they are walked. */
export const steps: Record<string, Words> = {
  verify: { title: 'Check the request', says: 'Who asks, and whether they may.' },
  freeze: { title: 'Lock the data', says: 'From here on nothing is sent and nothing is shown.' },
  detach: { title: 'Let go of WhatsApp', says: 'Our access to the WhatsApp account is given back at Meta.' },
  quiet: { title: 'Let things settle', says: 'What was under way a moment ago is let finish.' },
  tombstone: {
    title: 'Close the door',
    says: 'Late messages about the same person store nothing from now on.',
  },
  shred: {
    title: 'Destroy the keys',
    says: 'What was sealed with them cannot be read by anybody, ourselves included.',
  },
  erase: { title: 'Delete the data', says: 'Rows and files are deleted, place by place.' },
  drain: { title: 'Empty what waits', says: 'Queues and letters that wait are emptied.' },
  residue: {
    title: 'Search for anything left',
    says: 'A search that shares nothing with the deleting looks through every place.',
  },
  receipt: {
    title: 'Sign the receipt',
    says: 'What was done is written down, signed, and entered in a public log.',
  },
  turn: {
    title: 'Make backups unreadable',
    says: 'The destroyed keys are taken out of every copy that could give them back.',
  },
  backups: {
    title: 'Wait for backups to expire',
    says: 'The last copies go on the date at the top of this page.',
  },
  final: { title: 'Sign the final receipt', says: 'The last word: no backup holds it either.' },
}

export const stepStates: Record<DeletionStatus['steps'][number]['state'], string> = {
  pending: 'to come',
  running: 'under way',
  retrying: 'did not work yet, is tried again',
  done: 'done',
  skipped: 'not needed',
  gave_up: 'given up',
}

export const reasons: Record<DeletionStatus['blocks'][number]['reason'], string> = {
  legal_hold: 'The law demands that it is kept for now.',
  dispute: 'It is in dispute whose data it is.',
  suspected_takeover: 'The request may come from somebody who has no right to it.',
}

const places: Record<string, string> = {
  accounts: 'workspaces',
  members: 'members',
  meta_links: 'links to Facebook accounts',
  holds: 'locks',
  api_keys: 'API keys',
  wabas: 'WhatsApp accounts',
  numbers: 'phone numbers of the business',
  contacts: 'contacts',
  conversations: 'conversations',
  messages: 'messages',
  message_statuses: 'ticks of messages',
  message_changes: 'edits and reactions',
  contact_preferences: 'choices about messages',
  raw_events: 'raw notices from WhatsApp',
  intake_counts: 'daily counts',
  idempotency_keys: 'notes against sending twice',
  audit_entries: 'entries of the ledger',
  audit_seals: 'seals of the ledger',
  deletions: 'requests for deletion',
  deletion_owners: 'owners who were asked',
  mails: 'e-mails',
  erasure_ledger: 'entry in the list of what was deleted',
  'media/': 'photos, recordings and files',
  'keeper.keys': 'keys',
  'keeper.identities': 'keyed digests of phone numbers and ids',
  receipts: 'receipts',
  asset_tombstones: 'keyed digests of WhatsApp accounts that were deleted',
  deletion_blocks: 'reasons why a deletion waited',
  deletion_steps: 'steps of the deletion',
  visitors: 'your e-mail address, as somebody who wrote to us',
  letters: 'what you wrote to us',
  subscriptions: 'news you asked for',
  challenges: 'one-time codes',
  wishes: 'notes of what a message asked for',
  requests: 'requests about your data',
  request_messages: 'what was written about a request',
  packages: 'copies prepared for you to download',
  request_rules: 'how the business answers requests',
  notices: 'notes of who was told of new texts',
  'keeper.tombstones': 'marks by which late messages about somebody deleted are dropped',
  'eraser.needles': 'keyed digests to search again with',
  tombstones: 'marks by which late messages about somebody deleted are dropped',
}

/** A place for people: what it holds; else its own name, readable. */
export const placeName = (place: string): string => places[place] ?? place.replace(/[_./]+/g, ' ').trim()

export const countText = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([place, count]) => `${placeName(place)}: ${count.toLocaleString('en-GB')}`)
    .join('; ')

export const howText: Record<ReceiptClaims['places'][number]['how'], string> = {
  deleted: 'deleted',
  'key destroyed and deleted': 'key destroyed and deleted',
  'key destroyed': 'destroyed',
  kept: 'kept',
}

const duties: Record<string, string> = {
  'keep evidence: legal obligation, opaque ids only':
    'So that we can prove that it was done, as the law asks. Ids alone, no name.',
  'keep evidence: legitimate interest, opaque ids only':
    'So that the record of who did what stays whole. Ids alone, no name.',
  'late events about somebody erased store nothing': 'So that a late message stores nothing.',
  'search again for what should be gone, keyed digests only':
    'So that it can be searched for again. Digests alone, from which nothing can be read.',
  'keep what was erased erased, keyed digests only':
    'So that it is deleted again, should a database ever be set back. Digests alone, from which nothing can be read.',
  'the only owner of a workspace: transfer it or delete the workspace':
    'A workspace without an owner belongs to nobody. Make somebody else an owner, or delete the workspace.',
}

/** Why something stays, for people; else in the words of the receipt. */
export const dutyText = (duty: string): string => duties[duty] ?? `${duty}.`

const instant = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
export const instantText = (iso: string): string => `${instant.format(new Date(iso))} UTC`
export const dateText = (iso: string): string => date.format(new Date(iso))
