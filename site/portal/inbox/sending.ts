// The way of a message out of this page: shown at once, sent under a key of its own, and one of three things afterwards: a
// message, a refusal that gives the words back with the remedy, or no answer, which is said and tried again under the same key.
// Called by the composer and by the bubbles of what waits.

import { batch } from '@preact/signals'
import type { Problem } from '../client.ts'
import { remedyOf } from '../ui/states.tsx'
import * as words from '../words/inbox.ts'
import * as api from './api.ts'
import { dropDraft } from './drafts.ts'
import { reloadNotes } from './loading.ts'
import { fileMessage, readableOf, textMessage } from './outgoing.ts'
import { announced, compose, deskOf, knownDesks, type Upload } from './state.ts'
import { becameMessage, began, discarded, stayedUnanswered, wasRefused } from './thread-store.ts'
import type { Outgoing, Refused } from './types.ts'

export async function send(
  conversationId: string,
  outgoing: Outgoing,
  key = crypto.randomUUID() as string,
): Promise<boolean> {
  const { thread } = deskOf(conversationId)
  const begun = { key, outgoing, text: readableOf(outgoing), at: new Date().toISOString() }
  thread.value = began(thread.value, begun)
  const answer = await api.send(conversationId, key, outgoing)
  if (answer.ok) {
    thread.value = becameMessage(thread.value, key, answer.data)
    announced.value = words.said.sent
    return true
  }
  if (isUnanswered(answer.problem)) {
    thread.value = stayedUnanswered(thread.value, key)
    announced.value = words.said.unanswered
    retryLater()
    return false
  }
  refuse(conversationId, key, outgoing, refusedOf(answer.problem))
  return false
}

/** No answer, or one that says nothing of the message: it may have been sent, so only the same key may ask again. */
const isUnanswered = ({ code, status }: Problem): boolean =>
  code === 'offline' || status >= 500 || status === 429

export const refusedOf = (problem: Problem): Refused => ({
  title: problem.title || words.said.refused,
  detail: problem.detail ?? problem.errors?.[0]?.message,
  remedy: remedyOf(problem) ?? '',
  gate: problem.gate,
})

/** Words go back to where they were written, unless something else stands there by now. */
function refuse(conversationId: string, key: string, outgoing: Outgoing, refused: Refused): void {
  const { thread, composer } = deskOf(conversationId)
  const isText = outgoing.type === 'text'
  batch(() => {
    if (isText && composer.value.text === '' && composer.value.files.length === 0) {
      thread.value = discarded(thread.value, key)
      compose(conversationId, { text: (outgoing.payload as { body: string }).body, refused })
    } else thread.value = wasRefused(thread.value, key, refused)
    announced.value = `${refused.title}. ${refused.detail ?? ''} ${refused.remedy}`
  })
}

/** Files first, in their order; the words go with the first that can carry them, or after all. */
export function sendComposed(conversationId: string): void {
  const { composer } = deskOf(conversationId)
  const { text, files, replyTo } = composer.value
  const words = text.trim()
  const ready = files.filter(({ state }) => state === 'ready')
  if (words === '' && ready.length === 0) return
  const messages = composed(words, ready, replyTo?.id)
  for (const { preview } of files) if (preview) URL.revokeObjectURL(preview)
  compose(conversationId, { text: '', files: [], replyTo: undefined, refused: undefined })
  dropDraft(conversationId)
  void inOrder(messages.map((message) => () => send(conversationId, message)))
}

function composed(words: string, files: Upload[], replyTo: string | undefined): Outgoing[] {
  let rest = words
  let answers = replyTo
  const messages = files.map((file) => {
    const { mediaId = '', kind, mime = '', bytes, name } = file
    const carries = kind === 'image' || kind === 'video' || kind === 'document'
    const message = fileMessage(
      { id: mediaId, kind, mime, bytes, filename: name },
      carries ? rest : '',
      answers,
    )
    if (carries) rest = ''
    answers = undefined
    return message
  })
  return rest === '' ? messages : [...messages, textMessage(rest, answers)]
}

/** The next one leaves when the one before is answered, so that they arrive in their order. */
async function inOrder(sends: (() => Promise<unknown>)[]): Promise<void> {
  for (const one of sends) await one()
}

// ── What got no answer ──

let waiting: ReturnType<typeof setTimeout> | undefined
let tries = 0

function retryLater(): void {
  if (waiting !== undefined) return
  const waitMs = Math.min(60_000, 2_000 * 2 ** tries)
  tries += 1
  waiting = setTimeout(() => {
    waiting = undefined
    retryAll()
  }, waitMs)
}

/** Called when the line is back, too. */
export function retryAll(): void {
  clearTimeout(waiting)
  waiting = undefined
  for (const [id, { thread }] of knownDesks()) {
    const lost = thread.value.sendings.filter(({ state }) => state === 'unanswered')
    void inOrder(
      lost.map(
        ({ outgoing, key }) =>
          () =>
            send(id, outgoing, key),
      ),
    )
  }
  if (!hasUnsent()) tries = 0
}

/** Something would be lost with the page. */
export const hasUnsent = (): boolean =>
  [...knownDesks().values()].some(({ thread }) =>
    thread.value.sendings.some(({ state }) => state !== 'refused'),
  )

export const discard = (conversationId: string, key: string): void => {
  const { thread } = deskOf(conversationId)
  thread.value = discarded(thread.value, key)
}

/** A refusal is final for its key: another try is another send. */
export function sendAgain(conversationId: string, key: string, outgoing: Outgoing): void {
  discard(conversationId, key)
  void send(conversationId, outgoing)
}

// ── Notes ──

export async function addNote(conversationId: string): Promise<void> {
  const { composer } = deskOf(conversationId)
  const text = composer.value.note.trim()
  if (text === '') return
  compose(conversationId, { note: '', refused: undefined })
  const answer = await api.createNote(conversationId, text)
  if (answer.ok) return reloadNotes(conversationId)
  const kept = deskOf(conversationId).composer.value.note
  compose(conversationId, {
    note: kept === '' ? text : `${text}\n${kept}`,
    refused: refusedOf(answer.problem),
  })
}

// ── Signs of life ──

const typingMs = 20_000
let typedAt = 0
let typedIn = ''

/** Meta shows it for up to 25 seconds; more often than that is noise. */
export function typing(conversationId: string): void {
  const now = Date.now()
  if (typedIn === conversationId && now - typedAt < typingMs) return
  typedIn = conversationId
  typedAt = now
  void api.tellTyping(conversationId)
}
