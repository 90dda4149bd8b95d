import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { schema } from '../../../db/client.ts'
import { openColumns } from '../../../worker/custody/sealing.ts'
import * as cast from '../../simulators/meta/cast.ts'
import { createMeta, type Meta } from '../../simulators/meta/meta.ts'
import { testBindings } from '../../support/bindings.ts'
import { rowsOf } from '../../support/intake.ts'
import { ask, db, dumpOf, read } from '../api/stage.ts'

const waba = cast.panaderia.wabas[0]
const phone = waba?.numbers[0]
const theirs = {
  wabaId: waba?.id as string,
  phoneNumberId: phone?.id as string,
  accessToken: cast.panaderia.token as string,
}

let meta: Meta
let calls: Request[]
let answerInstead: ((request: Request) => Response | Promise<Response> | undefined) | undefined
let solo: { id: string; key: string }
let other: { id: string; key: string }
let neighbour: string

const open = async (name: string) => {
  const body = { name, ownerEmail: 'owner@example.com' }
  const opened = await read(
    await ask('/api/v1/operator/workspaces', { key: testBindings.OPERATOR_KEY, body }),
  )
  return { id: opened.id as string, key: opened.apiKey as string }
}

beforeEach(async () => {
  for (const table of ['wabas', 'numbers', 'holds', 'audit_entries'])
    await env.DB.prepare(`DELETE FROM ${table}`).run()
  meta = createMeta()
  calls = []
  answerInstead = undefined
  vi.stubGlobal('fetch', async (input: string, init?: RequestInit) => {
    const request = new Request(input, init)
    calls.push(request)
    return (await answerInstead?.(request)) ?? meta.fetch(request)
  })
  ;[solo, other] = await Promise.all([open('Panaderia Sol'), open('Monsoon Books')])
  neighbour = await dumpOf(other.id)
})
afterEach(() => vi.unstubAllGlobals())

const connect = (body: object = theirs, key = solo.key) => ask('/api/v1/numbers', { key, body })
const graphError = (status: number, code: number) =>
  Response.json({ error: { message: `quotes ${theirs.accessToken}`, code } }, { status })
const wabaRow = async () =>
  (await rowsOf('wabas'))[0] as { token: string; account_id: string; waba_id: string } | undefined
const tokenOf = async (account: string) =>
  (
    await openColumns(
      env.KEEPER,
      account,
      [{ table: 'wabas', column: 'token', rowId: theirs.wabaId, sealed: (await wabaRow())?.token ?? null }],
      Date.now(),
    )
  )[0]

