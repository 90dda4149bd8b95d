// Templates as the API answers them, and what can be done with them. Called by the screens of templates.

import { ask, tell } from '../client.ts'
import type { Tone } from '../ui/index.ts'

export type Template = {
  id: string
  wabaId: string
  name: string
  language: string
  category: string
  status: string
  quality: string | null
  reason: { code: string; says: string; remedy: string } | null
  next: { category: string; at: string } | null
  components: unknown[]
  editableAt: string | null
  updatedAt: string
  syncedAt: string | null
}
export type TemplatePage = { data: Template[]; next: string | null }

export function loadTemplates(q: string, status: string, cursor?: string) {
  const query = new URLSearchParams({ limit: '50' })
  if (q.trim()) query.set('q', q.trim())
  if (status) query.set('status', status)
  if (cursor) query.set('cursor', cursor)
  return ask<TemplatePage>(`/templates?${query}`)
}

export const syncTemplates = () => tell<{ templates: number }>('/templates/sync', 'POST')
export const removeTemplate = (id: string) => tell<undefined>(`/templates/${id}`, 'DELETE')

export const statusTone = (status: string): Tone =>
  (({ APPROVED: 'good', PENDING: 'info', PAUSED: 'warn', REJECTED: 'bad', DISABLED: 'bad' }) as const)[
    status as 'APPROVED'
  ] ?? 'neutral'
export const qualityTone = (quality: string | null): Tone =>
  (({ GREEN: 'good', YELLOW: 'warn', RED: 'bad' }) as const)[quality as 'GREEN'] ?? 'neutral'
