// The conversation about a request: texts sealed under the key of whom it is about, so that they go with that person. The
// person writes on the page of the request, the business and the operator through the API; the other side is told in the same
// batch that there is something to read. Called by the doors.

import { and, asc, eq, sql } from 'drizzle-orm'
import {
  assertion,
  type Database,
  database,
  rowsInsert,
  type Statement,
  schema,
  writeBatch,
} from '../../db/client.ts'
import { keeperOf, openColumns, platformAccount, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { dayMs, limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { announce } from '../live/announce.ts'
import type { RequestRow } from './row.ts'
import { mailOperator, mailOwners } from './tell.ts'

const { requestMessages } = schema

type Author = 'person' | 'business' | 'us'
export type Written = { by: Author; text: string; at: number }

/** In whose Keeper the key of this person is. */
const keeperFor = ({ env }: Pick<World, 'env'>, { accountId, subjectKind }: RequestRow) =>
  keeperOf(env.KEEPER, subjectKind === 'visitor' ? platformAccount : accountId)

/**
 * `gone`: the person was erased, and there is no key to write with. `too_many`: the person has written enough for a day.
 */
export async function writeMessage(
  world: World,
  row: RequestRow,
  by: Author,
  text: string,
): Promise<Result<Written, { reason: 'gone' | 'too_many' }>> {
  const { env, now } = world
  const db = database(env.DB)
  const id = newId('rgm')
  const key = await keyOf(world, row)
  if (!key) return refused({ reason: 'gone' })
  const content = await sealColumn(key, 'request_messages', 'content', id, text)
  const { id: requestId, accountId, subjectId } = row
  const room = sql`(SELECT count(*) FROM request_messages WHERE request_id = ${requestId} AND by = 'person'
    AND at > ${now - dayMs}) < ${limits.requestMessagesPerDay}`
  const told = by === 'person' ? await otherSide(world, db, row, text) : []
  try {
    await writeBatch(db, [
      ...(by === 'person' ? [assertion(db, room)] : []),
      rowsInsert(db, requestMessages, [{ id, requestId, accountId, subjectId, by, content, at: now }]),
      ...told,
    ])
  } catch (cause) {
    const free = await db.get<{ free: number }>(sql`SELECT ${room} AS free`)
    if (by !== 'person' || free?.free === 1) throw cause
    return refused({ reason: 'too_many' })
  }
  await announce(env, accountId, [{ kind: 'requests' }])
  return ok({ by, text, at: now })
}

/** Owners are told that there is something, without the text; what reaches us is read by whoever answers. */
const otherSide = (world: World, db: Database, row: RequestRow, text: string): Promise<Statement[]> =>
  row.subjectKind === 'contact'
    ? mailOwners(world, db, row, 'requestWrittenTo')
    : mailOperator(world, db, row, text)

/** Undefined when it was destroyed. */
async function keyOf(world: World, row: RequestRow) {
  try {
    return await keeperFor(world, row).keyFor(row.subjectId)
  } catch (cause) {
    if (isErased(cause)) return undefined
    throw cause
  }
}

/** An error that crosses from one object to another keeps its message, and not its class. */
const isErased = (cause: unknown): boolean => cause instanceof Error && /\berased\b/.test(cause.message)

/** Oldest first. Empty once the person was erased. */
export async function loadMessages({ env, now }: World, row: RequestRow): Promise<Written[]> {
  const db = database(env.DB)
  const rows = await db
    .select()
    .from(requestMessages)
    .where(and(eq(requestMessages.requestId, row.id), eq(requestMessages.accountId, row.accountId)))
    .orderBy(asc(requestMessages.at), asc(requestMessages.id))
    .limit(limits.pageRowsMax)
  const account = row.subjectKind === 'visitor' ? platformAccount : row.accountId
  const sealed = rows.map(({ id, content }) => ({
    table: 'request_messages',
    column: 'content',
    rowId: id,
    sealed: content,
  }))
  const texts = await openColumns(env.KEEPER, account, sealed, now)
  return rows.flatMap(({ by, at }, i) => {
    const text = texts[i]
    return text === undefined ? [] : [{ by, text, at }]
  })
}
