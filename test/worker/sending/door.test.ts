import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import worker from '../../../worker/index.ts'
import { ana, db, dump, messagesPath, openStage, type Stage, schema, sol, textTo, wrote } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
  await wrote(stage, sol, 'ana')
})

const refused = async (options: Parameters<Stage['call']>[2], path = messagesPath(sol), method = 'POST') => {
  const asked = stage.requests.length
  const before = await dump(sol)
  const answer = await stage.call(method, path, options)
  expect(stage.requests.length, 'nothing went to Meta').toBe(asked)
  expect(await dump(sol), 'nothing was written').toBe(before)
  expect(answer.headers.get('content-type')).toContain('application/json')
  return {
    status: answer.status,
    ...(answer.json.error as unknown as { code: number; gate: string; type: string }),
  }
}

describe('the Cloud API door', () => {
  it("stands under /vNN.N/ of the Worker, and answers in Meta's shape there", async () => {
    const context = createExecutionContext()
    const ask = (path: string, key: string) =>
      worker.fetch(
        new Request(`https://gateway.test${path}`, { headers: { authorization: `Bearer ${key}` } }),
        env,
        context,
      )
    expect((await ask(messagesPath(sol).replace('/', '/v25.0/'), 'sc_no')).status).toBe(401)
    const unknown = await ask('/v26.0/me', stage.keys.sol)
    expect([unknown.status, ((await unknown.json()) as { error: { code: number } }).error.code]).toEqual([
      404, 2500,
    ])
    await waitOnExecutionContext(context)
  })

  it('answers a missing, unknown or revoked key with 401 and 190', async () => {
    const key = await stage.keyWith(sol, ['messages:send'])
    await db.update(schema.apiKeys).set({ revokedAt: 1 }).where(eq(schema.apiKeys.name, 'test')).returning()
    for (const one of [key, '', 'sc_nobody', sol.token]) {
      expect(await refused({ key: one, body: textTo(ana.phone) })).toMatchObject({
        status: 401,
        code: 190,
        gate: 'key',
        type: 'OAuthException',
      })
    }
    await db.update(schema.apiKeys).set({ revokedAt: null }).where(eq(schema.apiKeys.name, 'test'))
  })

  it('answers a key without the scope with 403 and 10', async () => {
    const key = await stage.keyWith(sol, ['media', 'profile'])
    expect(await refused({ key, body: textTo(ana.phone) })).toMatchObject({
      status: 403,
      code: 10,
      gate: 'scope',
    })
    expect(await refused({ key }, `/${sol.wabaId}/message_templates`, 'GET')).toMatchObject({
      status: 403,
      code: 10,
    })
  })

  it("answers every path that is not on the list with 404 in Meta's shape", async () => {
    const paths = [
      '/',
      '/me',
      '/debug_token',
      '/oauth/access_token',
      `/${sol.phoneNumberId}/register`,
      `/${sol.phoneNumberId}/settings`,
      `/${sol.wabaId}/subscribed_apps`,
      `/${sol.phoneNumberId}/messages/x/y`,
      `/${sol.phoneNumberId}/message_qrdls/..%2F..%2Fme`,
      '/401700800900100/uploads',
    ]
    for (const path of paths)
      expect(await refused({ body: {} }, path), path).toMatchObject({
        status: 404,
        code: 2500,
        gate: 'path',
        type: 'OAuthException',
      })
    expect(await refused({}, messagesPath(sol), 'PUT')).toMatchObject({ status: 404 })
  })

  it('never lets anybody change a number itself, which could redirect its webhooks', async () => {
    const body = { webhook_configuration: { override_callback_uri: 'https://evil.test' } }
    expect(await refused({ body }, `/${sol.phoneNumberId}`)).toMatchObject({ status: 400, code: 100 })
    expect(await refused({ body: { components: [] } }, `/${sol.phoneNumberId}`)).toMatchObject({
      status: 400,
      code: 100,
    })
    expect(await refused({ body: { components: [] } }, `/${sol.wabaId}`)).toMatchObject({
      status: 400,
      code: 100,
    })
  })

  it('names what is wrong with a body that is no JSON object of an acceptable size', async () => {
    const json = { 'content-type': 'application/json' }
    const cases: [string, Parameters<Stage['call']>[2], number][] = [
      ['truncated', { raw: '{"to":"346', headers: json }, 400],
      ['an array', { raw: '[]', headers: json }, 400],
      ['empty', { raw: '', headers: json }, 400],
      ['a form', { raw: 'to=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 400],
      ['plain text', { raw: '{}', headers: { 'content-type': 'text/plain' } }, 400],
      ['gzip', { raw: '{}', headers: { ...json, 'content-encoding': 'gzip' } }, 400],
      ['deep', { raw: `{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}`, headers: json }, 400],
      ['too large', { raw: `{"a":"${'x'.repeat(1_100_000)}"}`, headers: json }, 413],
    ]
    for (const [name, options, status] of cases)
      expect(await refused(options), name).toMatchObject({ status, code: 100, gate: 'request' })
  })

  it('names deeply nested JSON as what is wrong, at the address of the Worker with and without a version', async () => {
    const asked = stage.requests.length
    const before = await dump(sol)
    for (const nested of [
      '['.repeat(10_000) + ']'.repeat(10_000),
      `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    ])
      for (const path of [`/v25.0${messagesPath(sol)}`, messagesPath(sol)]) {
        const context = createExecutionContext()
        const request = new Request(`https://gateway.test${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${stage.keys.sol}`, 'content-type': 'application/json' },
          body: `{"messaging_product":"whatsapp","to":"${ana.phone}","type":"text","text":${nested}}`,
        })
        const answer = await worker.fetch(request, env, context)
        expect(answer.status, path).toBe(400)
        expect(await answer.json()).toMatchObject({ error: { code: 100, gate: 'request' } })
        await waitOnExecutionContext(context)
      }
    expect(stage.requests.length).toBe(asked)
    expect(await dump(sol)).toBe(before)
  })

  it('survives every JSON that is not a message', async () => {
    const bodies = [
      {},
      { to: null },
      { to: {}, type: [] },
      { to: ana.phone, text: 5, context: 7 },
      { status: {} },
      {
        messaging_product: 'whatsapp',
        to: ana.phone,
        type: 'interactive',
        interactive: { type: 'toString' },
      },
      {
        messaging_product: 'whatsapp',
        to: ana.phone,
        type: 'template',
        template: null,
        biz_opaque_callback_data: 5,
      },
    ]
    for (const body of bodies) {
      const answer = await stage.call('POST', messagesPath(sol), { body })
      expect(answer.status, JSON.stringify(body)).toBe(400)
      expect(answer.json.error?.code).toBeTypeOf('number')
    }
  })

  it('says that nothing was sent when the gateway itself fails', async () => {
    const broken = vi.spyOn(stage.meta, 'fetch')
    const spy = vi.spyOn(env.DB, 'batch').mockRejectedValueOnce(new Error('D1 is away'))
    const answer = await stage.call('POST', messagesPath(sol), {
      body: textTo(ana.phone),
      headers: { 'idempotency-key': 'after-a-fault' },
    })
    expect(answer.status).toBe(503)
    expect(answer.json.error).toMatchObject({ code: 131016, gate: 'gateway', is_transient: true })
    expect(broken).not.toHaveBeenCalled()
    spy.mockRestore()
    broken.mockRestore()
    const again = await stage.call('POST', messagesPath(sol), {
      body: textTo(ana.phone),
      headers: { 'idempotency-key': 'after-a-fault' },
    })
    expect(again.status).toBe(200)
  })

  it('writes neither token, text, name nor phone number into a log', async () => {
    const lines: string[] = []
    const spies = (['log', 'info', 'warn', 'error'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...parts) => void lines.push(parts.join(' '))),
    )
    for (const kind of ['error', 'html', 'cut', 'empty']) {
      await stage.sim('/faults', {
        kind,
        path: '/messages',
        code: 190,
        message: `Malformed access token ${sol.token} for ${ana.phone}`,
      })
      const answer = await stage.call('POST', messagesPath(sol), { body: textTo(ana.phone, 'secreto') })
      expect(answer.text).not.toContain(sol.token)
      expect(answer.text).not.toContain('graph.test')
    }
    await stage.later()
    for (const spy of spies) spy.mockRestore()
    expect(lines.length).toBeGreaterThan(3)
    for (const secret of [sol.token, 'secreto', ana.phone, 'Ana', 'appsecret'])
      expect(lines.join('\n')).not.toContain(secret)
  })
})
