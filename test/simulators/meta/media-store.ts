// Media as Meta keeps it: bytes under an id with a life, and download URLs that die after five minutes.
// Called by the Graph media handlers, inbound messages and the phone page. Source: Meta’s documentation.

import { appSecretProof, sha256Base64 } from './crypto.ts'
import { base64, numericId } from './ids.ts'
import type { Sim } from './sim.ts'
import type { Media, PhoneNumber } from './state.ts'

const urlLifeMs = 5 * 60_000

type NewMedia = {
  mime: string
  bytes: Uint8Array<ArrayBuffer>
  filename: string | null
  lifeMs: number
}

/** Animated WebP files carry an ANIM chunk. */
export function isAnimated(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 64)).includes('ANIM')
}

export async function storeMedia(sim: Sim, number: PhoneNumber, given: NewMedia): Promise<Media> {
  const now = sim.world.now()
  const media: Media = {
    id: numericId('901', 16),
    businessId: sim.world.businessOf(number).id,
    numberId: number.id,
    mime: given.mime,
    // Webhooks print the hash in base64, the lookup in hex.
    sha256: await sha256Base64(given.bytes),
    base64: base64(given.bytes),
    size: given.bytes.length,
    filename: given.filename,
    animated: isAnimated(given.bytes),
    createdAt: now,
    expiresAt: now + given.lifeMs,
  }
  sim.world.state.media.set(media.id, media)
  sim.world.touch()
  return media
}

/** Live media only; null for what never was, was deleted, or has outlived its days. */
export function liveMedia(sim: Sim, id: string): Media | null {
  const media = sim.world.state.media.get(id)
  return media && media.expiresAt > sim.world.now() ? media : null
}

async function urlHash(sim: Sim, mediaId: string, expiry: string): Promise<string> {
  return (await appSecretProof(sim.options.appSecret, `${mediaId}.${expiry}`)).slice(0, 40)
}

export async function downloadUrl(sim: Sim, media: Media): Promise<string> {
  const expiry = String(Math.floor((sim.world.now() + urlLifeMs) / 1000))
  const base = sim.options.mediaOrigin ?? sim.origin
  const hash = await urlHash(sim, media.id, expiry)
  return `${base}/whatsapp_business/attachments/?mid=${media.id}&source=getMedia&ext=${expiry}&hash=${hash}`
}

type UrlState = 'live' | 'expired' | 'forged'

export async function checkUrl(sim: Sim, url: URL): Promise<UrlState> {
  const expiry = url.searchParams.get('ext') ?? ''
  const expected = await urlHash(sim, url.searchParams.get('mid') ?? '', expiry)
  if (url.searchParams.get('hash') !== expected) return 'forged'
  return Number(expiry) * 1000 > sim.world.now() ? 'live' : 'expired'
}
