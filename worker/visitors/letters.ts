// What somebody wrote through the contact form: kept under the visitor's key for as long as the catalogue says. Called by the
// rights walk, which mails it to the operator.

import { sql } from 'drizzle-orm'
import { assertion, type Database, rowsInsert, type Statement, schema } from '../../db/client.ts'
import { type Keepers, platformAccount, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { dayMs, limits } from '../ground/limits.ts'
import { type UpsertedVisitor, upsertVisitor } from './visitors.ts'

const { letters } = schema

export type Letter = {
  email: string
  name: string | undefined
  topic: (typeof letters.$inferSelect)['topic']
  text: string
}

/** One address can fill our mailbox only so far in a day. For a WHERE or an assertion. */
export const roomForLetter = (visitorId: string, now: number) =>
  sql`(SELECT count(*) FROM letters WHERE visitor_id = ${visitorId} AND created_at > ${now - dayMs}) < ${limits.lettersPerDay}`

/** The letter, and its visitor where there was none. The batch fails where there are too many. */
export async function newLetter(
  db: Database,
  keepers: Keepers,
  { email, name, topic, text }: Letter,
  now: number,
): Promise<{ visitor: UpsertedVisitor; statements: Statement[] }> {
  const visitor = await upsertVisitor(db, keepers, email, now)
  const id = newId('ltr')
  const content = await sealColumn(
    visitor.key,
    'letters',
    'content',
    id,
    JSON.stringify({ name: name ?? null, text }),
  )
  const row = { id, accountId: platformAccount, visitorId: visitor.id, topic, content, createdAt: now }
  return {
    visitor,
    statements: [
      ...visitor.statements,
      assertion(db, roomForLetter(visitor.id, now)),
      rowsInsert(db, letters, [row]),
    ],
  }
}
