// Contacts through the API: found, masked, revealed, corrected, left alone, noted about, agreed.

import { beforeAll, describe, expect, it } from 'vitest'
import { limits } from '../../../worker/ground/limits.ts'
import { ana, mei, monsoon, ravi, sol } from '../../support/cast.ts'
import { type Browser, signInAs } from '../../support/session.ts'
import { seedCast } from '../../support/world.ts'
import { dumpOf, keyFor } from '../api/stage.ts'
import { ask, at, contactOf, entriesOf, read, rowsOf } from './stage.ts'

let key: string
let agent: Browser
let anaId: string
let meiId: string
let theirs: string
let before: string

const as = (browser: Browser, path: string, method = 'GET', body?: unknown) =>
  ask(`/api/v1${path}`, { method, headers: browser.headers, ...(body === undefined ? {} : { body }) })
const call = (path: string, method = 'GET', body?: unknown) =>
  ask(`/api/v1${path}`, { key, method, ...(body === undefined ? {} : { body }) })
const names = async (query: string) =>
  (await read(await call(`/contacts?${query}`))).data.map(({ name, username }) => name ?? username)

beforeAll(async () => {
  await seedCast()
  anaId = await contactOf(sol, ana)
  meiId = await contactOf(sol, mei)
  await contactOf(sol, ravi)
  theirs = await contactOf(monsoon, ana)
  key = await keyFor(sol)
  agent = await signInAs(sol, 'agent')
  before = await dumpOf(monsoon.accountId)
})

describe('a contact', () => {
  it('is found by a whole number however it is written, by a user id, by its own id', async () => {
    expect(await names('q=%2B34%20600%20111%20222')).toEqual([ana.name])
    expect(await names(`q=${ana.bsuid}`)).toEqual([ana.name])
    expect(await names(`q=${anaId}`)).toEqual([ana.name])
    expect(await names('q=34600999999')).toEqual([])
    expect(await names(`q=${theirs}`)).toEqual([])
  })

  it('is masked for an agent, revealed one at a time, and the ledger says who looked', async () => {
    const [row] = (await read(await as(agent, `/contacts?q=${anaId}`))).data
    expect(row).toMatchObject({ name: ana.name, phone: '+34 ••• ••• 222' })
    expect(JSON.stringify(await read(await as(agent, `/contacts/${anaId}`)))).not.toContain(ana.phone)
    const shown = await read(await as(agent, `/contacts/${anaId}/reveal`, 'POST'))
    expect(shown).toEqual({ phone: ana.phone, bsuid: ana.bsuid })
    expect(await entriesOf('contact.reveal')).toMatchObject([
      { actor: `member:${agent.memberId}`, subject: anaId },
    ])
    expect((await as(agent, `/contacts/${theirs}/reveal`, 'POST')).status).toBe(404)
  })

  it('is revealed so often in an hour and no oftener', async () => {
    const other = await signInAs(sol, 'agent')
    const asked = () => as(other, `/contacts/${anaId}/reveal`, 'POST')
    const answers = await Promise.all(Array.from({ length: limits.revealsPerHour + 5 }, asked))
    const open = answers.filter(({ status }) => status === 200)
    expect(open).toHaveLength(limits.revealsPerHour)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5)
    expect((await asked()).status).toBe(429)
  })

  it('has the name it was corrected to, is found by it, and gives the correction back', async () => {
    const done = await read(await call(`/contacts/${anaId}`, 'PATCH', { name: 'Ana Ruíz Vega' }))
    expect(done).toMatchObject({ name: 'Ana Ruíz Vega', nameBy: 'workspace' })
    // WhatsApp tells her name again, later.
    await contactOf(sol, ana)
    expect(await read(await call(`/contacts/${anaId}`))).toMatchObject({ name: 'Ana Ruíz Vega' })
    expect(await names('q=vega')).toEqual(['Ana Ruíz Vega'])
    await call(`/contacts/${anaId}`, 'PATCH', { name: null })
    await contactOf(sol, ana)
    expect(await read(await call(`/contacts/${anaId}`))).toMatchObject({ name: ana.name, nameBy: 'whatsapp' })
    expect(await names('q=vega')).toEqual([])
  })

  it('that is left alone is shown to nobody and stands in a list by its id and date alone', async () => {
    expect((await as(agent, `/contacts/${meiId}/restriction`, 'PUT')).status).toBe(204)
    expect((await as(agent, `/contacts/${meiId}/restriction`, 'PUT')).status).toBe(204)
    expect((await call(`/contacts/${meiId}`)).status).toBe(404)
    expect((await call(`/contacts/${meiId}`, 'PATCH', { name: 'x' })).status).toBe(404)
    expect((await call(`/contacts/${meiId}/history`)).status).toBe(404)
    const { data } = await read(await call('/restrictions'))
    expect(data).toEqual([{ contactId: meiId, at: expect.any(String) as string }])
    expect((await as(agent, '/restrictions')).status).toBe(404)
    expect((await call(`/contacts/${meiId}/restriction`, 'DELETE')).status).toBe(204)
    expect((await call(`/contacts/${meiId}`)).status).toBe(200)
  })

  it('whose deletion runs cannot be turned into one that was merely left alone', async () => {
    const id = await contactOf(sol, { phone: '34600000042', name: 'Somebody' })
    expect((await call(`/contacts/${id}/deletion`, 'POST')).status).toBe(202)
    expect((await call(`/contacts/${id}/restriction`, 'PUT')).status).toBe(404)
    expect((await call(`/contacts/${id}/restriction`, 'DELETE')).status).toBe(404)
    expect((await read(await call('/restrictions'))).data).toEqual([])
  })
})

