// What every part of the inbox reads: the list, the open conversation, its thread, and what stands in its composer. Signals
// only; what changes them is in loading.ts, sending.ts and acting.ts.

import { computed, type Signal, signal } from '@preact/signals'
import type { Problem } from '../client.ts'
import { session } from '../session.ts'
import { note as words } from '../words/inbox.ts'
import { type Book, emptyBook } from './store.ts'
import { emptyThread, type Thread } from './thread-store.ts'
import type { Colleague, Conversation, Label, Message, Note, Refused } from './types.ts'

export const book = signal<Book>(emptyBook({ state: 'open' }))
/** Of the last page that was asked for. */
export const listProblem = signal<Problem | undefined>(undefined)
export const isListLoading = signal(false)

export const labels = signal<readonly Label[]>([])
export const colleagues = signal<readonly Colleague[]>([])

/** The conversation that is open; its id stands in the address as `?c=`. */
export const openId = signal<string | undefined>(undefined)
export const openConversation = computed<Conversation | undefined>(() =>
  openId.value === undefined ? undefined : book.value.byId.get(openId.value),
)
/** Where a phone is: one of these at a time. Wide screens show list and thread, and the panel when it is asked for. */
export const step = signal<'list' | 'thread' | 'panel'>('list')
export const isPanelOpen = signal(false)
/** The row that the keyboard is on. */
export const cursorId = signal<string | undefined>(undefined)
/** The message whose explanation is open. */
export const explained = signal<Message | undefined>(undefined)
/** What stands over the screen: loaded when it is first asked for. */
export const sheet = signal<{ kind: 'templates' | 'builder' | 'label'; conversationId: string } | undefined>(
  undefined,
)
/** What a screen reader is told, once, politely. */
export const announced = signal('')

export type Composer = {
  mode: 'message' | 'note'
  text: string
  note: string
  replyTo: Message | undefined
  files: Upload[]
  refused: Refused | undefined
}
export type Upload = {
  id: string
  name: string
  bytes: number
  kind: string
  /** A picture of it, of this page. */
  preview: string | undefined
  sent: number
  state: 'uploading' | 'ready' | 'failed'
  mediaId?: string | undefined
  mime?: string | undefined
  sentence?: string | undefined
}

/** A conversation as this page knows it. */
export type Desk = {
  thread: Signal<Thread>
  composer: Signal<Composer>
  problem: Signal<Problem | undefined>
  isLoading: Signal<boolean>
  /** The first message that was unread when it was opened. */
  unreadFrom: Signal<string | undefined>
  /** A message that somebody asked to see: a search, an address. */
  wanted: Signal<string | undefined>
}

export const emptyComposer: Composer = {
  mode: 'message',
  text: '',
  note: '',
  replyTo: undefined,
  files: [],
  refused: undefined,
}

const desks = new Map<string, Desk>()
const mostDesks = 30

/** The last ones stay, so that going back to one shows it at once. One with something unsent stays in any case. */
export function deskOf(id: string): Desk {
  const known = desks.get(id)
  if (known) {
    desks.delete(id)
    desks.set(id, known)
    return known
  }
  const made: Desk = {
    thread: signal(emptyThread(id)),
    composer: signal(emptyComposer),
    problem: signal(undefined),
    isLoading: signal(false),
    unreadFrom: signal(undefined),
    wanted: signal(undefined),
  }
  desks.set(id, made)
  for (const [old, desk] of desks) {
    if (desks.size <= mostDesks) break
    if (old !== openId.value && desk.thread.value.sendings.length === 0) desks.delete(old)
  }
  return made
}

export const knownDesk = (id: string): Desk | undefined => desks.get(id)
export const knownDesks = (): ReadonlyMap<string, Desk> => desks
export const forgetDesk = (id: string): void => void desks.delete(id)

export const compose = (id: string, change: Partial<Composer>): void => {
  const { composer } = deskOf(id)
  composer.value = { ...composer.value, ...change }
}

/** Oneself is “You”, whatever colleagues say. */
export const nameOfColleague = (actor: string | null): string | undefined => {
  const id = actor?.replace(/^member:/, '')
  if (id !== undefined && id === session.value?.member?.id) return words.you
  return colleagues.value.find((one) => one.id === id)?.name ?? undefined
}
export const isNoteOf = (note: Note, memberId: string | undefined): boolean =>
  note.author === `member:${memberId}`
