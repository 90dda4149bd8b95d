// What somebody began to write, kept while they write and found again anywhere they sign in. Called by the composer.

import * as api from './api.ts'
import { compose, deskOf } from './state.ts'

const saveMs = 800
const timers = new Map<string, ReturnType<typeof setTimeout>>()
/** What the server has of each conversation, as far as this page knows. */
const saved = new Map<string, string>()

export function keepDraft(id: string): void {
  clearTimeout(timers.get(id))
  timers.set(
    id,
    setTimeout(() => void save(id), saveMs),
  )
}

async function save(id: string): Promise<void> {
  timers.delete(id)
  const { text } = deskOf(id).composer.value
  if ((saved.get(id) ?? '') === text) return
  saved.set(id, text)
  const answer = await (text.trim() === '' ? api.deleteDraft(id) : api.putDraft(id, text))
  if (!answer.ok && answer.problem.code === 'offline') saved.delete(id)
}

/** It was sent. */
export function dropDraft(id: string): void {
  clearTimeout(timers.get(id))
  timers.delete(id)
  if (saved.get(id) === '') return
  saved.set(id, '')
  void api.deleteDraft(id)
}

/** Only into an empty composer: what is being written here is newer. */
export async function restoreDraft(id: string): Promise<void> {
  if (saved.has(id)) return
  const answer = await api.loadDraft(id)
  if (!answer.ok) return
  const text = answer.data?.text ?? ''
  saved.set(id, text)
  if (text !== '' && deskOf(id).composer.value.text === '') compose(id, { text })
}

/** At once, because the page or the conversation is left. */
export function flushDraft(id: string): void {
  if (!timers.has(id)) return
  clearTimeout(timers.get(id))
  void save(id)
}
