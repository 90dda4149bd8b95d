// A conversation with somebody who has written nothing yet, so that there is a place to write to them from. What may be sent
// there is decided by the gates, as everywhere. Called by begin-routes.ts.

import { and, eq, sql } from 'drizzle-orm'
import { database, schema, statement, writeBatch } from '../../db/client.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { announce } from '../live/announce.ts'
import { contactQuery } from './list-contacts.ts'
import { conversationId } from './record.ts'

const { conversations, numbers } = schema

export type BeginRefusal = { reason: 'not_found' | 'no_such_number' | 'disconnected' }

/** The id of their conversation with this number: the one there is, or one that begins at `now` (epoch ms). */
export async function beginConversation(
  env: Env,
  { accountId, contactId, numberId }: { accountId: string; contactId: string; numberId: string },
  now: number,
): Promise<Result<string, BeginRefusal>> {
  const db = database(env.DB)
  const id = conversationId(numberId, contactId)
  const [[contact], [number], [standing]] = await db.batch([
    contactQuery(db, accountId, contactId),
    db
      .select({ disconnectedAt: numbers.disconnectedAt })
      .from(numbers)
      .where(and(eq(numbers.id, numberId), eq(numbers.accountId, accountId))),
    db
      .select({ id: conversations.id })
      .from(conversations)
      .where(and(eq(conversations.id, id), eq(conversations.accountId, accountId))),
  ])
  if (!contact) return refused({ reason: 'not_found' })
  if (!number) return refused({ reason: 'no_such_number' })
  if (standing) return ok(id)
  if (number.disconnectedAt !== null) return refused({ reason: 'disconnected' })
  await writeBatch(db, [
    // From their own row: somebody who is erased in this moment gets none that the eraser has passed already.
    statement(
      db,
      sql`INSERT INTO conversations (id, account_id, number_id, contact_id, created_at, last_message_at)
        SELECT ${id}, account_id, ${numberId}, id, ${now}, ${now} FROM contacts
        WHERE id = ${contactId} AND account_id = ${accountId} ON CONFLICT (id) DO NOTHING`,
    ),
  ])
  await announce(env, accountId, [{ kind: 'conversation', conversationId: id }])
  return ok(id)
}
