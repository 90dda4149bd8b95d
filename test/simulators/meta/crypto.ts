// The keyed hashes that Meta puts on what it sends and asks of its callers, on Web Crypto alone.
// Called by the courier, the signed requests and the Graph door. Source: Meta’s documentation.

import { base64, base64url, hex } from './ids.ts'

const encoder = new TextEncoder()
const keys = new Map<string, CryptoKey>()

async function keyOf(secret: string, hash: 'SHA-256' | 'SHA-1'): Promise<CryptoKey> {
  const name = `${hash}:${secret}`
  const known = keys.get(name)
  if (known) return known
  // The key is kept, not its promise: workerd ties a promise to the request that made it.
  const made = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash }, false, [
    'sign',
  ])
  keys.set(name, made)
  return made
}

async function hmac(
  secret: string,
  message: Uint8Array<ArrayBuffer>,
  hash: 'SHA-256' | 'SHA-1',
): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', await keyOf(secret, hash), message))
}

/** The `X-Hub-Signature-256` of these exact bytes. */
export async function hubSignature(secret: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return `sha256=${hex(await hmac(secret, bytes, 'SHA-256'))}`
}

export async function legacySignature(secret: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return `sha1=${hex(await hmac(secret, bytes, 'SHA-1'))}`
}

export async function appSecretProof(secret: string, token: string): Promise<string> {
  return hex(await hmac(secret, encoder.encode(token), 'SHA-256'))
}

/** A `signed_request`: the MAC covers the encoded payload, not the decoded JSON. */
export async function signedRequest(secret: string, payload: Record<string, unknown>): Promise<string> {
  const encoded = base64url(encoder.encode(JSON.stringify(payload)))
  return `${base64url(await hmac(secret, encoder.encode(encoded), 'SHA-256'))}.${encoded}`
}

export async function sha256Base64(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return base64(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}
