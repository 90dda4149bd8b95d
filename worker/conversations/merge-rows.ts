// Where the rows of a merged contact go, table by table. A new table that names a contact or a conversation does not compile
// until it is said here. Called by merge.ts; every statement may run twice.

import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { among, type Database, type Statement, type schema, statement } from '../../db/client.ts'
import { conversationId } from './record.ts'

type Columns<T> = T extends SQLiteTable ? keyof T['_']['columns'] : never
type Table = {
  [T in keyof typeof schema]: 'contactId' | 'conversationId' extends infer Name
    ? Extract<Columns<(typeof schema)[T]>, Name> extends never
      ? never
      : T
    : never
}[keyof typeof schema]

/** `moves`: each conversation of a loser, and the one of the winner on the same number. */
type Moving = {
  accountId: string
  winner: string
  losers: string[]
  moves: { from: string; to: string }[]
}
type Way = (moving: Moving) => SQL[]

const follows =
  (table: string): Way =>
  ({ accountId, winner, losers }) => [
    sql`UPDATE ${sql.raw(table)} SET contact_id = ${winner} WHERE account_id = ${accountId} AND contact_id IN ${among(losers)}`,
  ]

/** With its conversation. */
const movesWith =
  (table: string): Way =>
  ({ accountId, winner, moves }) =>
    moves.map(
      ({ from, to }) => sql`UPDATE ${sql.raw(table)} SET conversation_id = ${to}, contact_id = ${winner}
        WHERE account_id = ${accountId} AND conversation_id = ${from}`,
    )

/** Where both have the same, that of the winner stays. */
const movesUnlessThere =
  (table: string): Way =>
  ({ accountId, winner, moves }) =>
    moves.flatMap(({ from, to }) => [
      sql`UPDATE OR IGNORE ${sql.raw(table)} SET conversation_id = ${to}, contact_id = ${winner}
        WHERE account_id = ${accountId} AND conversation_id = ${from}`,
      sql`DELETE FROM ${sql.raw(table)} WHERE account_id = ${accountId} AND conversation_id = ${from}`,
    ])

/**
 * Open when either is, read as far as both are: nothing that waits for somebody is lost. A conversation of the winner that nobody
 * has touched is open and unread, too; whether there was one, its messages tell, as long as the loser's have not moved there.
 */
const states: Way = ({ accountId, winner, moves }) =>
  moves.flatMap(({ from, to }) => [
    sql`INSERT INTO conversation_states (conversation_id, account_id, contact_id, read_key, updated_at)
      SELECT ${to}, account_id, ${winner}, '', updated_at FROM conversation_states
      WHERE account_id = ${accountId} AND conversation_id = ${from}
        AND EXISTS (SELECT 1 FROM messages WHERE account_id = ${accountId} AND conversation_id = ${to})
      ON CONFLICT DO NOTHING`,
    sql`INSERT INTO conversation_states (conversation_id, account_id, contact_id, assignee_id, assigned_at, closed_at, closed_heard_at,
        read_key, read_heard_at, updated_at)
      SELECT ${to}, account_id, ${winner}, assignee_id, assigned_at, closed_at, closed_heard_at, read_key, read_heard_at, updated_at
        FROM conversation_states WHERE account_id = ${accountId} AND conversation_id = ${from}
      ON CONFLICT (conversation_id) DO UPDATE SET
        assignee_id = coalesce(assignee_id, excluded.assignee_id), assigned_at = coalesce(assigned_at, excluded.assigned_at),
        closed_at = max(closed_at, excluded.closed_at), closed_heard_at = max(closed_heard_at, excluded.closed_heard_at),
        read_key = min(read_key, excluded.read_key), read_heard_at = min(read_heard_at, excluded.read_heard_at)`,
    sql`DELETE FROM conversation_states WHERE account_id = ${accountId} AND conversation_id = ${from}`,
  ])

/** Of two drafts of one member the newer stays. */
const drafts: Way = (moving) => [
  ...moving.moves.map(
    ({
      from,
      to,
    }) => sql`DELETE FROM drafts WHERE account_id = ${moving.accountId} AND conversation_id IN (${from}, ${to})
      AND EXISTS (SELECT 1 FROM drafts other WHERE other.account_id = ${moving.accountId} AND other.conversation_id IN (${from}, ${to})
        AND other.member_id = drafts.member_id AND (other.updated_at, other.id) > (drafts.updated_at, drafts.id))`,
  ),
  ...movesUnlessThere('drafts')(moving),
]

/** What was found under the loser is indexed anew under the winner. */
const terms: Way = ({ accountId, losers }) => [
  sql`DELETE FROM search_terms WHERE account_id = ${accountId} AND contact_id IN ${among(losers)}`,
]

const cursors: Way = ({ accountId, winner, losers, moves }) => [
  sql`DELETE FROM search_cursors WHERE account_id = ${accountId} AND contact_id IN ${among(losers)}`,
  ...moves.map(
    ({ to }) => sql`INSERT INTO search_cursors (conversation_id, account_id, contact_id, from_key, due_at)
      VALUES (${to}, ${accountId}, ${winner}, '', CAST(unixepoch('subsec') * 1000 AS INTEGER))
      ON CONFLICT (conversation_id) DO UPDATE SET from_key = '', due_at = max(due_at + 1, excluded.due_at)`,
  ),
]

/** Of two values of one field the newer stays. */
const values: Way = (moving) => {
  const { accountId, winner, losers } = moving
  const both = among([winner, ...losers])
  return [
    sql`DELETE FROM custom_values WHERE account_id = ${accountId} AND contact_id IN ${both}
      AND EXISTS (SELECT 1 FROM custom_values other WHERE other.account_id = ${accountId} AND other.contact_id IN ${both}
        AND other.field_id = custom_values.field_id AND (other.updated_at, other.id) > (custom_values.updated_at, custom_values.id))`,
    ...follows('custom_values')(moving),
  ]
}

/** The winner's own are written by the walk that merges, before these. */
const ofTheWinner =
  (table: string): Way =>
  ({ accountId, losers }) => [
    sql`DELETE FROM ${sql.raw(table)} WHERE account_id = ${accountId} AND contact_id IN ${among(losers)}`,
  ]

/** In this order: how it was dealt with, then rows go with their conversation, then the conversation itself. */
const ways: Record<Table, Way> = {
  conversationStates: states,
  messages: movesWith('messages'),
  notes: movesWith('notes'),
  conversationLabels: movesUnlessThere('conversation_labels'),
  drafts,
  searchTerms: terms,
  searchCursors: cursors,
  messageChanges: follows('message_changes'),
  messageStatuses: follows('message_statuses'),
  rawEvents: follows('raw_events'),
  waitingSends: follows('waiting_sends'),
  wishes: follows('wishes'),
  // The object stays under the loser's prefix, which holder_id names.
  media: follows('media'),
  consents: follows('consents'),
  customValues: values,
  // The winner's were written with what the loser said: see merge.ts.
  contactPreferences: ofTheWinner('contact_preferences'),
  conversations: ofTheWinner('conversations'),
}

/** Every row that names a loser or one of its conversations. `owned`: those conversations, with their numbers. */
export function movedRows(
  db: Database,
  merge: { accountId: string; winner: string; losers: string[] },
  owned: readonly { id: string; numberId: string }[],
): Statement[] {
  const moves = owned.map(({ id, numberId }) => ({ from: id, to: conversationId(numberId, merge.winner) }))
  return Object.values(ways).flatMap((way) => way({ ...merge, moves }).map((query) => statement(db, query)))
}
