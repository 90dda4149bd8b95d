import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { rowsInsert, schema, writeBatch } from '../../../db/client.ts'
import { entriesQuery } from '../../../worker/audit/ledger.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { seedCast } from '../../support/world.ts'
import { ask, db, keyFor, read } from '../api/stage.ts'

const at = (minute: number) => Date.parse('2026-11-01T00:00:00Z') + minute * 60_000
const iso = (minute: number) => new Date(at(minute)).toISOString()
let key: string

beforeEach(async () => {
  await env.DB.prepare('DELETE FROM audit_entries').run()
  await seedCast()
  key = await keyFor(sol)
  await env.DB.prepare('DELETE FROM audit_entries').run()
  const actions = ['key.create', 'key.revoke', 'keyed.thing', 'template.sync', 'key.create', 'number.connect']
  for (const { accountId } of [sol, monsoon])
    await writeBatch(db, [
      rowsInsert(
        db,
        schema.auditEntries,
        actions.map((action, i) => ({
          id: `aud_${accountId}_${i}`,
          accountId,
          actor: i % 2 === 0 ? 'system' : 'key:key_1',
          action,
          subject: 'x',
          at: at(i),
          recordedAt: at(i),
        })),
      ),
    ])
})

const found = async (query: string) => {
  const { data } = await read(await ask(`/api/v1/audit?${query}`, { key }))
  expect(data.every(({ id }) => String(id).includes(sol.accountId))).toBe(true)
  return data.map(({ id }) => Number(String(id).at(-1)))
}

describe('the filters of the ledger', () => {
  it.each([
    ['action=key.create', [4, 0]],
    ['action=key', [4, 1, 0]],
    ['actor=system', [4, 2, 0]],
    [`from=${iso(2)}&to=${iso(4)}`, [3, 2]],
    [`action=key&actor=system&from=${iso(1)}`, [4]],
    ['action=nothing', []],
    ['actor=key:key_2', []],
  ])('%s leaves just what they say', async (query, ids) => {
    expect(await found(query)).toEqual(ids)
  })

  it('hold over pages', async () => {
    const first = await read(await ask('/api/v1/audit?action=key&limit=2', { key }))
    const second = await read(await ask(`/api/v1/audit?action=key&limit=2&cursor=${first.next}`, { key }))
    expect([...first.data, ...second.data].map(({ action }) => action)).toEqual([
      'key.create',
      'key.revoke',
      'key.create',
    ])
    expect(second.next).toBeNull()
  })

  it.each(['action=Key%20Create', 'from=yesterday', 'colour=red', "action=';--"])(
    'that are none are refused: %s',
    async (query) => {
      expect((await ask(`/api/v1/audit?${query}`, { key })).status).toBe(400)
    },
  )

  it.each([
    [{ action: 'key.create' }, 'audit_entries_action (account_id=? AND action=?'],
    [{ actor: 'system' }, 'audit_entries_actor (account_id=? AND actor=?'],
    [{ from: 1 }, 'audit_entries_recorded (account_id=? AND recorded_at>?'],
  ])('%o go by an index that begins with the account', async (filter, index) => {
    const query = entriesQuery(db, sol.accountId, { limit: 5 }, filter).getSQL()
    const plan = await db.all<{ detail: string }>(sql`EXPLAIN QUERY PLAN ${query}`)
    expect(plan.map(({ detail }) => detail).join(' ')).toContain(index)
  })
})
