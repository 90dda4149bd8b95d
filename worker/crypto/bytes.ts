// Text and bytes, both ways. Alphabets: base64url without padding for everything we make, hex for what Meta makes.

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text) as Uint8Array<ArrayBuffer>

/** Invalid sequences become U+FFFD, as every browser does. */
export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes)

export const base64url = (bytes: Uint8Array): string =>
  bytes.toBase64({ alphabet: 'base64url', omitPadding: true })

/** Also reads padded and plain base64; characters outside the alphabets are skipped. */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(text, 'base64'))

export const hex = (bytes: Uint8Array): string => bytes.toHex()

/** Undefined unless the text is an even number of hex digits. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  return /^(?:[0-9a-fA-F]{2})*$/.test(text)
    ? (Uint8Array.fromHex(text) as Uint8Array<ArrayBuffer>)
    : undefined
}

export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    out.set(part, offset)
    offset += part.byteLength
  }
  return out
}

export const randomBytes = (size: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(size))
