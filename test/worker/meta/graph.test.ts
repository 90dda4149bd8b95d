import { describe, expect, it, vi } from 'vitest'
import { limits } from '../../../worker/ground/limits.ts'
import { callGraph, type GraphCall } from '../../../worker/meta/graph.ts'

const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  async () =>
    new Response(JSON.stringify(value), {
      status,
      headers: { 'content-type': 'application/json', ...headers },
    })

const call = (fetch: GraphCall['fetch'], more: Partial<GraphCall> = {}) =>
  callGraph({
    origin: 'https://graph.test',
    version: 'v25.0',
    path: '1/messages',
    method: 'POST',
    body: '{}',
    token: 'EAATESTTOKEN123',
    timeoutMs: 50,
    fetch,
    route: '{number}/messages',
    ...more,
  })

describe('callGraph', () => {
  it('puts the token into the Authorization header alone, proves it, and follows no redirect', async () => {
    const fetch = vi.fn(json({ ok: true }))
    await call(fetch, { appSecret: 'test_app_secret', query: { limit: '5' } })
    const [url, init] = fetch.mock.calls[0] as unknown as [string, RequestInit]
    expect(url).toBe(
      'https://graph.test/v25.0/1/messages?limit=5&appsecret_proof=167d98c81aa9f89880a978375376a75ccf0ca8759b33f16ac77af464a96d4d25',
    )
    expect(init.redirect).toBe('manual')
    expect(new Headers(init.headers).get('authorization')).toBe('Bearer EAATESTTOKEN123')
    expect(JSON.stringify({ url, body: init.body })).not.toContain('EAATESTTOKEN123')
  })

  it('gives the text as it came, with the usage header', async () => {
    const answer = await call(
      async () =>
        new Response('{"id":12345678901234567890}', { headers: { 'x-business-use-case-usage': '{"1":[]}' } }),
    )
    expect(answer).toMatchObject({ kind: 'answered', text: '{"id":12345678901234567890}', usage: '{"1":[]}' })
  })

  it('reads errors in every form Meta gives them', async () => {
    const forms: [unknown, object][] = [
      [
        { code: 131047, error_data: { details: 'late' }, error_subcode: 2494055 },
        { code: 131047, details: 'late', subcode: 2494055, transient: false },
      ],
      [
        { code: '131047', error_data: 'late', is_transient: 'true' },
        { code: 131047, details: 'late', transient: true },
      ],
      [
        { message: 'x', error_data: 5, code: 'NaN' },
        { code: undefined, details: undefined },
      ],
      [{}, { code: undefined }],
    ]
    for (const [error, parsed] of forms)
      expect(await call(json({ error }, 400))).toMatchObject({ kind: 'rejected', status: 400, error: parsed })
  })

  it('calls unclear whatever does not say what happened', async () => {
    const cases: [GraphCall['fetch'], string][] = [
      [() => new Promise(() => {}), 'timeout'],
      [
        async () => {
          throw new TypeError('cut')
        },
        'cut',
      ],
      [async () => new Response('<!DOCTYPE html>', { status: 200 }), 'not_json'],
      [async () => new Response('', { status: 200 }), 'not_json'],
      [async () => new Response('"text"'), 'not_json'],
      [json({ status: 'bad gateway' }, 502), 'no_error'],
      [
        async () => new Response(null, { status: 302, headers: { location: 'https://evil.test' } }),
        'not_json',
      ],
    ]
    for (const [fetch, reason] of cases) expect(await call(fetch)).toMatchObject({ kind: 'unclear', reason })
  })

  it('reads no more than the cap', async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(1024 * 1024))
      },
    })
    expect(await call(async () => new Response(endless), { timeoutMs: 5_000 })).toEqual({
      kind: 'unclear',
      reason: 'too_large',
    })
    expect(pulled).toBeLessThan(limits.graphAnswerBytes / (1024 * 1024) + 4)
  })

  it('goes on listening after the time-out, for as long as it is told', async () => {
    const slow = () =>
      new Promise<Response>((resolve) => setTimeout(() => resolve(Response.json({ late: 1 })), 60))
    const answer = await call(slow, { timeoutMs: 10, lateMs: 1_000 })
    expect(answer).toMatchObject({ kind: 'unclear', reason: 'timeout' })
    expect(await (answer as { late: Promise<unknown> }).late).toMatchObject({
      kind: 'answered',
      json: { late: 1 },
    })
    const aborted = vi.fn()
    await call(
      (_, init) =>
        new Promise((_, no) =>
          init?.signal?.addEventListener('abort', () => {
            aborted()
            no(new Error('aborted'))
          }),
        ),
      { timeoutMs: 10 },
    )
    expect(aborted).toHaveBeenCalledOnce()
  })

  it('logs code, status and duration, and nothing of what was said', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    await call(json({ error: { code: 190, message: 'Malformed access token EAATESTTOKEN123' } }, 401), {
      path: '34600111222/messages',
    })
    const line = String(warn.mock.calls[0]?.[0])
    warn.mockRestore()
    expect(JSON.parse(line)).toMatchObject({
      event: 'graph',
      code: 190,
      status: 401,
      route: '{number}/messages',
      method: 'POST',
    })
    for (const secret of ['EAATEST', '34600111222', 'Malformed']) expect(line).not.toContain(secret)
  })
})
