// Reads conversations for the API, newest first, each with its contact and how the team deals with it. The page goes by one
// index, whatever is filtered; what stands beside it (beside.ts) is read for the page alone. Called by routes.ts.

import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import { notRestricted } from '../audit/holds.ts'
import type { Keepers } from '../custody/sealing.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import { type Beside, loadBeside } from './beside.ts'
import { type ContactView, openContacts } from './list-contacts.ts'
import { type MessageView, openMessages } from './list-messages.ts'
import { reopened, unread } from './unread.ts'
import { windowAt } from './window.ts'

const { contacts, conversationLabels, conversationStates, conversations } = schema

/** Left joins, so that the planner cannot turn them round and walk through every contact of the account. */
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
      assigneeId: conversationStates.assigneeId,
      closedAt: conversationStates.closedAt,
    })
    .from(conversations)
    .leftJoin(
      contacts,
      and(eq(contacts.id, conversations.contactId), eq(contacts.accountId, conversations.accountId)),
    )
    .leftJoin(
      conversationStates,
      and(
        eq(conversationStates.conversationId, conversations.id),
        eq(conversationStates.accountId, conversations.accountId),
      ),
    )

export type ConversationFilter = {
  state?: 'open' | 'closed' | 'all' | undefined
  /** A member, or nobody. */
  assignee?: { id: string | null } | undefined
  label?: string | undefined
  unread?: boolean | undefined
}

export type ConversationPage = Page<TimeKey> & ConversationFilter

function filters(accountId: string, { state, assignee, label, unread: only }: ConversationFilter): SQL[] {
  const { closedAt, assigneeId } = conversationStates
  return [
    ...(state === 'open' ? [sql`(${closedAt} IS NULL OR ${reopened(accountId)})`] : []),
    ...(state === 'closed' ? [sql`${closedAt} IS NOT NULL AND NOT ${reopened(accountId)}`] : []),
    ...(assignee ? [assignee.id === null ? isNull(assigneeId) : eq(assigneeId, assignee.id)] : []),
    ...(label === undefined
      ? []
      : [
          sql`EXISTS (SELECT 1 FROM ${conversationLabels} WHERE conversation_labels.account_id = ${accountId}
            AND conversation_labels.conversation_id = conversations.id AND conversation_labels.label_id = ${label})`,
        ]),
    ...(only ? [sql`EXISTS ${unread(accountId, 1)}`] : []),
  ]
}

export function conversationsQuery(
  db: Database,
  accountId: string,
  { limit, cursor, ...filter }: ConversationPage,
) {
  const after: SQL | undefined =
    cursor && sql`(${conversations.lastMessageAt}, ${conversations.id}) < (${cursor[0]}, ${cursor[1]})`
  return withContact(db)
    .where(
      and(
        eq(conversations.accountId, accountId),
        after,
        notRestricted(accountId, sql`conversations.contact_id`),
        ...filters(accountId, filter),
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
  assigneeId: string | null
  closedAt: number | null
  beside: Omit<Beside, 'last'>
  last: MessageView | null
}

/** In the order given. `memberId`: whose drafts count. */
export async function openConversations(
  env: { DB: D1Database; KEEPER: Keepers },
  db: Database,
  { accountId, memberId }: { accountId: string; memberId: string | undefined },
  rows: ConversationRow[],
  now: number,
): Promise<ConversationView[]> {
  if (rows.length === 0) return []
  const { beside, changes } = await loadBeside(
    db,
    accountId,
    memberId,
    rows.map(({ id }) => id),
  )
  const lasts = rows.flatMap(({ id }) => beside.get(id)?.last ?? [])
  const people = await openContacts(env.KEEPER, accountId, rows.map(contactOf), now)
  // The keys of these people are at hand now.
  const opened = await openMessages(env, accountId, lasts, { changes, statuses: [], files: [] }, now)
  const last = new Map(opened.map((message) => [message.conversationId, message]))
  return rows.map(({ id, numberId, createdAt, lastMessageAt, userLastAt, assigneeId, closedAt }, i) => {
    const window = windowAt(userLastAt, now)
    const { unread, labels, hasDraft, reopened } = beside.get(id) as Beside
    return {
      id,
      numberId,
      contact: people[i] as ContactView,
      createdAt,
      lastMessageAt,
      windowClosesAt: window.state === 'open' ? window.until : null,
      assigneeId,
      closedAt: reopened ? null : closedAt,
      beside: { unread, labels, hasDraft, reopened },
      last: last.get(id) ?? null,
    }
  })
}

const contactOf = ({ contactId: id, name, username, phone, bsuid }: ConversationRow) => ({
  id,
  name,
  username,
  phone,
  bsuid,
})
