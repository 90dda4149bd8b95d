// One Graph call as the handlers see it, and how its parameters are read.
// Called by router.ts and every handler in this folder. Source: Meta’s documentation; Graph takes parameters
// from the query, a form or JSON alike.

import { noSuchObject, refusal } from '../errors.ts'
import type { Sim } from '../sim.ts'
import type { Json, PhoneNumber, Token, Waba } from '../state.ts'

export type Call = {
  sim: Sim
  request: Request
  url: URL
  origin: string
  method: string
  version: number
  versionText: string
  token: Token
  /** The node the path names, and the edge after it ('' for the node itself). */
  id: string
  edge: string
  body: Json
  form: FormData | null
}

export type Handler = (call: Call) => unknown

export async function readBody(
  request: Request,
): Promise<{ body: Json; form: FormData | null; text: string }> {
  const type = request.headers.get('Content-Type') ?? ''
  if (request.method === 'GET' || request.method === 'HEAD') return { body: {}, form: null, text: '' }
  if (type.startsWith('multipart/form-data'))
    return { body: {}, form: await request.formData(), text: '(multipart)' }
  if (type.startsWith('application/x-www-form-urlencoded')) {
    const text = await request.text()
    return { body: Object.fromEntries(new URLSearchParams(text)), form: null, text }
  }
  // The bytes of a resumable upload are for its handler.
  if (new URL(request.url).pathname.includes('/upload:')) return { body: {}, form: null, text: '(bytes)' }
  if (type !== '' && !type.startsWith('application/json') && !type.startsWith('text/'))
    return { body: {}, form: null, text: '(bytes)' }
  const text = await request.text()
  if (text.trim() === '') return { body: {}, form: null, text }
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return { body: parsed as Json, form: null, text }
  } catch {
    // Refused below, like any other body that is not an object.
  }
  throw refusal(100, undefined, {
    message: '(#100) Invalid parameter: the request body is not a JSON object',
  })
}

/** A parameter as text; body first, then form, then query. */
export function param(call: Call, name: string): string | undefined {
  const inBody = call.body[name]
  if (typeof inBody === 'string') return inBody
  if (typeof inBody === 'number' || typeof inBody === 'boolean') return String(inBody)
  const inForm = call.form?.get(name)
  if (typeof inForm === 'string') return inForm
  return call.url.searchParams.get(name) ?? undefined
}

export function need(call: Call, name: string): string {
  const value = param(call, name)
  if (value === undefined || value === '') throw missing(name)
  return value
}

export function missing(name: string): Error {
  return refusal(100, undefined, { message: `(#100) The parameter ${name} is required.` })
}

export function needProduct(call: Call): void {
  const product = need(call, 'messaging_product')
  if (product.toLowerCase() === 'whatsapp') return
  throw refusal(100, undefined, {
    message: `(#100) Param messaging_product must be one of {"WHATSAPP"} - got "${product}".`,
  })
}

export function sees(call: Call, wabaId: string): boolean {
  return call.token.kind === 'business' && call.token.wabaIds.includes(wabaId)
}

export function ownNumber(call: Call, id: string): PhoneNumber {
  const number = call.sim.world.state.numbers.get(id)
  if (!number || !sees(call, number.wabaId)) throw noSuchObject(call.method, id)
  return number
}

export function ownWaba(call: Call, id: string): Waba {
  const waba = call.sim.world.state.wabas.get(id)
  if (!waba || !sees(call, id)) throw noSuchObject(call.method, id)
  return waba
}

export function needScope(call: Call, scope: string): void {
  if (call.token.scopes.includes(scope)) return
  throw refusal(200, undefined, {
    message: `(#200) You do not have the necessary permissions required: ${scope}`,
  })
}
