// The counters of intake_counts: received and what became of it, per number and day. Written in the batch that
// handles, so that they are neither early nor late. Called by receive.ts and letters.ts.

import { type SQL, sql } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema } from '../../db/client.ts'
import { type Arrival, counterKey, type Outcome, outcomes } from './reading.ts'

const utcDay = (at: number): string => new Date(at).toISOString().slice(0, 10)

type Count = { counterKey: string; day: string; received: number; lastEventAt: number } & Record<
  Outcome,
  number
>

/**
 * Adds one outcome per arrival. An event that comes back as a letter was received long ago: it leaves `retry` or
 * `dead` and takes its new place, on the day it came, so that each day's sum stays true. What comes for a number of an
 * erased workspace (`buried`) is counted nowhere in particular: its number is not written down again.
 */
export function countsUpsert(
  db: Database,
  arrivals: Arrival[],
  results: Outcome[],
  buried: ReadonlySet<string> = new Set(),
): Statement[] {
  const counts = new Map<string, Count>()
  arrivals.forEach((arrival, i) => {
    const count = countOf(counts, arrival, buried)
    count[results[i] as Outcome] += 1
    if (arrival.letter) count[arrival.letter.outcome] -= 1
    else count.received += 1
    count.lastEventAt = Math.max(count.lastEventAt, arrival.receivedAt)
  })
  if (counts.size === 0) return []
  const columns = ['received', ...outcomes]
  const sums: SQL = sql.raw(columns.map((column) => `${column} = ${column} + excluded.${column}`).join(', '))
  return [
    rowsInsert(
      db,
      schema.intakeCounts,
      [...counts.values()],
      sql`ON CONFLICT DO UPDATE SET ${sums}, last_event_at = max(last_event_at, excluded.last_event_at)`,
    ),
  ]
}

function countOf(counts: Map<string, Count>, arrival: Arrival, buried: ReadonlySet<string>): Count {
  const own = counterKey(arrival.event)
  const key = buried.has(own) ? 'none' : own
  const day = utcDay(arrival.receivedAt)
  const held = counts.get(`${key}/${day}`)
  if (held) return held
  const zero = Object.fromEntries(outcomes.map((name) => [name, 0])) as Record<Outcome, number>
  const count = { counterKey: key, day, received: 0, lastEventAt: 0, ...zero }
  counts.set(`${key}/${day}`, count)
  return count
}
