// Whether a business decides about the requests of its contacts or lets them through at once. Called by request-routes.ts.

import { sql } from 'drizzle-orm'
import { database, rowsInsert, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import type { World } from '../ground/world.ts'

type Rule = (typeof schema.requestRules.$inferSelect)['letThrough']

/** For requests that come from now on: those that wait go on waiting. */
export async function saveRule(
  { env, now }: World,
  accountId: string,
  letThrough: Rule,
  actor: string,
): Promise<void> {
  const db = database(env.DB)
  await writeBatch(db, [
    rowsInsert(
      db,
      schema.requestRules,
      [{ accountId, letThrough, updatedAt: now }],
      sql`ON CONFLICT DO UPDATE SET let_through = excluded.let_through, updated_at = excluded.updated_at`,
    ),
    entryInsert(db, {
      accountId,
      actor,
      action: 'request_rules.change',
      subject: accountId,
      reason: letThrough,
      at: now,
    }),
  ])
}
