// Webhooks made by hand, signed requests, and what was delivered. Called by control/app.ts.
// Source: Meta’s documentation.

import { type Context, Hono } from 'hono'
import { hubSignature, signedRequest } from '../crypto.ts'
import { isObject } from '../graph/rules.ts'
import type { Sim } from '../sim.ts'
import type { Delivery, Json } from '../state.ts'
import { countUpdates } from '../webhooks/post.ts'
import { BadControl, controlBody, textOf } from './body.ts'

function callbackOf(sim: Sim): string {
  const url = sim.world.state.app.callbackUrl
  if (url === null) throw new BadControl('no callback URL is set')
  return url
}

function event(sim: Sim, body: Json): Json {
  const field = textOf(body, 'field')
  if (field === null || !isObject(body.value)) throw new BadControl('field and value are needed')
  const wabaId = textOf(body, 'waba_id')
  const entryId = textOf(body, 'entry_id') ?? wabaId
  if (entryId === null) throw new BadControl('waba_id or entry_id is needed')
  const numberId = textOf((body.value.metadata ?? {}) as Json, 'phone_number_id')
  const accepted = sim.courier.enqueue({
    dueAt: sim.world.now(),
    entryId,
    wabaId,
    numberId,
    field,
    value: body.value,
    timed: typeof body.time === 'boolean' ? body.time : body.value.metadata === undefined,
  })
  return {
    ok: accepted,
    ...(accepted ? {} : { reason: 'the account has no subscribed app, or nobody subscribed to the field' }),
  }
}

/** Posts the bytes as they came. `?secret=`, `?signature=` and `?unsigned=1` change what is said about them. */
async function raw(sim: Sim, c: Context): Promise<Json> {
  const body = await c.req.text()
  const secret = c.req.query('secret') ?? sim.options.appSecret
  const own = await hubSignature(secret, new TextEncoder().encode(body))
  const signature = c.req.query('unsigned') ? '' : (c.req.query('signature') ?? own)
  const times = Math.max(1, Number(c.req.query('times') ?? 1))
  const url = c.req.query('url') ?? callbackOf(sim)
  const posted = await Promise.all(
    Array.from({ length: times }, () => sim.courier.post(url, body, countUpdates(body), signature)),
  )
  return { data: posted.map(shown) }
}

function shown(delivery: Delivery): Json {
  const { id, url, updates, createdAt, attempts, state, nextAttemptAt, body, signature } = delivery
  return {
    id,
    url,
    updates,
    created_at: createdAt,
    state,
    next_attempt_at: nextAttemptAt,
    attempts,
    body,
    signature,
  }
}

async function signed(sim: Sim, body: Json, path: string): Promise<Json> {
  const url = textOf(body, 'url') ?? new URL(path, callbackOf(sim)).toString()
  const userId = textOf(body, 'user_id') ?? '900000000000001'
  const issuedAt = Math.floor(sim.world.now() / 1000)
  const algorithm = textOf(body, 'algorithm') ?? 'HMAC-SHA256'
  const expires = issuedAt + 3600
  const payload = { algorithm, expires, issued_at: Number(body.issued_at ?? issuedAt), user_id: userId }
  const request =
    textOf(body, 'signed_request') ??
    (await signedRequest(textOf(body, 'secret') ?? sim.options.appSecret, payload))
  const response = await sim.options.fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'User-Agent': 'facebookplatform/1.0 (+http://developers.facebook.com)',
    },
    body: new URLSearchParams({ signed_request: request }).toString(),
    redirect: 'manual',
  })
  const text = await response.text()
  let answer: unknown = text
  try {
    answer = JSON.parse(text)
  } catch {
    // An answer that is not JSON is shown as the text it was.
  }
  return { status: response.status, answer, signed_request: request }
}

export function deliveryRoutes(sim: Sim): Hono {
  const app = new Hono()
  app.post('/events', async (c) => c.json(event(sim, await controlBody(c))))
  app.post('/webhooks', async (c) => c.json(await raw(sim, c)))
  app.post('/data-deletion', async (c) =>
    c.json(await signed(sim, await controlBody(c), '/webhooks/meta/data-deletion')),
  )
  app.post('/deauthorize', async (c) =>
    c.json(await signed(sim, await controlBody(c), '/webhooks/meta/deauthorize')),
  )
  app.post('/flush', async (c) => c.json(await sim.courier.flush()))
  app.get('/deliveries', (c) => {
    const limit = Number(c.req.query('limit') ?? 200)
    const all = [...sim.world.state.deliveries.values()].reverse().slice(0, limit)
    return c.json({ data: all.map(shown) })
  })
  return app
}
