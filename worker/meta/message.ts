// One message, status or preference item, read tolerantly. Pure. Source: Meta’s documentation (WhatsApp webhooks reference).

import type { MetaContact, MetaEvent } from './event.ts'
import { fields, instant, items, type Loose, text } from './json.ts'

const known = new Set([
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contacts',
  'interactive',
  'button',
  'order',
  'system',
  'unsupported',
  'template',
  'media_placeholder',
])

export type ParsedMessage = {
  wamid: string
  at: number | undefined
  direction: 'in' | 'out'
  /** `change` lands on another message; `message` stands for itself. */
  as: 'message' | 'edit' | 'revoke' | 'reaction'
  type: string
  /** False for a type Meta had not told us of when this was written. */
  typeKnown: boolean
  /** wamid of the message that is edited, revoked or reacted to. */
  target: string | undefined
  /** Meta's payload under the key of its type; of an edit, the new message's. */
  body: unknown
  replyTo: string | undefined
  /** Whatever else came with the message. */
  extra: Loose | undefined
  contact: MetaContact
  /** The ids a system message says this person had before. */
  before: MetaContact | undefined
  /** True for what a user sends of their own: it opens the customer service window. */
  opensWindow: boolean
  group: boolean
}

/** Undefined when it has no id, belongs to nobody, or is a change that names no message. */
export function parseMessage(event: MetaEvent): ParsedMessage | undefined {
  const item = event.item
  const wamid = text(item.id)
  const type = text(item.type) ?? 'unknown'
  const outward = event.kind === 'echo' || (event.kind === 'history' && isOutward(event))
  const identity = type === 'system' ? systemIdentity(event) : { contact: event.contact, before: undefined }
  if (wamid === undefined || identity.contact === undefined) return undefined
  const as = type === 'edit' || type === 'revoke' || type === 'reaction' ? type : 'message'
  const payload = fields(item[type])
  const target =
    as === 'reaction'
      ? text(payload.message_id)
      : as === 'message'
        ? undefined
        : text(payload.original_message_id)
  if (as !== 'message' && target === undefined) return undefined
  const inner = as === 'edit' ? fields(payload.message) : item
  if (as === 'edit' && text(inner.type) === undefined) return undefined
  const innerType = as === 'edit' ? (text(inner.type) ?? 'unknown') : type
  return {
    wamid,
    at: instant(item.timestamp),
    direction: outward ? 'out' : 'in',
    as,
    type: innerType,
    typeKnown: known.has(innerType) || as !== 'message',
    target,
    body: inner[innerType],
    replyTo: text(fields(inner.context).id),
    extra: extraOf(item, type),
    contact: identity.contact,
    before: identity.before,
    opensWindow: !outward && as === 'message' && type !== 'system' && event.kind === 'message',
    group: text(item.group_id) !== undefined || text(item.recipient_type) === 'group',
  }
}

/** In a thread of the history both sides write; ours carry `to` or come from the business's own number. */
function isOutward(event: MetaEvent): boolean {
  if (text(event.item.to) !== undefined || text(event.item.to_user_id) !== undefined) return true
  const from = text(event.item.from)
  return from !== undefined && from === event.displayPhoneNumber
}

function systemIdentity(event: MetaEvent): {
  contact: MetaContact | undefined
  before: MetaContact | undefined
} {
  const system = fields(event.item.system)
  const changed = text(system.type)
  if (changed !== 'user_changed_number' && changed !== 'user_changed_user_id')
    return { contact: event.contact, before: undefined }
  const contact = { phone: text(system.wa_id), bsuid: text(system.user_id) }
  const before = {
    phone: text(event.item.from),
    bsuid: text(system.previous_user_id) ?? text(event.item.from_user_id),
  }
  if (contact.phone === undefined && contact.bsuid === undefined)
    return { contact: event.contact, before: undefined }
  return { contact, before }
}

const plain = new Set([
  'id',
  'from',
  'from_user_id',
  'from_parent_user_id',
  'to',
  'to_user_id',
  'timestamp',
  'type',
])

function extraOf(item: Loose, type: string): Loose | undefined {
  const rest = Object.entries(item).filter(([key]) => !plain.has(key) && key !== type)
  return rest.length > 0 ? Object.fromEntries(rest) : undefined
}

export const statusNames = ['sent', 'failed', 'delivered', 'read', 'played'] as const
export type StatusName = (typeof statusNames)[number]

export type ParsedStatus = {
  wamid: string
  status: StatusName
  at: number | undefined
  errorCode: number | undefined
  /** What we or the business put into biz_opaque_callback_data. */
  callbackData: string | undefined
  /** Of a group: who of it; the status itself is the group's. */
  participant: string | undefined
  group: boolean
}

/** Undefined when it has no message id, or a status Meta had not told us of. */
export function parseStatus(item: Loose): ParsedStatus | undefined {
  const wamid = text(item.id)
  const status = statusNames.find((name) => name === item.status)
  if (wamid === undefined || status === undefined) return undefined
  const code = Number(text(fields(items(item.errors)[0]).code))
  return {
    wamid,
    status,
    at: instant(item.timestamp),
    errorCode: Number.isSafeInteger(code) ? code : undefined,
    callbackData: text(item.biz_opaque_callback_data),
    participant:
      text(item.recipient_participant_user_id) ??
      text(item.recipient_participant_id) ??
      text(item.participant_recipient_id),
    group: text(item.recipient_type) === 'group',
  }
}

export type ParsedPreference = { category: string; value: 'stop' | 'resume'; at: number | undefined }

export function parsePreference(item: Loose): ParsedPreference | undefined {
  const category = text(item.category)
  const value = item.value === 'stop' || item.value === 'resume' ? item.value : undefined
  return category && value ? { category, value, at: instant(item.timestamp) } : undefined
}
