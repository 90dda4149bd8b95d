// Meta's door: what is not signed changes nothing, what is signed is kept, whatever it is.

import { env, exports } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { utf8 } from '../../../worker/crypto/bytes.ts'
import { openColumns, platformAccount } from '../../../worker/custody/sealing.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import {
  envelope,
  messageChange,
  post,
  postChanges,
  render,
  signatureOf,
  textMessage,
} from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'

beforeAll(seedCast)

const tables = [
  'messages',
  'contacts',
  'conversations',
  'message_statuses',
  'message_changes',
  'raw_events',
  'intake_counts',
  'intake_cursors',
  'holds',
]
const everything = async () =>
  Object.fromEntries(await Promise.all(tables.map(async (table) => [table, await rowsOf(table)])))

beforeEach(async () => {
  await drain()
  await env.DB.batch(
    tables
      .filter((table) => table !== 'intake_cursors')
      .map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  )
})

const handshake = (query: string) => exports.default.fetch(`https://gateway.test/webhooks/meta?${query}`)

describe('the handshake', () => {
  it('echoes the challenge as plain text to whoever knows the token', async () => {
    const answer = await handshake(
      'hub.mode=subscribe&hub.challenge=1928374655&hub.verify_token=test-verify-token',
    )
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(await answer.text()).toBe('1928374655')
  })

  it.each([
    ['a wrong token', 'hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong'],
    ['no token', 'hub.mode=subscribe&hub.challenge=1'],
    ['a blank token', 'hub.mode=subscribe&hub.challenge=1&hub.verify_token='],
    ['another mode', 'hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=test-verify-token'],
    ['no challenge', 'hub.mode=subscribe&hub.verify_token=test-verify-token'],
    [
      'a challenge that is markup',
      'hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token=test-verify-token',
    ],
    [
      'a challenge that is too long',
      `hub.mode=subscribe&hub.challenge=${'1'.repeat(129)}&hub.verify_token=test-verify-token`,
    ],
  ])('refuses %s with an empty 403', async (_, query) => {
    const answer = await handshake(query)
    expect(answer.status).toBe(403)
    expect(await answer.text()).toBe('')
  })
})

describe('a body that is not signed by Meta', () => {
  const body = render(
    envelope({
      id: sol.wabaId,
      changes: [messageChange(sol, ana, textMessage('wamid.X', 'ñandú 👋', 1795305600))],
    }),
  )
  const good = signatureOf(body)

  it.each<[string, Record<string, string> | null, string]>([
    ['no header', null, body],
    ['an empty header', { 'x-hub-signature-256': '' }, body],
    ['the old sha1 header alone', { 'x-hub-signature-256': '', 'x-hub-signature': 'sha1=abc' }, body],
    ['a header without prefix', { 'x-hub-signature-256': good.slice(7) }, body],
    ['a short header', { 'x-hub-signature-256': good.slice(0, -1) }, body],
    ['a header that is not hex', { 'x-hub-signature-256': `sha256=${'z'.repeat(64)}` }, body],
    [
      'a signature under another secret',
      { 'x-hub-signature-256': signatureOf(body, 'another_secret') },
      body,
    ],
    ['a signature under an empty secret', { 'x-hub-signature-256': signatureOf(body, '') }, body],
    [
      'a signature of the body as JSON.stringify would write it',
      { 'x-hub-signature-256': good },
      JSON.stringify(JSON.parse(body)),
    ],
    ['one more byte', { 'x-hub-signature-256': good }, `${body} `],
  ])('is refused with an empty 401 and changes nothing: %s', async (_, headers, sent) => {
    const before = await everything()
    const request = new Request('https://gateway.test/webhooks/meta', {
      method: 'POST',
      body: sent,
      headers: headers ?? {},
    })
    const answer = await exports.default.fetch(request)
    expect(answer.status).toBe(401)
    expect(await answer.text()).toBe('')
    await drain()
    expect(await everything()).toEqual(before)
  })
})

describe('the signature', () => {
  it('is taken in upper-case hex too', async () => {
    const body = render(envelope({ id: sol.wabaId, changes: [] }))
    const answer = await post(body, {
      'x-hub-signature-256': `sha256=${signatureOf(body).slice(7).toUpperCase()}`,
    })
    expect(answer.status).toBe(200)
  })
})

const keptReasons = async () =>
  (await rowsOf('raw_events', 'reason'))
    .filter((row) => row.part === 0)
    .map((row) => `${row.outcome}:${row.reason}`)

