import { env } from 'cloudflare:workers'
import { getTableName } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { unzipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Column, d1, type TableName } from '../../../db/catalog.ts'
import { schema } from '../../../db/client.ts'
import { sealFile } from '../../../worker/custody/files.ts'
import { keeperOf, sealColumn } from '../../../worker/custody/sealing.ts'
import { settingsOf } from '../../../worker/env.ts'
import { dayMs, limits } from '../../../worker/ground/limits.ts'
import { exportsDue } from '../../../worker/takeout/takeout.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { fill } from '../../support/filler.ts'
import { rowsOf } from '../../support/intake.ts'
import { ownerOf, seedCast } from '../../support/world.ts'
import { seedConversation } from '../api/seed.ts'
import { ask, keyFor, type Row, read } from '../api/stage.ts'

let key: string
const world = (now = Date.now()) => ({ env, settings: settingsOf(env), now })
const start = 1_795_305_600_000

beforeEach(async () => {
  for (const table of [
    'workspace_exports',
    'mails',
    'request_messages',
    'raw_events',
    'messages',
    'contacts',
    'conversations',
    'notes',
    'audit_entries',
  ])
    await env.DB.prepare(`DELETE FROM ${table}`).run()
  await seedCast()
  key = await keyFor(sol)
})
afterEach(async () => {
  for (const { key: name } of (await env.FILES.list()).objects) await env.FILES.delete(name)
})

const order = (own = key) => ask('/api/v1/workspace-exports', { key: own, method: 'POST' })
const all = async (own = key) => (await read(await ask('/api/v1/workspace-exports', { key: own }))).data
const file = (id: unknown, format: 'zip' | 'ndjson' = 'ndjson', own = key) =>
  ask(`/api/v1/workspace-exports/${id}/file?format=${format}`, { key: own })
type Line = { table: string; row: Row; end?: { tables: Record<string, number> } }
const linesOf = async (answer: Response): Promise<Line[]> =>
  new TextDecoder()
    .decode(await answer.arrayBuffer())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
const talk = (business = sol, person = ana, count = 3) =>
  seedConversation(
    business,
    person,
    Array.from({ length: count }, (_, i) => ({
      wamid: `wamid.T.${business.accountId}.${person.bsuid}.${i}`,
      at: start + i * 1000,
      content: { text: `hola ${i} de ${person.name}` },
    })),
  )

