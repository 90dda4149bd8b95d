// One conversation as it is read: its messages by id in their order, what is being sent, and how far back it is loaded. The
// same words heard twice are one message; a send and the message it became are one. Pure.

import type { Message, Note, Outgoing, Refused } from './types.ts'

export type Sending = {
  /** Also the Idempotency-Key: the same send asked twice is one message. */
  key: string
  outgoing: Outgoing
  /** What a person reads of it. */
  text: string | null
  at: string
  state: 'sending' | 'unanswered' | 'refused'
  refused?: Refused | undefined
  /** Messages of ours that were here when it began: none of them can be what it became. */
  known: ReadonlySet<string>
}

export type Thread = {
  conversationId: string
  /** Oldest first. */
  messages: readonly Message[]
  /** Where older ones begin; null: the beginning is here; undefined: nothing was loaded yet. */
  before: string | null | undefined
  sendings: readonly Sending[]
  notes: readonly Note[]
}

export type MessagePage = { data: Message[]; next: string | null }

export const emptyThread = (conversationId: string): Thread => ({
  conversationId,
  messages: [],
  before: undefined,
  sendings: [],
  notes: [],
})

const order = (a: Message, b: Message): number =>
  a.sort === b.sort ? (a.id < b.id ? -1 : 1) : a.sort < b.sort ? -1 : 1

/** An answer that was under way when a newer one came must not set a tick back. */
const rank: Record<string, number> = {
  waiting: 0,
  unknown: 1,
  accepted: 2,
  sent: 3,
  delivered: 4,
  read: 5,
  played: 6,
  failed: 4,
}

function newer(known: Message | undefined, told: Message): Message {
  if (!known) return told
  const isRevoked = known.revokedAt !== null && told.revokedAt === null
  const isStale =
    isRevoked ||
    (known.editedAt ?? '') > (told.editedAt ?? '') ||
    known.statuses.length > told.statuses.length
  const isSetBack = (rank[known.status ?? ''] ?? 0) > (rank[told.status ?? ''] ?? 0)
  return isStale || isSetBack ? known : told
}

/** Messages as the API tells them now, of whatever page. */
export function mergeMessages(thread: Thread, told: readonly Message[]): Thread {
  if (told.length === 0) return thread
  const byId = new Map(thread.messages.map((one) => [one.id, one]))
  let isChanged = false
  for (const message of told) {
    const known = byId.get(message.id)
    const now = newer(known, message)
    if (now === known) continue
    byId.set(message.id, now)
    isChanged = true
  }
  return isChanged ? { ...thread, messages: [...byId.values()].sort(order) } : thread
}

/** A page that goes on where the last one ended, towards the beginning. */
export const pagedBack = (thread: Thread, page: MessagePage): Thread => ({
  ...mergeMessages(thread, page.data),
  before: page.next,
})

/**
 * Whether the pages told since the line came back reach what was here: then nothing lies between. Else the thread begins
 * anew with them, so that no hole is ever shown as if it were none.
 */
export function caughtUp(thread: Thread, pages: readonly MessagePage[]): Thread {
  const told = pages.flatMap(({ data }) => data)
  const last = pages.at(-1)
  if (!last) return thread
  const newest = thread.messages.at(-1)
  const oldestTold = told.reduce<Message | undefined>((a, b) => (a && order(a, b) < 0 ? a : b), undefined)
  const meets = last.next === null || (newest && oldestTold && order(oldestTold, newest) <= 0)
  if (meets) {
    const merged = mergeMessages(thread, told)
    return { ...merged, before: last.next === null ? null : (thread.before ?? last.next) }
  }
  return { ...mergeMessages({ ...thread, messages: [] }, told), before: last.next }
}

/** True when the newest page leaves a gap to what is here and another must be asked for. */
export function leavesGap(thread: Thread, page: MessagePage): boolean {
  const newest = thread.messages.at(-1)
  if (!newest || page.next === null) return false
  return !page.data.some((one) => order(one, newest) <= 0)
}

// ── Sends ──

export function began(thread: Thread, send: Pick<Sending, 'key' | 'outgoing' | 'text' | 'at'>): Thread {
  const again = thread.sendings.find(({ key }) => key === send.key)
  const known = again?.known ?? new Set(thread.messages.filter(isOurs).map(({ id }) => id))
  const rest = thread.sendings.filter(({ key }) => key !== send.key)
  return { ...thread, sendings: [...rest, { ...send, at: again?.at ?? send.at, state: 'sending', known }] }
}

