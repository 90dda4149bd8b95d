// Brings what the inbox shows, and brings it again when the live line tells that it changed. After a cut line it looks at
// everything that is on the screen. Called by the screen and its parts.

import { batch } from '@preact/signals'
import type { Change } from '../live.ts'
import { session } from '../session.ts'
import { toast } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import * as api from './api.ts'
import { coalesce } from './coalesce.ts'
import {
  book,
  colleagues,
  deskOf,
  forgetDesk,
  isListLoading,
  knownDesk,
  knownDesks,
  labels,
  listProblem,
  openId,
  step,
} from './state.ts'
import { contactBack, contactGone, dropped, type Filter, filtered, heard, paged, retold } from './store.ts'
import {
  caughtUp,
  firstUnread,
  leavesGap,
  type MessagePage,
  mergeMessages,
  pagedBack,
  withNotes,
} from './thread-store.ts'
import type { Conversation } from './types.ts'

const me = () => session.value?.member?.id

// ── The list ──

let listTurn = 0

/** The next page, or the first of a filter that has just been chosen. */
export async function loadMore(): Promise<void> {
  const { filter, next } = book.value.list
  if (isListLoading.value || next === null) return
  const turn = listTurn
  isListLoading.value = true
  const answer = await api.loadConversations(filter, next)
  if (turn !== listTurn) return
  batch(() => {
    isListLoading.value = false
    listProblem.value = answer.ok ? undefined : answer.problem
    if (answer.ok) book.value = paged(book.value, answer.data)
  })
}

export function choose(filter: Filter): void {
  listTurn += 1
  batch(() => {
    isListLoading.value = false
    listProblem.value = undefined
    book.value = filtered(book.value, filter)
  })
  void loadMore()
}

/** The beginning of the list once more. */
async function refreshList(): Promise<void> {
  if (book.value.list.next === undefined) return loadMore()
  const turn = listTurn
  const answer = await api.loadConversations(book.value.list.filter)
  if (turn !== listTurn) return
  if (answer.ok) book.value = retold(book.value, answer.data)
}

export const hear = (conversation: Conversation): void => {
  book.value = heard(book.value, conversation, me())
}

const refreshConversation = coalesce(async (id) => {
  const answer = await api.loadConversation(id)
  if (answer.ok) hear(answer.data)
  else if (answer.problem.status === 404) forgetConversation(id)
})

function forgetConversation(id: string): void {
  if (openId.value === id) tellGone()
  batch(() => {
    book.value = dropped(book.value, id)
    forgetDesk(id)
    if (openId.value === id) {
      openId.value = undefined
      step.value = 'list'
    }
  })
}

/** The address must not name what is gone: a reload would look for it. */
function tellGone(): void {
  const url = new URL(location.href)
  url.searchParams.delete('c')
  history.replaceState(null, '', url.pathname + url.search)
  toast({ text: words.said.gone })
}

// ── A thread ──

/** What is known is shown at once; what is new is merged into it. */
export async function openThread(id: string): Promise<void> {
  const desk = deskOf(id)
  if (!book.value.byId.has(id)) refreshConversation(id)
  if (desk.thread.value.before !== undefined) return catchUp(id)
  if (desk.isLoading.value) return
  desk.isLoading.value = true
  const [page, notes] = await Promise.all([api.loadMessages(id), api.loadNotes(id)])
  batch(() => {
    desk.isLoading.value = false
    desk.problem.value = page.ok ? undefined : page.problem
    if (page.ok) desk.thread.value = pagedBack(desk.thread.value, page.data)
    if (notes.ok) desk.thread.value = withNotes(desk.thread.value, notes.data.data)
    const unread = book.value.byId.get(id)?.unread ?? 0
    desk.unreadFrom.value = firstUnread(desk.thread.value, unread)
  })
}

export async function loadOlder(id: string): Promise<void> {
  const desk = deskOf(id)
  const { before } = desk.thread.value
  if (!before || desk.isLoading.value) return
  desk.isLoading.value = true
  const page = await api.loadMessages(id, before)
  batch(() => {
    desk.isLoading.value = false
    desk.problem.value = page.ok ? undefined : page.problem
    if (page.ok) desk.thread.value = pagedBack(desk.thread.value, page.data)
  })
}

