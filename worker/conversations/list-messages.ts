// Reads the messages of a conversation for the API: one SQL query for the page, one for the edits and reactions of its
// messages, one Keeper call for everything sealed. Called by routes.ts.

import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm'
import { among, type Database, schema } from '../../db/client.ts'
import { notRestricted } from '../audit/holds.ts'
import { type Keepers, openColumns } from '../custody/sealing.ts'
import type { Page, TextKey } from '../ground/openapi.ts'
import type { MessageContent } from './content.ts'

const { conversations, messageChanges, messages } = schema

export type MessageRow = typeof messages.$inferSelect
export type ChangeRow = typeof messageChanges.$inferSelect
export type MessagePage = Page<TextKey> & { order: 'oldest' | 'newest' }

export type Reaction = { emoji: string; from: 'contact' | 'business'; at: number }
export type MessageView = MessageRow & {
  openedWamid: string | null
  latest: MessageContent | undefined
  reactions: Reaction[]
}

export const conversationExists = (db: Database, accountId: string, id: string) =>
  db
    .select({ id: conversations.id })
    .from(conversations)
    .where(
      and(
        eq(conversations.id, id),
        eq(conversations.accountId, accountId),
        notRestricted(accountId, sql`conversations.contact_id`),
      ),
    )

export function messagesQuery(
  db: Database,
  accountId: string,
  conversationId: string,
  { limit, cursor, order }: MessagePage,
) {
  const way = order === 'oldest' ? { sort: asc, beyond: sql.raw('>') } : { sort: desc, beyond: sql.raw('<') }
  const after: SQL | undefined =
    cursor && sql`(${messages.sortKey}, ${messages.id}) ${way.beyond} (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(messages)
    .where(and(eq(messages.accountId, accountId), eq(messages.conversationId, conversationId), after))
    .orderBy(way.sort(messages.sortKey), way.sort(messages.id))
    .limit(limit + 1)
}

/** Edits, revokes and reactions that land on these messages. */
export const changesQuery = (db: Database, accountId: string, refs: string[]) =>
  db
    .select()
    .from(messageChanges)
    .where(and(eq(messageChanges.accountId, accountId), sql`${messageChanges.targetRef} IN ${among(refs)}`))

/** The later one wins; of what shares a second, the one heard later. */
const isNewer = (a: ChangeRow, b: ChangeRow | undefined): boolean =>
  !b || a.sortKey > b.sortKey || (a.sortKey === b.sortKey && a.ref > b.ref)

export type Changes = {
  edits: Map<string, ChangeRow>
  revokes: Map<string, ChangeRow>
  reactions: Map<string, ChangeRow[]>
}

/** Of every message: its newest edit and revoke by its own author, and the standing reaction of each side. By message id. */
export function standingChanges(rows: MessageRow[], changes: ChangeRow[]): Changes {
  const edits = new Map<string, ChangeRow>()
  const revokes = new Map<string, ChangeRow>()
  const reactions = new Map<string, Map<string, ChangeRow>>()
  const byRef = new Map(rows.flatMap((row) => (row.ref === null ? [] : [[row.ref, row] as const])))
  for (const change of changes) {
    const row = byRef.get(change.targetRef)
    if (!row) continue
    if (change.kind !== 'reaction') {
      const author = change.direction === row.direction && change.contactId === row.contactId
      const standing = change.kind === 'edit' ? edits : revokes
      if (author && isNewer(change, standing.get(row.id))) standing.set(row.id, change)
      continue
    }
    const sides = reactions.get(row.id) ?? new Map<string, ChangeRow>()
    const side = `${change.direction}/${change.contactId}`
    if (isNewer(change, sides.get(side))) sides.set(side, change)
    reactions.set(row.id, sides)
  }
  const standing = [...reactions].map(
    ([id, sides]) => [id, [...sides.values()].filter((change) => change.content !== null)] as const,
  )
  return { edits, revokes, reactions: new Map(standing) }
}

export type MessageList = { rows: MessageRow[]; changes: ChangeRow[] }

/** Undefined when the account has no such conversation. `rows` holds one row more than the limit when more follow. */
export async function loadMessages(
  db: Database,
  accountId: string,
  conversationId: string,
  page: MessagePage,
): Promise<MessageList | undefined> {
  const [known, rows] = await db.batch([
    conversationExists(db, accountId, conversationId),
    messagesQuery(db, accountId, conversationId, page),
  ])
  if (known.length === 0) return undefined
  const refs = rows.slice(0, page.limit).flatMap(({ ref }) => ref ?? [])
  return { rows, changes: refs.length > 0 ? await changesQuery(db, accountId, refs) : [] }
}

/** In the order given. A revoked message has no content left. */
export async function openMessages(
  keepers: Keepers,
  accountId: string,
  rows: MessageRow[],
  changes: ChangeRow[],
  now: number,
): Promise<MessageView[]> {
  const { edits, revokes, reactions } = standingChanges(rows, changes)
  const shown = [...edits.values(), ...revokes.values(), ...[...reactions.values()].flat()]
  const columns = [
    ...rows.map((row) => ({ table: 'messages', column: 'wamid', rowId: row.id, sealed: row.wamid })),
    ...rows.map((row) => ({ table: 'messages', column: 'content', rowId: row.id, sealed: row.content })),
    ...shown.map((change) => ({
      table: 'message_changes',
      column: 'content',
      rowId: change.ref,
      sealed: change.content,
    })),
  ]
  const opened = await openColumns(keepers, accountId, columns, now)
  const contents = new Map(shown.map((change, i) => [change.ref, parseContent(opened[rows.length * 2 + i])]))
  return rows.map((row, i) => {
    const original = parseContent(opened[rows.length + i])
    const edit = edits.get(row.id)
    const edited = edit && row.revokedAt === null ? contents.get(edit.ref) : undefined
    // An edit carries the new words only; what the message answered stays.
    const latest = edited ? { ...original, ...edited } : original
    // A revoked message has lost its content; the revoke still knows what it was called.
    const revoke = revokes.get(row.id)
    const heard = original?.wamid ?? (revoke && contents.get(revoke.ref)?.wamid)
    const standing = (reactions.get(row.id) ?? []).flatMap((change) =>
      reactionOf(change, contents.get(change.ref)),
    )
    return {
      ...row,
      openedWamid: opened[i] ?? heard ?? null,
      latest,
      reactions: standing.sort((a, b) => a.at - b.at),
    }
  })
}

function reactionOf(change: ChangeRow, content: MessageContent | undefined): Reaction[] {
  const from = change.direction === 'in' ? 'contact' : 'business'
  return content?.text === undefined ? [] : [{ emoji: content.text, from, at: change.at }]
}

const parseContent = (json: string | undefined): MessageContent | undefined =>
  json === undefined ? undefined : (JSON.parse(json) as MessageContent)
