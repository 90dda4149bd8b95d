// Which contacts somebody looks for: all, by words of a name, by a whole phone number or user id, by what they agreed to. Names
// are found by keyed digests of their words, numbers by the Keeper: nothing is opened that is not shown. Called by routes.ts.

import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { among, type Database, schema } from '../../db/client.ts'
import { notRestricted } from '../audit/holds.ts'
import { consentFactsQuery, consentGiven, consentWithdrawn } from '../consent/record.ts'
import { type Standing, standingOf } from '../consent/standing.ts'
import type { ContactRow } from '../conversations/list-contacts.ts'
import { termOf } from '../conversations/terms.ts'
import { phoneAsked, wordsAsked } from '../conversations/words.ts'
import { type Keepers, keeperOf } from '../custody/sealing.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import { bsuidShape, otherSpellings } from '../meta/send-recipient.ts'
import { objected, objectionsQuery } from './held.ts'
import { isoHeld } from './shapes.ts'

const { contacts } = schema

export type Wanted = Page<TimeKey> & {
  q?: string | undefined
  /** Whoever sees phone numbers finds them by their last digits, too. */
  identifiers: boolean
  objected?: boolean | undefined
  marketing?: Standing['state'] | undefined
}
export type Listed = { row: ContactRow; objected: { at: string } | null; marketing: Standing['state'] }

/** One more than the page holds. */
export async function findContacts(
  db: Database,
  keepers: Keepers,
  accountId: string,
  wanted: Wanted,
  now: number,
): Promise<ContactRow[]> {
  const sought = wanted.q ? await soughtBy(keepers, accountId, wanted, now) : undefined
  return contactsQuery(db, accountId, wanted, sought)
}

export function contactsQuery(
  db: Database,
  accountId: string,
  wanted: Omit<Wanted, 'q' | 'identifiers'>,
  sought?: SQL,
) {
  const { limit, cursor } = wanted
  const after: SQL | undefined =
    cursor && sql`(${contacts.lastSeenAt}, ${contacts.id}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(contacts)
    .where(
      and(
        eq(contacts.accountId, accountId),
        after,
        sought,
        notRestricted(accountId, sql`contacts.id`),
        objectedIs(accountId, wanted.objected),
        marketingIs(accountId, wanted.marketing),
      ),
    )
    .orderBy(desc(contacts.lastSeenAt), desc(contacts.id))
    .limit(limit + 1)
}

const objectedIs = (accountId: string, wanted: boolean | undefined): SQL | undefined =>
  wanted === undefined
    ? undefined
    : wanted
      ? objected(accountId, sql`contacts.id`)
      : sql`NOT ${objected(accountId, sql`contacts.id`)}`

function marketingIs(accountId: string, wanted: Wanted['marketing']): SQL | undefined {
  if (wanted === undefined) return undefined
  const given = consentGiven(accountId, sql`contacts.id`, 'marketing')
  const withdrawn = consentWithdrawn(accountId, sql`contacts.id`, 'marketing')
  if (wanted === 'given') return given
  return wanted === 'withdrawn' ? sql`${withdrawn} AND NOT ${given}` : sql`NOT ${given} AND NOT ${withdrawn}`
}

async function soughtBy(
  keepers: Keepers,
  accountId: string,
  { q = '', identifiers }: Pick<Wanted, 'q' | 'identifiers'>,
  now: number,
): Promise<SQL> {
  if (/^cnt_[0-9a-z]+$/.test(q)) return eq(contacts.id, q)
  const subjects = subjectsOf(q)
  if (subjects.length > 0) {
    const asked = subjects.map((subject) => ({ ...subject, at: now, create: false }))
    const { subjects: answers } = await keeperOf(keepers, accountId).resolve(asked)
    const ids = answers.flatMap((answer) => (answer.state === 'known' ? [answer.contactId] : []))
    if (ids.length > 0) return sql`${contacts.id} IN ${among(ids)}`
  }
  return byWords(keepers, accountId, q, identifiers)
}

/** Somebody's number or user id, written out whole. */
function subjectsOf(q: string): ({ phone: string } | { bsuid: string })[] {
  if (bsuidShape.test(q)) return [{ bsuid: q }]
  const digits = q.replace(/[\s().+/-]/g, '')
  if (!/^\d{6,17}$/.test(digits)) return []
  const phone = digits.replace(/^00/, '')
  return [phone, ...otherSpellings(phone)].map((one) => ({ phone: one }))
}

/** For each row of a page, what stands beside it. */
export async function listedOf(db: Database, accountId: string, rows: ContactRow[]): Promise<Listed[]> {
  const ids = rows.map(({ id }) => id)
  const [facts, objections] = await db.batch([
    consentFactsQuery(db, accountId, ids),
    objectionsQuery(db, accountId, ids),
  ])
  const own = Map.groupBy(facts, ({ contactId }) => contactId)
  const since = new Map(objections.map(({ id, at }) => [id, at]))
  return rows.map((row) => ({
    row,
    objected: isoHeld(since.get(row.id)),
    marketing: standingOf(own.get(row.id) ?? [], 'marketing').state,
  }))
}

/** Every word begins one of the name, or it is the end of the number: that only for who sees numbers. */
async function byWords(keepers: Keepers, accountId: string, q: string, identifiers: boolean): Promise<SQL> {
  const { account } = await keeperOf(keepers, accountId).resolve([])
  const end = identifiers ? phoneAsked(q) : undefined
  const terms =
    end === undefined
      ? wordsAsked(q).map((word) => termOf(account, 'name', word))
      : [termOf(account, 'end', end)]
  if (terms.length === 0) return sql`0`
  return sql`${contacts.id} IN (SELECT subject_id FROM search_terms WHERE account_id = ${accountId}
    AND term IN ${among(terms)} AND subject_id = contact_id GROUP BY subject_id
    HAVING count(DISTINCT term) = ${new Set(terms).size})`
}
