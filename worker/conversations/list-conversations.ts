// Reads conversations for the API, newest first, each with its contact: one SQL query and one Keeper call a page.
// Called by routes.ts.

import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import { notRestricted } from '../audit/holds.ts'
import type { Keepers } from '../custody/sealing.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import { type ContactView, openContacts } from './list-contacts.ts'
import { windowAt } from './window.ts'

const { contacts, conversations } = schema

/** A left join, so that the planner cannot turn it round and walk through every contact of the account. */
const withContact = (db: Database) =>
  db
    .select({
      id: conversations.id,
      numberId: conversations.numberId,
      contactId: conversations.contactId,
      createdAt: conversations.createdAt,
      lastMessageAt: conversations.lastMessageAt,
      userLastAt: conversations.userLastAt,
      name: contacts.name,
      username: contacts.username,
      phone: contacts.phone,
      bsuid: contacts.bsuid,
    })
    .from(conversations)
    .leftJoin(
      contacts,
      and(eq(contacts.id, conversations.contactId), eq(contacts.accountId, conversations.accountId)),
    )

export function conversationsQuery(db: Database, accountId: string, { limit, cursor }: Page<TimeKey>) {
  const after: SQL | undefined =
    cursor && sql`(${conversations.lastMessageAt}, ${conversations.id}) < (${cursor[0]}, ${cursor[1]})`
  return withContact(db)
    .where(
      and(
        eq(conversations.accountId, accountId),
        after,
        notRestricted(accountId, sql`conversations.contact_id`),
      ),
    )
    .orderBy(desc(conversations.lastMessageAt), desc(conversations.id))
    .limit(limit + 1)
}

export const conversationQuery = (db: Database, accountId: string, id: string) =>
  withContact(db).where(
    and(
      eq(conversations.id, id),
      eq(conversations.accountId, accountId),
      notRestricted(accountId, sql`conversations.contact_id`),
    ),
  )

export type ConversationRow = Awaited<ReturnType<typeof conversationsQuery>>[number]
export type ConversationView = {
  id: string
  numberId: string
  contact: ContactView
  createdAt: number
  lastMessageAt: number
  /** Null when the customer service window is closed. */
  windowClosesAt: number | null
}

/** In the order given. */
export async function openConversations(
  keepers: Keepers,
  accountId: string,
  rows: ConversationRow[],
  now: number,
): Promise<ConversationView[]> {
  const sealed = rows.map(({ contactId: id, name, username, phone, bsuid }) => ({
    id,
    name,
    username,
    phone,
    bsuid,
  }))
  const people = await openContacts(keepers, accountId, sealed, now)
  return rows.map(({ id, numberId, createdAt, lastMessageAt, userLastAt }, i) => {
    const window = windowAt(userLastAt, now)
    const contact = people[i] as ContactView
    return {
      id,
      numberId,
      contact,
      createdAt,
      lastMessageAt,
      windowClosesAt: window.state === 'open' ? window.until : null,
    }
  })
}
