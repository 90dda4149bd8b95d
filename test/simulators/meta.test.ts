// What the simulated Meta promises to those who test against it: signatures, inbound messages, statuses, identity.

import { beforeEach, describe, expect, it } from 'vitest'
import { hubSignature, signedRequest } from './meta/crypto.ts'
import { createMeta } from './meta/meta.ts'
import { escapeLikeMeta, parseExact, renderBody } from './meta/webhooks/render.ts'
import { books, type Fixture, setUp, sol } from './meta-fixture.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
let f: Fixture
beforeEach(() => {
  f = setUp()
})

describe('signatures', () => {
  const escaped =
    '{"object":"whatsapp_business_account","entry":[{"id":"100200300","changes":[{"value":{"text":"\\u00f1and\\u00fa \\ud83d\\udc4b https:\\/\\/ex.test"},"field":"messages"}]}]}'

  it.each([
    [
      '{"object":"whatsapp_business_account","entry":[]}',
      'dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756',
    ],
    [
      '{"object": "whatsapp_business_account", "entry": []}',
      '56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a',
    ],
    [escaped, '7b7610686dc8000ecdc3c546fb2c9b04143a2a85c68153dd33e446a2cb1e6041'],
    [JSON.stringify(JSON.parse(escaped)), 'f0011453571007369ec9a27305012ebfaf4b9ccd7dd10387c97764614f5cb969'],
    ['', '517bc4c7d1d8d400868e0ad6f64b77098b818a2f2595004253a1922302a602c0'],
  ])('agrees with the test vector for %j', async (body, hash) => {
    expect(await hubSignature('test_app_secret', bytes(body))).toBe(`sha256=${hash}`)
  })

  it('renders unicode and slashes escaped, in lower-case hex', () => {
    expect(renderBody(JSON.parse(escaped))).toBe(escaped)
    expect(escapeLikeMeta('"€\u2028"')).toBe('"\\u20ac\\u2028"')
  })

  it('signs the escaped rendering that it posts', async () => {
    await f.write({ text: 'ñandú 👋 https://ex.test' })
    await f.meta.flush()
    const [post] = f.posts
    expect(post?.body).toContain('\\u00f1and\\u00fa \\ud83d\\udc4b https:\\/\\/ex.test')
    expect(/^[\x20-\x7e]+$/.test(post?.body ?? '')).toBe(true)
    expect(post?.headers.get('X-Hub-Signature-256')).toBe(
      await hubSignature('test_app_secret', bytes(post?.body ?? '')),
    )
    expect(post?.headers.get('Content-Type')).toBe('application/json')
  })

  it('keeps template ids that no number can hold', () => {
    expect(renderBody({ message_template_id: 18901122334455661n })).toBe(
      '{"message_template_id":18901122334455661}',
    )
    expect(parseExact('{"a":18901122334455661,"b":1.5,"c":7}')).toEqual({
      a: 18901122334455661n,
      b: 1.5,
      c: 7,
    })
  })

  it('makes the signed request of the deletion callback', async () => {
    const payload = { algorithm: 'HMAC-SHA256', issued_at: 1763769600, user_id: '900000000000001' }
    expect(await signedRequest('test_app_secret', payload)).toBe(
      '9YmeglRm-Eb4FlulrWyWWa-huyYBpe5emDzpAwcfzoY.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc2Mzc2OTYwMCwidXNlcl9pZCI6IjkwMDAwMDAwMDAwMDAwMSJ9',
    )
    const sent = await f.control('POST', '/data-deletion', { user_id: '900000000000001' })
    expect(sent.body).toMatchObject({ status: 200, answer: 'ok' })
    expect(f.posts[0]?.url).toBe('https://gateway.test/webhooks/meta/data-deletion')
    expect(f.posts[0]?.body).toMatch(/^signed_request=[\w-]+\.[\w-]+$/)
  })

  it('refuses to start with a blank secret', () => {
    expect(() => createMeta({ appSecret: '' })).toThrow('blank')
  })
})

