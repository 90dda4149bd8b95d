// How the team deals with a conversation: who has it, whether it is closed, up to where it is read, which labels it has.
// Load, decide, write one batch, tell the browsers. Called by state-routes.ts.

import { and, desc, eq, lte, sql } from 'drizzle-orm'
import { type Database, database, rowsInsert, type Statement, schema, writeBatch } from '../../db/client.ts'
import { type AuditEntry, entryInsert } from '../audit/audit.ts'
import { notRestricted } from '../audit/holds.ts'
import { announce } from '../live/announce.ts'

const { conversationLabels, conversationStates, conversations, labels, members, messages } = schema

export type Place = { accountId: string; conversationId: string; actor: string }
/** `read`: everything that is here, nothing of it, or up to this message. */
export type StateChange = {
  assigneeId?: string | null | undefined
  closed?: boolean | undefined
  read?: boolean | string | undefined
}

/** The newest messages hold the latest hearing, unless hundreds came late at once. */
const recentRows = 200

export const recentQuery = (db: Database, accountId: string, conversationId: string, upTo?: string) =>
  db
    .select({ sortKey: messages.sortKey, receivedAt: messages.receivedAt, direction: messages.direction })
    .from(messages)
    .where(
      and(
        eq(messages.accountId, accountId),
        eq(messages.conversationId, conversationId),
        upTo === undefined ? undefined : lte(messages.sortKey, upTo),
      ),
    )
    .orderBy(desc(messages.sortKey), desc(messages.id))
    .limit(recentRows)

export const shownConversationQuery = (db: Database, accountId: string, id: string) =>
  db
    .select({ contactId: conversations.contactId, numberId: conversations.numberId })
    .from(conversations)
    .where(
      and(
        eq(conversations.id, id),
        eq(conversations.accountId, accountId),
        notRestricted(accountId, sql`conversations.contact_id`),
      ),
    )

type Recent = { sortKey: string; receivedAt: number; direction: 'in' | 'out' }

/** Up to where it is read when all of these are, the newest first. */
export const readUpTo = (recent: readonly Recent[]): { readKey: string; readHeardAt: number } => ({
  readKey: recent[0]?.sortKey ?? '',
  readHeardAt: Math.max(0, ...recent.map(({ receivedAt }) => receivedAt)),
})

/** Just before the last message of the person. A key that is cut short stands before the whole one. */
function unreadFrom(recent: readonly Recent[]): { readKey: string; readHeardAt: number } {
  const last = recent.find(({ direction }) => direction === 'in')
  return last
    ? { readKey: last.sortKey.slice(0, -1), readHeardAt: last.receivedAt - 1 }
    : { readKey: '', readHeardAt: 0 }
}

export type StateRefusal = 'not_found' | 'no_such_member' | 'no_such_message'

/** Undefined when it was done. */
export async function changeState(
  env: Env,
  place: Place,
  change: StateChange,
  now: number,
): Promise<StateRefusal | undefined> {
  const db = database(env.DB)
  const { accountId, conversationId } = place
  const upTo = typeof change.read === 'string' ? change.read : undefined
  const [[conversation], [member], [message]] = await db.batch([
    shownConversationQuery(db, accountId, conversationId),
    memberQuery(db, accountId, change.assigneeId ?? ''),
    sortKeyQuery(db, accountId, conversationId, upTo ?? ''),
  ])
  if (!conversation) return 'not_found'
  if (typeof change.assigneeId === 'string' && !member) return 'no_such_member'
  if (upTo !== undefined && !message) return 'no_such_message'
  const recent = await recentQuery(db, accountId, conversationId, message?.sortKey)
  const row = {
    conversationId,
    accountId,
    contactId: conversation.contactId,
    updatedAt: now,
    ...(change.assigneeId === undefined
      ? {}
      : { assigneeId: change.assigneeId, assignedAt: change.assigneeId === null ? null : now }),
    ...(change.closed === undefined ? {} : closing(change.closed, recent, now)),
    ...(change.read === undefined ? {} : change.read === false ? unreadFrom(recent) : readUpTo(recent)),
  }
  await writeBatch(db, [
    stateUpsert(db, row),
    ...entriesOf(place, change, now).map((one) => entryInsert(db, one)),
  ])
  await announce(env, accountId, [{ kind: 'conversation', conversationId }])
  return undefined
}

