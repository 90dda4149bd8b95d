// Lists of contacts: taken in with the evidence of consent, once, and never kept.

import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { holdInsert } from '../../../worker/audit/holds.ts'
import { parsePhone, parseRow } from '../../../worker/contacts/rows.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { ana, monsoon, sol } from '../../support/cast.ts'
import { signInAs } from '../../support/session.ts'
import { seedCast } from '../../support/world.ts'
import { db, dumpOf, keyFor } from '../api/stage.ts'
import { ask, contactOf, read, rowsOf } from './stage.ts'

let key: string
let anaId: string

const call = (path: string, method = 'GET', body?: unknown) =>
  ask(`/api/v1${path}`, { key, method, ...(body === undefined ? {} : { body }) })
const evidence = {
  ...{ name: 'fair.csv', source: 'paper', text: 'Write to me about offers', where: 'Fair 2026' },
  ...{ date: '2026-05-04', purpose: 'marketing' },
}
type Row = { phone?: string; name?: string; fields?: Record<string, string> }
const open = async (total: number, more = {}): Promise<string> =>
  String((await read(await call('/imports', 'POST', { ...evidence, total, ...more }))).id)
const send = (id: string, from: number, rows: Row[]) => call(`/imports/${id}/rows`, 'POST', { from, rows })
/** The whole list at once, closed. */
async function takeIn(rows: Row[]) {
  const id = await open(rows.length)
  expect((await send(id, 0, rows)).status).toBe(200)
  return read(await call(`/imports/${id}/completion`, 'POST'))
}
const people = (count: number, from = 34611000000): Row[] =>
  Array.from({ length: count }, (_, i) => ({ phone: `+${from + i}`, name: `Person no${i}x` }))

beforeAll(async () => {
  await seedCast()
  await contactOf(monsoon, ana)
  anaId = await contactOf(sol, ana)
  key = await keyFor(sol)
})

