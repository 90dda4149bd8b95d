// The one place that calls Meta's Graph API. Called by the sending walk and by onboarding. The token travels in the
// Authorization header and nowhere else; of a call only code, status and duration are logged. Source: Graph API, secure
// requests (appsecret_proof), error codes.

import { z } from 'zod'
import { hex } from '../crypto/bytes.ts'
import { hmac } from '../crypto/hmac.ts'
import { readCapped } from '../ground/http.ts'
import { limits } from '../ground/limits.ts'
import { log } from '../ground/log.ts'

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>

export type GraphCall = {
  /** `https://graph.facebook.com`, without a slash at the end. */
  origin: string
  /** `v25.0` */
  version: string
  /** Without version and leading slash; made of checked segments, never of a caller's raw path. */
  path: string
  method: 'GET' | 'POST' | 'DELETE'
  query?: Record<string, string>
  body?: string | ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>
  contentType?: string
  /** Part of a resumable upload, from this byte on. Those calls want another scheme of authorization. */
  fileOffset?: number
  token: string
  /** Signs the token (`appsecret_proof`), so that a stolen token is useless without it. */
  appSecret?: string
  timeoutMs: number
  /** How long a call that ran out of time is still listened to; 0 ends it at once. */
  lateMs?: number
  fetch: Fetch
  /** The route pattern for the log, without ids. */
  route: string
}

/** `details` joins both forms of `error_data`; the code may come as text. */
export type MetaError = {
  code: number | undefined
  subcode: number | undefined
  transient: boolean
  details: string | undefined
}

export type GraphAnswer =
  | { kind: 'answered'; status: number; json: unknown; text: string; usage: string | undefined }
  | {
      kind: 'rejected'
      status: number
      json: Record<string, unknown>
      text: string
      error: MetaError
      usage: string | undefined
    }
  /** Nobody knows what Meta did. `late` settles when a call that ran out of time ends after all. */
  | {
      kind: 'unclear'
      reason: 'timeout' | 'cut' | 'not_json' | 'no_error' | 'too_large'
      late?: Promise<GraphAnswer>
    }

const number = z.coerce.number().int().optional().catch(undefined)
const errorShape = z.looseObject({
  error: z.looseObject({
    code: number,
    error_subcode: number,
    is_transient: z.union([z.boolean(), z.literal('true').transform(() => true)]).catch(false),
    error_data: z
      .union([
        z.string(),
        z.looseObject({ details: z.string().optional() }).transform((data) => data.details),
      ])
      .optional()
      .catch(undefined),
  }),
})

/** Never throws for what Meta or the network does. */
export async function callGraph(call: GraphCall): Promise<GraphAnswer> {
  const startedAt = Date.now()
  const abort = new AbortController()
  const ending = exchange(call, abort.signal)
  const timer = deadline(call.timeoutMs)
  const answer = await Promise.race([ending, timer.passed])
  timer.stop()
  const result = answer === 'timeout' ? outOfTime(ending, abort, call.lateMs ?? 0) : answer
  if (result.kind !== 'answered') {
    const reason = result.kind === 'unclear' ? result.reason : 'rejected'
    const seen =
      result.kind === 'rejected' ? { status: result.status, code: result.error.code ?? 'none' } : {}
    log('warn', 'graph', {
      method: call.method,
      route: call.route,
      reason,
      durationMs: Date.now() - startedAt,
      ...seen,
    })
  }
  return result
}

function outOfTime(ending: Promise<GraphAnswer>, abort: AbortController, lateMs: number): GraphAnswer {
  if (lateMs <= 0) {
    abort.abort()
    return { kind: 'unclear', reason: 'timeout' }
  }
  const stop = setTimeout(() => abort.abort(), lateMs)
  return { kind: 'unclear', reason: 'timeout', late: ending.finally(() => clearTimeout(stop)) }
}

function deadline(ms: number): { passed: Promise<'timeout'>; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const passed = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), ms)
  })
  return { passed, stop: () => clearTimeout(timer) }
}

