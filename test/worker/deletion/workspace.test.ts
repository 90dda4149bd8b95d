// What is left of an erased workspace when its numbers go on speaking: nothing is stored, nothing is said of it, and
// whoever connects one of them next begins with what happens from then on.

import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { requestDeletion } from '../../../worker/deletion/request.ts'
import { settingsOf } from '../../../worker/env.ts'
import { ana, monsoon, sol } from '../../support/cast.ts'
import { holdStill, workTo } from '../../support/deletion.ts'
import { alsoLookInto, everything, lines, mentioning } from '../../support/everything.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, statusChange, textMessage } from '../../support/webhooks.ts'
import { seedBusiness, seedCast } from '../../support/world.ts'

let neighbour: string[]
let erasedAt: number
const next = { ...sol, accountId: 'acc_next', numberId: 'num_next' }
const message = (id: string, at: number) => messageChange(sol, ana, textMessage(id, `words of ${id}`, at))
const send = async (...changes: Parameters<typeof postChanges>[1][]) => {
  expect((await postChanges(sol, ...changes)).status).toBe(200)
  await drain(sol)
}
const counts = async () => (await rowsOf('intake_counts')).filter((row) => row.counter_key === 'none')
const seconds = (at: number) => Math.floor(at / 1000)

beforeAll(async () => {
  vi.stubGlobal('fetch', async () =>
    Response.json({ error: { code: 190, message: 'gone' } }, { status: 401 }),
  )
  await seedCast()
  await send(message('wamid.W1', 1_795_305_600))
  await postChanges(monsoon, messageChange(monsoon, ana, textMessage('wamid.W2', 'hello', 1_795_305_600)))
  await drain()
  neighbour = lines(mentioning(await everything(), [monsoon.accountId, monsoon.phoneNumberId]))
  await holdStill(sol.accountId)
  const { accountId } = sol
  const world = { env, settings: settingsOf(env), now: Date.now() }
  const asked = {
    accountId,
    subjectId: accountId,
    scope: 'workspace',
    door: 'lifecycle',
    actor: 'system',
  } as const
  const { id } = await requestDeletion(world, asked)
  await env.DB.prepare('UPDATE deletions SET cooling_until = 1 WHERE id = ?').bind(id).run()
  await workTo(accountId, id, 'completed')
  erasedAt = Number((await rowsOf('deletions'))[0]?.erased_at)
})
afterAll(async () => {
  expect(lines(mentioning(await everything(), [monsoon.accountId, monsoon.phoneNumberId]))).toEqual(neighbour)
  vi.unstubAllGlobals()
})

describe('a number of an erased workspace', () => {
  it('has no key left in KV', async () => {
    expect((await env.KEYS.list({ prefix: `epoch/${sol.accountId}` })).keys).toEqual([])
    expect((await env.KEYS.list({ prefix: `epoch/${monsoon.accountId}` })).keys.length).toBe(1)
  })

  it('has its events acknowledged, counted as erased in no particular place, and kept nowhere', async () => {
    const before = await everything()
    const status = { id: 'wamid.W9', status: 'read', timestamp: String(seconds(Date.now())) }
    await send(message('wamid.W3', seconds(erasedAt) - 60), message('wamid.W4', seconds(Date.now()) + 60))
    await send(statusChange(sol, ana, status))
    const rows = await counts()
    expect(rows.map(({ received, erased }) => [received, erased])).toEqual([[3, 3]])
    const place = new Set(lines(before))
    const fresh = (await everything()).filter((one) => !place.has(lines([one])[0] as string))
    expect(
      fresh.filter(
        ({ place: at }) => !/^d1\/(intake_counts|intake_cursors)$|^do\/INTAKE\/|^kv\/journal\//.test(at),
      ),
    ).toEqual([])
    for (const word of [ana.phone, ana.bsuid, sol.phoneNumberId, sol.wabaId, 'wamid.W'])
      expect(mentioning(fresh, [word])).toEqual([])
  })

  it('belongs to whoever connects it next, from the erasure on', async () => {
    alsoLookInto(next.accountId)
    await seedBusiness(next)
    await send(message('wamid.W5', seconds(erasedAt) - 60))
    expect((await rowsOf('messages')).filter((row) => row.account_id === next.accountId)).toEqual([])
    await send(message('wamid.W6', seconds(Date.now()) + 60))
    expect((await rowsOf('messages')).filter((row) => row.account_id === next.accountId).length).toBe(1)
    expect((await rowsOf('messages')).filter((row) => row.account_id === sol.accountId)).toEqual([])
  })
})
