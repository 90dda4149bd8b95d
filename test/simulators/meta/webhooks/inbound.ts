// A person writes to a business: makes the message and queues its webhook.
// Called by the control API, which the phone page and the tests use. Source: Meta’s documentation.

import { webhookError } from '../errors.ts'
import { wamid } from '../ids.ts'
import type { Sim } from '../sim.ts'
import type { InboundMessage, Json, Person, PhoneNumber } from '../state.ts'
import { contactOf, metadata } from './frame.ts'
import { fillPayload } from './inbound-payload.ts'

export type InboundRequest = {
  number: PhoneNumber
  person: Person
  type: string
  payload: Json
  /** Members placed beside `type`: context, referral, errors, group_id. */
  beside: Json
  groupId: string | null
  at: number
}

/** These neither open the window nor stand in the chat as messages of their own. */
const silentTypes = new Set(['reaction', 'system', 'edit', 'revoke'])

function senderIds(sim: Sim, number: PhoneNumber, person: Person): Json {
  const phone = sim.world.visiblePhone(person)
  return {
    ...(phone === null ? {} : { from: phone }),
    from_user_id: sim.world.userId(person, sim.world.businessOf(number).id),
  }
}

function openWindow(sim: Sim, request: InboundRequest): void {
  if (silentTypes.has(request.type)) return
  const pair = sim.world.pair(request.number.id, request.person.id)
  pair.lastInboundAt = Math.max(pair.lastInboundAt, request.at)
  const group = request.groupId === null ? undefined : sim.world.state.groups.get(request.groupId)
  if (group) group.lastInboundAt = Math.max(group.lastInboundAt, request.at)
}

function applyToPast(sim: Sim, request: InboundRequest): void {
  const target = request.payload.original_message_id
  const original = typeof target === 'string' ? sim.world.state.received.get(target) : undefined
  if (!original) return
  if (request.type === 'revoke') original.revokedAt = request.at
  const edited = request.payload.message as { text?: { body?: string } } | undefined
  if (request.type === 'edit') original.editedText = edited?.text?.body ?? original.editedText
}

function remember(sim: Sim, request: InboundRequest, id: string, message: Json): void {
  const { world } = sim
  const entry: InboundMessage = {
    id,
    numberId: request.number.id,
    personId: request.person.id,
    groupId: request.groupId,
    type: request.type,
    message,
    at: request.at,
    readAt: null,
    revokedAt: null,
    editedText: null,
  }
  world.state.received.set(id, entry)
  world.trim(world.state.received, sim.options.messageLimit)
  const timeline = world.pair(request.number.id, request.groupId ?? request.person.id).timeline
  timeline.push(id)
  if (timeline.length > 500) timeline.shift()
}

/** Returns the wamid; null when the business has blocked the person, whose message then goes nowhere. */
export async function receive(sim: Sim, request: InboundRequest): Promise<string | null> {
  const { world } = sim
  const { number, person, type } = request
  if (number.blocked.includes(person.id)) return null
  const system = type === 'system'
  // The sender of a system message is the identity from before the change.
  const sender = senderIds(sim, number, person)
  const payload = await fillPayload(sim, request)
  const userId = world.userId(person, world.businessOf(number).id)
  const id = wamid(world.visiblePhone(person) ?? userId, 'in')
  const { from_user_id: fromUserId, ...from } = sender
  const message: Json = {
    ...(system && payload.type === 'user_changed_user_id' ? {} : from),
    ...(system ? {} : { from_user_id: fromUserId }),
    id,
    timestamp: String(Math.floor(request.at / 1000)),
    type,
    ...(request.groupId === null ? {} : { group_id: request.groupId }),
    ...request.beside,
    [type]: payload,
  }
  if (type === 'unsupported' && message.errors === undefined) message.errors = [webhookError(131051)]
  if (type === 'contacts') message.contacts = (payload.list as unknown) ?? []
  openWindow(sim, request)
  applyToPast(sim, { ...request, payload })
  remember(sim, request, id, message)
  sim.courier.enqueue({
    dueAt: world.now(),
    entryId: number.wabaId,
    wabaId: number.wabaId,
    numberId: number.id,
    field: 'messages',
    timed: false,
    value: {
      messaging_product: 'whatsapp',
      metadata: metadata(number),
      ...(system ? {} : { contacts: [contactOf(world, number, person, { name: true, username: true })] }),
      messages: [message],
    },
  })
  return id
}
