// What a business sees of its events that failed every try, and how it has one tried again: through its doors.

import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { limits } from '../../../worker/ground/limits.ts'
import { replayDue } from '../../../worker/inbound/receive.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { api, ask, receive, seedThreads, threadOf } from '../../support/thread.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'

type Letter = { id: string; field: string; reason: string; outcome: string; attempts: number }
type Letters = { data: (Letter & { nextAt: string | null; receivedAt: string })[]; next: string | null }

const poison = () =>
  env.DB.prepare(
    `CREATE TRIGGER poison BEFORE INSERT ON messages WHEN NEW.type = 'sticker' BEGIN SELECT RAISE(ABORT, 'poison'); END`,
  ).run()
const cure = () => env.DB.prepare(`DROP TRIGGER IF EXISTS poison`).run()

const sticker = (id: string, at: number) =>
  messageChange(sol, ana, {
    id,
    timestamp: String(at),
    type: 'sticker',
    sticker: { id: '901', mime_type: 'image/webp' },
  })

const path = `/numbers/${sol.numberId}/dead-letters`
const letters = (query = '') => api<Letters>(sol, `${path}${query}`)
const replayOf = (id: string) => `${path}/${id}/replay`

beforeAll(async () => {
  await seedThreads()
  await postChanges(
    monsoon,
    messageChange(monsoon, ravi, textMessage('wamid.N', 'the neighbour', 1795305600)),
  )
  await drain()
})
beforeEach(async () => {
  await env.DB.batch(
    ['messages', 'raw_events'].map((table) =>
      env.DB.prepare(`DELETE FROM ${table} WHERE account_id = ?`).bind(sol.accountId),
    ),
  )
  await poison()
  await receive(
    sticker('wamid.BAD1', 1795305650),
    messageChange(sol, ana, textMessage('wamid.OK', 'fine', 1795305660)),
  )
})
afterEach(cure)

/** Lets every try pass that the gateway makes by itself. */
async function die(): Promise<void> {
  let now = Date.now()
  for (const waitMs of limits.retryMs) {
    now += waitMs + 1_000
    await replayDue(env, '', now)
  }
}

describe('dead letters', () => {
  it('are listed when every try has failed, and before that as waiting for another', async () => {
    expect(await letters()).toEqual({ data: [], next: null })
    const [waiting] = (await letters('?outcome=retry')).data
    expect(waiting).toMatchObject({ field: 'messages', outcome: 'retry', attempts: 1 })
    expect(Date.parse(waiting?.nextAt as string)).toBeGreaterThan(Date.now())
    await die()
    expect((await letters('?outcome=retry')).data).toEqual([])
    const { data } = await letters()
    expect(data).toMatchObject([
      { id: waiting?.id, outcome: 'dead', attempts: limits.retryMs.length + 1, nextAt: null },
    ])
    expect(JSON.stringify(data)).not.toMatch(/poison|sticker|wamid|34600/)
  })

  it('are listed newest first, page by page', async () => {
    await receive(sticker('wamid.BAD2', 1795305651))
    await receive(sticker('wamid.BAD3', 1795305652))
    await die()
    const all = (await letters()).data
    expect(all).toHaveLength(3)
    expect(all.map(({ receivedAt }) => receivedAt)).toEqual(
      all
        .map(({ receivedAt }) => receivedAt)
        .sort()
        .reverse(),
    )
    const first = await letters('?limit=2')
    const rest = await letters(`?limit=2&cursor=${first.next}`)
    expect([...first.data, ...rest.data]).toEqual(all)
    expect(rest.next).toBeNull()
  })

  it('come alive when they are replayed, and say so when they fail again', async () => {
    await die()
    const id = (await letters()).data[0]?.id as string
    expect(await api(sol, replayOf(id), 'POST')).toEqual({ id, settled: false })
    expect((await letters()).data).toMatchObject([{ id, outcome: 'dead' }])
    await cure()
    expect(await api(sol, replayOf(id), 'POST')).toEqual({ id, settled: true })
    expect((await letters()).data).toEqual([])
    expect(await threadOf(sol, ana.bsuid)).toMatchObject([{ type: 'sticker' }, { text: 'fine' }])
    expect((await ask(sol, replayOf(id), 'POST')).status).toBe(404)
    expect(await threadOf(monsoon, ravi.bsuid)).toMatchObject([{ text: 'the neighbour' }])
  })

  it('answer a neighbour with the bytes of a missing one, and stay as they were', async () => {
    await die()
    await cure()
    const id = (await letters()).data[0]?.id as string
    const before = await rowsOf('raw_events')
    const bytes = async (where: string, method: string) => {
      const answer = await ask(monsoon, where, method)
      return [answer.status, await answer.text()]
    }
    const missing = await bytes('/numbers/num_none/dead-letters', 'GET')
    expect(missing[0]).toBe(404)
    expect(await bytes(path, 'GET')).toEqual(missing)
    expect(await bytes(replayOf(id), 'POST')).toEqual(missing)
    // Also by way of a number of its own.
    const own = `/numbers/${monsoon.numberId}/dead-letters`
    expect(await bytes(`${own}/${id}/replay`, 'POST')).toEqual(missing)
    expect(await bytes(`${own}/evt_none/replay`, 'POST')).toEqual(missing)
    expect(await api(monsoon, own)).toEqual({ data: [], next: null })
    expect(await rowsOf('raw_events')).toEqual(before)
  })
})
