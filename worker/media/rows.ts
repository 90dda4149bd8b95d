// Rows of files as the media walk reads and moves them. A row is moved only from the state it was read in, so that two who work
// on one file cannot undo each other.

import { and, eq, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import { notRestricted } from '../audit/holds.ts'
import { type FileContent, plainMime } from '../conversations/file-content.ts'
import { type FileRow, sealFileContent } from '../conversations/files.ts'
import type { SealKey } from '../crypto/seal.ts'
import { limits } from '../ground/limits.ts'

const { media, messages } = schema

/** Why a file is not here, as the API says it. */
export type MissReason =
  /** The number is not connected, or Meta refuses its token. */
  | 'not_connected'
  /** Meta does not have it, or not any more. */
  | 'not_at_meta'
  | 'unreachable'
  /** What came is not what Meta announced. */
  | 'altered'
  | 'too_large'

/** Whatever the cron has to look at: across accounts, the oldest first. */
export const dueFilesQuery = (db: Database, now: number, rows: number) =>
  db
    .select()
    .from(media)
    .where(sql`${media.nextAt} IS NOT NULL AND ${media.nextAt} <= ${now}`)
    .orderBy(media.nextAt)
    .limit(rows)

/** One file as a door may speak of it: never of a person who asked to be left alone, never of a message that was taken back. */
export const fileQuery = (db: Database, accountId: string, messageId: string) =>
  db
    .select({ file: media, revokedAt: messages.revokedAt })
    .from(media)
    .leftJoin(messages, and(eq(messages.id, media.messageId), eq(messages.accountId, media.accountId)))
    .where(
      and(
        eq(media.messageId, messageId),
        eq(media.accountId, accountId),
        notRestricted(accountId, sql`media.contact_id`),
      ),
    )

const here = (row: FileRow) => and(eq(media.messageId, row.messageId), eq(media.accountId, row.accountId))

/** Whoever gets the row back fetches; everybody else leaves it alone until the lease ends. */
export async function claimFile(db: Database, row: FileRow, now: number): Promise<FileRow | undefined> {
  const [claimed] = await db
    .update(media)
    .set({ attempts: row.attempts + 1, nextAt: now + limits.mediaLeaseMs })
    .where(and(here(row), eq(media.attempts, row.attempts), sql`${media.state} IN ('waiting', 'missed')`))
    .returning()
  return claimed
}

/** Still waited for: not erased, not taken back. */
export async function isWanted(db: Database, row: FileRow): Promise<boolean> {
  const standing = await db.select({ state: media.state }).from(media).where(here(row)).get()
  return standing?.state === 'waiting' || standing?.state === 'missed'
}

/** True when the row says so now; false when it is gone, or somebody else has kept the file. */
export async function recordKept(
  db: Database,
  row: FileRow,
  holderId: string,
  { key, content, bytes, now }: { key: SealKey; content: FileContent; bytes: number; now: number },
): Promise<boolean> {
  // Where it could be fetched is of no use any more.
  const { url: _, ...lasting } = content
  const kept = await db
    .update(media)
    .set({
      ...{ state: 'kept', reason: null, nextAt: null, keptAt: now, holderId, bytes },
      mime: plainMime(content.mime),
      content: await sealFileContent(key, row.messageId, lasting),
    })
    .where(and(here(row), sql`${media.state} IN ('waiting', 'missed')`))
    .returning({ id: media.messageId })
  return kept.length > 0
}

/** `gone`: it is not tried again. True when the row says so now. */
export async function recordMissed(
  db: Database,
  row: FileRow,
  reason: MissReason,
  now: number,
): Promise<boolean> {
  const waits = limits.mediaRetryMs
  const wait = waits[Math.min(row.attempts - 1, waits.length - 1)] as number
  const over = reason === 'too_large' || now + wait > row.createdAt + limits.mediaTriesMs
  const missed = await db
    .update(media)
    .set({ state: over ? 'gone' : 'missed', reason, nextAt: over ? null : now + wait })
    .where(and(here(row), eq(media.attempts, row.attempts), sql`${media.state} IN ('waiting', 'missed')`))
    .returning({ id: media.messageId })
  return missed.length > 0
}