const closing = (closed: boolean, recent: readonly Recent[], now: number) =>
  closed
    ? { closedAt: now, closedHeardAt: recent.length > 0 ? readUpTo(recent).readHeardAt : now }
    : { closedAt: null, closedHeardAt: null }

const memberQuery = (db: Database, accountId: string, id: string) =>
  db
    .select({ id: members.id })
    .from(members)
    .where(and(eq(members.id, id), eq(members.accountId, accountId)))

const sortKeyQuery = (db: Database, accountId: string, conversationId: string, id: string) =>
  db
    .select({ sortKey: messages.sortKey })
    .from(messages)
    .where(
      and(
        eq(messages.id, id),
        eq(messages.accountId, accountId),
        eq(messages.conversationId, conversationId),
      ),
    )

/** What the row names is written, the rest stays. A reading never goes back, unless somebody says unread. */
export function stateUpsert(db: Database, row: typeof conversationStates.$inferInsert): Statement {
  const columns = {
    assigneeId: sql`assignee_id = excluded.assignee_id, assigned_at = excluded.assigned_at`,
    closedAt: sql`closed_at = excluded.closed_at, closed_heard_at = excluded.closed_heard_at`,
    readKey: sql`read_key = excluded.read_key, read_heard_at = excluded.read_heard_at`,
  }
  const set = (Object.keys(columns) as (keyof typeof columns)[]).flatMap((name) =>
    row[name] === undefined ? [] : [columns[name]],
  )
  return rowsInsert(
    db,
    conversationStates,
    [row],
    sql`ON CONFLICT (conversation_id) DO UPDATE SET ${sql.join([...set, sql`updated_at = excluded.updated_at`], sql`, `)}`,
  )
}

/** What was read is not on the ledger: it would drown what was done. */
function entriesOf(
  { accountId, actor, conversationId: subject }: Place,
  { assigneeId, closed }: StateChange,
  at: number,
): AuditEntry[] {
  const entry = { accountId, actor, subject, at }
  return [
    ...(assigneeId === undefined
      ? []
      : [{ ...entry, action: 'conversation.assign', reason: assigneeId ?? 'nobody' }]),
    ...(closed === undefined ? [] : [{ ...entry, action: `conversation.${closed ? 'close' : 'reopen'}` }]),
  ]
}

/** False when the conversation or the label is not there. Twice is once. */
export async function setLabel(
  env: Env,
  place: Place,
  labelId: string,
  set: boolean,
  now: number,
): Promise<boolean> {
  const db = database(env.DB)
  const { accountId, conversationId, actor } = place
  const [[conversation], [label]] = await db.batch([
    shownConversationQuery(db, accountId, conversationId),
    db
      .select({ id: labels.id })
      .from(labels)
      .where(and(eq(labels.id, labelId), eq(labels.accountId, accountId))),
  ])
  if (!conversation || !label) return false
  const key = { accountId, conversationId, labelId }
  const action = `conversation.${set ? 'label' : 'unlabel'}`
  await writeBatch(db, [
    set
      ? rowsInsert(db, conversationLabels, [{ ...key, contactId: conversation.contactId, at: now }])
      : db
          .delete(conversationLabels)
          .where(
            and(
              eq(conversationLabels.accountId, accountId),
              eq(conversationLabels.conversationId, conversationId),
              eq(conversationLabels.labelId, labelId),
            ),
          ),
    entryInsert(db, { accountId, actor, action, subject: conversationId, reason: labelId, at: now }),
  ])
  await announce(env, accountId, [{ kind: 'conversation', conversationId }])
  return true
}
