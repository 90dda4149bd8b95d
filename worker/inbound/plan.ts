// The decision: readings and facts in, drafts of rows and one outcome per event out. Pure, so that it can be read,
// tested and repeated. Called by receive.ts; sealing and writing come after.

import { type MessageContent, readableText, sortKey } from '../conversations/content.ts'
import { fileIn } from '../conversations/file-content.ts'
import { conversationId, messageId } from '../conversations/record.ts'
import { type AccountKeys, keyedDigest, messageRef, type SubjectAnswer } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { parseCallbackData } from '../meta/send-callback.ts'
import { emptyPlan, type Facts, type MessageDraft, marks, type Plan, precedence, rawId } from './drafts.ts'
import {
  type Case,
  type Known,
  keepRaw,
  noteContact,
  noteConversation,
  noteNews,
  type OwnCase,
  plainName,
  touch,
} from './notes.ts'
import { type Arrival, accountOf, type Outcome, type Reading } from './reading.ts'
import { wishIn } from './wish.ts'

/** Everything that this batch writes. `facts.seen` grows as the batch goes, so that repeats inside it are found too. */
export function decide(arrivals: Arrival[], readings: Reading[], facts: Facts): Plan {
  const plan = emptyPlan()
  arrivals.forEach((arrival, i) => {
    const reading = readings[i] as Reading
    const found = { plan, facts, arrival, accountId: accountOf(reading), ref: facts.refs[i] as string }
    plan.outcomes.push(decideOne(found, reading, facts.subjects[i]))
  })
  return plan
}

function decideOne(found: Case, reading: Reading, subject: SubjectAnswer | undefined): Outcome {
  if (subject?.state === 'erased' || isBuried(found, reading)) return 'erased'
  if (reading.as === 'raw') return keepRaw(found, found.ref, reading.outcome, reading.reason)
  if (reading.as === 'hold') {
    const kept = keepRaw(found, found.ref, 'handled', reading.hold.reason)
    if (kept === 'handled')
      found.plan.holds.push({ accountId: reading.accountId, at: reading.at, ...reading.hold })
    return kept
  }
  if (reading.as === 'template') {
    const kept = keepRaw(found, found.ref, 'handled', 'template')
    if (kept === 'handled') {
      noteNews(found, { kind: 'templates' })
      found.plan.templates.push({
        accountId: reading.accountId,
        at: reading.at,
        change: reading.template,
      })
    }
    return kept
  }
  const { accountId, numberId } = reading.owner
  const own = { ...found, accountId, numberId, keys: found.facts.keys.get(accountId) as AccountKeys }
  const known = subject?.state === 'known' ? subject : undefined
  if (reading.as === 'status') return decideStatus(own, reading, known)
  if (!known) return keepRaw(own, found.ref, 'malformed', 'subject')
  return reading.as === 'message' ? decideMessage(own, reading, known) : decideWord(own, reading, known)
}

/**
 * About an account that was erased, or about a number of one: dropped. A number that was connected again since is
 * somebody's: only what happened before the erasure stays dropped.
 */
function isBuried({ facts, arrival, accountId }: Case, reading: Reading): boolean {
  if (accountId !== undefined && facts.closed.has(accountId)) return true
  const at = facts.buried.get(arrival.event.phoneNumberId ?? arrival.event.entryId)
  if (at === undefined) return false
  return accountId === undefined || ('at' in reading && reading.at <= at)
}

type Word = Extract<Reading, { as: 'preference' | 'call' }>

/** What a person did that is no message. The event itself is kept, so that a repeat is found. */
function decideWord(own: OwnCase, reading: Word, subject: Known): Outcome {
  const kept = keepRaw(own, own.ref, 'handled', reading.as, subject)
  if (kept !== 'handled') return kept
  const { contactId } = subject
  noteContact(own, subject, reading.contact, reading.at)
  if (reading.as === 'call') {
    const conversation = noteConversation(own, contactId, reading.at, reading.at)
    noteNews(own, { kind: 'conversation', conversationId: conversation })
  } else {
    noteNews(own, { kind: 'contact', contactId })
    const { category, value } = reading.preference
    own.plan.preferences.push({
      accountId: own.accountId,
      contactId,
      category: plainName(category),
      value,
      at: reading.at,
    })
  }
  return 'handled'
}

type MessageReading = Extract<Reading, { as: 'message' }>

