// The search index as rows: keyed digests in the place of words, and which conversations have something new to be found. Statements
// for the batches of the walks that write messages; the search walk does the indexing. Why: docs/decisions/0039.

import { type SQL, sql } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema, statement } from '../../db/client.ts'
import { base64url } from '../crypto/bytes.ts'
import { hmac } from '../crypto/hmac.ts'
import type { AccountKeys } from '../custody/sealing.ts'
import { messagesOf } from './record.ts'
import { beginningsIn, endsOf } from './words.ts'

const { searchCursors, searchTerms } = schema

/** `word` of a message, `name`: a beginning of a name, `end` of a phone number. Equal words of two kinds share nothing. */
export type TermKind = 'word' | 'name' | 'end'

/** 96 bits; equal within one workspace, and nothing without its key. */
export const termOf = (account: Pick<AccountKeys, 'ref'>, kind: TermKind, word: string): string =>
  base64url(hmac(account.ref, `search ${kind}:${word}`)).slice(0, 16)

/** `fromKey`: of the first message to be looked at. */
export type Due = {
  conversationId: string
  accountId: string
  contactId: string
  fromKey: string
  dueAt: number
}

/** The earliest message counts. `due_at` always moves, so that what comes while somebody indexes is not taken for done. */
const together: SQL = sql`ON CONFLICT (conversation_id) DO UPDATE SET from_key = min(from_key, excluded.from_key),
  due_at = max(due_at + 1, excluded.due_at)`

export const wordsDueUpsert = (db: Database, rows: Due[]): Statement =>
  rowsInsert(db, searchCursors, rows, together)

/** Messages of these refs that were edited are read once more, from the earliest on. */
export const editedDueUpsert = (db: Database, accountId: string, refs: string[], now: number): Statement =>
  statement(
    db,
    sql`INSERT INTO search_cursors (conversation_id, account_id, contact_id, from_key, due_at)
      SELECT conversation_id, account_id, contact_id, min(sort_key), ${now} FROM messages
      WHERE account_id = ${accountId} AND id IN ${messagesOf(accountId, refs)} AND edited_at IS NOT NULL
      GROUP BY conversation_id ${together}`,
  )

/** What was taken back is not found any more. Run it after what is derived. */
export const revokedTermsErase = (db: Database, accountId: string, refs: string[]): Statement =>
  statement(
    db,
    sql`DELETE FROM search_terms WHERE account_id = ${accountId} AND subject_id IN (SELECT id FROM messages
      WHERE account_id = ${accountId} AND id IN ${messagesOf(accountId, refs)} AND revoked_at IS NOT NULL)`,
  )

/** Nothing of this person is found from this batch on: they asked to be left alone. */
export const contactTermsErase = (db: Database, accountId: string, contactId: string): Statement =>
  statement(db, sql`DELETE FROM search_terms WHERE account_id = ${accountId} AND contact_id = ${contactId}`)

type Names = { name: string | null; username: string | null; phone: string | null }

/** By which a person is found: the beginnings of their names, the ends of their number. `at`: since when they are known. */
export function personTerms(
  account: Pick<AccountKeys, 'ref'>,
  accountId: string,
  contactId: string,
  at: number,
  contact: Names | undefined,
): (typeof searchTerms.$inferInsert)[] {
  const names = [contact?.name, contact?.username].flatMap((name) => (name ? beginningsIn(name) : []))
  const ends = contact?.phone ? endsOf(contact.phone) : []
  const terms = new Set([
    ...names.map((word) => termOf(account, 'name', word)),
    ...ends.map((end) => termOf(account, 'end', end)),
  ])
  return [...terms].map((term) => ({
    ...{ accountId, term, subjectId: contactId, contactId, conversationId: null, at },
  }))
}

/** Exactly these are the terms of this person, whatever their messages say. */
export const personTermsWrite = (
  db: Database,
  accountId: string,
  contactId: string,
  terms: (typeof searchTerms.$inferInsert)[],
): Statement[] => [
  statement(db, sql`DELETE FROM search_terms WHERE account_id = ${accountId} AND subject_id = ${contactId}`),
  ...(terms.length > 0 ? [rowsInsert(db, searchTerms, terms)] : []),
]

/** Sorts behind every sort key: only the name is looked at. */
const behindAll = '~'

const dueOf = (accountId: string, contactId: string, fromKey: string, now: SQL): SQL =>
  sql`INSERT INTO search_cursors (conversation_id, account_id, contact_id, from_key, due_at)
    SELECT id, account_id, contact_id, ${fromKey}, ${now} FROM conversations
    WHERE account_id = ${accountId} AND contact_id = ${contactId} ${together}`

/** All of this person is indexed anew (they may be found again), or just their name (it was changed). */
export const contactDueUpsert = (
  db: Database,
  accountId: string,
  contactId: string,
  what: 'all' | 'name',
  now: number,
): Statement => statement(db, dueOf(accountId, contactId, what === 'all' ? '' : behindAll, sql`${now}`))
