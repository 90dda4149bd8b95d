// How a file that a stranger sent is handed to a browser: which part was asked for, and headers by which it can only ever be a
// picture, a sound, a film or a download. Pure. Called by routes.ts and objects.ts. Source: RFC 9110 (14, ranges), RFC 8187.

/** `end` is the last byte, as in the header. */
export type Range = { start: number; end: number }
export type RangeAnswer = { kind: 'whole' } | { kind: 'part'; range: Range } | { kind: 'unsatisfiable' }

/** Several ranges, other units and nonsense are answered with the whole, as RFC 9110 allows. */
export function decideRange(header: string | undefined, size: number): RangeAnswer {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.replaceAll(' ', '') ?? '')
  const [, from = '', to = ''] = match ?? []
  if (!match || (from === '' && to === '')) return { kind: 'whole' }
  if (from === '') {
    const last = Math.min(Number(to), size)
    return last === 0 ? { kind: 'unsatisfiable' } : part(size - last, size - 1)
  }
  const start = Number(from)
  if (to !== '' && Number(to) < start) return { kind: 'whole' }
  if (start >= size) return { kind: 'unsatisfiable' }
  return part(start, to === '' ? size - 1 : Math.min(Number(to), size - 1))
}

const part = (start: number, end: number): RangeAnswer => ({ kind: 'part', range: { start, end } })

/** What a browser may show in the page. Nothing that can hold a script: no SVG, no HTML, no PDF. */
const shown = new Set([
  ...['image/jpeg', 'image/png', 'image/webp', 'image/gif'],
  ...['video/mp4', 'video/3gpp', 'video/webm'],
  ...['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg', 'audio/wav', 'audio/webm'],
])

/** `mime` as it stands in the row. `download`: even what could be shown is to be kept as a file. */
export function fileHeaders(
  mime: string,
  filename: string | undefined,
  download: boolean,
): Record<string, string> {
  const inline = shown.has(mime)
  const way = inline && !download ? 'inline' : 'attachment'
  return {
    'content-type': inline ? mime : 'application/octet-stream',
    'content-disposition': filename === undefined ? way : `${way}; ${namedAs(filename)}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store',
    'accept-ranges': 'bytes',
  }
}

/** Both spellings: one for old programs, one for every letter there is. */
function namedAs(filename: string): string {
  const ascii = filename.replace(/[^\w .()-]/g, '_')
  const encoded = encodeURIComponent(filename.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/** The same bytes have the same tag: an object never changes once it is kept. */
export const entityTag = (messageId: string, keptAt: number | null, bytes: number): string =>
  `"${messageId.slice(4)}-${(keptAt ?? 0).toString(36)}-${bytes.toString(36)}"`
