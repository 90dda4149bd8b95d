// A file from R2 to Meta. Read back from there, not passed on from the browser: Meta may be slower, and nothing in between may
// pile up. Called by upload.ts. Source: media (Meta).

import type { FileRow } from '../conversations/files.ts'
import { utf8 } from '../crypto/bytes.ts'
import { streamOf } from '../crypto/chunks.ts'
import { openFile } from '../custody/files.ts'
import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { callGraph } from '../meta/graph.ts'
import { fields, text } from '../meta/json.ts'
import { objectOf } from './objects.ts'
import type { Outside } from './outside.ts'
import type { Access } from './source.ts'

type Form = { mime: string; filename: string; bytes: number }

/** Meta's id of it, which lives thirty days. */
export async function sendToMeta(
  out: Outside,
  { token, phoneNumberId }: Access,
  row: FileRow,
  form: Form,
): Promise<
  Result<string, { reason: 'unreachable' | 'not_connected' } | { reason: 'not_taken'; detail: string }>
> {
  const { env, settings, fetch } = out
  const name = objectOf(row)
  const stored = await env.FILES.get(name)
  const plain = stored && (await openFile(env.KEEPER, row.accountId, name, stored.body, out.now()))
  if (!plain) return refused({ reason: 'unreachable' })
  const { contentType, body } = multipart(plain, form)
  const appSecret = settings.appSecrets[0]
  const answer = await callGraph({
    origin: settings.graphOrigin,
    version: settings.graphVersion,
    path: `${encodeURIComponent(phoneNumberId)}/media`,
    method: 'POST',
    body,
    contentType,
    token,
    ...(appSecret === undefined ? {} : { appSecret }),
    // The time counts from the first byte up, and a hundred megabytes take theirs.
    timeoutMs: limits.graphTimeoutMs + limits.graphLateMs,
    fetch,
    route: '{number}/media',
  })
  if (answer.kind === 'answered') {
    const id = text(fields(answer.json).id)
    return id === undefined ? refused({ reason: 'unreachable' }) : ok(id)
  }
  if (answer.kind === 'unclear') return refused({ reason: 'unreachable' })
  const { code, details } = answer.error
  if (code === 190 || code === 0 || code === 10) return refused({ reason: 'not_connected' })
  return refused({
    reason: 'not_taken',
    detail: details ?? `Meta refused the file with its code ${code ?? 'unknown'}.`,
  })
}

/** The form as Meta wants it, of a length that is known beforehand. */
function multipart(plain: AsyncGenerator<Uint8Array, void, void>, { mime, filename, bytes }: Form) {
  const boundary = `connect-${crypto.randomUUID()}`
  const field = (name: string, value: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const quoted = filename.replace(/[\r\n]/g, ' ').replace(/["\\]/g, '_')
  const type = mime.replace(/[^\w/.+=;, -]/g, '')
  const before = utf8(
    `${field('messaging_product', 'whatsapp')}${field('type', type)}--${boundary}\r\n` +
      `content-disposition: form-data; name="file"; filename="${quoted}"\r\ncontent-type: ${type}\r\n\r\n`,
  )
  const after = utf8(`\r\n--${boundary}--\r\n`)
  const { readable, writable } = new FixedLengthStream(before.byteLength + bytes + after.byteLength)
  streamOf(around(before, plain, after))
    .pipeTo(writable)
    // The call notices by itself that its body broke off.
    .catch(() => undefined)
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: readable }
}

async function* around(before: Uint8Array, plain: AsyncGenerator<Uint8Array, void, void>, after: Uint8Array) {
  yield before
  yield* plain
  yield after
}
