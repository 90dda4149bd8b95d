import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { rowsInsert, schema, writeBatch } from '../../../db/client.ts'
import { entryInsert } from '../../../worker/audit/audit.ts'
import { type Entry, noHead, type Seal, startOfDay, verifyChain } from '../../../worker/audit/chain.ts'
import { sealDays } from '../../../worker/audit/seals.ts'
import { hex } from '../../../worker/crypto/bytes.ts'
import { sha256 } from '../../../worker/crypto/digest.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { ana, type Business, monsoon, ravi, sol } from '../../support/cast.ts'
import { drain } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'
import { ask, db, keyFor, read } from '../api/stage.ts'

const day = 86_400_000
const first = startOfDay('2026-05-01')
let key: string
let his: string
let neighbour: unknown
/** What was written before the tests began: his own messages add nothing to the ledger. */
const ledgerOf = async ({ accountId }: Business) => [
  await db.query.auditEntries.findMany({ where: (t, { eq }) => eq(t.accountId, accountId) }),
  await db.query.auditSeals.findMany({
    where: (t, { eq, and, lt }) => and(eq(t.accountId, accountId), lt(t.day, '2026-05-10')),
  }),
]

const entry = (accountId: string, n: number, recordedAt: number): Entry => ({
  id: `aud_${accountId}_${String(n).padStart(6, '0')}`,
  accountId,
  actor: 'system',
  action: 'contact.erase',
  subject: `cnt_${n}`,
  reason: null,
  at: recordedAt - day,
  recordedAt,
})

beforeAll(async () => {
  await seedCast()
  key = await keyFor(sol)
  his = await keyFor(monsoon)
  const old = [sol, monsoon].flatMap(({ accountId }) =>
    Array.from({ length: 30 }, (_, i) => entry(accountId, i, first + Math.floor(i / 10) * day + (i % 10))),
  )
  await writeBatch(db, [rowsInsert(db, schema.auditEntries, old)])
  await sealDays(env, first + 5 * day)
  neighbour = await ledgerOf(monsoon)
})

const exported = async (with_: string) => {
  const answer = await ask('/api/v1/audit/export', { key: with_ })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const text = await answer.text()
  expect(text.endsWith('\n')).toBe(true)
  return text.trimEnd().split('\n')
}
type Line = Partial<Entry> & { seal?: Seal & { leaf: string }; end?: { entries: number; seals: number } }
const parsed = (lines: string[]) => lines.map((line) => JSON.parse(line) as Line)

describe('the list', () => {
  it('shows a workspace its own entries, newest first, page by page', async () => {
    const seen: { id: string; recordedAt: string; at: string }[] = []
    for (let cursor = ''; ; ) {
      const page = await read(await ask(`/api/v1/audit?limit=7${cursor && `&cursor=${cursor}`}`, { key }))
      seen.push(...(page.data as typeof seen))
      if (page.next === null) break
      cursor = page.next
    }
    const rows = await db.query.auditEntries.findMany({
      where: (t, { eq }) => eq(t.accountId, sol.accountId),
    })
    expect(seen.map(({ id }) => id).sort()).toEqual(rows.map(({ id }) => id).sort())
    expect(seen.map(({ recordedAt }) => recordedAt)).toEqual(
      seen
        .map(({ recordedAt }) => recordedAt)
        .sort()
        .reverse(),
    )
    expect(seen.at(-1)).toEqual({
      id: `aud_${sol.accountId}_000000`,
      actor: 'system',
      action: 'contact.erase',
      subject: 'cnt_0',
      reason: null,
      at: '2026-04-30T00:00:00.000Z',
      recordedAt: '2026-05-01T00:00:00.000Z',
    })
  })

  it('and the export need the scope for it', async () => {
    const narrow = await keyFor(sol, ['media'])
    for (const path of ['/api/v1/audit', '/api/v1/audit/export']) {
      expect(await read(await ask(path, { key: narrow }))).toMatchObject({
        code: 'forbidden',
        detail: 'This needs the scope audit.',
      })
      expect((await ask(path)).status).toBe(401)
    }
    expect((await ask('/api/v1/audit?cursor=x', { key })).status).toBe(400)
    expect((await ask('/api/v1/audit?colour=red', { key })).status).toBe(400)
  })
})

