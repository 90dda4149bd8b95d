import { beforeAll, describe, expect, it } from 'vitest'
import {
  ana,
  db,
  dump,
  holdRows,
  messagesPath,
  monsoon,
  openStage,
  type Stage,
  schema,
  sol,
  templateIds,
  textTo,
  wrote,
} from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await openStage({ graphTimeoutMs: 80 })
  await wrote(stage, sol, 'ana')
})

const get = (path: string, key?: string) => stage.call('GET', path, key === undefined ? {} : { key })
const post = (path: string, body: unknown) => stage.call('POST', path, { body })

describe('what is passed on to Meta', () => {
  it('reads and edits templates of the caller, long ids unharmed', async () => {
    const list = await get(`/${sol.wabaId}/message_templates?limit=100`)
    expect(list.status).toBe(200)
    expect(list.text).toContain(`"id":"${templateIds.sol}"`)
    const one = await get(`/${templateIds.sol}?fields=name,status`)
    expect(one.json).toMatchObject({ name: 'hello_world', status: 'APPROVED' })
    const created = await post(`/${sol.wabaId}/message_templates`, {
      name: 'cake_ready',
      language: 'es',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Su tarta le espera.' }],
    })
    expect(created.status).toBe(200)
    const removed = await stage.call('DELETE', `/${sol.wabaId}/message_templates?name=cake_ready`)
    expect(removed.json).toMatchObject({ success: true })
  })

  it('reads numbers, profile, block list, QR codes and flows', async () => {
    expect((await get(`/${sol.phoneNumberId}?fields=id,display_phone_number`)).json).toMatchObject({
      id: sol.phoneNumberId,
    })
    expect((await get(`/${sol.wabaId}/phone_numbers`)).json.data?.[0]?.id).toBe(sol.phoneNumberId)
    expect((await get(`/${sol.phoneNumberId}/whatsapp_business_profile?fields=about`)).status).toBe(200)
    expect(
      (
        await post(`/${sol.phoneNumberId}/whatsapp_business_profile`, {
          messaging_product: 'whatsapp',
          about: 'Pan',
        })
      ).json,
    ).toMatchObject({ success: true })
    expect((await get(`/${sol.phoneNumberId}/block_users`)).status).toBe(200)
    expect(
      (await stage.call('POST', `/${sol.phoneNumberId}/message_qrdls?prefilled_message=Hola`)).status,
    ).toBe(200)
    expect((await get(`/${sol.phoneNumberId}/message_qrdls`)).json.data?.[0]?.prefilled_message).toBe('Hola')
    expect((await get(`/${sol.wabaId}/flows`)).status).toBe(200)
    expect((await get(`/80${sol.wabaId}?fields=id,name,status`)).json).toMatchObject({ name: 'book_a_cake' })
    expect((await get(`/80${sol.wabaId}/assets`)).status).toBe(200)
  })

  it('reads analytics of an account, and nothing else of it', async () => {
    const fields =
      'analytics.start(1795305600).end(1795309200).granularity(HALF_HOUR).phone_numbers([]).country_codes(["ES","IN"])'
    expect((await get(`/${sol.wabaId}?fields=${encodeURIComponent(fields)}`)).status).toBe(200)
    for (const other of [
      '',
      '?fields=owner_business_info',
      '?fields=analytics{data}',
      '?fields=analytics,primary_funding_id',
    ]) {
      expect((await get(`/${sol.wabaId}${other}`)).json.error, other).toMatchObject({
        code: 100,
        gate: 'request',
      })
    }
  })

  it('gives partial failures of the block list back whole', async () => {
    const answer = await post(`/${sol.phoneNumberId}/block_users`, {
      messaging_product: 'whatsapp',
      block_users: [{ user: '+34600999111' }],
    })
    expect(answer.status).toBe(400)
    expect(answer.json.block_users?.failed_users?.length).toBe(1)
    expect(answer.json.error).toMatchObject({ code: 139100, gate: 'meta', action: 'refuse' })
  })

  it('hands on how much of the rate limit is used', async () => {
    const answer = await get(`/${sol.wabaId}/phone_numbers`)
    expect(answer.headers.get('x-business-use-case-usage')).toContain(sol.wabaId)
    expect(answer.headers.get('x-app-usage')).toBeNull()
  })
})