/** The answer: this send is this message. */
export const becameMessage = (thread: Thread, key: string, message: Message): Thread => ({
  ...mergeMessages(thread, [message]),
  sendings: thread.sendings.filter((one) => one.key !== key),
})

export const stayedUnanswered = (thread: Thread, key: string): Thread =>
  turned(thread, key, { state: 'unanswered' })
export const wasRefused = (thread: Thread, key: string, refused: Refused): Thread =>
  turned(thread, key, { state: 'refused', refused })
export const discarded = (thread: Thread, key: string): Thread => ({
  ...thread,
  sendings: thread.sendings.filter((one) => one.key !== key),
})

const turned = (thread: Thread, key: string, change: Partial<Sending>): Thread => ({
  ...thread,
  sendings: thread.sendings.map((one) => (one.key === key ? { ...one, ...change } : one)),
})

/** A template is sent by its name and told by its words. */
const saidBy = ({ type, text, content }: Message): string | null =>
  type === 'template' ? ((content as { name?: string } | null)?.name ?? text) : text

const isOurs = ({ direction }: Message): boolean => direction === 'out'

/**
 * Sends that are not here as messages yet. The live line may tell of a message before its send is answered: of each kind,
 * words and all, as many sends are left out as new messages of ours came since.
 */
export function openSendings(thread: Thread): Sending[] {
  const taken = new Set<string>()
  return thread.sendings.filter((sending) => {
    if (sending.state === 'refused') return true
    const met = thread.messages.find(
      (one) =>
        isOurs(one) &&
        !sending.known.has(one.id) &&
        !taken.has(one.id) &&
        one.type === sending.outgoing.type &&
        saidBy(one) === sending.text,
    )
    if (met) taken.add(met.id)
    return !met
  })
}

// ── Notes ──

export const withNotes = (thread: Thread, notes: readonly Note[]): Thread => ({ ...thread, notes })

// ── As it is read ──

export type Item =
  | { kind: 'day'; id: string; at: string }
  | { kind: 'unread'; id: string }
  | { kind: 'message'; id: string; message: Message; isFollowing: boolean }
  | { kind: 'note'; id: string; note: Note }
  | { kind: 'sending'; id: string; sending: Sending }

const dayOf = (at: string): string => {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`
}
const closeMs = 5 * 60_000

/** Messages and notes by time, with a line for each day and one before the first that was unread. */
export function itemsOf(thread: Thread, unreadFrom: string | undefined): Item[] {
  const items: Item[] = []
  const notes = [...thread.notes].sort((a, b) => (a.at < b.at ? -1 : 1))
  // Notes from before what is loaded come with their page.
  const from = thread.before === null ? '' : (thread.messages[0]?.at ?? '')
  let at = notes.findIndex((note) => note.at >= from)
  if (at < 0) at = notes.length
  let day = ''
  let last: Message | undefined
  const turn = (instant: string) => {
    if (dayOf(instant) === day) return
    day = dayOf(instant)
    last = undefined
    items.push({ kind: 'day', id: `day-${day}`, at: instant })
  }
  const note = (one: Note) => {
    turn(one.at)
    last = undefined
    items.push({ kind: 'note', id: one.id, note: one })
  }
  for (const message of thread.messages) {
    // It stands at the message that it is about; one that was refused stands for itself.
    if (message.type === 'reaction' && message.status !== 'failed') continue
    for (let next = notes[at]; next && next.at < message.at; next = notes[at]) {
      note(next)
      at += 1
    }
    turn(message.at)
    if (message.id === unreadFrom) {
      items.push({ kind: 'unread', id: 'unread' })
      last = undefined
    }
    const isFollowing =
      last?.direction === message.direction && Date.parse(message.at) - Date.parse(last.at) < closeMs
    items.push({ kind: 'message', id: message.id, message, isFollowing })
    last = message
  }
  for (const one of notes.slice(at)) note(one)
  for (const sending of openSendings(thread)) items.push({ kind: 'sending', id: sending.key, sending })
  return items
}

/** The first of the last `count` inbound messages that are here: where the unread line stands. */
export function firstUnread(thread: Thread, count: number): string | undefined {
  if (count <= 0) return undefined
  const inbound = thread.messages.filter(({ direction }) => direction === 'in')
  return (inbound.at(-count) ?? inbound[0])?.id
}
