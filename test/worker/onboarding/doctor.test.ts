import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { schema } from '../../../db/client.ts'
import { visit, visitDue } from '../../../worker/onboarding/doctor.ts'
import { ana, monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { type Browser, signInAs } from '../../support/session.ts'
import { nowSeconds, receive } from '../../support/thread.ts'
import { messageChange, textMessage } from '../../support/webhooks.ts'
import { ask, db, dumpOf, keyFor, read } from '../api/stage.ts'
import { begin, complete, control, inWindow, openStage, type Stage, tokenOf, worldAt } from './stage.ts'

const day = 86_400_000
const hour = day / 24

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => vi.unstubAllGlobals())

type Said = { check: string; state: string; sentence: string; repair: string | null; press: string | null }
const found = async (): Promise<Map<string, Said>> => {
  const answer = await read(
    await ask(`/api/v1/numbers/${sol.numberId}/checkups`, { headers: stage.owner.headers }),
  )
  return new Map((answer.data as unknown as Said[]).map((one) => [one.check, one]))
}
const look = (now = Date.now()) => visit(worldAt(now), sol.accountId, sol.wabaId)
const statesOf = async (...names: string[]) => {
  const all = await found()
  return names.map((name) => all.get(name)?.state)
}
const mend = (check: string, pin?: string) =>
  ask(`/api/v1/numbers/${sol.numberId}/repairs`, {
    headers: stage.owner.headers,
    body: { check, ...(pin === undefined ? {} : { pin }) },
  })
const standing = async () =>
  (await rowsOf('holds')).filter(
    ({ at, lifted_at }) => lifted_at === null || (lifted_at as number) < (at as number),
  )
const atMeta = () => {
  const { numbers, wabas, tokens } = stage.meta.world.state
  const [number, waba, token] = [numbers.get(sol.phoneNumberId), wabas.get(sol.wabaId), tokens.get(sol.token)]
  if (!number || !waba || !token) throw new Error('not at Meta')
  return { number, waba, token }
}
const heard = async () =>
  (await read(await ask('/api/v1/conversations', { headers: stage.owner.headers }))).data
const untouched = async () => expect(await dumpOf(monsoon.accountId)).toBe(stage.before)

describe('the doctor', () => {
  it('looks at everything, keeps what it found and nothing about people, and shows it to this workspace alone', async () => {
    expect(await found()).toEqual(new Map())
    await look()
    const all = await found()
    expect(all.size).toBe(13)
    expect([...all.values()].filter(({ state }) => state === 'broken' || state === 'unknown')).toEqual([])
    expect(JSON.stringify(await rowsOf('checkups'))).not.toMatch(/EAA|\+34|Panaderia/)
    const path = `/api/v1/numbers/${sol.numberId}/checkups`
    for (const method of ['GET', 'POST'])
      expect((await ask(path, { method, headers: stage.neighbour.headers })).status).toBe(404)
    await untouched()
  })

  it('tells since when something is so', async () => {
    const then = Date.now() - 3 * hour
    await look(then)
    await look(then + hour)
    await control(stage, '/things', { phone_number_id: sol.phoneNumberId, quality_rating: 'RED' })
    await look(then + 2 * hour)
    const rows = await rowsOf('checkups')
    const since = (check: string) => rows.find(({ check_name }) => check_name === check)?.since_at
    expect([since('token'), since('quality')]).toEqual([then, then + 2 * hour])
    // One that began before and ends after does not take it back.
    await control(stage, '/things', { phone_number_id: sol.phoneNumberId, quality_rating: 'GREEN' })
    await look(then + hour)
    expect(await statesOf('quality')).toEqual(['broken'])
  })

  it.each([
    ['quality', { quality_rating: 'YELLOW' }, 'warning'],
    ['display_name', { name_status: 'DECLINED' }, 'broken'],
    ['limit', { messaging_limit: 'TIER_250' }, 'warning'],
    ['registration', { registered: false }, 'broken'],
  ])('sees %s', async (check, change, state) => {
    await control(stage, '/things', { phone_number_id: sol.phoneNumberId, ...change })
    await look()
    expect(await statesOf(check)).toEqual([state])
  })

  it('sees a missing payment method and paused templates', async () => {
    await control(stage, '/things', { waba_id: sol.wabaId, funding_id: null })
    await control(stage, '/templates', { name: 'hello_world', status: 'PAUSED' })
    await look()
    expect(await statesOf('payment', 'templates')).toEqual(['warning', 'warning'])
  })

  it('sees that the app’s webhooks go elsewhere, which nobody but the operator can mend', async () => {
    stage.meta.world.state.app.callbackUrl = 'https://elsewhere.example/hook'
    await look()
    const phantom = (await found()).get('phantom')
    expect([phantom?.state, phantom?.press]).toEqual(['broken', null])
    expect(phantom?.sentence).toContain('operator')
  })

  it('subscribes again by itself, and says so in the ledger', async () => {
    atMeta().waba.subscribed = false
    await look()
    expect(atMeta().waba.subscribed).toBe(true)
    expect(await statesOf('subscription')).toEqual(['ok'])
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({ action: 'waba.subscribe', actor: 'system', account_id: sol.accountId }),
    )
  })

  it('calls unclear what Meta does not answer, and changes no hold for it', async () => {
    stage.instead.with = () => new Response('<html>', { status: 502 })
    await look()
    const all = await found()
    expect(new Set([...all.values()].map(({ state }) => state))).toEqual(new Set(['unknown']))
    expect(await standing()).toEqual([])
  })

  it('comes once a day to everybody, not to a workspace that is being deleted, and one that fails keeps nobody waiting', async () => {
    expect(await visitDue(worldAt())).toBe(2)
    expect(await visitDue(worldAt())).toBe(0)
    await db.insert(schema.holds).values({
      accountId: monsoon.accountId,
      subjectId: monsoon.accountId,
      kind: 'frozen',
      reason: 'test',
      at: Date.now(),
    })
    expect(await visitDue(worldAt(Date.now() + day + hour))).toBe(1)
  })
})