describe('a copy of a workspace', () => {
  it('has every row and every column that the catalogue exports, and nothing of a neighbour', async () => {
    const theirs = await fill(monsoon, ravi, ownerOf(monsoon))
    const filled = await fill(sol, ana, ownerOf(sol))
    await order()
    const [ready] = await all()
    expect(ready).toMatchObject({ state: 'ready' })
    const lines = await linesOf(await file(ready?.id))
    const end = lines.at(-1)?.end
    for (const name of Object.keys(d1) as TableName[]) {
      const { reach, columns } = d1[name]
      const exported = Object.entries(columns as Record<string, Column>).flatMap(([property, column]) =>
        column.exported ? [property] : [],
      )
      if (reach.workspace === null || exported.length === 0) continue
      const own = lines.filter(({ table }) => table === name)
      expect(own.length, name).toBeGreaterThan(0)
      expect(end?.tables[name], name).toBe(own.length)
      for (const { row } of own) expect(Object.keys(row).sort(), name).toEqual(exported.sort())
      if (typeof reach.workspace === 'string' && name !== 'auditEntries' && name !== 'workspaceExports') {
        const table = getTableName(schema[name] as SQLiteTable)
        const stands = (await rowsOf(table)).filter((row) => (row.account_id ?? row.id) === sol.accountId)
        expect(own.length, name).toBe(stands.length)
      }
    }
    const text = JSON.stringify(lines)
    expect(text).toContain(`hola de ${ana.name} ${filled.tag}`)
    for (const word of [theirs.contactId, theirs.memberId, theirs.tag, ravi.phone, monsoon.accountId])
      expect(text).not.toContain(word)
  })

  it('never has what may not leave: tokens, PINs, digests of keys', async () => {
    await fill(sol, ana, ownerOf(sol))
    await order()
    const [ready] = await all()
    const text = JSON.stringify(await linesOf(await file(ready?.id)))
    expect(text).not.toContain(sol.token)
    for (const name of ['token', 'pin', 'digest', 'tokenDigest', 'publicKey'])
      expect(text).not.toContain(`"${name}":`)
  })

  it('as a ZIP has a file for each table and the files of messages', async () => {
    const { contactId } = await talk()
    const name = `media/${sol.accountId}/${contactId}/msg_1`
    const personKey = await keeperOf(env.KEEPER, sol.accountId).keyFor(contactId)
    const sealed: Uint8Array<ArrayBuffer>[] = []
    for await (const chunk of sealFile(personKey, name, parts('a picture'))) sealed.push(chunk)
    await env.FILES.put(name, new Blob(sealed))
    await order()
    const [ready] = await all()
    const answer = await file(ready?.id, 'zip')
    expect(answer.headers.get('content-type')).toBe('application/zip')
    const entries = unzipSync(new Uint8Array(await answer.arrayBuffer()))
    const text = (entry: string) => new TextDecoder().decode(entries[entry])
    expect(text('messages.ndjson').trim().split('\n')).toHaveLength(3)
    expect(text(`media/${contactId}/msg_1`)).toBe('a picture')
    expect(JSON.parse(text('manifest.json'))).toMatchObject({
      complete: true,
      tables: { messages: 3 },
      files: { kept: 1 },
    })
  })

  it('stands sealed, by opaque ids alone', async () => {
    await talk()
    await order()
    const { objects } = await env.FILES.list({ prefix: 'export/' })
    expect(objects.length).toBeGreaterThan(0)
    for (const { key: name } of objects) {
      expect(name).toMatch(new RegExp(`^export/${sol.accountId}/${sol.accountId}/wex_[0-9a-z]{26}/\\d{6}$`))
      const stored = new TextDecoder('latin1').decode(await (await env.FILES.get(name))?.arrayBuffer())
      for (const word of ['hola', ana.name, ana.phone]) expect(stored).not.toContain(word)
    }
  })

  it('killed in the middle goes on where it was, and has every row once', async () => {
    await talk(sol, ana, 250)
    await env.DB.prepare(
      `CREATE TRIGGER killed BEFORE UPDATE ON workspace_exports WHEN NEW.next_table = 'messages' AND NEW.next_row > 0
        BEGIN SELECT RAISE(ABORT, 'killed'); END`,
    ).run()
    // Small pieces, so that there is a middle.
    const [rows, bytes] = [limits.takeoutPartRows, limits.takeoutPartBytes]
    Object.assign(limits, { takeoutPartRows: 100 })
    try {
      await order()
      expect((await all())[0]).toMatchObject({ state: 'building' })
      await env.DB.prepare('DROP TRIGGER killed').run()
      await exportsDue(world(Date.now() + limits.takeoutLeaseMs * 2))
    } finally {
      Object.assign(limits, { takeoutPartRows: rows, takeoutPartBytes: bytes })
    }
    const [ready] = await all()
    expect(ready).toMatchObject({ state: 'ready' })
    const messages = (await linesOf(await file(ready?.id))).filter(({ table }) => table === 'messages')
    const texts = messages.map(({ row }) => (row.content as { text: string }).text)
    expect(texts).toHaveLength(250)
    expect(new Set(texts).size).toBe(250)
  })

  it('that fails every time ends as failed and leaves no object', async () => {
    await env.DB.prepare(
      `CREATE TRIGGER killed BEFORE UPDATE ON workspace_exports WHEN NEW.state = 'ready' BEGIN SELECT RAISE(ABORT, 'no'); END`,
    ).run()
    await order()
    for (let i = 1; i < 8; i++) await exportsDue(world(Date.now() + i * 3_600_000))
    await env.DB.prepare('DROP TRIGGER killed').run()
    expect((await all())[0]).toMatchObject({ state: 'failed' })
    expect((await env.FILES.list({ prefix: 'export/' })).objects).toEqual([])
  })

  it('holds nobody any more who was erased after it was made', async () => {
    const gone = await talk(sol, ana)
    await talk(sol, ravi, 2)
    const { account } = await keeperOf(env.KEEPER, sol.accountId).resolve([])
    const payload = await sealColumn(account.seal, 'raw_events', 'payload', 'evt_1/0', `about ${ana.phone}`)
    await env.DB.prepare(
      `INSERT INTO raw_events (id, part, account_id, counter_key, outcome, field, reason, received_at, payload)
        VALUES ('evt_1', 0, ?, 'none', 'ignored', 'x', 'x', 1, ?)`,
    )
      .bind(sol.accountId, payload)
      .run()
    await order()
    const [ready] = await all()
    expect(JSON.stringify(await linesOf(await file(ready?.id)))).toContain(`about ${ana.phone}`)
    await env.DB.prepare('DELETE FROM contacts WHERE id = ?').bind(gone.contactId).run()
    await env.DB.prepare('DELETE FROM raw_events').run()
    const lines = await linesOf(await file(ready?.id))
    const text = JSON.stringify(lines)
    expect(text).not.toContain(ana.phone)
    expect(text).not.toContain(ana.name)
    expect(lines.filter(({ table }) => table === 'messages')).toHaveLength(2)
  })

  it('ends after its days: the objects are gone and it cannot be taken', async () => {
    await talk()
    await order()
    const [ready] = await all()
    await exportsDue(world(Date.now() + (limits.takeoutDays + 1) * dayMs))
    expect((await env.FILES.list({ prefix: 'export/' })).objects).toEqual([])
    expect((await all())[0]).toMatchObject({ state: 'expired' })
    expect((await file(ready?.id)).status).toBe(404)
  })

  it('is one at a time, some a day, in the ledger when it is ordered and taken, and nobody else’s', async () => {
    const first = await read(await order())
    const entries = async () => (await rowsOf('audit_entries', 'rowid')).map(({ action }) => action)
    await file(first.id)
    expect(await entries()).toEqual(expect.arrayContaining(['export.order', 'export.take']))
    const theirs = await keyFor(monsoon)
    expect((await file(first.id, 'zip', theirs)).status).toBe(404)
    expect(await all(theirs)).toEqual([])
    const narrow = await keyFor(sol, ['audit'])
    expect((await order(narrow)).status).toBe(403)
    for (let i = 1; i < limits.takeoutOrdersPerDay; i++) expect((await order()).status).toBe(202)
    expect((await order()).status).toBe(429)
  })
})

async function* parts(text: string): AsyncGenerator<Uint8Array, void, void> {
  yield new TextEncoder().encode(text)
}
