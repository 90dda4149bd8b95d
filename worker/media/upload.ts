// The walk of one file to Meta: what may not go is refused first → a row → sealed into R2 while it comes → from there to Meta →
// Meta's id into the row. The message that it is sent with has its id already. Called by routes.ts. Killed anywhere, the row is
// swept with its object a day later. Source: media (Meta).

import { and, eq, sql } from 'drizzle-orm'
import { type Database, database, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { notRestricted } from '../audit/holds.ts'
import type { FileContent } from '../conversations/file-content.ts'
import { decideUpload, headBytes, type Looked, plainFilename, tooLarge } from '../conversations/file-kinds.ts'
import { type FileRow, filesInsert, sealFileContent } from '../conversations/files.ts'
import { filesQuery } from '../conversations/list-messages.ts'
import { conversationId } from '../conversations/record.ts'
import { concat } from '../crypto/bytes.ts'
import { bytesOf } from '../crypto/chunks.ts'
import type { SealKey } from '../crypto/seal.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { keyOf, loadAccess } from './fetch.ts'
import { dropUpload } from './jobs.ts'
import { keepObject, objectOf } from './objects.ts'
import type { Outside } from './outside.ts'
import type { Access } from './source.ts'
import { sendToMeta } from './to-meta.ts'

const { conversations, media } = schema

export type Given = {
  conversationId: string
  body: ReadableStream<Uint8Array> | null
  mime: string
  /** As in `x-filename`. */
  filename: string | undefined
  declaredBytes: number | undefined
  /** It was spoken into the microphone: shown as a voice message. */
  voice: boolean
  actor: string
}
export type Uploaded = {
  id: string
  kind: FileContent['kind']
  mime: string
  bytes: number
  filename: string | null
}
export type UploadRefusal =
  | { reason: 'unknown' }
  | { reason: 'not_connected' }
  | { reason: 'not_taken'; detail: string }
  | { reason: 'cut' }
  | { reason: 'unreachable' }

export async function uploadFile(
  out: Outside,
  accountId: string,
  given: Given,
): Promise<Result<Uploaded, UploadRefusal>> {
  const db = database(out.env.DB)
  const talk = await db
    .select({ numberId: conversations.numberId, contactId: conversations.contactId })
    .from(conversations)
    .where(
      and(
        eq(conversations.id, given.conversationId),
        eq(conversations.accountId, accountId),
        notRestricted(accountId, sql`conversations.contact_id`),
      ),
    )
    .get()
  const key = talk && (await keyOf(out, { accountId, contactId: talk.contactId }))
  if (!talk || !key) return refused({ reason: 'unknown' })
  const access = await loadAccess(out, db, { accountId, numberId: talk.numberId })
  if (!access) return refused({ reason: 'not_connected' })
  const begun = await beginning(given.body)
  const looked = decideUpload(given.mime, begun.head, given.declaredBytes)
  if (!looked.ok) {
    await begun.rest.return()
    return refused({ reason: 'not_taken', detail: looked.detail })
  }
  return take(out, db, { ...talk, accountId }, { key, access, given, looked, parts: begun.rest })
}

/** The first bytes, and all of them once more. */
async function beginning(body: ReadableStream<Uint8Array> | null) {
  const parts = body ? bytesOf(body) : empty()
  let head = new Uint8Array()
  while (head.byteLength < headBytes) {
    const { done, value } = await parts.next()
    if (done) break
    head = concat(head, value)
  }
  return { head: head.subarray(0, headBytes), rest: joined(head, parts) }
}

async function* empty(): AsyncGenerator<Uint8Array, void, void> {}

async function* joined(head: Uint8Array, parts: AsyncGenerator<Uint8Array, void, void>) {
  try {
    yield head
    yield* parts
  } finally {
    await parts.return()
  }
}

type Owner = { accountId: string; numberId: string; contactId: string }
type Work = {
  key: SealKey
  access: Access
  given: Given
  looked: Extract<Looked, { ok: true }>
  parts: AsyncIterable<Uint8Array>
}

async function take(
  out: Outside,
  db: Database,
  owner: Owner,
  { key, access, given, looked, parts }: Work,
): Promise<Result<Uploaded, UploadRefusal>> {
  const { kind, mime } = looked
  const filename = plainFilename(given.filename)
  const content: FileContent = {
    ...{ kind, mime: given.mime.slice(0, 200) },
    ...(filename === undefined ? {} : { filename }),
    ...(given.voice && mime === 'audio/ogg' ? { voice: true } : {}),
  }
  const row = await begin(out, db, owner, key, content, mime)
  const kept = await keepObject(out.env.FILES, {
    ...{ key, name: objectOf(row), mime, parts, mostBytes: looked.mostBytes },
    accept: async () => true,
  }).catch((cause: unknown) => {
    log('warn', 'upload.cut', { accountId: owner.accountId, error: errorName(cause) })
    return undefined
  })
  if (!kept?.ok) {
    await dropUpload(out.env, db, row)
    return refused(
      kept ? { reason: 'not_taken', detail: tooLarge(kind, looked.mostBytes) } : { reason: 'cut' },
    )
  }
  const { bytes } = kept.value
  const sent = await sendToMeta(out, access, row, {
    mime: given.mime,
    filename: filename ?? `file.${kind}`,
    bytes,
  })
  if (!sent.ok) {
    await dropUpload(out.env, db, row)
    return sent
  }
  const finished = await finish(out, db, row, {
    key,
    content: { ...content, id: sent.value },
    bytes,
    actor: given.actor,
  })
  if (!finished) return refused({ reason: 'unknown' })
  return ok({ id: row.messageId, kind, mime, bytes, filename: filename ?? null })
}

/** The row stands before the object: what breaks off is found and swept. */
async function begin(
  out: Outside,
  db: Database,
  { accountId, numberId, contactId }: Owner,
  key: SealKey,
  content: FileContent,
  mime: string,
): Promise<FileRow> {
  const now = out.now()
  const messageId = newId('msg')
  const row: FileRow = {
    ...{ messageId, accountId, contactId, numberId, holderId: contactId },
    ...{ direction: 'out', state: 'uploaded', mime, bytes: null, reason: null, attempts: 0, keptAt: null },
    content: await sealFileContent(key, messageId, content),
    ...{ nextAt: now + limits.mediaUnsentMs, createdAt: now },
  }
  await writeBatch(db, [filesInsert(db, [row])])
  return row
}

async function finish(
  out: Outside,
  db: Database,
  row: FileRow,
  { key, content, bytes, actor }: { key: SealKey; content: FileContent; bytes: number; actor: string },
): Promise<boolean> {
  const { accountId, messageId } = row
  const at = out.now()
  const sealed = await sealFileContent(key, messageId, content)
  const [updated] = await db.batch([
    db
      .update(media)
      .set({ content: sealed, bytes, keptAt: at })
      .where(and(eq(media.messageId, messageId), eq(media.accountId, accountId), eq(media.state, 'uploaded')))
      .returning({ id: media.messageId }),
    entryInsert(db, { accountId, actor, action: 'media.upload', subject: messageId, at }),
  ])
  // The person was erased meanwhile, and the row with them.
  if (updated.length === 0) await out.env.FILES.delete(objectOf(row))
  return updated.length > 0
}

/** False when there is no such upload in this conversation, or when it was sent. */
export async function discardUpload(
  env: Env,
  accountId: string,
  conversation: string,
  mediaId: string,
): Promise<boolean> {
  const db = database(env.DB)
  const [row] = await filesQuery(db, accountId, [mediaId])
  if (row?.state !== 'uploaded' || conversationId(row.numberId, row.contactId) !== conversation) return false
  await dropUpload(env, db, row)
  return true
}