/** Pages back until this message is here; false when it is not in the conversation. */
export async function loadUntil(id: string, isThere: () => boolean): Promise<boolean> {
  while (!isThere()) {
    const { before } = deskOf(id).thread.value
    if (!before) return false
    await loadOlder(id)
    if (deskOf(id).problem.value || deskOf(id).thread.value.before === before) return isThere()
  }
  return true
}

const mostPages = 10

/** All that is shown of a thread is told anew: the newest pages, as far back as what is here. */
const catchUpThread = coalesce(async (id) => {
  const desk = knownDesk(id)
  if (!desk || desk.thread.value.before === undefined) return
  const shown = desk.thread.value.messages.length
  const pages: MessagePage[] = []
  let cursor: string | undefined
  for (let seen = 0; pages.length < mostPages; ) {
    const page = await api.loadMessages(id, cursor, 200)
    if (!page.ok) return
    pages.push(page.data)
    seen += page.data.data.length
    if (page.data.next === null || (!leavesGap(desk.thread.value, page.data) && seen >= shown)) break
    cursor = page.data.next
  }
  desk.thread.value = caughtUp(desk.thread.value, pages)
  await refreshNotes(id)
}, 2)

const catchUp = async (id: string): Promise<void> => catchUpThread(id)

const refreshMessage = coalesce(async (key) => {
  const [conversationId, id] = key.split(' ') as [string, string]
  const desk = knownDesk(conversationId)
  if (!desk) return
  const answer = await api.loadMessage(id)
  if (answer.ok) desk.thread.value = mergeMessages(desk.thread.value, [answer.data])
})

async function refreshNotes(id: string): Promise<void> {
  const desk = knownDesk(id)
  if (!desk) return
  const notes = await api.loadNotes(id)
  if (notes.ok) desk.thread.value = withNotes(desk.thread.value, notes.data.data)
}
export const reloadNotes = coalesce(refreshNotes)

/** A message that came from the API in another way: a search, a send. */
export const lookAgain = (conversationId: string, messageId: string): void =>
  refreshMessage(`${conversationId} ${messageId}`)

// ── What the whole screen needs ──

export async function loadLabels(): Promise<void> {
  const answer = await api.loadLabels()
  if (answer.ok) labels.value = answer.data.data
}

export async function loadColleagues(): Promise<void> {
  const answer = await api.loadColleagues()
  if (answer.ok) colleagues.value = answer.data.data
}

// ── Live ──

/** Nobody knows what was missed: everything on the screen is asked for again. */
export function lookAtAll(): void {
  void refreshList()
  void loadLabels()
  for (const [id, desk] of knownDesks()) {
    if (id === openId.value) {
      refreshConversation(id)
      catchUpThread(id)
    } else if (desk.thread.value.sendings.length === 0) forgetDesk(id)
  }
}

export function live(changes: readonly Change[]): void {
  if (changes.length === 0) lookAtAll()
  for (const change of changes) one(change)
}

function one(change: Change): void {
  switch (change.kind) {
    case 'message':
      refreshConversation(change.conversationId)
      if (change.messageId === undefined) catchUpThread(change.conversationId)
      else refreshMessage(`${change.conversationId} ${change.messageId}`)
      return
    case 'conversation':
      refreshConversation(change.conversationId)
      if (change.conversationId === openId.value) reloadNotes(change.conversationId)
      return
    case 'contact':
      if (book.value.gone.has(change.contactId)) {
        // A restriction was lifted.
        book.value = contactBack(book.value, change.contactId)
        void refreshList()
      }
      for (const { id, contact } of book.value.byId.values())
        if (contact.id === change.contactId) refreshConversation(id)
      return
    case 'contact_gone':
      gone(change.contactId)
      return
    case 'labels':
      void loadLabels()
      return
    case 'members':
      void loadColleagues()
      return
    default:
  }
}

/** Told to whatever else shows people: search results. */
export const onGone = new Set<(contactId: string) => void>()

/** Erased or restricted: it leaves list, thread and panel at once. */
function gone(contactId: string): void {
  const ids = [...book.value.byId.values()]
    .filter(({ contact }) => contact.id === contactId)
    .map(({ id }) => id)
  batch(() => {
    for (const id of ids) forgetConversation(id)
    book.value = contactGone(book.value, contactId)
  })
  for (const tell of onGone) tell(contactId)
}
