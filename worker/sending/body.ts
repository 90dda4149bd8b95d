// The JSON body of a call at this door, or Meta's error for what is not one. Called by door.ts and proxy.ts.

import { readCapped } from '../ground/http.ts'
import { limits } from '../ground/limits.ts'
import { parseJson } from '../meta/json.ts'
import { badRequest, type Refusal } from '../meta/send-error.ts'

export type Body = { ok: true; body: Record<string, unknown>; text: string } | { ok: false; refusal: Refusal }

/** Deeper than any message of Meta's, and far from what could exhaust the stack. */
const depthMax = 48

const mend = 'Send one JSON object with Content-Type: application/json.'
const no = (details: string, remedy = mend, status = 400): Body => ({
  ok: false,
  refusal: badRequest(details, remedy, status),
})

/** `empty` accepts a call without a body, which Graph takes for one whose parameters stand in the query. */
export async function readBody(request: Request, empty: 'refused' | 'accepted'): Promise<Body> {
  const encoding = request.headers.get('content-encoding')
  if (encoding !== null && encoding.toLowerCase() !== 'identity')
    return no('The body is compressed.', 'Send the body without Content-Encoding.')
  const read = await readCapped(request, limits.apiBodyBytes)
  if (!read.ok && read.reason === 'too_large')
    return no(`The body is longer than ${limits.apiBodyBytes} bytes.`, 'Send a smaller body.', 413)
  if (!read.ok) return no('The body ended too early.')
  const text = new TextDecoder().decode(read.value)
  if (text.trim() === '' && empty === 'accepted') return { ok: true, body: {}, text: '' }
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(request.headers.get('content-type') ?? ''))
    return no('The Content-Type is not application/json.')
  if (depthOf(text) > depthMax) return no(`The JSON is nested deeper than ${depthMax}.`)
  const parsed = parseJson(text)?.value
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return no('The body is not a JSON object.')
  return { ok: true, body: parsed as Record<string, unknown>, text }
}

/** Counted on the text, because parsing is what must not be tried on a thousand brackets. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (const [part] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (part === '[' || part === '{') deepest = Math.max(deepest, ++depth)
    else if (part === ']' || part === '}') depth--
  }
  return deepest
}
