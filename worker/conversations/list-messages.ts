// Reads the messages of a conversation for the API: one SQL query for the page, one for what belongs to its messages (edits,
// reactions, statuses, files), one Keeper call for everything sealed. Called by routes.ts and by the sending walk.

import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm'
import { among, type Database, database, schema } from '../../db/client.ts'
import { notRestricted } from '../audit/holds.ts'
import { type Keepers, openColumns } from '../custody/sealing.ts'
import type { Page, TextKey } from '../ground/openapi.ts'
import { describeFailure, type FailureWords } from '../meta/failure-words.ts'
import type { MessageContent } from './content.ts'
import { loadReplied } from './replied.ts'

const { conversations, media, messageChanges, messages, messageStatuses } = schema

export type MessageRow = typeof messages.$inferSelect
export type ChangeRow = typeof messageChanges.$inferSelect
export type MessagePage = Page<TextKey> & { order: 'oldest' | 'newest' }

export type Reaction = { emoji: string; from: 'contact' | 'business'; at: number }
export type StatusRow = typeof messageStatuses.$inferSelect
export type FileRow = typeof media.$inferSelect
export type FileView = Pick<FileRow, 'state' | 'mime' | 'bytes' | 'reason'> & { filename: string | null }

/** What belongs to the messages of a page. */
export type About = { changes: ChangeRow[]; statuses: StatusRow[]; files: FileRow[] }

export type MessageView = MessageRow & {
  openedWamid: string | null
  latest: MessageContent | undefined
  reactions: Reaction[]
  /** Our id of the message it answers, when that is here. */
  replyToId: string | null
  failure: FailureWords | null
  /** Of one reader, the earliest first. */
  statuses: Pick<StatusRow, 'status' | 'at'>[]
  media: FileView | null
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

export const statusesQuery = (db: Database, accountId: string, refs: string[]) =>
  db
    .select()
    .from(messageStatuses)
    .where(and(eq(messageStatuses.accountId, accountId), sql`${messageStatuses.ref} IN ${among(refs)}`))

export const filesQuery = (db: Database, accountId: string, ids: string[]) =>
  db
    .select()
    .from(media)
    .where(and(eq(media.accountId, accountId), sql`${media.messageId} IN ${among(ids)}`))

export const messageQuery = (db: Database, accountId: string, id: string) =>
  db
    .select()
    .from(messages)
    .where(
      and(
        eq(messages.id, id),
        eq(messages.accountId, accountId),
        notRestricted(accountId, sql`messages.contact_id`),
      ),
    )

export async function loadAbout(db: Database, accountId: string, rows: MessageRow[]): Promise<About> {
  if (rows.length === 0) return { changes: [], statuses: [], files: [] }
  const refs = rows.flatMap(({ ref }) => ref ?? [])
  const [changes, statuses, files] = await db.batch([
    changesQuery(db, accountId, refs),
    statusesQuery(
      db,
      accountId,
      rows.flatMap(({ ref, direction }) => (direction === 'out' && ref !== null ? [ref] : [])),
    ),
    filesQuery(
      db,
      accountId,
      rows.map(({ id }) => id),
    ),
  ])
  return { changes, statuses, files }
}

export type MessageList = { rows: MessageRow[]; about: About }

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
  return { rows, about: await loadAbout(db, accountId, rows.slice(0, page.limit)) }
}

/** Undefined when the account has no such message, or its person is not to be shown. */
export async function loadMessage(
  env: { DB: D1Database; KEEPER: Keepers },
  accountId: string,
  id: string,
  now: number,
): Promise<MessageView | undefined> {
  const db = database(env.DB)
  const row = await messageQuery(db, accountId, id).get()
  if (!row) return undefined
  const about = await loadAbout(db, accountId, [row])
  const [message] = await openMessages(env, accountId, [row], about, now)
  return message
}

/** In the order given. A revoked message has no content left. */
export async function openMessages(
  env: { DB: D1Database; KEEPER: Keepers },
  accountId: string,
  rows: MessageRow[],
  { changes, statuses, files }: About,
  now: number,
): Promise<MessageView[]> {
  const standing = standingChanges(rows, changes)
  const shown = shownChanges(standing)
  const cell = (table: string, column: string, rowId: string, sealed: string | null) => ({
    table,
    column,
    rowId,
    sealed,
  })
  const opened = await openColumns(
    env.KEEPER,
    accountId,
    [
      ...rows.map((row) => cell('messages', 'wamid', row.id, row.wamid)),
      ...rows.map((row) => cell('messages', 'content', row.id, row.content)),
      ...shown.map((change) => cell('message_changes', 'content', change.ref, change.content)),
      ...files.map((file) => cell('media', 'content', file.messageId, file.content)),
    ],
    now,
  )
  const afterRows = opened.slice(rows.length * 2)
  const contents = new Map(shown.map((change, i) => [change.ref, parseContent(afterRows[i])]))
  const fileOf = new Map(
    files.map((file, i) => [file.messageId, fileView(file, afterRows[shown.length + i])] as const),
  )
  const views = rows.map((row, i) => {
    const original = parseContent(opened[rows.length + i])
    return {
      ...changed(row, original, opened[i], standing, contents),
      failure: row.status === 'failed' || row.errorCode !== null ? describeFailure(row.errorCode) : null,
      statuses: statusesOf(row, statuses),
      media: fileOf.get(row.id) ?? null,
    }
  })
  const replied = await loadReplied(env, accountId, views)
  return views.map((view, i) => ({ ...view, replyToId: replied[i] ?? null }))
}

const shownChanges = ({ edits, revokes, reactions }: Changes): ChangeRow[] => [
  ...edits.values(),
  ...revokes.values(),
  ...[...reactions.values()].flat(),
]

/** The message as its edit, its revoke and the reactions to it have left it. */
function changed(
  row: MessageRow,
  original: MessageContent | undefined,
  wamid: string | undefined,
  { edits, revokes, reactions }: Changes,
  contents: ReadonlyMap<string, MessageContent | undefined>,
) {
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
    openedWamid: wamid ?? heard ?? null,
    latest,
    reactions: standing.sort((a, b) => a.at - b.at),
  }
}

const statusesOf = ({ ref, direction }: MessageRow, statuses: StatusRow[]) =>
  direction === 'in' || ref === null
    ? []
    : statuses
        .filter((status) => status.ref === ref && status.participant === '')
        .map(({ status, at }) => ({ status, at }))
        .sort((a, b) => a.at - b.at || order.indexOf(a.status) - order.indexOf(b.status))

const order: StatusRow['status'][] = ['accepted', 'sent', 'failed', 'delivered', 'read', 'played']

function fileView({ state, mime, bytes, reason }: FileRow, content: string | undefined): FileView {
  const { filename } = content === undefined ? {} : (JSON.parse(content) as { filename?: string })
  return { state, mime, bytes, reason, filename: filename ?? null }
}

function reactionOf(change: ChangeRow, content: MessageContent | undefined): Reaction[] {
  const from = change.direction === 'in' ? 'contact' : 'business'
  return content?.text === undefined ? [] : [{ emoji: content.text, from, at: change.at }]
}

const parseContent = (json: string | undefined): MessageContent | undefined =>
  json === undefined ? undefined : (JSON.parse(json) as MessageContent)
