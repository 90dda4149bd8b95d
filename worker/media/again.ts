// Somebody does not want to wait for the clock: a file that was missed is fetched now. Called by routes.ts.

import { and, eq } from 'drizzle-orm'
import { database, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { fetchFile } from './fetch.ts'
import type { Outside } from './outside.ts'
import { fileQuery } from './rows.ts'
import type { ServeRefusal } from './serve.ts'

const { media } = schema

/** What was taken back, erased by a rule or never fits is not asked for again. */
const final: ReadonlySet<string | null> = new Set(['revoked', 'retention', 'too_large'])

export type MediaState = { state: 'waiting' | 'kept' | 'missed' | 'gone'; reason: string | null }

/** What was given up is tried once more, too: Meta may have it after all. */
export async function fetchAgain(
  out: Outside,
  accountId: string,
  messageId: string,
  actor: string,
): Promise<Result<MediaState, ServeRefusal>> {
  const db = database(out.env.DB)
  const find = async () => (await fileQuery(db, accountId, messageId).get())?.file
  const file = await find()
  if (!file || file.state === 'uploaded') return refused({ reason: 'unknown' })
  if (file.state === 'gone' && final.has(file.reason)) return refused({ reason: 'missing', state: 'gone' })
  if (file.state !== 'kept') {
    const at = out.now()
    await writeBatch(db, [
      db
        .update(media)
        .set({ state: 'missed' })
        .where(and(eq(media.messageId, messageId), eq(media.accountId, accountId), eq(media.state, 'gone'))),
      entryInsert(db, { accountId, actor, action: 'media.retry', subject: messageId, at }),
    ])
    await fetchFile(out, { ...file, state: file.state === 'gone' ? 'missed' : file.state })
  }
  const standing = await find()
  if (!standing || standing.state === 'uploaded') return refused({ reason: 'unknown' })
  return ok({ state: standing.state, reason: standing.reason })
}