describe('an objection', () => {
  it('ends only with a consent to marketing that is newer and did not come with a list', async () => {
    const objection = `/contacts/${anaId}/objection`
    expect((await call(objection, 'PUT')).status).toBe(204)
    expect(await names('objected=true')).toEqual([ana.name])
    expect(await read(await call(`/contacts/${anaId}`))).toMatchObject({
      objected: { at: expect.any(String) },
    })
    expect((await call(objection, 'DELETE')).status).toBe(409)
    const said = { purpose: 'marketing', state: 'given', source: 'form', text: 'Yes, news please' }
    const consents = `/contacts/${anaId}/consents`
    await call(consents, 'POST', { ...said, at: new Date(at).toISOString() })
    expect((await call(objection, 'DELETE')).status).toBe(409)
    await call(consents, 'POST', { ...said, at: new Date().toISOString() })
    expect((await call(objection, 'DELETE')).status).toBe(204)
    expect(await names('objected=true')).toEqual([])
    expect((await call(objection, 'DELETE')).status).toBe(404)
  })
})

describe('consents', () => {
  it('are written down with their proof, sealed, and never changed', async () => {
    const id = await contactOf(sol, { phone: '34600000043', name: 'Consenting' })
    const said = {
      ...{ purpose: 'utility', state: 'given', source: 'paper', text: 'I want to hear of my order' },
      ...{ where: 'Till 2', at: '2026-01-02T10:00:00.000Z' },
    }
    const made = await ask(`/api/v1/contacts/${id}/consents`, { headers: agent.headers, body: said })
    expect(made.status).toBe(201)
    const later = { ...said, state: 'withdrawn', at: '2026-02-02T10:00:00.000Z' }
    await call(`/contacts/${id}/consents`, 'POST', later)
    const { data } = await read(await call(`/contacts/${id}/consents`))
    expect(data).toMatchObject([later, { ...said, recordedBy: `member:${agent.memberId}`, importId: null }])
    expect(await read(await call(`/contacts/${id}`))).toMatchObject({
      consents: { utility: { state: 'withdrawn', at: later.at }, marketing: { state: 'none' } },
    })
    expect(JSON.stringify(await rowsOf('consents'))).not.toContain('order')
    const future = { ...said, at: new Date(Date.now() + 60_000).toISOString() }
    expect((await call(`/contacts/${id}/consents`, 'POST', future)).status).toBe(400)
    expect((await call(`/contacts/${id}/consents`, 'POST', { ...said, text: ' ' })).status).toBe(400)
    expect((await call(`/contacts/${id}/consents`, 'POST', { ...said, source: 'import' })).status).toBe(400)
    expect((await call(`/contacts/${theirs}/consents`, 'POST', said)).status).toBe(404)
  })

  it('are listed by how they stand as the contact itself says', async () => {
    for (const marketing of ['given', 'withdrawn', 'none']) {
      const { data } = await read(await call(`/contacts?marketing=${marketing}`))
      for (const row of data) expect(row.marketing).toBe(marketing)
    }
    const all = (await read(await call('/contacts'))).data.length
    const each = await Promise.all(
      ['given', 'withdrawn', 'none'].map(
        async (state) => (await read(await call(`/contacts?marketing=${state}`))).data.length,
      ),
    )
    expect(each.reduce((sum, count) => sum + count, 0)).toBe(all)
  })
})

