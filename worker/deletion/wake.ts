// Should an Eraser not have been told of a deletion, the cron tells it: the rows in D1 are what is owed. Called by
// index.ts.

import { asc, sql } from 'drizzle-orm'
import { database, schema } from '../../db/client.ts'
import { limits } from '../ground/limits.ts'

const { deletions } = schema

/** Wakes the Erasers of what has not begun or not ended; those that know go on as they do. */
export async function wakeDue(env: Env): Promise<number> {
  const rows = await database(env.DB)
    .select({ id: deletions.id, accountId: deletions.accountId })
    .from(deletions)
    .where(sql`${deletions.state} IN ('waiting_approval', 'cooling_off', 'running', 'blocked')`)
    .orderBy(asc(deletions.requestedAt))
    .limit(limits.wakeDeletions)
  const accounts = Map.groupBy(rows, (row) => row.accountId)
  await Promise.all(
    [...accounts].map(([accountId, list]) => env.ERASER.getByName(accountId).start(list.map(({ id }) => id))),
  )
  return rows.length
}
