// The walk that makes messages findable, off the path of anything that people wait for: what is due → open it → words → keyed
// digests → one batch. What stands already is compared first, so that a run that is repeated writes nothing. Called by the
// queue MEDIA for one workspace and by the cron for all.

import { and, asc, eq, sql } from 'drizzle-orm'
import {
  among,
  assertion,
  type Database,
  database,
  rowsInsert,
  schema,
  statement,
  writeBatch,
} from '../../db/client.ts'
import { notRestricted } from '../audit/holds.ts'
import { openContacts } from '../conversations/list-contacts.ts'
import { changesQuery, type MessageView, openMessages } from '../conversations/list-messages.ts'
import { contactTermsErase, personTerms, termOf } from '../conversations/terms.ts'
import { wordsIn } from '../conversations/words.ts'
import { type AccountKeys, keeperOf } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'

const { contacts, messages, searchCursors, searchTerms } = schema

type Cursor = typeof searchCursors.$inferSelect
type Term = typeof searchTerms.$inferInsert

/** How many conversations were looked at. One that fails keeps no other from its turn. */
export async function indexDue(env: Env, now: number, accountId?: string): Promise<number> {
  const db = database(env.DB)
  const due = await dueQuery(db, accountId)
  for (const cursor of due) {
    try {
      await indexConversation(env, db, cursor, now)
    } catch (cause) {
      log('warn', 'search.not_indexed', { accountId: cursor.accountId, error: errorName(cause) })
      await writeBatch(db, [later(db, cursor, now)])
    }
  }
  return due.length
}

/** Of one workspace, or whoever waits longest. */
export const dueQuery = (db: Database, accountId?: string) =>
  accountId === undefined
    ? db.select().from(searchCursors).orderBy(asc(searchCursors.dueAt)).limit(limits.searchBatch)
    : db.select().from(searchCursors).where(eq(searchCursors.accountId, accountId)).limit(limits.searchBatch)

/** What failed goes behind what has not been looked at. */
const later = (db: Database, { conversationId }: Cursor, now: number) =>
  db.update(searchCursors).set({ dueAt: now }).where(eq(searchCursors.conversationId, conversationId))

const standing = ({ conversationId, fromKey, dueAt }: Cursor) =>
  and(
    eq(searchCursors.conversationId, conversationId),
    eq(searchCursors.fromKey, fromKey),
    eq(searchCursors.dueAt, dueAt),
  )

async function indexConversation(env: Env, db: Database, cursor: Cursor, now: number): Promise<void> {
  const { accountId, contactId, conversationId } = cursor
  const [people, rows] = await db.batch([
    findableContact(db, accountId, contactId),
    laterMessagesQuery(db, accountId, conversationId, cursor.fromKey),
  ])
  const [person] = people
  const done = db.delete(searchCursors).where(standing(cursor))
  if (!person) return writeBatch(db, [contactTermsErase(db, accountId, contactId), done])
  const refs = rows.flatMap(({ ref, editedAt }) => (ref === null || editedAt === null ? [] : [ref]))
  const changes = refs.length > 0 ? await changesQuery(db, accountId, refs) : []
  const { account, closedAt } = await keeperOf(env.KEEPER, accountId).resolve([])
  if (closedAt !== undefined) return
  const opened = await openMessages(env, accountId, rows, { changes, statuses: [], files: [] }, now)
  const [contact] = await openContacts(env.KEEPER, accountId, [person], now)
  const wanted = [
    ...personTerms(account, accountId, contactId, person.createdAt, contact),
    ...opened.flatMap((message) => messageTerms(account, message)),
  ]
  const last = rows.length === limits.searchMessages ? rows.at(-1) : undefined
  await writeBatch(db, [
    // Erased, restricted or merged since the look: then nothing of this is written, and the next run looks again.
    assertion(db, sql`EXISTS ${findableContact(db, accountId, contactId)}`),
    ...(await differences(db, accountId, [contactId, ...rows.map(({ id }) => id)], wanted)),
    last ? db.update(searchCursors).set({ fromKey: last.sortKey, dueAt: now }).where(standing(cursor)) : done,
  ])
}

const findableContact = (db: Database, accountId: string, contactId: string) =>
  db
    .select({
      ...{ id: contacts.id, name: contacts.name, username: contacts.username, phone: contacts.phone },
      ...{ bsuid: contacts.bsuid, createdAt: contacts.createdAt },
    })
    .from(contacts)
    .where(
      and(
        eq(contacts.id, contactId),
        eq(contacts.accountId, accountId),
        notRestricted(accountId, sql`contacts.id`),
      ),
    )

/** Oldest first, so that a long conversation is indexed in several runs. */
export const laterMessagesQuery = (
  db: Database,
  accountId: string,
  conversationId: string,
  fromKey: string,
) =>
  db
    .select()
    .from(messages)
    .where(
      and(
        eq(messages.accountId, accountId),
        eq(messages.conversationId, conversationId),
        sql`${messages.sortKey} >= ${fromKey}`,
      ),
    )
    .orderBy(asc(messages.sortKey), asc(messages.id))
    .limit(limits.searchMessages)

function messageTerms(account: AccountKeys, message: MessageView): Term[] {
  const { accountId, id: subjectId, contactId, conversationId, at, latest, revokedAt } = message
  if (revokedAt !== null || !latest) return []
  const words = wordsIn([latest.text, filenameOf(latest.body)].filter(Boolean).join('\n'))
  return words.map((word) => ({
    ...{ accountId, term: termOf(account, 'word', word), subjectId, contactId, conversationId, at },
  }))
}

/** Beside a caption: the text of a file without one is its name already. */
const filenameOf = (body: unknown): string | undefined => {
  const { filename } = (typeof body === 'object' && body !== null ? body : {}) as { filename?: unknown }
  return typeof filename === 'string' ? filename : undefined
}

const nameOf = ({ term, subjectId, at, contactId, conversationId }: Term): string =>
  [term, subjectId, at, contactId, conversationId].join()

/** What has to be added and taken away, so that exactly `wanted` stands for these subjects. */
async function differences(db: Database, accountId: string, subjects: string[], wanted: Term[]) {
  const there = await termsOfQuery(db, accountId, subjects)
  const kept = new Set(there.map(nameOf))
  const asked = new Set(wanted.map(nameOf))
  const stale = there.filter((term) => !asked.has(nameOf(term)))
  const fresh = wanted.filter((term) => !kept.has(nameOf(term)))
  return [
    ...parts(stale).map((list) => termsErase(db, accountId, list)),
    ...parts(fresh).map((list) => rowsInsert(db, searchTerms, list)),
  ]
}

const parts = (terms: Term[]): Term[][] =>
  Array.from({ length: Math.ceil(terms.length / limits.searchRows) }, (_, i) =>
    terms.slice(i * limits.searchRows, (i + 1) * limits.searchRows),
  )

export const termsOfQuery = (db: Database, accountId: string, subjects: string[]) =>
  db
    .select()
    .from(searchTerms)
    .where(and(eq(searchTerms.accountId, accountId), sql`${searchTerms.subjectId} IN ${among(subjects)}`))

const termsErase = (db: Database, accountId: string, list: Term[]) => {
  const data = JSON.stringify(list.map(({ term, at, subjectId }) => [term, at, subjectId]))
  return statement(
    db,
    sql`DELETE FROM search_terms WHERE account_id = ${accountId} AND (term, at, subject_id) IN
      (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${data}))`,
  )
}
