// AES-256-GCM with the key id written in front, so that a seal always says which key opens it.
//
//   sc1.{keyId}.{base64url(iv 12 | ciphertext | tag 16)}
//
// The additional data binds a seal to its place ("messages.content:msg_…"): moved to another row it does not open.

import { limits } from '../ground/limits.ts'
import { base64url, concat, fromBase64, randomBytes, utf8 } from './bytes.ts'

/** A usable key: `bytes` are 32 raw bytes and stay in memory only; no two keys anywhere have one `id`. */
export type SealKey = { id: string; bytes: Uint8Array }
export type SealHeader = { keyId: string }

const version = 'sc1'

type Held = { key: Promise<CryptoKey>; until: number }
/** By key id: importing costs half as much as sealing, and a busy contact's key comes again and again. */
const held = new Map<string, Held>()

/** Raw bytes made usable: for a key that is used again and again. */
export const importKey = (bytes: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new Uint8Array(bytes), 'AES-GCM', false, ['encrypt', 'decrypt'])

function usable({ id, bytes }: SealKey): Promise<CryptoKey> {
  const now = Date.now()
  const found = held.get(id)
  if (found && found.until > now) return found.key
  if (held.size >= limits.keyCacheEntries) held.clear()
  const key = importKey(bytes)
  held.set(id, { key, until: now + limits.keyCacheMs })
  return key
}

/** iv (12) | ciphertext | tag (16). */
export const sealBytes = async (
  key: Uint8Array,
  place: string,
  plain: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> => encrypt(await importKey(key), place, plain)

export async function encrypt(
  key: CryptoKey,
  place: string,
  plain: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = randomBytes(12)
  const algorithm = { name: 'AES-GCM', iv, additionalData: utf8(place) }
  const sealed = await crypto.subtle.encrypt(algorithm, key, plain as Uint8Array<ArrayBuffer>)
  return concat(iv, new Uint8Array(sealed))
}

/** Undefined when the key, the place or a single bit is not the one that was sealed. */
export const openBytes = async (
  key: Uint8Array,
  place: string,
  sealed: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | undefined> => decrypt(await importKey(key), place, sealed)

export async function decrypt(
  key: CryptoKey,
  place: string,
  sealed: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (sealed.byteLength < 28) return undefined
  const algorithm = { name: 'AES-GCM', iv: sealed.slice(0, 12), additionalData: utf8(place) }
  try {
    return new Uint8Array(
      await crypto.subtle.decrypt(algorithm, key, sealed.slice(12) as Uint8Array<ArrayBuffer>),
    )
  } catch {
    return undefined
  }
}

export async function seal(key: SealKey, place: string, plain: string): Promise<string> {
  return `${version}.${key.id}.${base64url(await encrypt(await usable(key), place, utf8(plain)))}`
}

/** Which key opens this seal; undefined for anything that is not a seal of ours. */
export function sealHeader(sealed: string): SealHeader | undefined {
  const match = /^sc1\.([\w-]{1,64})\./.exec(sealed)
  return match ? { keyId: match[1] as string } : undefined
}

export async function open(key: SealKey, place: string, sealed: string): Promise<string | undefined> {
  const plain = await decrypt(await usable(key), place, fromBase64(sealed.slice(sealed.lastIndexOf('.') + 1)))
  return plain && new TextDecoder().decode(plain)
}
