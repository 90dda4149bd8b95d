// Which files WhatsApp takes, how large they may be, and whether a file is what it says it is. Pure. Asked before anything
// leaves, by the media walk and the upkeep walk. Source: media (Meta): types and sizes.

import { type FileKind, plainMime } from './file-content.ts'

const kib = 1024
const mib = 1024 * kib

const office = 'application/vnd.openxmlformats-officedocument'
const mimes: Record<FileKind, readonly string[]> = {
  image: ['image/jpeg', 'image/png'],
  sticker: ['image/webp'],
  audio: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
  video: ['video/mp4', 'video/3gpp'],
  document: [
    ...['text/plain', 'application/pdf', 'application/msword'],
    ...['application/vnd.ms-excel', 'application/vnd.ms-powerpoint'],
    ...[`${office}.wordprocessingml.document`, `${office}.spreadsheetml.sheet`],
    `${office}.presentationml.presentation`,
  ],
}

/** Bytes that a file of this kind may have at most. A still sticker may have 100 KiB, one that moves 500 KiB. */
export const mostBytes: Record<FileKind, number> = {
  image: 5 * mib,
  sticker: 500 * kib,
  audio: 16 * mib,
  video: 16 * mib,
  document: 100 * mib,
}
const stillStickerBytes = 100 * kib

/** So many bytes from the beginning are enough to look at. */
export const headBytes = 64

export type Looked =
  | { ok: true; kind: FileKind; mime: string; mostBytes: number }
  | { ok: false; reason: 'type' | 'size' | 'content' | 'empty' | 'stereo'; detail: string }

const latin = (head: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...head.subarray(from, to))

/** What the first bytes say; a document of plain text has no sign of its own. */
const signs: Record<string, (head: Uint8Array) => boolean> = {
  'image/jpeg': (head) => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff,
  'image/png': (head) => latin(head, 0, 8) === '\x89PNG\r\n\x1a\n',
  'image/webp': (head) => latin(head, 0, 4) === 'RIFF' && latin(head, 8, 12) === 'WEBP',
  'audio/aac': (head) =>
    latin(head, 0, 4) === 'ADIF' || (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0),
  'audio/amr': (head) => latin(head, 0, 5) === '#!AMR',
  'audio/mpeg': (head) =>
    latin(head, 0, 3) === 'ID3' || (head[0] === 0xff && ((head[1] ?? 0) & 0xe6) === 0xe2),
  'audio/mp4': (head) => latin(head, 4, 8) === 'ftyp',
  'audio/ogg': (head) => latin(head, 0, 4) === 'OggS' && latin(head, 28, 36) === 'OpusHead',
  'video/mp4': (head) => latin(head, 4, 8) === 'ftyp',
  'video/3gpp': (head) => latin(head, 4, 8) === 'ftyp',
  'application/pdf': (head) => latin(head, 0, 5) === '%PDF-',
  'text/plain': (head) => !head.includes(0),
}
const isZip = (head: Uint8Array) => latin(head, 0, 4) === 'PK\x03\x04'
const isCompound = (head: Uint8Array) => latin(head, 0, 4) === '\xd0\xcf\x11\xe0'
const signOf = (mime: string): ((head: Uint8Array) => boolean) =>
  signs[mime] ?? (mime.startsWith(office) ? isZip : isCompound)

/** `head`: the first headBytes, or all there is. `declaredBytes`: as the caller says; undefined when they do not. */
export function decideUpload(given: string, head: Uint8Array, declaredBytes: number | undefined): Looked {
  const mime = plainMime(given)
  const found = (Object.entries(mimes) as [FileKind, readonly string[]][]).find(([, list]) =>
    list.includes(mime),
  )
  if (!found)
    return {
      ok: false,
      reason: 'type',
      detail:
        'WhatsApp takes JPEG, PNG, WebP stickers, AAC, AMR, MP3, M4A and Ogg Opus audio, MP4 and 3GPP video, PDF, text and Office documents.',
    }
  const [kind] = found
  if (head.byteLength === 0) return { ok: false, reason: 'empty', detail: 'The file is empty.' }
  if (!signOf(mime)(head))
    return { ok: false, reason: 'content', detail: `The file does not begin as ${mime} does.` }
  if (mime === 'audio/ogg' && head[37] !== undefined && head[37] > 1)
    return { ok: false, reason: 'stereo', detail: 'Ogg Opus must have one channel.' }
  // Bit 1 of the flags of an extended WebP: it moves.
  const moves = latin(head, 12, 16) === 'VP8X' && ((head[20] ?? 0) & 2) !== 0
  const most = kind === 'sticker' && !moves ? stillStickerBytes : mostBytes[kind]
  if (declaredBytes !== undefined && declaredBytes > most)
    return { ok: false, reason: 'size', detail: tooLarge(kind, most) }
  return { ok: true, kind, mime, mostBytes: most }
}

export const tooLarge = (kind: FileKind, most: number): string =>
  `WhatsApp takes at most ${most >= mib ? `${most / mib} MB` : `${most / kib} KB`} of ${kind === 'sticker' ? 'such a sticker' : kind}.`

/** Of a name that somebody typed: its last part, without what could be taken for a path or a header. */
export function plainFilename(given: string | undefined): string | undefined {
  let name = given ?? ''
  try {
    name = decodeURIComponent(name)
  } catch {
    // Not percent-encoded after all: taken as it is.
  }
  const last = name.split(/[\\/]/).at(-1) ?? ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be taken out
  const plain = last.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '').trim()
  return plain === '' || plain === '.' || plain === '..'
    ? undefined
    : Array.from(plain).slice(0, 240).join('')
}
