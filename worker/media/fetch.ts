// The walk of one file from Meta into the house: claim the row → key and token → the bytes, sealed while they come → compare →
// the object → the row → tell. Called by jobs.ts for the queue and the clock, and by routes.ts when somebody presses. Killed
// anywhere, the object is either whole or not there, and the row still says that it waits.

import { and, eq } from 'drizzle-orm'
import { type Database, database, schema } from '../../db/client.ts'
import { plainMime } from '../conversations/file-content.ts'
import { mostBytes } from '../conversations/file-kinds.ts'
import { type FileRow, openFileContents } from '../conversations/files.ts'
import { filesQuery } from '../conversations/list-messages.ts'
import { conversationId } from '../conversations/record.ts'
import type { SealKey } from '../crypto/seal.ts'
import { keeperOf, openColumns } from '../custody/sealing.ts'
import { errorName, log } from '../ground/log.ts'
import { announce } from '../live/announce.ts'
import { keepObject, objectOf } from './objects.ts'
import type { Outside } from './outside.ts'
import { claimFile, isWanted, type MissReason, recordKept, recordMissed } from './rows.ts'
import { type Access, isAsAnnounced, openSource, type Source } from './source.ts'

const { numbers, wabas } = schema

/** `busy`: somebody else is at it, or nothing waits. `erased`: there is nobody it could belong to. */
export type Fetched = 'kept' | 'missed' | 'erased' | 'busy'

/** Never throws for what Meta, the network or an erasure does. */
export async function fetchFile(out: Outside, waiting: FileRow): Promise<Fetched> {
  const db = database(out.env.DB)
  const row = await claimFile(db, waiting, out.now())
  if (!row) return 'busy'
  const [content] = await openFileContents(out.env.KEEPER, row.accountId, [row], out.now())
  const key = await keyOf(out, row)
  if (!content || !key) return 'erased'
  const access = await loadAccess(out, db, row)
  if (!access) return miss(out, db, row, 'not_connected')
  const source = await openSource(out, access, content, row.createdAt)
  return source.ok ? keep(out, db, row, key, source.value) : miss(out, db, row, source.reason)
}

async function keep(
  out: Outside,
  db: Database,
  row: FileRow,
  key: SealKey,
  { parts, content }: Source,
): Promise<Fetched> {
  const holderId = row.contactId
  const name = objectOf({ ...row, holderId })
  let altered = false
  const kept = await keepObject(out.env.FILES, {
    ...{ key, name, parts, mime: plainMime(content.mime), mostBytes: mostBytes.document },
    accept: async ({ sha256 }) => {
      altered = !isAsAnnounced(content.sha256, sha256)
      return !altered && (await isWanted(db, row))
    },
  }).catch((cause: unknown) => {
    log('warn', 'media.cut', { accountId: row.accountId, messageId: row.messageId, error: errorName(cause) })
    return undefined
  })
  if (!kept) return miss(out, db, row, 'unreachable')
  if (!kept.ok && kept.reason === 'too_large') return miss(out, db, row, 'too_large')
  if (!kept.ok) return altered ? miss(out, db, row, 'altered') : 'erased'
  const { bytes } = kept.value
  if (await recordKept(db, row, holderId, { key, content, bytes, now: out.now() })) {
    await tell(out, row)
    return 'kept'
  }
  return stepBack(out, db, row, name)
}

/** Erased or taken back in the last moment: what was just stored goes again, unless it is what somebody else has kept. */
async function stepBack({ env }: Outside, db: Database, row: FileRow, name: string): Promise<Fetched> {
  const [standing] = await filesQuery(db, row.accountId, [row.messageId])
  const theirs = standing?.state === 'kept' && objectOf(standing) === name
  if (!theirs) await env.FILES.delete(name)
  return theirs ? 'busy' : 'erased'
}

async function miss(out: Outside, db: Database, row: FileRow, reason: MissReason): Promise<Fetched> {
  const { accountId, messageId, attempts } = row
  log('warn', 'media.missed', { accountId, messageId, reason, attempts })
  if (await recordMissed(db, row, reason, out.now())) await tell(out, row)
  return 'missed'
}

const tell = ({ env }: Outside, { accountId, numberId, contactId, messageId }: FileRow): Promise<void> =>
  announce(env, accountId, [
    { kind: 'message', conversationId: conversationId(numberId, contactId), messageId },
  ])

/** Undefined once the person was erased: then nothing is stored. */
export async function keyOf(
  { env }: Outside,
  { accountId, contactId }: { accountId: string; contactId: string },
): Promise<SealKey | undefined> {
  // An error crosses the border of an object without its class.
  return keeperOf(env.KEEPER, accountId)
    .keyFor(contactId)
    .catch((cause: unknown) => {
      if (cause instanceof Error && cause.message.includes('erased')) return undefined
      throw cause
    })
}

/** The number's token; undefined while it is not connected. */
export async function loadAccess(
  { env, now }: Outside,
  db: Database,
  { accountId, numberId }: { accountId: string; numberId: string },
): Promise<Access | undefined> {
  const found = await db
    .select({ phoneNumberId: numbers.phoneNumberId, wabaId: wabas.wabaId, token: wabas.token })
    .from(numbers)
    .innerJoin(wabas, and(eq(wabas.wabaId, numbers.wabaId), eq(wabas.accountId, numbers.accountId)))
    .where(and(eq(numbers.id, numberId), eq(numbers.accountId, accountId)))
    .get()
  if (!found) return undefined
  const column = { table: 'wabas', column: 'token', rowId: found.wabaId, sealed: found.token }
  const [token] = await openColumns(env.KEEPER, accountId, [column], now())
  return token === undefined ? undefined : { token, phoneNumberId: found.phoneNumberId }
}
