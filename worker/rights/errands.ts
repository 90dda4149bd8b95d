// What can go on by itself: requests whose time has come. Run by the cron for everybody, and by the queue for one workspace
// right after something was written there. The rows say what is owed, so a run that breaks off, or two at once, lose nothing
// and do nothing twice.

import { and, asc, eq, lte } from 'drizzle-orm'
import { type Database, database, schema } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { World } from '../ground/world.ts'
import { carryOut } from './carry-out.ts'
import { handleWishes } from './chat.ts'
import type { Hands } from './hands.ts'
import { buildDue, expireDue } from './package.ts'
import { grantRequest, refuseRequest } from './requests.ts'
import { moveRequest, type RequestRow } from './row.ts'
import { isOpen } from './states.ts'
import { mailOwners } from './tell.ts'

const { contacts, members, requests, visitors } = schema

/** `accountId`: only of this workspace. */
export async function runErrands(world: World, hands: Hands, accountId?: string): Promise<void> {
  // First: what was let through at once begins when its answer was said.
  await handleWishes(world, hands, accountId)
  await requestsDue(world, hands, accountId)
  await buildDue(world, accountId)
  if (accountId === undefined) await expireDue(world)
}

/** How many were looked at. One that fails keeps no other from its turn. */
export async function requestsDue(world: World, hands: Hands, accountId?: string): Promise<number> {
  const db = database(world.env.DB)
  const due = await dueQuery(db, world.now, accountId)
  for (const row of due) {
    try {
      const leased = await lease(db, row, world.now)
      if (leased) await goOn(world, db, hands, leased)
    } catch (cause) {
      log('warn', 'request.failed', { error: errorName(cause) })
    }
  }
  return due.length
}

export const dueQuery = (db: Database, now: number, accountId?: string) =>
  db
    .select()
    .from(requests)
    .where(
      and(lte(requests.nextAt, now), accountId === undefined ? undefined : eq(requests.accountId, accountId)),
    )
    .orderBy(asc(requests.nextAt))
    .limit(limits.requestBatch)

/** Moves the next try before this one is made: of two runs that meet one goes on, and a crash comes again. */
function lease(db: Database, row: RequestRow, now: number): Promise<RequestRow | undefined> {
  const waits = limits.requestRetryMs
  const wait = waits[Math.min(row.attempts, waits.length - 1)] as number
  return moveRequest(db, row, { attempts: row.attempts + 1, nextAt: now + wait })
}

async function goOn(world: World, db: Database, hands: Hands, row: RequestRow): Promise<unknown> {
  if (!isOpen(row.state)) return moveRequest(db, row, { nextAt: null })
  // Erased by another door: there is nothing left to decide about, or to do.
  if (row.deletionId === null && (await isGone(db, row)))
    return refuseRequest(world, hands, row, 'not_held', { party: 'us', actor: 'system' })
  if (row.state === 'granted') return carryOut(world, hands, row)
  const letThroughAt = row.letThroughAt ?? row.dueAt
  if (world.now >= letThroughAt)
    return grantRequest(world, hands, row, { party: 'silence', actor: 'silence' })
  return remind(world, db, row, letThroughAt)
}

const tables = { contact: contacts, member: members, visitor: visitors }

async function isGone(db: Database, { accountId, subjectKind, subjectId }: RequestRow): Promise<boolean> {
  const table = tables[subjectKind]
  const own = and(eq(table.id, subjectId), eq(table.accountId, accountId))
  return (await db.select({ id: table.id }).from(table).where(own).get()) === undefined
}

/** Once. */
async function remind(world: World, db: Database, row: RequestRow, letThroughAt: number): Promise<unknown> {
  const { now } = world
  const next = { nextAt: letThroughAt, attempts: 0 }
  if (row.remindedAt !== null) return moveRequest(db, row, next)
  const { accountId, id: subject } = row
  return moveRequest(db, row, { ...next, remindedAt: now }, [
    ...(await mailOwners(world, db, row, 'requestReminder')),
    entryInsert(db, { accountId, actor: 'system', action: 'request.remind', subject, at: now }),
  ])
}
