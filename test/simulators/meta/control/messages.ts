// Inbound messages and statuses made by hand. Called by control/app.ts.
// Source: Meta’s documentation for what each type must carry.

import { Hono } from 'hono'
import { webhookError } from '../errors.ts'
import { isObject } from '../graph/rules.ts'
import type { Sim } from '../sim.ts'
import type { Json } from '../state.ts'
import { metadata } from '../webhooks/frame.ts'
import { type InboundRequest, receive } from '../webhooks/inbound.ts'
import { announce } from '../webhooks/statuses.ts'
import { BadControl, controlBody, numberOf, personOf, textOf } from './body.ts'

const besideNames = ['context', 'referral', 'errors', 'identity']

/** `text: "Hi"` is short for `text: {body: "Hi"}`; edits and revokes may name their target beside the type. */
function payloadOf(type: string, body: Json): Json {
  const given = body[type]
  if (type === 'text') return isObject(given) ? given : { body: typeof given === 'string' ? given : 'Hello' }
  if (type === 'contacts') return { list: given ?? [] }
  const payload: Json = isObject(given) ? { ...given } : {}
  const target = textOf(body, 'message_id')
  if (type === 'reaction')
    return {
      ...(target === null ? {} : { message_id: target }),
      ...(typeof body.emoji === 'string' ? { emoji: body.emoji } : {}),
      ...payload,
    }
  if (type !== 'edit' && type !== 'revoke') return payload
  const { text, ...rest } = payload
  const words = typeof text === 'string' ? text : typeof body.text === 'string' ? body.text : null
  const edited = type === 'edit' && words !== null ? { message: { type: 'text', text: { body: words } } } : {}
  const result: Json = { ...(target === null ? {} : { original_message_id: target }), ...edited, ...rest }
  if (result.original_message_id === undefined)
    throw new BadControl(`${type}: say which message (message_id)`)
  return result
}

function numbered(payload: Json, index: number): Json {
  if (typeof payload.body !== 'string' || !payload.body.includes('{n}')) return payload
  return { ...payload, body: payload.body.replaceAll('{n}', String(index + 1)) }
}

function contextOf(sim: Sim, value: unknown, displayDigits: string): unknown {
  const id = typeof value === 'string' ? value : isObject(value) ? value.message_id : undefined
  if (typeof id !== 'string') return value
  const own = sim.world.state.received.get(id)
  return { from: own ? (own.message.from ?? own.personId) : displayDigits, id }
}

function besideOf(sim: Sim, body: Json, displayDigits: string): Json {
  const beside = Object.fromEntries(
    besideNames.filter((name) => body[name] !== undefined).map((name) => [name, body[name]]),
  )
  if (beside.context !== undefined) beside.context = contextOf(sim, beside.context, displayDigits)
  return beside
}

async function inbound(sim: Sim, body: Json): Promise<Json> {
  const number = numberOf(sim, textOf(body, 'phone_number_id'))
  const person = personOf(sim, number, body)
  const type = textOf(body, 'type') ?? 'text'
  const payload = payloadOf(type, body)
  const timestamp = Number(body.timestamp ?? 0)
  const count = Math.max(1, Math.min(10_000, Number(body.count ?? 1)))
  const ids: (string | null)[] = []
  for (let index = 0; index < count; index++) {
    const request: InboundRequest = {
      number,
      person,
      type,
      payload: numbered(payload, index),
      beside: besideOf(sim, body, number.digits),
      groupId: textOf(body, 'group_id'),
      at: timestamp > 0 ? timestamp * 1000 : sim.world.now(),
    }
    ids.push(await receive(sim, request))
  }
  const businessId = sim.world.businessOf(number).id
  const phone = sim.world.visiblePhone(person)
  return {
    id: ids[0] ?? null,
    ids,
    blocked: ids[0] === null,
    person: person.id,
    ...(phone === null ? {} : { wa_id: phone }),
    user_id: sim.world.userId(person, businessId),
    media_id: mediaIdOf(sim, ids[0] ?? '', type),
  }
}

function mediaIdOf(sim: Sim, id: string, type: string): string | null {
  const payload = sim.world.state.received.get(id)?.message[type]
  return isObject(payload) && typeof payload.sha256 === 'string' ? String(payload.id) : null
}

type GhostStatus = { id: string; status: string; at: number; errors: Json[] | undefined }

/** A status for a message that nobody ever sent. */
function ghostStatus(sim: Sim, body: Json, { id, status, at, errors }: GhostStatus): void {
  const number = numberOf(sim, textOf(body, 'phone_number_id'))
  const asked = ['recipient_id', 'recipient_user_id', 'biz_opaque_callback_data']
  const given = Object.fromEntries(
    asked.filter((key) => body[key] !== undefined).map((key) => [key, body[key]]),
  )
  const timestamp = String(Math.floor(at / 1000))
  const value = {
    messaging_product: 'whatsapp',
    metadata: metadata(number),
    statuses: [{ id, status, timestamp, ...given, ...(errors ? { errors } : {}) }],
  }
  const { id: numberId, wabaId } = number
  const dueAt = sim.world.now()
  sim.courier.enqueue({ dueAt, entryId: wabaId, wabaId, numberId, field: 'messages', timed: false, value })
}

function errorsOf(body: Json): Json[] | undefined {
  if (Array.isArray(body.errors)) return body.errors as Json[]
  const code = Number(body.code ?? 0)
  return code > 0 ? [webhookError(code)] : undefined
}

/** Queued as of now: `timestamp` is what the status says, not when it is posted. */
function status(sim: Sim, body: Json): Json {
  const id = textOf(body, 'message_id')
  const name = textOf(body, 'status')
  if (id === null || name === null) throw new BadControl('message_id and status are needed')
  const now = sim.world.now()
  const timestamp = Number(body.timestamp ?? 0)
  const at = timestamp > 0 ? timestamp * 1000 : now
  const errors = errorsOf(body)
  const message = sim.world.state.sent.get(id)
  if (!message) {
    ghostStatus(sim, body, { id, status: name, at, errors })
    return { ok: true, known: false }
  }
  const participant = sim.world.state.people.get(textOf(body, 'participant') ?? '')
  const more = { ...(errors ? { errors } : {}), ...(participant ? { participant } : {}) }
  announce(sim, message, { status: name, at, dueAt: now, ...more })
  return { ok: true, known: true }
}

export function messageRoutes(sim: Sim): Hono {
  const app = new Hono()
  app.post('/messages', async (c) => c.json(await inbound(sim, await controlBody(c))))
  app.post('/statuses', async (c) => c.json(status(sim, await controlBody(c))))
  return app
}
