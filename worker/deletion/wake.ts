// Should an Eraser not have been told of a deletion, the cron tells it: the rows in D1 are what is owed. Called by
// index.ts.

import { asc, sql } from 'drizzle-orm'
import { database, schema } from '../../db/client.ts'
import { limits } from '../ground/limits.ts'

const { deletions } = schema

/** Only what is blocked looks again: a hold that was released beforehand tells nobody. All else has its own alarm. */
export async function wakeDue(env: Env): Promise<number> {
  const rows = await database(env.DB)
    .select({ id: deletions.id, accountId: deletions.accountId, state: deletions.state })
    .from(deletions)
    .where(sql`${deletions.state} IN ('waiting_approval', 'cooling_off', 'running', 'blocked')`)
    .orderBy(asc(deletions.requestedAt))
    .limit(limits.wakeDeletions)
  const groups = Map.groupBy(rows, ({ accountId, state }) => `${accountId} ${state === 'blocked'}`)
  await Promise.all(
    [...groups.values()].map(async (rows) => {
      const [first] = rows
      if (!first) return
      const ids = rows.map(({ id }) => id)
      await env.ERASER.getByName(first.accountId).start(ids, first.state === 'blocked')
    }),
  )
  return rows.length
}
