// Read receipts and the typing indicator, which share the messages edge. Called by the send walk.
// Source: Meta’s documentation.

import { refusal } from '../errors.ts'
import type { Json, PhoneNumber } from '../state.ts'
import type { Call } from './call.ts'
import { missing } from './call.ts'
import { oneOf, shape, text } from './rules.ts'

const typingMs = 25_000
const oldestMs = 30 * 86_400_000

export function isStatusCall(body: Json): boolean {
  return body.status !== undefined
}

const rule = shape(
  { messaging_product: text(), status: oneOf('read'), message_id: text() },
  { typing_indicator: shape({ type: oneOf('text') }), access_token: text(), appsecret_proof: text() },
)

/** Marks the message and, in a chat of two, everything before it. */
export function markRead(call: Call, number: PhoneNumber): Json {
  const { world } = call.sim
  if (call.body.message_id === undefined) throw missing('message_id')
  rule(call.body, 'message')
  const message = world.state.received.get(String(call.body.message_id))
  if (!message || message.numberId !== number.id || world.now() - message.at > oldestMs) {
    throw refusal(131009, "Parameter 'message_id' is not a message that this phone number received")
  }
  const pair = world.pair(number.id, message.groupId ?? message.personId)
  const until =
    message.groupId === null ? pair.timeline.slice(0, pair.timeline.indexOf(message.id) + 1) : [message.id]
  for (const id of until) {
    const earlier = world.state.received.get(id)
    if (earlier && earlier.readAt === null) earlier.readAt = world.now()
  }
  if (call.body.typing_indicator !== undefined) pair.typingUntil = world.now() + typingMs
  world.touch()
  return { success: true }
}
