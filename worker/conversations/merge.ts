// Two contacts turn out to be one person: the rows of the loser move under the winner. Called by the inbound walk when
// the Keeper reports a merge; may run twice. Content stays sealed as it was: the winner owns the loser's keys.

import { inArray, type SQL, sql } from 'drizzle-orm'
import { among, type Database, rowsInsert, type Statement, schema, statement } from '../../db/client.ts'
import { type Keepers, openColumns } from '../custody/sealing.ts'
import { type ConversationRow, conversationId } from './record.ts'

const { contactPreferences, contacts, conversations, messageChanges } = schema

export type Merge = { accountId: string; winner: string; losers: string[] }

export type MergeFacts = {
  merge: Merge
  contacts: (typeof contacts.$inferSelect)[]
  conversations: (typeof conversations.$inferSelect)[]
  preferences: (typeof contactPreferences.$inferSelect)[]
  /** Refs whose changes may belong to the other half of the person. */
  touched: string[]
}

export async function loadMerge(db: Database, merge: Merge): Promise<MergeFacts> {
  const both = [merge.winner, ...merge.losers]
  const [contactRows, conversationRows, preferenceRows, changeRows] = await db.batch([
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
    ...facts.conversations.map((row) =>
      run(sql`UPDATE messages SET conversation_id = ${conversationId(row.numberId, winner)}, contact_id = ${winner}
        WHERE account_id = ${accountId} AND conversation_id = ${row.id}`),
    ),
    run(
      sql`UPDATE message_changes SET contact_id = ${winner} WHERE account_id = ${accountId} AND contact_id IN ${among(losers)}`,
    ),
    run(
      sql`UPDATE message_statuses SET contact_id = ${winner} WHERE account_id = ${accountId} AND contact_id IN ${among(losers)}`,
    ),
    run(
      sql`UPDATE raw_events SET contact_id = ${winner} WHERE account_id = ${accountId} AND contact_id IN ${among(losers)}`,
    ),
    ...(moved.length > 0 ? [preferencesInsert(db, moved)] : []),
    run(
      sql`DELETE FROM contact_preferences WHERE account_id = ${accountId} AND contact_id IN ${among(losers)}`,
    ),
    run(sql`DELETE FROM conversations WHERE account_id = ${accountId} AND contact_id IN ${among(losers)}`),
    run(sql`DELETE FROM contacts WHERE account_id = ${accountId} AND id IN ${among(losers)}`),
  ]
}

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
