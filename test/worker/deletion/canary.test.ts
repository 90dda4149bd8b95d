// The nightly proof passes when erasing works, and fails when it does not.

import { runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { canary, loadCanaryHealth, personOf } from '../../../worker/deletion/canary.ts'
import { settingsOf } from '../../../worker/env.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { monsoon } from '../../support/cast.ts'
import { eraserOf, walkTo } from '../../support/deletion.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { seedCast } from '../../support/world.ts'
import { dumpOf } from '../api/stage.ts'

type Run = { day: string; state: string; reason: string | null; deletion_id: string | null }

const account = 'acc_canary'
const minute = 60_000
const settings = settingsOf(env)
const post = (request: Request) => exports.default.fetch(request)
const tick = (now: number, by = post) => canary(env, settings, now, by)
const runs = async () => (await rowsOf('canary_runs', 'day')) as unknown as Run[]
const last = async () => (await runs()).at(-1) as Run

beforeAll(seedCast)
beforeEach(() => env.DB.prepare('DELETE FROM canary_runs').run())

/** From the first message to where the erasure is done. */
async function erased(now: number): Promise<string> {
  await tick(now)
  await drain()
  await tick(now + minute)
  const { deletion_id } = await last()
  await walkTo(account, deletion_id as string, 'erased')
  return deletion_id as string
}

describe('the canary', () => {
  it('converses, is read back, erased, searched for, and passes, once a day', async () => {
    const now = Date.now()
    const neighbour = await dumpOf(monsoon.accountId)
    await tick(now)
    expect(await runs()).toMatchObject([{ state: 'conversing', reason: null }])
    await drain()
    await tick(now + minute)
    const run = await last()
    expect(run).toMatchObject({ state: 'erasing' })
    await walkTo(account, run.deletion_id as string, 'erased')
    await env.KEEPER.getByName(account).turn()
    await tick(now + 3 * minute)
    expect(await last()).toMatchObject({ state: 'passed', reason: null })
    await tick(now + 4 * minute)
    expect(await runs()).toHaveLength(1)

    const person = personOf(run.day)
    const stored = JSON.stringify([
      await rowsOf('contacts'),
      await rowsOf('messages'),
      await rowsOf('raw_events'),
    ])
    expect(stored).not.toContain(person.phone)
    const of = (await rowsOf('audit_entries')).filter((row) => row.action === 'canary.pass')
    expect(of).toMatchObject([{ account_id: 'platform', subject: run.day, actor: 'system' }])
    expect((await rowsOf('api_keys')).filter((row) => row.account_id === account)).toEqual([])
    expect((await rowsOf('messages')).filter((row) => row.account_id === account)).toEqual([])
    expect(await dumpOf(monsoon.accountId)).toBe(neighbour)
    expect(await loadCanaryHealth(env.DB)).toEqual({
      state: 'passed',
      at: new Date(now + 3 * minute).toISOString(),
    })
  })

  it('is somebody else every day, with a number that nobody can have', async () => {
    const days = Array.from({ length: 500 }, (_, i) => new Date(i * 86_400_000).toISOString().slice(0, 10))
    const people = days.map(personOf)
    expect(new Set(people.map(({ phone }) => phone)).size).toBe(500)
    for (const { phone, bsuid } of people) {
      expect(phone).toMatch(/^999\d{9}$/)
      expect(bsuid).toMatch(/^XX\.[0-9a-f]{24}$/)
    }
  })

  it('waits for the keys to be out of reach, and fails when they never are', async () => {
    const now = Date.now() + 86_400_000
    await erased(now)
    // A destroyed key that KV could still give.
    const keeper = env.KEEPER.getByName(account)
    const puncture = (sql: string) =>
      runInDurableObject(keeper, (_, { storage }) => void storage.sql.exec(sql))
    await puncture(`INSERT INTO punctures (tree, leaf, owner, at) VALUES ('none', 1, 'cnt_none', 1)`)
    await tick(now + 2 * minute)
    expect(await last()).toMatchObject({ state: 'erasing' })
    await tick(now + limits.canaryMs + 1)
    await puncture(`DELETE FROM punctures WHERE owner = 'cnt_none'`)
    expect(await last()).toMatchObject({ state: 'failed', reason: 'a destroyed key could still be derived' })
  })

  it('fails when what was written cannot be read in time', async () => {
    const now = Date.now() + 2 * 86_400_000
    const swallowed = async () => new Response('ok')
    await tick(now, swallowed)
    await tick(now + minute, swallowed)
    expect(await last()).toMatchObject({ state: 'conversing' })
    await tick(now + limits.canaryMs + 1, swallowed)
    expect(await last()).toMatchObject({
      state: 'failed',
      reason: 'what was written could not be read in time',
    })
    const failed = (await rowsOf('audit_entries', 'at')).filter((row) => row.action === 'canary.fail')
    expect(failed.at(-1)).toMatchObject({ account_id: 'platform', subject: (await last()).day })
  })

  it('fails when a message was lost, and erases the others', async () => {
    const now = Date.now() + 7 * 86_400_000
    await tick(now)
    await drain()
    const lost = `DELETE FROM messages WHERE rowid = (SELECT max(rowid) FROM messages WHERE account_id = ?)`
    await env.DB.prepare(lost).bind(account).run()
    await tick(now + minute)
    expect(await last()).toMatchObject({ state: 'conversing' })
    await tick(now + limits.canaryMs + 1)
    expect(await last()).toMatchObject({
      state: 'failed',
      reason: 'what was written could not be read in time',
    })
    const asked = (await rowsOf('deletions', 'requested_at')).at(-1)
    await walkTo(account, asked?.id as string, 'erased')
    expect((await rowsOf('contacts')).filter((row) => row.account_id === account)).toEqual([])
  })

  it('fails when the webhook is refused', async () => {
    await tick(Date.now() + 3 * 86_400_000, async () => new Response('no', { status: 401 }))
    expect(await last()).toMatchObject({ state: 'failed', reason: 'the webhook was refused' })
  })

  it('fails when the export lacks something, and erases all the same', async () => {
    const now = Date.now() + 4 * 86_400_000
    await tick(now)
    await drain()
    await tick(now + minute, async () => Response.json({ contacts: [] }))
    expect(await last()).toMatchObject({ state: 'failed', reason: 'the export lacks something' })
    const asked = (await rowsOf('deletions', 'requested_at')).at(-1)
    expect(asked).toMatchObject({ account_id: account, door: 'canary', scope: 'contact' })
    await walkTo(account, asked?.id as string, 'erased')
  })

  it('fails when the search found something', async () => {
    const now = Date.now() + 5 * 86_400_000
    const { phone } = personOf(new Date(now).toISOString().slice(0, 10))
    await env.KEYS.put('forgotten/x', phone)
    await erased(now)
    await env.KEYS.delete('forgotten/x')
    await tick(now + 2 * minute)
    expect(await last()).toMatchObject({ state: 'failed', reason: 'something of the contact was found' })
  })

  it('fails when the erasure does not end in time', async () => {
    const now = Date.now() + 6 * 86_400_000
    await tick(now)
    await drain()
    await tick(now + minute)
    await runInDurableObject(eraserOf(account), (_, { storage }) => storage.deleteAlarm())
    const { deletion_id } = await last()
    const running = await env.DB.prepare(`UPDATE deletions SET state = 'running' WHERE id = ?`)
      .bind(deletion_id)
      .run()
    expect(running.meta.changes).toBe(1)
    await tick(now + limits.canaryMs + 2 * minute)
    expect((await runs()).find((run) => run.deletion_id === deletion_id)).toMatchObject({
      state: 'failed',
      reason: 'the erasure took too long',
    })
  })
})