function decideMessage(own: OwnCase, reading: MessageReading, subject: Known): Outcome {
  const { facts, arrival, accountId, keys, ref } = own
  const { owner, message, at } = reading
  const origin = originOf(reading, arrival)
  const content = contentOf(message)
  if (content.length > limits.contentChars)
    return keepRaw(own, rawId(keys, arrival.event), 'malformed', 'too_large', subject)
  noteContact(own, subject, message.contact, at)
  const stands = message.as === 'message'
  const conversation = stands
    ? noteConversation(own, subject.contactId, at, message.opensWindow ? at : null)
    : ''
  // A better source of a message we have is not a duplicate: it fills in what the worse one lacked.
  const better = [0, 1, 2, 3].filter((rank) => rank >= precedence(origin))
  const mark = marks.message(accountId, ref)
  if (better.some((rank) => facts.seen.has(`${mark}/${rank}`))) return 'duplicate'
  facts.seen.add(`${mark}/${precedence(origin)}`)
  const target =
    message.target === undefined ? undefined : messageRef(keys, owner.phoneNumberId, message.target)
  if (target !== undefined || facts.waiting.has(ref)) touch(own, target ?? ref)
  const { contactId, key } = subject
  const common = {
    accountId,
    ref,
    contactId,
    key,
    direction: message.direction,
    at,
    sortKey: sortKey(at, arrival.receivedAt, arrival.position),
    receivedAt: arrival.receivedAt,
  }
  if (message.as === 'message') {
    const place = { id: messageId(ref), numberId: owner.numberId, conversationId: conversation }
    const file = fileIn(message.type, message.body)
    own.plan.messages.push({ ...common, ...place, origin, type: plainName(message.type), content, file })
    noteNews(own, { kind: 'message', conversationId: conversation, messageId: place.id })
    const wish = origin === 'live' ? wishIn(message, at, arrival.receivedAt) : undefined
    if (wish) noteWish(own, { messageId: place.id, numberId: place.numberId, contactId, wish, at })
  } else {
    noteNews(own, { kind: 'message', conversationId: conversationId(owner.numberId, contactId) })
    own.plan.changes.push({
      ...common,
      targetRef: target as string,
      kind: message.as,
      content: changeContent(message, content),
    })
  }
  return message.typeKnown ? 'handled' : 'unknown'
}

function noteWish(own: OwnCase, wish: Omit<Plan['wishes'][number], 'accountId' | 'nextAt'>): void {
  noteNews(own, { kind: 'requests' })
  own.plan.wishes.push({ ...wish, accountId: own.accountId, nextAt: own.arrival.receivedAt })
}

function originOf({ message }: MessageReading, { event }: Arrival): MessageDraft['origin'] {
  if (message.type === 'media_placeholder') return 'placeholder'
  return event.kind === 'echo' || event.kind === 'history' ? event.kind : 'live'
}

/** Of a revoke, the name of what was revoked: the message itself no longer says it. Of a removed reaction, nothing. */
function changeContent(message: MessageReading['message'], content: string): string | null {
  if (message.as === 'revoke') return JSON.stringify({ wamid: message.target } satisfies MessageContent)
  const removed = message.as === 'reaction' && readableText('reaction', message.body) === undefined
  return removed ? null : content
}

function contentOf(message: MessageReading['message']): string {
  const text = readableText(message.type, message.body)
  const content: MessageContent = {
    wamid: message.wamid,
    ...(text === undefined ? {} : { text }),
    ...(message.body === undefined ? {} : { body: message.body }),
    ...(message.replyTo === undefined ? {} : { replyTo: message.replyTo }),
    ...(message.extra === undefined ? {} : { extra: message.extra }),
  }
  return JSON.stringify(content)
}

type StatusReading = Extract<Reading, { as: 'status' }>

function decideStatus(own: OwnCase, reading: StatusReading, subject: Known | undefined): Outcome {
  const { plan, facts, arrival, accountId, keys, ref } = own
  const { status: parsed, at } = reading
  const { status, wamid } = parsed
  const participant =
    parsed.participant === undefined ? '' : keyedDigest(keys, 'participant', parsed.participant).slice(0, 16)
  if (subject) noteContact(own, subject, reading.contact ?? {}, at)
  touch(own, ref)
  const errorCode = parsed.errorCode ?? null
  const contactId = subject?.contactId ?? null
  plan.statuses.push({
    accountId,
    ref,
    status,
    participant,
    contactId,
    at,
    errorCode,
    receivedAt: arrival.receivedAt,
  })
  const ours = parseCallbackData(parsed.callbackData).messageId
  if (ours !== undefined) plan.settled.push({ accountId, messageId: ours, ref, wamid, key: subject?.key })
  const mark = marks.status(accountId, ref, status, participant)
  if (facts.seen.has(mark)) return 'duplicate'
  facts.seen.add(mark)
  if (subject) {
    const about = conversationId(own.numberId, subject.contactId)
    const named = ours === undefined ? {} : { messageId: ours }
    noteNews(own, { kind: 'message', conversationId: about, ...named })
  }
  return 'handled'
}
