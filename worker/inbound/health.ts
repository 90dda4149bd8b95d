// How a number's events have fared, and which of them wait for a person. Reads for routes.ts.

import { and, asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import { shardOf } from '../meta/shard.ts'
import { outcomes } from './reading.ts'

const { holds, intakeCounts, numbers, rawEvents } = schema

export type OwnNumber = {
  id: string
  accountId: string
  phoneNumberId: string
  wabaId: string
  connectedAt: number
  disconnectedAt: number | null
}

export async function loadOwnNumber(
  db: Database,
  accountId: string,
  id: string,
): Promise<OwnNumber | undefined> {
  const [row] = await db
    .select({
      id: numbers.id,
      accountId: numbers.accountId,
      phoneNumberId: numbers.phoneNumberId,
      wabaId: numbers.wabaId,
      connectedAt: numbers.connectedAt,
      disconnectedAt: numbers.disconnectedAt,
    })
    .from(numbers)
    .where(and(eq(numbers.id, id), eq(numbers.accountId, accountId)))
  return row
}

const countNames = ['received', ...outcomes] as const
export type Counts = Record<(typeof countNames)[number], number>

/**
 * Counts go by Meta's number, whoever has it. Told are the days from its connection to its end here, without those on which
 * another workspace had it, were it for an hour.
 */
function ownDays({ accountId, phoneNumberId, connectedAt, disconnectedAt }: Counted): SQL {
  const dayOf = (at: SQL) => sql`strftime('%Y-%m-%d', ${at} / 1000, 'unixepoch')`
  const { day } = intakeCounts
  const first = sql`${day} >= ${dayOf(sql`${connectedAt}`)}`
  const last = disconnectedAt === null ? sql`true` : sql`${day} <= ${dayOf(sql`${disconnectedAt}`)}`
  return sql`${first} AND ${last} AND NOT EXISTS (SELECT 1 FROM numbers n
    WHERE n.phone_number_id = ${phoneNumberId} AND n.account_id <> ${accountId} AND ${day} >= ${dayOf(sql`n.connected_at`)}
      AND (n.disconnected_at IS NULL OR ${day} <= ${dayOf(sql`n.disconnected_at`)}))`
}

type Counted = Omit<OwnNumber, 'id' | 'wabaId'>

/** Newest day first; `days` bounds how far back. */
export const countsQuery = (db: Database, number: Counted, days: number) =>
  db
    .select()
    .from(intakeCounts)
    .where(and(eq(intakeCounts.counterKey, number.phoneNumberId), ownDays(number)))
    .orderBy(desc(intakeCounts.day))
    .limit(days)

export type Health = {
  totals: Counts
  days: ({ day: string } & Counts)[]
  lastEventAt: number | null
  /** Age of the oldest acknowledged body that is not handled yet; 0 when nothing waits. */
  lagMs: number
  holds: { kind: string; reason: string; since: number }[]
}

export async function loadHealth(
  db: Database,
  intake: Env['INTAKE'],
  accountId: string,
  number: OwnNumber,
  now: number,
): Promise<Health> {
  const standing = sql`(${holds.liftedAt} IS NULL OR ${holds.liftedAt} < ${holds.at})`
  const [[rows, held], backlog] = await Promise.all([
    db.batch([
      countsQuery(db, number, 400),
      db
        .select()
        .from(holds)
        .where(
          and(eq(holds.accountId, accountId), inArray(holds.subjectId, [accountId, number.wabaId]), standing),
        )
        .orderBy(asc(holds.at)),
    ]),
    intake.getByName(shardOf(number.wabaId)).backlog(),
  ])
  const days = rows.map(({ counterKey: _, lastEventAt: __, ...counts }) => counts)
  const sum = (name: keyof Counts) => days.reduce((total, day) => total + day[name], 0)
  return {
    totals: Object.fromEntries(countNames.map((name) => [name, sum(name)])) as Counts,
    days: days.slice(0, 30),
    lastEventAt: rows.length > 0 ? Math.max(...rows.map((row) => row.lastEventAt)) : null,
    lagMs: backlog.sinceAt === null ? 0 : Math.max(0, now - backlog.sinceAt),
    holds: held.map(({ kind, reason, at }) => ({ kind, reason, since: at })),
  }
}

/** Events of a number that wait for another try or for a person, newest first. */
export function lettersQuery(
  db: Database,
  accountId: string,
  phoneNumberId: string,
  outcome: 'retry' | 'dead',
  { limit, cursor }: Page<TimeKey>,
) {
  const after: SQL | undefined =
    cursor && sql`(${rawEvents.receivedAt}, ${rawEvents.id}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select({
      id: rawEvents.id,
      field: rawEvents.field,
      reason: rawEvents.reason,
      outcome: rawEvents.outcome,
      attempts: rawEvents.attempts,
      nextAt: rawEvents.nextAt,
      receivedAt: rawEvents.receivedAt,
    })
    .from(rawEvents)
    .where(
      and(
        eq(rawEvents.accountId, accountId),
        eq(rawEvents.outcome, outcome),
        eq(rawEvents.counterKey, phoneNumberId),
        eq(rawEvents.part, 0),
        after,
      ),
    )
    .orderBy(desc(rawEvents.receivedAt), desc(rawEvents.id))
    .limit(limit + 1)
}

/** The letter's outcome now; undefined when it is not among the number's letters. */
export async function loadLetterOutcome(
  db: Database,
  accountId: string,
  phoneNumberId: string,
  id: string,
): Promise<string | undefined> {
  const [row] = await db
    .select({ outcome: rawEvents.outcome })
    .from(rawEvents)
    .where(
      and(
        eq(rawEvents.id, id),
        eq(rawEvents.part, 0),
        eq(rawEvents.accountId, accountId),
        eq(rawEvents.counterKey, phoneNumberId),
        inArray(rawEvents.outcome, ['retry', 'dead']),
      ),
    )
  return row?.outcome
}
