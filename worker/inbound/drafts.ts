// What a batch is decided from and what it will write, before anything is sealed. Types, and the names by which things
// are recognised again. Pure. Called by plan.ts, notes.ts, facts.ts and write.ts.

import type { Wish } from '../consent/keywords.ts'
import type { FileContent } from '../conversations/file-content.ts'
import type { ConversationRow, StatusRow } from '../conversations/record.ts'
import { fromBase64 } from '../crypto/bytes.ts'
import type { SealKey } from '../crypto/seal.ts'
import { type AccountKeys, keyedDigest, type SubjectAnswer } from '../custody/sealing.ts'
import { idFrom } from '../ground/ids.ts'
import type { Change } from '../live/announce.ts'
import type { MetaEvent } from '../meta/event.ts'
import type { TemplateChange } from '../meta/template-update.ts'
import type { Outcome } from './reading.ts'

/** What is known beforehand. Keys of the sets are made by the functions of `marks`. */
export type Facts = {
  keys: Map<string, AccountKeys>
  /** In the order of the readings. */
  subjects: (SubjectAnswer | undefined)[]
  /** In the order of the readings: the ref of the message or status, else the id its raw event is kept under. */
  refs: string[]
  seen: Set<string>
  /** Refs of messages for which a status or a change is here already. */
  waiting: Set<string>
  /** The versions that the fields of each contact stand at. */
  versions: Map<string, Record<ContactField, string>>
  /** By phone number id and WABA id: when the workspace that had it was erased. */
  buried: Map<string, number>
  /** Accounts that were erased, as their Keeper says. */
  closed: Set<string>
  /** Digests of field values made a moment ago, so that a person who writes twice is not digested twice. */
  digests: Map<string, string>
}

export const marks = {
  message: (accountId: string, ref: string) => `m/${accountId}/${ref}`,
  status: (accountId: string, ref: string, status: string, participant: string) =>
    `s/${accountId}/${ref}/${status}/${participant}`,
  raw: (id: string) => `r/${id}`,
}

export type ContactField = 'name' | 'username' | 'phone' | 'bsuid'
export type ContactDraft = {
  id: string
  accountId: string
  key: SealKey
  fields: Map<ContactField, { value: string; version: string }>
  createdAt: number
  lastSeenAt: number
}
export type MessageDraft = {
  id: string
  ref: string
  accountId: string
  numberId: string
  conversationId: string
  contactId: string
  key: SealKey
  direction: 'in' | 'out'
  origin: 'placeholder' | 'history' | 'echo' | 'live'
  type: string
  content: string
  file: FileContent | undefined
  at: number
  sortKey: string
  receivedAt: number
}
export type ChangeDraft = {
  accountId: string
  ref: string
  targetRef: string
  kind: 'edit' | 'revoke' | 'reaction'
  direction: 'in' | 'out'
  contactId: string
  key: SealKey
  content: string | null
  at: number
  sortKey: string
  receivedAt: number
}
export type RawDraft = {
  id: string
  accountId: string | null
  contactId: string | null
  key: SealKey
  counterKey: string
  outcome: 'handled' | 'ignored' | 'unknown' | 'malformed' | 'retry' | 'dead'
  field: string
  reason: string
  attempts: number
  nextAt: number | null
  receivedAt: number
  payload: string
}
/** What a message asked for; `code` is digested before it is written. */
export type WishDraft = {
  messageId: string
  accountId: string
  numberId: string
  contactId: string
  wish: Wish
  at: number
  nextAt: number
}
export type Plan = {
  outcomes: Outcome[]
  contacts: Map<string, ContactDraft>
  conversations: Map<string, ConversationRow>
  messages: MessageDraft[]
  statuses: StatusRow[]
  changes: ChangeDraft[]
  preferences: {
    accountId: string
    contactId: string
    category: string
    value: 'stop' | 'resume'
    at: number
  }[]
  wishes: WishDraft[]
  holds: {
    accountId: string
    at: number
    wabaId: string
    kind: 'banned' | 'disconnected' | 'reconnect'
    reason: string
    stands: boolean
  }[]
  templates: { accountId: string; at: number; change: TemplateChange }[]
  raws: RawDraft[]
  /** Our own messages whose wamid a status has just told us. */
  settled: { accountId: string; messageId: string; ref: string; wamid: string; key: SealKey | undefined }[]
  /** By account: refs whose derived columns have to be brought in line. */
  touched: Map<string, Set<string>>
  /** By winner: contacts that were merged into it. */
  merges: Map<string, { accountId: string; key: SealKey; losers: string[] }>
  /** By account: what its browsers are told afterwards, once each. */
  news: Map<string, Map<string, Change>>
}

export const emptyPlan = (): Plan => ({
  outcomes: [],
  contacts: new Map(),
  conversations: new Map(),
  messages: [],
  statuses: [],
  changes: [],
  preferences: [],
  wishes: [],
  holds: [],
  templates: [],
  raws: [],
  settled: [],
  touched: new Map(),
  merges: new Map(),
  news: new Map(),
})

const precedenceOf = { placeholder: 0, history: 1, echo: 2, live: 3 } as const
export const precedence = (origin: MessageDraft['origin']): number => precedenceOf[origin]

/** A keyed digest of what the event says, so that a repeat is found and nothing can be read from it. */
export const rawId = (keys: AccountKeys, event: MetaEvent): string =>
  idFrom('evt', fromBase64(keyedDigest(keys, 'event', JSON.stringify(event))))
