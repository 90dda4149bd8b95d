// The doors of a deletion: who may ask for what, what a stranger learns (nothing), and how much one call may bring.

import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { base64url, utf8 } from '../../../worker/crypto/bytes.ts'
import { hmac } from '../../../worker/crypto/hmac.ts'
import { answerDataDeletion } from '../../../worker/deletion/meta-callbacks.ts'
import { settingsOf } from '../../../worker/env.ts'
import { ana, type Business, monsoon, ravi, sol } from '../../support/cast.ts'
import { holdStill, workTo } from '../../support/deletion.ts'
import { everything, lines, mentioning } from '../../support/everything.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { ownerOf, seedCast } from '../../support/world.ts'
import { ask, keyFor, read } from '../api/stage.ts'

let keys: { sol: string; monsoon: string }
const contactOf = async (key: string, phone: string): Promise<string> =>
  (await read(await ask('/api/v1/contacts', { key }))).data.find((row) => row.phone === phone)?.id as string
const write = async (business: Business, person: typeof ana, n: number) =>
  postChanges(
    business,
    messageChange(business, person, textMessage(`wamid.${business.accountId}.${n}`, 'hola', 1795305600 + n)),
  )
const erase = (id: string, key = keys.sol, query = '') =>
  ask(`/api/v1/contacts/${id}/deletion${query}`, { key, method: 'POST' })
const stranger = 'cnt_1a3c5e7g9j1m3p5r7t9w1y3a5c'

beforeAll(async () => {
  await seedCast()
  keys = { sol: await keyFor(sol), monsoon: await keyFor(monsoon) }
  await write(sol, ana, 1)
  await write(sol, ravi, 2)
  await write(monsoon, ana, 3)
  await drain()
  for (const business of [sol, monsoon]) await holdStill(business.accountId)
})
// The last use of a key is written once a minute: what is compared must not begin with it.
beforeEach(async () => {
  for (const key of Object.values(keys)) await ask('/api/v1/contacts', { key })
})

const same = async (left: Response, right: Response) => {
  expect([left.status, await left.text()]).toEqual([right.status, await right.text()])
}

describe('the door of a contact', () => {
  it('answers about a contact of somebody else as about one that does not exist, and does nothing', async () => {
    const theirs = await contactOf(keys.monsoon, ana.phone)
    const before = lines(await everything())
    for (const query of ['', '?dryRun=true']) {
      const answer = await erase(theirs, keys.sol, query)
      expect(answer.status).toBe(404)
      const missing = await (await erase(stranger, keys.sol, query)).text()
      expect((await answer.text()).replaceAll(theirs, stranger)).toBe(missing)
    }
    expect(lines(await everything())).toEqual(before)
  })

  it.each([
    ['an id of nothing', 'nothing', 404],
    ['an endless id', 'c'.repeat(4_000), 404],
    ['an id with quotes', `cnt_'%20OR%201=1`, 404],
    ['an unknown query', `${stranger}/deletion?dryRun=perhaps#`, 400],
  ])('refuses %s', async (_, id, status) => {
    const answer = id.includes('?')
      ? await ask(`/api/v1/contacts/${id}`, { key: keys.sol, method: 'POST' })
      : await erase(id)
    expect([400, 404]).toContain(answer.status)
    expect(answer.status).toBe(answer.status === 400 ? 400 : status)
    expect(await rowsOf('deletions')).toEqual([])
  })

  it('is shut to a key without the scope, and to no key', async () => {
    const id = await contactOf(keys.sol, ana.phone)
    const weak = await keyFor(sol, ['conversations:read', 'members'])
    expect((await erase(id, weak)).status).toBe(403)
    expect((await ask(`/api/v1/contacts/${id}/deletion`, { method: 'POST' })).status).toBe(401)
    expect((await ask('/api/v1/contacts/deletions', { key: weak, body: { ids: [id] } })).status).toBe(403)
    expect((await ask('/api/v1/deletion', { key: weak, body: {} })).status).toBe(403)
    expect((await ask('/api/v1/deletions', { key: weak })).status).toBe(403)
    expect(await rowsOf('deletions')).toEqual([])
  })

  it('counts for a dry run what would go and what would stay, and changes nothing', async () => {
    const id = await contactOf(keys.sol, ana.phone)
    await env.FILES.put(`media/${sol.accountId}/${id}/one`, 'sealed')
    const before = lines(await everything())
    const answer = await erase(id, keys.sol, '?dryRun=true')
    expect(answer.status).toBe(200)
    const preview = (await answer.json()) as {
      erased: { place: string; count: number }[]
      kept: { why: string }[]
    }
    expect(Object.fromEntries(preview.erased.map(({ place, count }) => [place, count]))).toMatchObject({
      contacts: 1,
      conversations: 1,
      messages: 1,
      'media/': 1,
      'keeper.keys': 1,
      'keeper.identities': 2,
    })
    const all = { key: keys.sol, body: { ids: [id] } }
    const many = await ask('/api/v1/contacts/deletions?dryRun=true', all)
    expect([many.status, await many.json()]).toEqual([200, preview])
    expect((await ask('/api/v1/contacts/deletions?dryrun=true', all)).status).toBe(400)
    expect(lines(await everything())).toEqual(before)
  })

  it('answers the same request with the same code, finished or not', async () => {
    const id = await contactOf(keys.sol, ana.phone)
    const neighbour = lines(mentioning(await everything(), [monsoon.accountId]))
    const first = await read(await erase(id))
    const again = await Promise.all([erase(id), erase(id), erase(id)])
    for (const answer of again) expect((await read(answer)).code).toBe(first.code)
    await workTo(sol.accountId, first.id as string, 'completed')
    expect((await read(await erase(id))).code).toBe(first.code)
    expect((await rowsOf('deletions')).length).toBe(1)
    expect(lines(mentioning(await everything(), [monsoon.accountId]))).toEqual(neighbour)
  })
})

