// Reads of the ledger: a page for the API, a run of entries for sealing and for the export. Every read goes by an index
// that begins with the account.

import { and, asc, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'

const { auditEntries, auditSeals } = schema

export type EntryRow = typeof auditEntries.$inferSelect
export type SealRow = typeof auditSeals.$inferSelect

/** `action`: a whole one, or the noun that it begins with. `from`, `to`: recorded in between, `to` excluded (epoch ms). */
export type EntryFilter = {
  action?: string | undefined
  actor?: string | undefined
  from?: number | undefined
  to?: number | undefined
}

function actionIs(action: string): SQL {
  if (action.includes('.')) return eq(auditEntries.action, action)
  // All that begins with the noun and a full stop: what follows a full stop in the order of characters is a slash.
  return sql`${auditEntries.action} >= ${`${action}.`} AND ${auditEntries.action} < ${`${action}/`}`
}

/** Newest first, one row more than the page. */
export function entriesQuery(
  db: Database,
  accountId: string,
  { limit, cursor }: Page<TimeKey>,
  { action, actor, from, to }: EntryFilter = {},
) {
  const after: SQL | undefined =
    cursor && sql`(${auditEntries.recordedAt}, ${auditEntries.id}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.accountId, accountId),
        action === undefined ? undefined : actionIs(action),
        actor === undefined ? undefined : eq(auditEntries.actor, actor),
        from === undefined ? undefined : gte(auditEntries.recordedAt, from),
        to === undefined ? undefined : lt(auditEntries.recordedAt, to),
        after,
      ),
    )
    .orderBy(desc(auditEntries.recordedAt), desc(auditEntries.id))
    .limit(limit + 1)
}

/** In the order of the chain: after `from` (an instant and an id), recorded before `before` (epoch ms). */
export const entryRunQuery = (db: Database, accountId: string, from: TimeKey, before: number, rows: number) =>
  db
    .select()
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.accountId, accountId),
        sql`(${auditEntries.recordedAt}, ${auditEntries.id}) > (${from[0]}, ${from[1]})`,
        lt(auditEntries.recordedAt, before),
      ),
    )
    .orderBy(asc(auditEntries.recordedAt), asc(auditEntries.id))
    .limit(rows)

/** Oldest first; retention keeps them to some hundreds. */
export const sealsQuery = (db: Database, accountId: string) =>
  db.select().from(auditSeals).where(eq(auditSeals.accountId, accountId)).orderBy(asc(auditSeals.day))

/** Every entry recorded before `before`, a bounded run in memory at a time. */
export async function* entryRuns(
  db: Database,
  accountId: string,
  since: number,
  before: number,
  rows: number,
): AsyncGenerator<EntryRow[]> {
  let from: TimeKey = [since, '']
  for (;;) {
    const run = await entryRunQuery(db, accountId, from, before, rows)
    const last = run.at(-1)
    if (last) yield run
    if (!last || run.length < rows) return
    from = [last.recordedAt, last.id]
  }
}
