// How much a number was used, from the messages themselves: by day, and how much of this month's free service messages is left.
// Called by number-routes.ts. Source of the meter: pricing of non-template messages (Meta's documentation).

import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/client.ts'
import { dayMs, limits } from '../ground/limits.ts'

export type UsageDay = { day: string; in: number; out: number; delivered: number; failed: number }
export type Usage = {
  /** UTC, oldest first, every day of them. */
  days: UsageDay[]
  month: { month: string; delivered: number; free: number; left: number }
}

const utcDay = (at: number): string => new Date(at).toISOString().slice(0, 10)
const seconds = (at: number): string => String(Math.floor(at / 1000)).padStart(10, '0')

/**
 * Goes by the conversations that were active, and in each by its order: nothing older than `from` (epoch ms) is read. Free are
 * templates, which are charged otherwise, reactions, and what was typed in the app of the phone.
 */
export const usageQuery = (accountId: string, numberId: string, from: number): SQL =>
  sql`SELECT strftime('%Y-%m-%d', m.at / 1000, 'unixepoch') AS day,
        sum(m.direction = 'in') AS "in", sum(m.direction = 'out') AS out,
        sum(m.direction = 'out' AND m.status IN ('delivered', 'read', 'played')) AS delivered,
        sum(m.status = 'failed') AS failed,
        sum(m.origin = 'api' AND m.direction = 'out' AND m.status IN ('delivered', 'read', 'played')
          AND m.type NOT IN ('template', 'reaction')) AS service
      FROM conversations c JOIN messages m
        ON m.account_id = c.account_id AND m.conversation_id = c.id AND m.sort_key >= ${seconds(from)}
      WHERE c.account_id = ${accountId} AND c.number_id = ${numberId} AND c.last_message_at >= ${from}
      GROUP BY day`

export async function loadUsage(
  db: Database,
  accountId: string,
  numberId: string,
  now: number,
): Promise<Usage> {
  const today = Date.parse(utcDay(now))
  const month = utcDay(now).slice(0, 7)
  const monthStart = Date.parse(`${month}-01`)
  const since = today - (limits.usageDays - 1) * dayMs
  const from = Math.min(since, monthStart)
  const rows = await db.all<UsageDay & { service: number }>(usageQuery(accountId, numberId, from))
  const byDay = new Map(rows.map((row) => [row.day, row]))
  const days = Array.from({ length: limits.usageDays }, (_, i): UsageDay => {
    const day = utcDay(since + i * dayMs)
    const { in: heard = 0, out = 0, delivered = 0, failed = 0 } = byDay.get(day) ?? {}
    return { day, in: heard, out, delivered, failed }
  })
  const delivered = rows
    .filter(({ day }) => day.startsWith(month))
    .reduce((sum, { service }) => sum + service, 0)
  const free = limits.freeServiceMessages
  return { days, month: { month, delivered, free, left: Math.max(0, free - delivered) } }
}
