// What stands beside the conversations of a page: unread messages, labels, the newest message, whether the caller began to
// write. One call to D1, and a second one when a newest message was edited. Called by list-conversations.ts.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import { among, type Database, schema } from '../../db/client.ts'
import { limits } from '../ground/limits.ts'
import { type ChangeRow, changesQuery, type MessageRow } from './list-messages.ts'
import { reopened, unread } from './unread.ts'

const { conversationLabels, conversationStates, conversations, drafts, messages } = schema

export type Beside = {
  /** At most limits.unreadMax. */
  unread: number
  labels: string[]
  hasDraft: boolean
  reopened: boolean
  last: MessageRow | undefined
}

/** The newest message of each conversation. */
export const lastMessagesQuery = (db: Database, accountId: string, ids: string[]) =>
  db
    .select()
    .from(messages)
    .where(
      sql`${messages.id} IN (SELECT (SELECT newest.id FROM messages newest WHERE newest.account_id = ${accountId}
        AND newest.conversation_id = value AND newest.type <> 'reaction' ORDER BY newest.sort_key DESC, newest.id DESC LIMIT 1)
        FROM json_each(${JSON.stringify(ids)}))`,
    )

export const countsQuery = (db: Database, accountId: string, ids: string[]) =>
  db
    .select({
      id: conversations.id,
      unread: sql<number>`(SELECT count(*) FROM ${unread(accountId, limits.unreadMax)})`,
      reopened: sql<number>`coalesce(${reopened(accountId)}, 0)`,
    })
    .from(conversations)
    .leftJoin(
      conversationStates,
      and(
        eq(conversationStates.conversationId, conversations.id),
        eq(conversationStates.accountId, conversations.accountId),
      ),
    )
    .where(and(eq(conversations.accountId, accountId), sql`${conversations.id} IN ${among(ids)}`))

export const labelsOfQuery = (db: Database, accountId: string, ids: string[]) =>
  db
    .select({ id: conversationLabels.conversationId, labelId: conversationLabels.labelId })
    .from(conversationLabels)
    .where(isOf(conversationLabels, accountId, ids))

export const draftsOfQuery = (db: Database, accountId: string, memberId: string, ids: string[]) =>
  db
    .select({ id: drafts.conversationId })
    .from(drafts)
    .where(and(isOf(drafts, accountId, ids), eq(drafts.memberId, memberId)))

const isOf = (
  table: typeof conversationLabels | typeof drafts,
  accountId: string,
  ids: string[],
): SQL | undefined => and(eq(table.accountId, accountId), sql`${table.conversationId} IN ${among(ids)}`)

export async function loadBeside(
  db: Database,
  accountId: string,
  memberId: string | undefined,
  ids: string[],
): Promise<{ beside: Map<string, Beside>; changes: ChangeRow[] }> {
  const [counts, lasts, labelled, begun] = await db.batch([
    countsQuery(db, accountId, ids),
    lastMessagesQuery(db, accountId, ids),
    labelsOfQuery(db, accountId, ids),
    draftsOfQuery(db, accountId, memberId ?? '', ids),
  ])
  const labels = new Map<string, string[]>()
  for (const { id, labelId } of labelled) labels.set(id, [...(labels.get(id) ?? []), labelId])
  const last = new Map(lasts.map((row) => [row.conversationId, row]))
  const drafted = new Set(begun.map(({ id }) => id))
  const beside = counts.map(
    (row) =>
      [
        row.id,
        {
          unread: row.unread,
          reopened: row.reopened === 1,
          labels: labels.get(row.id) ?? [],
          hasDraft: drafted.has(row.id),
          last: last.get(row.id),
        },
      ] as const,
  )
  const edited = lasts.flatMap(({ ref, editedAt }) => (editedAt === null || ref === null ? [] : [ref]))
  return {
    beside: new Map(beside),
    changes: edited.length > 0 ? await changesQuery(db, accountId, edited) : [],
  }
}