describe('a repair', () => {
  it('removes other addresses that take the messages', async () => {
    const elsewhere = { url: 'https://elsewhere.example/hook', verifyToken: 'x' }
    atMeta().number.override = elsewhere
    atMeta().waba.override = elsewhere
    await look()
    expect(await statesOf('callback')).toEqual(['broken'])
    expect((await mend('callback')).status).toBe(200)
    expect([atMeta().number.override, atMeta().waba.override]).toEqual([null, null])
    expect(await statesOf('callback')).toEqual(['ok'])
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({
        action: 'number.repair',
        reason: 'callback',
        actor: `member:${stage.owner.memberId}`,
      }),
    )
    await untouched()
  })

  it('sets a PIN and keeps it sealed', async () => {
    expect((await mend('pin', '135792')).status).toBe(200)
    expect(atMeta().number.pin).toBe('135792')
    expect(await statesOf('pin')).toEqual(['ok'])
    expect(JSON.stringify(await rowsOf('numbers'))).not.toContain('135792')
  })

  it('registers with the PIN that was kept, and says in words when that is not the one', async () => {
    await mend('pin', '135792')
    await control(stage, '/things', { phone_number_id: sol.phoneNumberId, registered: false, pin: '999999' })
    const wrong = await mend('registration')
    expect([wrong.status, (await read(wrong)).detail]).toEqual([
      422,
      'This number has a two-step PIN already. Type it, and it is registered.',
    ])
    const typed = await mend('registration', '111111')
    expect([typed.status, (await read(typed)).detail]).toEqual([422, 'This PIN is not the right one.'])
    expect((await mend('registration', '999999')).status).toBe(200)
    expect(atMeta().number.registered).toBe(true)
  })

  it('is nobody’s of another workspace, nor of a role that may not', async () => {
    const path = `/api/v1/numbers/${sol.numberId}/repairs`
    const agent = await signInAs(sol, 'agent')
    for (const { headers } of [stage.neighbour, agent])
      expect((await ask(path, { headers, body: { check: 'subscription' } })).status).toBe(404)
    expect((await mend('reconnect')).status).toBe(422)
    expect(stage.calls.filter((call) => call.startsWith('POST'))).toEqual([])
  })
})

