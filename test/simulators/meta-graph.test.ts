// What the simulated Meta answers beside sends: tokens, numbers, accounts, templates, paths.

import { beforeEach, describe, expect, it } from 'vitest'
import { appSecretProof } from './meta/crypto.ts'
import { books, errorOf, type Fixture, setUp, sol, template } from './meta-fixture.ts'

const appToken = '401700800900100|test_app_secret'
let f: Fixture
beforeEach(async () => {
  f = setUp()
  await f.write()
  await f.write({ phone_number_id: books.phone })
})

describe('tokens', () => {
  it('that are unknown, missing, revoked or expired answer 401 and 190', async () => {
    for (const token of ['EAAnobody', '']) {
      const answer = await f.graph('GET', sol.phone, undefined, token)
      expect(answer.status).toBe(401)
      expect(errorOf(answer)).toMatchObject({
        code: 190,
        type: 'OAuthException',
        fbtrace_id: expect.any(String),
      })
    }
    await f.control('POST', '/tokens', { token: sol.token, revoked: true })
    expect(errorOf(await f.graph('GET', sol.phone)).error_subcode).toBe(458)
    await f.control('POST', '/tokens', { token: sol.token, revoked: false, expires_at: 1 })
    expect(errorOf(await f.graph('GET', sol.phone)).error_subcode).toBe(463)
  })

  it('of one business see nothing of another, nor does anybody see what is not', async () => {
    const foreign = errorOf(await f.graph('GET', books.phone))
    const missing = errorOf(await f.graph('GET', '399999999999999'))
    expect(foreign).toMatchObject({ code: 100, error_subcode: 33 })
    expect(foreign.message.replace(books.phone, 'X')).toBe(missing.message.replace('399999999999999', 'X'))
    expect(errorOf(await f.graph('GET', `${books.waba}/phone_numbers`)).error_subcode).toBe(33)
    expect(errorOf(await f.send({}, books.phone)).error_subcode).toBe(33)
  })

  it('are checked against an appsecret_proof that is there', async () => {
    const proof = await appSecretProof('test_app_secret', sol.token)
    expect((await f.graph('GET', `${sol.phone}?appsecret_proof=${proof}`)).status).toBe(200)
    const wrong = await f.graph('GET', `${sol.phone}?appsecret_proof=${'0'.repeat(64)}`)
    expect(errorOf(wrong)).toMatchObject({
      code: 100,
      message: 'Invalid appsecret_proof provided in the API argument',
    })
    await f.control('POST', '/settings', { requireAppSecretProof: true })
    expect(errorOf(await f.graph('GET', sol.phone)).message).toContain('require an appsecret_proof')
  })

  it('come from a code once, within thirty seconds, without a redirect_uri', async () => {
    const signUp = async () =>
      (await f.control('POST', '/signup', { name: 'Cafe Luna' })).body as unknown as {
        code: string
        waba_id: string
        phone_number_id: string
        business_id: string
      }
    const exchange = (code: string, more = '') =>
      f.graph(
        'GET',
        `oauth/access_token?client_id=401700800900100&client_secret=test_app_secret&code=${code}${more}`,
        undefined,
        undefined,
      )
    const first = await signUp()
    const redirected = await exchange(first.code, '&redirect_uri=https%3A%2F%2Fx.test')
    expect(errorOf(redirected)).toMatchObject({ code: 100, error_subcode: 36008 })
    const token = String((await exchange(first.code)).body.access_token)
    expect(token).toMatch(/^EAA/)
    expect(errorOf(await exchange(first.code))).toMatchObject({ code: 100, error_subcode: 36009 })
    const late = await signUp()
    await f.wait(31_000)
    expect(errorOf(await exchange(late.code))).toMatchObject({ code: 100, error_subcode: 36007 })
    expect((await f.graph('GET', 'me?fields=id,client_business_id', undefined, token)).body).toMatchObject({
      client_business_id: first.business_id,
    })
    const numbers = await f.graph('GET', `${first.waba_id}/phone_numbers`, undefined, token)
    expect(numbers.body.data).toMatchObject([{ id: first.phone_number_id }])
    expect(
      (await f.graph('GET', `debug_token?input_token=${token}`, undefined, appToken)).body,
    ).toMatchObject({ data: { is_valid: true, type: 'SYSTEM_USER', app_id: '401700800900100' } })
    await f.graph(
      'GET',
      `oauth/revoke?client_id=401700800900100&client_secret=test_app_secret&revoke_token=${token}`,
      undefined,
      appToken,
    )
    expect(
      (await f.graph('GET', `debug_token?input_token=${token}`, undefined, appToken)).body,
    ).toMatchObject({ data: { is_valid: false } })
  })

  it('leak in paging.next, as they do at Meta', async () => {
    const page = await f.graph('GET', `${sol.waba}/message_templates?limit=4`)
    const next = (page.body.paging as { next: string }).next
    expect(next).toContain(`access_token=${sol.token}`)
    const rest = await f.meta.fetch(new Request(next))
    const names = [
      ...(page.body.data as { name: string }[]),
      ...((await rest.json()) as { data: { name: string }[] }).data,
    ].map((one) => one.name)
    expect(names).toEqual([
      'hello_world',
      'shipment_late',
      'order_ready',
      'login_code',
      'promo_nov',
      'promo_paused',
    ])
    expect(errorOf(await f.graph('GET', `${sol.waba}/message_templates?after=nonsense`)).code).toBe(131059)
  })
})

