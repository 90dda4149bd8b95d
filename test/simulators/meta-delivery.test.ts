// How the simulated Meta delivers and what it keeps: batches, retries, media, faults, its records.

import { beforeEach, describe, expect, it } from 'vitest'
import { appSecretProof, hubSignature } from './meta/crypto.ts'
import { books, callback, errorOf, type Fixture, setUp, sol } from './meta-fixture.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
let f: Fixture
beforeEach(() => {
  f = setUp()
})

describe('delivery', () => {
  it('redelivers the same bytes until somebody answers 2xx', async () => {
    f.answers.push(500, null, 200)
    await f.write({ text: 'una vez' })
    await f.wait(1000)
    expect(f.posts).toHaveLength(1)
    await f.wait(1000)
    expect(f.posts).toHaveLength(1)
    await f.wait(5000)
    await f.wait(31_000)
    await f.wait(7_200_000)
    expect(f.posts).toHaveLength(3)
    expect(new Set(f.posts.map((post) => post.body)).size).toBe(1)
    const { data } = (await f.control('GET', '/deliveries')).body as unknown as {
      data: { state: string; attempts: { status: number | null }[] }[]
    }
    expect(data[0]).toMatchObject({
      state: 'delivered',
      attempts: [{ status: 500 }, { status: null }, { status: 200 }],
    })
  })

  it('gives up after seven days', async () => {
    f.answers.push(...Array.from({ length: 60 }, () => 500))
    await f.write()
    for (let hours = 0; hours < 24 * 9; hours += 6) await f.wait(6 * 3_600_000)
    const { data } = (await f.control('GET', '/deliveries')).body as unknown as { data: { state: string }[] }
    expect(data[0]?.state).toBe('given up')
  })

  it('puts updates of several accounts into one POST', async () => {
    await f.write()
    await f.write({ phone_number_id: books.phone })
    await f.wait(100)
    expect(f.posts).toHaveLength(1)
    expect(f.posts[0]?.json().entry.map((entry) => entry.id)).toEqual([sol.waba, books.waba])
  })

  it('puts at most a thousand updates and three megabytes into one POST', async () => {
    await f.write({ count: 2500, text: 'n {n}' })
    await f.meta.flush()
    expect(f.values().flatMap((value) => value.messages ?? [])).toHaveLength(2500)
    expect(f.posts).toHaveLength(3)
    f.posts.length = 0
    await f.write({ count: 900, text: 'ñ'.repeat(1000) })
    await f.meta.flush()
    expect(f.posts.length).toBeGreaterThan(1)
    for (const post of f.posts) expect(post.body.length).toBeLessThanOrEqual(3 * 1024 * 1024)
  })

  it('posts each update alone when asked', async () => {
    await f.control('POST', '/settings', { batchMs: 0 })
    await f.write({ count: 3 })
    await f.wait(0)
    expect(f.posts).toHaveLength(3)
  })

  it('repeats, reverses and holds on request', async () => {
    await f.control('POST', '/settings', { duplicate: true, reorder: true, hold: true, batchMs: 0 })
    await f.write({ count: 2, text: '{n}' })
    await f.wait(60_000)
    expect(f.posts).toHaveLength(0)
    await f.meta.flush()
    const texts = f.values().map((value) => (value.messages?.[0]?.text as { body: string } | undefined)?.body)
    expect(texts).toHaveLength(4)
    expect(texts[0]).toBe('2')
    expect(texts.at(-1)).toBe('1')
  })

  it('tells nothing of an account that has no subscribed app', async () => {
    await f.graph('DELETE', `${sol.waba}/subscribed_apps`)
    await f.write()
    await f.meta.flush()
    expect(f.posts).toEqual([])
    await f.graph('POST', `${sol.waba}/subscribed_apps`)
    await f.write()
    await f.meta.flush()
    expect(f.posts).toHaveLength(1)
  })

  it('lets messages follow an override, but never account events', async () => {
    const override = { override_callback_uri: 'https://other.test/hook', verify_token: 'x' }
    await f.graph('POST', `${sol.waba}/subscribed_apps`, override)
    await f.write()
    await f.control('POST', '/events', {
      waba_id: sol.waba,
      field: 'account_update',
      value: { event: 'ACCOUNT_DELETED' },
    })
    await f.meta.flush()
    expect(f.posts.map((post) => post.url).sort()).toEqual([callback, 'https://other.test/hook'])
    expect(f.posts.find((post) => post.url === callback)?.json().entry[0]).toMatchObject({ time: 1795305600 })
  })

  it('posts raw bodies exactly as given, signed or not', async () => {
    await f.control('POST', '/webhooks', '{"object": "other", "x":"ñ"}')
    await f.control('POST', '/webhooks?unsigned=1', '{}')
    expect(f.posts[0]?.body).toBe('{"object": "other", "x":"ñ"}')
    expect(f.posts[0]?.headers.get('X-Hub-Signature-256')).toBe(
      await hubSignature('test_app_secret', bytes('{"object": "other", "x":"ñ"}')),
    )
    expect(f.posts[1]?.headers.has('X-Hub-Signature-256')).toBe(false)
  })

  it('saves a callback only after it has echoed the challenge', async () => {
    const token = '401700800900100|test_app_secret'
    const wanted = {
      object: 'whatsapp_business_account',
      callback_url: 'https://new.test/hook',
      verify_token: 'x',
      fields: 'messages',
    }
    expect((await f.graph('POST', '401700800900100/subscriptions', wanted, token)).body).toEqual({
      success: true,
    })
    const deaf = setUp({ fetch: async () => new Response('no', { status: 403 }) })
    expect(errorOf(await deaf.graph('POST', '401700800900100/subscriptions', wanted, token)).code).toBe(2200)
    expect(deaf.meta.world.state.app.callbackUrl).toBe(callback)
  })
})

