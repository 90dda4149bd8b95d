import { env } from 'cloudflare:workers'
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { rowsInsert, schema, writeBatch } from '../../../db/client.ts'
import { entryInsert } from '../../../worker/audit/audit.ts'
import { type Entry, noHead, startOfDay, verifyChain } from '../../../worker/audit/chain.ts'
import { entryRunQuery } from '../../../worker/audit/ledger.ts'
import { dueQuery, sealDays, sealDue } from '../../../worker/audit/seals.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { sweep } from '../../../worker/retention/sweep.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { db, dumpOf } from '../api/stage.ts'

const day = 86_400_000
const hour = 3_600_000
const first = startOfDay('2026-05-04')
let made = 0

const entry = (accountId: string, recordedAt: number): Entry => ({
  id: `aud_${String(++made).padStart(6, '0')}`,
  accountId,
  actor: 'key:key_x',
  action: 'contact.erase',
  subject: `cnt_${made}`,
  reason: null,
  at: recordedAt - 10 * day,
  recordedAt,
})

async function write(accountId: string, ...times: number[]): Promise<void> {
  const rows = times.map((at) => entry(accountId, at))
  for (let i = 0; i < rows.length; i += 2_000)
    await writeBatch(db, [rowsInsert(db, schema.auditEntries, rows.slice(i, i + 2_000))])
}

const entriesOf = (accountId: string) =>
  db.query.auditEntries.findMany({ where: (t, { eq }) => eq(t.accountId, accountId) })
const sealsOf = (accountId: string) =>
  db.query.auditSeals.findMany({ where: (t, { eq }) => eq(t.accountId, accountId), orderBy: (t) => t.day })
const check = async ({ accountId }: { accountId: string }) =>
  verifyChain(await entriesOf(accountId), await sealsOf(accountId))
const leaves = async () => (await env.TRANSPARENCY.getByName('log').leaves(0, 1_000)).leaves

beforeEach(async () => {
  await env.DB.batch([env.DB.prepare('DELETE FROM audit_entries'), env.DB.prepare('DELETE FROM audit_seals')])
})

describe('the ledger', () => {
  it('refuses to change an entry or a seal, in the database itself', async () => {
    await write(sol.accountId, first)
    await sealDays(env, first + 2 * day)
    const before = [await rowsOf('audit_entries'), await rowsOf('audit_seals')]
    for (const change of [
      `UPDATE audit_entries SET subject = 'cnt_other'`,
      `UPDATE audit_entries SET reason = NULL WHERE account_id = '${sol.accountId}'`,
      `UPDATE audit_seals SET head = '${noHead}'`,
      `INSERT INTO audit_seals SELECT * FROM audit_seals WHERE true ON CONFLICT DO UPDATE SET head = '${noHead}'`,
    ])
      await expect(env.DB.prepare(change).run(), change).rejects.toThrow('append-only')
    expect([await rowsOf('audit_entries'), await rowsOf('audit_seals')]).toEqual(before)
  })

  it('notes by the clock of the database when an entry was written, whatever instant it tells of', async () => {
    const before = Date.now()
    await writeBatch(db, [
      entryInsert(db, { accountId: sol.accountId, actor: 'meta', action: 'a.b', subject: 'x', at: 5 }),
    ])
    const [row] = await entriesOf(sol.accountId)
    expect(row?.at).toBe(5)
    expect(row?.recordedAt).toBeGreaterThan(before - hour)
    expect(row?.recordedAt).toBeLessThan(Date.now() + hour)
  })
})

