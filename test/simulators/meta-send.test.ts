// What the simulated Meta accepts and refuses to send: every code by an input that earns it.

import { beforeEach, describe, expect, it } from 'vitest'
import { books, errorOf, type Fixture, setUp, sol, template } from './meta-fixture.ts'

let f: Fixture
beforeEach(async () => {
  f = setUp()
  await f.write()
  await f.write({ phone_number_id: books.phone })
})

const text = (body: string) => ({ text: { body } })
const interactive = (value: unknown) => ({ type: 'interactive', text: undefined, interactive: value })
const buttons = (...titles: string[]) => ({
  type: 'button',
  body: { text: 'x' },
  action: { buttons: titles.map((title, id) => ({ type: 'reply', reply: { id: String(id), title } })) },
})
const rows = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id: String(id), title: `r${id}` }))
const listOf = (sections: unknown) => ({
  type: 'list',
  body: { text: 'x' },
  action: { button: 'See', sections },
})
const words = (...values: string[]) => values.map((value) => ({ type: 'text', text: value }))
const body = (...parameters: unknown[]) => ({ type: 'body', parameters })
const late = (
  bodyWords: string[],
  header = ['A-77'],
  link: unknown[] = [{ type: 'button', sub_type: 'url', index: '0', parameters: words('A-77') }],
) =>
  template('shipment_late', 'es_ES', [
    { type: 'header', parameters: words(...header) },
    body(...words(...bodyWords)),
    ...link,
  ])

