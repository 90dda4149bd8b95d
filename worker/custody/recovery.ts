// Erasures, as they are done and as they are done again. A Keeper or a database that was set back knows people who have
// been erased since; the erasure ledger, which no restore reaches, says who. Called by keeper.ts only.

import { dayMs, limits } from '../ground/limits.ts'
import type { Identities } from './identities.ts'
import { type LedgerEntry, ledgerDigest, loadLedger } from './ledger.ts'
import type { Vault } from './vault.ts'

export type Custody = { storage: DurableObjectStorage; vault: Vault; identities: Identities }

/** What custody holds of an owner; `losers` are contacts that have become part of it. */
export type Holding = { owner: string; keys: number; identities: number; digests: string[]; losers: string[] }

/** The Keeper for what belongs to no account. */
export const platformAccount = 'platform'

/** Keys of the account itself: no erasure of a person touches them. */
export const accountOwner = 'account'
export const pepperOwner = 'pepper'

/**
 * Tombstones, then keys, all in one transaction. A contact that has become part of another means that other. Answers
 * the key ids and the digests of these owners, also those that an earlier call destroyed.
 */
export function forgetOwners(
  { storage, vault, identities }: Custody,
  owners: string[],
  at: number,
): { keys: string[]; digests: string[] } {
  return storage.transactionSync(() => {
    const meant = new Set(owners.flatMap((owner) => [owner, identities.winnerOf(owner)]))
    meant.delete(accountOwner)
    meant.delete(pepperOwner)
    const digests = [...meant].flatMap((owner) => identities.entomb(owner, at))
    const keys = [...meant].flatMap((owner) => vault.destroyKeys(owner, at))
    return { keys, digests }
  })
}

/** What is held of each, in the order asked. A contact that has become part of another means that other. */
export function inventory({ vault, identities }: Custody, owners: string[]): Holding[] {
  return owners.map((asked) => {
    const owner = identities.winnerOf(asked)
    const digests = identities.digestsOf(owner)
    const losers = identities.pendingLosers(owner)
    return { owner, keys: vault.keysOf(owner), identities: digests.length, digests, losers }
  })
}

/** Finishes what erasures left to do in KV, and lets go what is past its life. Answers when to do so again. */
export async function turnAndSweep({ vault, identities }: Custody, now: number): Promise<number | undefined> {
  await vault.turn(now)
  vault.sweep(now)
  identities.sweep(now)
  const oldest = identities.oldestTombstone()
  return oldest && Math.max(oldest + limits.tombstoneDays * dayMs, now) + dayMs
}

/** Every key and everybody. Resolves when KV gives nothing; may be repeated. */
export async function destroyAll({ vault, identities }: Custody): Promise<void> {
  if (vault.standing) await vault.destroyAll()
  identities.clear()
}

/**
 * Brings a Keeper that may have been set back to what was erased since; may be repeated. `ownRef`: its own ref key.
 * Answers when the account itself was erased, or undefined.
 */
export async function recover(
  custody: Custody,
  env: Env,
  accountId: string,
  ownRef: Uint8Array,
  now: number,
): Promise<{ entries: number; closedAt: number | undefined }> {
  const key =
    accountId === platformAccount
      ? ownRef
      : (await env.KEEPER.getByName(platformAccount).resolve([])).account.ref
  const done = reapply(custody, accountId, key, await loadLedger(env.FILES, 0))
  if (done.closedAt === undefined) await forgetLost(custody, now)
  custody.vault.unmark('behind')
  return done
}

/**
 * Does every erasure of the ledger again; may be repeated. `key`: the ref key of the platform's Keeper. Answers when the
 * account itself was erased, or undefined. Contacts that came after an erasure stay.
 */
function reapply(
  custody: Custody,
  accountId: string,
  key: Uint8Array,
  ledger: LedgerEntry[],
): { entries: number; closedAt: number | undefined } {
  const account = ledgerDigest(key, accountId)
  const entries = ledger.filter((entry) => entry.account === account)
  const closing = entries.find(({ subjects }) => subjects.includes(account))
  if (closing) return { entries: entries.length, closedAt: closing.at }
  if (entries.length === 0) return { entries: 0, closedAt: undefined }
  const owners = new Map<string, { owner: string; since: number }>()
  for (const known of ownersOf(custody)) owners.set(ledgerDigest(key, known.owner), known)
  for (const { at, subjects, tombstones } of entries) {
    const named = subjects.flatMap((subject) => owners.get(subject)?.owner ?? [])
    // Somebody who stood here as two people, and had become one when she was erased, is named only once.
    const meant = custody.identities
      .ownersBefore(tombstones, at)
      .filter((owner) => (owners.get(ledgerDigest(key, owner))?.since ?? 0) <= at)
    custody.storage.transactionSync(() => custody.identities.addTombstones(tombstones, at, ''))
    forgetOwners(custody, [...named, ...meant], at)
  }
  return { entries: entries.length, closedAt: undefined }
}

/** Forgets whoever has a key that its tree no longer gives: it was destroyed, and this SQLite does not know it. */
async function forgetLost(custody: Custody, at: number): Promise<void> {
  const lost = await custody.vault.lostOwners()
  if (lost.includes(accountOwner) || lost.includes(pepperOwner))
    throw new Error('a key of the account itself cannot be derived')
  forgetOwners(custody, lost, at)
}

/** Contacts with an id and everybody with a key; `since`: the first key (0 when there is none). */
function ownersOf({ vault, identities }: Custody): { owner: string; since: number }[] {
  const keyed = vault.owners()
  const has = new Set(keyed.map(({ owner }) => owner))
  const keyless = identities.contacts().filter((owner) => !has.has(owner))
  return [...keyed, ...keyless.map((owner) => ({ owner, since: 0 }))]
}
