// The root keys, and the small secrets that live in KV sealed by them. KV has no point-in-time restore, so a value
// deleted here is gone: the key trees and the journal's day keys depend on that.

import { base64url, fromBase64, randomBytes } from '../crypto/bytes.ts'
import { openBytes, sealBytes } from '../crypto/seal.ts'

export type RootKey = { id: string; bytes: Uint8Array }

/**
 * Parses `id:base64url(32 bytes)`, comma separated, the current one first. Throws on anything else, because a
 * half-read list would seal what nobody can open.
 */
export function parseRootKeys(text: string): [RootKey, ...RootKey[]] {
  const keys = text.split(',').map((item) => {
    const match = /^([a-z0-9-]{1,32}):([\w+/=-]+)$/i.exec(item.trim())
    const bytes = match && fromBase64(match[2] as string)
    if (!match || bytes?.byteLength !== 32)
      throw new Error('ROOT_KEYS must be id:base64 of 32 bytes, comma separated')
    return { id: match[1] as string, bytes }
  })
  return keys as [RootKey, ...RootKey[]]
}

/** Durable in KV before it resolves. `name` is bound to the value: moved to another name it does not open. */
export async function putSecret(
  kv: KVNamespace,
  roots: [RootKey, ...RootKey[]],
  name: string,
  secret: Uint8Array,
): Promise<void> {
  const root = roots[0]
  await kv.put(name, `${root.id}.${base64url(await sealBytes(root.bytes, `kv:${name}`, secret))}`)
}

/** Makes a new 32-byte secret, durable in KV before it is returned. */
export async function createSecret(
  kv: KVNamespace,
  roots: [RootKey, ...RootKey[]],
  name: string,
): Promise<Uint8Array> {
  const secret = randomBytes(32)
  await putSecret(kv, roots, name, secret)
  return secret
}

/** The secret, or undefined when it was destroyed. Throws when it is there but no root key opens it. */
export async function loadSecret(
  kv: KVNamespace,
  roots: RootKey[],
  name: string,
): Promise<Uint8Array | undefined> {
  const stored = await kv.get(name)
  if (stored === null) return undefined
  const dot = stored.indexOf('.')
  const root = roots.find((key) => key.id === stored.slice(0, dot))
  const secret = root && (await openBytes(root.bytes, `kv:${name}`, fromBase64(stored.slice(dot + 1))))
  if (!secret) throw new Error('a sealed key in KV does not open with the configured root keys')
  return secret
}
