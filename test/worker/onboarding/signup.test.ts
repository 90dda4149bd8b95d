import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { holdInsert, holdLiftInsert } from '../../../worker/audit/holds.ts'
import { resumeSignups } from '../../../worker/onboarding/signup.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { openBrowser, signInAs } from '../../support/session.ts'
import { ask, db, dumpOf, keyFor, read } from '../api/stage.ts'
import { begin, complete, control, inWindow, openStage, type Stage, tokenOf, worldAt } from './stage.ts'

const minute = 60_000

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => vi.unstubAllGlobals())

const ids = ({ waba_id, phone_number_id }: { waba_id: string; phone_number_id: string | null }) => ({
  wabaId: waba_id,
  ...(phone_number_id === null ? {} : { phoneNumberId: phone_number_id }),
})
const newWabas = async () => (await rowsOf('wabas')).filter(({ waba_id }) => waba_id !== sol.wabaId)
const stepsOf = async (answer: Response) =>
  ((await read(answer)).steps as unknown as { step: string; state: string; sentence: string }[]).map(
    ({ step, state }) => `${step} ${state}`,
  )
const untouched = async () => expect(await dumpOf(monsoon.accountId)).toBe(stage.before)

describe('connecting through Meta’s window', () => {
  it('reads the ids back with the token, keeps it sealed, subscribes and registers with a PIN', async () => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage)
    const answer = await complete(stage.owner, { state, code: made.code, ...ids(made) })
    expect(answer.status).toBe(201)
    const connected = await read(answer)
    expect(connected.data).toMatchObject([
      { wabaId: made.waba_id, phoneNumberId: made.phone_number_id, way: 'signup', connection: 'connected' },
    ])
    const token = await tokenOf(sol.accountId, made.waba_id)
    expect(token).toMatch(/^EAA/)
    expect(stage.calls.slice(0, 6)).toEqual([
      'GET /oauth/access_token',
      'GET /debug_token',
      `GET /${made.waba_id}`,
      `GET /${made.waba_id}/phone_numbers`,
      `POST /${made.waba_id}/subscribed_apps`,
      `POST /${made.phone_number_id}/register`,
    ])
    const number = stage.meta.world.state.numbers.get(made.phone_number_id as string)
    expect(number).toMatchObject({ registered: true, pin: expect.stringMatching(/^\d{6}$/) })
    const stored = JSON.stringify([
      await rowsOf('wabas'),
      await rowsOf('numbers'),
      await rowsOf('signup_attempts'),
      await rowsOf('audit_entries'),
    ])
    for (const secret of [token, number?.pin, made.code, state, number?.displayPhoneNumber])
      expect(stored).not.toContain(secret)
    expect(await rowsOf('signup_attempts')).toMatchObject([{ token: null }])
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({ action: 'number.connect', actor: `member:${stage.owner.memberId}` }),
    )
    await untouched()
  })

  it.each([
    ['a token that names no accounts', { flat: true }, true],
    ['a window that said nothing', {}, false],
  ])('works with %s', async (_, kind, named) => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage, kind)
    const answer = await complete(stage.owner, { state, code: made.code, ...(named ? ids(made) : {}) })
    expect(answer.status).toBe(201)
    expect(await tokenOf(sol.accountId, made.waba_id)).toBeTruthy()
  })

  it('with neither waits for the name, and goes on with it and without the code', async () => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage, { flat: true })
    expect((await complete(stage.owner, { state, code: made.code })).status).toBe(422)
    const again = await complete(stage.owner, { state, code: 'used-up', ...ids(made) })
    expect(again.status).toBe(201)
    expect(stage.calls.filter((call) => call.includes('access_token'))).toHaveLength(1)
  })

  it('notes when a token of sixty days ends', async () => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage, { expires: true })
    await complete(stage.owner, { state, code: made.code, ...ids(made) })
    const [row] = await newWabas().then((rows) => rows.filter(({ waba_id }) => waba_id === made.waba_id))
    const days = ((row?.token_expires_at as number) - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(60)
  })

  it('leaves a number of the WhatsApp Business app registered there, and asks once for contacts and history', async () => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage, { coexistence: true })
    const answer = await complete(stage.owner, {
      state,
      code: made.code,
      wabaId: made.waba_id,
      coexistence: true,
    })
    expect(await stepsOf(answer)).toEqual([
      'token done',
      'account done',
      'subscription done',
      'registration skipped',
      'contacts done',
      'history done',
    ])
    expect(stage.calls.some((call) => call.endsWith('/register'))).toBe(false)
    expect(stage.meta.world.state.numbers.get(made.phone_number_id as string)?.syncs).toEqual([
      'smb_app_state_sync',
      'history',
    ])
    const look = await ask(`/api/v1/whatsapp-accounts/${made.waba_id}/numbers`, {
      method: 'POST',
      headers: stage.owner.headers,
    })
    expect(await stepsOf(look)).toEqual([
      'subscription done',
      'registration skipped',
      'contacts skipped',
      'history skipped',
    ])
    const shown = await read(await ask('/api/v1/numbers', { headers: stage.owner.headers }))
    expect(shown.data.find((one) => one.wabaId === made.waba_id)).toMatchObject({ way: 'coexistence' })
  })

  it('keeps an account without a number, and connects the number when it comes', async () => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage, { only_waba: true })
    const answer = await complete(stage.owner, { state, code: made.code, wabaId: made.waba_id })
    expect(await stepsOf(answer)).toEqual([
      'token done',
      'account done',
      'number skipped',
      'subscription done',
    ])
    await control(stage, '/numbers', { waba_id: made.waba_id })
    const path = `/api/v1/whatsapp-accounts/${made.waba_id}/numbers`
    expect((await ask(path, { method: 'POST', headers: stage.neighbour.headers })).status).toBe(404)
    const look = await ask(path, { method: 'POST', headers: stage.owner.headers })
    expect(await stepsOf(look)).toEqual(['subscription done', 'registration done'])
  })

  it('says that a number has a PIN already, and tries no second time by itself', async () => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage, { pin: '246810' })
    const answer = await complete(stage.owner, { state, code: made.code, ...ids(made) })
    const { data, steps } = (await read(answer)) as never as {
      data: { id: string }[]
      steps: { step: string; sentence: string }[]
    }
    expect(steps.at(-1)?.sentence).toContain('has a two-step PIN already')
    expect(stage.calls.filter((call) => call.endsWith('/register'))).toHaveLength(1)
    const repair = await ask(`/api/v1/numbers/${data[0]?.id}/repairs`, {
      headers: stage.owner.headers,
      body: { check: 'registration', pin: '246810' },
    })
    expect(repair.status).toBe(200)
    expect(stage.meta.world.state.numbers.get(made.phone_number_id as string)?.registered).toBe(true)
  })
})

