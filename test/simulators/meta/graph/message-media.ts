// The media that a message points at: uploaded by the same business, alive, and of the right kind.
// Called by the send walk. Source: Meta’s documentation, codes 131009 and 131053.

import { refusal } from '../errors.ts'
import { liveMedia } from '../media-store.ts'
import type { Json, PhoneNumber } from '../state.ts'
import type { Call } from './call.ts'
import { kindOfMime } from './media-limits.ts'
import { isObject } from './rules.ts'

type Ref = { kind: string; id?: string; link?: string; voice?: boolean }

const kinds = ['image', 'video', 'audio', 'document', 'sticker']

function refsIn(value: unknown, refs: Ref[]): Ref[] {
  if (Array.isArray(value)) for (const item of value) refsIn(item, refs)
  else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (kinds.includes(key) && isObject(inner)) refs.push({ ...(inner as Omit<Ref, 'kind'>), kind: key })
      else refsIn(inner, refs)
    }
  }
  return refs
}

function refsOf(body: Json): Ref[] {
  const type = String(body.type ?? 'text')
  return refsIn({ [type]: body[type] }, [])
}

export function checkMediaRefs(call: Call, number: PhoneNumber, type: string): void {
  if (type === 'text' || type === 'location' || type === 'contacts' || type === 'reaction') return
  const businessId = call.sim.world.businessOf(number).id
  for (const ref of refsOf(call.body)) {
    if (ref.id === undefined) continue
    const media = liveMedia(call.sim, ref.id)
    // A foreign id answers like one that never was.
    if (!media || media.businessId !== businessId)
      throw refusal(131009, `Media with id ${ref.id} does not exist or has expired`)
    if (ref.kind !== 'document' && kindOfMime(media.mime) !== ref.kind) {
      throw refusal(131053, `Media of type ${media.mime} cannot be sent as ${ref.kind}`)
    }
    if (ref.voice === true && !media.mime.startsWith('audio/ogg'))
      throw refusal(131053, 'Voice messages need audio/ogg with the opus codec')
  }
}

/** Meta fetches links after it has accepted the message. */
export function laterMediaFailure(call: Call): { code: number; details: string } | null {
  const failing = call.sim.world.settings.failingLinks
  if (failing.length === 0) return null
  const broken = refsOf(call.body).find(
    (ref) => ref.link !== undefined && failing.some((part) => ref.link?.includes(part)),
  )
  return broken ? { code: 131053, details: `Downloading media from weblink failed with http code 404` } : null
}
