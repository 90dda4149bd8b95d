// One event that cannot be handled never holds up the others, is never lost, and can be replayed. The failure is real:
// a trigger in the database refuses it.

import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { limits } from '../../../worker/ground/limits.ts'
import { replay, replayDue } from '../../../worker/inbound/receive.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'

beforeAll(seedCast)
beforeEach(async () => {
  await env.DB.batch(
    ['messages', 'raw_events', 'intake_counts'].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  )
})

const poison = () =>
  env.DB.prepare(
    `CREATE TRIGGER poison BEFORE INSERT ON messages WHEN NEW.type = 'sticker' BEGIN SELECT RAISE(ABORT, 'poison'); END`,
  ).run()
const cure = () => env.DB.prepare(`DROP TRIGGER IF EXISTS poison`).run()
afterEach(cure)

const sticker = {
  id: 'wamid.BAD',
  timestamp: '1795305650',
  type: 'sticker',
  sticker: { id: '901', mime_type: 'image/webp' },
}
const postWithPoison = () =>
  postChanges(
    sol,
    ...[1, 2, 3].map((i) =>
      messageChange(sol, ana, textMessage(`wamid.P${i}`, `before ${i}`, 1795305600 + i)),
    ),
    messageChange(sol, ana, sticker),
    ...[4, 5].map((i) => messageChange(sol, ana, textMessage(`wamid.P${i}`, `after ${i}`, 1795305660 + i))),
  )
const counts = async () => (await rowsOf('intake_counts'))[0]
const conserved = async () => {
  const row = (await counts()) as Record<string, number>
  const named = ['handled', 'duplicate', 'ignored', 'erased', 'unknown', 'malformed', 'retry', 'dead'].reduce(
    (sum, name) => sum + (row[name] ?? 0),
    0,
  )
  return named === row.received
}

it('sets the failing event aside and handles everything around it', async () => {
  await poison()
  await postWithPoison()
  await postChanges(
    monsoon,
    messageChange(monsoon, ravi, textMessage('wamid.N', 'the neighbour', 1795305600)),
  )
  await drain()
  expect(await rowsOf('messages')).toHaveLength(6)
  expect(await rowsOf('raw_events')).toMatchObject([
    { outcome: 'retry', attempts: 1, account_id: sol.accountId },
  ])
  expect((await rowsOf('raw_events'))[0]?.contact_id).toMatch(/^cnt_/)
  expect(await counts()).toMatchObject({ received: 6, handled: 5, retry: 1 })
  expect(await conserved()).toBe(true)
})

it('tries again by itself when the time has come, not before, and then nothing is missing', async () => {
  await poison()
  await postWithPoison()
  await drain()
  await cure()
  const now = Date.now()
  expect(await replayDue(env, '', now)).toBe(0)
  expect(await replayDue(env, '', now + limits.retryMs[0])).toBe(1)
  expect(await rowsOf('messages')).toHaveLength(6)
  expect(await rowsOf('raw_events')).toEqual([])
  expect(await counts()).toMatchObject({ received: 6, handled: 6, retry: 0 })
})

it('is dead after the last try, and comes alive when it is replayed', async () => {
  await poison()
  await postWithPoison()
  await drain()
  let now = Date.now()
  for (const waitMs of limits.retryMs) {
    now += waitMs + 1_000
    expect(await replayDue(env, '', now)).toBe(1)
  }
  const [letter] = await rowsOf('raw_events')
  expect(letter).toMatchObject({ outcome: 'dead', attempts: limits.retryMs.length + 1, next_at: null })
  expect(await counts()).toMatchObject({ received: 6, handled: 5, retry: 0, dead: 1 })
  expect(await replayDue(env, '', now + 30 * 86_400_000)).toBe(0)
  await cure()
  expect(await replay(env, '', [letter?.id as string], now)).toBe(1)
  expect(await rowsOf('messages')).toHaveLength(6)
  expect(await counts()).toMatchObject({ received: 6, handled: 6, dead: 0 })
  expect(await conserved()).toBe(true)
})

it('counts a redelivery of a waiting event as a duplicate of it', async () => {
  await poison()
  await postWithPoison()
  await drain()
  await postWithPoison()
  await drain()
  expect(await rowsOf('raw_events')).toHaveLength(1)
  expect(await counts()).toMatchObject({ received: 12, handled: 5, duplicate: 6, retry: 1 })
})

it('leaves everything in the journal while the database is away, and loses nothing', async () => {
  await env.DB.prepare(`ALTER TABLE intake_counts RENAME TO away`).run()
  await postWithPoison()
  await drain()
  expect(await rowsOf('messages')).toEqual([])
  await env.DB.prepare(`ALTER TABLE away RENAME TO intake_counts`).run()
  await drain()
  expect(await rowsOf('messages')).toHaveLength(6)
  expect(await counts()).toMatchObject({ received: 6, handled: 6 })
})
