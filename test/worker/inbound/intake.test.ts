// The intake's own promises: what it has taken is handled, whatever happens to the object, its clock or its keys.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, expect, it } from 'vitest'
import { utf8 } from '../../../worker/crypto/bytes.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { encodeFrames } from '../../../worker/inbound/frame.ts'
import { shardOf } from '../../../worker/meta/shard.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { envelope, messageChange, post, render, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'

beforeAll(seedCast)

const shard = () => env.INTAKE.getByName(shardOf(sol.wabaId))
let serial = 0
const body = () =>
  utf8(
    render(
      envelope({
        id: sol.wabaId,
        changes: [messageChange(sol, ana, textMessage(`wamid.I${++serial}`, 'x', 1795305600 + serial))],
      }),
    ),
  )
const stored = async () => (await rowsOf('messages')).length
const segments = (of = shard()) =>
  runInDurableObject(
    of,
    (_, state) => state.storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM segments`).one().n,
  )

it('handles by its alarm what it took before it was evicted', async () => {
  const before = await stored()
  await shard().append(encodeFrames([{ receivedAt: Date.now(), bytes: body() }]))
  await evictDurableObject(shard())
  expect(await segments()).toBe(1)
  expect(await runDurableObjectAlarm(shard())).toBe(true)
  expect([await stored(), await segments()]).toEqual([before + 1, 0])
})

it('looks again within seconds at what came after a rest, when it waited for the next day alone', async () => {
  const alarm = () => runInDurableObject(shard(), (_, state) => state.storage.getAlarm())
  const append = () => shard().append(encodeFrames([{ receivedAt: Date.now(), bytes: body() }]))
  await append()
  await drain(sol)
  await runDurableObjectAlarm(shard())
  expect(await alarm()).toBeGreaterThan(Date.now() + limits.drainAlarmMs)
  await append()
  expect(await alarm()).toBeLessThanOrEqual(Date.now() + limits.drainAlarmMs)
  await drain(sol)
})

it('repeats nothing when it dies between the commit in D1 and the erasure in its journal', async () => {
  await drain(sol)
  const counts = async () =>
    (await rowsOf('intake_counts'))[0] as { received: number; handled: number; duplicate: number }
  const kept = await runInDurableObject(shard(), async (_, state) => {
    await shard().append(encodeFrames([{ receivedAt: Date.now(), bytes: body() }]))
    return state.storage.sql
      .exec<{ seq: number; part: number; day: string; sealed: ArrayBuffer }>(`SELECT * FROM segments`)
      .toArray()
  })
  await drain(sol)
  const before = { counts: await counts(), stored: await stored() }
  await runInDurableObject(shard(), (_, state) => {
    for (const row of kept)
      state.storage.sql.exec(
        `INSERT INTO segments VALUES (?, ?, ?, ?)`,
        row.seq,
        row.part,
        row.day,
        row.sealed,
      )
  })
  await evictDurableObject(shard())
  await drain(sol)
  expect({ counts: await counts(), stored: await stored() }).toEqual(before)
  expect(await segments()).toBe(0)
})

it('loses nothing when its clock steps back an hour', async () => {
  const ahead = 3_600_000 * 1000
  await post(body())
  await drain(sol)
  const before = await stored()
  await runInDurableObject(shard(), (_, state) =>
    state.storage.sql.exec(`UPDATE marks SET seq = seq + ?`, ahead),
  )
  await env.DB.prepare(`UPDATE intake_cursors SET segment = segment + ? WHERE shard = ?`)
    .bind(ahead, shardOf(sol.wabaId))
    .run()
  await evictDurableObject(shard())
  await post(body())
  await drain(sol)
  expect(await stored()).toBe(before + 1)
})

it('goes on behind an event of 3 MB that is one unknown thing, and keeps that too', async () => {
  const quotes = '\\"'.repeat(1_500_000)
  const huge = `{"object":"whatsapp_business_account","entry":[{"id":"${sol.wabaId}","changes":[{"field":"vast","value":{"v":"${quotes}"}}]}]}`
  expect((await post(huge)).status).toBe(200)
  const before = await stored()
  await post(body())
  await drain(sol)
  expect(await stored()).toBe(before + 1)
  expect((await rowsOf('raw_events')).filter((row) => row.field === 'vast').length).toBeGreaterThan(10)
  expect(await segments()).toBe(0)
})

it('keeps a journal that reads as noise, and destroys the key of a past day once nothing of it is left', async () => {
  await drain()
  await runInDurableObject(shard(), (_, state) =>
    state.storage.sql.exec(`INSERT OR REPLACE INTO days VALUES ('2026-01-01')`),
  )
  const name = `journal/${shardOf(sol.wabaId)}/2026-01-01`
  await env.KEYS.put(name, 'k1.AAAA')
  await post(body())
  const sealed = await runInDurableObject(shard(), (_, state) =>
    state.storage.sql.exec<{ sealed: ArrayBuffer }>(`SELECT sealed FROM segments`).toArray(),
  )
  for (const row of sealed) expect(new TextDecoder().decode(row.sealed)).not.toContain('whatsapp')
  expect(await env.KEYS.get(name)).not.toBeNull()
  await runDurableObjectAlarm(shard())
  expect(await env.KEYS.get(name)).toBeNull()
  expect(
    await env.KEYS.get(`journal/${shardOf(sol.wabaId)}/${new Date().toISOString().slice(0, 10)}`),
  ).not.toBeNull()
})

it('cuts a body about two businesses between their shards, and each gets its own', async () => {
  expect(shardOf(sol.wabaId)).not.toBe(shardOf(monsoon.wabaId))
  await drain()
  const before = await stored()
  await post(
    render(
      envelope(
        { id: sol.wabaId, changes: [messageChange(sol, ana, textMessage('wamid.CUT1', 'a', 1795305600))] },
        {
          id: monsoon.wabaId,
          changes: [messageChange(monsoon, ravi, textMessage('wamid.CUT2', 'b', 1795305600))],
        },
      ),
    ),
  )
  await drain(sol)
  expect(await stored()).toBe(before + 1)
  await drain(monsoon)
  expect(await stored()).toBe(before + 2)
})

it('refuses nothing that is signed by either of two app secrets during a rotation', async () => {
  const { verifySignature, parseSignature } = await import('../../../worker/meta/signature.ts')
  const { signatureOf } = await import('../../support/webhooks.ts')
  const bytes = body()
  for (const secret of ['the new secret', 'the old secret']) {
    const claimed = parseSignature(signatureOf(bytes, secret))
    expect(claimed.ok && verifySignature(bytes, claimed.value, ['the new secret', 'the old secret'])).toBe(
      true,
    )
  }
  const stranger = parseSignature(signatureOf(bytes, 'a third secret'))
  expect(stranger.ok && verifySignature(bytes, stranger.value, ['the new secret', 'the old secret'])).toBe(
    false,
  )
})
