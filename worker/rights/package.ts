// What a person takes along: ordered with the code of a granted request for access or export, built in the background, kept
// for some days, then deleted. The row says what is owed; building is leased and comes again after a crash. Called by
// package-routes.ts, errands.ts and the cron.

import { and, asc, desc, eq, lte, sql } from 'drizzle-orm'
import { type Database, database, rowsInsert, schema, statement, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { objectsOf } from '../copies/objects.ts'
import { bytesOf, streamOf } from '../crypto/chunks.ts'
import { openFile } from '../custody/files.ts'
import { guard } from '../custody/guard.ts'
import { newId } from '../ground/ids.ts'
import { dayMs, limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { World } from '../ground/world.ts'
import { buildPackage, objectKey, type PackageRow } from './package-build.ts'
import type { PublicKey } from './package-seal.ts'
import { type RequestRow, requestById } from './row.ts'

export type { PackageRow, PublicKey }

const { packages } = schema

type Asked = Pick<RequestRow, 'type' | 'state'>
const handsOver = ({ type }: Asked): boolean => type === 'access' || type === 'export'
/** Whether the person can have a package prepared, or take one that is ready. */
export const mayPrepare = (request: Asked): boolean => handsOver(request) && request.state === 'granted'
export const mayTake = (request: Asked, row: PackageRow | undefined, now: number): row is PackageRow =>
  handsOver(request) &&
  (request.state === 'granted' || request.state === 'done') &&
  row?.state === 'ready' &&
  row.expiresAt > now

export type PackageView = {
  state: PackageRow['state']
  expiresAt: number
  bytes: number | null
  encrypted: boolean
}

/** How it stands, for whoever has the code. */
export const packageView = (row: PackageRow, now: number): PackageView => ({
  state: row.expiresAt <= now && row.state !== 'failed' ? 'expired' : row.state,
  expiresAt: row.expiresAt,
  bytes: row.state === 'ready' ? row.bytes : null,
  encrypted: row.publicKey !== null,
})

/** The newest of the request: an order replaces the one before. */
export const packageOf = async (db: Database, requestId: string): Promise<PackageRow | undefined> =>
  db
    .select()
    .from(packages)
    .where(eq(packages.requestId, requestId))
    .orderBy(desc(packages.createdAt), sql`rowid DESC`)
    .limit(1)
    .get()

/** The same order twice, while it is built, is one. Undefined when too many were ordered in a day. */
export async function orderPackage(
  world: World,
  request: RequestRow,
  publicKey: PublicKey | undefined,
): Promise<PackageRow | undefined> {
  const { env, now } = world
  const db = database(env.DB)
  const key = publicKey === undefined ? null : keyText(publicKey)
  const newest = await packageOf(db, request.id)
  if (newest?.state === 'building' && newest.publicKey === key && newest.expiresAt > now) return newest
  if ((await orderedSince(db, request.id, now - dayMs)) >= limits.packageOrdersPerDay) return undefined
  const { id: requestId, accountId, subjectId } = request
  const row: PackageRow = {
    ...{ id: newId('pkg'), requestId, accountId, subjectId, state: 'building', publicKey: key },
    ...{ bytes: null, attempts: 0, nextAt: now, createdAt: now, expiresAt: now + limits.packageDays * dayMs },
  }
  const entry = { accountId, actor: 'person', action: 'package.order', subject: requestId, at: now }
  await writeBatch(db, [
    // What it replaces is over; expireDue takes the object away.
    statement(
      db,
      sql`UPDATE packages SET expires_at = ${now}, next_at = NULL
        WHERE request_id = ${requestId} AND state IN ('building', 'ready') AND expires_at > ${now}`,
    ),
    rowsInsert(db, packages, [row]),
    entryInsert(db, entry),
  ])
  await wake(env, accountId)
  return row
}

const keyText = ({ kty, crv, x, y }: PublicKey): string => JSON.stringify({ kty, crv, x, y })

const orderedSince = (db: Database, requestId: string, since: number): Promise<number> =>
  db.$count(packages, and(eq(packages.requestId, requestId), sql`${packages.createdAt} > ${since}`))

/** Should the message be lost, the cron finds the row. */
async function wake(env: Env, accountId: string): Promise<void> {
  try {
    await env.ERRANDS.send({ of: 'packages', accountId })
  } catch (cause) {
    log('warn', 'package.not_woken', { error: errorName(cause) })
  }
}

/** Builds what is due, a bounded number; answers how many were tried. One that fails keeps no other from its turn. */
export async function buildDue(world: World, accountId?: string): Promise<number> {
  const { env, now } = world
  // Nothing of people who were erased since is read out of a database that was set back.
  if ((await guard(env, now)) === 'set back') return 0
  const db = database(env.DB)
  const due = await dueQuery(db, now, accountId)
  for (const row of due) {
    const leased = await lease(db, row, now)
    if (leased) await build(world, db, leased)
  }
  return due.length
}

export const dueQuery = (db: Database, now: number, accountId?: string) =>
  db
    .select()
    .from(packages)
    .where(
      and(
        lte(packages.nextAt, now),
        eq(packages.state, 'building'),
        sql`${packages.expiresAt} > ${now}`,
        accountId === undefined ? undefined : eq(packages.accountId, accountId),
      ),
    )
    .orderBy(asc(packages.nextAt))
    .limit(limits.packageBatch)

/** The row as it stands while somebody works on it: of two who meet, one goes on. */
const ours = ({ id, attempts }: PackageRow, now: number) =>
  and(
    eq(packages.id, id),
    eq(packages.state, 'building'),
    eq(packages.attempts, attempts),
    sql`${packages.expiresAt} > ${now}`,
  )

/** A crash comes again when the lease has run out, until the tries are used up. */
async function lease(db: Database, row: PackageRow, now: number): Promise<PackageRow | undefined> {
  const spent = row.attempts >= limits.packageRetryMs.length + 1
  const to = spent
    ? { state: 'failed' as const, nextAt: null }
    : { attempts: row.attempts + 1, nextAt: now + limits.packageLeaseMs }
  const standing = and(ours(row, now), eq(packages.nextAt, row.nextAt as number))
  const taken = await db.update(packages).set(to).where(standing).returning({ id: packages.id })
  return taken.length > 0 && !spent ? { ...row, ...to } : undefined
}

async function build(world: World, db: Database, row: PackageRow): Promise<void> {
  const startedAt = Date.now()
  const time = () => world.now + (Date.now() - startedAt)
  const renew = async () => {
    const to = { nextAt: time() + limits.packageLeaseMs }
    return (
      (await db.update(packages).set(to).where(ours(row, time())).returning({ id: packages.id })).length > 0
    )
  }
  try {
    const request = await requestById(db, row.requestId).get()
    const built = request && mayPrepare(request) ? await buildPackage(world, row, request, renew) : undefined
    if (built?.ok) await finish(world, db, row, built.value.bytes, time())
    else if (built?.reason !== 'superseded') await fail(db, row, time())
  } catch (cause) {
    log('warn', 'package.failed', { error: errorName(cause), attempts: row.attempts })
    const wait = limits.packageRetryMs[row.attempts - 1]
    if (wait === undefined) await fail(db, row, time())
    else
      await db
        .update(packages)
        .set({ nextAt: time() + wait })
        .where(ours(row, time()))
  }
}

const fail = (db: Database, row: PackageRow, now: number) =>
  db.update(packages).set({ state: 'failed', nextAt: null }).where(ours(row, now))

async function finish(
  world: World,
  db: Database,
  row: PackageRow,
  bytes: number,
  now: number,
): Promise<void> {
  const ready = { state: 'ready' as const, bytes, nextAt: null, expiresAt: now + limits.packageDays * dayMs }
  const done = await db.update(packages).set(ready).where(ours(row, now)).returning({ id: packages.id })
  if (done.length > 0) return
  // Erased, or replaced, while the last part was written: nobody would look for the object any more.
  const standing = await db.select().from(packages).where(eq(packages.id, row.id)).get()
  if (!standing || standing.expiresAt <= now) await world.env.FILES.delete(objectKey(row))
}

/** What was stored, as it is taken: sealed to the browser, or the ZIP. Undefined when it is gone, or its key is. */
export async function openPackage(
  { env, now }: World,
  row: PackageRow,
): Promise<ReadableStream<Uint8Array> | undefined> {
  const name = objectKey(row)
  const stored = await env.FILES.get(name)
  if (!stored) return undefined
  if (row.publicKey !== null) return streamOf(bytesOf(stored.body))
  const plain = await openFile(env.KEEPER, row.accountId, name, stored.body, now)
  return plain && streamOf(plain)
}

/** Deletes what is past its days, object first; answers how many. For the cron. */
export async function expireDue({ env, now }: World): Promise<number> {
  const db = database(env.DB)
  const due = await db
    .select()
    .from(packages)
    .where(and(lte(packages.expiresAt, now), sql`${packages.state} IN ('building', 'ready')`))
    .limit(limits.packageExpireBatch)
  if (due.length > 0) {
    await env.FILES.delete(due.map(objectKey))
    await db
      .update(packages)
      .set({ state: 'expired', nextAt: null })
      .where(sql`${packages.id} IN (SELECT value FROM json_each(${JSON.stringify(due.map(({ id }) => id))}))`)
  }
  if (new Date(now).getUTCMinutes() === 0) await deleteStrays(env.FILES, now)
  return due.length
}

/** Objects that no row knows: a crash between writing one and saying so. Nothing here lives as long as this. */
async function deleteStrays(files: R2Bucket, now: number): Promise<void> {
  const before = now - (limits.packageDays + 1) * dayMs
  for await (const page of objectsOf(files, 'export/')) {
    const strays = page.filter(({ uploaded }) => uploaded.getTime() < before)
    if (strays.length > 0) await files.delete(strays.map(({ key }) => key))
  }
}
