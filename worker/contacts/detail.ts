// One contact with everything that is known beside its name: what the business noted, what the person agreed to, what stands in
// the way, which conversations there are. One batch and one Keeper call. Called by routes.ts.

import { and, desc, eq, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import { type Principal, seesIdentifiers } from '../audit/principal.ts'
import { consentFactsQuery } from '../consent/record.ts'
import { standingsOf } from '../consent/standing.ts'
import {
  type ContactRow,
  type ContactView,
  contactQuery,
  openContacts,
} from '../conversations/list-contacts.ts'
import { maskPerson } from '../conversations/mask.ts'
import { contactView } from '../conversations/shapes.ts'
import type { Keepers } from '../custody/sealing.ts'
import { isoTime, type z } from '../ground/openapi.ts'
import { nameOrigin } from './correct.ts'
import { holdQuery } from './held.ts'
import { type contactDetailSchema, isoHeld, standingView } from './shapes.ts'
import { openValues, valuesQuery } from './values-record.ts'

const { contactPreferences, conversations } = schema

export type ContactDetail = z.infer<typeof contactDetailSchema>
export type Stores = { db: Database; keepers: Keepers }

/** Undefined when the account shows no such contact. */
export async function loadDetail(
  { db, keepers }: Stores,
  principal: Principal,
  id: string,
  now: number,
): Promise<ContactDetail | undefined> {
  const { accountId } = principal
  const [[row], facts, values, [objection], [stop], talks] = await db.batch([
    contactQuery(db, accountId, id),
    consentFactsQuery(db, accountId, [id]),
    valuesQuery(db, accountId, id),
    holdQuery(db, accountId, id, 'objected'),
    stopQuery(db, accountId, id),
    talksQuery(db, accountId, id),
  ])
  if (!row) return undefined
  const [[contact], opened] = await Promise.all([
    openContacts(keepers, accountId, [row], now),
    openValues(keepers, accountId, values, now),
  ])
  const standings = standingsOf(facts)
  return {
    ...shownContact(row, contact as ContactView, principal),
    nameBy: nameOrigin(row),
    values: opened,
    consents: {
      marketing: standingView(standings.marketing),
      utility: standingView(standings.utility),
      authentication: standingView(standings.authentication),
      service: standingView(standings.service),
    },
    objected: isoHeld(objection?.at),
    restricted: false,
    stoppedMarketing: isoHeld(stop?.at),
    conversations: talks.map((talk) => ({ ...talk, lastMessageAt: isoTime(talk.lastMessageAt) })),
  }
}

/** Masked for roles that need not see identifiers. */
export const shownContact = (row: ContactRow, contact: ContactView, principal: Principal) =>
  contactView(row, maskPerson(contact, seesIdentifiers(principal)))

const stopQuery = (db: Database, accountId: string, contactId: string) =>
  db
    .select({ at: contactPreferences.at })
    .from(contactPreferences)
    .where(
      and(
        eq(contactPreferences.accountId, accountId),
        eq(contactPreferences.contactId, contactId),
        eq(contactPreferences.category, 'marketing_messages'),
        sql`${contactPreferences.value} = 'stop'`,
      ),
    )

const talksQuery = (db: Database, accountId: string, contactId: string) =>
  db
    .select({
      id: conversations.id,
      numberId: conversations.numberId,
      lastMessageAt: conversations.lastMessageAt,
    })
    .from(conversations)
    .where(and(eq(conversations.accountId, accountId), eq(conversations.contactId, contactId)))
    .orderBy(desc(conversations.lastMessageAt))
