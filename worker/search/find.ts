// A question becomes conversations and messages: words → keyed digests → rows by index, newest first → opened, for this page
// alone. Called by routes.ts. All words have to be there; of restricted people nothing is.

import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { among, type Database, database, type Statement, schema, statement } from '../../db/client.ts'
import { notRestricted } from '../audit/holds.ts'
import { termOf } from '../conversations/terms.ts'
import { phoneAsked, wordsAsked } from '../conversations/words.ts'
import { type AccountKeys, keeperOf } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { cutPage, type Page, type TimeKey } from '../ground/openapi.ts'

const { conversations, searchTerms } = schema

/** `messageId` is null where the person was meant. */
export type Hit = { conversationId: string; messageId: string | null }
export type Found = { hits: Hit[]; words: string[]; next: string | null }

/** Who sees phone numbers may look for them. */
export async function find(
  env: Env,
  { accountId, identifiers }: { accountId: string; identifiers: boolean },
  question: string,
  page: Page<TimeKey>,
): Promise<Found> {
  const db = database(env.DB)
  const words = wordsAsked(question)
  const phone = identifiers ? phoneAsked(question) : undefined
  if (words.length === 0 && phone === undefined) return { hits: [], words, next: null }
  const { account } = await keeperOf(env.KEEPER, accountId).resolve([])
  const people = page.cursor ? [] : await findPeople(db, account, accountId, words, phone)
  const terms = await rarestFirst(
    db,
    accountId,
    words.map((word) => termOf(account, 'word', word)),
  )
  const found = terms.length > 0 ? await hitsQuery(db, accountId, terms, page) : []
  const { rows, next } = cutPage(found, page.limit, (row) => [row.at, row.subjectId])
  const said = rows.flatMap(({ subjectId, conversationId }) =>
    conversationId === null ? [] : { conversationId, messageId: subjectId },
  )
  return { hits: [...people, ...said], words, next }
}

async function findPeople(
  db: Database,
  account: AccountKeys,
  accountId: string,
  words: string[],
  phone: string | undefined,
): Promise<Hit[]> {
  const page = { limit: limits.searchPeople }
  const asked = [
    ...(words.length > 0 ? [words.map((word) => termOf(account, 'name', word))] : []),
    ...(phone === undefined ? [] : [[termOf(account, 'end', phone)]]),
  ]
  const found = await Promise.all(asked.map((terms) => hitsQuery(db, accountId, terms, page)))
  const ids = [...new Set(found.flat().map(({ subjectId }) => subjectId))].slice(0, limits.searchPeople)
  if (ids.length === 0) return []
  const talks = await talksQuery(db, accountId, ids)
  return talks
    .sort((a, b) => b.lastMessageAt - a.lastMessageAt)
    .map(({ id }) => ({ conversationId: id, messageId: null }))
}

export const talksQuery = (db: Database, accountId: string, contactIds: string[]) =>
  db
    .select({ id: conversations.id, lastMessageAt: conversations.lastMessageAt })
    .from(conversations)
    .where(
      and(eq(conversations.accountId, accountId), sql`${conversations.contactId} IN ${among(contactIds)}`),
    )
    .limit(limits.searchPeople)

/** Walks along the first term, newest first, and asks of each row whether the others are there: so the first had better be rare. */
export function hitsQuery(
  db: Database,
  accountId: string,
  [first = '', ...others]: string[],
  { limit, cursor }: Page<TimeKey>,
) {
  const beside = others.map(
    (
      term,
    ): SQL => sql`EXISTS (SELECT 1 FROM search_terms other WHERE other.account_id = ${accountId} AND other.term = ${term}
      AND other.at = search_terms.at AND other.subject_id = search_terms.subject_id)`,
  )
  const after = cursor && sql`(${searchTerms.at}, ${searchTerms.subjectId}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select({
      subjectId: searchTerms.subjectId,
      conversationId: searchTerms.conversationId,
      at: searchTerms.at,
    })
    .from(searchTerms)
    .where(
      and(
        eq(searchTerms.accountId, accountId),
        eq(searchTerms.term, first),
        after,
        ...beside,
        notRestricted(accountId, sql`search_terms.contact_id`),
      ),
    )
    .orderBy(desc(searchTerms.at), desc(searchTerms.subjectId))
    .limit(limit + 1)
}

/** By how often they stand in the index, counted up to a bound. */
async function rarestFirst(db: Database, accountId: string, terms: string[]): Promise<string[]> {
  if (terms.length < 2) return terms
  const counts = terms.map((term) =>
    statement(
      db,
      sql`SELECT count(*) AS n FROM (SELECT 1 FROM search_terms WHERE account_id = ${accountId} AND term = ${term} LIMIT ${limits.searchCounted})`,
    ),
  )
  const answers = (await db.batch(counts as [Statement, ...Statement[]])) as D1Result<{ n: number }>[]
  return terms
    .map((term, i) => ({ term, n: answers[i]?.results[0]?.n ?? 0 }))
    .sort((a, b) => a.n - b.n)
    .map(({ term }) => term)
}