describe('sends that are refused', () => {
  it.each([
    ['no messaging_product', { messaging_product: undefined }, 100, 400],
    ['another product', { messaging_product: 'telegram' }, 100, 400],
    ['nobody to send to', { to: undefined }, 100, 400],
    ['a recipient that is no BSUID', { to: undefined, recipient: '34600111222' }, 131009, 400],
    ['letters for a number', { to: 'ana' }, 131009, 400],
    ['an unknown recipient_type', { recipient_type: 'crowd' }, 100, 400],
    ['an unknown group', { recipient_type: 'group', to: 'G1' }, 131009, 400],
    ['an unknown type', { type: 'hologram', text: undefined }, 131051, 400],
    ['an unknown member', { colour: 'red' }, 100, 400],
    ['an unknown member inside', { text: { body: 'x', bold: true } }, 100, 400],
    ['text without a body', { text: {} }, 131008, 400],
    ['an empty text', text(''), 131009, 400],
    ['a text over 4,096', text('ñ'.repeat(4097)), 131009, 400],
    ['callback data over 512', { biz_opaque_callback_data: 'x'.repeat(513) }, 131009, 400],
    ['an image without source', { type: 'image', text: undefined, image: {} }, 131008, 400],
    [
      'an image with two sources',
      { type: 'image', text: undefined, image: { id: '1', link: 'https://x.test/a.png' } },
      131009,
      400,
    ],
    [
      'a caption over 1,024',
      { type: 'image', text: undefined, image: { link: 'https://x.test/a.png', caption: 'x'.repeat(1025) } },
      131009,
      400,
    ],
    ['a link that is none', { type: 'image', text: undefined, image: { link: 'a.png' } }, 131009, 400],
    [
      'a latitude of 91',
      { type: 'location', text: undefined, location: { latitude: 91, longitude: 0 } },
      131009,
      400,
    ],
    [
      'a reaction that is no emoji',
      { type: 'reaction', text: undefined, reaction: { message_id: 'wamid.X', emoji: 'ok' } },
      131009,
      400,
    ],
    ['four buttons', interactive(buttons('a', 'b', 'c', 'd')), 131009, 400],
    ['a button title over 20', interactive(buttons('x'.repeat(21))), 131009, 400],
    ['two buttons of one title', interactive(buttons('a', 'a')), 131009, 400],
    [
      'eleven rows',
      interactive(
        listOf([
          { title: 'a', rows: rows(6) },
          { title: 'b', rows: rows(11).slice(6) },
        ]),
      ),
      131009,
      400,
    ],
    [
      'sections without titles',
      interactive(listOf([{ rows: rows(1) }, { rows: [{ id: 'z', title: 'z' }] }])),
      131008,
      400,
    ],
    ['an unknown interactive', interactive({ type: 'roulette' }), 100, 400],
    ['an unknown template', template('nope', 'en_US'), 132001, 404],
    ['an unknown language', template('hello_world', 'en'), 132001, 404],
    ['a hyphenated language', template('hello_world', 'en-US'), 132001, 404],
    ['a paused template', template('promo_paused', 'en_US'), 132015, 400],
    ['too few parameters', late(['Ana']), 132000, 400],
    ['too many parameters', template('hello_world', 'en_US', [body(...words('x'))]), 132000, 400],
    ['no button parameter', late(['Ana', 'martes'], ['A'], []), 132000, 400],
    [
      'a text where an image belongs',
      template('promo_nov', 'en_US', [{ type: 'header', parameters: words('x') }, body(...words('Ravi'))]),
      132012,
      400,
    ],
    [
      'unnamed parameters where named belong',
      template('order_ready', 'en_US', [body(...words('Ravi', 'B'))]),
      132012,
      400,
    ],
    ['a line break in a parameter', late(['Ana\n', 'martes']), 132018, 400],
    ['a hydrated text over 1,024', late(['x'.repeat(1020), 'martes']), 132005, 400],
    ['the business itself', { to: '+34911222333' }, 131021, 400],
    ['somebody who has not written', { to: '+34600777888' }, 131047, 400],
  ])('%s', async (_, given, code, status) => {
    const answer = await f.send(given as Record<string, unknown>)
    expect(errorOf(answer).code).toBe(code)
    expect(answer.status).toBe(status)
    expect((await f.control('GET', '/outbox')).body.data).toEqual([])
  })

  it('an authentication template to a BSUID', async () => {
    const code = template('login_code', 'en_US', [
      body(...words('123456')),
      { type: 'button', sub_type: 'url', index: '0', parameters: words('123456') },
    ])
    expect((await f.send(code)).status).toBe(200)
    expect(errorOf(await f.send({ ...code, to: undefined, recipient: 'ES.7700112233445566' })).code).toBe(
      131062,
    )
  })

  it('anything but marketing templates on the marketing edge', async () => {
    const send = (more: object) =>
      f.graph('POST', `${sol.phone}/marketing_messages`, {
        messaging_product: 'whatsapp',
        to: '+34600111222',
        ...more,
      })
    expect(errorOf(await send({ type: 'text', text: { body: 'x' } })).code).toBe(131055)
    expect(errorOf(await send(template('hello_world', 'en_US'))).code).toBe(131055)
    const header = {
      type: 'header',
      parameters: [{ type: 'image', image: { link: 'https://x.test/a.png' } }],
    }
    const coupon = {
      type: 'button',
      sub_type: 'copy_code',
      index: '1',
      parameters: [{ type: 'coupon_code', coupon_code: 'X15' }],
    }
    expect(
      (await send(template('promo_nov', 'en_US', [header, body(...words('Ravi')), coupon]))).status,
    ).toBe(200)
  })

  it('from a number that is not registered, or an account that is locked', async () => {
    await f.control('POST', '/things', { phone_number_id: sol.phone, registered: false })
    expect(errorOf(await f.send({})).code).toBe(133010)
    await f.control('POST', '/things', { waba_id: sol.waba, locked: true })
    expect(errorOf(await f.send({}))).toMatchObject({ code: 131031 })
  })

  it('to the same person faster than the pair limit, one by one afterwards', async () => {
    for (let count = 0; count < 45; count++) expect((await f.send({})).status).toBe(200)
    const refused = await f.send({})
    expect(refused.status).toBe(400)
    expect(errorOf(refused)).toMatchObject({
      code: 131056,
      message: '(#131056) (Business Account, Consumer Account) pair rate limit hit',
      error_data: { messaging_product: 'whatsapp' },
    })
    await f.wait(6000)
    expect((await f.send({})).status).toBe(200)
    expect(errorOf(await f.send({})).code).toBe(131056)
    expect((await f.send({}, books.phone, books.token)).status).toBe(200)
  })

  it('above the throughput of the number', async () => {
    const hello = template('hello_world', 'en_US')
    for (let count = 0; count < 80; count++)
      expect((await f.send({ ...hello, to: `+3460000${1000 + count}` })).status).toBe(200)
    expect(errorOf(await f.send({ ...hello, to: '+34600009999' })).code).toBe(130429)
    await f.wait(1000)
    expect((await f.send({ ...hello, to: '+34600009999' })).status).toBe(200)
  })
})

