// A copy of everything of a workspace, to take along: ordered, built in runs that a crash does not repeat, kept for some days,
// then deleted. The row says what is owed. Called by routes.ts, the queue and the cron.

import { and, asc, desc, eq, gt, lte, sql } from 'drizzle-orm'
import { type Database, database, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { objectsOf } from '../copies/objects.ts'
import { guard } from '../custody/guard.ts'
import type { Errand } from '../ground/errands.ts'
import { newId } from '../ground/ids.ts'
import { dayMs, limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { World } from '../ground/world.ts'
import { announce } from '../live/announce.ts'
import { buildPart, type ExportRow, exportTables, ours, prefixOf } from './build.ts'

const { workspaceExports } = schema

export const exportsQuery = (db: Database, accountId: string) =>
  db
    .select()
    .from(workspaceExports)
    .where(eq(workspaceExports.accountId, accountId))
    .orderBy(desc(workspaceExports.createdAt), desc(workspaceExports.id))

export const exportQuery = (db: Database, accountId: string, id: string) =>
  db
    .select()
    .from(workspaceExports)
    .where(and(eq(workspaceExports.id, id), eq(workspaceExports.accountId, accountId)))

/** One at a time: what is being built is the answer. Undefined when too many were ordered in a day. */
export async function orderExport(world: World, principal: Principal): Promise<ExportRow | undefined> {
  const { env, now } = world
  const { accountId } = principal
  const db = database(env.DB)
  const rows = await exportsQuery(db, accountId)
  const building = rows.find(({ state, expiresAt }) => state === 'building' && expiresAt > now)
  if (building) return building
  if (rows.filter(({ createdAt }) => createdAt > now - dayMs).length >= limits.takeoutOrdersPerDay)
    return undefined
  const row: ExportRow = {
    ...{ id: newId('wex'), accountId, orderedBy: actorOf(principal), state: 'building', bytes: null },
    ...{ counts: {}, parts: [], nextTable: exportTables({ accountId })[0] ?? null, nextRow: 0, attempts: 0 },
    ...{ nextAt: now, createdAt: now, expiresAt: now + limits.takeoutDays * dayMs },
  }
  const entry = { accountId, actor: row.orderedBy, action: 'export.order', subject: row.id, at: now }
  await writeBatch(db, [db.insert(workspaceExports).values(row), entryInsert(db, entry)])
  await wake(env, accountId)
  await announce(env, accountId, [{ kind: 'exports' }])
  return row
}

/** Should the message be lost, the cron finds the row. */
async function wake(env: Env, accountId: string): Promise<void> {
  try {
    await env.ERRANDS.send({ of: 'exports', accountId } satisfies Errand)
  } catch (cause) {
    log('warn', 'export.not_woken', { accountId, error: errorName(cause) })
  }
}

/** Goes on with what is due; answers how many. One that fails keeps no other from its turn. */
export async function exportsDue(world: World, accountId?: string): Promise<number> {
  const { env, now } = world
  // Nothing of people who were erased since is read out of a database that was set back.
  if ((await guard(env, now)) === 'set back') return 0
  const db = database(env.DB)
  const due = await db
    .select()
    .from(workspaceExports)
    .where(
      and(
        lte(workspaceExports.nextAt, now),
        eq(workspaceExports.state, 'building'),
        gt(workspaceExports.expiresAt, now),
        accountId === undefined ? undefined : eq(workspaceExports.accountId, accountId),
      ),
    )
    .orderBy(asc(workspaceExports.nextAt))
    .limit(limits.takeoutBatch)
  for (const row of due) {
    const leased = await lease(db, row, now)
    if (leased) await build(world, db, leased)
  }
  if (accountId === undefined) await expireDue(world, db)
  return due.length
}

/** A crash comes again when the lease has run out, until the tries are used up. */
async function lease(db: Database, row: ExportRow, now: number): Promise<ExportRow | undefined> {
  const spent = row.attempts > limits.takeoutRetryMs.length
  const to = spent
    ? { state: 'failed' as const, nextAt: null }
    : { attempts: row.attempts + 1, nextAt: now + limits.takeoutLeaseMs }
  const standing = and(ours(row, now), eq(workspaceExports.nextAt, row.nextAt as number))
  const [taken] = await db.update(workspaceExports).set(to).where(standing).returning()
  return spent ? undefined : taken
}

async function build(world: World, db: Database, leased: ExportRow): Promise<void> {
  const { env } = world
  const startedAt = Date.now()
  const time = () => world.now + (Date.now() - startedAt)
  let row: ExportRow | undefined = leased
  try {
    while (row && row.state === 'building' && time() < world.now + limits.takeoutSliceMs)
      row = await buildPart(env, db, row, time())
    // What was done is done: the tries begin anew behind it.
    if (row?.state === 'building') {
      await db.update(workspaceExports).set({ attempts: 0, nextAt: time() }).where(ours(row, time()))
      await wake(env, row.accountId)
    }
  } catch (cause) {
    log('warn', 'export.failed', { accountId: leased.accountId, error: errorName(cause) })
    await putOff(db, row ?? leased, time())
  }
  await announce(env, leased.accountId, [{ kind: 'exports' }])
}

async function putOff(db: Database, row: ExportRow, now: number): Promise<void> {
  const wait = limits.takeoutRetryMs[row.attempts - 1]
  const to = wait === undefined ? { state: 'failed' as const, nextAt: null } : { nextAt: now + wait }
  await db.update(workspaceExports).set(to).where(ours(row, now))
}

/** What is past its days, or will not be finished: objects first. */
async function expireDue({ env, now }: World, db: Database): Promise<void> {
  const due = await db
    .select()
    .from(workspaceExports)
    .where(
      sql`(${workspaceExports.state} IN ('building', 'ready') AND ${workspaceExports.expiresAt} <= ${now})
        OR (${workspaceExports.state} = 'failed' AND json_array_length(${workspaceExports.parts}) > 0)`,
    )
    .limit(limits.takeoutBatch)
  for (const row of due) {
    for await (const page of objectsOf(env.FILES, prefixOf(row)))
      if (page.length > 0) await env.FILES.delete(page.map(({ key }) => key))
    const state = row.state === 'failed' ? ('failed' as const) : ('expired' as const)
    const own = and(eq(workspaceExports.id, row.id), eq(workspaceExports.state, row.state))
    await db.update(workspaceExports).set({ state, nextAt: null, parts: [] }).where(own)
    await announce(env, row.accountId, [{ kind: 'exports' }])
  }
}
