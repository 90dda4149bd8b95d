// Events that fail on their own: kept in raw_events, tried again at growing distances, dead after the last, and from
// then on a person's to replay. Called by receive.ts, the cron and routes.ts.

import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import {
  among,
  type Database,
  database,
  type Statement,
  schema,
  statement,
  writeBatch,
} from '../../db/client.ts'
import { keeperOf, openColumns, platformAccount } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import type { MetaEvent } from '../meta/event.ts'
import { countsUpsert } from './counts.ts'
import { rawId } from './drafts.ts'
import { plainName } from './notes.ts'
import { type Arrival, accountOf, counterKey, type Directory, readEvent, subjectOf } from './reading.ts'
import { inStatements, rawsUpsert, sealRaw } from './write.ts'

const { rawEvents } = schema

/** What keeps a failed event, counted. The failure is named by class only: its message may quote the event. */
export async function letterStatements(
  env: Env,
  db: Database,
  directory: Directory,
  arrival: Arrival,
  failure: string,
  now: number,
): Promise<Statement[]> {
  const reading = readEvent(arrival, directory, '')
  const accountId = accountOf(reading)
  const query = subjectOf(reading)
  const { account, subjects } = await keeperOf(env.KEEPER, accountId ?? platformAccount).resolve(
    query ? [query] : [],
  )
  const subject = subjects[0]?.state === 'known' ? subjects[0] : undefined
  const key = subject?.key ?? account.seal
  const id = arrival.letter?.id ?? rawId(account, arrival.event)
  if (!arrival.letter && (await isWaiting(db, id))) return countsUpsert(db, [arrival], ['duplicate'])
  const attempts = (arrival.letter?.attempts ?? 0) + 1
  const waitMs = limits.retryMs[attempts - 1]
  const outcome = waitMs === undefined ? 'dead' : 'retry'
  const draft = {
    id,
    accountId: accountId ?? null,
    contactId: subject?.contactId ?? null,
    key,
    counterKey: counterKey(arrival.event),
    outcome,
    field: plainName(arrival.event.field),
    reason: failure,
    attempts,
    nextAt: waitMs === undefined ? null : now + waitMs,
    receivedAt: arrival.receivedAt,
    payload: JSON.stringify(arrival.event),
  } as const
  return [
    ...inStatements(await sealRaw(draft), (rows) => rawsUpsert(db, rows)),
    ...countsUpsert(db, [arrival], [outcome]),
  ]
}

async function isWaiting(db: Database, id: string): Promise<boolean> {
  const rows = await db
    .select({ id: rawEvents.id })
    .from(rawEvents)
    .where(and(eq(rawEvents.id, id), inArray(rawEvents.outcome, ['retry', 'dead'])))
    .limit(1)
  return rows.length > 0
}

/** Letters that are being handled in this batch; what becomes of them is inserted after. */
export function lettersErase(db: Database, arrivals: Arrival[]): Statement[] {
  const ids = arrivals.flatMap(({ letter }) => letter?.id ?? [])
  if (ids.length === 0) return []
  return [
    statement(db, sql`DELETE FROM raw_events WHERE id IN ${among(ids)} AND outcome IN ('retry', 'dead')`),
  ]
}

/** Ids of letters whose time has come, oldest first. */
export async function loadDue(db: Database, now: number): Promise<string[]> {
  const rows = await db
    .select({ id: rawEvents.id })
    .from(rawEvents)
    .where(and(eq(rawEvents.outcome, 'retry'), lte(rawEvents.nextAt, now), eq(rawEvents.part, 0)))
    .orderBy(asc(rawEvents.nextAt))
    .limit(limits.retryBatch)
  return rows.map((row) => row.id)
}

/** The letters as arrivals again. One whose key was destroyed meanwhile tells of somebody erased: it goes, counted so. */
export async function loadLetters(env: Env, ids: string[], now: number): Promise<Arrival[]> {
  const db = database(env.DB)
  const rows = await db
    .select()
    .from(rawEvents)
    .where(sql`${rawEvents.id} IN ${among(ids)} AND ${rawEvents.outcome} IN ('retry', 'dead')`)
    .orderBy(asc(rawEvents.id), asc(rawEvents.part))
  const opened = new Map<string, (string | undefined)[]>()
  for (const [accountId, group] of Map.groupBy(rows, (row) => row.accountId ?? platformAccount)) {
    const columns = group.map((row) => ({
      table: 'raw_events',
      column: 'payload',
      rowId: `${row.id}/${row.part}`,
      sealed: row.payload,
    }))
    const pieces = await openColumns(env.KEEPER, accountId, columns, now)
    group.forEach((row, i) => opened.set(row.id, [...(opened.get(row.id) ?? []), pieces[i]]))
  }
  const heads = rows.filter((row) => row.part === 0)
  const closed = heads.filter((row) => opened.get(row.id)?.includes(undefined))
  await dropClosed(db, closed)
  return heads
    .filter((row) => !closed.includes(row))
    .map((row) => ({
      event: JSON.parse((opened.get(row.id) as string[]).join('')) as MetaEvent,
      receivedAt: row.receivedAt,
      position: 0,
      letter: { id: row.id, attempts: row.attempts, outcome: row.outcome as 'retry' | 'dead' },
    }))
}

async function dropClosed(db: Database, rows: (typeof rawEvents.$inferSelect)[]): Promise<void> {
  const arrivals = rows.map(
    (row): Arrival => ({
      // All that its counter needs of it.
      event: {
        kind: 'unknown',
        field: row.field,
        entryId: row.counterKey === 'none' ? '' : row.counterKey.replace(/^waba:/, ''),
        phoneNumberId: phoneIn(row.counterKey),
        item: {},
      },
      receivedAt: row.receivedAt,
      position: 0,
      letter: { id: row.id, attempts: row.attempts, outcome: row.outcome as 'retry' | 'dead' },
    }),
  )
  await writeBatch(db, [
    ...lettersErase(db, arrivals),
    ...countsUpsert(
      db,
      arrivals,
      arrivals.map(() => 'erased' as const),
    ),
  ])
}

const phoneIn = (key: string): string | undefined =>
  key === 'none' || key.startsWith('waba:') ? undefined : key