describe('media', () => {
  const upload = async (
    fixture: Fixture,
    mime = 'application/pdf',
    size = 4,
    token = sol.token,
    phone = sol.phone,
  ) => {
    const form = new FormData()
    form.set('messaging_product', 'whatsapp')
    form.set('type', mime)
    form.set('file', new Blob([new Uint8Array(size)], { type: mime }), 'a.bin')
    return fixture.graph('POST', `${phone}/media`, form, token)
  }

  it('dies at its URL after five minutes and needs the token', async () => {
    const id = String((await upload(f)).body.id)
    const url = String((await f.graph('GET', `${id}?phone_number_id=${sol.phone}`)).body.url)
    const get = (token?: string) =>
      f.meta.fetch(new Request(url, token ? { headers: { Authorization: `Bearer ${token}` } } : {}))
    expect((await get()).status).toBe(401)
    expect((await get(books.token)).status).toBe(404)
    expect((await get(sol.token)).status).toBe(200)
    await f.wait(301_000)
    expect((await get(sol.token)).status).toBe(404)
  })

  it('lives thirty days, inbound seven', async () => {
    const id = String((await upload(f)).body.id)
    await f.write({ type: 'image' })
    await f.meta.flush()
    const inbound = String((f.values()[0]?.messages?.[0]?.image as { id: string } | undefined)?.id)
    await f.wait(8 * 86_400_000)
    expect((await f.graph('GET', id)).status).toBe(200)
    expect((await f.graph('GET', inbound)).status).toBe(400)
    await f.wait(23 * 86_400_000)
    expect((await f.graph('GET', id)).status).toBe(400)
  })

  it('of another business or number is not there', async () => {
    const id = String((await upload(f)).body.id)
    expect(errorOf(await f.graph('GET', id, undefined, books.token))).toMatchObject({
      code: 100,
      error_subcode: 33,
    })
    expect(errorOf(await f.graph('GET', `${id}?phone_number_id=${books.phone}`))).toMatchObject({
      code: 100,
      error_subcode: 33,
    })
    await f.write()
    await f.write({ phone_number_id: books.phone })
    expect((await f.send({ type: 'document', text: undefined, document: { id } })).status).toBe(200)
    expect(
      errorOf(await f.send({ type: 'document', text: undefined, document: { id } }, books.phone, books.token))
        .code,
    ).toBe(131009)
  })

  it('is refused when too large, of a strange type, or sent as another kind', async () => {
    expect(errorOf(await upload(f, 'image/png', 5 * 1024 * 1024 + 1)).code).toBe(131053)
    expect(errorOf(await upload(f, 'image/webp', 101 * 1024)).code).toBe(131053)
    expect(errorOf(await upload(f, 'application/x-msdownload')).code).toBe(100)
    const id = String((await upload(f)).body.id)
    await f.write()
    expect(errorOf(await f.send({ type: 'image', text: undefined, image: { id } })).code).toBe(131053)
    expect(errorOf(await f.send({ type: 'image', text: undefined, image: { id: '901' } })).code).toBe(131009)
  })

  it('can be deleted once', async () => {
    const id = String((await upload(f)).body.id)
    expect((await f.graph('DELETE', id)).body).toEqual({ success: true })
    expect((await f.graph('DELETE', id)).status).toBe(400)
  })
})