describe('the door for many contacts', () => {
  it('takes a thousand, in their order, null where there is no such contact, one deletion for each', async () => {
    const own = Array.from({ length: 300 }, (_, i) => `cnt_bulk${i}`)
    const row = `INSERT INTO contacts (id, account_id, created_at, last_seen_at) SELECT value, 'acc_sol', 1, 1 FROM json_each(?)`
    await env.DB.prepare(row).bind(JSON.stringify(own)).run()
    const foreign = await contactOf(keys.monsoon, ana.phone)
    const ids = [...own, ...own, ...Array.from({ length: 399 }, (_, i) => `cnt_none${i}`), foreign]
    expect(ids.length).toBe(1_000)
    const answer = await ask('/api/v1/contacts/deletions', { key: keys.sol, body: { ids } })
    expect(answer.status).toBe(202)
    const { data } = (await answer.json()) as {
      data: { contactId: string; deletion: { code: string } | null }[]
    }
    expect(data.map(({ contactId }) => contactId)).toEqual(ids)
    const codes = data.map(({ deletion }) => deletion?.code)
    expect(codes.slice(0, 300)).toEqual(codes.slice(300, 600))
    expect(new Set(codes.slice(0, 300)).size).toBe(300)
    expect(codes.slice(600)).toEqual(Array.from({ length: 400 }, () => undefined))
    expect(
      (await rowsOf('deletions')).filter((one) => String(one.subject_id).startsWith('cnt_bulk')).length,
    ).toBe(300)
    // Walking them takes a while and shows nothing new.
    await env.DB.exec(`DELETE FROM deletions WHERE subject_id LIKE 'cnt_bulk%'`)
  })

  it.each([
    ['too many', { ids: Array.from({ length: 1_001 }, (_, i) => `cnt_${i}`) }, 400],
    ['none', { ids: [] }, 400],
    ['what is no id', { ids: [7] }, 400],
    ['an id without end', { ids: ['c'.repeat(65)] }, 400],
    ['another field', { ids: ['cnt_1'], all: true }, 400],
    ['a body without end', { ids: ['c'.repeat(1_100_000)] }, 413],
  ])('refuses %s', async (_, body, status) => {
    const before = (await rowsOf('deletions')).length
    expect((await ask('/api/v1/contacts/deletions', { key: keys.sol, body })).status).toBe(status)
    expect((await rowsOf('deletions')).length).toBe(before)
  })
})

