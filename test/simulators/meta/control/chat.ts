// One chat as the consumer's phone holds it. Called by the phone page; reading it with the chat open is what
// makes messages read. Source: Meta’s documentation (delivered is skipped when the chat is open).

import { Hono } from 'hono'
import { kindOfMime } from '../graph/media-limits.ts'
import { unbase64 } from '../ids.ts'
import { liveMedia, storeMedia } from '../media-store.ts'
import type { Sim } from '../sim.ts'
import type { InboundMessage, Json, Person, PhoneNumber, SentMessage } from '../state.ts'
import { announce } from '../webhooks/statuses.ts'
import { numberOf, personNamed } from './body.ts'

function has(message: SentMessage, status: string, person: Person): boolean {
  return message.statuses.some((one) => one.status === status && (one.participant ?? person.id) === person.id)
}

/** The phone has the message; with the chat open it has been read, too. */
function tick(sim: Sim, message: SentMessage, person: Person, open: boolean): void {
  if (message.type === 'reaction' || !message.delivered) return
  const now = sim.world.now()
  const participant = message.groupId === null ? {} : { participant: person }
  if (open && !has(message, 'read', person))
    announce(sim, message, { status: 'read', at: now, ...participant })
  else if (!open && !has(message, 'delivered', person) && !has(message, 'read', person)) {
    announce(sim, message, { status: 'delivered', at: now, ...participant })
  }
}

function theirs(message: SentMessage): Json {
  const { id, type, payload, at, rendered, statuses } = message
  return {
    id,
    from: 'business',
    type,
    content: payload[type],
    context: payload.context ?? null,
    rendered,
    at,
    statuses: statuses.map((one) => one.status),
  }
}

function own(sim: Sim, message: InboundMessage, viewer: Person): Json {
  const { id, type, at, readAt, revokedAt, editedText, personId } = message
  return {
    id,
    from: personId === viewer.id ? 'me' : 'other',
    name: sim.world.state.people.get(personId)?.name,
    type,
    content: message.message[type],
    context: message.message.context ?? null,
    at,
    read: readAt !== null,
    revoked: revokedAt !== null,
    edited: editedText,
  }
}

function chatOf(sim: Sim, number: PhoneNumber, person: Person, groupId: string | null, open: boolean): Json {
  const { world } = sim
  const pair = world.pair(number.id, groupId ?? person.id)
  const items = pair.timeline.flatMap((id): Json[] => {
    const sent = world.state.sent.get(id)
    if (sent) {
      tick(sim, sent, person, open)
      return [theirs(sent)]
    }
    const received = world.state.received.get(id)
    return received && received.type !== 'system' ? [own(sim, received, person)] : []
  })
  return {
    data: items,
    typing: pair.typingUntil > world.now(),
    blocked: number.blocked.includes(person.id),
    stopped_marketing: pair.stoppedMarketing,
    window_closes_at: pair.lastInboundAt === 0 ? null : pair.lastInboundAt + 86_400_000,
    now: world.now(),
  }
}

type InboxLine = { number: PhoneNumber; groupId: string | null; title: string }

function linesOf(sim: Sim, person: Person): InboxLine[] {
  const { state } = sim.world
  const numbers = [...state.numbers.values()].map((number) => ({
    number,
    groupId: null,
    title: number.verifiedName,
  }))
  const groups = [...state.groups.values()].flatMap((group): InboxLine[] => {
    const number = state.numbers.get(group.numberId)
    return number && group.personIds.includes(person.id)
      ? [{ number, groupId: group.id, title: group.subject }]
      : []
  })
  return [...numbers, ...groups]
}

/** The list of chats. Reading it is the phone being online: what waits becomes delivered. */
function inboxOf(sim: Sim, person: Person): Json {
  const lines = linesOf(sim, person).map(({ number, groupId, title }) => {
    const chat = chatOf(sim, number, person, groupId, false) as { data: (Json & { statuses?: string[] })[] }
    const shown = chat.data.filter((item) => !['reaction', 'edit', 'revoke'].includes(String(item.type)))
    const unread = shown.filter((item) => item.from === 'business' && !item.statuses?.includes('read')).length
    return {
      phone_number_id: number.id,
      display: number.displayPhoneNumber,
      group_id: groupId,
      title,
      last: shown.at(-1) ?? null,
      unread,
    }
  })
  return { data: lines, now: sim.world.now() }
}

function castOf(sim: Sim): Json {
  const { state } = sim.world
  return {
    callback_url: state.app.callbackUrl,
    numbers: [...state.numbers.values()].map((one) => ({
      id: one.id,
      name: one.verifiedName,
      display: one.displayPhoneNumber,
      registered: one.registered,
    })),
    people: [...state.people.values()].slice(0, 60).map(({ id, name, phone, username, hidesPhone }) => ({
      id,
      name,
      phone,
      username,
      hides_phone: hidesPhone,
    })),
    groups: [...state.groups.values()].map(({ id, subject, numberId, personIds }) => ({
      id,
      subject,
      phone_number_id: numberId,
      people: personIds,
    })),
  }
}

export function chatRoutes(sim: Sim): Hono {
  const app = new Hono()
  app.get('/cast', (c) => c.json(castOf(sim)))
  app.get('/inbox', (c) => c.json(inboxOf(sim, personNamed(sim, c.req.query('person')))))
  app.get('/chat', (c) => {
    const number = numberOf(sim, c.req.query('phone_number_id') ?? null)
    const person = personNamed(sim, c.req.query('person'))
    return c.json(chatOf(sim, number, person, c.req.query('group_id') || null, c.req.query('open') === '1'))
  })
  app.post('/media', async (c) => {
    const number = numberOf(sim, c.req.query('phone_number_id') ?? null)
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    const mime = c.req.header('Content-Type') ?? 'application/octet-stream'
    const filename = c.req.query('filename') ?? null
    const media = await storeMedia(sim, number, { mime, bytes, filename, lifeMs: 7 * 86_400_000 })
    return c.json({
      id: media.id,
      mime_type: mime,
      sha256: media.sha256,
      kind: kindOfMime(mime) ?? 'document',
    })
  })
  app.get('/media/:id', (c) => {
    const media = liveMedia(sim, c.req.param('id'))
    if (!media) return c.text('gone', 404)
    return new Response(unbase64(media.base64), {
      headers: {
        'Content-Type': media.mime,
        'X-Content-Type-Options': 'nosniff',
        'Content-Security-Policy': 'sandbox',
      },
    })
  })
  return app
}
