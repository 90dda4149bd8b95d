// Checks receipts of deletion with nothing but WebCrypto: the signature (RFC 7515, RFC 8037), the proof that the transparency
// log holds it (RFC 9162) and the signed head of that log (C2SP tlog-checkpoint). docs/verify-receipt.mjs does the same on
// the command line and answers alike. Shares no code with what signs. Called by verify.ts in the browser and by tests.

/** A public key as /.well-known/jwks.json writes it; only the Ed25519 ones count. */
export type Key = { kty: string; crv: string; x: string; kid: string }
/** Of a bare receipt there is only `jws`. */
export type Entry = { jws: string; kind?: unknown; at?: unknown; log?: unknown }

/** What a receipt says. Instants are ISO 8601. */
export type Claims = {
  kind: 'live' | 'final'
  issuer: string
  request: string
  scope: string
  requestedAt: string | null
  startedAt: string | null
  erasedAt: string | null
  issuedAt: string | null
  goneBy: string
  places: { place: string; before: number; after: number; how: string; backupUntil: string | null }[]
  keys: { destroyed: number; unreadableSince: string | null }
  kept: { place: string; count: number; duty: string; until: string | null }[]
  outOfReach: { what: string; until: string | null }[]
  residue: { places: number; values: number; found: number; at: string } | null
}

/** `log` is undefined when the file held no proof: then only the signature was checked. */
export type Proven = {
  claims: Claims
  kid: string
  log: { number: number; size: number; origin: string } | undefined
}

/** Something does not hold; the message says what, for people. */
export class Broken extends Error {}
/** The input is nothing that could be checked. */
export class Unreadable extends Error {}

function need(holds: unknown, why: string): asserts holds {
  if (!holds) throw new Broken(why)
}

type Bytes = Uint8Array<ArrayBuffer>
const utf8 = (text: string): Bytes => new TextEncoder().encode(text)
const toText = (bytes: Bytes): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)

function concat(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

const sha256 = async (...parts: Uint8Array[]): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)))
const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i])
const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''))
const base64url = (bytes: Uint8Array): string =>
  base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

/** Bytes of a text that is spelt in the one way our encoder spells them: else a changed character could mean the same. */
function decode(text: unknown, spell: (bytes: Uint8Array) => string, what: string): Bytes {
  need(typeof text === 'string', `${what} is missing.`)
  let bytes: Bytes | undefined
  try {
    const plain = spell === base64url ? text.replaceAll('-', '+').replaceAll('_', '/') : text
    bytes = Uint8Array.from(atob(plain), (char) => char.charCodeAt(0))
  } catch {
    // Said below.
  }
  need(bytes && spell(bytes) === text, `${what} is not well formed.`)
  return bytes
}

async function signedBy(key: Key, bytes: Bytes, signature: Bytes): Promise<boolean> {
  const raw = decode(key.x, base64url, 'A public key')
  const imported = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', imported, signature, bytes)
}

/** Whether this browser can check such signatures at all. */
export async function canVerify(): Promise<boolean> {
  try {
    const some = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
    return 'publicKey' in some
  } catch {
    return false
  }
}

async function openJws(jws: unknown, keys: readonly Key[]): Promise<{ kid: string; claims: Claims }> {
  need(typeof jws === 'string', 'The receipt is missing.')
  const parts = jws.split('.')
  need(parts.length === 3, 'The receipt is not a JWS of three parts.')
  const [head, payload, signature] = parts.map((part) =>
    decode(part, base64url, 'A part of the receipt'),
  ) as [Bytes, Bytes, Bytes]
  const key = keys.find(({ kid }) =>
    equal(head, utf8(`{"alg":"EdDSA","kid":${JSON.stringify(kid)},"typ":"softivum-receipt+jws"}`)),
  )
  need(key, 'The receipt is signed by a key that is not among the public keys, or in a way that is not ours.')
  need(await signedBy(key, utf8(`${parts[0]}.${parts[1]}`), signature), 'The signature is false.')
  return { kid: key.kid, claims: JSON.parse(toText(payload)) as Claims }
}

type Head = { origin: string; size: number; root: Bytes }

async function openCheckpoint(checkpoint: unknown, keys: readonly Key[]): Promise<Head> {
  need(typeof checkpoint === 'string', 'The signed head of the log is missing.')
  const match = /^(([^\n]+)\n(0|[1-9]\d{0,15})\n([\w+/=]{44})\n)\n((?:\u2014 [^\n]+\n)+)$/.exec(checkpoint)
  need(match, 'The signed head of the log is not well formed.')
  const [, text = '', origin = '', size, root, lines = ''] = match
  for (const line of lines.trimEnd().split('\n')) {
    const [, name, encoded] = line.split(' ')
    if (name !== origin) continue
    const bytes = decode(encoded, base64, 'The signature of the log')
    for (const key of keys) {
      const raw = decode(key.x, base64url, 'A public key')
      const hash = (await sha256(utf8(`${origin}\n`), Uint8Array.of(1), raw)).subarray(0, 4)
      if (!equal(hash, bytes.subarray(0, 4))) continue
      if (await signedBy(key, utf8(text), bytes.slice(4)))
        return { origin, size: Number(size), root: decode(root, base64, 'The root of the log') }
    }
  }
  throw new Broken('The head of the log is signed by none of the public keys.')
}