describe('a signed body', () => {
  it('over the cap is refused with 413 before it is read whole, also when chunked without a length', async () => {
    const big = new Uint8Array(limits.webhookBodyBytes + 1).fill(32)
    expect((await post(big)).status).toBe(413)
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536
        if (sent > 8 * 1024 * 1024) controller.close()
        else controller.enqueue(new Uint8Array(65_536).fill(32))
      },
    })
    const answer = await exports.default.fetch(
      new Request('https://gateway.test/webhooks/meta', {
        method: 'POST',
        body: endless,
        headers: { 'x-hub-signature-256': signatureOf('x') },
      }),
    )
    expect(answer.status).toBe(413)
    expect(sent).toBeLessThan(limits.webhookBodyBytes + 512 * 1024)
  })

  it('without a Content-Length is taken when it is chunked', async () => {
    const bytes = utf8(
      render(
        envelope({
          id: sol.wabaId,
          changes: [messageChange(sol, ana, textMessage('wamid.CH', 'chunked', 1795305600))],
        }),
      ),
    )
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < bytes.length; i += 100) controller.enqueue(bytes.slice(i, i + 100))
        controller.close()
      },
    })
    const answer = await exports.default.fetch(
      new Request('https://gateway.test/webhooks/meta', {
        method: 'POST',
        body,
        headers: { 'x-hub-signature-256': signatureOf(bytes) },
      }),
    )
    expect(answer.status).toBe(200)
    await drain()
    expect(await rowsOf('messages')).toHaveLength(1)
  })

  it('of 3 MB with 1,000 messages of two businesses is handled whole', async () => {
    const filler = 'x'.repeat(2_600)
    const changes = (business: typeof sol | typeof monsoon, person: typeof ana | typeof ravi) =>
      Array.from({ length: 500 }, (_, i) =>
        messageChange(business, person, textMessage(`wamid.BIG${i}`, `${i} ${filler}`, 1795305600 + i)),
      )
    const body = render(
      envelope(
        { id: sol.wabaId, changes: changes(sol, ana) },
        { id: monsoon.wabaId, changes: changes(monsoon, ravi) },
      ),
    )
    expect(body.length).toBeGreaterThan(2_900_000)
    expect(body.length).toBeLessThan(3 * 1024 * 1024)
    expect((await post(body)).status).toBe(200)
    await drain()
    const counts = await rowsOf('intake_counts', 'counter_key')
    expect(counts).toMatchObject([
      { counter_key: sol.phoneNumberId, received: 500, handled: 500 },
      { counter_key: monsoon.phoneNumberId, received: 500, handled: 500 },
    ])
    const { results } = await env.DB.prepare(
      `SELECT account_id, count(*) AS n FROM messages GROUP BY 1 ORDER BY 1`,
    ).all()
    expect(results).toEqual([
      { account_id: monsoon.accountId, n: 500 },
      { account_id: sol.accountId, n: 500 },
    ])
  })

  it.each<[string, string | Uint8Array, string]>([
    ['truncated JSON', '{"object":"whatsapp_business_account","entry":[{"id":"2015', 'malformed:not_json'],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00, 0x80]), 'malformed:not_json'],
    ['gzip', new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), 'malformed:not_json'],
    ['nothing at all', '', 'malformed:not_json'],
    [
      'deeply nested JSON',
      `{"object":"whatsapp_business_account","entry":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
      'malformed:too_deep',
    ],
    ['an array', '[]', 'unknown:object'],
    ['null', 'null', 'unknown:object'],
    ['an empty object', '{}', 'unknown:object'],
    ['another product', '{"object":"page","entry":[{"id":"1","time":1}]}', 'unknown:object'],
    ['entries that are no list', '{"object":"whatsapp_business_account","entry":7}', 'malformed:no_entries'],
    ['no entries', '{"object":"whatsapp_business_account","entry":[]}', 'ignored:empty'],
    [
      'changes that are null',
      `{"object":"whatsapp_business_account","entry":[{"id":"${sol.wabaId}","changes":null}]}`,
      'malformed:no_changes',
    ],
    [
      'a value that is null',
      `{"object":"whatsapp_business_account","entry":[{"id":"${sol.wabaId}","changes":[{"field":"messages","value":null}]}]}`,
      'unknown:no_items',
    ],
    [
      'messages that are no list',
      `{"object":"whatsapp_business_account","entry":[{"id":"${sol.wabaId}","changes":[{"field":"messages","value":{"messages":{}}}]}]}`,
      'malformed:not_a_list',
    ],
    [
      'a field named constructor',
      `{"object":"whatsapp_business_account","entry":[{"id":"${sol.wabaId}","changes":[{"field":"constructor","value":{"a":1}}]}]}`,
      'unknown:field',
    ],
  ])('is acknowledged, counted and kept when it is %s', async (_, body, kept) => {
    expect((await post(body)).status).toBe(200)
    await drain()
    expect(await keptReasons()).toEqual([kept])
    const [count] = await rowsOf('intake_counts')
    expect(count).toMatchObject({ received: 1, [kept.split(':')[0] as string]: 1 })
    expect(await rowsOf('messages')).toEqual([])
  })

  it('is acknowledged whatever its Content-Type says', async () => {
    const body = render(
      envelope({
        id: sol.wabaId,
        changes: [messageChange(sol, ana, textMessage('wamid.CT', 'hi', 1795305600))],
      }),
    )
    expect((await post(body, { 'content-type': 'text/html' })).status).toBe(200)
    await drain()
    expect(await rowsOf('messages')).toHaveLength(1)
  })

  it('keeps the exact bytes of what it could not read, sealed, for the platform alone', async () => {
    await post('{"secret words": tru')
    await drain()
    const [row] = await rowsOf('raw_events')
    expect(row?.payload).not.toContain('secret')
    const [opened] = await openColumns(
      env.KEEPER,
      platformAccount,
      [{ table: 'raw_events', column: 'payload', rowId: `${row?.id}/0`, sealed: row?.payload as string }],
      Date.now(),
    )
    expect(JSON.parse(opened as string).item).toEqual({ body: '{"secret words": tru' })
  })

  it('keeps integers beyond 2^53 digit by digit', async () => {
    const body = `{"object":"whatsapp_business_account","entry":[{"id":"${sol.wabaId}","time":1795305600,"changes":[{"field":"message_template_status_update","value":{"event":"APPROVED","message_template_id":18901122334455667}}]}]}`
    await post(body)
    await drain()
    const [row] = await rowsOf('raw_events')
    const [opened] = await openColumns(
      env.KEEPER,
      sol.accountId,
      [{ table: 'raw_events', column: 'payload', rowId: `${row?.id}/0`, sealed: row?.payload as string }],
      Date.now(),
    )
    expect(JSON.parse(opened as string).item.message_template_id).toBe('18901122334455667')
  })

  it('for an unknown number is kept and leaves the known ones of the same body alone', async () => {
    const stranger = {
      ...sol,
      phoneNumberId: '399999999999999',
      wabaId: '299999999999999',
    } as unknown as typeof sol
    await postChanges(
      sol,
      messageChange(stranger, ana, textMessage('wamid.U1', 'who?', 1795305600)),
      messageChange(sol, ana, textMessage('wamid.U2', 'me', 1795305601)),
    )
    await drain()
    expect(await keptReasons()).toEqual(['unknown:number'])
    expect(await rowsOf('messages')).toHaveLength(1)
    expect(await rowsOf('intake_counts', 'counter_key')).toMatchObject([
      { counter_key: sol.phoneNumberId, received: 1, handled: 1, unknown: 0 },
      { counter_key: stranger.phoneNumberId, received: 1, handled: 0, unknown: 1 },
    ])
  })

  it('that is replayed whole changes no row but the count of duplicates', async () => {
    const body = render(
      envelope({
        id: sol.wabaId,
        changes: [
          messageChange(sol, ana, textMessage('wamid.RP', 'once', 1795305600)),
          { field: 'brand_new', value: { a: 1 } },
        ],
      }),
    )
    await post(body)
    await drain()
    const before = {
      messages: await rowsOf('messages'),
      raw: await rowsOf('raw_events'),
      contacts: await rowsOf('contacts'),
      conversations: await rowsOf('conversations'),
    }
    await post(body)
    await drain()
    expect({
      messages: await rowsOf('messages'),
      raw: await rowsOf('raw_events'),
      contacts: await rowsOf('contacts'),
      conversations: await rowsOf('conversations'),
    }).toEqual(before)
    expect(await rowsOf('intake_counts', 'counter_key')).toMatchObject([
      { counter_key: sol.phoneNumberId, received: 2, handled: 1, duplicate: 1 },
      { counter_key: `waba:${sol.wabaId}`, received: 2, unknown: 1, duplicate: 1 },
    ])
  })
})
