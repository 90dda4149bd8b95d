import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { schema } from '../../../db/client.ts'
import { goneQuery, lifecycle } from '../../../worker/deletion/lifecycle.ts'
import { settingsOf } from '../../../worker/env.ts'
import { dayMs } from '../../../worker/ground/limits.ts'
import { testBindings } from '../../support/bindings.ts'
import { type Business, monsoon, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { envelope, post, render } from '../../support/webhooks.ts'
import { ownerOf, seedCast } from '../../support/world.ts'
import { db, dumpOf } from '../api/stage.ts'

const settings = settingsOf(env)
/** Each test has a period of its own: the ledger, which remembers what was told, is never emptied. */
let start = Date.UTC(2012, 0, 1)
const run = (day: number, after = start) => lifecycle(env, settings, after + day * dayMs)
const quiet = { told: 0, requested: 0 }

async function tell(business: Business, value: Record<string, unknown>, at = start): Promise<void> {
  const time = Math.floor(at / 1000)
  const changes = [{ field: 'account_update', value }]
  expect((await post(render(envelope({ id: business.wabaId, time, changes })))).status).toBe(200)
  await drain(business)
}
const uninstalled = (business: Business, at?: number, app = testBindings.META_APP_ID) =>
  tell(
    business,
    {
      event: 'PARTNER_APP_UNINSTALLED',
      waba_info: { waba_id: business.wabaId, owner_business_id: '1', partner_app_id: app },
    },
    at,
  )
const deleted = (business: Business, at?: number) => tell(business, { event: 'ACCOUNT_DELETED' }, at)
const back = (business: Business, at: number) =>
  tell(business, { event: 'PARTNER_ADDED', waba_info: { waba_id: business.wabaId } }, at)

const mails = async (business = sol) =>
  (await rowsOf('mails')).filter(
    (row) => row.account_id === business.accountId && row.kind === 'disconnected',
  )
const notices = async () =>
  (await rowsOf('audit_entries', 'recorded_at, at'))
    .filter((row) => row.action === 'lifecycle.notify' && (row.at as number) >= start)
    .map((row) => row.reason)
const cancelAll = () => env.DB.exec(`UPDATE deletions SET state = 'cancelled' WHERE state <> 'cancelled'`)

beforeEach(async () => {
  await seedCast()
  for (const table of ['mails', 'holds', 'deletions', 'deletion_owners'])
    await env.DB.exec(`DELETE FROM ${table}`)
  await env.DB.exec(`DELETE FROM wabas WHERE waba_id NOT IN ('${sol.wabaId}', '${monsoon.wabaId}')`)
  start += 200 * dayMs
  // As after a time of being connected.
  for (const { accountId, wabaId } of [sol, monsoon]) {
    const row = { accountId, subjectId: wabaId, kind: 'disconnected' as const, reason: 'PARTNER_ADDED' }
    await db.insert(schema.holds).values({ ...row, at: 0, liftedAt: start - 1 })
  }
})

describe('a business that Meta calls gone', () => {
  it.each([
    ['removed the app', uninstalled],
    ['deleted its account', deleted],
    ['stopped sharing it', (business: Business) => tell(business, { event: 'PARTNER_REMOVED' })],
  ])('because it %s is told at once, after 1, 14 and 28 days, once each, then deleted', async (_, gone) => {
    const neighbour = await dumpOf(monsoon.accountId)
    await gone(sol)
    for (const [day, told] of [
      [0, 1],
      [0.5, 0],
      [1, 1],
      [1.1, 0],
      [13.9, 0],
      [14, 1],
      [27, 0],
      [28, 1],
      [29.9, 0],
    ] as const)
      expect([day, await run(day)]).toEqual([day, { told, requested: 0 }])
    expect(await notices()).toEqual(['day-0', 'day-1', 'day-14', 'day-28'])
    expect((await mails()).map((row) => row.member_id)).toEqual(Array(4).fill(ownerOf(sol)))
    expect(await rowsOf('deletions')).toEqual([])

    expect(await run(30)).toEqual({ told: 0, requested: 1 })
    expect(await rowsOf('deletions')).toEqual([
      expect.objectContaining({
        account_id: sol.accountId,
        scope: 'workspace',
        subject_id: sol.accountId,
        door: 'lifecycle',
        requested_by: 'system',
        state: 'cooling_off',
      }),
    ])
    expect(await run(30.1)).toEqual(quiet)
    expect(await mails(monsoon)).toEqual([])
    expect(await dumpOf(monsoon.accountId)).toBe(neighbour)
  })

  it('gets only the newest notice when the clock stood still meanwhile', async () => {
    await deleted(sol)
    expect(await run(20)).toEqual({ told: 1, requested: 0 })
    expect(await notices()).toEqual(['day-14'])
    expect(await run(21)).toEqual(quiet)
  })

  it('is told once when two crons meet', async () => {
    await deleted(sol)
    const runs = await Promise.allSettled([run(0), run(0), run(0)])
    expect(runs.some(({ status }) => status === 'fulfilled')).toBe(true)
    expect(await notices()).toEqual(['day-0'])
    expect(await mails()).toHaveLength(1)
  })

  it('is told once of what Meta says in several ways, and counted from the last of them', async () => {
    await uninstalled(sol)
    expect(await run(0)).toMatchObject({ told: 1 })
    await deleted(sol, start + dayMs / 2)
    expect(await run(0.5)).toEqual(quiet)
    expect(await run(1.5)).toMatchObject({ told: 1 })
    expect(await run(30)).toMatchObject({ requested: 0 })
    expect(await run(30.5)).toMatchObject({ requested: 1 })
  })

  it('stops the clock by coming back, and starts a new one by leaving again', async () => {
    await uninstalled(sol)
    await run(0)
    await back(sol, start + 10 * dayMs)
    for (const day of [10, 14, 28, 30, 90]) expect(await run(day)).toEqual(quiet)
    await uninstalled(sol, start + 100 * dayMs)
    expect(await run(100)).toMatchObject({ told: 1 })
    expect(await run(129)).toMatchObject({ requested: 0 })
    expect(await run(130)).toMatchObject({ requested: 1 })
    expect(await notices()).toEqual(['day-0', 'day-0', 'day-28'])
  })

  it('is not asked again when an owner cancelled the deletion', async () => {
    await deleted(sol)
    await run(30)
    await cancelAll()
    for (const day of [30, 31, 60]) expect(await run(day)).toEqual(quiet)
    expect(await rowsOf('deletions')).toHaveLength(1)
  })

  it('keeps its workspace while another of its WhatsApp accounts is connected', async () => {
    const other = { wabaId: '201500300400777', accountId: sol.accountId, token: 'sealed', connectedAt: 1 }
    await db.insert(schema.wabas).values(other)
    await deleted(sol)
    expect(await run(28)).toMatchObject({ told: 1 })
    expect(await run(60)).toEqual(quiet)
    await deleted({ ...sol, wabaId: other.wabaId }, start + 60 * dayMs)
    expect(await run(89)).toMatchObject({ requested: 0 })
    expect(await run(90)).toMatchObject({ requested: 1 })
    expect(await run(91)).toEqual(quiet)
    expect(await rowsOf('deletions')).toHaveLength(1)
  })
})

describe('nothing follows', () => {
  it.each<[string, () => Promise<void>]>([
    ['an account that is offboarded alone', () => tell(sol, { event: 'ACCOUNT_OFFBOARDED' })],
    ['another app that is removed', () => uninstalled(sol, start, '999999999999999')],
    [
      'a phone that lost its connection',
      () => tell(sol, { event: 'PARTNER_REMOVED', disconnection_info: { reason: 'PRIMARY_IDLE' } }),
    ],
    ['a ban', () => tell(sol, { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } })],
  ])('from %s', async (_, happen) => {
    await happen()
    for (const day of [0, 1, 14, 28, 30, 90]) expect(await run(day)).toEqual(quiet)
    expect(await rowsOf('deletions')).toEqual([])
    expect(await rowsOf('mails')).toEqual([])
  })

  it('costs little: holds, accounts and deletions are looked up by their keys', async () => {
    const plan = await db.all<{ detail: string }>(sql`EXPLAIN QUERY PLAN ${goneQuery()}`)
    const scans = plan.map(({ detail }) => detail).filter((detail) => detail.startsWith('SCAN'))
    expect(scans).toEqual(['SCAN w'])
  })
})
