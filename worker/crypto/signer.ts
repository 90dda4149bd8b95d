// Ed25519 (RFC 8032) from 32-byte seeds: receipts as compact JWS, checkpoints of the transparency log as bare
// signatures. The first key of a list signs, all verify, so that a key can be replaced without losing what it signed.

import { ok, type Result, refused } from '../ground/result.ts'
import { base64url, concat, fromBase64, fromUtf8, utf8 } from './bytes.ts'

export type SigningKey = { id: string; seed: Uint8Array }
/** As RFC 8037 writes a public key; `kid` is the id of the signing key. */
export type PublicJwk = { kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string; use: 'sig'; alg: 'EdDSA' }

const algorithm = { name: 'Ed25519' }
const signatureBytes = 64
const publicKeyBytes = 32
/**
 * What stands before the seed in PKCS #8 (RFC 8410, section 7): WebCrypto imports no bare seed. Bytes, not hex: this
 * file is also imported by Node (scripts/openapi.ts), which has no Uint8Array.fromHex.
 */
const pkcs8Head = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32)

const privateKey = (seed: Uint8Array, extractable: boolean): Promise<CryptoKey> =>
  crypto.subtle.importKey('pkcs8', concat(pkcs8Head, seed), algorithm, extractable, ['sign'])

export async function publicJwk(key: SigningKey): Promise<PublicJwk> {
  const { x } = (await crypto.subtle.exportKey('jwk', await privateKey(key.seed, true))) as JsonWebKey
  if (x === undefined) throw new Error('the platform gave no public key')
  return { kty: 'OKP', crv: 'Ed25519', x, kid: key.id, use: 'sig', alg: 'EdDSA' }
}

/** The 32 bytes of the public key; undefined when the JWK holds something else. */
export function publicBytes(jwk: PublicJwk): Uint8Array<ArrayBuffer> | undefined {
  const bytes = strictBase64url(jwk.x)
  return bytes?.byteLength === publicKeyBytes ? bytes : undefined
}

/** 64 bytes. Deterministic: equal bytes under an equal key, equal signature. */
export async function sign(key: SigningKey, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const signed = await crypto.subtle.sign(
    algorithm,
    await privateKey(key.seed, false),
    bytes as Uint8Array<ArrayBuffer>,
  )
  return new Uint8Array(signed)
}

export async function verify(jwk: PublicJwk, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const raw = publicBytes(jwk)
  if (!raw || signature.byteLength !== signatureBytes) return false
  const key = await crypto.subtle.importKey('raw', raw, algorithm, false, ['verify'])
  return crypto.subtle.verify(
    algorithm,
    key,
    signature as Uint8Array<ArrayBuffer>,
    bytes as Uint8Array<ArrayBuffer>,
  )
}

/** The only header we write, and therefore the only one we read: byte for byte. */
const headerOf = (kid: string): string =>
  base64url(utf8(`{"alg":"EdDSA","kid":${JSON.stringify(kid)},"typ":"softivum-receipt+jws"}`))

/** A compact JWS (RFC 7515) over the text as it is. */
export async function signJws(key: SigningKey, payload: string): Promise<string> {
  const input = `${headerOf(key.id)}.${base64url(utf8(payload))}`
  return `${input}.${base64url(await sign(key, utf8(input)))}`
}

type NotVerified = { reason: 'malformed' | 'wrong_header' | 'bad_signature' }

/**
 * The payload and the id of the key that signed it. There is one accepted spelling of each JWS: another algorithm, type
 * or unknown key is `wrong_header`; padding, stray bits, trailing bytes or a fourth part are `malformed`.
 */
export async function verifyJws(
  jwks: readonly PublicJwk[],
  jws: string,
): Promise<Result<{ kid: string; payload: string }, NotVerified>> {
  const [header, payload, signature, ...rest] = jws.split('.')
  const bytes = strictBase64url(payload ?? '')
  const signed = strictBase64url(signature ?? '')
  if (rest.length > 0 || !bytes || signed?.byteLength !== signatureBytes)
    return refused({ reason: 'malformed' })
  const jwk = jwks.find(({ kid }) => headerOf(kid) === header)
  if (!jwk) return refused({ reason: 'wrong_header' })
  if (!(await verify(jwk, utf8(`${header}.${payload}`), signed))) return refused({ reason: 'bad_signature' })
  return ok({ kid: jwk.kid, payload: fromUtf8(bytes) })
}

/** Undefined unless the text is exactly what the encoder makes of the bytes: several spellings would be several JWS. */
function strictBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = fromBase64(text)
  return base64url(bytes) === text ? bytes : undefined
}
