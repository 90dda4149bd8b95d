// Consents as rows: written once and never changed, read for a contact or for the gates. Statement builders for one batch.
// Called by the contacts and sending walks, and by whoever joins two contacts.

import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { among, type Database, rowsInsert, type Statement, schema } from '../../db/client.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import type { Purpose } from './standing.ts'

const { consentRules, consents } = schema

export type ConsentRow = typeof consents.$inferSelect
/**
 * Sealed as JSON under `consents.content:{id}`: the words agreed to, or said, and where they stand; of a list, how those on it
 * agreed.
 */
export type ConsentContent = { text: string; where?: string | undefined; how?: string | undefined }

/** The same id twice is one row: what was written down stays. */
export const consentsInsert = (db: Database, rows: (typeof consents.$inferInsert)[]): Statement =>
  rowsInsert(db, consents, rows)

/** What standingsOf needs of these contacts. */
export const consentFactsQuery = (db: Database, accountId: string, contactIds: readonly string[]) =>
  db
    .select({
      contactId: consents.contactId,
      purpose: consents.purpose,
      state: consents.state,
      source: consents.source,
      at: consents.at,
    })
    .from(consents)
    .where(and(eq(consents.accountId, accountId), sql`${consents.contactId} IN ${among(contactIds)}`))

/** Newest word first. */
export function consentsQuery(
  db: Database,
  accountId: string,
  contactId: string,
  { limit, cursor }: Page<TimeKey>,
) {
  const after: SQL | undefined =
    cursor && sql`(${consents.at}, ${consents.id}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(consents)
    .where(and(eq(consents.accountId, accountId), eq(consents.contactId, contactId), after))
    .orderBy(desc(consents.at), desc(consents.id))
    .limit(limit + 1)
}

/** For a WHERE: standingOf says `given`. `contact` is a column with the contact's id. */
export const consentGiven = (accountId: string, contact: SQL, purpose: Purpose): SQL =>
  sql`EXISTS (SELECT 1 FROM consents g WHERE g.account_id = ${accountId} AND g.contact_id = ${contact}
    AND g.purpose = ${purpose} AND g.state = 'given' AND NOT EXISTS (SELECT 1 FROM consents w
      WHERE w.account_id = ${accountId} AND w.contact_id = g.contact_id AND w.purpose = ${purpose}
      AND w.state = 'withdrawn' AND (w.at >= g.at OR g.source = 'import')))`

/** For a WHERE: a withdrawal was written down, whether it still stands or not. */
export const consentWithdrawn = (accountId: string, contact: SQL, purpose: Purpose): SQL =>
  sql`EXISTS (SELECT 1 FROM consents w WHERE w.account_id = ${accountId} AND w.contact_id = ${contact}
    AND w.purpose = ${purpose} AND w.state = 'withdrawn')`

/** `open` without a row: the business keeps its proof elsewhere. */
export type MarketingRule = (typeof consentRules.$inferSelect)['marketing']

export const consentRuleQuery = (db: Database, accountId: string) =>
  db.select().from(consentRules).where(eq(consentRules.accountId, accountId))

export const consentRuleUpsert = (
  db: Database,
  accountId: string,
  marketing: MarketingRule,
  at: number,
): Statement =>
  rowsInsert(
    db,
    consentRules,
    [{ accountId, marketing, updatedAt: at }],
    sql`ON CONFLICT DO UPDATE SET marketing = excluded.marketing, updated_at = excluded.updated_at`,
  )
