// Requests as the API answers them. Called by requests.tsx and request.tsx.

import type { Tone } from '../ui/index.ts'

export type Request = {
  id: string
  type: string
  contactId: string
  door: string
  state: string
  receivedAt: string
  dueAt: string
  letThroughAt: string | null
  decidedBy: string | null
  refusal: string | null
}
export const requestTone = (state: string): Tone =>
  (({ waiting: 'warn', granted: 'info', done: 'good' }) as const)[state as 'waiting'] ?? 'neutral'