describe('a token', () => {
  it('of sixty days is renewed two weeks before it ends', async () => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage, { expires: true })
    await complete(stage.owner, { state, code: made.code, wabaId: made.waba_id })
    const first = await tokenOf(sol.accountId, made.waba_id)
    const visitAt = (now: number) => visit(worldAt(now), sol.accountId, made.waba_id)
    await visitAt(Date.now() + 40 * day)
    expect(await tokenOf(sol.accountId, made.waba_id)).toBe(first)
    await visitAt(Date.now() + 50 * day)
    const second = await tokenOf(sol.accountId, made.waba_id)
    expect(second).not.toBe(first)
    expect(stage.meta.world.state.tokens.get(second as string)?.revoked).toBe(false)
  })

  it('that Meta does not renew is spoken of while it lives', async () => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage, { expires: true })
    const connected = await read(
      await complete(stage.owner, { state, code: made.code, wabaId: made.waba_id }),
    )
    stage.instead.with = (call) =>
      call.endsWith('/oauth/access_token')
        ? Response.json({ error: { code: 100, message: 'no' } }, { status: 400 })
        : undefined
    await visit(worldAt(Date.now() + 50 * day), sol.accountId, made.waba_id)
    const [number] = connected.data
    const said = await read(
      await ask(`/api/v1/numbers/${number?.id}/checkups`, { headers: stage.owner.headers }),
    )
    expect(said.data.find(({ check }) => check === 'token')).toMatchObject({
      state: 'warning',
      repair: 'token',
    })
  })

  it('that is dead places the hold once, shows it, and a living one lifts it', async () => {
    atMeta().token.revoked = true
    await look()
    await look()
    expect(await standing()).toMatchObject([{ kind: 'reconnect', account_id: sol.accountId }])
    const shown = await read(await ask(`/api/v1/numbers/${sol.numberId}`, { headers: stage.owner.headers }))
    expect(shown.connection).toBe('reconnect')
    expect((await found()).get('token')).toMatchObject({ state: 'broken', repair: 'reconnect' })
    atMeta().token.revoked = false
    await look(Date.now() + 1_000)
    expect(await standing()).toEqual([])
    const actions = (await rowsOf('audit_entries')).map(({ action }) => action)
    expect(actions.filter((action) => action === 'waba.reconnect')).toHaveLength(1)
    expect(actions.filter((action) => action === 'waba.reconnected')).toHaveLength(1)
    await untouched()
  })

  it('that is dead loses nothing of what people write', async () => {
    atMeta().token.revoked = true
    await look()
    await receive(messageChange(sol, ana, textMessage('wamid.DEAD', 'Are you there?', nowSeconds)))
    expect(await heard()).toMatchObject([{ contact: { name: ana.name } }])
  })
})

