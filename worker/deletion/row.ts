// A deletion as it stands in the database, and what every door and decision about one does. Called by request.ts,
// owners.ts, blocks.ts and the steps.

import { sql } from 'drizzle-orm'
import { type Database, schema, statement } from '../../db/client.ts'
import { holdInsert } from '../audit/holds.ts'
import { contactTermsErase } from '../conversations/terms.ts'
import { errorName, log } from '../ground/log.ts'

const { deletions } = schema

export type DeletionRow = typeof deletions.$inferSelect
export type DeletionScope = DeletionRow['scope']
export type DeletionDoor = DeletionRow['door']
export type DeletionState = DeletionRow['state']

/** Tells the Eraser. When it cannot be told now, the cron does it: the row says what has to be done. */
export async function wake(env: Env, accountId: string, id: string): Promise<void> {
  try {
    await env.ERASER.getByName(accountId).start([id], true)
  } catch (cause) {
    log('warn', 'deletion.not_woken', { error: errorName(cause) })
  }
}

/**
 * From the moment a request is verified nothing is sent and nothing is shown, and a member does nothing any more: their keys
 * end here, and accounts/auth.ts looks whether a deletion stands before it lets a browser in.
 */
export function restrictions(db: Database, { accountId, scope, subjectId }: DeletionRow, at: number) {
  if (scope === 'contact')
    return [
      holdInsert(db, { accountId, subjectId, kind: 'restricted', reason: 'deletion', at }),
      contactTermsErase(db, accountId, subjectId),
    ]
  if (scope === 'workspace')
    return [holdInsert(db, { accountId, subjectId: accountId, kind: 'frozen', reason: 'deletion', at })]
  if (scope === 'member')
    return [
      statement(
        db,
        sql`UPDATE api_keys SET revoked_at = ${at} WHERE account_id = ${accountId} AND member_id = ${subjectId} AND revoked_at IS NULL`,
      ),
    ]
  return []
}
