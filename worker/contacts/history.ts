// What the ledger says of one contact, and of those that turned out to be the same person. Called by routes.ts.

import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import { isoTime, type Page, type TimeKey } from '../ground/openapi.ts'

const { auditEntries } = schema

/** Newest first. Through every merge: each entry names the contact that was joined. */
export function historyQuery(
  db: Database,
  accountId: string,
  contactId: string,
  { limit, cursor }: Page<TimeKey>,
) {
  const after: SQL | undefined =
    cursor && sql`(${auditEntries.at}, ${auditEntries.id}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.accountId, accountId),
        sql`${auditEntries.subject} IN (WITH RECURSIVE same (id) AS (SELECT ${contactId} UNION
          SELECT e.reason FROM audit_entries e JOIN same ON e.subject = same.id
          WHERE e.account_id = ${accountId} AND e.action = 'contact.merge') SELECT id FROM same)`,
        after,
      ),
    )
    .orderBy(desc(auditEntries.at), desc(auditEntries.id))
    .limit(limit + 1)
}

export const historyView = ({ id, at, action, actor, reason }: typeof auditEntries.$inferSelect) => ({
  id,
  at: isoTime(at),
  action,
  actor,
  reason,
})