describe('what is not passed on', () => {
  it('answers things of another tenant and missing ones with the same bytes', async () => {
    const pairs = [
      ['GET', `/${monsoon.phoneNumberId}`, '/301600700800111', monsoon.phoneNumberId],
      ['GET', `/${monsoon.wabaId}/message_templates`, '/201500300400111/message_templates', monsoon.wabaId],
      [
        'POST',
        `/${monsoon.phoneNumberId}/whatsapp_business_profile`,
        '/301600700800111/whatsapp_business_profile',
        monsoon.phoneNumberId,
      ],
      ['GET', `/${templateIds.monsoon}?fields=name`, '/18909999999999999?fields=name', templateIds.monsoon],
    ] as const
    for (const [method, theirs, nobodys, id] of pairs) {
      const body = method === 'POST' ? { body: { messaging_product: 'whatsapp', about: 'x' } } : {}
      const foreign = await stage.call(method, theirs, body)
      const missing = await stage.call(method, nobodys, body)
      const missingId = nobodys.split('/')[1]?.split('?')[0] as string
      expect(foreign.status, theirs).toBe(400)
      expect(foreign.text).toBe(missing.text.replaceAll(missingId, id))
      expect(foreign.json.error).toMatchObject({ code: 100, error_subcode: 33 })
    }
  })

  it('refuses parameters that change what a call does, and drops tokens', async () => {
    const asked = stage.requests.length
    for (const name of ['method', 'ids', 'batch', 'callback', 'metadata']) {
      expect((await get(`/${sol.wabaId}/message_templates?${name}=delete`)).json.error, name).toMatchObject({
        code: 100,
        gate: 'request',
      })
    }
    expect(stage.requests.length).toBe(asked)
    expect((await get(`/${sol.wabaId}/message_templates?access_token=EAA&appsecret_proof=00`)).status).toBe(
      200,
    )
    expect(stage.requests.at(-1)?.url).not.toContain('access_token')
  })

  it('edits of a template may only have the keys of a template', async () => {
    const answer = await post(`/${templateIds.sol}`, { webhook_configuration: {} })
    expect(answer.json.error).toMatchObject({ code: 100, gate: 'request' })
  })

  it('does nothing for a suspended workspace', async () => {
    await db.insert(schema.holds).values({
      accountId: sol.accountId,
      subjectId: sol.accountId,
      kind: 'suspended',
      reason: 'test',
      at: 5,
    })
    expect((await get(`/${sol.wabaId}/message_templates`)).json.error).toMatchObject({
      gate: 'account',
      code: 131031,
    })
    await db.delete(schema.holds)
  })
})

describe("Meta's answers", () => {
  const quiet = { accountId: sol.accountId }

  it('never contain the token or the address of Graph, paging included', async () => {
    const next = `https://graph.test/v25.0/${sol.wabaId}/message_templates?access_token=${sol.token}&appsecret_proof=aa&limit=25&after=Mg`
    const text = `{"data":[{"id":12345678901234567890}],"paging":{"next":"${next.replaceAll('/', '\\/')}"}}`
    const own = await openStage(
      {},
      async () => new Response(text, { headers: { 'content-type': 'application/json' } }),
    )
    const answer = await own.call('GET', `/${sol.wabaId}/message_templates`)
    expect(answer.text).not.toContain(sol.token)
    expect(answer.text).not.toContain('graph.test')
    expect(answer.text).toContain('"id":12345678901234567890}')
    expect(answer.json.paging?.next).toBe(
      `https://gateway.test/v25.0/${sol.wabaId}/message_templates?limit=25&after=Mg`,
    )
  })

  it('that are HTML or do not come become errors of the same shape', async () => {
    for (const [kind, status] of [
      ['html', 502],
      ['cut', 502],
      ['empty', 502],
      ['hang', 504],
    ] as const) {
      await stage.sim('/faults', { kind, path: '/phone_numbers', delayMs: kind === 'hang' ? 160 : 0 })
      const answer = await get(`/${sol.wabaId}/phone_numbers`)
      expect(answer.status, kind).toBe(status)
      expect(answer.json.error).toMatchObject({ code: 131000, gate: 'meta', type: 'OAuthException' })
    }
  })

  it('that refuse the token lay a hold, and an answer lifts it', async () => {
    await stage.sim('/faults', { kind: 'error', code: 190, path: '/phone_numbers' })
    expect((await get(`/${sol.wabaId}/phone_numbers`)).status).toBe(401)
    await stage.later()
    expect(await holdRows(sol)).toMatchObject([
      { ...quiet, kind: 'reconnect', subjectId: sol.wabaId, liftedAt: null },
    ])
    await get(`/${sol.wabaId}/phone_numbers`)
    await stage.later()
    expect((await holdRows(sol))[0]?.liftedAt).not.toBeNull()
  })

  it('leave the neighbour untouched', async () => {
    const before = await dump(monsoon)
    await get(`/${sol.wabaId}/phone_numbers`)
    await get(`/${monsoon.wabaId}/phone_numbers`)
    await stage.call('POST', messagesPath(sol), { body: textTo(ana.phone) })
    await stage.later()
    expect(await dump(monsoon)).toBe(before)
  })
})