describe('sealing', () => {
  it('seals every complete day of every account, and adds each head to the log', async () => {
    await write(sol.accountId, first, first + 1, first + day - 1, first + day, first + 3 * day)
    await write(monsoon.accountId, first + 2 * day + 5)
    expect(await sealDays(env, first + 4 * day + hour)).toBe(true)
    const [hers, his] = [await sealsOf(sol.accountId), await sealsOf(monsoon.accountId)]
    expect(hers.map(({ day: of, entries }) => [of, entries])).toEqual([
      ['2026-05-04', 3],
      ['2026-05-05', 1],
      ['2026-05-07', 1],
    ])
    expect(his.map(({ day: of, entries, previous }) => [of, entries, previous])).toEqual([
      ['2026-05-06', 1, noHead],
    ])
    expect([await check(sol), await check(monsoon)]).toEqual([[], []])
    const logged = (await leaves()).filter(({ kind }) => kind === 'audit').map(({ hash }) => hash)
    expect(logged).toEqual(expect.arrayContaining([...hers, ...his].map(({ head }) => head)))
  })

  it('waits an hour after midnight, and goes on the next day where it stopped', async () => {
    await write(sol.accountId, first + 5, first + day + 5)
    expect(await sealDays(env, first + day + limits.auditSealGraceMs - 1)).toBe(true)
    expect(await sealsOf(sol.accountId)).toEqual([])
    await sealDays(env, first + day + limits.auditSealGraceMs)
    const [one] = await sealsOf(sol.accountId)
    expect(one?.day).toBe('2026-05-04')
    await sealDays(env, first + 2 * day + limits.auditSealGraceMs)
    const [same, two] = await sealsOf(sol.accountId)
    expect(same).toEqual(one)
    expect(two?.previous).toBe(one?.head)
    expect(await check(sol)).toEqual([])
  })

  it('may run twice and at once: nothing is sealed or logged a second time', async () => {
    await write(sol.accountId, first, first + day)
    await write(monsoon.accountId, first)
    const now = first + 3 * day
    await Promise.all([sealDays(env, now), sealDays(env, now)])
    const before = [await rowsOf('audit_seals'), await leaves()]
    await sealDays(env, now)
    await sealDays(env, now + hour)
    await sealDue(env, now)
    await sealDue(env, now)
    expect([await rowsOf('audit_seals'), await leaves()]).toEqual(before)
  })

  it('that is cut off between the log and the database ends as if it had not been', async () => {
    await write(sol.accountId, first, first + day)
    await env.DB.prepare(
      `CREATE TRIGGER fails BEFORE INSERT ON audit_seals BEGIN SELECT RAISE(ABORT, 'cut off'); END`,
    ).run()
    await expect(sealDays(env, first + 3 * day)).rejects.toThrow()
    await env.DB.prepare('DROP TRIGGER fails').run()
    expect(await sealsOf(sol.accountId)).toEqual([])
    const logged = await leaves()
    await sealDays(env, first + 3 * day)
    expect(await check(sol)).toEqual([])
    expect(await sealsOf(sol.accountId)).toHaveLength(2)
    expect(await leaves()).toEqual(logged)
  })

  it('goes on with the next run when there is more than one run may do', async () => {
    const accounts = Array.from(
      { length: limits.auditSealAccounts + 5 },
      (_, i) => `acc_${String(i).padStart(4, '0')}`,
    )
    const rows = accounts.map((accountId) => entry(accountId, first))
    await writeBatch(db, [rowsInsert(db, schema.auditEntries, rows)])
    expect(await sealDays(env, first + 2 * day)).toBe(false)
    expect(await rowsOf('audit_seals')).toHaveLength(limits.auditSealAccounts)
    expect(await sealDays(env, first + 2 * day)).toBe(true)
    expect(await rowsOf('audit_seals')).toHaveLength(accounts.length)
  })

  it('of a day with more entries than fit in memory at once gives the one head', async () => {
    const count = limits.auditRunRows * 2 + 7
    await write(sol.accountId, ...Array.from({ length: count }, (_, i) => first + Math.floor(i / 3)))
    await write(monsoon.accountId, first)
    await sealDays(env, first + 2 * day)
    expect((await sealsOf(sol.accountId)).map(({ entries }) => entries)).toEqual([count])
    expect([await check(sol), await check(monsoon)]).toEqual([[], []])
  })

  it('looks for what is due without reading the entries of anybody', async () => {
    await write(sol.accountId, ...Array.from({ length: 3_000 }, (_, i) => first + i))
    await write(monsoon.accountId, ...Array.from({ length: 3_000 }, (_, i) => first + i))
    await sealDays(env, first + 2 * day)
    const { sql, params } = new SQLiteAsyncDialect().sqlToQuery(dueQuery(first + 5 * day))
    const { results, meta } = await env.DB.prepare(sql)
      .bind(...params)
      .all()
    expect(results).toEqual([])
    expect(meta.rows_read).toBeLessThan(50)
  })
})

describe('what happens to the ledger afterwards', () => {
  const sealed = async () => {
    await write(sol.accountId, first, first + 7, first + day, first + 2 * day)
    await write(monsoon.accountId, first + 1, first + day)
    await sealDays(env, first + 4 * day)
    return dumpOf(monsoon.accountId)
  }
  const nth = async (n: number) => (await entriesOf(sol.accountId)).map(({ id }) => id)[n] as string

  it('is found and named by its day when an entry is altered', async () => {
    const neighbour = await sealed()
    const id = await nth(1)
    await env.DB.prepare('DROP TRIGGER audit_entries_append_only').run()
    await env.DB.prepare(`UPDATE audit_entries SET subject = 'cnt_other' WHERE id = ?`).bind(id).run()
    await env.DB.prepare(
      `CREATE TRIGGER audit_entries_append_only BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END`,
    ).run()
    expect(await check(sol)).toEqual([{ day: '2026-05-04', reason: 'entry_altered' }])
    expect([await check(monsoon), await dumpOf(monsoon.accountId)]).toEqual([[], neighbour])
  })

  it('is found and named by its day when an entry is removed, or written into a day that is sealed', async () => {
    const neighbour = await sealed()
    await env.DB.prepare(`DELETE FROM audit_entries WHERE id = ?`)
      .bind(await nth(2))
      .run()
    await write(sol.accountId, first + 9)
    expect(await check(sol)).toEqual([
      { day: '2026-05-04', reason: 'entry_added' },
      { day: '2026-05-05', reason: 'entry_removed' },
    ])
    expect([await check(monsoon), await dumpOf(monsoon.accountId)]).toEqual([[], neighbour])
  })

  it('is no breach when retention takes what is past its life: the chain goes on from the stored heads', async () => {
    await sealed()
    const now = first + 401 * day + 5
    await sweep(env, now)
    const known = { sweptBefore: now - 400 * day }
    expect((await entriesOf(sol.accountId)).length).toBe(1)
    expect(verifyChain(await entriesOf(sol.accountId), await sealsOf(sol.accountId), known)).toEqual([])
    expect(verifyChain(await entriesOf(monsoon.accountId), await sealsOf(monsoon.accountId), known)).toEqual(
      [],
    )
    await write(sol.accountId, first + 3 * day)
    expect(verifyChain(await entriesOf(sol.accountId), await sealsOf(sol.accountId), known)).toEqual([])
  })

  it('reads in its own order through an index', async () => {
    const query = entryRunQuery(db, sol.accountId, [first, ''], first + day, 10).toSQL()
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${query.sql}`)
      .bind(...query.params)
      .all<{ detail: string }>()
    expect(results.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^SEARCH audit_entries USING INDEX audit_entries_recorded/),
    ])
  })
})
