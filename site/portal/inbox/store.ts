// What the inbox has heard, kept so that it can be heard twice, late and in any order: conversations and messages by id,
// each list in its order, sends that wait for their answer. Pure: state in, state out. The screen asks, this remembers.

import type { Conversation } from './types.ts'

// ── Lists of conversations ──

export type Filter = {
  state: 'open' | 'closed' | 'all'
  assignee?: string | undefined
  label?: string | undefined
  unread?: boolean | undefined
}

export type List = {
  filter: Filter
  /** The newest first: as the API sorts them. */
  ids: string[]
  /** Where the next page begins; null: this is all; undefined: nothing was loaded yet. */
  next: string | null | undefined
  /** The last row that a page has told: what comes after it is left to the next page. */
  end?: Place | undefined
}

type Place = Pick<Conversation, 'id' | 'lastMessageAt'>

export type Book = { byId: ReadonlyMap<string, Conversation>; list: List; gone: ReadonlySet<string> }

export const emptyBook = (filter: Filter): Book => ({
  byId: new Map(),
  list: { filter, ids: [], next: undefined },
  gone: new Set(),
})

const isBefore = (a: Place, b: Place): boolean =>
  a.lastMessageAt === b.lastMessageAt ? a.id > b.id : a.lastMessageAt > b.lastMessageAt

/** What the API would say to this filter; `me` is the member who looks. */
export function fits(conversation: Conversation, filter: Filter, me: string | undefined): boolean {
  const { state, assignee, label, unread } = filter
  if (state === 'open' && conversation.closedAt !== null) return false
  if (state === 'closed' && conversation.closedAt === null) return false
  if (unread && conversation.unread === 0) return false
  if (label !== undefined && !conversation.labels.includes(label)) return false
  if (assignee === undefined) return true
  if (assignee === 'none') return conversation.assigneeId === null
  return conversation.assigneeId === (assignee === 'me' ? me : assignee)
}

/** The place of `one` in `ids`, found by halving. */
function placeOf(ids: readonly string[], byId: ReadonlyMap<string, Conversation>, one: Conversation): number {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(byId.get(ids[middle] as string) as Conversation, one)) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * One conversation as the API tells it now. It moves to its place in the list, or leaves it. Beyond the end of what the
 * pages have told it is left to its own page, so that none is skipped.
 */
export function heard(book: Book, conversation: Conversation, me: string | undefined): Book {
  if (book.gone.has(conversation.contact.id)) return book
  const byId = new Map(book.byId)
  const old = byId.get(conversation.id)
  const without = old ? removed(book.list.ids, byId, old) : book.list.ids
  byId.set(conversation.id, conversation)
  if (!fits(conversation, book.list.filter, me))
    return { ...book, byId, list: { ...book.list, ids: without } }
  const { next, end } = book.list
  // Not the last row that is shown: it may have moved up or left since, and the next page does not know.
  const isTold = next === null || (end !== undefined && !isBefore(end, conversation))
  const ids = isTold ? without.toSpliced(placeOf(without, byId, conversation), 0, conversation.id) : without
  return { ...book, byId, list: { ...book.list, ids } }
}

function removed(ids: string[], byId: ReadonlyMap<string, Conversation>, old: Conversation): string[] {
  const guess = placeOf(ids, byId, old)
  const at = ids[guess] === old.id ? guess : ids.indexOf(old.id)
  return at < 0 ? ids : ids.toSpliced(at, 1)
}

/** A page of the list. One that was heard of live since stays where it is newest. */
export function paged(book: Book, page: { data: Conversation[]; next: string | null }): Book {
  const byId = new Map(book.byId)
  const have = new Set(book.list.ids)
  const fresh: string[] = []
  for (const one of page.data) {
    if (book.gone.has(one.contact.id)) continue
    const known = byId.get(one.id)
    if (!known || known.lastMessageAt <= one.lastMessageAt) byId.set(one.id, one)
    if (!have.has(one.id)) fresh.push(one.id)
  }
  const ids = [...book.list.ids, ...fresh].sort((a, b) =>
    isBefore(byId.get(a) as Conversation, byId.get(b) as Conversation) ? -1 : 1,
  )
  return {
    ...book,
    byId,
    list: { ...book.list, ids, next: page.next, end: page.data.at(-1) ?? book.list.end },
  }
}

/**
 * The beginning of the list, told anew: it stands for everything down to its last row. What is older stays, unless the
 * page says that there is nothing older.
 */
export function retold(book: Book, page: { data: Conversation[]; next: string | null }): Book {
  const last = page.data.at(-1)
  const told = new Set(page.data.map(({ id }) => id))
  const older = book.list.ids.filter((id) => {
    const one = book.byId.get(id)
    return one && last && page.next !== null && !told.has(id) && isBefore(last, one)
  })
  const merged = paged({ ...book, list: { ...book.list, ids: older } }, page)
  const { next, end } = older.length > 0 ? book.list : merged.list
  return { ...merged, list: { ...merged.list, next: next ?? null, end } }
}

/** Another filter: what is known stays known, the list begins anew. */
export const filtered = (book: Book, filter: Filter): Book => ({
  ...book,
  list: { filter, ids: [], next: undefined },
})

/** What was changed here before the API has said so. */
export function changed(book: Book, id: string, change: Partial<Conversation>, me: string | undefined): Book {
  const old = book.byId.get(id)
  return old ? heard(book, { ...old, ...change }, me) : book
}

/** Erased or restricted: from now on nothing of this person is shown, whatever still arrives. */
export function contactGone(book: Book, contactId: string): Book {
  const byId = new Map([...book.byId].filter(([, one]) => one.contact.id !== contactId))
  const ids = book.list.ids.filter((id) => byId.has(id))
  return { byId, list: { ...book.list, ids }, gone: new Set([...book.gone, contactId]) }
}

/** The restriction was lifted, or the person came back. */
export function contactBack(book: Book, contactId: string): Book {
  const gone = new Set(book.gone)
  gone.delete(contactId)
  return { ...book, gone }
}

export function dropped(book: Book, id: string): Book {
  if (!book.byId.has(id)) return book
  const byId = new Map(book.byId)
  byId.delete(id)
  return { ...book, byId, list: { ...book.list, ids: book.list.ids.filter((one) => one !== id) } }
}