describe('a state', () => {
  const closed = async (answer: Response) => {
    expect(answer.status).toBe(409)
    const { instance: _, ...body } = (await read(answer)) as Record<string, unknown>
    return JSON.stringify(body)
  }

  it('is good once, for one member in one browser, for fifteen minutes; which of them does not fit is not said', async () => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage)
    const asked = { state, code: made.code, ...ids(made) }
    const admin = await signInAs(sol, 'admin')
    const elsewhere = await openBrowser(stage.owner.userId)
    const said = new Set<string>()
    said.add(await closed(await complete(admin, asked)))
    const other = { ...stage.owner, headers: { ...elsewhere.headers, 'x-workspace': sol.accountId } }
    said.add(await closed(await complete(other, asked)))
    said.add(await closed(await complete(stage.neighbour, asked)))
    said.add(await closed(await complete(stage.owner, { ...asked, state: 'made-up' })))
    expect(stage.calls).toEqual([])
    expect((await complete(stage.owner, asked)).status).toBe(201)
    said.add(await closed(await complete(stage.owner, asked)))
    const late = await begin(stage.owner)
    await env.DB.prepare('UPDATE signup_attempts SET expires_at = ? WHERE used_at IS NULL')
      .bind(Date.now() - 1)
      .run()
    said.add(await closed(await complete(stage.owner, { ...asked, state: late })))
    expect(said.size).toBe(1)
    await untouched()
  })

  it('used twice at the same time is used once', async () => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage)
    const asked = { state, code: made.code, ...ids(made) }
    await Promise.all(Array.from({ length: 4 }, () => complete(stage.owner, asked)))
    expect(stage.calls.filter((call) => call.includes('access_token'))).toHaveLength(1)
    expect(await tokenOf(sol.accountId, made.waba_id)).toBeTruthy()
  })

  it('is not given to a key, nor to a role that may not connect', async () => {
    const key = await keyFor(sol)
    expect((await ask('/api/v1/signup/attempts', { method: 'POST', key })).status).toBe(403)
    const agent = await signInAs(sol, 'agent')
    expect((await ask('/api/v1/signup/attempts', { method: 'POST', headers: agent.headers })).status).toBe(
      404,
    )
  })

  it('is not offered where no configuration was given', async () => {
    const { META_CONFIG_ID: _, ...without } = env as Env
    const answer = await ask('/api/v1/signup/attempts', {
      method: 'POST',
      headers: stage.owner.headers,
      env: without as Env,
    })
    expect([answer.status, (await read(answer)).code]).toEqual([409, 'not_offered'])
  })
})

