// Every call of the inbox, with the shapes of types.ts. Called by the files that load, send and act; nothing else here speaks
// to the API.

import { ask, type Result, tell, workspaceHeaders } from '../client.ts'
import type { Filter } from './store.ts'
import type { MessagePage } from './thread-store.ts'
import type {
  Colleague,
  Conversation,
  Explanation,
  Label,
  Message,
  Note,
  Outgoing,
  Template,
} from './types.ts'

export type Page<T> = { data: T[]; next: string | null }
export type Found = { conversation: Conversation; message: Message | null }

/** Large enough for a screen and what is just below it. */
const listRows = 100
const threadRows = 30

function queryOf(values: Record<string, string | number | boolean | null | undefined>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== null && value !== false) query.set(name, String(value))
  return query.toString()
}

export const loadConversations = (
  filter: Filter,
  cursor?: string | null,
): Promise<Result<Page<Conversation>>> =>
  ask(`/conversations?${queryOf({ ...filter, limit: listRows, cursor })}`)
/** Whether anybody has written yet: one row says it. */
export const loadAnyConversation = (): Promise<Result<Page<Conversation>>> =>
  ask('/conversations?state=all&limit=1')
export const loadConversation = (id: string): Promise<Result<Conversation>> => ask(`/conversations/${id}`)
export const loadMessages = (
  id: string,
  cursor?: string | null,
  limit = threadRows,
): Promise<Result<MessagePage>> =>
  ask(`/conversations/${id}/messages?${queryOf({ order: 'newest', limit, cursor })}`)
export const loadMessage = (id: string): Promise<Result<Message>> => ask(`/messages/${id}`)
export const loadNotes = (id: string): Promise<Result<Page<Note>>> =>
  ask(`/conversations/${id}/notes?limit=200`)
export const loadLabels = (): Promise<Result<Page<Label>>> => ask('/labels?limit=200')
export const loadColleagues = (): Promise<Result<{ data: Colleague[] }>> => ask('/colleagues')
export const loadExplanation = (id: string): Promise<Result<Explanation>> =>
  ask(`/messages/${id}/explanation`)
export const search = (q: string, cursor?: string | null): Promise<Result<Page<Found>>> =>
  ask(`/search?${queryOf({ q, cursor })}`)

export const patchConversation = (
  id: string,
  change: { assigneeId?: string | null; closed?: boolean; read?: boolean },
): Promise<Result<Conversation>> => tell(`/conversations/${id}`, 'PATCH', change)
export const putLabel = (id: string, labelId: string, isOn: boolean): Promise<Result<unknown>> =>
  tell(`/conversations/${id}/labels/${labelId}`, isOn ? 'PUT' : 'DELETE')
export const createLabel = (name: string, colour: string): Promise<Result<Label>> =>
  tell('/labels', 'POST', { name, colour })
export const createNote = (id: string, text: string): Promise<Result<Note>> =>
  tell(`/conversations/${id}/notes`, 'POST', { text })
export const deleteNote = (id: string): Promise<Result<unknown>> => tell(`/notes/${id}`, 'DELETE')

export const loadDraft = (id: string): Promise<Result<{ text: string } | null>> =>
  ask(`/conversations/${id}/draft`)
export const putDraft = (id: string, text: string): Promise<Result<unknown>> =>
  tell(`/conversations/${id}/draft`, 'PUT', { text })
export const deleteDraft = (id: string): Promise<Result<unknown>> =>
  tell(`/conversations/${id}/draft`, 'DELETE')

/** Asked again with the same key it is the same message. */
export const send = (
  id: string,
  key: string,
  { type, payload, replyTo, mediaId }: Outgoing,
): Promise<Result<Message>> =>
  ask(`/conversations/${id}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ type, [type]: payload, replyTo, mediaId }),
  })
export const react = (id: string, messageId: string, emoji: string | null): Promise<Result<unknown>> =>
  tell(`/conversations/${id}/reactions`, 'POST', { messageId, emoji })
export const tellTyping = (id: string): Promise<Result<unknown>> =>
  tell(`/conversations/${id}/typing`, 'POST')
export const tellRead = (id: string): Promise<Result<unknown>> => tell(`/conversations/${id}/receipt`, 'POST')
export const retryMedia = (messageId: string): Promise<Result<unknown>> =>
  tell(`/messages/${messageId}/media/retry`, 'POST')
export const dropUpload = (id: string, mediaId: string): Promise<Result<unknown>> =>
  tell(`/conversations/${id}/media/${mediaId}`, 'DELETE')

/** For the browser to load by itself, in parts as it plays: it sends the cookie, and the workspace stands in the address. */
export function mediaAddress(messageId: string, isDownload = false): string {
  const query = queryOf({
    workspace: workspaceHeaders()['x-workspace'],
    download: isDownload ? '1' : undefined,
  })
  return `/api/v1/messages/${messageId}/media${query === '' ? '' : `?${query}`}`
}
/** Only what Meta has approved can be sent, and only by a number of its own account. */
export const loadTemplates = (q: string, wabaId: string): Promise<Result<Page<Template>>> =>
  ask(`/templates?${queryOf({ q: q === '' ? undefined : q, status: 'APPROVED', wabaId, limit: 100 })}`)
export const loadNumber = (id: string): Promise<Result<{ wabaId: string }>> => ask(`/numbers/${id}`)
export const syncTemplates = (): Promise<Result<unknown>> => tell('/templates/sync', 'POST')
