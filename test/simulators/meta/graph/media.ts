// Upload, lookup, download and deletion of media. Called by the router and, for downloads, by the app.
// Source: Meta’s documentation.

import { sha256Hex } from '../crypto.ts'
import { noSuchObject, refusal } from '../errors.ts'
import { unbase64 } from '../ids.ts'
import { checkUrl, downloadUrl, liveMedia, storeMedia } from '../media-store.ts'
import type { Sim } from '../sim.ts'
import type { Json, Media } from '../state.ts'
import { type Call, missing, needProduct, needScope, ownNumber, param } from './call.ts'
import { checkUpload } from './media-limits.ts'

const uploadLifeMs = 30 * 86_400_000

export async function uploadMedia(call: Call): Promise<Json> {
  const number = ownNumber(call, call.id)
  needScope(call, 'whatsapp_business_messaging')
  needProduct(call)
  const file = call.form?.get('file')
  if (!file || typeof file === 'string') throw missing('file')
  const bytes = new Uint8Array(await file.arrayBuffer())
  const named = param(call, 'type')
  const mime = named?.includes('/') ? named : file.type
  checkUpload(mime, bytes)
  const media = await storeMedia(call.sim, number, { mime, bytes, filename: file.name, lifeMs: uploadLifeMs })
  return { id: media.id }
}

/** Foreign, deleted and expired media answer alike; so does media of another number when one is named. */
function ownMedia(call: Call): Media {
  const media = liveMedia(call.sim, call.id)
  if (!media || media.businessId !== call.token.businessId) throw noSuchObject(call.method, call.id)
  const asked = param(call, 'phone_number_id')
  if (asked !== undefined && asked !== media.numberId) throw noSuchObject(call.method, call.id)
  return media
}

export async function lookUpMedia(call: Call): Promise<Json> {
  const media = ownMedia(call)
  return {
    messaging_product: 'whatsapp',
    url: await downloadUrl(call.sim, media),
    mime_type: media.mime,
    sha256: await sha256Hex(unbase64(media.base64)),
    file_size: String(media.size),
    id: media.id,
  }
}

export function deleteMedia(call: Call): Json {
  const media = ownMedia(call)
  call.sim.world.state.media.delete(media.id)
  call.sim.world.touch()
  return { success: true }
}

/** The bytes, to a caller that shows the token of the business they belong to. */
export async function downloadMedia(sim: Sim, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const value = /^Bearer (.+)$/i.exec(request.headers.get('Authorization') ?? '')?.[1]
  const token = value === undefined ? undefined : sim.world.state.tokens.get(value)
  if (!token || token.revoked || (token.expiresAt !== 0 && token.expiresAt <= sim.world.now())) {
    const error = refusal(190, undefined, { message: 'Authentication Error' })
    return Response.json(error.toJson(), { status: 401 })
  }
  const media = liveMedia(sim, url.searchParams.get('mid') ?? '')
  if ((await checkUrl(sim, url)) !== 'live' || !media || media.businessId !== token.businessId) {
    return new Response('Not Found', { status: 404, headers: { 'Content-Type': 'text/plain' } })
  }
  const disposition: Record<string, string> =
    media.filename === null
      ? {}
      : { 'Content-Disposition': `attachment; filename="${media.filename.replace(/[^\w.-]/g, '_')}"` }
  return new Response(unbase64(media.base64), { headers: { 'Content-Type': media.mime, ...disposition } })
}
