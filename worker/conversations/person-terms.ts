// By which a person is found, written anew from what is known of them: somebody may be findable again who has no conversation that
// the index would be made from. Called by the rights walk.

import { and, eq } from 'drizzle-orm'
import { type Database, type Statement, schema } from '../../db/client.ts'
import { type Keepers, keeperOf } from '../custody/sealing.ts'
import { openContacts } from './list-contacts.ts'
import { personTerms, personTermsWrite } from './terms.ts'

const { contacts } = schema

/** Nothing for a contact that is not there. */
export async function personTermsAnew(
  db: Database,
  keepers: Keepers,
  accountId: string,
  contactId: string,
  now: number,
): Promise<Statement[]> {
  const row = await db
    .select()
    .from(contacts)
    .where(and(eq(contacts.accountId, accountId), eq(contacts.id, contactId)))
    .get()
  if (!row) return []
  const [[contact], { account }] = await Promise.all([
    openContacts(keepers, accountId, [row], now),
    keeperOf(keepers, accountId).resolve([]),
  ])
  const terms = personTerms(account, accountId, contactId, row.createdAt, contact)
  return personTermsWrite(db, accountId, contactId, terms)
}