async function exchange(call: GraphCall, signal: AbortSignal): Promise<GraphAnswer> {
  try {
    const response = await call.fetch(urlOf(call), {
      method: call.method,
      headers: headersOf(call),
      // A redirect would carry the token to wherever it points.
      redirect: 'manual',
      signal,
      ...(call.body === undefined ? {} : { body: call.body }),
    })
    return await read(response)
  } catch {
    return { kind: 'unclear', reason: 'cut' }
  }
}

function urlOf(call: GraphCall): string {
  const query = new URLSearchParams(call.query)
  if (call.appSecret !== undefined) query.set('appsecret_proof', hex(hmac(call.appSecret, call.token)))
  const text = query.toString()
  return `${call.origin}/${call.version}/${call.path}${text === '' ? '' : `?${text}`}`
}

const headersOf = (call: GraphCall): Record<string, string> => ({
  ...(call.fileOffset === undefined
    ? { authorization: `Bearer ${call.token}` }
    : { authorization: `OAuth ${call.token}`, file_offset: String(call.fileOffset) }),
  'user-agent': 'softivum-connect/1',
  ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
})

async function read(response: Response): Promise<GraphAnswer> {
  const bytes = await readCapped(response as unknown as Request, limits.graphAnswerBytes)
  if (!bytes.ok) return { kind: 'unclear', reason: bytes.reason }
  const text = new TextDecoder().decode(bytes.value)
  const json = parseJson(text)
  if (json === undefined) return { kind: 'unclear', reason: 'not_json' }
  const { status } = response
  const usage = response.headers.get('x-business-use-case-usage') ?? undefined
  if (status >= 200 && status < 300) return { kind: 'answered', status, json, text, usage }
  const parsed = errorShape.safeParse(json)
  if (!parsed.success) return { kind: 'unclear', reason: 'no_error' }
  const { code, error_subcode: subcode, is_transient: transient, error_data: details } = parsed.data.error
  return {
    kind: 'rejected',
    status,
    json: json as Record<string, unknown>,
    text,
    error: { code, subcode, transient, details },
    usage,
  }
}

function parseJson(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

export type MediaStream =
  | { kind: 'open'; response: Response }
  | { kind: 'refused'; reason: 'foreign_host' | 'gone' | 'cut' | 'redirected' }

export type MediaCall = { url: string; token: string; graphOrigin: string; timeoutMs: number; fetch: Fetch }

/**
 * The bytes behind a media URL that Meta gave, as a stream. The token goes only to Meta's media hosts or to the
 * configured Graph host, and never along a redirect. `timeoutMs` bounds the wait for the first byte.
 */
export async function openMedia({
  url,
  token,
  graphOrigin,
  timeoutMs,
  fetch,
}: MediaCall): Promise<MediaStream> {
  if (!isMediaHost(url, graphOrigin)) return { kind: 'refused', reason: 'foreign_host' }
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), timeoutMs)
  try {
    const headers = { authorization: `Bearer ${token}`, 'user-agent': 'softivum-connect/1' }
    const response = await fetch(url, { headers, redirect: 'manual', signal: abort.signal })
    if (response.status === 200 && response.body) return { kind: 'open', response }
    await response.body?.cancel()
    return {
      kind: 'refused',
      reason: response.status >= 300 && response.status < 400 ? 'redirected' : 'gone',
    }
  } catch {
    return { kind: 'refused', reason: 'cut' }
  } finally {
    clearTimeout(timer)
  }
}

function isMediaHost(text: string, graphOrigin: string): boolean {
  const url = URL.parse(text)
  if (url?.username !== '' || url.password !== '') return false
  if (url.origin === new URL(graphOrigin).origin) return true
  return (
    url.protocol === 'https:' &&
    url.port === '' &&
    (url.hostname === 'fbsbx.com' || url.hostname.endsWith('.fbsbx.com'))
  )
}
