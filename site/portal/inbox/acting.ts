// What a team does with a conversation: done at once on the screen, told to the API, taken back on the screen when it was
// refused, and undone by a press where that is possible. Called by the head of the thread and by keys.

import { batch } from '@preact/signals'
import type { Result } from '../client.ts'
import { can, session } from '../session.ts'
import { toast } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import * as api from './api.ts'
import { flushDraft, restoreDraft } from './drafts.ts'
import { hear, lookAgain, openThread } from './loading.ts'
import { announced, book, cursorId, deskOf, isPanelOpen, openId, step } from './state.ts'
import { changed } from './store.ts'
import type { Conversation, Label, Message } from './types.ts'

const me = () => session.value?.member?.id

// ── Which one is open ──

export function open(id: string, from: 'list' | 'address' = 'list'): void {
  if (openId.value !== undefined && openId.value !== id) flushDraft(openId.value)
  batch(() => {
    openId.value = id
    cursorId.value = id
    step.value = 'thread'
  })
  if (from === 'list') history.pushState(null, '', addressOf(id))
  void openThread(id).then(() => seen(id))
  void restoreDraft(id)
}

export function leave(from: 'here' | 'address' = 'here'): void {
  if (step.value === 'panel') {
    step.value = 'thread'
    isPanelOpen.value = false
    return
  }
  if (openId.value === undefined) return
  flushDraft(openId.value)
  batch(() => {
    openId.value = undefined
    isPanelOpen.value = false
    step.value = 'list'
  })
  if (from === 'here') history.pushState(null, '', addressOf(undefined))
}

export function togglePanel(): void {
  batch(() => {
    isPanelOpen.value = !isPanelOpen.value
    step.value = isPanelOpen.value ? 'panel' : 'thread'
  })
}

function addressOf(id: string | undefined): string {
  const url = new URL(location.href)
  if (id === undefined) url.searchParams.delete('c')
  else url.searchParams.set('c', id)
  return url.pathname + url.search
}

/** The next or previous of the list. */
export function openNeighbour(by: 1 | -1): void {
  const { ids } = book.value.list
  const at = ids.indexOf(openId.value ?? '')
  const next = ids[at + by]
  if (next !== undefined) open(next)
}

/** Read by the team, and told to the person: only by who may answer, and only while the page is looked at. */
export function seen(id: string): void {
  const conversation = book.value.byId.get(id)
  if (openId.value !== id || document.visibilityState !== 'visible' || !can('conversations:write')) return
  if (!conversation || conversation.unread === 0) return
  book.value = changed(book.value, id, { unread: 0 }, me())
  void api.patchConversation(id, { read: true })
  if (can('messages:send')) void api.tellRead(id)
}

// ── Changes ──

async function change(
  id: string,
  shown: Partial<Conversation>,
  told: Parameters<typeof api.patchConversation>[1],
) {
  const before = book.value.byId.get(id)
  if (!before) return
  book.value = changed(book.value, id, shown, me())
  const answer = await api.patchConversation(id, told)
  if (answer.ok) hear(answer.data)
  else takeBack(before, answer)
}

function takeBack(before: Conversation, answer: Extract<Result<unknown>, { ok: false }>): void {
  hear(before)
  toast({ text: words.said.notDone(answer.problem.title || words.said.noAnswer) })
}

export function setClosed(id: string, isClosed: boolean): void {
  void change(id, { closedAt: isClosed ? new Date().toISOString() : null }, { closed: isClosed })
  toast({ text: isClosed ? words.said.closed : words.said.reopened, undo: () => setClosed(id, !isClosed) })
}

export function markUnread(id: string): void {
  const { thread } = deskOf(id)
  if (!thread.value.messages.some(({ direction }) => direction === 'in')) return
  leave()
  void change(id, { unread: 1 }, { read: false })
  announced.value = words.said.unread
}

export function assign(id: string, assigneeId: string | null): void {
  const before = book.value.byId.get(id)?.assigneeId ?? null
  if (before === assigneeId) return
  void change(id, { assigneeId }, { assigneeId })
  toast({ text: words.said.assigned, undo: () => assign(id, before) })
}

export async function toggleLabel(id: string, label: Label): Promise<void> {
  const before = book.value.byId.get(id)
  if (!before) return
  const isOn = !before.labels.includes(label.id)
  const labels = isOn ? [...before.labels, label.id] : before.labels.filter((one) => one !== label.id)
  book.value = changed(book.value, id, { labels }, me())
  const answer = await api.putLabel(id, label.id, isOn)
  if (!answer.ok) takeBack(before, answer)
}

/** The same emoji again takes it back. */
export async function react(conversationId: string, message: Message, emoji: string): Promise<void> {
  const mine = message.reactions.find(({ from }) => from === 'business')?.emoji
  const answer = await api.react(conversationId, message.id, mine === emoji ? null : emoji)
  if (answer.ok) lookAgain(conversationId, message.id)
  else toast({ text: words.said.notDone(answer.problem.detail ?? answer.problem.title) })
}

export async function removeNote(conversationId: string, noteId: string): Promise<void> {
  const { thread } = deskOf(conversationId)
  const before = thread.value
  const note = before.notes.find(({ id }) => id === noteId)
  thread.value = { ...before, notes: before.notes.filter(({ id }) => id !== noteId) }
  const answer = await api.deleteNote(noteId)
  if (!answer.ok) thread.value = { ...thread.value, notes: before.notes }
  else if (note)
    toast({ text: words.said.noteRemoved, undo: () => void api.createNote(conversationId, note.text) })
}

export async function retryMedia(conversationId: string, messageId: string): Promise<void> {
  const answer = await api.retryMedia(messageId)
  if (!answer.ok) toast({ text: words.said.notDone(answer.problem.detail ?? answer.problem.title) })
  lookAgain(conversationId, messageId)
}