describe('a list', () => {
  it('is opened only with what proves the consent', async () => {
    for (const left of ['source', 'text', 'date', 'purpose', 'name']) {
      const { [left]: _, ...rest } = evidence as Record<string, unknown>
      expect((await call('/imports', 'POST', { ...rest, total: 1 })).status, left).toBe(400)
    }
    const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10)
    for (const date of [tomorrow, '2026-02-30', 'yesterday'])
      expect((await call('/imports', 'POST', { ...evidence, total: 1, date })).status, date).toBe(400)
    expect((await call('/imports', 'POST', { ...evidence, total: limits.importRows + 1 })).status).toBe(400)
  })

  it('that is taken in twice adds nobody twice, and the same consent is one', async () => {
    const first = await takeIn(people(5))
    expect(first).toMatchObject({ state: 'done', added: 5, updated: 0, refused: 0, position: 5 })
    const consents = await rowsOf('consents')
    const again = await takeIn(people(5))
    expect(again).toMatchObject({ state: 'done', added: 0, updated: 5, refused: 0 })
    expect(await rowsOf('consents')).toEqual(consents)
    const { data } = await read(await call('/contacts?q=34611000003'))
    expect(data).toMatchObject([{ name: 'Person no3x', phone: '34611000003', marketing: 'given' }])
    expect((await read(await call('/contacts?q=person%20no3x'))).data).toHaveLength(1)
  })

  it('leaves its proof with each person, and its rows nowhere', async () => {
    const { data } = await read(await call('/contacts?q=34611000001'))
    const id = String(data[0]?.id)
    const said = await read(await call(`/contacts/${id}/consents`))
    expect(said.data).toMatchObject([
      {
        source: 'import',
        how: 'paper',
        text: evidence.text,
        where: 'Fair 2026',
        importId: expect.any(String),
      },
    ])
    expect(await read(await call(`/contacts/${id}`))).toMatchObject({ nameBy: 'import', conversations: [] })
    for (const table of ['imports', 'consents', 'contacts', 'audit_entries', 'search_terms']) {
      const text = JSON.stringify(await rowsOf(table))
      for (const word of ['34611000001', 'no1x', 'Fair 2026', 'fair.csv']) expect(text).not.toContain(word)
    }
  })

  it('goes on where it was: a piece that comes again, late or twice at once counts once', async () => {
    const rows = people(30, 34612000000)
    const id = await open(30)
    expect((await send(id, 0, rows.slice(0, 10))).status).toBe(200)
    expect(await read(await send(id, 0, rows.slice(0, 10)))).toMatchObject({
      import: { position: 10, added: 10 },
    })
    expect((await send(id, 20, rows.slice(20))).status).toBe(409)
    expect((await call(`/imports/${id}/completion`, 'POST')).status).toBe(409)
    const both = await Promise.all([send(id, 10, rows.slice(10, 20)), send(id, 10, rows.slice(10, 20))])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect(await read(await send(id, 20, rows.slice(20)))).toMatchObject({
      import: { position: 30, added: 30 },
    })
    expect((await send(id, 30, rows.slice(0, 1))).status).toBe(400)
    expect(await read(await call(`/imports/${id}/completion`, 'POST'))).toMatchObject({
      state: 'done',
      added: 30,
    })
    expect((await send(id, 0, rows.slice(0, 1))).status).toBe(409)
  })

  it('that is cancelled keeps whom it took and takes nobody more', async () => {
    const id = await open(4)
    await send(id, 0, people(2, 34613000000))
    expect(await read(await call(`/imports/${id}`, 'DELETE'))).toMatchObject({ state: 'cancelled', added: 2 })
    expect((await send(id, 2, people(2, 34613000002))).status).toBe(409)
    expect((await read(await call('/contacts?q=34613000001'))).data).toHaveLength(1)
  })

  it('names each row it refuses by its number and a reason, and says of nobody more than it must', async () => {
    const [erased, restricted, objected] = ['34614000001', '34614000002', '34614000003']
    for (const phone of [erased, restricted, objected]) await takeIn([{ phone: phone as string }])
    const idOf = async (phone: string) => String((await read(await call(`/contacts?q=${phone}`))).data[0]?.id)
    await call(`/contacts/${await idOf(objected as string)}/objection`, 'PUT')
    await call(`/contacts/${await idOf(restricted as string)}/restriction`, 'PUT')
    const erasedId = await idOf(erased as string)
    await keeperOf(env.KEEPER, sol.accountId).forget([erasedId], Date.now())
    for (const [table, column] of [
      ['contacts', 'id'],
      ['search_terms', 'contact_id'],
      ['consents', 'contact_id'],
    ])
      await env.DB.prepare(`DELETE FROM ${table} WHERE ${column} = ?`).bind(erasedId).run()
    const field = await read(
      await call('/fields', 'POST', { name: 'Age', kind: 'number', purpose: 'Discount' }),
    )
    const rows: Row[] = [
      ...[{}, { phone: 'no number' }, { phone: '0600111222' }, { phone: '+34615000001' }],
      ...[{ phone: '0034 615-000.001' }, { phone: erased as string }, { phone: restricted as string }],
      ...[{ phone: objected as string }, { phone: '+34615000002', name: 'a\u202eb' }],
      { phone: '+34615000003', fields: { [String(field.id)]: '12,5' } },
      { phone: '+34615000004', fields: { fld_nothing: '1' } },
      { phone: '+34615000005', name: '=cmd|x', fields: { [String(field.id)]: '41' } },
    ]
    const verdicts = await read(await call('/imports/preview', 'POST', { purpose: 'marketing', rows }))
    const report = await takeIn(rows)
    expect(report).toMatchObject({ added: 2, updated: 0, refused: 10 })
    const faults = (report as unknown as { faults: { row: number; fault: string }[] }).faults
    expect(faults.map(({ row, fault }) => [row, fault])).toEqual([
      ...[
        [1, 'no_phone'],
        [2, 'bad_phone'],
        [3, 'bad_phone'],
        [5, 'twice'],
        [6, 'left_alone'],
      ],
      ...[
        [7, 'left_alone'],
        [8, 'objected'],
        [9, 'bad_name'],
        [10, 'bad_value'],
        [11, 'bad_value'],
      ],
    ])
    const expected = rows.map((_, i) => faults.find(({ row }) => row === i + 1)?.fault ?? 'add')
    expect(verdicts.data).toEqual(expected)
    // Nobody was made of those who were refused, and nobody comes back.
    expect((await read(await call(`/contacts?q=${erased}`))).data).toEqual([])
    const [formula] = (await read(await call('/contacts?q=34615000005'))).data
    expect(formula).toMatchObject({ name: '=cmd|x' })
    expect(await read(await call(`/contacts/${String(formula?.id)}`))).toMatchObject({
      values: [{ fieldId: field.id, value: '41' }],
    })
  })

  it('never brings back a consent that was taken back, and gives nobody a name they have', async () => {
    const said = {
      purpose: 'marketing',
      state: 'withdrawn',
      source: 'phone',
      text: 'No more',
      at: '2026-01-01T00:00:00.000Z',
    }
    await takeIn([{ phone: ana.phone, name: 'Another Name' }])
    expect(await read(await call(`/contacts/${anaId}`))).toMatchObject({
      name: ana.name,
      consents: { marketing: { state: 'given', source: 'import' } },
    })
    await call(`/contacts/${anaId}/consents`, 'POST', said)
    expect(await takeIn([{ phone: ana.phone }])).toMatchObject({ refused: 1 })
    expect(await read(await call(`/contacts/${anaId}`))).toMatchObject({
      consents: { marketing: { state: 'withdrawn' } },
    })
  })

  it('leaves people who are found by their name, also after they were left alone for a while', async () => {
    await takeIn([{ phone: '+34618000001', name: 'Quintina Restrepo' }])
    const found = async () => (await read(await call('/contacts?q=quintina'))).data
    const [one] = await found()
    expect((await call(`/contacts/${String(one?.id)}/restriction`, 'PUT')).status).toBe(204)
    expect(await found()).toEqual([])
    expect((await call(`/contacts/${String(one?.id)}/restriction`, 'DELETE')).status).toBe(204)
    expect(await found()).toMatchObject([{ id: one?.id }])
  })

  it('knows the same phone under both spellings of Brazil', async () => {
    await takeIn([{ phone: '+5511987654321' }])
    expect(await takeIn([{ phone: '+551187654321' }])).toMatchObject({ added: 0, updated: 1 })
  })

  it('is nothing for who may not change contacts, nor for another workspace', async () => {
    const id = await open(1)
    const other = await keyFor(monsoon)
    const developer = await signInAs(sol, 'developer')
    for (const path of ['/imports', `/imports/${id}`])
      expect((await ask(`/api/v1${path}`, { headers: developer.headers })).status).toBe(404)
    expect((await ask(`/api/v1/imports/${id}`, { key: other })).status).toBe(404)
    // That the key was used stands in its row; from here on nothing changes.
    const theirs = await dumpOf(monsoon.accountId)
    const body = { from: 0, rows: people(1, 34616000000) }
    expect((await ask(`/api/v1/imports/${id}/rows`, { key: other, body })).status).toBe(404)
    expect((await read(await ask('/api/v1/imports', { key: other }))).data).toEqual([])
    expect(await dumpOf(monsoon.accountId)).toBe(theirs)
  })

  it('takes nothing of a workspace that is being deleted', async () => {
    const hold = {
      accountId: sol.accountId,
      subjectId: sol.accountId,
      kind: 'frozen',
      reason: 'deletion',
    } as const
    const id = await open(1)
    await writeBatch(db, [holdInsert(db, { ...hold, at: Date.now() })])
    expect((await send(id, 0, people(1, 34617000000))).status).toBe(403)
    expect((await call('/contacts')).status).toBe(403)
  })
})

describe('a row', () => {
  const fields = new Map()

  it('has a phone number with its country code, however it is written', () => {
    for (const given of [
      '+34 600 111 222',
      '0034600111222',
      '34600111222',
      '(34) 600-111-222',
      '＋34600111222',
    ])
      expect(parsePhone(given), given).toBe('34600111222')
    for (const given of ['600', '0600111222', '+34600111222333444', '34x600111222', '=34600111222', ''])
      expect(parsePhone(given), given).toBeUndefined()
  })

  it('is read or refused with a reason, whatever stands in it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 })
    fc.assert(
      fc.property(fc.record({ phone: text, name: text }, { requiredKeys: [] }), (given) => {
        const read = parseRow(given, fields)
        if (!read.ok) {
          expect(read.fault).toMatch(/^(no_phone|bad_phone|bad_name)$/)
          return
        }
        expect(read.row.phone).toMatch(/^[1-9]\d{7,14}$/)
        expect((read.row.name ?? '').length).toBeLessThanOrEqual(limits.contactNameChars)
      }),
    )
  })
})
