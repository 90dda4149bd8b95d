// What a running deletion must remember in clear for a while (what to search for, the tokens to give back) is sealed
// under keys of its own. They live in KV, which no restore brings back, and are destroyed when they have served.
// Called by steps.ts and detach.ts.

import { fromUtf8, utf8 } from '../crypto/bytes.ts'
import { openBytes, sealBytes } from '../crypto/seal.ts'
import { createSecret, loadSecret, parseRootKeys } from '../custody/root.ts'

export type SecretOf = 'inventory' | 'detach'

const nameOf = (deletionId: string, of: SecretOf): string => `deletion/${deletionId}/${of}`
const roots = (env: Env) => parseRootKeys(env.ROOT_KEYS ?? '')

/** Under the key that stands, or a new one. */
export async function sealFor(env: Env, id: string, of: SecretOf, value: unknown): Promise<Uint8Array> {
  const name = nameOf(id, of)
  const key =
    (await loadSecret(env.KEYS, roots(env), name)) ?? (await createSecret(env.KEYS, roots(env), name))
  return sealBytes(key, name, utf8(JSON.stringify(value)))
}

/** Undefined when the key is destroyed. */
export async function openFor<T>(
  env: Env,
  id: string,
  of: SecretOf,
  sealed: Uint8Array,
): Promise<T | undefined> {
  const name = nameOf(id, of)
  const key = await loadSecret(env.KEYS, roots(env), name)
  const plain = key && (await openBytes(key, name, sealed))
  return plain && (JSON.parse(fromUtf8(plain)) as T)
}

export const destroySecret = (env: Env, id: string, of: SecretOf): Promise<void> =>
  env.KEYS.delete(nameOf(id, of))
