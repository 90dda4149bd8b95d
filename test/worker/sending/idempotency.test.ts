import { beforeAll, describe, expect, it } from 'vitest'
import { limits } from '../../../worker/ground/limits.ts'
import {
  ana,
  db,
  messageRows,
  messagesPath,
  monsoon,
  openStage,
  type Stage,
  schema,
  sol,
  templateTo,
  textTo,
  wrote,
} from './stage.ts'

let stage: Stage
let count = 0

beforeAll(async () => {
  stage = await openStage({ graphTimeoutMs: 3_000, idempotencyWaitMs: 1_000 })
  await wrote(stage, sol, 'ana')
})

const newKey = () => `order-${count++}-${crypto.randomUUID()}`
const send = (key: string, body: unknown = textTo(ana.phone), headers: Record<string, string> = {}) =>
  stage.call('POST', messagesPath(sol), { body, headers: { 'idempotency-key': key, ...headers } })

describe('Idempotency-Key', () => {
  it('gives the first answer again byte for byte, and sends once', async () => {
    const key = newKey()
    const first = await send(key)
    await stage.later()
    const asked = stage.requests.length
    const second = await send(key)
    expect([second.status, second.text]).toEqual([first.status, first.text])
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(stage.requests.length).toBe(asked)
  })

  it('lets a second call wait for the first one that is still under way', async () => {
    const key = newKey()
    await stage.sim('/faults', { kind: 'delay', path: '/messages', delayMs: 200 })
    const asked = stage.requests.length
    const [first, second, third] = await Promise.all([send(key), send(key), send(key)])
    expect(first.status).toBe(200)
    expect(second.text).toBe(first.text)
    expect(third.text).toBe(first.text)
    expect(stage.requests.length).toBe(asked + 1)
  })

  it('refuses another request under the same key with 422', async () => {
    const key = newKey()
    await send(key)
    const other = await send(key, textTo(ana.phone, 'Otra cosa'))
    expect(other.status).toBe(422)
    expect(other.json.error).toMatchObject({ gate: 'idempotency', type: 'OAuthException' })
  })

  it('keeps refusals too', async () => {
    const key = newKey()
    const first = await send(key, textTo('34600999555'))
    await stage.later()
    const second = await send(key, textTo('34600999555'))
    expect(first.json.error).toMatchObject({ gate: 'window' })
    expect(second.text).toBe(first.text)
    expect(second.headers.get('idempotency-replayed')).toBe('true')
  })

  it('keeps an unclear answer: the same key never sends twice', async () => {
    const key = newKey()
    await stage.sim('/faults', { kind: 'cut', path: '/messages' })
    const first = await send(key)
    await stage.later()
    const asked = stage.requests.length
    const second = await send(key)
    expect(first.status).toBe(502)
    expect(second.text).toBe(first.text)
    expect(stage.requests.length).toBe(asked)
  })

  it('forgets after 24 hours', async () => {
    const key = newKey()
    const now = Date.now()
    const first = await send(key, templateTo(ana.phone))
    await stage.later()
    stage.setNow(now + limits.idempotencyLifeMs + 60_000)
    const second = await send(key, templateTo(ana.phone))
    stage.setNow(undefined)
    expect(second.status).toBe(200)
    expect(second.text).not.toBe(first.text)
  })

  it('answers 504 with the message id when the first call was lost, and does not send', async () => {
    const key = newKey()
    await db.delete(schema.idempotencyKeys)
    await send(key)
    await stage.later()
    const row = (await db.query.idempotencyKeys.findFirst()) as { messageId: string }
    await db
      .update(schema.idempotencyKeys)
      .set({ status: null, answer: null, createdAt: Date.now() - limits.idempotencyLeaseMs - 1 })
    const asked = stage.requests.length
    const second = await send(key)
    expect(second.status).toBe(504)
    expect(second.json.error).toMatchObject({
      gate: 'idempotency',
      code: 131000,
      is_transient: false,
      message_id: row.messageId,
    })
    expect(stage.requests.length).toBe(asked)
  })

  it('is separate for each workspace', async () => {
    const key = newKey()
    await send(key)
    await stage.later()
    const before = (await messageRows(monsoon)).length
    const answer = await stage.call('POST', messagesPath(monsoon), {
      key: stage.keys.monsoon,
      body: templateTo(ana.phone),
      headers: { 'idempotency-key': key },
    })
    expect(answer.status).toBe(200)
    expect((await messageRows(monsoon)).length).toBe(before + 1)
  })

  it('refuses a key that is too long or not printable', async () => {
    expect((await send('x'.repeat(256))).status).toBe(400)
    expect((await send('ключ'.normalize(), textTo(ana.phone)).catch(() => ({ status: 400 }))).status).toBe(
      400,
    )
    expect((await send('x'.repeat(255))).status).toBe(200)
  })

  it('is kept without the key, the body or the answer in clear', async () => {
    const key = newKey()
    const answer = await send(key)
    await stage.later()
    const rows = JSON.stringify(await db.query.idempotencyKeys.findMany())
    expect(rows).not.toContain(key)
    expect(rows).not.toContain(answer.json.messages?.[0]?.id)
  })
})