describe('numbers and accounts', () => {
  it('register with the PIN there is, ten times in 72 hours', async () => {
    const register = (pin: string) =>
      f.graph('POST', `${sol.phone}/register`, { messaging_product: 'whatsapp', pin })
    expect(errorOf(await register('111111')).code).toBe(133005)
    for (let count = 0; count < 9; count++) expect((await register('123456')).body).toEqual({ success: true })
    expect(errorOf(await register('123456')).code).toBe(133016)
    await f.wait(73 * 3_600_000)
    expect((await register('123456')).status).toBe(200)
  })

  it('block only who wrote today, and say which failed beside the error', async () => {
    const answer = await f.graph('POST', `${sol.phone}/block_users`, {
      messaging_product: 'whatsapp',
      block_users: [{ user: '+34600111222' }, { user: '+34600777888' }],
    })
    expect(answer.status).toBe(400)
    expect(errorOf(answer).code).toBe(139100)
    expect(answer.body).toMatchObject({
      block_users: {
        added_users: [{ input: '+34600111222', wa_id: '34600111222' }],
        failed_users: [{ input: '+34600777888', errors: [{ code: 139101 }] }],
      },
    })
    expect(errorOf(await f.send({})).code).toBe(130403)
    await f.graph('DELETE', `${sol.phone}/block_users`, {
      messaging_product: 'whatsapp',
      block_users: [{ user: '+34600111222' }],
    })
    expect((await f.send({})).status).toBe(200)
  })

  it('answer the fields asked for and refuse those that are not', async () => {
    const answer = await f.graph('GET', `${sol.phone}?fields=display_phone_number,status,health_status`)
    expect(answer.body).toMatchObject({
      id: sol.phone,
      status: 'CONNECTED',
      health_status: { can_send_message: 'AVAILABLE' },
    })
    expect(Object.keys(answer.body).sort()).toEqual(['display_phone_number', 'health_status', 'id', 'status'])
    expect(errorOf(await f.graph('GET', `${sol.phone}?fields=shoe_size`)).message).toContain(
      'nonexisting field (shoe_size)',
    )
    expect(answer.headers.get('X-Business-Use-Case-Usage')).toContain(sol.waba)
  })

  it('count what was sent in their analytics', async () => {
    await f.send({})
    const field = 'analytics.start(1795305000).end(1795306000).granularity(HALF_HOUR)'
    const answer = await f.graph('GET', `${sol.waba}?fields=name,${encodeURIComponent(field)}`)
    expect(answer.body).toMatchObject({
      name: 'Panaderia Sol',
      analytics: { data_points: [{ sent: 1, delivered: 1 }] },
    })
  })

  it('limit management calls by the hour', async () => {
    await f.control('POST', '/settings', { managementPerHour: 3 })
    for (let count = 0; count < 3; count++) expect((await f.graph('GET', sol.waba)).status).toBe(200)
    const refused = await f.graph('GET', sol.waba)
    expect([refused.status, errorOf(refused).code]).toEqual([400, 80007])
  })

  it('keep a profile within its bounds', async () => {
    const change = (more: object) =>
      f.graph('POST', `${sol.phone}/whatsapp_business_profile`, { messaging_product: 'whatsapp', ...more })
    expect((await change({ about: 'Pan de verdad', websites: ['https://sol.example'] })).body).toEqual({
      success: true,
    })
    expect((await f.graph('GET', `${sol.phone}/whatsapp_business_profile?fields=about`)).body.data).toEqual([
      { about: 'Pan de verdad' },
    ])
    expect(errorOf(await change({ about: 'x'.repeat(140) })).code).toBe(131009)
    expect(errorOf(await change({ vertical: 'BAKERY' })).code).toBe(100)
  })
})

