// A simulated Meta with its own clock and a gateway that only takes notes, for the simulator's own tests.

import { monsoon, panaderia } from './meta/cast.ts'
import { createMeta, type Meta } from './meta/meta.ts'
import type { MetaOptions } from './meta/options.ts'

export const sol = { waba: '201500300400500', phone: '301600700800900', token: panaderia.token }
export const books = { waba: '202600400500600', phone: '302700800900100', token: monsoon.token }
export const callback = 'https://gateway.test/webhooks/meta'

export type Post = { url: string; headers: Headers; body: string; json: () => Webhook }
export type Value = {
  metadata?: { phone_number_id: string }
  contacts?: { user_id?: string; wa_id?: string; profile?: { name?: string; username?: string } }[]
  messages?: Record<string, unknown>[]
  statuses?: Record<string, unknown>[]
  [key: string]: unknown
}
export type Webhook = {
  object: string
  entry: { id: string; time?: number; changes: { field: string; value: Value }[] }[]
}
export type Answer = { status: number; body: Record<string, unknown>; headers: Headers }

export type Fixture = {
  meta: Meta
  posts: Post[]
  /** What the gateway answers to the next webhooks; 200 when empty. A null is no answer at all. */
  answers: (number | null)[]
  graph: (method: string, path: string, body?: unknown, token?: string) => Promise<Answer>
  control: (method: string, path: string, body?: unknown) => Promise<Answer>
  send: (body: Record<string, unknown>, phone?: string, token?: string) => Promise<Answer>
  write: (body?: Record<string, unknown>) => Promise<string>
  values: () => Value[]
  statuses: () => Record<string, unknown>[]
  wait: (ms: number) => Promise<void>
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: JSON.parse(text === '' ? '{}' : text) }
}

export function setUp(options: MetaOptions = {}): Fixture {
  const posts: Post[] = []
  const answers: (number | null)[] = []
  const gateway = async (url: string, init?: RequestInit): Promise<Response> => {
    const challenge = new URL(url).searchParams.get('hub.challenge')
    if (challenge !== null) return new Response(challenge)
    const body =
      init?.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : String(init?.body ?? '')
    posts.push({ url, headers: new Headers(init?.headers), body, json: () => JSON.parse(body) })
    const status = answers.length > 0 ? answers.shift() : 200
    if (status === null || status === undefined) throw new Error('connection refused')
    return new Response('ok', { status })
  }
  let now = 1_795_305_600_000
  const meta = createMeta({
    callbackUrl: callback,
    fetch: gateway,
    now: () => now,
    schedule: () => {},
    ...options,
  })
  const call = (method: string, path: string, body?: unknown, token?: string): Promise<Answer> => {
    const headers = new Headers(token === undefined ? {} : { Authorization: `Bearer ${token}` })
    const form = body instanceof FormData
    if (body !== undefined && !form) headers.set('Content-Type', 'application/json')
    const payload =
      body === undefined ? null : form ? body : typeof body === 'string' ? body : JSON.stringify(body)
    return meta
      .fetch(new Request(`http://meta.test${path}`, { method, headers, body: payload }))
      .then(answerOf)
  }
  const control: Fixture['control'] = (method, path, body) => call(method, `/_sim${path}`, body)
  const graph: Fixture['graph'] = (method, path, body, token = sol.token) =>
    call(method, `/v25.0/${path}`, body, token)
  const values = (): Value[] =>
    posts.flatMap((post) => post.json().entry.flatMap((entry) => entry.changes.map((change) => change.value)))
  return {
    meta,
    posts,
    answers,
    graph,
    control,
    send: (body, phone = sol.phone, token = sol.token) =>
      graph(
        'POST',
        `${phone}/messages`,
        { messaging_product: 'whatsapp', to: '+34600111222', type: 'text', text: { body: 'Hola' }, ...body },
        token,
      ),
    write: async (body = {}) =>
      String(
        (await control('POST', '/messages', { phone_number_id: sol.phone, from: '34600111222', ...body }))
          .body.id,
      ),
    values,
    statuses: () => values().flatMap((value) => value.statuses ?? []),
    wait: async (ms) => {
      now += ms
      await meta.advance(0)
    },
  }
}

export function errorOf(answer: Answer): {
  code: number
  message: string
  error_subcode?: number
  error_data?: { details: string }
  type: string
  fbtrace_id: string
} {
  return answer.body.error as never
}

export const template = (name: string, language: string, components?: unknown) => ({
  type: 'template',
  text: undefined,
  template: { name, language: { code: language }, ...(components ? { components } : {}) },
})