describe('connecting a number', () => {
  it('asks Meta, seals the token, records the number and subscribes', async () => {
    const answer = await connect()
    expect(answer.status).toBe(201)
    const number = await read(answer)
    expect(number).toMatchObject({
      wabaId: theirs.wabaId,
      phoneNumberId: theirs.phoneNumberId,
      displayPhoneNumber: phone?.displayPhoneNumber,
      verifiedName: 'Panaderia Sol',
    })
    expect(await read(await ask('/api/v1/numbers', { key: solo.key }))).toEqual({
      data: [number],
      next: null,
    })
    expect(await read(await ask(`/api/v1/numbers/${number.id}`, { key: solo.key }))).toEqual(number)

    // What comes after is the doctor.
    const asked = calls.slice(0, 3).map(({ method, url }) => `${method} ${new URL(url).pathname}`)
    expect(asked).toEqual([
      'GET /v25.0/debug_token',
      `GET /v25.0/${theirs.wabaId}/phone_numbers`,
      `POST /v25.0/${theirs.wabaId}/subscribed_apps`,
    ])
    const asApp = /\/(debug_token|subscriptions)$/
    const asBusiness = calls.filter(({ url }) => !asApp.test(new URL(url).pathname))
    expect(
      asBusiness.every(({ headers }) => headers.get('authorization') === `Bearer ${theirs.accessToken}`),
    ).toBe(true)
    expect(await tokenOf(solo.id)).toBe(theirs.accessToken)
    const stored = JSON.stringify([
      await rowsOf('wabas'),
      await rowsOf('numbers'),
      await rowsOf('audit_entries'),
    ])
    for (const secret of [theirs.accessToken, phone?.displayPhoneNumber as string])
      expect(stored).not.toContain(secret)
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({ action: 'number.connect', subject: number.id, account_id: solo.id }),
    )
    expect(await dumpOf(other.id)).not.toContain(number.id)
  })

  it('believes Meta and not the caller: a number that is not listed is refused and nothing is kept', async () => {
    const answer = await connect({ ...theirs, phoneNumberId: '302700800900100' })
    expect(answer.status).toBe(422)
    expect(await read(answer)).toMatchObject({ code: 'connect_refused' })
    expect([await rowsOf('wabas'), await rowsOf('numbers'), calls.length]).toEqual([[], [], 2])
  })

  it('refuses a token Meta does not accept, without quoting Meta', async () => {
    answerInstead = () => graphError(401, 190)
    const answer = await connect()
    expect(answer.status).toBe(422)
    const text = await answer.text()
    expect(text).toContain('190')
    expect(text).not.toContain(theirs.accessToken)
    expect(await rowsOf('wabas')).toEqual([])
  })

  it('refuses a real token for somebody else’s account', async () => {
    const answer = await connect({ ...theirs, accessToken: cast.monsoon.token })
    expect(answer.status).toBe(422)
    expect(await rowsOf('wabas')).toEqual([])
  })

  it.each([
    ['HTML', () => new Response('<html>oops</html>', { status: 200 })],
    ['a list of something else', () => Response.json({ data: [{ id: 7 }] })],
    ['a temporary error', () => graphError(503, 2)],
    ['nothing', () => Promise.reject(new Error('cut'))],
  ])('says that Meta did not answer when it gives %s', async (_, give) => {
    answerInstead = give
    const answer = await connect()
    expect(answer.status).toBe(502)
    expect(await read(answer)).toMatchObject({ code: 'meta_unreachable' })
    expect(await rowsOf('wabas')).toEqual([])
  })

  it('follows the pages of a long list', async () => {
    answerInstead = (request) => {
      const url = new URL(request.url)
      if (!url.pathname.endsWith('/phone_numbers')) return undefined
      if (url.searchParams.get('after') !== 'c2') {
        return Response.json({
          data: [{ id: '111111', display_phone_number: '+1', verified_name: 'x' }],
          paging: { next: 'https://graph.test/next', cursors: { after: 'c2' } },
        })
      }
      return Response.json({
        data: [{ id: theirs.phoneNumberId, display_phone_number: '+34 911', verified_name: 'Sol' }],
        paging: { cursors: { after: 'c3' } },
      })
    }
    expect((await connect()).status).toBe(201)
  })

  it('keeps the token when subscribing fails, and ends what it began when asked again', async () => {
    answerInstead = (request) => (request.method === 'POST' ? graphError(500, 2) : undefined)
    expect((await connect()).status).toBe(502)
    expect(await tokenOf(solo.id)).toBe(theirs.accessToken)
    answerInstead = undefined
    expect((await connect()).status).toBe(201)
    expect(await rowsOf('numbers')).toHaveLength(1)
  })

  it('again with a new token replaces the sealed one and lifts what only a new token lifts', async () => {
    const first = await read(await connect())
    const hold = { accountId: solo.id, subjectId: theirs.wabaId, reason: 'test', at: Date.now() - 1_000 }
    await db.insert(schema.holds).values([
      { ...hold, kind: 'reconnect' },
      { ...hold, kind: 'banned' },
      { ...hold, kind: 'reconnect', accountId: other.id },
    ])
    // Meta knows the new token as it knew the old one.
    const { tokens } = meta.world.state
    tokens.set('EAA-a-new-token', { ...tokens.get(theirs.accessToken), value: 'EAA-a-new-token' } as never)
    const again = await connect({ ...theirs, accessToken: 'EAA-a-new-token' })
    expect(again.status).toBe(201)
    expect((await read(again)).id).toBe(first.id)
    expect(await tokenOf(solo.id)).toBe('EAA-a-new-token')
    expect(await rowsOf('numbers')).toHaveLength(1)
    const holds = await rowsOf('holds')
    const lifted = holds.filter((row) => row.lifted_at !== null).map((row) => [row.account_id, row.kind])
    expect(lifted).toEqual([[solo.id, 'reconnect']])
  })

  it('refuses an account that another workspace has, and leaves that one as it is', async () => {
    await connect()
    const before = await dumpOf(solo.id)
    const answer = await connect(theirs, other.key)
    expect(answer.status).toBe(409)
    expect(await read(answer)).toMatchObject({ code: 'number_taken' })
    expect(await dumpOf(solo.id)).toBe(before)
    expect((await read(await ask('/api/v1/numbers', { key: other.key }))).data).toEqual([])
    expect(JSON.parse(await dumpOf(other.id)).slice(2)).toEqual(JSON.parse(neighbour).slice(2))
  })

  it('lets exactly one of two workspaces win a race', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => connect(theirs, i % 2 === 0 ? solo.key : other.key)),
    )
    const statuses = answers.map(({ status }) => status)
    const winner = (await wabaRow())?.account_id
    expect([solo.id, other.id]).toContain(winner)
    answers.forEach((_, i) => {
      expect(statuses[i]).toBe((i % 2 === 0 ? solo.id : other.id) === winner ? 201 : 409)
    })
    expect((await rowsOf('numbers')).map((row) => row.account_id)).toEqual([winner])
    expect(await tokenOf(winner as string)).toBe(theirs.accessToken)
    const [number] = (
      await read(await ask('/api/v1/numbers', { key: winner === solo.id ? solo.key : other.key }))
    ).data
    expect(number?.displayPhoneNumber).toBe(phone?.displayPhoneNumber)
  })

  it.each([
    [{ ...theirs, wabaId: '../me' }, 'wabaId'],
    [{ ...theirs, phoneNumberId: '301600700800900/messages' }, 'phoneNumberId'],
    [{ ...theirs, accessToken: 'with a space' }, 'accessToken'],
    [{ wabaId: theirs.wabaId, phoneNumberId: theirs.phoneNumberId }, 'accessToken'],
  ])('calls nobody with ids that cannot be Meta’s', async (body, path) => {
    const answer = await connect(body)
    expect(answer.status).toBe(400)
    expect(await read(answer)).toMatchObject({ errors: [{ path }] })
    expect(calls).toEqual([])
  })
})