describe('inbound messages', () => {
  it('carry the frame with both ids of the person', async () => {
    const id = await f.write({ text: 'Hola' })
    await f.meta.flush()
    expect(f.posts[0]?.json().entry[0]?.id).toBe(sol.waba)
    expect(f.posts[0]?.json().entry[0]).not.toHaveProperty('time')
    expect(f.values()[0]).toEqual({
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '34911222333', phone_number_id: sol.phone },
      contacts: [{ profile: { name: 'Ana Ruiz' }, wa_id: '34600111222', user_id: 'ES.7700112233445566' }],
      messages: [
        {
          from: '34600111222',
          from_user_id: 'ES.7700112233445566',
          id,
          timestamp: '1795305600',
          type: 'text',
          text: { body: 'Hola' },
        },
      ],
    })
    expect(atob(id.slice(6))).toContain('34600111222')
  })

  it('omit the phone of a person who hides it, everywhere', async () => {
    await f.write({ from: undefined, person: 'mei' })
    await f.meta.flush()
    expect(f.posts[0]?.body).not.toContain('6580001122')
    expect(atob(String(f.values()[0]?.messages?.[0]?.id).slice(6))).not.toContain('6580001122')
    expect(f.values()[0]?.messages?.[0]).not.toHaveProperty('from')
    expect(f.values()[0]?.contacts?.[0]).toEqual({
      profile: { name: 'Mei Lin', username: 'mei.lin' },
      user_id: 'SG.5500112233445566',
    })
  })

  it('name the same person differently to another portfolio', async () => {
    await f.write({})
    await f.write({ phone_number_id: books.phone })
    await f.meta.flush()
    expect(f.values().map((value) => value.contacts?.[0]?.user_id)).toEqual([
      'ES.7700112233445566',
      'ES.7700998877665544',
    ])
  })

  it('come with media that can be fetched, and its hash', async () => {
    await f.write({ type: 'image', image: { caption: 'pan' } })
    await f.meta.flush()
    const image = f.values()[0]?.messages?.[0]?.image as {
      id: string
      url: string
      sha256: string
      mime_type: string
    }
    expect(image).toMatchObject({ caption: 'pan', mime_type: 'image/png' })
    const got = await f.meta.fetch(
      new Request(image.url, { headers: { Authorization: `Bearer ${sol.token}` } }),
    )
    const hash = await crypto.subtle.digest('SHA-256', await got.arrayBuffer())
    expect(btoa(String.fromCharCode(...new Uint8Array(hash)))).toBe(image.sha256)
  })

  it('tell edits, removals, removed reactions and identity changes as types of their own', async () => {
    const id = await f.write({ text: 'Hol' })
    await f.write({ type: 'edit', message_id: id, text: 'Hola' })
    await f.write({ type: 'revoke', message_id: id })
    await f.write({ type: 'reaction', message_id: id, emoji: '' })
    await f.write({ type: 'system', system: { wa_id: '34600999888' } })
    await f.meta.flush()
    const [, edit, revoke, reaction, system] = f.values().flatMap((value) => value.messages ?? [])
    expect(edit?.edit).toEqual({ original_message_id: id, message: { type: 'text', text: { body: 'Hola' } } })
    expect(revoke?.revoke).toEqual({ original_message_id: id })
    expect(reaction?.reaction).toEqual({ message_id: id })
    expect(system).toMatchObject({
      from: '34600111222',
      type: 'system',
      system: { type: 'user_changed_number', wa_id: '34600999888', previous_user_id: 'ES.7700112233445566' },
    })
    expect(f.meta.world.personByPhone('34600999888').id).toBe('ana')
  })

  it('go nowhere from somebody whom the business has blocked', async () => {
    await f.write()
    await f.graph('POST', `${sol.phone}/block_users`, {
      messaging_product: 'whatsapp',
      block_users: [{ user: '+34600111222' }],
    })
    const answer = await f.control('POST', '/messages', {
      phone_number_id: sol.phone,
      from: '34600111222',
      text: 'x',
    })
    expect(answer.body).toMatchObject({ id: null, blocked: true })
  })
})