describe('the 24-hour window', () => {
  it('closes a day after the last message and never blocks templates', async () => {
    await f.wait(24 * 3_600_000 - 1000)
    expect((await f.send({})).status).toBe(200)
    await f.wait(1000)
    expect(errorOf(await f.send({})).code).toBe(131047)
    expect((await f.send(template('hello_world', 'en_US'))).status).toBe(200)
    await f.write()
    expect((await f.send({})).status).toBe(200)
  })

  it('is not opened by reactions, edits or system messages, nor by another number', async () => {
    await f.wait(25 * 3_600_000)
    await f.write({ type: 'reaction', message_id: 'wamid.X', emoji: '👍' })
    await f.write({ phone_number_id: books.phone })
    expect(errorOf(await f.send({})).code).toBe(131047)
    expect((await f.send({}, books.phone, books.token)).status).toBe(200)
  })

  it('is refused later, as a status, where that is asked for', async () => {
    await f.control('POST', '/settings', { asyncWindowErrors: true })
    await f.wait(25 * 3_600_000)
    expect((await f.send({})).status).toBe(200)
    await f.meta.flush()
    expect(f.statuses()).toMatchObject([
      { status: 'failed', errors: [{ code: 131047, href: expect.stringMatching(/^\//) }] },
    ])
  })
})

describe('what fails only later', () => {
  it('is a phone that is not on WhatsApp, marketing to somebody who stopped it, an unpaid account', async () => {
    await f.send({ ...template('hello_world', 'en_US'), to: '+34600999000' })
    await f.control('POST', '/preferences', { phone_number_id: sol.phone, person: 'ana', value: 'stop' })
    const header = {
      type: 'header',
      parameters: [{ type: 'image', image: { link: 'https://x.test/a.png' } }],
    }
    const coupon = {
      type: 'button',
      sub_type: 'copy_code',
      index: '1',
      parameters: [{ type: 'coupon_code', coupon_code: 'X15' }],
    }
    await f.send(template('promo_nov', 'en_US', [header, body(...words('Ana')), coupon]))
    await f.control('POST', '/things', { waba_id: sol.waba, funding_id: null })
    await f.send(template('hello_world', 'en_US'))
    await f.meta.flush()
    const codes = f.statuses().map((status) => (status.errors as { code: number }[])[0]?.code)
    expect(codes).toEqual([131026, 131050, 131042])
    expect(f.values().find((value) => value.user_preferences)).toMatchObject({
      user_preferences: [{ value: 'stop', timestamp: 1795305600, user_id: 'ES.7700112233445566' }],
    })
  })
})

describe('accepted sends', () => {
  it('cover every kind of message', async () => {
    const message = await f.write()
    const kinds: Record<string, unknown>[] = [
      { context: { message_id: message } },
      { type: 'image', text: undefined, image: { link: 'https://x.test/a.png', caption: '' } },
      { type: 'location', text: undefined, location: { latitude: 40.4, longitude: -3.7, name: 'Sol' } },
      {
        type: 'contacts',
        text: undefined,
        contacts: [
          { name: { formatted_name: 'Sol', first_name: 'Sol' }, phones: [{ phone: '+34911222333' }] },
        ],
      },
      { type: 'reaction', text: undefined, reaction: { message_id: message, emoji: '👍🏽' } },
      { type: 'reaction', text: undefined, reaction: { message_id: message, emoji: '' } },
      interactive(buttons('Sí', 'No')),
      interactive(listOf([{ rows: rows(10) }])),
      interactive({
        type: 'cta_url',
        body: { text: 'x' },
        action: { name: 'cta_url', parameters: { display_text: 'Go', url: 'https://x.test' } },
      }),
      interactive({
        type: 'location_request_message',
        body: { text: 'x' },
        action: { name: 'send_location' },
      }),
      interactive({
        type: 'request_contact_info',
        body: { text: 'x' },
        action: { name: 'request_contact_info' },
      }),
      interactive({
        type: 'flow',
        body: { text: 'x' },
        action: {
          name: 'flow',
          parameters: { flow_message_version: '3', flow_id: '801600700800900', flow_cta: 'Book' },
        },
      }),
      late(['Ana', 'martes']),
      template('order_ready', 'en_US', [
        body(
          { type: 'text', parameter_name: 'order', text: 'B' },
          { type: 'text', parameter_name: 'customer', text: 'Ravi' },
        ),
      ]),
    ]
    for (const kind of kinds) expect((await f.send(kind)).body).toHaveProperty('messages')
    const { data } = (await f.control('GET', `/outbox?phone_number_id=${sol.phone}`)).body as unknown as {
      data: { rendered: { body: string } | null; delivered: boolean }[]
    }
    expect(data).toHaveLength(kinds.length)
    expect(data.at(-1)?.rendered?.body).toBe('Dear Ravi, order B can be collected today.')
    expect((await f.control('GET', `/outbox?phone_number_id=${books.phone}`)).body.data).toEqual([])
  })

  it('mark what came in as read, up to the message named', async () => {
    const id = await f.write()
    await f.write({ text: 'later' })
    const read = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: id,
      typing_indicator: { type: 'text' },
    }
    expect((await f.graph('POST', `${sol.phone}/messages`, read)).body).toEqual({ success: true })
    const chat = (await f.control('GET', `/chat?phone_number_id=${sol.phone}&person=ana`))
      .body as unknown as { typing: boolean; data: { read: boolean }[] }
    expect(chat.typing).toBe(true)
    expect(chat.data.map((one) => one.read)).toEqual([true, true, false])
    expect(
      errorOf(await f.graph('POST', `${sol.phone}/messages`, { ...read, message_id: 'wamid.NO' })).code,
    ).toBe(131009)
  })

  it('can be looked up afterwards in the message history', async () => {
    const sent = await f.send({})
    const id = (sent.body.messages as { id: string }[])[0]?.id ?? ''
    await f.meta.flush()
    const history = await f.graph('GET', `${sol.phone}/message_history?message_id=${encodeURIComponent(id)}`)
    expect(history.body).toMatchObject({
      data: [
        {
          message_id: id,
          events: {
            data: [
              { delivery_status: 'SENT', webhook_update_state: 'SUCCESS' },
              { delivery_status: 'DELIVERED' },
            ],
          },
        },
      ],
    })
  })
})
