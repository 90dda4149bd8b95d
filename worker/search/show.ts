// Hits as the API shows them: conversations and messages opened, with the words marked. Called by routes.ts.

import { and, eq, sql } from 'drizzle-orm'
import { among, type Database, database, schema } from '../../db/client.ts'
import { conversationQuery, openConversations } from '../conversations/list-conversations.ts'
import { loadAbout, openMessages } from '../conversations/list-messages.ts'
import { conversationView, messageView } from '../conversations/shapes.ts'
import { type Snippet, snippetOf } from '../conversations/words.ts'
import type { Found } from './find.ts'

const { messages } = schema

/** `identifiers`: they see phone numbers. `memberId`: whose drafts count. */
export type Caller = { accountId: string; memberId: string | undefined; identifiers: boolean }

export type Shown = {
  conversation: ReturnType<typeof conversationView>
  message: ReturnType<typeof messageView> | null
  snippet: Snippet | null
}

/** In the order of the hits. What was erased or taken back between the look and this is left out. */
export async function showHits(
  env: Env,
  caller: Caller,
  { hits, words }: Found,
  now: number,
): Promise<Shown[]> {
  const db = database(env.DB)
  const ids = [...new Set(hits.map(({ conversationId }) => conversationId))]
  const [talks, said] = await Promise.all([
    conversationsOf(env, db, caller, ids, now),
    messagesOf(
      env,
      db,
      caller,
      hits.flatMap(({ messageId }) => messageId ?? []),
      now,
    ),
  ])
  return hits.flatMap(({ conversationId, messageId }) => {
    const conversation = talks.get(conversationId)
    const message = messageId === null ? null : said.get(messageId)
    if (!conversation || message === undefined) return []
    const text = message?.text ?? null
    return { conversation, message, snippet: text === null ? null : snippetOf(text, words) }
  })
}

async function conversationsOf(env: Env, db: Database, caller: Caller, ids: string[], now: number) {
  const { accountId, identifiers } = caller
  const [first, ...rest] = ids.map((id) => conversationQuery(db, accountId, id))
  const rows = first ? (await db.batch([first, ...rest])).flat() : []
  const opened = await openConversations(env, db, caller, rows, now)
  return new Map(opened.map((one) => [one.id, conversationView(one, identifiers)]))
}

async function messagesOf(env: Env, db: Database, caller: Caller, ids: string[], now: number) {
  const { accountId, identifiers } = caller
  if (ids.length === 0) return new Map<string, ReturnType<typeof messageView>>()
  const rows = await messagesByIdQuery(db, accountId, ids)
  const about = await loadAbout(db, accountId, rows)
  const opened = await openMessages(env, accountId, rows, about, now)
  return new Map(
    opened.flatMap((one) =>
      one.revokedAt === null ? [[one.id, messageView(one, identifiers)] as const] : [],
    ),
  )
}

export const messagesByIdQuery = (db: Database, accountId: string, ids: string[]) =>
  db
    .select()
    .from(messages)
    .where(and(eq(messages.accountId, accountId), sql`${messages.id} IN ${among(ids)}`))
