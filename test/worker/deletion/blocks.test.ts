// What stops a deletion for a while: with a reason, a reviewer and an end that anybody with the code sees, at any step
// before the point of no return, and never after it.

import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { steps } from '../../../worker/deletion/steps.ts'
import { testBindings } from '../../support/bindings.ts'
import { monsoon, type Person, sol } from '../../support/cast.ts'
import { beforeEachStep, hasten, holdStill, stateOf, work, workTo } from '../../support/deletion.ts'
import { everything, lines, mentioning } from '../../support/everything.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'
import { ask, keyFor, read } from '../api/stage.ts'

let key: string
let serial = 0
let neighbour: string[]
let undo = () => {}

const operator = { key: testBindings.OPERATOR_KEY }
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
const hold = { reason: 'legal_hold', reviewer: 'legal counsel' }
const block = (code: unknown, endsAt = inDays(30)) =>
  ask(`/api/v1/operator/deletions/${code}/blocks`, { ...operator, body: { ...hold, endsAt } })
const lift = (code: unknown) =>
  ask(`/api/v1/operator/deletions/${code}/blocks`, { ...operator, method: 'DELETE' })
const status = async (code: unknown) => read(await ask(`/api/v1/public/deletions/${code}`))

async function request(): Promise<{ id: string; code: string; contactId: string }> {
  serial += 1
  const person: Person = {
    name: `Blocked ${serial}`,
    phone: `3465588${1000 + serial}`,
    bsuid: `ES.88${1000 + serial}`,
  }
  await postChanges(sol, messageChange(sol, person, textMessage(`wamid.B${serial}`, 'hola', 1795305600)))
  await drain(sol)
  const { data } = await read(await ask('/api/v1/contacts', { key }))
  const contactId = data.find((row) => row.phone === person.phone)?.id as string
  const opened = await read(await ask(`/api/v1/contacts/${contactId}/deletion`, { key, method: 'POST' }))
  return { id: opened.id as string, code: opened.code as string, contactId }
}
const stands = async (contactId: string) => (await rowsOf('contacts')).some(({ id }) => id === contactId)
const go = async () => {
  await hasten(sol.accountId)
  await work(sol.accountId)
}

beforeAll(async () => {
  await seedCast()
  key = await keyFor(sol)
  await holdStill(sol.accountId)
  neighbour = lines(mentioning(await everything(), [monsoon.accountId]))
})
afterEach(async () => {
  undo()
  undo = () => {}
  expect(lines(mentioning(await everything(), [monsoon.accountId]))).toEqual(neighbour)
})

describe('a legal hold', () => {
  const before = steps.slice(0, 5).map(([name]) => name)

  it.each(before)('placed right before %s stops the deletion until it is lifted', async (wanted) => {
    const { id, code, contactId } = await request()
    let placed = 0
    undo = beforeEachStep(async (step) => {
      if (step === wanted && placed === 0) placed = (await block(code)).status
    })
    await go()
    await go()
    expect(placed).toBe(201)
    expect([await stateOf(id), await stands(contactId)]).toEqual(['blocked', true])
    const shown = await status(code)
    expect(shown.blocks).toEqual([{ ...hold, endsAt: expect.stringMatching(/Z$/) }])
    expect((await lift(code)).status).toBe(204)
    // It need not wait for the end that the hold had.
    await work(sol.accountId)
    expect(await stateOf(id)).not.toBe('blocked')
    await workTo(sol.accountId, id, 'completed')
    expect([await stands(contactId), (await status(code)).blocks]).toEqual([false, []])
  })

  it('ends by itself', async () => {
    const { id, code, contactId } = await request()
    expect((await block(code)).status).toBe(201)
    await go()
    expect(await stateOf(id)).toBe('blocked')
    await env.DB.prepare('UPDATE deletion_blocks SET ends_at = 1 WHERE deletion_id = ?').bind(id).run()
    await workTo(sol.accountId, id, 'completed')
    expect(await stands(contactId)).toBe(false)
  })

  it.each(steps.slice(5).map(([name]) => name))('is refused right before %s', async (wanted) => {
    const { id, code } = await request()
    let answer: unknown
    undo = beforeEachStep(async (step) => {
      if (step !== wanted || answer) return
      const refused = await block(code)
      answer = [refused.status, (await read(refused)).code]
    })
    await workTo(sol.accountId, id, 'completed')
    expect(answer).toEqual([409, 'past_return'])
    expect((await rowsOf('deletion_blocks')).filter((row) => row.deletion_id === id)).toEqual([])
  })

  it('of more than ninety days, of the past, or without a role is refused', async () => {
    const { code, id } = await request()
    for (const endsAt of [inDays(91), inDays(-1), 'tomorrow'])
      expect((await block(code, endsAt)).status).toBe(400)
    const named = { reason: 'legal_hold', reviewer: 'Ana Torres', endsAt: inDays(1) }
    const path = `/api/v1/operator/deletions/${code}/blocks`
    expect((await ask(path, { ...operator, body: named })).status).toBe(400)
    expect((await ask(path, { key, body: { ...hold, endsAt: inDays(1) } })).status).toBeGreaterThanOrEqual(
      401,
    )
    await workTo(sol.accountId, id, 'completed')
  })
})

describe('a hold that was laid beforehand', () => {
  const holds = `/api/v1/operator/accounts/${sol.accountId}/holds`

  it('on a contact lets no deletion of it pass, shows why, and ends when it is released', async () => {
    const one = await request()
    await ask(holds, { ...operator, body: { ...hold, subjectId: one.contactId, endsAt: inDays(30) } })
    await go()
    expect(await stateOf(one.id)).toBe('blocked')
    expect((await status(one.code)).blocks).toMatchObject([hold])
    expect(await stands(one.contactId)).toBe(true)
    await ask(`${holds}?subjectId=${one.contactId}`, { ...operator, method: 'DELETE' })
    await go()
    await workTo(sol.accountId, one.id, 'erased')
    expect(await stands(one.contactId)).toBe(false)
  })

  it('is of accounts that exist, by the operator alone', async () => {
    const body = { ...hold, subjectId: 'cnt_x', endsAt: inDays(30) }
    expect((await ask('/api/v1/operator/accounts/acc_none/holds', { ...operator, body })).status).toBe(404)
    expect((await ask(holds, { key, body })).status).toBe(404)
  })
})
