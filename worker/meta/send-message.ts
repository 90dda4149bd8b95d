// A body for `/messages` or `/marketing_messages`, read once into what the gates and the record need. It refuses
// nothing by itself: what is wrong is a fact for the gates. Pure. Called by the sending walk.

import { limits } from '../ground/limits.ts'
import { encodeCallbackData } from './send-callback.ts'
import { type ContentFault, contentFault } from './send-content.ts'
import { parseRecipient, type Recipient } from './send-recipient.ts'

export type Outgoing = {
  /** `receipt` marks as read or shows typing; a `group` message has no single reader and no window. */
  kind: 'message' | 'group' | 'receipt'
  recipient: Recipient | undefined
  /** Meta's type; `text` when left out, as at Meta. */
  type: string
  payload: unknown
  replyTo: string | undefined
  /** Templates and direct sends begin a conversation; everything else answers within the window. */
  opensConversation: boolean
  fault: ContentFault | undefined
  /** What Meta gets: as given, but for the recipient's spelling and our id in `biz_opaque_callback_data`. */
  forward: Record<string, unknown>
}

/** Graph reads these from a body too: another method, other objects, another token. They never pass. */
const controls = ['access_token', 'appsecret_proof', 'appsecret_time', 'batch', 'ids', 'method']

export function withoutControls(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !controls.includes(name)))
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** `messageId` is our id, made before anything else so that every answer can name it. */
export function parseOutgoing(body: Record<string, unknown>, messageId: string): Outgoing {
  const forward = withoutControls(body)
  const product = body.messaging_product === 'whatsapp' ? undefined : productFault(body.messaging_product)
  const none = { type: 'receipt', payload: undefined, replyTo: undefined, opensConversation: false, forward }
  if (body.status !== undefined) {
    const fault = text(body.message_id) ? undefined : missing('message_id')
    return { ...none, kind: 'receipt', recipient: undefined, fault: product ?? fault }
  }
  const recipient = parseRecipient(body)
  const kind = recipient.kind === 'group' ? 'group' : 'message'
  const type = text(body.type) ?? 'text'
  const payload = Object.hasOwn(body, type) ? body[type] : undefined
  const callback = kind === 'group' ? undefined : callbackOf(body.biz_opaque_callback_data, messageId)
  address(forward, recipient)
  if (typeof callback === 'string') forward.biz_opaque_callback_data = callback
  const fault =
    product ?? contentFault(type, payload) ?? (typeof callback === 'object' ? callback : undefined)
  const replyTo = text((body.context as { message_id?: unknown } | null | undefined)?.message_id)
  const opensConversation =
    type === 'template' || (body.direct_send_config !== undefined && body.category !== undefined)
  return { kind, recipient, type, payload, replyTo, opensConversation, fault, forward }
}

function address(forward: Record<string, unknown>, recipient: Recipient): void {
  // Without the plus, Meta may put the business's own country code in front and reach a stranger.
  if (recipient.kind === 'phone') forward.to = `+${recipient.digits}`
  if (recipient.kind !== 'user') return
  delete forward.to
  forward.recipient = recipient.bsuid
  forward.recipient_type ??= 'individual'
}

function callbackOf(theirs: unknown, messageId: string): string | ContentFault {
  if (theirs !== undefined && theirs !== null && typeof theirs !== 'string') {
    return {
      code: 131009,
      parameter: 'biz_opaque_callback_data',
      details: 'Param biz_opaque_callback_data is not valid.',
    }
  }
  const room = limits.callbackDataChars - 1 - (encodeCallbackData(messageId, undefined) as string).length
  return (
    encodeCallbackData(messageId, theirs ?? undefined) ?? {
      code: 100,
      parameter: 'biz_opaque_callback_data',
      details: `Param biz_opaque_callback_data must be at most ${room} characters long: this gateway keeps its own id beside it.`,
    }
  )
}

const missing = (parameter: string): ContentFault => ({
  code: 131008,
  parameter,
  details: `The parameter ${parameter} is required.`,
})

const productFault = (given: unknown): ContentFault =>
  given === undefined
    ? { ...missing('messaging_product'), code: 100 }
    : { code: 100, parameter: 'messaging_product', details: "Param messaging_product must be 'whatsapp'." }
