// What follows when a business is gone: Meta said that a WhatsApp account was deleted, unshared, or left the app, and it
// stands disconnected since (worker/meta/account-update.ts). The owners are told at once and three times more; when
// every WhatsApp account of the workspace has stood so for thirty days, its deletion is requested, and an owner can still
// cancel it while it cools off. Connecting again stops the clock. Run by the cron.
//
// ACCOUNT_OFFBOARDED places no such hold: with a changed phone it comes minutes before the account is back.

import { type SQL, sql } from 'drizzle-orm'
import { among, type Database, database, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { sha256 } from '../crypto/digest.ts'
import { idFrom } from '../ground/ids.ts'
import { dayMs, limits } from '../ground/limits.ts'
import type { Settings } from '../ground/settings.ts'
import type { World } from '../ground/world.ts'
import { mailTexts } from '../mail/templates.ts'
import { mailOwners } from './owners.ts'
import { requestDeletion } from './request.ts'

const { auditEntries } = schema

/** A WhatsApp account that stands disconnected. */
export type Gone = {
  accountId: string
  wabaId: string
  workspace: string
  /** When Meta last said so, and when it was last lifted: 0 when never. */
  at: number
  liftedAt: number
  /** Instants of all WhatsApp accounts of the workspace; `allSince` is null while one is connected. */
  allSince: number | null
}

export type LifecycleRun = { told: number; requested: number }

/** Looks at a random few, so that one that fails keeps no other from its turn. Every notice is given once. */
export async function lifecycle(env: Env, settings: Settings, now: number): Promise<LifecycleRun> {
  const db = database(env.DB)
  const world: World = { env, settings, now }
  const run: LifecycleRun = { told: 0, requested: 0 }
  const gone = await db.all<Gone>(goneQuery())
  const due = gone.flatMap((one) => {
    const next = dueOf(one, now)
    return next ? [{ one, ...next }] : []
  })
  const done = await loadDone(
    db,
    due.map(({ id }) => id),
  )
  for (const { one, id, day } of due) {
    if (done.has(id)) continue
    // One workspace with two WhatsApp accounts is erased once.
    done.add(id)
    if (day === 'erase') run.requested += await erase(world, db, one, id)
    else run.told += await tell(world, db, one, id, day)
  }
  return run
}

type Due = { id: string; day: number | 'erase' }

/**
 * The newest notice that is due, or the deletion when its day has come. It has an id that is the same in every run while
 * the hold stands: the ledger's entry of that id is the memory that it was done.
 */
export function dueOf(gone: Gone, now: number): Due | undefined {
  const { accountId, wabaId, at, liftedAt, allSince } = gone
  const entryId = (...parts: (string | number)[]) => idFrom('aud', sha256(JSON.stringify(parts)))
  const over = allSince !== null && now >= allSince + limits.goneEraseDays * dayMs
  if (over) return { id: entryId('lifecycle.erase', accountId, allSince), day: 'erase' }
  const day = limits.goneNoticeDays.findLast((days) => now >= at + days * dayMs)
  return day === undefined
    ? undefined
    : { id: entryId('lifecycle.notify', accountId, wabaId, liftedAt, day), day }
}

async function tell(world: World, db: Database, gone: Gone, id: string, day: number): Promise<number> {
  const { now } = world
  const { accountId, wabaId, workspace, at } = gone
  const eraseAt = (gone.allSince ?? at) + limits.goneEraseDays * dayMs
  const text = mailTexts.disconnected({ workspace, day, eraseAt })
  const mails = await mailOwners(world, db, accountId, 'disconnected', text)
  const entry = { accountId, actor: 'system', subject: wabaId, at: now }
  await writeBatch(db, [
    entryInsert(db, { ...entry, id, action: 'lifecycle.notify', reason: `day-${day}` }),
    ...mails,
  ])
  return 1
}

/** Once, even if an owner cancels it: who decided to stay is not asked again until the business goes again. */
async function erase(world: World, db: Database, { accountId }: Gone, id: string): Promise<number> {
  const asked = {
    accountId,
    subjectId: accountId,
    scope: 'workspace',
    door: 'lifecycle',
    actor: 'system',
  } as const
  await requestDeletion(world, asked)
  const entry = { accountId, actor: 'system', subject: accountId, at: world.now }
  await writeBatch(db, [entryInsert(db, { ...entry, id, action: 'lifecycle.erase', reason: 'disconnected' })])
  return 1
}

const goneReasons = ['PARTNER_APP_UNINSTALLED', 'PARTNER_REMOVED', 'ACCOUNT_DELETED']

/**
 * Walks the WhatsApp accounts and looks each hold up by its key, so that a minute costs as much as there are WhatsApp
 * accounts. A workspace whose deletion stands already is left alone.
 */
export function goneQuery(): SQL {
  const reasons = sql.join(
    goneReasons.map((reason) => sql`${reason}`),
    sql`, `,
  )
  const stands = (hold: string) =>
    sql`${sql.raw(hold)}.kind = 'disconnected' AND ${sql.raw(hold)}.at > coalesce(${sql.raw(hold)}.lifted_at, 0) AND ${sql.raw(hold)}.reason IN (${reasons})`
  return sql`
    SELECT w.account_id AS accountId, w.waba_id AS wabaId, a.name AS workspace, h.at AS at,
      coalesce(h.lifted_at, 0) AS liftedAt,
      (SELECT CASE WHEN count(*) = count(g.at) THEN max(g.at) END FROM wabas o
        LEFT JOIN holds g ON g.account_id = o.account_id AND g.subject_id = o.waba_id AND ${stands('g')}
        WHERE o.account_id = w.account_id) AS allSince
    FROM wabas w
    CROSS JOIN holds h ON h.account_id = w.account_id AND h.subject_id = w.waba_id AND ${stands('h')}
    CROSS JOIN accounts a ON a.id = w.account_id
    WHERE NOT EXISTS (SELECT 1 FROM deletions d WHERE d.account_id = w.account_id AND d.scope = 'workspace'
      AND d.subject_id = w.account_id AND d.state NOT IN ('completed', 'cancelled'))
    ORDER BY random() LIMIT ${limits.goneBatch}`
}

async function loadDone(db: Database, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .select({ id: auditEntries.id })
    .from(auditEntries)
    .where(sql`${auditEntries.id} IN ${among(ids)}`)
  return new Set(rows.map(({ id }) => id))
}
