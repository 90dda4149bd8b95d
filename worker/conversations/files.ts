// The rows of files beside messages: statements for the batches of the walks that bring them, and what a walk that sends has to
// know of a file that was uploaded for it. Fetching and serving is the media walk's.

import { and, eq, sql } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema, statement } from '../../db/client.ts'
import type { SealKey } from '../crypto/seal.ts'
import { type Keepers, openColumns, sealColumn } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { type FileContent, plainMime } from './file-content.ts'
import { messagesOf } from './record.ts'

const { media } = schema

export type FileRow = typeof media.$inferSelect
export type NewFile = {
  messageId: string
  accountId: string
  contactId: string
  numberId: string
  direction: 'in' | 'out'
  key: SealKey
  content: FileContent
  at: number
}

export const sealFileContent = (key: SealKey, messageId: string, content: FileContent): Promise<string> =>
  sealColumn(key, 'media', 'content', messageId, JSON.stringify(content))

/** In the order given; undefined when its key was destroyed. One call to the Keeper. */
export async function openFileContents(
  keepers: Keepers,
  accountId: string,
  rows: Pick<FileRow, 'messageId' | 'content'>[],
  now: number,
): Promise<(FileContent | undefined)[]> {
  const columns = rows.map(({ messageId, content }) => ({
    ...{ table: 'media', column: 'content', rowId: messageId, sealed: content },
  }))
  const opened = await openColumns(keepers, accountId, columns, now)
  return opened.map((json) => (json === undefined ? undefined : (JSON.parse(json) as FileContent)))
}

/** A file that waits to be fetched. The queue is told after the batch; the cron comes by when that was lost. */
export async function sealWaitingFile({ key, content, at, ...row }: NewFile) {
  return {
    ...row,
    holderId: row.contactId,
    state: 'waiting' as const,
    content: await sealFileContent(key, row.messageId, content),
    mime: plainMime(content.mime),
    bytes: null,
    nextAt: at + limits.mediaQueueMs,
    createdAt: at,
  }
}

export const filesInsert = (db: Database, rows: Partial<FileRow>[]): Statement => rowsInsert(db, media, rows)

/** Files of messages that were taken back are gone from this batch on; their objects follow. Run it after what is derived. */
export const revokedFilesUpdate = (db: Database, accountId: string, refs: string[], now: number): Statement =>
  statement(
    db,
    sql`UPDATE media SET state = 'gone', reason = 'revoked', next_at = ${now} WHERE account_id = ${accountId}
      AND state != 'gone' AND message_id IN ${messagesOf(accountId, refs)}
      AND EXISTS (SELECT 1 FROM messages m WHERE m.id = media.message_id AND m.revoked_at IS NOT NULL)`,
  )

/** In the batch that writes the message: from here on the file is the message's, and is no longer swept as unsent. */
export const uploadSentUpdate = (db: Database, accountId: string, messageId: string): Statement =>
  db
    .update(media)
    .set({ state: 'kept', nextAt: null })
    .where(and(eq(media.messageId, messageId), eq(media.accountId, accountId), eq(media.state, 'uploaded')))
