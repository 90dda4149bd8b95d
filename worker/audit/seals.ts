// Seals each account's complete days into its hash chain and adds every head to the transparency log. Run by the cron.
//
// A day is what was recorded in it by the database's own clock, which no caller sets; an hour after midnight nothing can
// be on its way into it any more. Should an entry get there all the same, verifyChain names the day.

import { getTableName, sql } from 'drizzle-orm'
import { type Database, database, rowsInsert, type Statement, schema, writeBatch } from '../../db/client.ts'
import { dayMs, limits } from '../ground/limits.ts'
import { appendLeaves } from '../transparency/client.ts'
import { Chain, endOfDay, noHead, type Seal } from './chain.ts'
import { entryRuns } from './ledger.ts'

type Due = { accountId: string; day: string | null; head: string | null }

/** Up to when this isolate found nothing left to seal: spares a walk over the accounts every minute. */
let sealedUntil = 0

/** What the cron calls: cheap once the day is done. */
export async function sealDue(env: Env, now: number): Promise<void> {
  const before = lastMidnight(now)
  if (before <= sealedUntil) return
  if (await sealDays(env, now)) sealedUntil = before
}

/**
 * Seals complete days until all are sealed (true) or the run has done its share (false); the next goes on. May run twice
 * and at once: the same entries give the same head, and both writes keep what is there.
 */
export async function sealDays(env: Env, now: number): Promise<boolean> {
  const db = database(env.DB)
  const before = lastMidnight(now)
  const due = await db.all<Due>(dueQuery(before))
  const seals: Seal[] = []
  let entries = 0
  for (const account of due) {
    if (entries >= limits.auditSealEntries) break
    const days = await daysOf(db, account, before, limits.auditSealEntries - entries)
    entries += days.reduce((sum, seal) => sum + seal.entries, 0)
    seals.push(...days)
  }
  await recordSeals(env, db, seals, now)
  return due.length < limits.auditSealAccounts && entries < limits.auditSealEntries
}

/** The leaves first: a seal that stands here stands in the log, wherever a crash comes between. */
async function recordSeals(env: Env, db: Database, seals: Seal[], now: number): Promise<void> {
  if (seals.length === 0) return
  await appendLeaves(
    env,
    seals.map(({ head }) => ({ kind: 'audit', hash: head })),
  )
  const rows = seals.map((seal) => ({ ...seal, sealedAt: now }))
  const inserts: Statement[] = []
  for (let i = 0; i < rows.length; i += limits.auditRunRows)
    inserts.push(rowsInsert(db, schema.auditSeals, rows.slice(i, i + limits.auditRunRows)))
  await writeBatch(db, inserts)
}

/** The midnight (UTC) that is at least the grace ago: days before it are complete. */
const lastMidnight = (now: number): number => Math.floor((now - limits.auditSealGraceMs) / dayMs) * dayMs

/**
 * Accounts with entries after their last sealed day and before this. Steps from account to account along the index
 * instead of reading their entries.
 */
export function dueQuery(before: number) {
  const entries = sql.raw(getTableName(schema.auditEntries))
  const seals = sql.raw(getTableName(schema.auditSeals))
  return sql`WITH RECURSIVE accounts(id) AS (
      SELECT min(account_id) FROM ${entries}
      UNION ALL
      SELECT (SELECT min(account_id) FROM ${entries} WHERE account_id > accounts.id) FROM accounts WHERE accounts.id IS NOT NULL
    ), chains AS (
      SELECT id, (SELECT max(day) FROM ${seals} WHERE account_id = accounts.id) AS day FROM accounts WHERE id IS NOT NULL
    )
    SELECT id AS accountId, day, (SELECT head FROM ${seals} s WHERE s.account_id = chains.id AND s.day = chains.day) AS head
    FROM chains
    WHERE EXISTS (
      SELECT 1 FROM ${entries} e WHERE e.account_id = chains.id AND e.recorded_at < ${before}
        AND e.recorded_at >= coalesce(unixepoch(day, '+1 day') * 1000, 0)
    )
    LIMIT ${limits.auditSealAccounts}`
}

/** The seals of the account's days that are due, oldest first; stops after the day in which `most` is reached. */
async function daysOf(db: Database, due: Due, before: number, most: number): Promise<Seal[]> {
  const chain = new Chain(due.accountId, due.head ?? noHead)
  const since = due.day === null ? 0 : endOfDay(due.day)
  const seals: Seal[] = []
  let seen = 0
  for await (const run of entryRuns(db, due.accountId, since, before, limits.auditRunRows)) {
    for (const entry of run) {
      const seal = chain.add(entry)
      if (seal) seals.push(seal)
      if (seal && seen >= most) return seals
      seen++
    }
  }
  const last = chain.close()
  return last ? [...seals, last] : seals
}