/** The root that a leaf and its neighbours lead to (RFC 9162, 2.1.3.2). */
async function rootOf(leaf: Bytes, index: number, size: number, proof: readonly unknown[]): Promise<Bytes> {
  const half = (n: number): number => Math.floor(n / 2)
  let hash = await sha256(Uint8Array.of(0), leaf)
  let place = index
  let last = size - 1
  for (const text of proof) {
    const sibling = decode(text, base64, 'A hash of the proof')
    need(last > 0, 'The proof is too long.')
    if (place % 2 === 1 || place === last) {
      hash = await sha256(Uint8Array.of(1), sibling, hash)
      while (place % 2 === 0 && place > 0) [place, last] = [half(place), half(last)]
    } else hash = await sha256(Uint8Array.of(1), hash, sibling)
    ;[place, last] = [half(place), half(last)]
  }
  need(last === 0, 'The proof is too short.')
  return hash
}

async function verifyInclusion(jws: string, claims: Claims, log: unknown, keys: readonly Key[]) {
  const { checkpoint, leaf, size, index, proof } = log as Record<string, unknown>
  const head = await openCheckpoint(checkpoint, keys)
  need(head.origin === `${new URL(claims.issuer).host}/log`, 'The proof is from another log.')
  const own = await sha256(utf8(jws))
  need(leaf === hex(own), 'The leaf is not the hash of this receipt.')
  need(size === head.size, 'The proof is about another size than the signed head.')
  need(
    typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 && index < head.size,
    'The place is outside of the log.',
  )
  need(Array.isArray(proof), 'The proof is missing.')
  need(
    equal(await rootOf(own, index, head.size, proof), head.root),
    'The proof does not lead to the signed head.',
  )
  return { number: index + 1, size: head.size, origin: head.origin }
}

/** Everything there is to check about one receipt. Throws Broken with the reason, for whatever the input. */
export async function verifyReceipt(entry: Entry, keys: readonly Key[]): Promise<Proven> {
  try {
    const { kid, claims } = await openJws(entry.jws, keys)
    const { kind = claims.kind, at = claims.issuedAt } = entry
    need(kind === claims.kind, 'The file names another kind of receipt than the one that is signed.')
    need(at === claims.issuedAt, 'The file names another time than the one that is signed.')
    const log = entry.log ? await verifyInclusion(entry.jws, claims, entry.log, keys) : undefined
    return { claims, kid, log }
  } catch (cause) {
    if (cause instanceof Broken) throw cause
    throw new Broken('The receipt is not well formed.', { cause })
  }
}

/** What /.well-known/jwks.json answers, as text. */
export function parseKeys(text: string): Key[] {
  let keys: unknown
  try {
    keys = (JSON.parse(text) as { keys?: unknown }).keys
  } catch (cause) {
    throw new Unreadable('The public keys are not JSON.', { cause })
  }
  const own = Array.isArray(keys)
    ? (keys as Key[]).filter(
        (key) => key?.kty === 'OKP' && key.crv === 'Ed25519' && typeof key.kid === 'string',
      )
    : []
  if (own.length === 0) throw new Unreadable('There is no public key in what was given as keys.')
  return own
}

const hasExactly = (value: unknown, ...names: string[]): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === names.length &&
  names.every((name) => Object.hasOwn(value, name))

/** In a file every entry is as the gateway writes it: an altered name must not pass for a proof that is not there yet. */
function parseEntry(entry: unknown): Entry {
  need(hasExactly(entry, 'kind', 'jws', 'at', 'log'), 'The entry of a receipt is not well formed.')
  const { log } = entry
  need(
    log === null || hasExactly(log, 'index', 'size', 'leaf', 'proof', 'checkpoint'),
    'The proof is not well formed.',
  )
  return entry as Entry
}

/**
 * What /api/v1/public/deletions/{code}/receipts answers, as text, or one bare JWS. Throws Unreadable when it is neither,
 * Broken when an entry is not as the gateway writes it.
 */
export function parseReceipts(text: string): Entry[] {
  const trimmed = text.trim()
  if (trimmed === '') throw new Unreadable('There is nothing to check yet.')
  if (!trimmed.startsWith('{')) return [{ jws: trimmed }]
  let given: unknown
  try {
    given = JSON.parse(trimmed)
  } catch (cause) {
    throw new Unreadable('The file begins like JSON and is none: perhaps it is not whole.', { cause })
  }
  const receipts = hasExactly(given, 'receipts') && given.receipts
  if (!Array.isArray(receipts) || receipts.length === 0)
    throw new Unreadable('There is no receipt in the file. A deletion has one when its data is gone.')
  return (receipts as unknown[]).map(parseEntry)
}
