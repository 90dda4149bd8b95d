// After a restore: every erasure that the ledger knows and this database does not is applied again, in order, and only
// then written down as known. May be interrupted anywhere and run again. Called by the cron; guard.ts keeps the doors
// shut meanwhile. Why: docs/decisions/0021.

import { sql } from 'drizzle-orm'
import { type Database, database, statement, writeBatch } from '../../db/client.ts'
import type { Subject } from '../../db/reach.ts'
import { base64url } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import { forgetGuard, guard, knownErasures } from '../custody/guard.ts'
import { type LedgerEntry, ledgerDigest, loadLedger } from '../custody/ledger.ts'
import { keeperOf, loadPlatformRef, platformAccount } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { log } from '../ground/log.ts'
import { eraseCodeMails, eraseFiles, eraseRows, eraseUnnamed } from './erase.ts'

/** How many erasures were applied again. Cheap when the database was not set back. */
export async function restoreDue(env: Env, now: number): Promise<number> {
  if ((await guard(env, now)) === 'sound') return 0
  const db = database(env.DB)
  const entries = await loadLedger(env.FILES, await knownErasures(env))
  const ref = await loadPlatformRef(env.KEEPER)
  const accounts = new Map<string, string>()
  for (const { id } of await db.all<{ id: string }>(sql`SELECT id FROM accounts`))
    accounts.set(ledgerDigest(ref, id), id)
  accounts.set(ledgerDigest(ref, platformAccount), platformAccount)
  for (const entry of entries) {
    const accountId = accounts.get(entry.account)
    if (accountId !== undefined) await applyAgain(env, db, ref, accountId, entry)
    await note(db, entry)
  }
  forgetGuard()
  log('warn', 'guard.applied_again', { count: entries.length })
  return entries.length
}

/** The Keeper first: it may have been set back, too. */
async function applyAgain(
  env: Env,
  db: Database,
  ref: Uint8Array,
  accountId: string,
  entry: LedgerEntry,
): Promise<void> {
  const keeper = keeperOf(env.KEEPER, accountId)
  if (entry.scope === 'workspace') {
    await keeper.destroyAccount(entry.at)
    await eraseAll(env, db, { scope: 'workspace', accountId })
    return
  }
  await keeper.recover()
  if (entry.scope === 'contact') await eraseUnnamed(db, accountId, entry.at)
  const scope = entry.scope === 'meta_user' ? 'member' : entry.scope
  const ids = await idsOf(db, ref, `${scope}s`, accountId, new Set(entry.subjects))
  if (ids.length === 0) return
  await keeper.forget(ids, entry.at)
  await eraseAll(env, db, { scope, accountId, ids })
}

/** Which rows the digests stand for: there is no way back from a digest but to try every id. */
async function idsOf(
  db: Database,
  ref: Uint8Array,
  table: 'contacts' | 'members' | 'visitors',
  accountId: string,
  digests: Set<string>,
): Promise<string[]> {
  const found: string[] = []
  let after = ''
  for (;;) {
    const rows = await db.all<{ id: string }>(
      sql`SELECT id FROM ${sql.raw(table)} WHERE account_id = ${accountId} AND id > ${after} ORDER BY id LIMIT ${limits.eraseChunkRows}`,
    )
    found.push(...rows.flatMap(({ id }) => (digests.has(ledgerDigest(ref, id)) ? [id] : [])))
    const last = rows.at(-1)
    if (!last) return found
    after = last.id
  }
}

async function eraseAll(env: Env, db: Database, subject: Subject): Promise<void> {
  for (let more = true; more; ) more = (await eraseFiles({ db, files: env.FILES }, subject)).more
  await eraseCodeMails(db, subject)
  for (let more = true; more; ) more = (await eraseRows(db, subject)).more
}

const note = (db: Database, entry: LedgerEntry): Promise<void> =>
  writeBatch(db, [
    statement(
      db,
      sql`INSERT INTO erasure_ledger (seq, digest, at) VALUES (${entry.seq}, ${base64url(sha256(JSON.stringify(entry)))}, ${entry.at})
        ON CONFLICT DO NOTHING`,
    ),
  ])
