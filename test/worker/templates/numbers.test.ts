import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadUsage, usageQuery } from '../../../worker/upkeep/usage.ts'
import { ana, mei, monsoon, ravi, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { type Line, seedConversation } from '../api/seed.ts'
import { ask, db, keyFor, read } from '../api/stage.ts'
import { type MetaStage, openMeta } from './stage.ts'

let stage: MetaStage
let key: string
let theirs: string
const day = 86_400_000

beforeEach(async () => {
  for (const table of ['messages', 'conversations', 'audit_entries'])
    await env.DB.prepare(`DELETE FROM ${table}`).run()
  stage = await openMeta()
  ;[key, theirs] = await Promise.all([keyFor(sol), keyFor(monsoon)])
})
afterEach(() => vi.unstubAllGlobals())

const profile = `/api/v1/numbers/${sol.numberId}/profile`
const patch = (body: unknown, own = key) => ask(profile, { key: own, method: 'PATCH', body })

describe('the profile of a number', () => {
  it('is read and changed at Meta, only what is given, and the ledger says which fields', async () => {
    expect((await patch({ about: 'Bread and cakes', websites: ['https://sol.example'] })).status).toBe(200)
    const changed = await read(await patch({ email: 'hola@sol.example', vertical: 'RESTAURANT' }))
    expect(changed).toMatchObject({
      ...{ about: 'Bread and cakes', email: 'hola@sol.example', vertical: 'RESTAURANT' },
      websites: ['https://sol.example'],
    })
    expect(await read(await ask(profile, { key }))).toEqual(changed)
    const entries = (await rowsOf('audit_entries', 'rowid')).filter(
      ({ action }) => action === 'number.profile',
    )
    expect(entries.map(({ reason }) => reason)).toEqual(['about, websites', 'email, vertical'])
    expect(JSON.stringify(entries)).not.toContain('Bread')
  })

  it.each([
    [{}],
    [{ about: '' }],
    [{ about: 'a'.repeat(140) }],
    [{ description: 'a'.repeat(513) }],
    [{ email: 'nobody' }],
    [{ websites: ['https://a.example', 'https://b.example', 'https://c.example'] }],
    [{ websites: ['javascript:alert(1)'] }],
    [{ vertical: 'BAKERY' }],
    [{ owner: 'me' }],
  ])('out of Meta’s bounds is refused before Meta is asked: %o', async (body) => {
    stage.calls.length = 0
    expect((await patch(body)).status).toBe(400)
    expect(stage.calls).toEqual([])
  })

  it('of a neighbour is the same as none', async () => {
    const missing = await (await ask('/api/v1/numbers/num_none/profile', { key: theirs })).text()
    stage.calls.length = 0
    expect(await (await ask(profile, { key: theirs })).text()).toBe(missing)
    expect(await (await patch({ about: 'mine' }, theirs)).text()).toBe(missing)
    for (const what of ['standing', 'usage'])
      expect((await ask(`/api/v1/numbers/${sol.numberId}/${what}`, { key: theirs })).status).toBe(404)
    expect(stage.calls).toEqual([])
  })

  it('that Meta refuses says so without its words about numbers', async () => {
    const message = { error_user_msg: `of ${sol.displayPhoneNumber}`, message: sol.token, code: 100 }
    stage.answerInstead(() => Response.json({ error: message }, { status: 400 }))
    const answer = await patch({ about: 'Bread' })
    expect(answer.status).toBe(422)
    const text = await answer.text()
    for (const secret of [sol.displayPhoneNumber, sol.token]) expect(text).not.toContain(secret)
  })
})

describe('the standing of a number', () => {
  it('is what Meta says now', async () => {
    expect(await read(await ask(`/api/v1/numbers/${sol.numberId}/standing`, { key }))).toEqual({
      ...{ quality: 'GREEN', tier: 'TIER_2K', throughput: 'STANDARD', nameStatus: 'APPROVED' },
      ...{ status: 'CONNECTED', shared: false },
    })
  })
})

describe('the usage of a number', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  const line = (i: number, ageDays: number, more: Partial<Line> = {}): Line => ({
    ...{ wamid: `wamid.U${i}`, at: now - ageDays * day },
    ...more,
  })
  const out = { direction: 'out' } as const

  it('counts by day what came, what went, what was delivered and what failed, every day of thirty', async () => {
    await seedConversation(sol, ana, [
      line(1, 0),
      line(2, 0, { ...out, status: 'delivered' }),
      line(3, 1, { ...out, status: 'failed' }),
      line(4, 45),
    ])
    await seedConversation(sol, mei, [line(5, 0)])
    await seedConversation(monsoon, ravi, [line(6, 0), line(7, 0, { ...out, status: 'delivered' })])
    const { days } = await loadUsage(db, sol.accountId, sol.numberId, now)
    expect(days).toHaveLength(30)
    expect(days.at(-1)).toEqual({ day: '2026-11-20', in: 2, out: 1, delivered: 1, failed: 0 })
    expect(days.at(-2)).toEqual({ day: '2026-11-19', in: 0, out: 1, delivered: 0, failed: 1 })
    expect(days.slice(0, -2).every((one) => one.in + one.out === 0)).toBe(true)
  })

  it('meters what Meta counts: delivered service messages of this month', async () => {
    const delivered = { ...out, status: 'delivered' } as const
    await seedConversation(sol, ana, [
      line(1, 0, delivered),
      line(2, 3, delivered),
      line(3, 4, { ...delivered, type: 'template' }),
      line(4, 4, { ...delivered, type: 'reaction' }),
      line(5, 4, { ...out, status: 'accepted' }),
      line(6, 25, delivered),
      line(7, 1),
    ])
    const { month } = await loadUsage(db, sol.accountId, sol.numberId, now)
    expect(month).toEqual({ month: '2026-11', delivered: 2, free: 1000, left: 998 })
  })

  it('reads nothing but what is in the time asked for', async () => {
    const plan = await db.all<{ detail: string }>(sql`EXPLAIN QUERY PLAN ${usageQuery('a', 'n', 1)}`)
    const details = plan.map(({ detail }) => detail).join(' ')
    expect(details).toContain('conversations_account (account_id=? AND last_message_at>?)')
    expect(details).toContain('messages_conversation (account_id=? AND conversation_id=? AND sort_key>?)')
  })
})
