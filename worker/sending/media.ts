// Media through the gateway: uploads and downloads are streamed, never held, and bounded on the way; the download
// address Meta gives (five minutes, bearer only) is never shown, ours looks it up anew.
// Called by proxy.ts. Source: media (Meta).

import { limits } from '../ground/limits.ts'
import { type GraphAnswer, type GraphCall, openMedia } from '../meta/graph.ts'
import { fields } from '../meta/json.ts'
import { badRequest, noSuchObject, type Refusal } from '../meta/send-error.ts'
import { type Answer, type Outside, refuse, type TextAnswer } from './outside.ts'
import type { IdKind } from './paths.ts'

export type Asked = { graph: GraphAnswer; answer: TextAnswer; absent: boolean }
/** One call to Meta for the request at hand, but for what is given. */
export type Ask = (
  more: Partial<Pick<GraphCall, 'body' | 'contentType' | 'method' | 'timeoutMs'>>,
) => Promise<Asked>

export type MediaRequest = { id: string; raw: Request; token: string; ask: Ask }

/** What Graph showed for an id without saying what it is; undefined for anything this door does not read. */
export function shapeOf(json: unknown): IdKind | undefined {
  const { url, mime_type, categories, components, language, status } = fields(json)
  if (typeof url === 'string' && typeof mime_type === 'string') return 'media'
  if (Array.isArray(categories) && typeof status === 'string') return 'flow'
  return typeof language === 'string' && (Array.isArray(components) || typeof status === 'string')
    ? 'template'
    : undefined
}

export async function upload(out: Outside, { raw, ask }: MediaRequest): Promise<Answer> {
  const contentType = raw.headers.get('content-type') ?? ''
  if (!/^multipart\/form-data\s*;/i.test(contentType) || !raw.body) {
    return refuse(
      badRequest(
        'The Content-Type is not multipart/form-data.',
        'Upload with the fields messaging_product, type and file.',
      ),
    )
  }
  if (raw.headers.has('content-encoding'))
    return refuse(badRequest('The body is compressed.', 'Send the body without Content-Encoding.'))
  const declared = Number(raw.headers.get('content-length') ?? Number.NaN)
  if (declared > limits.mediaBytes) return refuse(tooLarge)
  const bound = bounded(raw.body)
  // With a declared length the runtime holds the stream to it, and Meta learns it too.
  const body = Number.isNaN(declared) ? bound.stream : raw.body
  // The time counts from the first byte up, and a hundred megabytes take theirs.
  const timeoutMs = out.times.graphTimeoutMs + out.times.graphLateMs
  const { answer } = await ask({ body, contentType, timeoutMs })
  return bound.exceeded() ? refuse(tooLarge) : answer
}

/** Passes on at most limits.mediaBytes; one more and the stream breaks, so that nothing cut off is taken for whole. */
function bounded(body: ReadableStream<Uint8Array>): {
  stream: ReadableStream<Uint8Array>
  exceeded: () => boolean
} {
  let size = 0
  const guard = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.byteLength
      if (size > limits.mediaBytes) controller.error(new Error('media too large'))
      else controller.enqueue(chunk)
    },
  })
  return { stream: lazily(() => body.pipeThrough(guard)), exceeded: () => size > limits.mediaBytes }
}

/** Leaves `body` untouched until somebody reads. */
function lazily(open: () => ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      reader ??= open().getReader()
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader?.cancel(reason),
  }
  // By default a stream pulls once before anybody reads: that would lock the very body it is to leave untouched.
  return new ReadableStream(source, { highWaterMark: 0 })
}

const tooLarge = badRequest(
  `The media is larger than ${limits.mediaBytes} bytes.`,
  'Documents may have 100 MB, video and audio 16 MB, images 5 MB.',
  413,
)

/** Looks first: DELETE on another kind of id would delete that. */
export async function deleteMedia(_out: Outside, { id, ask }: MediaRequest): Promise<Answer> {
  const found = await ask({ method: 'GET' })
  if (found.graph.kind !== 'answered') return found.answer
  if (shapeOf(found.graph.json) !== 'media') return refuse(noSuchObject('delete', id))
  return (await ask({})).answer
}

export async function download(out: Outside, { id, token, ask }: MediaRequest): Promise<Answer> {
  const found = await ask({})
  if (found.graph.kind !== 'answered') return found.answer
  if (shapeOf(found.graph.json) !== 'media') return refuse(noSuchObject('get', id))
  const url = fields(found.graph.json).url as string
  const { graphOrigin } = out.settings
  const opened = await openMedia({
    url,
    token,
    graphOrigin,
    timeoutMs: out.times.graphTimeoutMs,
    fetch: out.fetch,
  })
  if (opened.kind === 'refused') return refuse(unreadable)
  const { response } = opened
  const length = response.headers.get('content-length')
  return {
    status: 200,
    body: response.body as ReadableStream<Uint8Array>,
    headers: {
      'content-type': response.headers.get('content-type') ?? 'application/octet-stream',
      ...(length === null || response.headers.has('content-encoding') ? {} : { 'content-length': length }),
      // What a stranger sent is never shown as a page of this origin.
      'content-disposition': 'attachment',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    },
  }
}

const unreadable: Refusal = {
  gate: 'meta',
  status: 502,
  code: 131052,
  title: 'Media download error',
  details: 'Meta did not give the media.',
  remedy: 'Look the media up again, then download it.',
}
