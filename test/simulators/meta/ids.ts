// Identifiers shaped like Meta's own. Called wherever something new is made.
// Source: Meta’s documentation (business-scoped user ids; wamids embed the phone number).

const encoder = new TextEncoder()

export function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(binary)
}

export function unbase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}

export function base64url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}

/** Digits that begin with `prefix`, never with a leading zero after it. */
export function numericId(prefix: string, length = 15): string {
  let digits = prefix
  for (const byte of randomBytes(length - prefix.length)) digits += String(byte % 10)
  return digits
}

/**
 * A wamid as Meta makes it: base64 over a small binary frame that holds the other party's number in
 * ASCII. `party` is that number, or the business-scoped id where the number must stay unknown.
 */
export function wamid(party: string, direction: 'in' | 'out'): string {
  const who = encoder.encode(party)
  const tail = encoder.encode(hex(randomBytes(9)).toUpperCase())
  const mark = direction === 'out' ? 0x11 : 0x12
  const frame = [0x1c, 0x18, who.length, ...who, 0x15, 0x02, 0x00, mark, 0x18, tail.length, ...tail, 0x00]
  return `wamid.${base64(Uint8Array.from(frame))}`
}

export function traceId(): string {
  return `A${base64url(randomBytes(17)).slice(0, 22)}`
}

/** The same sixteen digits for the same text: derived user ids must survive a restart. */
function digest16(text: string): string {
  let a = 0x811c9dc5
  let b = 0x1b873593
  for (const byte of encoder.encode(text)) {
    a = Math.imul(a ^ byte, 0x01000193) >>> 0
    b = Math.imul(b ^ (byte + 0x9e), 0x85ebca6b) >>> 0
    b = ((b << 13) | (b >>> 19)) >>> 0
  }
  return `${String((a % 90_000_000) + 10_000_000)}${String(b % 100_000_000).padStart(8, '0')}`
}

export function derivedUserId(country: string, personId: string, businessId: string): string {
  return `${country}.${digest16(`${businessId}/${personId}`)}`
}

export const userIdPattern = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/

const callingCodes: [string, string][] = [
  ['351', 'PT'],
  ['34', 'ES'],
  ['91', 'IN'],
  ['44', 'GB'],
  ['49', 'DE'],
  ['33', 'FR'],
  ['39', 'IT'],
  ['55', 'BR'],
  ['52', 'MX'],
  ['54', 'AR'],
  ['57', 'CO'],
  ['62', 'ID'],
  ['65', 'SG'],
  ['81', 'JP'],
  ['82', 'KR'],
  ['86', 'CN'],
  ['27', 'ZA'],
  ['61', 'AU'],
  ['7', 'KZ'],
  ['1', 'US'],
]

export function countryOf(digits: string): string {
  return callingCodes.find(([code]) => digits.startsWith(code))?.[1] ?? 'US'
}

export function callingCodeOf(digits: string): string {
  return callingCodes.find(([code]) => digits.startsWith(code))?.[0] ?? '1'
}
