// How long a business keeps a class of data: its rules within the bounds of the catalogue, and what there is now. Called by
// routes.ts and rule-sweep.ts.

import { and, eq, sql } from 'drizzle-orm'
import { type RetentionClass, retentionClasses } from '../../db/catalog.ts'
import { type Database, rowsInsert, type Statement, schema, statement, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { dayMs } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { classQueries } from './classes.ts'

const { retentionRules } = schema

export type RuleRow = typeof retentionRules.$inferSelect
export const classNames = Object.keys(retentionClasses) as [RetentionClass, ...RetentionClass[]]

export type Retention = {
  class: RetentionClass
  rule: RuleRow | undefined
  /** In force: the rule, else the catalogue; null: until deleted. */
  days: number | null
  rows: number
  oldestAt: number | null
}

/** Every class, as it stands. */
export async function loadRetention(db: Database, accountId: string): Promise<Retention[]> {
  const rules = await db.select().from(retentionRules).where(eq(retentionRules.accountId, accountId))
  const counts = classNames.map((name) => statement(db, classQueries[name].standing(accountId)))
  const answers = (await db.batch(counts as [Statement, ...Statement[]])) as D1Result<{
    rows: number
    oldest: number | null
  }>[]
  return classNames.map((name, i) => {
    const rule = rules.find((row) => row.class === name)
    const found = answers[i]?.results[0]
    return {
      class: name,
      rule,
      days: rule?.days ?? retentionClasses[name].life,
      rows: found?.rows ?? 0,
      oldestAt: found?.oldest ?? null,
    }
  })
}

/** How many rows a rule of so many days would delete now, before anybody is spared. */
export async function countDue(
  db: Database,
  accountId: string,
  name: RetentionClass,
  days: number,
  now: number,
): Promise<number> {
  const query = classQueries[name].due(accountId, now - days * dayMs, [])
  const [found] = await db.all<{ rows: number }>(sql`SELECT count(*) AS rows FROM (${query})`)
  return found?.rows ?? 0
}

export type OutOfBounds = { reason: 'out_of_bounds'; detail: string }

/** `null` takes the rule back: the catalogue alone says how long. Carried out within some minutes. */
export async function setRule(
  db: Database,
  principal: Principal,
  name: RetentionClass,
  days: number | null,
  now: number,
): Promise<Result<void, OutOfBounds>> {
  const { accountId } = principal
  const { minDays, maxDays } = retentionClasses[name]
  if (days !== null && (days < minDays || days > maxDays))
    return refused({
      reason: 'out_of_bounds',
      detail: `Between ${minDays} and ${maxDays} days, or null.`,
    })
  const actor = actorOf(principal)
  const row: RuleRow = {
    ...{ accountId, class: name, days: days ?? 0, updatedAt: now, updatedBy: actor, sweptAt: 0 },
  }
  const reason = days === null ? 'none' : `${days} days`
  await writeBatch(db, [
    days === null
      ? db
          .delete(retentionRules)
          .where(and(eq(retentionRules.accountId, accountId), eq(retentionRules.class, name)))
      : rowsInsert(
          db,
          retentionRules,
          [row],
          sql`ON CONFLICT DO UPDATE SET days = excluded.days, updated_at = excluded.updated_at,
            updated_by = excluded.updated_by, swept_at = 0`,
        ),
    entryInsert(db, { accountId, actor, action: 'retention.set', subject: name, reason, at: now }),
  ])
  return ok(undefined)
}
