// Two contacts turn out to be one person: the rows of the loser move under the winner. Called by the inbound walk when
// the Keeper reports a merge; may run twice. Content stays sealed as it was: the winner owns the loser's keys.

import { inArray, type SQL, sql } from 'drizzle-orm'
import { among, type Database, rowsInsert, type Statement, schema, statement } from '../../db/client.ts'
import { holdsMergeInsert } from '../audit/holds.ts'
import { sha256 } from '../crypto/digest.ts'
import { type Keepers, openColumns } from '../custody/sealing.ts'
import { idFrom } from '../ground/ids.ts'
import { movedRows } from './merge-rows.ts'
import { type ConversationRow, conversationId } from './record.ts'

const { contactPreferences, contacts, conversations, holds, messageChanges } = schema

export type Merge = { accountId: string; winner: string; losers: string[] }

export type MergeFacts = {
  merge: Merge
  contacts: (typeof contacts.$inferSelect)[]
  conversations: (typeof conversations.$inferSelect)[]
  preferences: (typeof contactPreferences.$inferSelect)[]
  /** What a loser asked for or a deletion laid on it holds for the winner, too. */
  holds: (typeof holds.$inferSelect)[]
  /** Refs whose changes may belong to the other half of the person. */
  touched: string[]
}

export async function loadMerge(db: Database, merge: Merge): Promise<MergeFacts> {
  const both = [merge.winner, ...merge.losers]
  const [contactRows, conversationRows, preferenceRows, holdRows, changeRows] = await db.batch([
    db.select().from(contacts).where(inArray(contacts.id, merge.losers)),
    db
      .select()
      .from(conversations)
      .where(
        sql`${conversations.accountId} = ${merge.accountId} AND ${conversations.contactId} IN ${among(merge.losers)}`,
      ),
    db
      .select()
      .from(contactPreferences)
      .where(
        sql`${contactPreferences.accountId} = ${merge.accountId} AND ${contactPreferences.contactId} IN ${among(merge.losers)}`,
      ),
    db
      .select()
      .from(holds)
      .where(sql`${holds.accountId} = ${merge.accountId} AND ${holds.subjectId} IN ${among(merge.losers)}`),
    db
      .select({ ref: messageChanges.targetRef })
      .from(messageChanges)
      .where(
        sql`${messageChanges.accountId} = ${merge.accountId} AND ${messageChanges.contactId} IN ${among(both)}`,
      ),
  ])
  return {
    merge,
    contacts: contactRows,
    conversations: conversationRows,
    preferences: preferenceRows,
    holds: holdRows,
    touched: changeRows.map((row) => row.ref),
  }
}

const fieldNames = ['name', 'username', 'phone', 'bsuid'] as const

/** The losers' fields in clear, with their versions, to be sealed again in the winner's row. */
export async function openLosers(keepers: Keepers, facts: MergeFacts, now: number) {
  const columns = facts.contacts.flatMap((row) =>
    fieldNames.map((field) => ({ table: 'contacts', column: field, rowId: row.id, sealed: row[field] })),
  )
  const values = await openColumns(keepers, facts.merge.accountId, columns, now)
  return facts.contacts.map((row, i) => ({
    createdAt: row.createdAt,
    lastSeenAt: row.lastSeenAt,
    fields: fieldNames.flatMap((field, j) => {
      const value = values[i * fieldNames.length + j]
      return value === undefined ? [] : [{ field, value, version: row[`${field}Version`] }]
    }),
  }))
}

/** The winner's conversations as they are with the losers' in them. */
export const mergedConversations = (facts: MergeFacts): ConversationRow[] =>
  facts.conversations.map((row) => ({
    ...row,
    id: conversationId(row.numberId, facts.merge.winner),
    contactId: facts.merge.winner,
  }))

/** Moves every row; the winner's contact and conversations are upserted by the caller in the same batch, before these. */
export function mergeStatements(db: Database, facts: MergeFacts): Statement[] {
  const { accountId, winner, losers } = facts.merge
  const run = (query: SQL) => statement(db, query)
  const moved = facts.preferences.map((row) => ({ ...row, contactId: winner }))
  return [
    ...requestStatements(db, facts.merge),
    // One by one: two losers may carry the same kind.
    ...facts.holds.map((hold) => holdsMergeInsert(db, [{ ...hold, subjectId: winner }])),
    run(sql`DELETE FROM holds WHERE account_id = ${accountId} AND subject_id IN ${among(losers)}`),
    ...(moved.length > 0 ? [preferencesInsert(db, moved)] : []),
    ...movedRows(db, facts.merge, facts.conversations),
    run(sql`DELETE FROM contacts WHERE account_id = ${accountId} AND id IN ${among(losers)}`),
    ...losers.map((loser) => mergeEntry(db, accountId, winner, loser)),
  ]
}

/**
 * The same request open under both names stays open once: the one that was granted, else the older. The other's page says that
 * it was withdrawn. What was written goes with its request, under the key that it was sealed with.
 */
function requestStatements(db: Database, { accountId, winner, losers }: Merge): Statement[] {
  const both = among([winner, ...losers])
  const rank = (of: string) =>
    sql.raw(`(CASE ${of}.state WHEN 'granted' THEN 0 ELSE 1 END, ${of}.received_at, ${of}.id)`)
  return [
    statement(
      db,
      sql`UPDATE requests SET state = 'withdrawn', closed_at = CAST(unixepoch('subsec') * 1000 AS INTEGER), next_at = NULL
        WHERE account_id = ${accountId} AND subject_id IN ${both} AND state IN ('waiting', 'granted')
        AND EXISTS (SELECT 1 FROM requests other WHERE other.account_id = ${accountId} AND other.subject_id IN ${both}
          AND other.type = requests.type AND other.state IN ('waiting', 'granted') AND ${rank('other')} < ${rank('requests')})`,
    ),
    ...['requests', 'request_messages'].map((table) =>
      statement(
        db,
        sql`UPDATE ${sql.raw(table)} SET subject_id = ${winner} WHERE account_id = ${accountId} AND subject_id IN ${among(losers)}`,
      ),
    ),
    // Its object is named by the loser. The person can have it prepared again, with both halves of their data in it.
    statement(
      db,
      sql`UPDATE packages SET expires_at = 0 WHERE account_id = ${accountId} AND subject_id IN ${among(losers)} AND state IN ('building', 'ready')`,
    ),
  ]
}

/** Once for each pair, however often the merge is walked. */
const mergeEntry = (db: Database, accountId: string, winner: string, loser: string): Statement =>
  statement(
    db,
    sql`INSERT INTO audit_entries (id, account_id, actor, action, subject, reason, at)
      VALUES (${idFrom('aud', sha256(`merge/${accountId}/${loser}/${winner}`))}, ${accountId}, 'meta', 'contact.merge', ${winner},
        ${loser}, CAST(unixepoch('subsec') * 1000 AS INTEGER)) ON CONFLICT DO NOTHING`,
  )

/** The newest word stands; of two in the same instant, stop. */
export const preferencesInsert = (
  db: Database,
  rows: (typeof contactPreferences.$inferInsert)[],
): Statement =>
  rowsInsert(
    db,
    contactPreferences,
    rows,
    sql`ON CONFLICT DO UPDATE SET value = excluded.value, at = excluded.at
      WHERE excluded.at > at OR (excluded.at = at AND excluded.value = 'stop')`,
  )
