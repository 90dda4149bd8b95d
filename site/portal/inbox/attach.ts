// What Meta takes as a file, said before anything is uploaded. Pure. Source: media (Meta, v25.0).

export type Kind = 'image' | 'video' | 'audio' | 'document' | 'sticker'

const mib = 1024 * 1024
/** The largest file of each kind, in bytes. */
export const maxBytes: Record<Kind, number> = {
  image: 5 * mib,
  video: 16 * mib,
  audio: 16 * mib,
  document: 100 * mib,
  sticker: 500 * 1024,
}

const types: Record<string, Kind> = {
  'image/jpeg': 'image',
  'image/png': 'image',
  'image/webp': 'sticker',
  'video/mp4': 'video',
  'video/3gpp': 'video',
  'audio/aac': 'audio',
  'audio/amr': 'audio',
  'audio/mpeg': 'audio',
  'audio/mp4': 'audio',
  'audio/ogg': 'audio',
}
const documents = new Set([
  'application/pdf',
  'text/plain',
  'application/msword',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
])

/** For the file dialog. */
export const accepted = [...Object.keys(types), ...documents].join(',')

export type Checked =
  | { ok: true; kind: Kind }
  | { ok: false; reason: 'empty' | 'too_large' | 'type'; kind?: Kind }

export function checkFile({ type, size }: { type: string; size: number }): Checked {
  const mime = (type.split(';')[0] as string).trim().toLowerCase()
  const kind = types[mime] ?? (documents.has(mime) ? 'document' : undefined)
  if (!kind) return { ok: false, reason: 'type' }
  if (size === 0) return { ok: false, reason: 'empty', kind }
  if (size > maxBytes[kind]) return { ok: false, reason: 'too_large', kind }
  return { ok: true, kind }
}

/** Characters as a person counts them: an emoji is one. Meta's bounds. */
export const textChars = 4096
export const captionChars = 1024
export const count = (text: string): number => Array.from(text).length