describe('statuses', () => {
  it('follow a send: sent, delivered, and read when the chat is opened', async () => {
    await f.write()
    const sent = await f.send({ biz_opaque_callback_data: 't_17:m_1' })
    expect(sent.body).toMatchObject({ contacts: [{ input: '+34600111222', wa_id: '34600111222' }] })
    const id = (sent.body.messages as { id: string }[])[0]?.id
    await f.meta.flush()
    await f.control('GET', `/chat?phone_number_id=${sol.phone}&person=ana&open=1`)
    await f.meta.flush()
    const told = f.statuses().filter((status) => status.id === id)
    expect(told.map((status) => status.status)).toEqual(['sent', 'delivered', 'read'])
    for (const status of told)
      expect(status).toMatchObject({
        biz_opaque_callback_data: 't_17:m_1',
        recipient_user_id: 'ES.7700112233445566',
        recipient_id: '34600111222',
      })
    expect(told[0]?.pricing).toEqual({
      billable: false,
      pricing_model: 'PMP',
      type: 'free_customer_service',
      category: 'service',
    })
    expect(told[0]).not.toHaveProperty('conversation')
    expect(told[2]).not.toHaveProperty('pricing')
  })

  it('carry a conversation only for versions before v24', async () => {
    await f.write()
    const body = { messaging_product: 'whatsapp', to: '+34600111222', text: { body: 'x' } }
    await f.meta.fetch(
      new Request(`http://meta.test/v23.0/${sol.phone}/messages`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${sol.token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    )
    await f.meta.flush()
    expect(f.statuses()[0]).toHaveProperty('conversation.expiration_timestamp')
    expect(f.statuses()[1]).not.toHaveProperty('conversation.expiration_timestamp')
  })

  it('fail without contacts, and without the other id of the person', async () => {
    await f.control('POST', '/faults', { kind: 'failed', code: 131049 })
    await f.write()
    await f.send({})
    await f.meta.flush()
    const value = f.values().find((one) => one.statuses?.[0]?.status === 'failed')
    expect(value).not.toHaveProperty('contacts')
    expect(value?.statuses?.[0]).toMatchObject({
      recipient_id: '34600111222',
      errors: [{ code: 131049, error_data: { details: expect.any(String) } }],
    })
    expect(value?.statuses?.[0]).not.toHaveProperty('recipient_user_id')
  })

  it('reach the gateway before the answer to the send, on request', async () => {
    await f.write()
    await f.control('POST', '/settings', { statusBeforeResponse: true })
    await f.send({})
    expect(f.statuses().map((status) => status.status)).toEqual(['sent', 'delivered'])
  })

  it('can be told of a message that nobody sent', async () => {
    await f.control('POST', '/statuses', {
      message_id: 'wamid.GHOST',
      status: 'delivered',
      phone_number_id: sol.phone,
      recipient_id: '34600111222',
    })
    await f.meta.flush()
    expect(f.statuses()[0]).toMatchObject({ id: 'wamid.GHOST', status: 'delivered' })
  })

  it('of a group name each participant', async () => {
    await f.write({ group_id: 'Y2FwaV9ncm91cDpzb2w' })
    const answer = await f.send({ recipient_type: 'group', to: 'Y2FwaV9ncm91cDpzb2w' })
    expect(answer.body).toMatchObject({ messages: [{ group_id: 'Y2FwaV9ncm91cDpzb2w' }] })
    await f.meta.flush()
    const delivered = f.statuses().filter((status) => status.status === 'delivered')
    expect(delivered.map((status) => status.recipient_participant_user_id)).toEqual([
      'ES.7700112233445566',
      'SG.5500112233445566',
    ])
    expect(delivered[1]).not.toHaveProperty('recipient_participant_id')
  })
})

describe('to and recipient', () => {
  it('silently drops a BSUID placed in to', async () => {
    const answer = await f.send({ to: 'ES.7700112233445566' })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ messages: [{ id: expect.stringMatching(/^wamid\./) }] })
    await f.meta.flush()
    expect(f.statuses()).toEqual([])
    expect((await f.control('GET', `/outbox?phone_number_id=${sol.phone}`)).body.data).toMatchObject([
      { dropped: true, delivered: false, statuses: [] },
    ])
    const chat = await f.control('GET', `/chat?phone_number_id=${sol.phone}&person=ana&open=1`)
    expect(chat.body.data).toEqual([])
  })

  it('delivers a BSUID placed in recipient', async () => {
    await f.write({ from: undefined, person: 'mei' })
    const answer = await f.send({ to: undefined, recipient: 'SG.5500112233445566' })
    expect(answer.body).toMatchObject({
      contacts: [{ input: 'SG.5500112233445566', user_id: 'SG.5500112233445566' }],
    })
    await f.meta.flush()
    expect(f.statuses().at(-1)).toMatchObject({
      status: 'delivered',
      recipient_user_id: 'SG.5500112233445566',
    })
    expect(f.statuses().at(-1)).not.toHaveProperty('recipient_id')
  })

  it('lets to win when both are given', async () => {
    await f.write()
    const answer = await f.send({ recipient: 'SG.5500112233445566' })
    expect(answer.body).toMatchObject({ contacts: [{ wa_id: '34600111222' }] })
  })

  it('fails a BSUID of another portfolio', async () => {
    await f.send({ to: undefined, recipient: 'ES.7700998877665544' })
    await f.meta.flush()
    expect(f.statuses()).toMatchObject([
      { status: 'failed', recipient_user_id: 'ES.7700998877665544', errors: [{ code: 131026 }] },
    ])
  })
})
