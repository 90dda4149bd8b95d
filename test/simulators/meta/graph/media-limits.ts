// Which files WhatsApp takes and how large they may be. Called by upload and by sends that point at media.
// Source: Meta’s documentation.

import { refusal } from '../errors.ts'
import { isAnimated } from '../media-store.ts'

const megabyte = 1024 * 1024

const mimes: Record<string, string[]> = {
  image: ['image/jpeg', 'image/png'],
  sticker: ['image/webp'],
  audio: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg', 'audio/opus'],
  video: ['video/mp4', 'video/3gpp'],
  document: [
    'text/plain',
    'application/pdf',
    'application/msword',
    'application/vnd.ms-excel',
    'application/vnd.ms-powerpoint',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  ],
}

const limits: Record<string, number> = {
  image: 5 * megabyte,
  audio: 16 * megabyte,
  video: 16 * megabyte,
  document: 100 * megabyte,
}

export function kindOfMime(mime: string): string | null {
  const plain = mime.split(';')[0]?.trim().toLowerCase() ?? ''
  return Object.entries(mimes).find(([, list]) => list.includes(plain))?.[0] ?? null
}

/** Refuses what WhatsApp would not take. */
export function checkUpload(mime: string, bytes: Uint8Array): void {
  const kind = kindOfMime(mime)
  if (kind === null) {
    const all = Object.values(mimes).flat().join(', ')
    throw refusal(100, undefined, {
      message: `(#100) Param file must be a file with one of the following types: ${all}. Received file of type '${mime}'.`,
    })
  }
  const limit = kind === 'sticker' ? (isAnimated(bytes) ? 500 * 1024 : 100 * 1024) : (limits[kind] ?? 0)
  if (bytes.length === 0) throw refusal(131053, 'The file is empty')
  if (bytes.length > limit)
    throw refusal(
      131053,
      `The file of ${bytes.length} bytes is larger than the ${limit} bytes allowed for ${kind}`,
    )
}