describe('what the browser says', () => {
  it.each([
    ['another account', { wabaId: monsoon.wabaId }],
    ['another number', { phoneNumberId: monsoon.phoneNumberId }],
  ])('is not believed: %s', async (_, forged) => {
    for (const flat of [false, true]) {
      const state = await begin(stage.owner)
      const made = await inWindow(stage, { flat })
      const answer = await complete(stage.owner, { state, code: made.code, ...ids(made), ...forged })
      expect([answer.status, (await read(answer)).code]).toEqual([422, 'connect_refused'])
    }
    expect(await newWabas()).toEqual(
      (await newWabas()).filter(({ account_id }) => account_id === monsoon.accountId),
    )
    await untouched()
  })

  it('connects no account of another workspace, however the two race', async () => {
    const made = await inWindow(stage)
    const again = await inWindow(stage, { waba_id: made.waba_id })
    const [mine, theirs] = await Promise.all([begin(stage.owner), begin(stage.neighbour)])
    const answers = await Promise.all([
      complete(stage.owner, { state: mine, code: made.code, ...ids(made) }),
      complete(stage.neighbour, { state: theirs, code: again.code, ...ids(made) }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    const rows = (await rowsOf('wabas')).filter(({ waba_id }) => waba_id === made.waba_id)
    expect(rows).toHaveLength(1)
    const winner = answers[0]?.status === 201 ? sol.accountId : monsoon.accountId
    expect(rows[0]?.account_id).toBe(winner)
    expect(await tokenOf(winner, made.waba_id)).toBeTruthy()
    expect((await rowsOf('signup_attempts')).every(({ token }) => token === null)).toBe(true)
  })
})

describe('a code or token that is not good', () => {
  it.each([
    ['used before', async (code: string) => void (await spend(code))],
    ['older than thirty seconds', async () => void (await control(stage, '/clock', { advanceMs: 31_000 }))],
  ])('is refused in words: a code %s', async (_, spoil) => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage)
    await spoil(made.code)
    const answer = await complete(stage.owner, { state, code: made.code, ...ids(made) })
    const said = await read(answer)
    expect([answer.status, said.code]).toEqual([422, 'connect_refused'])
    expect(said.detail).toContain('good once')
    expect(await tokenOf(sol.accountId, made.waba_id)).toBeUndefined()
  })

  it.each([
    ['of another app', { other_app: true }, 'another app'],
    ['that lacks a permission', { lacking: 'whatsapp_business_messaging' }, 'whatsapp_business_messaging'],
  ])('is refused in words and not kept: a token %s', async (_, kind, words) => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage, kind)
    const answer = await complete(stage.owner, { state, code: made.code, ...ids(made) })
    expect(answer.status).toBe(422)
    expect((await read(answer)).detail).toContain(words)
    expect((await rowsOf('signup_attempts')).every(({ token }) => token === null)).toBe(true)
  })

  const spend = (code: string) =>
    stage.meta.fetch(
      new Request(
        `https://graph.test/v25.0/oauth/access_token?client_id=401700800900100&client_secret=test_app_secret&code=${code}`,
      ),
    )
})

describe('a crash', () => {
  /** Everything Meta is asked after the code. */
  const later = ['debug_token', 'WABA', 'WABA/phone_numbers', 'WABA/subscribed_apps', 'NUMBER/register']

  it.each(later)('at the call of %s loses nothing: cron and doctor end it without the code', async (at) => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage)
    const path = at.replace('WABA', made.waba_id).replace('NUMBER', made.phone_number_id as string)
    stage.instead.with = (call) => {
      if (call.endsWith(` /${path}`)) throw new Error('cut')
      return undefined
    }
    await complete(stage.owner, { state, code: made.code, ...ids(made) })
    stage.instead.with = undefined
    await resumeSignups(worldAt(Date.now() + 3 * minute))
    const look = await ask(`/api/v1/whatsapp-accounts/${made.waba_id}/numbers`, {
      method: 'POST',
      headers: stage.owner.headers,
    })
    expect(look.status).toBe(200)
    expect(await tokenOf(sol.accountId, made.waba_id)).toMatch(/^EAA/)
    expect(stage.meta.world.state.wabas.get(made.waba_id)?.subscribed).toBe(true)
    expect(stage.meta.world.state.numbers.get(made.phone_number_id as string)?.registered).toBe(true)
    expect(stage.calls.filter((call) => call.includes('access_token'))).toHaveLength(1)
    expect((await rowsOf('signup_attempts')).every(({ token }) => token === null)).toBe(true)
    await untouched()
  })

  it('between the token and the account is taken up by the cron, in the member’s name', async () => {
    const state = await begin(stage.owner)
    const made = await inWindow(stage)
    stage.instead.with = (call) => {
      if (call.includes('debug_token')) throw new Error('cut')
      return undefined
    }
    expect((await complete(stage.owner, { state, code: made.code, ...ids(made) })).status).toBe(502)
    stage.instead.with = undefined
    expect(await resumeSignups(worldAt())).toBe(0)
    // Not into a workspace that is being deleted: nobody would let go of it again.
    const frozen = {
      accountId: sol.accountId,
      subjectId: sol.accountId,
      kind: 'frozen',
      reason: 'deletion',
    } as const
    await writeBatch(db, [holdInsert(db, { ...frozen, at: Date.now() })])
    expect(await resumeSignups(worldAt(Date.now() + 3 * minute))).toBe(0)
    expect(await tokenOf(sol.accountId, made.waba_id)).toBeUndefined()
    await writeBatch(db, [holdLiftInsert(db, { ...frozen, at: Date.now() + 1 })])
    expect(await resumeSignups(worldAt(Date.now() + 3 * minute))).toBe(1)
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({ action: 'number.connect', actor: `member:${stage.owner.memberId}` }),
    )
    expect(await resumeSignups(worldAt(Date.now() + 6 * minute))).toBe(0)
  })
})
