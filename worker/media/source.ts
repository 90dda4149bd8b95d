// Where the bytes of a file come from: the address in the webhook while it lives, else the one that Meta gives for the id. Called
// by fetch.ts. Source: media (Meta): the address lives five minutes and opens with the token only.

import type { FileContent } from '../conversations/file-content.ts'
import { mostBytes } from '../conversations/file-kinds.ts'
import { fromBase64, fromHex } from '../crypto/bytes.ts'
import { bytesOf } from '../crypto/chunks.ts'
import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { classify } from '../meta/failure.ts'
import { callGraph, type GraphAnswer, openMedia } from '../meta/graph.ts'
import { fields, text } from '../meta/json.ts'
import type { Outside } from './outside.ts'
import type { MissReason } from './rows.ts'

export type Source = {
  parts: AsyncGenerator<Uint8Array, void, void>
  /** What is known of it by now. */
  content: FileContent
}
export type Access = { token: string; phoneNumberId: string }

export async function openSource(
  out: Outside,
  { token, phoneNumberId }: Access,
  content: FileContent,
  announcedAt: number,
): Promise<Result<Source, { reason: MissReason }>> {
  const { url } = content
  if (url !== undefined && out.now() < announcedAt + limits.mediaUrlMs) {
    const opened = await open(out, token, url)
    if (opened.kind === 'open') return ok({ parts: bytesIn(opened.response), content })
  }
  const found = await lookUp(out, { token, phoneNumberId }, content)
  if (!found.ok) return found
  const opened = await open(out, token, found.value.url)
  if (opened.kind === 'open') return ok({ parts: bytesIn(opened.response), content: found.value.content })
  return refused({ reason: opened.reason === 'gone' ? 'not_at_meta' : 'unreachable' })
}

const open = ({ settings: { graphOrigin }, timeoutMs, fetch }: Outside, token: string, url: string) =>
  openMedia({ url, token, graphOrigin, timeoutMs, fetch })

const bytesIn = (response: Response) => bytesOf(response.body as ReadableStream<Uint8Array>)

/** Meta's word on the id. The webhook's own hash is kept where there is one: it came signed. */
async function lookUp(
  out: Outside,
  { token, phoneNumberId }: Access,
  content: FileContent,
): Promise<Result<{ url: string; content: FileContent }, { reason: MissReason }>> {
  const { settings, timeoutMs, fetch } = out
  const appSecret = settings.appSecrets[0]
  const answer = await callGraph({
    origin: settings.graphOrigin,
    version: settings.graphVersion,
    path: encodeURIComponent(content.id ?? ''),
    method: 'GET',
    query: { phone_number_id: phoneNumberId },
    token,
    ...(appSecret === undefined ? {} : { appSecret }),
    timeoutMs,
    fetch,
    route: '{media}',
  })
  if (answer.kind !== 'answered') return refused({ reason: reasonOf(answer) })
  const found = fields(answer.json)
  const url = text(found.url)
  if (url === undefined) return refused({ reason: 'not_at_meta' })
  if (Number(text(found.file_size)) > mostBytes.document) return refused({ reason: 'too_large' })
  const sha256 = content.sha256 ?? text(found.sha256)
  const mime = content.mime ?? text(found.mime_type)
  const known = { ...(sha256 === undefined ? {} : { sha256 }), ...(mime === undefined ? {} : { mime }) }
  return ok({ url, content: { ...content, ...known } })
}

function reasonOf(answer: Exclude<GraphAnswer, { kind: 'answered' }>): MissReason {
  if (answer.kind === 'unclear') return 'unreachable'
  const { action } = classify(answer.error.code, answer.error.transient)
  if (action === 'reconnect') return 'not_connected'
  return action === 'refuse' ? 'not_at_meta' : 'unreachable'
}

/** Nothing to compare with is no contradiction: Meta leaves the hash out of some histories. */
export function isAsAnnounced(sha256: string | undefined, found: Uint8Array): boolean {
  if (sha256 === undefined) return true
  const announced = /^[0-9a-f]{64}$/i.test(sha256) ? fromHex(sha256) : fromBase64(sha256)
  return announced?.byteLength === found.byteLength && announced.every((byte, i) => byte === found[i])
}
