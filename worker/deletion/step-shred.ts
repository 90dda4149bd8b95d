// The point of no return: quiet, tombstone, keys, and later the turn of the epoch that makes backups unreadable, too.
// Called through steps.ts. Why: docs/decisions/0017 and 0021.

import { sql } from 'drizzle-orm'
import { assertion, rowsInsert, schema, statement, writeBatch } from '../../db/client.ts'
import { base64url } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import { assetDigest } from '../custody/assets.ts'
import { isSetBack } from '../custody/guard.ts'
import { type LedgerEntry, ledgerDigest, ledgerPut } from '../custody/ledger.ts'
import { keeperOf, loadPlatformRef } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { shardOf } from '../meta/shard.ts'
import { blocksOn, standing } from './blocks.ts'
import { factsOf } from './facts.ts'
import type { Outcome, StepContext } from './step.ts'

const { assetTombstones, deletionSteps } = schema

/** What has been acknowledged is handled before anything is erased, so that it is erased too. */
export async function quietStep(context: StepContext): Promise<Outcome> {
  await drainIntake(context)
  return { to: 'next' }
}

/** The shards in which events of this account may wait. */
export async function drainIntake(context: StepContext): Promise<void> {
  const shards = new Set((factsOf(context).wabaIds ?? []).map(shardOf))
  await Promise.all([...shards].map((shard) => context.env.INTAKE.getByName(shard).drain()))
}

/** Ledger first, outside of what can be restored; then the tombstones; then, in the same call, the keys. */
export async function tombstoneStep(context: StepContext): Promise<Outcome> {
  const { env, db, deletion, job, journal, now } = context
  const facts = factsOf(context)
  await passReturn(context)
  if (facts.at === undefined) {
    facts.at = now
    // Before anything hears of it: a second try must name the same instant.
    journal.put(job)
  }
  const ref = await loadPlatformRef(env.KEEPER)
  await enterLedger(context, ref)
  const counts: Record<string, number> = {}
  if (deletion.scope === 'workspace') {
    const assets = [...(facts.phoneNumberIds ?? []), ...(facts.wabaIds ?? [])]
    const rows = assets.map((id) => [assetDigest(ref, id), facts.at])
    await writeBatch(db, [
      statement(
        db,
        sql`INSERT INTO ${assetTombstones} (digest, at) SELECT value ->> 0, value ->> 1 FROM json_each(${JSON.stringify(rows)})
          WHERE true ON CONFLICT DO UPDATE SET at = max(at, excluded.at)`,
      ),
    ])
    counts['numbers and accounts'] = assets.length
  }
  const owners = facts.ids ?? []
  if (owners.length > 0) {
    const forgotten = await keeperOf(env.KEEPER, deletion.accountId).forget(owners, facts.at)
    facts.keys = [...new Set([...(facts.keys ?? []), ...forgotten.keys])]
    counts.tombstones = forgotten.digests.length
    counts.keys = facts.keys.length
  }
  return { to: 'next', counts }
}

/** Either a block is there first, or this is: the database decides, and after this no block is taken any more. */
async function passReturn({ db, deletion, job, now }: StepContext): Promise<void> {
  const row = { deletionId: job.id, position: job.position, step: 'tombstone', state: 'running' as const }
  await writeBatch(db, [
    rowsInsert(db, deletionSteps, [{ ...row, attempts: 1, startedAt: now, counts: '{}' as never }]),
    assertion(
      db,
      sql`NOT EXISTS (SELECT 1 FROM deletion_blocks WHERE ${standing(now)} AND ${blocksOn(deletion)})`,
    ),
  ])
}

/**
 * The next number in the table, the same number outside. When more is known outside, this database has been set back:
 * the step fails until what it does not know has been applied. Asked before anything is numbered, because a number in
 * the table is what the guard takes for knowledge.
 */
async function enterLedger(context: StepContext, ref: Uint8Array): Promise<void> {
  const { env, db, deletion, job } = context
  const facts = factsOf(context)
  const subjects = deletion.scope === 'workspace' ? [deletion.accountId] : (facts.ids ?? [])
  if (subjects.length === 0) return
  const unnumbered: Omit<LedgerEntry, 'seq'> = {
    at: facts.at as number,
    scope: deletion.scope,
    account: ledgerDigest(ref, deletion.accountId),
    subjects: subjects.map((id) => ledgerDigest(ref, id)),
    tombstones: facts.digests ?? [],
  }
  if (await isSetBack(env)) throw new Error('the erasure ledger is ahead of this database')
  const digest = base64url(sha256(`${job.id}${JSON.stringify(unnumbered)}`))
  await writeBatch(db, [
    statement(
      db,
      sql`INSERT INTO erasure_ledger (seq, digest, at)
        SELECT (SELECT coalesce(max(seq), 0) + 1 FROM erasure_ledger), ${digest}, ${facts.at}
        WHERE NOT EXISTS (SELECT 1 FROM erasure_ledger WHERE digest = ${digest})`,
    ),
  ])
  const [row] = await db.all<{ seq: number }>(sql`SELECT seq FROM erasure_ledger WHERE digest = ${digest}`)
  if (!row) throw new Error('the erasure ledger did not take an entry')
  facts.seq = row.seq
  if (!(await ledgerPut(env.FILES, { seq: row.seq, ...unnumbered })))
    throw new Error('the erasure ledger is ahead of this database')
}

/** Proof that the keys are gone from the living system; of a workspace, their destruction. */
export async function shredStep(context: StepContext): Promise<Outcome> {
  const { env, deletion, now } = context
  const facts = factsOf(context)
  const keeper = keeperOf(env.KEEPER, deletion.accountId)
  if (deletion.scope === 'workspace') {
    await keeper.destroyAccount(facts.at as number)
    facts.shreddedAt ??= now
    return { to: 'next', counts: { keys: facts.before?.['keeper.keys'] ?? 0 } }
  }
  const keys = facts.keys ?? []
  if (keys.length > 0 && (await keeper.keys(keys)).length > 0) throw new Error('a destroyed key still opens')
  return { to: 'next', counts: { keys: keys.length } }
}

/** Waits until no backup of the keys opens anything either: the Keeper turns by itself, or when the operator says so. */
export async function turnStep(context: StepContext): Promise<Outcome> {
  const { env, deletion, now } = context
  const facts = factsOf(context)
  const keys = facts.keys ?? []
  if (deletion.scope === 'workspace' || keys.length === 0) return { to: 'skip' }
  const gone = await keeperOf(env.KEEPER, deletion.accountId).underivable(keys)
  if (!gone.every(Boolean)) return { to: 'again', inMs: limits.epochTurnMs, waits: true }
  facts.shreddedAt ??= now
  return { to: 'next', counts: { keys: keys.length } }
}