const signed = (userId: string): Request => {
  const claim = {
    algorithm: 'HMAC-SHA256',
    expires: 0,
    issued_at: Math.floor(Date.now() / 1000),
    user_id: userId,
  }
  const payload = base64url(utf8(JSON.stringify(claim)))
  return new Request('https://gateway.test/webhooks/meta/data-deletion', {
    method: 'POST',
    body: new URLSearchParams({
      signed_request: `${base64url(hmac('test_app_secret', payload))}.${payload}`,
    }),
  })
}
const callback = async (userId: string) => {
  const answer = await answerDataDeletion({ env, settings: settingsOf(env), now: Date.now() }, signed(userId))
  return (await answer.json()) as { confirmation_code: string }
}
const statusOf = (code: string) => ask(`/api/v1/public/deletions/${code}`)

describe('the public status', () => {
  it('has one shape for somebody known and for somebody unknown, before and after', async () => {
    const contact = await read(await erase(await contactOf(keys.sol, ravi.phone)))
    const { confirmation_code: unknown } = await callback('900000000000009')
    const shape = async (code: string) => {
      const { steps, receipts: _, ...rest } = await read(await statusOf(code))
      return [Object.keys(rest).sort(), (steps as { step: string }[]).map(({ step }) => step)]
    }
    expect(await shape(unknown)).toEqual(await shape(contact.code as string))
    await workTo(
      'platform',
      (await rowsOf('deletions')).find((row) => row.account_id === 'platform')?.id as string,
      'completed',
    )
    await workTo(sol.accountId, contact.id as string, 'completed')
    expect(await shape(unknown)).toEqual(await shape(contact.code as string))
  })

  it('is found by a code in any case, and tells no id, name or number', async () => {
    const [row] = await rowsOf('deletions')
    const opened = await read(await erase(row?.subject_id as string))
    const code = opened.code as string
    const told = await statusOf(code)
    const text = await told.text()
    expect(text).toBe(await (await statusOf(code.toUpperCase())).text())
    for (const word of [row?.subject_id, sol.accountId, ana.phone, ana.name, ana.bsuid, row?.id as string])
      expect(text.includes(`"${word}"`)).toBe(false)
  })

  it('answers every code that is none with the same bytes', async () => {
    const codes = ['0'.repeat(26), 'z'.repeat(26), 'a', '7d2f4h6j8k0m1n3p5q7r9s1t3v']
    const [first, ...rest] = await Promise.all(codes.map(statusOf))
    expect(first?.status).toBe(404)
    for (const [i, answer] of rest.entries()) await same(answer, await statusOf(codes[(i + 2) % 4] as string))
  })

  it('has codes of 128 bits that nobody can make from the ids', async () => {
    const rows = await rowsOf('deletions')
    const codes = await Promise.all(
      rows
        .slice(0, 20)
        .filter(({ scope }) => scope === 'contact')
        .map(async (row) => (await read(await erase(row.subject_id as string))).code as string),
    )
    expect(new Set(codes).size).toBe(codes.length)
    for (const [i, code] of codes.entries()) {
      expect(code).toMatch(/^[0-9a-z]{26}$/)
      expect(String(rows[i]?.id)).not.toContain(code.slice(0, 6))
    }
    expect(JSON.stringify(rows)).not.toContain(codes[0])
  })
})

describe('two hundred callbacks about people that nobody knows', () => {
  it('end with receipts that nothing was held', { timeout: 60_000 }, async () => {
    await env.DB.exec(`DELETE FROM deletions WHERE account_id = 'platform'`)
    await holdStill('platform')
    const codes = await Promise.all(
      Array.from({ length: 200 }, (_, i) => callback(String(910_000_000_000_000 + i))),
    )
    const rows = (await rowsOf('deletions')).filter((row) => row.account_id === 'platform')
    expect([rows.length, new Set(codes.map((one) => one.confirmation_code)).size]).toEqual([200, 200])
    await workTo('platform', rows.at(-1)?.id as string, 'completed')
    for (const row of rows) await workTo('platform', row.id as string, 'completed')
    const receipts = (await rowsOf('receipts')).filter((one) =>
      rows.some((row) => row.id === one.deletion_id),
    )
    expect(receipts.length).toBe(400)
    for (const { jws } of receipts) {
      const payload = (String(jws).split('.')[1] as string).replaceAll('-', '+').replaceAll('_', '/')
      const said = JSON.parse(atob(payload)) as {
        places: { before: number }[]
        keys: { destroyed: number }
        kept: unknown[]
      }
      expect(said.places.reduce((sum, { before }) => sum + before, 0)).toBe(0)
      expect([said.keys.destroyed, said.kept]).toEqual([0, []])
    }
    expect(ownerOf(monsoon)).toBe('mem_monsoon')
  })
})
