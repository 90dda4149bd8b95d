// Writes of the conversations room: statement builders for one batch. Every one may run twice, late or in any order
// and ends in the same rows: maxima, newest versions, and what is derived from kept facts. Called by both walks.

import { type SQL, sql } from 'drizzle-orm'
import { among, type Database, rowsInsert, type Statement, schema, statement } from '../../db/client.ts'
import { sha256 } from '../crypto/digest.ts'
import { idFrom } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'

const { contacts, conversations, messageChanges, messageStatuses, messages } = schema

export type ContactRow = typeof contacts.$inferInsert
export type ConversationRow = typeof conversations.$inferInsert
export type MessageRow = typeof messages.$inferInsert
export type StatusRow = typeof messageStatuses.$inferInsert
export type ChangeRow = typeof messageChanges.$inferInsert

const conversationIds = new Map<string, string>()

/** Between a number and a contact there is one conversation, and this is its id. */
export function conversationId(numberId: string, contactId: string): string {
  const name = `${numberId}/${contactId}`
  const known = conversationIds.get(name)
  if (known) return known
  if (conversationIds.size >= limits.keyCacheEntries) conversationIds.clear()
  const id = idFrom('cnv', sha256(name))
  conversationIds.set(name, id)
  return id
}

/** A message heard from Meta has this id, whoever records it first. */
export const messageId = (ref: string): string => `msg_${ref}`

/** The ids of the messages with these refs, heard or sent; a subquery for `IN`. */
export const messagesOf = (accountId: string, refs: string[]): SQL =>
  sql`(SELECT 'msg_' || value FROM json_each(${JSON.stringify(refs)}) UNION ALL
    SELECT id FROM messages WHERE origin = 'api' AND account_id = ${accountId} AND ref IN ${among(refs)})`

const newest = (field: string): SQL => {
  const version = `${field}_version`
  return sql.raw(`${field} = CASE WHEN excluded.${version} > ${version} THEN coalesce(excluded.${field}, ${field}) ELSE ${field} END,
    ${version} = max(${version}, excluded.${version})`)
}

/**
 * A field goes with a version `{at:13 digits}:{keyed digest}`; the greater version wins. A null field with a version
 * means: unchanged, heard again then.
 */
export const contactsUpsert = (db: Database, rows: ContactRow[]): Statement =>
  rowsInsert(
    db,
    contacts,
    rows,
    sql`ON CONFLICT (id) DO UPDATE SET ${newest('name')}, ${newest('username')}, ${newest('phone')}, ${newest('bsuid')},
      created_at = min(created_at, excluded.created_at), last_seen_at = max(last_seen_at, excluded.last_seen_at)`,
  )

export const conversationsUpsert = (db: Database, rows: ConversationRow[]): Statement =>
  rowsInsert(
    db,
    conversations,
    rows,
    sql`ON CONFLICT (id) DO UPDATE SET created_at = min(created_at, excluded.created_at),
      last_message_at = max(last_message_at, excluded.last_message_at),
      user_last_at = nullif(max(coalesce(user_last_at, 0), coalesce(excluded.user_last_at, 0)), 0)`,
  )

/** The same message heard twice keeps the content of the better source (live over echo over history over placeholder). */
export const messagesInsert = (db: Database, rows: MessageRow[]): Statement =>
  rowsInsert(
    db,
    messages,
    rows,
    sql`ON CONFLICT DO UPDATE SET content = excluded.content, type = excluded.type,
      origin = excluded.origin, precedence = excluded.precedence, at = excluded.at, sort_key = excluded.sort_key, contact_id = excluded.contact_id,
      conversation_id = excluded.conversation_id
      WHERE excluded.precedence > messages.precedence`,
  )

/** One row per status and participant; of two reports of the same status the earlier instant stands. */
export const statusesInsert = (db: Database, rows: StatusRow[]): Statement =>
  rowsInsert(
    db,
    messageStatuses,
    rows,
    sql`ON CONFLICT DO UPDATE SET error_code = CASE WHEN excluded.at < at OR (excluded.at = at AND excluded.error_code < error_code)
      THEN excluded.error_code ELSE error_code END, at = min(at, excluded.at),
      contact_id = coalesce(contact_id, excluded.contact_id)`,
  )

export const changesInsert = (db: Database, rows: ChangeRow[]): Statement =>
  rowsInsert(db, messageChanges, rows)

/** The rank of a status on the lattice. `failed` outranks `sent`, but not proof that the message arrived. */
const rank = sql.raw(
  `CASE status WHEN 'accepted' THEN 1 WHEN 'sent' THEN 2 WHEN 'failed' THEN 3 WHEN 'delivered' THEN 4 WHEN 'read' THEN 5 ELSE 6 END`,
)

/** Brings the messages of these refs in line with the statuses and changes known about them. Run it last in the batch. */
export function derivedUpdate(db: Database, accountId: string, refs: string[]): Statement[] {
  if (refs.length === 0) return []
  const run = (query: SQL) => statement(db, query)
  const chosen = sql`messages.account_id = ${accountId} AND messages.id IN ${messagesOf(accountId, refs)}`
  return [
    run(sql`UPDATE messages SET (status, status_at, error_code) = (
        SELECT s.status, s.at, s.error_code FROM message_statuses s
        WHERE s.account_id = messages.account_id AND s.ref = messages.ref ORDER BY ${rank} DESC, s.at LIMIT 1)
      WHERE ${chosen} AND direction = 'out'
        AND EXISTS (SELECT 1 FROM message_statuses s WHERE s.account_id = messages.account_id AND s.ref = messages.ref)`),
    run(sql`UPDATE messages SET
        edited_at = (SELECT max(c.at) FROM message_changes c WHERE c.account_id = messages.account_id
          AND c.target_ref = messages.ref AND c.kind = 'edit' AND c.direction = messages.direction AND c.contact_id = messages.contact_id),
        revoked_at = (SELECT min(c.at) FROM message_changes c WHERE c.account_id = messages.account_id
          AND c.target_ref = messages.ref AND c.kind = 'revoke' AND c.direction = messages.direction AND c.contact_id = messages.contact_id)
      WHERE ${chosen} AND EXISTS (SELECT 1 FROM message_changes c WHERE c.account_id = messages.account_id AND c.target_ref = messages.ref)`),
    run(
      sql`UPDATE messages SET content = NULL WHERE ${chosen} AND revoked_at IS NOT NULL AND content IS NOT NULL`,
    ),
    // Asked of the changes alone: whether the message counts as revoked may still change with the copy that stands.
    run(sql`UPDATE message_changes SET content = NULL WHERE account_id = ${accountId} AND kind = 'edit' AND content IS NOT NULL
      AND target_ref IN ${among(refs)} AND EXISTS (SELECT 1 FROM message_changes r WHERE r.account_id = message_changes.account_id
        AND r.target_ref = message_changes.target_ref AND r.kind = 'revoke' AND r.direction = message_changes.direction
        AND r.contact_id = message_changes.contact_id)`),
  ]
}