describe('disconnecting', () => {
  const disconnect = (headers: Record<string, string>, id = sol.numberId) =>
    ask(`/api/v1/numbers/${id}`, { method: 'DELETE', headers })

  it('lets go of Meta, destroys the token, shuts the gate and keeps what was said', async () => {
    await receive(messageChange(sol, ana, textMessage('wamid.BEFORE', 'Hello', nowSeconds)))
    const answer = await disconnect(stage.owner.headers)
    expect([answer.status, (await read(answer)).connection]).toEqual([200, 'disconnected'])
    expect(atMeta().waba.subscribed).toBe(false)
    expect(await tokenOf(sol.accountId, sol.wabaId)).toBeUndefined()
    expect(await heard()).toHaveLength(1)
    const send = await ask(`/v25.0/${sol.phoneNumberId}/messages`, {
      key: await keyFor(sol),
      body: { messaging_product: 'whatsapp', to: ana.phone, type: 'text', text: { body: 'Hi' } },
    })
    expect(((await send.json()) as { error: { gate: string } }).error.gate).toBe('number')
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({ action: 'number.disconnect', subject: sol.numberId }),
    )
    expect((await disconnect(stage.owner.headers)).status).toBe(404)
    await untouched()
  })

  it('needs a fresh proof, and is nobody else’s', async () => {
    const stale = await signInAs(sol, 'admin', { provenAgoMs: hour })
    const said = await disconnect(stale.headers)
    expect([said.status, (await read(said)).code]).toEqual([403, 'step_up_needed'])
    const agent = await signInAs(sol, 'agent')
    for (const { headers } of [agent, stage.neighbour]) expect((await disconnect(headers)).status).toBe(404)
    expect(await tokenOf(sol.accountId, sol.wabaId)).toBe(sol.token)
  })

  it('frees the number for another workspace, and this one may have it back when that lets go', async () => {
    const body = { wabaId: sol.wabaId, phoneNumberId: sol.phoneNumberId, accessToken: sol.token }
    const connect = (headers: Record<string, string>) => ask('/api/v1/numbers', { headers, body })
    expect((await connect(stage.neighbour.headers)).status).toBe(409)
    await disconnect(stage.owner.headers)
    const theirs = await connect(stage.neighbour.headers)
    expect(theirs.status).toBe(201)
    expect((await connect(stage.owner.headers)).status).toBe(409)
    await disconnect(stage.neighbour.headers, (await read(theirs)).id as string)
    const back = await connect(stage.owner.headers)
    expect([back.status, (await read(back)).connection]).toEqual([201, 'connected'])
  })

  it('tells nobody what the number does for whoever has it afterwards', async () => {
    const dayOf = (ago: number) => new Date(Date.now() - ago * day).toISOString().slice(0, 10)
    await env.DB.prepare('DELETE FROM intake_counts').run()
    const count = (of: string, received: number) =>
      env.DB.prepare(
        'INSERT INTO intake_counts (counter_key, day, received, handled, last_event_at) VALUES (?, ?, ?3, ?3, ?4)',
      )
        .bind(sol.phoneNumberId, of, received, Date.now())
        .run()
    const totals = async ({ headers }: Browser, id = sol.numberId) =>
      (await read(await ask(`/api/v1/numbers/${id}/health`, { headers }))).totals
    await count(dayOf(1), 3)
    await count(dayOf(0), 5)
    await disconnect(stage.owner.headers)
    expect(await totals(stage.owner)).toMatchObject({ received: 8, handled: 8 })
    const body = { wabaId: sol.wabaId, phoneNumberId: sol.phoneNumberId, accessToken: sol.token }
    await ask('/api/v1/numbers', { headers: stage.neighbour.headers, body })
    await count(dayOf(-1), 11)
    expect(await totals(stage.owner)).toMatchObject({ received: 3, handled: 3 })
  })

  it('tells whoever has it afterwards nothing of what it did before, each time that it changes hands', async () => {
    const dayOf = (ago: number) => new Date(Date.now() - ago * day).toISOString().slice(0, 10)
    await env.DB.prepare('DELETE FROM intake_counts').run()
    for (const [ago, received] of [
      [12, 1],
      [9, 10],
      [6, 100],
      [3, 1000],
    ] as const)
      await env.DB.prepare(
        'INSERT INTO intake_counts (counter_key, day, received, handled, last_event_at) VALUES (?, ?, ?3, ?3, ?4)',
      )
        .bind(sol.phoneNumberId, dayOf(ago), received, Date.now() - ago * day)
        .run()
    const body = { wabaId: sol.wabaId, phoneNumberId: sol.phoneNumberId, accessToken: sol.token }
    const connect = async ({ headers }: Browser) =>
      (await read(await ask('/api/v1/numbers', { headers, body }))).id as string
    const since = (id: string, from: number, to: number | null) =>
      env.DB.prepare('UPDATE numbers SET connected_at = ?2, disconnected_at = ?3 WHERE id = ?1')
        .bind(id, Date.now() - from * day, to === null ? null : Date.now() - to * day)
        .run()
    const seen = async ({ headers }: Browser, number: string) => {
      const { totals } = await read(await ask(`/api/v1/numbers/${number}/health`, { headers }))
      return (totals as { received: number }).received
    }
    const { owner, neighbour } = stage
    // Renewed in between: that is no new beginning.
    await since(sol.numberId, 14, null)
    await connect(owner)
    expect(await seen(owner, sol.numberId)).toBe(1111)
    await disconnect(owner.headers)
    await since(sol.numberId, 14, 10)
    const theirs = await connect(neighbour)
    await since(theirs, 10, null)
    await connect(neighbour)
    expect([await seen(owner, sol.numberId), await seen(neighbour, theirs)]).toEqual([1, 1110])
    await disconnect(neighbour.headers, theirs)
    await since(theirs, 10, 5)
    const back = await connect(owner)
    await since(back, 5, null)
    expect(back).not.toBe(sol.numberId)
    expect([await seen(owner, back), await seen(neighbour, theirs)]).toEqual([1000, 110])
    expect(await seen(owner, sol.numberId)).toBe(1)
  })

  it('of one number of two leaves the other as it is', async () => {
    await control(stage, '/numbers', { waba_id: sol.wabaId })
    await ask(`/api/v1/whatsapp-accounts/${sol.wabaId}/numbers`, {
      method: 'POST',
      headers: stage.owner.headers,
    })
    expect((await disconnect(stage.owner.headers)).status).toBe(200)
    expect(await tokenOf(sol.accountId, sol.wabaId)).toBe(sol.token)
    expect(atMeta().waba.subscribed).toBe(true)
    const connections = async () => {
      const { data } = await read(await ask('/api/v1/numbers', { headers: stage.owner.headers }))
      return data.map(({ connection }) => connection).sort()
    }
    expect(await connections()).toEqual(['connected', 'disconnected'])
    // A look at the account is no wish to have it back; naming it is.
    const path = `/api/v1/whatsapp-accounts/${sol.wabaId}/numbers`
    const look = await read(await ask(path, { method: 'POST', headers: stage.owner.headers }))
    expect(JSON.stringify(look)).toContain('was disconnected here')
    expect(await connections()).toEqual(['connected', 'disconnected'])
    const body = { wabaId: sol.wabaId, phoneNumberId: sol.phoneNumberId, accessToken: sol.token }
    await ask('/api/v1/numbers', { headers: stage.owner.headers, body })
    expect(await connections()).toEqual(['connected', 'connected', 'disconnected'])
    await ask(path, { method: 'POST', headers: stage.owner.headers })
    expect(await connections()).toEqual(['connected', 'connected', 'disconnected'])
  })
})
