// What colleagues tell each other about a conversation, and what one of them has begun to write: sealed under the key of the
// person it is about, and gone with them. Called by note-routes.ts.

import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { type Database, database, rowsInsert, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { notRestricted } from '../audit/holds.ts'
import { type Keepers, keeperOf, openColumns, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import { announce } from '../live/announce.ts'
import { type Place, shownConversationQuery } from './state.ts'

const { drafts, notes } = schema

export type Note = { id: string; conversationId: string; author: string; text: string; at: number }

export function notesQuery(
  db: Database,
  accountId: string,
  conversationId: string,
  { limit, cursor }: Page<TimeKey>,
) {
  const after: SQL | undefined = cursor && sql`(${notes.at}, ${notes.id}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(notes)
    .where(and(eq(notes.accountId, accountId), eq(notes.conversationId, conversationId), after))
    .orderBy(desc(notes.at), desc(notes.id))
    .limit(limit + 1)
}

export type NoteRow = typeof notes.$inferSelect

/** In the order given. */
export async function openNotes(
  keepers: Keepers,
  accountId: string,
  rows: NoteRow[],
  now: number,
): Promise<Note[]> {
  const texts = await openColumns(
    keepers,
    accountId,
    rows.map((row) => ({ table: 'notes', column: 'content', rowId: row.id, sealed: row.content })),
    now,
  )
  return rows.map(({ id, conversationId, author, at }, i) => ({
    id,
    conversationId,
    author,
    text: texts[i] ?? '',
    at,
  }))
}

/** Undefined when there is no such conversation. */
export async function writeNote(
  env: Env,
  { accountId, conversationId, actor }: Place,
  text: string,
  now: number,
): Promise<Note | undefined> {
  const db = database(env.DB)
  const conversation = await shownConversationQuery(db, accountId, conversationId).get()
  if (!conversation) return undefined
  const { contactId } = conversation
  const id = newId('nte')
  const key = await keeperOf(env.KEEPER, accountId).keyFor(contactId)
  const content = await sealColumn(key, 'notes', 'content', id, text)
  await writeBatch(db, [
    db.insert(notes).values({ id, accountId, conversationId, contactId, author: actor, content, at: now }),
    entryInsert(db, { accountId, actor, action: 'note.write', subject: conversationId, reason: id, at: now }),
  ])
  await announce(env, accountId, [{ kind: 'conversation', conversationId }])
  return { id, conversationId, author: actor, text, at: now }
}

export const noteQuery = (db: Database, accountId: string, id: string) =>
  db
    .select({ conversationId: notes.conversationId })
    .from(notes)
    .where(
      and(eq(notes.id, id), eq(notes.accountId, accountId), notRestricted(accountId, sql`notes.contact_id`)),
    )

/** False when there is no such note. */
export async function eraseNote(
  env: Env,
  { accountId, actor }: Pick<Place, 'accountId' | 'actor'>,
  id: string,
  now: number,
): Promise<boolean> {
  const db = database(env.DB)
  const note = await noteQuery(db, accountId, id).get()
  if (!note) return false
  const { conversationId } = note
  await writeBatch(db, [
    db.delete(notes).where(and(eq(notes.id, id), eq(notes.accountId, accountId))),
    entryInsert(db, { accountId, actor, action: 'note.erase', subject: conversationId, reason: id, at: now }),
  ])
  await announce(env, accountId, [{ kind: 'conversation', conversationId }])
  return true
}

export type DraftPlace = { accountId: string; conversationId: string; memberId: string }
export type Draft = { text: string; updatedAt: number }

const draftIs = ({ accountId, conversationId, memberId }: DraftPlace) =>
  and(
    eq(drafts.accountId, accountId),
    eq(drafts.conversationId, conversationId),
    eq(drafts.memberId, memberId),
  )

/** Null: nothing was begun. Undefined: no such conversation. */
export async function loadDraft(env: Env, place: DraftPlace, now: number): Promise<Draft | null | undefined> {
  const db = database(env.DB)
  const [[conversation], [row]] = await db.batch([
    shownConversationQuery(db, place.accountId, place.conversationId),
    db.select().from(drafts).where(draftIs(place)),
  ])
  if (!conversation) return undefined
  if (!row) return null
  const column = { table: 'drafts', column: 'content', rowId: row.id, sealed: row.content }
  const [text] = await openColumns(env.KEEPER, place.accountId, [column], now)
  return text === undefined ? null : { text, updatedAt: row.updatedAt }
}

/** False when there is no such conversation. An empty text is no draft. */
export async function keepDraft(env: Env, place: DraftPlace, text: string, now: number): Promise<boolean> {
  const db = database(env.DB)
  const { accountId, conversationId } = place
  const conversation = await shownConversationQuery(db, accountId, conversationId).get()
  if (!conversation) return false
  if (text === '') {
    await writeBatch(db, [db.delete(drafts).where(draftIs(place))])
    return true
  }
  const { contactId } = conversation
  const key = await keeperOf(env.KEEPER, accountId).keyFor(contactId)
  const id = newId('drf')
  const content = await sealColumn(key, 'drafts', 'content', id, text)
  await writeBatch(db, [
    rowsInsert(
      db,
      drafts,
      [{ id, ...place, contactId, content, updatedAt: now }],
      sql`ON CONFLICT DO UPDATE SET id = excluded.id, content = excluded.content, updated_at = excluded.updated_at`,
    ),
  ])
  return true
}