describe('faults', () => {
  it('cut once and then recover', async () => {
    await f.write()
    await f.control('POST', '/faults', { kind: 'cut', method: 'POST', path: '/messages' })
    await expect(f.send({})).rejects.toThrow('cut')
    expect((await f.send({})).status).toBe(200)
    expect((await f.control('GET', '/outbox')).body.data).toHaveLength(1)
  })

  it('can fail a call whose work was done', async () => {
    await f.write()
    await f.control('POST', '/faults', { kind: 'error', code: 131000, afterEffect: true, path: '/messages' })
    expect(errorOf(await f.send({}))).toMatchObject({
      code: 131000,
      message: '(#131000) Something went wrong',
    })
    expect((await f.control('GET', '/outbox')).body.data).toHaveLength(1)
  })

  it('answer HTML, an empty body, or half a body', async () => {
    for (const kind of ['html', 'empty', 'cut-body']) await f.control('POST', '/faults', { kind })
    const get = () => f.meta.fetch(new Request(`http://meta.test/v25.0/${sol.phone}`))
    const html = await get()
    expect(html.status).toBe(502)
    expect(html.headers.get('Content-Type')).toContain('text/html')
    expect(await (await get()).text()).toBe('')
    await expect((await get()).text()).rejects.toThrow()
  })

  it('match by method, part of the path or pattern, and can be cleared', async () => {
    await f.control('POST', '/faults', {
      kind: 'error',
      code: 80007,
      path: '/\\/message_templates$/',
      next: 2,
    })
    expect((await f.graph('GET', sol.phone)).status).toBe(200)
    expect(errorOf(await f.graph('GET', `${sol.waba}/message_templates`)).code).toBe(80007)
    expect((await f.control('GET', '/faults')).body.data).toMatchObject([{ next: 1 }])
    await f.control('DELETE', '/faults')
    expect((await f.graph('GET', `${sol.waba}/message_templates`)).status).toBe(200)
  })

  it('of webhooks lose one attempt or break its signature', async () => {
    await f.control('POST', '/faults', { kind: 'webhook-lost' })
    await f.control('POST', '/faults', { kind: 'webhook-badsig' })
    await f.write()
    await f.wait(100)
    expect(f.posts).toHaveLength(0)
    await f.wait(6000)
    expect(f.posts[0]?.headers.get('X-Hub-Signature-256')).toMatch(/^sha256=0{64}$/)
  })
})

describe('the world', () => {
  it('survives a restart with what waits', async () => {
    f.answers.push(500)
    const id = await f.write()
    await f.wait(1000)
    const later = setUp()
    later.meta.world.restore(f.meta.world.snapshot())
    await later.meta.flush()
    expect(later.posts[0]?.body).toBe(f.posts[0]?.body)
    expect(later.meta.world.state.received.has(id)).toBe(true)
    expect((await later.send({})).status).toBe(200)
  })

  it('keeps tokens out of its records', async () => {
    await f.meta.fetch(new Request(`http://meta.test/v25.0/${sol.phone}?access_token=${sol.token}`))
    await f.graph('POST', `${sol.phone}/register`, { messaging_product: 'whatsapp', pin: '123456' })
    const { body } = await f.control('GET', '/requests')
    expect(JSON.stringify(body)).not.toMatch(/EAATEST|123456/)
    expect(body.data).toMatchObject([
      { method: 'POST', status: 200 },
      { method: 'GET', status: 200 },
    ])
  })

  it('agrees with the vector of the appsecret proof', async () => {
    expect(await appSecretProof('test_app_secret', 'EAATESTTOKEN123')).toBe(
      '167d98c81aa9f89880a978375376a75ccf0ca8759b33f16ac77af464a96d4d25',
    )
  })

  it('shows its page without a token and keeps other sites out of its controls', async () => {
    const page = await f.meta.fetch(new Request('http://meta.test/'))
    expect(page.headers.get('Content-Type')).toContain('text/html')
    const foreign = await f.meta.fetch(
      new Request('http://meta.test/_sim/reset', {
        method: 'POST',
        headers: { 'Sec-Fetch-Site': 'cross-site' },
      }),
    )
    expect(foreign.status).toBe(403)
  })

  it('collects the mails of the gateway, newest first', async () => {
    await f.control('POST', '/mailbox', { to: 'a@x.test', subject: 'one' })
    await f.control('POST', '/mailbox', { to: 'b@x.test', subject: 'two' })
    expect((await f.control('GET', '/mailbox')).body.data).toMatchObject([
      { subject: 'two' },
      { subject: 'one' },
    ])
  })
})