describe('the export', () => {
  it('holds every entry and seal of the workspace and says where it ends', async () => {
    const lines = parsed(await exported(key))
    const entries = lines.filter((line) => line.id !== undefined) as Entry[]
    const seals = lines.flatMap(({ seal }) => (seal ? [{ ...seal, accountId: sol.accountId }] : []))
    expect(new Set(entries.map(({ accountId }) => accountId))).toEqual(new Set([sol.accountId]))
    expect(lines.at(-1)).toEqual({ end: { entries: entries.length, seals: 3 } })
    expect(verifyChain(entries, seals)).toEqual([])
    const days = lines.map((line) => (line.seal ? `seal ${line.seal.day}` : line.end ? 'end' : 'entry'))
    expect(
      days
        .slice(0, 33)
        .map((what, i) => (what === 'entry' ? undefined : [i, what]))
        .filter(Boolean),
    ).toEqual([
      [10, 'seal 2026-05-01'],
      [21, 'seal 2026-05-02'],
      [32, 'seal 2026-05-03'],
    ])
  })

  it('can be checked line by line, and each head stands in the log', async () => {
    const lines = await exported(key)
    let previous = noHead
    let text = ''
    for (const line of lines) {
      const { seal } = JSON.parse(line) as Line
      if (seal) {
        expect(seal.head).toBe(hex(sha256(`${previous}\n${text}`)))
        expect(seal.leaf).toBe(seal.head)
        expect((await ask(`/api/v1/public/log/inclusion?leaf=${seal.leaf}`)).status).toBe(200)
        previous = seal.head
        text = ''
      } else text += `${line}\n`
    }
    expect(previous).not.toBe(noHead)
  })

  it('is the same ledger, whatever is erased elsewhere: entries hold opaque ids', async () => {
    await postChanges(sol, messageChange(sol, ana, textMessage('wamid.AU1', 'hola', 1795305600)))
    await postChanges(monsoon, messageChange(monsoon, ravi, textMessage('wamid.AU2', 'hello', 1795305600)))
    await drain()
    const contact = await env.DB.prepare(`SELECT id FROM contacts WHERE account_id = ?`)
      .bind(sol.accountId)
      .first<string>('id')
    const told = {
      accountId: sol.accountId,
      actor: 'operator',
      action: 'contact.erase',
      subject: `${contact}`,
    }
    await writeBatch(db, [entryInsert(db, { ...told, at: Date.now() })])
    await sealDays(env, Date.now() + 2 * day)
    const before = await exported(key)
    for (const { name, phone, bsuid } of [ana, ravi])
      for (const value of [name, phone, bsuid]) expect(before.join('\n')).not.toContain(value)

    await env.KEEPER.getByName(sol.accountId).forget([`${contact}`], Date.now())
    await env.DB.batch(
      ['contacts', 'conversations', 'messages'].map((table) =>
        env.DB.prepare(`DELETE FROM ${table} WHERE account_id = ?`).bind(sol.accountId),
      ),
    )
    const after = await exported(key)
    expect(after).toEqual(before)
    const lines = parsed(after)
    const seals = lines.flatMap(({ seal }) => (seal ? [{ ...seal, accountId: sol.accountId }] : []))
    expect(verifyChain(lines.filter((line) => line.id !== undefined) as Entry[], seals)).toEqual([])
    expect(seals).toHaveLength(4)
  })

  it('comes whole when it is longer than what is in memory at a time', async () => {
    const count = limits.auditRunRows + 50
    const rows = Array.from({ length: count }, (_, i) => entry(sol.accountId, 1_000 + i, first + 4 * day + i))
    await writeBatch(db, [rowsInsert(db, schema.auditEntries, rows)])
    const lines = parsed(await exported(key))
    const ids = lines.flatMap(({ id }) => (id === undefined ? [] : [id]))
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(count)
    expect(lines.at(-1)?.end?.entries).toBe(ids.length)
  })

  it('of the neighbour is his alone, and untouched', async () => {
    const lines = parsed(await exported(his))
    const entries = lines.filter((line) => line.id !== undefined) as Entry[]
    expect(new Set(entries.map(({ accountId }) => accountId))).toEqual(new Set([monsoon.accountId]))
    expect(
      verifyChain(
        entries,
        lines.flatMap(({ seal }) => (seal ? [{ ...seal, accountId: monsoon.accountId }] : [])),
      ),
    ).toEqual([])
    expect(await ledgerOf(monsoon)).toEqual(neighbour)
  })
})
