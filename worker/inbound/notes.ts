// How one event adds to the plan of its batch: the person, the conversation, what has to be derived again, what is kept
// as it came. Pure. Called by plan.ts.

import { conversationId } from '../conversations/record.ts'
import { type AccountKeys, keyedDigest, platformAccount, type SubjectAnswer } from '../custody/sealing.ts'
import type { Change } from '../live/announce.ts'
import type { MetaContact } from '../meta/event.ts'
import { type ContactField, type Facts, marks, type Plan, type RawDraft } from './drafts.ts'
import { type Arrival, counterKey, type Outcome } from './reading.ts'

/** One event on its way into the plan. */
export type Case = {
  plan: Plan
  facts: Facts
  arrival: Arrival
  /** Undefined when it belongs to no account that we know. */
  accountId: string | undefined
  /** Of a message or status its ref, else the id its raw event is kept under. */
  ref: string
}
/** A case of a connected number. */
export type OwnCase = Case & { accountId: string; numberId: string; keys: AccountKeys }
export type Known = Extract<SubjectAnswer, { state: 'known' }>

export function noteContact(
  { plan, facts, accountId }: OwnCase,
  subject: Known,
  contact: MetaContact,
  at: number,
): void {
  const { contactId: id, key, losers } = subject
  const fresh = { id, accountId, key, fields: new Map(), createdAt: at, lastSeenAt: at }
  const draft = plan.contacts.get(id) ?? fresh
  draft.createdAt = Math.min(draft.createdAt, at)
  draft.lastSeenAt = Math.max(draft.lastSeenAt, at)
  for (const field of ['name', 'username', 'phone', 'bsuid'] as const) {
    const value = contact[field]
    if (value === undefined) continue
    const version = fieldVersion(facts, accountId, field, value, at)
    if (version > (draft.fields.get(field)?.version ?? '')) draft.fields.set(field, { value, version })
  }
  plan.contacts.set(id, draft)
  if (losers.length > 0) plan.merges.set(id, { accountId, key, losers })
}

/** Sorts by time, then by a keyed digest of the value, so that two values of one instant have an order too. */
function fieldVersion(
  facts: Facts,
  accountId: string,
  field: ContactField,
  value: string,
  at: number,
): string {
  const name = `${accountId}/${field}/${value}`
  const keys = facts.keys.get(accountId) as AccountKeys
  const digest = facts.digests.get(name) ?? keyedDigest(keys, field, value).slice(0, 8)
  facts.digests.set(name, digest)
  return `${String(at).padStart(13, '0')}:${digest}`
}

/** `userAt` when the user wrote or called: it opens the customer service window. Answers the conversation's id. */
export function noteConversation(own: OwnCase, contactId: string, at: number, userAt: number | null): string {
  const { plan, accountId, numberId } = own
  const id = conversationId(numberId, contactId)
  const held = plan.conversations.get(id)
  plan.conversations.set(id, {
    id,
    accountId,
    numberId,
    contactId,
    createdAt: Math.min(held?.createdAt ?? at, at),
    lastMessageAt: Math.max(held?.lastMessageAt ?? at, at),
    userLastAt: Math.max(held?.userLastAt ?? 0, userAt ?? 0) || null,
  })
  return id
}

/** The message of this ref is brought in line with its statuses and changes at the end of the batch. */
export function touch({ plan, accountId }: OwnCase, ref: string): void {
  const refs = plan.touched.get(accountId) ?? new Set<string>()
  plan.touched.set(accountId, refs.add(ref))
}

/** Browsers that show this look at it again. */
export function noteNews({ plan, accountId }: Case, change: Change): void {
  if (accountId === undefined) return
  const news = plan.news.get(accountId) ?? new Map<string, Change>()
  plan.news.set(accountId, news.set(Object.values(change).join('/'), change))
}

/** What stands in clear is a word of Meta's; whatever else is in its place stays in what is sealed. */
export const plainName = (text: string): string => (/^[a-z_]{1,40}$/.test(text) ? text : 'unknown')

/** Keeps the event itself, once. */
export function keepRaw(
  own: Case,
  id: string,
  outcome: RawDraft['outcome'],
  reason: string,
  subject?: Known,
): Outcome {
  const { plan, facts, arrival, accountId } = own
  const keys = facts.keys.get(accountId ?? platformAccount) as AccountKeys
  if (facts.seen.has(marks.raw(id)) && arrival.letter?.id !== id) return 'duplicate'
  facts.seen.add(marks.raw(id))
  plan.raws.push({
    id,
    accountId: accountId ?? null,
    contactId: subject?.contactId ?? null,
    key: subject?.key ?? keys.seal,
    counterKey: counterKey(arrival.event),
    outcome,
    field: plainName(arrival.event.field),
    reason,
    attempts: 0,
    nextAt: null,
    receivedAt: arrival.receivedAt,
    payload: JSON.stringify(arrival.event),
  })
  return outcome
}
