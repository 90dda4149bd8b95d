// What the inbox knows of conversations and messages: the API's answers, as far as a screen reads them.

import type { Role } from '../session.ts'

export type Person = {
  id: string
  name: string | null
  username: string | null
  phone: string | null
  bsuid: string | null
}

export type LastWord = {
  direction: 'in' | 'out'
  type: string
  text: string | null
  status: string | null
  at: string
  revoked: boolean
}

export type Conversation = {
  id: string
  numberId: string
  contact: Person
  createdAt: string
  lastMessageAt: string
  windowClosesAt: string | null
  unread: number
  assigneeId: string | null
  closedAt: string | null
  labels: string[]
  last: LastWord | null
  hasDraft: boolean
}

export type Status = 'waiting' | 'unknown' | 'accepted' | 'sent' | 'delivered' | 'read' | 'played' | 'failed'
export type MediaState = 'waiting' | 'kept' | 'missed' | 'gone' | 'uploaded'

export type Message = {
  id: string
  wamid: string | null
  direction: 'in' | 'out'
  type: string
  text: string | null
  status: Status | null
  at: string
  /** Where it stands in its conversation; sorts as text. */
  sort: string
  /** Meta's payload under the key of the type; null after a revoke. */
  content: unknown
  /** wamid of what it answers; null for who does not see identifiers. */
  replyTo: string | null
  /** Our id of it, when it is here. */
  replyToId: string | null
  reactions: { emoji: string; from: 'contact' | 'business'; at: string }[]
  editedAt: string | null
  revokedAt: string | null
  error: { code: number } | null
  statuses: { status: string; at: string }[]
  /** A member or key, as in the ledger; null for what came in or from elsewhere. */
  sentBy: string | null
  failure: { code: number | null; title: string; meaning: string; remedy: string } | null
  media: {
    state: MediaState
    mime: string
    bytes: number | null
    filename: string | null
    reason: string | null
  } | null
}

export type Note = { id: string; author: string; text: string; at: string }
export type Label = { id: string; name: string; colour: string }
export type Colleague = { id: string; name: string | null; role: Role }

/** What `POST /conversations/{id}/messages` takes. */
export type Outgoing = { type: string; payload: unknown; replyTo?: string; mediaId?: string }

/** What the API refused, with what can be done about it. */
export type Refused = {
  title: string
  detail?: string | undefined
  remedy: string
  gate?: string | undefined
}

/** “Explain this message”: why it may be here, what was tried, and until when it stays. */
export type Explanation = {
  basis: { name: string; sentence: string }
  window: { state: string; sentence: string } | null
  gates: { gate: string; state: string }[]
  attempts: { at: string; sentence: string }[]
  statuses: { status: string; at: string }[]
  price: { category: string; sentence: string } | null
  failure: { title: string; meaning: string; remedy: string } | null
  retention: { until: string | null; sentence: string }
  /** Of the copy at Meta. */
  meta: { until: string; sentence: string }
}

export type Template = {
  id: string
  wabaId: string
  name: string
  language: string
  status: string
  components: readonly unknown[]
}
