// What is searched for and what was found. The words leave this page in the address of one call and are kept nowhere. Called by
// filters.tsx and results.tsx.

import { batch, signal } from '@preact/signals'
import type { Problem } from '../client.ts'
import * as api from './api.ts'
import { onGone } from './loading.ts'

export const query = signal('')
export const found = signal<readonly api.Found[]>([])
export const next = signal<string | null>(null)
export const state = signal<'still' | 'loading' | 'ready' | 'failed'>('still')
export const problem = signal<Problem | undefined>(undefined)

const waitMs = 200
const fewest = 2
let timer: ReturnType<typeof setTimeout> | undefined
let turn = 0

export function setQuery(text: string): void {
  clearTimeout(timer)
  turn += 1
  batch(() => {
    query.value = text
    state.value = text.trim().length < fewest ? 'still' : 'loading'
    if (state.value === 'still') found.value = []
  })
  if (state.value === 'loading') timer = setTimeout(() => void run(), waitMs)
}

export async function run(cursor?: string): Promise<void> {
  const mine = ++turn
  const answer = await api.search(query.value.trim(), cursor)
  if (mine !== turn) return
  batch(() => {
    state.value = answer.ok ? 'ready' : 'failed'
    problem.value = answer.ok ? undefined : answer.problem
    if (!answer.ok) return
    found.value = cursor === undefined ? answer.data.data : [...found.value, ...answer.data.data]
    next.value = answer.data.next
  })
}

onGone.add((contactId) => {
  found.value = found.value.filter(({ conversation }) => conversation.contact.id !== contactId)
})