describe('a resumable upload', () => {
  const open = (query: string, token = sol.token) =>
    f.graph('POST', `401700800900100/uploads?${query}`, {}, token)
  const send = async (id: string, bytes: string, headers: Record<string, string>) => {
    const init = { method: 'POST', body: bytes, headers }
    return (
      await f.meta.fetch(new Request(`https://graph.facebook.com/v25.0/${id}`, init))
    ).json() as Promise<{
      h?: string
      file_offset?: number
      error?: { code: number }
    }>
  }
  const oauth = { authorization: `OAuth ${sol.token}` }

  it('goes on where it stopped, and names the file when all of it is there', async () => {
    const { body } = await open('file_name=a.png&file_length=6&file_type=image/png')
    const id = String(body.id)
    expect(await send(id, 'abc', { ...oauth, file_offset: '0' })).toMatchObject({ file_offset: 3 })
    expect((await send(id, 'abc', { ...oauth, file_offset: '0' })).error?.code).toBe(100)
    const { h } = await send(id, 'def', { ...oauth, file_offset: '3' })
    expect(h).toMatch(/^4::/)
    const picture = { messaging_product: 'whatsapp', profile_picture_handle: h }
    const change = (given: object) => f.graph('POST', `${sol.phone}/whatsapp_business_profile`, given)
    expect((await change(picture)).status).toBe(200)
    expect(errorOf(await change({ ...picture, profile_picture_handle: '4::made up' })).code).toBe(100)
  })

  it('is refused with another scheme, without its signature, beyond its length, or of another type', async () => {
    const { body } = await open('file_name=a.png&file_length=6&file_type=image/png')
    const id = String(body.id)
    const at = { file_offset: '0' }
    const bearer = { authorization: `Bearer ${sol.token}` }
    expect((await send(id, 'abcdef', { ...bearer, ...at })).error?.code).toBe(100)
    expect((await send(id.split('?')[0] as string, 'abcdef', { ...oauth, ...at })).error?.code).toBe(100)
    expect((await send(id, 'abcdefg', { ...oauth, ...at })).error?.code).toBe(100)
    expect(errorOf(await open('file_name=a.gif&file_length=6&file_type=image/gif')).code).toBe(100)
    expect(errorOf(await open('file_name=a.png&file_length=0&file_type=image/png')).code).toBe(100)
  })
})

describe('templates', () => {
  const create = (more: object) =>
    f.graph('POST', `${sol.waba}/message_templates`, {
      name: 'new_one',
      language: 'es_ES',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Su pedido está listo.' }],
      ...more,
    })

  it('begin pending and cannot be sent before approval', async () => {
    const made = await create({})
    expect(made.body).toMatchObject({ status: 'PENDING', category: 'UTILITY' })
    expect(errorOf(await f.send(template('new_one', 'es_ES'))).code).toBe(132001)
    await f.control('POST', '/templates', { name: 'new_one', status: 'APPROVED' })
    expect((await f.send(template('new_one', 'es_ES'))).status).toBe(200)
    expect((await f.graph('DELETE', `${sol.waba}/message_templates?name=new_one`)).body).toEqual({
      success: true,
    })
    expect(errorOf(await f.send(template('new_one', 'es_ES'))).code).toBe(132001)
  })

  it.each([
    ['a bad name', { name: 'New One' }, 100],
    ['a bad category', { category: 'FUN' }, 100],
    ['the same name and language again', { name: 'hello_world', language: 'en_US' }, 2388024],
    [
      'a variable at the end',
      { components: [{ type: 'BODY', text: 'Su pedido {{1}}', example: {} }] },
      2388299,
    ],
    ['a body over 1,024', { components: [{ type: 'BODY', text: 'x '.repeat(600) }] }, 2388040],
    [
      'variables without examples',
      { components: [{ type: 'BODY', text: 'Su pedido {{1}} está ya listo.' }] },
      2388043,
    ],
  ])('are refused for %s', async (_, given, code) => {
    expect(errorOf(await create(given)).code).toBe(code)
  })

  it('can be edited once a day', async () => {
    const [first] = (await f.graph('GET', `${sol.waba}/message_templates?name=hello_world`)).body.data as {
      id: string
    }[]
    expect(
      (await f.graph('POST', first?.id ?? '', { components: [{ type: 'BODY', text: 'Nuevo texto.' }] })).body,
    ).toEqual({ success: true })
    expect(errorOf(await f.graph('POST', first?.id ?? '', {}))).toMatchObject({ code: 100 })
    expect(errorOf(await f.graph('POST', first?.id ?? '', {}, books.token)).error_subcode).toBe(33)
  })
})

describe('paths', () => {
  it('need a version and an edge that exists', async () => {
    const get = async (path: string) =>
      errorOf({
        status: 0,
        headers: new Headers(),
        body: (await (
          await f.meta.fetch(
            new Request(`http://meta.test${path}`, { headers: { Authorization: `Bearer ${sol.token}` } }),
          )
        ).json()) as never,
      })
    expect((await get(`/${sol.phone}`)).code).toBe(2500)
    expect((await get(`/v99.0/${sol.phone}`)).code).toBe(2500)
    expect((await get(`/v25.0/${sol.phone}/nothing`)).error_subcode).toBe(33)
  })
})
