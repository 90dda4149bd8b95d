// What rooms and walks use of custody: ask the Keeper of an account, seal a column, open many columns with one call.

import { base64url } from '../crypto/bytes.ts'
import { hmac } from '../crypto/hmac.ts'
import { open, type SealKey, seal, sealHeader } from '../crypto/seal.ts'
import { limits } from '../ground/limits.ts'
import type { AccountKeys, Keeper, SubjectAnswer } from './keeper.ts'
import { platformAccount } from './recovery.ts'

export type { AccountKeys, SubjectAnswer }
export { platformAccount }
export type Keepers = DurableObjectNamespace<Keeper>

export const keeperOf = (keepers: Keepers, accountId: string) => keepers.getByName(accountId)

let platform: { ref: Uint8Array; until: number } | undefined

/** The ref key of the platform's Keeper, which it never changes; asked for once a minute at most. */
export async function loadPlatformRef(keepers: Keepers): Promise<Uint8Array> {
  const now = Date.now()
  if (platform && platform.until > now) return platform.ref
  const { account } = await keeperOf(keepers, platformAccount).resolve([])
  platform = { ref: account.ref, until: now + limits.keyCacheMs }
  return account.ref
}

/** Seals a column value so that it opens only there. `place` is `table.column:rowId`. */
export const sealColumn = (
  key: SealKey,
  table: string,
  column: string,
  rowId: string,
  plain: string,
): Promise<string> => seal(key, `${table}.${column}:${rowId}`, plain)

/** The keyed digest that stands for a wamid of a number. 43 characters; equal input, equal ref, within one account. */
export const messageRef = (account: AccountKeys, phoneNumberId: string, wamid: string): string =>
  base64url(hmac(account.ref, `wamid:${phoneNumberId}:${wamid}`))

/** A keyed digest of anything else (participants, field versions, idempotency keys). */
export const keyedDigest = (account: AccountKeys, kind: string, value: string): string =>
  base64url(hmac(account.ref, `${kind}:${value}`))

/** The keyed digest of an e-mail address, however it is spelled, under the keys of the platform: found again in any account. */
export const emailDigest = (platform: Pick<AccountKeys, 'ref'>, email: string): string =>
  base64url(hmac(platform.ref, `email:${email.trim().toLowerCase()}`))

export const loadEmailDigest = async (keepers: Keepers, email: string): Promise<string> =>
  emailDigest({ ref: await loadPlatformRef(keepers) }, email)

export type Sealed = { table: string; column: string; rowId: string; sealed: string | null }

type Held = { key: SealKey; until: number }
/** Keys by account and id, for as long as limits.keyCacheMs: reading a page twice asks the Keeper once. */
const held = new Map<string, Held>()

/**
 * Opens many columns of one account with at most one Keeper call, in the order given. A value is undefined when it
 * was null, when its key was destroyed, or when it stands in a place it was not sealed for.
 */
export async function openColumns(
  keepers: Keepers,
  accountId: string,
  columns: Sealed[],
  now: number,
): Promise<(string | undefined)[]> {
  const wanted = new Set(columns.flatMap(({ sealed }) => (sealed ? (sealHeader(sealed)?.keyId ?? []) : [])))
  const keys = await loadKeys(keepers, accountId, [...wanted], now)
  return Promise.all(
    columns.map(async ({ table, column, rowId, sealed }) => {
      const key = sealed ? keys.get(sealHeader(sealed)?.keyId ?? '') : undefined
      return key && sealed ? open(key, `${table}.${column}:${rowId}`, sealed) : undefined
    }),
  )
}

/** Keys by the ids found in seals; what was destroyed is missing. At most one Keeper call. */
export async function loadKeys(
  keepers: Keepers,
  accountId: string,
  ids: string[],
  now: number,
): Promise<Map<string, SealKey>> {
  const keys = new Map<string, SealKey>()
  const missing = ids.filter((id) => {
    const found = held.get(`${accountId}/${id}`)
    if (!found || found.until <= now) return true
    keys.set(id, found.key)
    return false
  })
  if (missing.length === 0) return keys
  if (held.size > limits.keyCacheEntries) held.clear()
  for (const key of await keeperOf(keepers, accountId).keys(missing)) {
    keys.set(key.id, key)
    held.set(`${accountId}/${key.id}`, { key, until: now + limits.keyCacheMs })
  }
  return keys
}
