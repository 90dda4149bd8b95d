// Letting go of Meta holds nothing else up: what Meta does not answer today is asked again for days, then given up, and
// the tokens are destroyed either way.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { requestDeletion } from '../../../worker/deletion/request.ts'
import { settingsOf } from '../../../worker/env.ts'
import { dayMs } from '../../../worker/ground/limits.ts'
import { type Business, monsoon, ravi, sol } from '../../support/cast.ts'
import { hasten, holdStill, stateOf, work, workTo } from '../../support/deletion.ts'
import { alsoLookInto, everything, lines, mentioning } from '../../support/everything.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedBusiness, seedCast } from '../../support/world.ts'

let business: Business
let serial = 0
let answer: (request: Request) => Response
let asked: string[]
let neighbour: string[]

const down = () => Response.json({ error: { code: 2, message: 'down', is_transient: true } }, { status: 500 })
const gone = () => Response.json({ error: { code: 190, message: 'gone' } }, { status: 401 })
const done = () => Response.json({ success: true })

beforeEach(async () => {
  await seedCast()
  serial += 1
  const ids = {
    wabaId: `5050500${serial}`,
    phoneNumberId: `5151510${serial}`,
    displayPhoneNumber: `34933330${serial}`,
  }
  business = { ...sol, ...ids, accountId: `acc_detach${serial}`, numberId: `num_detach${serial}` }
  await seedBusiness(business)
  alsoLookInto(business.accountId)
  await holdStill(business.accountId)
  await postChanges(
    business,
    messageChange(business, ravi, textMessage(`wamid.D${serial}`, 'hola', 1795305600)),
  )
  await drain(business)
  neighbour = lines(mentioning(await everything(), [monsoon.accountId]))
  asked = []
  vi.stubGlobal('fetch', async (input: string, init?: RequestInit) => {
    const request = new Request(input, init)
    asked.push(`${request.method} ${new URL(request.url).pathname.replace(/^\/v[\d.]+/, '')}`)
    return answer(request)
  })
})
afterEach(async () => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  expect(lines(mentioning(await everything(), [monsoon.accountId]))).toEqual(neighbour)
})

async function request(deregister = false): Promise<string> {
  const { accountId } = business
  const world = { env, settings: settingsOf(env), now: Date.now() }
  const asks = {
    accountId,
    scope: 'workspace',
    subjectId: accountId,
    door: 'lifecycle',
    actor: 'system',
    deregister,
  } as const
  const { id } = await requestDeletion(world, asks)
  await env.DB.prepare('UPDATE deletions SET cooling_until = 1 WHERE id = ?').bind(id).run()
  return id
}
async function metaOf(id: string, kind: 'live' | 'final'): Promise<string | undefined> {
  const row = (await rowsOf('receipts')).find((one) => one.deletion_id === id && one.kind === kind)
  const payload = row && (String(row.jws).split('.')[1] as string).replaceAll('-', '+').replaceAll('_', '/')
  return payload && (JSON.parse(atob(payload)) as { meta: string }).meta
}
const tokenKeys = async (id: string) => (await env.KEYS.list({ prefix: `deletion/${id}/detach` })).keys.length
const go = async (rounds: number) => {
  for (let i = 0; i < rounds; i++) {
    await hasten(business.accountId)
    await work(business.accountId)
  }
}
const later = (ms: number) => {
  const at = Date.now() + ms
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(at)
}

describe('letting go of Meta', () => {
  it('unsubscribes, takes the token back, and proves it; numbers are given up only when that was asked', async () => {
    for (const deregister of [false, true]) {
      asked.length = 0
      let revoked = false
      answer = ({ url, method }) => {
        if (new URL(url).pathname.endsWith('/oauth/revoke')) revoked = true
        return revoked && method === 'GET' && url.includes('subscribed_apps') ? gone() : done()
      }
      if (deregister) {
        serial += 1
        const ids = { wabaId: `5050500${serial}`, phoneNumberId: `5151510${serial}` }
        business = { ...business, ...ids, accountId: `acc_detach${serial}`, numberId: `num_detach${serial}` }
        await seedBusiness(business)
        alsoLookInto(business.accountId)
        await holdStill(business.accountId)
      }
      const id = await request(deregister)
      await workTo(business.accountId, id, 'completed')
      const { wabaId, phoneNumberId } = business
      expect(asked).toEqual([
        `DELETE /${wabaId}/subscribed_apps`,
        ...(deregister ? [`POST /${phoneNumberId}/deregister`] : []),
        'GET /oauth/revoke',
        `GET /${wabaId}/subscribed_apps`,
      ])
      expect([await metaOf(id, 'live'), await metaOf(id, 'final'), await tokenKeys(id)]).toEqual([
        'proven',
        'proven',
        0,
      ])
    }
  })

  it('while Meta is down for days, everything else goes on; when it answers, the final receipt says so', async () => {
    answer = down
    const id = await request()
    await workTo(business.accountId, id, 'erased')
    expect(await metaOf(id, 'live')).toBe('pending')
    expect((await rowsOf('messages')).filter((row) => row.account_id === business.accountId)).toEqual([])
    later(3 * dayMs)
    await go(4)
    expect([await stateOf(id), await tokenKeys(id)]).toEqual(['erased', 1])
    later(2 * 3_600_000)
    answer = gone
    await go(6)
    expect([await stateOf(id), await metaOf(id, 'final'), await tokenKeys(id)]).toEqual([
      'completed',
      'proven',
      0,
    ])
  })

  it('that never works is given up after seven days, with the token destroyed', async () => {
    answer = down
    const id = await request()
    await workTo(business.accountId, id, 'erased')
    expect(await tokenKeys(id)).toBe(1)
    later(7 * dayMs + 60_000)
    await go(6)
    expect([await stateOf(id), await metaOf(id, 'final'), await tokenKeys(id)]).toEqual([
      'completed',
      'gave up',
      0,
    ])
    expect(mentioning(await everything(), [`${id}/tokens`])).toEqual([])
  })
})

describe('a workspace whose database fails in the middle of its rows', () => {
  it('is erased once it does not, whatever is gone from R2 already', async () => {
    answer = gone
    await env.FILES.put(`media/${business.accountId}/x/one`, 'sealed')
    const id = await request()
    await env.DB.exec(
      `CREATE TRIGGER no_deletes BEFORE DELETE ON messages BEGIN SELECT RAISE(ABORT, 'no'); END`,
    )
    await go(12)
    expect(await stateOf(id)).toBe('running')
    await env.FILES.delete(`media/${business.accountId}/x/one`)
    await env.DB.exec('DROP TRIGGER no_deletes')
    await workTo(business.accountId, id, 'completed')
    expect((await rowsOf('receipts')).filter((row) => row.deletion_id === id).length).toBe(2)
    expect((await rowsOf('messages')).filter((row) => row.account_id === business.accountId)).toEqual([])
  })
})
