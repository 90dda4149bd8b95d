// Completes what the caller left out of an inbound message: media ids, the words of a system message.
// Called by inbound.ts. Source: Meta’s documentation.

import { unbase64 } from '../ids.ts'
import { sampleMedia } from '../media-samples.ts'
import { downloadUrl, storeMedia } from '../media-store.ts'
import type { Sim } from '../sim.ts'
import type { Json } from '../state.ts'
import { giveUserId } from '../world-build.ts'
import type { InboundRequest } from './inbound.ts'

const mediaTypes = new Set(['image', 'video', 'audio', 'document', 'sticker'])
const inboundLifeMs = 7 * 24 * 3_600_000

async function fillMedia(sim: Sim, request: InboundRequest): Promise<Json> {
  const { base64, mime_type: mime, id, sha256, url, ...rest } = request.payload
  const held = typeof id === 'string' ? sim.world.state.media.get(id) : undefined
  const sample = sampleMedia(request.type)
  const media =
    held ??
    (await storeMedia(sim, request.number, {
      mime: typeof mime === 'string' ? mime : sample.mime,
      bytes: typeof base64 === 'string' ? unbase64(base64) : sample.bytes,
      filename: typeof rest.filename === 'string' ? rest.filename : null,
      lifeMs: inboundLifeMs,
    }))
  return {
    ...rest,
    mime_type: media.mime,
    // Another hash than that of the bytes, and no address at all: both have been seen.
    sha256: typeof sha256 === 'string' ? sha256 : media.sha256,
    id: media.id,
    ...(url === null ? {} : { url: await downloadUrl(sim, media) }),
    ...(request.type === 'audio' ? { voice: rest.voice ?? false } : {}),
    ...(request.type === 'sticker' ? { animated: media.animated } : {}),
    ...(request.type === 'document' ? { filename: rest.filename ?? 'document.pdf' } : {}),
  }
}

/** A person moves to another phone, or gets another business-scoped id, in every portfolio that knows them. */
function fillSystem(sim: Sim, request: InboundRequest): Json {
  const { person, number, payload } = request
  const { world } = sim
  const business = world.businessOf(number)
  const before = { userId: world.userId(person, business.id), phone: world.visiblePhone(person) }
  const kind = typeof payload.type === 'string' ? payload.type : 'user_changed_number'
  if (kind !== 'user_changed_number' && kind !== 'user_changed_user_id')
    return { body: `${person.name} changed`, ...payload }
  const userId =
    typeof payload.user_id === 'string'
      ? payload.user_id
      : `${before.userId.slice(0, 3)}99${before.userId.slice(5)}`
  giveUserId(world.state, person, business.id, userId)
  const base: Json = { type: kind, user_id: userId, previous_user_id: before.userId }
  if (kind === 'user_changed_user_id')
    return { body: `User ${person.name} changed their user id`, ...base, ...payload }
  const phone =
    typeof payload.wa_id === 'string' ? payload.wa_id : `${(person.phone ?? '34600000000').slice(0, -3)}888`
  person.phone = phone
  world.state.personByPhone.set(phone, person.id)
  return {
    body: `User ${person.name} changed from ${before.phone ?? ''} to ${phone}`,
    ...base,
    wa_id: phone,
    ...payload,
  }
}

export async function fillPayload(sim: Sim, request: InboundRequest): Promise<Json> {
  const { type, payload } = request
  if (mediaTypes.has(type)) return fillMedia(sim, request)
  if (type === 'system') return fillSystem(sim, request)
  if (type === 'reaction' && payload.emoji === '') return { message_id: payload.message_id }
  if (type === 'unsupported') return { type: payload.type ?? 'poll_creation' }
  return payload
}
