// Files whose time has come: what the queue names, and what the clock finds. The rows say what is to be done with each, so a
// message that is lost, late or doubled costs nothing. Called by worker/media-jobs.ts for the queue and by index.ts for the cron.

import { and, eq } from 'drizzle-orm'
import { type Database, database, schema } from '../../db/client.ts'
import type { FileRow } from '../conversations/files.ts'
import { filesQuery } from '../conversations/list-messages.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import { fetchFile } from './fetch.ts'
import { objectOf } from './objects.ts'
import type { Outside } from './outside.ts'
import { dueFilesQuery } from './rows.ts'

const { media } = schema

/** The queue's part: these files of one workspace, now. */
export async function fetchFiles(out: Outside, accountId: string, ids: string[]): Promise<void> {
  const rows = await filesQuery(database(out.env.DB), accountId, ids)
  // What was missed before has its own time to be tried again; a message of the queue that comes twice is none.
  await each(out, rows.filter(isNew))
}

const isNew = ({ state, attempts, nextAt }: FileRow): boolean =>
  (state === 'waiting' && attempts === 0) || (state === 'gone' && nextAt !== null)

/** The cron's part: how many were looked at. */
export async function filesDue(out: Outside): Promise<number> {
  const rows = await dueFilesQuery(database(out.env.DB), out.now(), limits.mediaBatch)
  await each(out, rows)
  return rows.length
}

/** A few side by side: each holds one part of an object in memory. One that fails keeps no other from its turn. */
async function each(out: Outside, rows: FileRow[]): Promise<void> {
  const waiting = [...rows]
  const worker = async () => {
    for (let row = waiting.shift(); row; row = waiting.shift()) {
      try {
        await handle(out, row)
      } catch (cause) {
        const { accountId, messageId } = row
        log('warn', 'media.failed', { accountId, messageId, error: errorName(cause) })
      }
    }
  }
  await Promise.all(Array.from({ length: limits.mediaSideBySide }, worker))
}

async function handle(out: Outside, row: FileRow): Promise<void> {
  const db = database(out.env.DB)
  switch (row.state) {
    case 'waiting':
    case 'missed':
      await fetchFile(out, row)
      return
    case 'uploaded':
      return dropUpload(out.env, db, row)
    case 'gone':
      return dropObject(out.env, db, row)
    case 'kept':
      return
  }
}

/** The object first: a row without one is found again, an object without a row is not. An upload has no message to stay with. */
async function dropObject(env: Env, db: Database, row: FileRow): Promise<void> {
  await env.FILES.delete(objectOf(row))
  if (row.reason === 'unsent') {
    await db.delete(media).where(and(here(row), eq(media.state, 'gone')))
    return
  }
  await db
    .update(media)
    .set({ nextAt: null, bytes: null })
    .where(and(here(row), eq(media.state, 'gone')))
}

/** Never sent: nothing of it stays. What is being sent in this very moment is left alone. */
export async function dropUpload(env: Env, db: Database, row: FileRow): Promise<void> {
  const [dropped] = await db
    .update(media)
    .set({ state: 'gone', reason: 'unsent', nextAt: 0 })
    .where(and(here(row), eq(media.state, 'uploaded')))
    .returning()
  if (!dropped) return
  await env.FILES.delete(objectOf(dropped))
  await db.delete(media).where(here(row))
}

const here = (row: FileRow) => and(eq(media.messageId, row.messageId), eq(media.accountId, row.accountId))
