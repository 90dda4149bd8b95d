// A file on its way to somebody who may read the conversation: opened while it is read, from where they asked for it. Called by
// routes.ts.

import { database } from '../../db/client.ts'
import { openFileContents } from '../conversations/files.ts'
import { streamOf } from '../crypto/chunks.ts'
import { openSlice, type Slice } from '../custody/files.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { objectOf } from './objects.ts'
import { fileQuery } from './rows.ts'
import { decideRange, entityTag, fileHeaders, type RangeAnswer } from './serving.ts'

export type Asked = {
  range: string | undefined
  ifRange: string | undefined
  ifNoneMatch: string | undefined
  download: boolean
}
export type FileAnswer = {
  status: 200 | 206 | 304
  body: ReadableStream<Uint8Array> | null
  headers: Record<string, string>
}
/** `state` says why a file of one's own is not there. */
export type ServeRefusal = { reason: 'unknown' } | { reason: 'missing'; state: string }
/** The file ends before the part that was asked for. */
export type RangeRefusal = { reason: 'no_such_part'; bytes: number }

export async function serveFile(
  env: Env,
  accountId: string,
  messageId: string,
  asked: Asked,
  now: number,
): Promise<Result<FileAnswer, ServeRefusal | RangeRefusal>> {
  const found = await fileQuery(database(env.DB), accountId, messageId).get()
  if (!found || found.revokedAt !== null) return refused({ reason: 'unknown' })
  const { file } = found
  if (file.state !== 'kept' && file.state !== 'uploaded')
    return refused({ reason: 'missing', state: file.state })
  const [content] = await openFileContents(env.KEEPER, accountId, [file], now)
  let tag = ''
  let answer = { kind: 'whole' } as RangeAnswer
  const slice = await openSlice(env.KEEPER, env.FILES, accountId, objectOf(file), now, (bytes) => {
    tag = entityTag(messageId, file.keptAt, bytes)
    const stale = asked.ifRange !== undefined && asked.ifRange !== tag
    answer = decideRange(stale ? undefined : asked.range, bytes)
    if (asked.ifNoneMatch === tag || answer.kind === 'unsatisfiable') return undefined
    return answer.kind === 'part'
      ? { start: answer.range.start, end: answer.range.end + 1 }
      : { start: 0, end: bytes }
  })
  if (!slice || !content) return refused({ reason: 'missing', state: 'gone' })
  const headers = { ...fileHeaders(file.mime, content.filename, asked.download), etag: tag }
  const known = asked.ifNoneMatch === tag
  if (known) return ok({ status: 304, body: null, headers })
  if (answer.kind === 'unsatisfiable') return refused({ reason: 'no_such_part', bytes: slice.bytes })
  return ok(answerOf(slice, answer, headers))
}

function answerOf(
  { bytes, parts }: Slice,
  answer: Exclude<RangeAnswer, { kind: 'unsatisfiable' }>,
  headers: Record<string, string>,
): FileAnswer {
  if (answer.kind === 'whole') {
    const own = { ...headers, 'content-length': String(bytes) }
    return { status: 200, body: measured(parts, bytes), headers: own }
  }
  const { start, end } = answer.range
  const length = end - start + 1
  const own = { 'content-range': `bytes ${start}-${end}/${bytes}`, 'content-length': String(length) }
  return { status: 206, body: measured(parts, length), headers: { ...headers, ...own } }
}

/** With its length known, so that a browser sees when it was cut off. */
function measured(parts: AsyncGenerator<Uint8Array, void, void>, bytes: number): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(bytes)
  // Whoever stops listening ends the reading; there is nobody left to tell.
  streamOf(parts)
    .pipeTo(writable)
    .catch(() => undefined)
  return readable
}
