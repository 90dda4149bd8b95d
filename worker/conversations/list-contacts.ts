// Reads contacts for the API, all sealed columns of a page opened with one Keeper call. Called by the contacts walk;
// list-conversations.ts opens the contact beside each conversation the same way.

import { and, eq, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import { notRestricted } from '../audit/holds.ts'
import { type Keepers, openColumns, type Sealed } from '../custody/sealing.ts'

const { contacts } = schema

export type ContactRow = typeof contacts.$inferSelect
/** Null: unknown, or its key is destroyed. */
export type ContactView = {
  id: string
  name: string | null
  username: string | null
  phone: string | null
  bsuid: string | null
}

export const contactQuery = (db: Database, accountId: string, id: string) =>
  db
    .select()
    .from(contacts)
    .where(
      and(eq(contacts.id, id), eq(contacts.accountId, accountId), notRestricted(accountId, sql`contacts.id`)),
    )

export type SealedContact = Pick<ContactRow, 'id' | 'name' | 'username' | 'phone' | 'bsuid'>

const fields = ['name', 'username', 'phone', 'bsuid'] as const

/** In the order given. */
export async function openContacts(
  keepers: Keepers,
  accountId: string,
  rows: SealedContact[],
  now: number,
): Promise<ContactView[]> {
  const columns: Sealed[] = rows.flatMap((row) =>
    fields.map((column) => ({ table: 'contacts', column, rowId: row.id, sealed: row[column] })),
  )
  const opened = await openColumns(keepers, accountId, columns, now)
  return rows.map(({ id }, i) => {
    const [name, username, phone, bsuid] = fields.map((_, j) => opened[i * fields.length + j] ?? null)
    return { id, name: name ?? null, username: username ?? null, phone: phone ?? null, bsuid: bsuid ?? null }
  })
}
