// What becomes of a sent message, as webhooks tell it. Called by the send walk, the phone and the control API.
// Source: Meta’s documentation for which of the recipient's ids each status may carry.

import { webhookError } from '../errors.ts'
import type { Sim } from '../sim.ts'
import type { Json, Person, PhoneNumber, SentMessage } from '../state.ts'
import { contactOf, metadata } from './frame.ts'

/** `at` is what the status says; `dueAt`, when it is posted, where that differs. */
type StatusNews = { status: string; at: number; dueAt?: number; errors?: Json[]; participant?: Person }

function pricing(message: SentMessage): Json {
  return {
    billable: message.priceType === 'regular',
    pricing_model: 'PMP',
    type: message.priceType,
    category: message.category,
  }
}

function recipientIds(sim: Sim, message: SentMessage, number: PhoneNumber, news: StatusNews): Json {
  const { world } = sim
  const businessId = world.businessOf(number).id
  if (message.via === 'group') {
    const person = news.participant
    const phone = person ? world.visiblePhone(person) : null
    return {
      recipient_type: 'group',
      recipient_id: message.groupId,
      ...(phone === null ? {} : { recipient_participant_id: phone }),
      ...(person ? { recipient_participant_user_id: world.userId(person, businessId) } : {}),
    }
  }
  const person = message.personId === null ? null : (world.state.people.get(message.personId) ?? null)
  const phone =
    message.via === 'phone' ? (person?.phone ?? message.to) : person ? world.visiblePhone(person) : null
  const userId = person ? world.userId(person, businessId) : message.recipient
  if (news.status === 'failed')
    return message.via === 'phone' ? { recipient_id: phone } : { recipient_user_id: userId }
  return { ...(phone === null ? {} : { recipient_id: phone }), recipient_user_id: userId }
}

function statusObject(sim: Sim, message: SentMessage, number: PhoneNumber, news: StatusNews): Json {
  const callback = message.payload.biz_opaque_callback_data
  const priced = news.status === 'sent' || news.status === 'delivered'
  const old = message.version < 24 && priced
  return {
    id: message.id,
    status: news.status,
    timestamp: String(Math.floor(news.at / 1000)),
    ...recipientIds(sim, message, number, news),
    ...(typeof callback === 'string' ? { biz_opaque_callback_data: callback } : {}),
    ...(old
      ? {
          conversation: {
            id: `c${message.id
              .slice(-24)
              .toLowerCase()
              .replace(/[^a-z0-9]/g, '0')}`,
            ...(news.status === 'sent'
              ? { expiration_timestamp: String(Math.floor(message.at / 1000) + 86_400) }
              : {}),
            origin: { type: message.category },
          },
        }
      : {}),
    ...(priced ? { pricing: pricing(message) } : {}),
    ...(news.errors ? { errors: news.errors } : {}),
  }
}

/** Records the news on the message and queues its webhook. */
export function announce(sim: Sim, message: SentMessage, news: StatusNews): void {
  const { world } = sim
  const number = world.state.numbers.get(message.numberId)
  if (!number) return
  message.statuses.push({
    status: news.status,
    at: news.at,
    ...(news.errors ? { errors: news.errors } : {}),
    ...(news.participant ? { participant: news.participant.id } : {}),
  })
  const person =
    news.participant ?? (message.personId === null ? undefined : world.state.people.get(message.personId))
  const phone = message.via === 'phone' ? (person?.phone ?? null) : null
  const reached = news.status !== 'sent'
  const contacts =
    news.status === 'failed' || !person
      ? {}
      : { contacts: [contactOf(world, number, person, { name: reached, username: reached, phone })] }
  sim.courier.enqueue({
    dueAt: news.dueAt ?? news.at,
    entryId: number.wabaId,
    wabaId: number.wabaId,
    numberId: number.id,
    field: 'messages',
    timed: false,
    value: {
      messaging_product: 'whatsapp',
      metadata: metadata(number),
      ...contacts,
      statuses: [statusObject(sim, message, number, news)],
    },
  })
}

/** The usual course: sent, then delivered. A failed one only fails. */
export function announceCourse(
  sim: Sim,
  message: SentMessage,
  failure: { code: number; details?: string } | null,
): void {
  const { settings } = sim.world
  const sentAt = sim.world.now() + settings.sentDelayMs
  if (failure) {
    announce(sim, message, {
      status: 'failed',
      at: sentAt,
      errors: [webhookError(failure.code, failure.details)],
    })
    return
  }
  if (!settings.autoStatuses) return
  const deliveredAt =
    settings.reorder || settings.statusBeforeResponse ? sentAt : sentAt + settings.deliveredDelayMs
  const people = message.via === 'group' ? groupPeople(sim, message) : [undefined]
  for (const participant of people)
    announce(sim, message, { status: 'sent', at: sentAt, ...(participant ? { participant } : {}) })
  // A reaction only ever gets `sent`.
  if (message.type === 'reaction') return
  for (const participant of people) {
    announce(sim, message, { status: 'delivered', at: deliveredAt, ...(participant ? { participant } : {}) })
  }
}

function groupPeople(sim: Sim, message: SentMessage): Person[] {
  const group = message.groupId === null ? undefined : sim.world.state.groups.get(message.groupId)
  return (group?.personIds ?? []).flatMap((id) => sim.world.state.people.get(id) ?? [])
}