describe('a field', () => {
  const make = (body: unknown) => call('/fields', 'POST', body)

  it('is not made without a purpose, nor a choice without choices', async () => {
    expect((await make({ name: 'Bread', kind: 'text' })).status).toBe(400)
    expect((await make({ name: 'Bread', kind: 'text', purpose: '  ' })).status).toBe(400)
    expect((await make({ name: 'Bread', kind: 'choice', purpose: 'To bake' })).status).toBe(400)
    expect((await make({ name: 'Bread', kind: 'text', choices: ['a'], purpose: 'To bake' })).status).toBe(400)
  })

  it('takes what fits, sealed under the key of the contact, and nothing else', async () => {
    const id = await contactOf(sol, { phone: '34600000044', name: 'Noted' })
    const cases = [
      ['text', ['rye'], ['  ']],
      ['number', ['12', '-1.5'], ['1,5', '1e3', 'many', '0x1']],
      ['date', ['2026-02-28'], ['2026-02-30', '28.02.2026']],
      ['choice', ['rye'], ['Rye', 'oats']],
    ] as const
    for (const [kind, good, bad] of cases) {
      const choices = kind === 'choice' ? { choices: ['rye', 'wheat'] } : {}
      const field = await read(await make({ name: `Of ${kind}`, kind, purpose: 'To bake', ...choices }))
      const path = `/contacts/${id}/fields/${String(field.id)}`
      for (const value of bad) expect((await call(path, 'PUT', { value })).status, value).toBe(400)
      for (const value of good) expect((await call(path, 'PUT', { value })).status, value).toBe(204)
      const { values } = (await read(await call(`/contacts/${id}`))) as unknown as { values: unknown[] }
      expect(values).toContainEqual({
        fieldId: field.id,
        value: good.at(-1),
        updatedAt: expect.any(String) as string,
      })
      expect((await call(path.replace(id, theirs), 'PUT', { value: good[0] })).status).toBe(404)
    }
    expect(await rowsOf('custom_values')).toHaveLength(4)
    expect(JSON.stringify(await rowsOf('custom_values'))).not.toContain('rye')
  })

  it('that is retired takes nothing new, keeps what was noted until it is taken out, and comes back', async () => {
    const id = await contactOf(sol, { phone: '34600000044', name: 'Noted' })
    const { data } = await read(await call('/fields'))
    const field = data.find(({ name }) => name === 'Of text') as { id: string }
    const path = `/contacts/${id}/fields/${field.id}`
    expect((await call(`/fields/${field.id}`, 'DELETE')).status).toBe(204)
    expect((await call(path, 'PUT', { value: 'oats' })).status).toBe(409)
    expect((await make({ name: 'OF TEXT', kind: 'text', purpose: 'Again' })).status).toBe(201)
    expect((await call(`/fields/${field.id}`, 'PATCH', { retired: false })).status).toBe(409)
    expect((await call(path, 'DELETE')).status).toBe(204)
    expect((await call(path, 'DELETE')).status).toBe(204)
    expect(await rowsOf('custom_values')).toHaveLength(3)
  })
})

describe('what is kept about a contact', () => {
  it('is all in the copy of their data, readable, with the proof', async () => {
    const id = await contactOf(sol, { phone: '34600000043', name: 'Consenting' })
    const field = await read(
      await call('/fields', 'POST', { name: 'Allergy', kind: 'text', purpose: 'Not to harm' }),
    )
    await call(`/contacts/${id}/fields/${String(field.id)}`, 'PUT', { value: 'nuts' })
    const copy = (await read(await call(`/contacts/${id}/export`))) as unknown as {
      tables: Record<string, Record<string, unknown>[]>
    }
    expect(copy.tables.customValues).toMatchObject([
      { content: { field: 'Allergy', purpose: 'Not to harm', value: 'nuts' } },
    ])
    expect(copy.tables.consents).toMatchObject([
      {
        purpose: 'utility',
        state: 'given',
        content: { text: 'I want to hear of my order', where: 'Till 2' },
      },
      { state: 'withdrawn' },
    ])
  })

  it('stands in its history with who did it', async () => {
    const id = await contactOf(sol, { phone: '34600000043', name: 'Consenting' })
    const { data } = await read(await call(`/contacts/${id}/history`))
    expect(data.map(({ action }) => action)).toEqual([
      'contact.export',
      'contact.note',
      'consent.withdraw',
      'consent.record',
    ])
  })

  it('of a neighbour is untouched by all of this', async () => {
    expect(await dumpOf(monsoon.accountId)).toBe(before)
  })
})
