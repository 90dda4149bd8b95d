// Deletions that meet: with a message that arrives in every phase, with the deletion of the workspace around them, with
// each other. What happened up to the erasure is gone; what happens later is a new beginning.

import { env } from 'cloudflare:workers'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { requestDeletion } from '../../../worker/deletion/request.ts'
import { steps } from '../../../worker/deletion/steps.ts'
import { settingsOf } from '../../../worker/env.ts'
import { type Business, monsoon, type Person, sol } from '../../support/cast.ts'
import { beforeEachStep, hasten, holdStill, stateOf, work, workTo } from '../../support/deletion.ts'
import { alsoLookInto, everything, lines, mentioning, type Stored } from '../../support/everything.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, statusChange, textMessage } from '../../support/webhooks.ts'
import { seedBusiness, seedCast } from '../../support/world.ts'
import { ask, keyFor, read } from '../api/stage.ts'

let key: string
let neighbour: string[]
let undo = () => {}
let serial = 0
const somebody = (): Person => {
  serial += 1
  return { name: `Crossing ${serial}`, phone: `3465577${1000 + serial}`, bsuid: `ES.66${1000 + serial}` }
}
const seconds = (): number => Math.floor(Date.now() / 1000)
async function write(business: Business, person: Person, words: string, at = seconds()): Promise<void> {
  serial += 1
  const message = textMessage(`wamid.C${serial}`, words, at)
  expect((await postChanges(business, messageChange(business, person, message))).status).toBe(200)
  await drain(business)
}
async function idOf(business: Business, person: Person): Promise<string | undefined> {
  const query = {
    phone: person.phone as string,
    bsuid: person.bsuid as string,
    at: Date.now() + 1e6,
    create: false,
  }
  const [known] = (await env.KEEPER.getByName(business.accountId).resolve([query])).subjects
  return known?.state === 'known' ? known.contactId : undefined
}
const request = async (
  scope: 'contact' | 'member' | 'workspace',
  subjectId: string,
  accountId = sol.accountId,
) => {
  const world = { env, settings: settingsOf(env), now: Date.now() }
  const { id } = await requestDeletion(world, {
    accountId,
    scope,
    subjectId,
    door: 'lifecycle',
    actor: 'system',
  })
  if (scope === 'workspace')
    await env.DB.prepare('UPDATE deletions SET cooling_until = 1 WHERE id = ?').bind(id).run()
  return id
}
const opaque = ({ place }: Stored): boolean =>
  /^d1\/(deletions|audit_entries)$|^do\/KEEPER\/\w+\/(punctures|tombstones|marks)$|needles$/.test(place)
const left = async (words: string[]) => mentioning(await everything(), words).filter((one) => !opaque(one))

beforeAll(async () => {
  vi.stubGlobal('fetch', async () =>
    Response.json({ error: { code: 190, message: 'gone' } }, { status: 401 }),
  )
  await seedCast()
  key = await keyFor(sol)
  await holdStill(sol.accountId)
  await write(monsoon, somebody(), 'hello there')
  neighbour = lines(mentioning(await everything(), [monsoon.accountId]))
})
afterEach(async () => {
  undo()
  undo = () => {}
  expect(lines(mentioning(await everything(), [monsoon.accountId]))).toEqual(neighbour)
})
afterAll(() => vi.unstubAllGlobals())

describe('a message that arrives', () => {
  it.each(steps.map(([name], i) => [name, i] as const))(
    'before the step %s is gone with the rest, unless it is of later',
    async (wanted) => {
      const her = somebody()
      await write(sol, her, 'before everything')
      const old = (await idOf(sol, her)) as string
      const id = await request('contact', old)
      let sent = 0
      undo = beforeEachStep(async (step) => {
        // Dated before the erasure, wherever in the walk it comes.
        if (step === wanted && sent++ === 0) await write(sol, her, `late words at ${wanted}`, seconds() - 60)
      })
      await workTo(sol.accountId, id, 'completed')
      expect(sent).toBeGreaterThan(0)
      expect(await left([old, her.phone as string, her.bsuid as string])).toEqual([])
      expect(await idOf(sol, her)).toBe(undefined)
      await write(sol, her, 'once more, of then', seconds() - 60)
      expect(await idOf(sol, her)).toBe(undefined)
      await write(sol, her, 'a new beginning', seconds() + 60)
      const fresh = await idOf(sol, her)
      expect(fresh).not.toBe(old)
      expect((await rowsOf('contacts')).filter((row) => row.id === fresh).length).toBe(1)
      expect((await rowsOf('messages')).filter((row) => row.contact_id === fresh).length).toBe(1)
    },
  )

  it('of later than the erasure while the walk goes on survives it', async () => {
    const her = somebody()
    await write(sol, her, 'before everything')
    const old = (await idOf(sol, her)) as string
    const id = await request('contact', old)
    let sent = 0
    undo = beforeEachStep(async (step) => {
      if (step === 'erase' && sent++ === 0) await write(sol, her, 'a new beginning', seconds() + 60)
    })
    await workTo(sol.accountId, id, 'completed')
    const fresh = await idOf(sol, her)
    expect(fresh).toBeDefined()
    expect((await rowsOf('messages')).filter((row) => row.contact_id === fresh).length).toBe(1)
    expect((await rowsOf('contacts')).filter((row) => row.id === old)).toEqual([])
  })

  it('that is only a tick of an older one brings nobody back, however late it is; their next word does', async () => {
    const her = somebody()
    await write(sol, her, 'before everything')
    const id = await request('contact', (await idOf(sol, her)) as string)
    await workTo(sol.accountId, id, 'erased')
    const before = await rowsOf('contacts')
    const tick = { id: `wamid.tick.${id}`, status: 'read', timestamp: String(seconds() + 90) }
    await postChanges(sol, statusChange(sol, her, tick))
    await drain(sol)
    expect(await idOf(sol, her)).toBeUndefined()
    expect(await rowsOf('contacts')).toEqual(before)
    await write(sol, her, 'a new beginning', seconds() + 120)
    expect(await idOf(sol, her)).toBeDefined()
  })

  it('between the request and the tombstone is stored sealed, shown to nobody, and goes', async () => {
    const her = somebody()
    await write(sol, her, 'before everything')
    const old = (await idOf(sol, her)) as string
    const { data: talks } = await read(await ask('/api/v1/conversations', { key }))
    const talk = talks.find((row) => (row.contact as { id: string }).id === old)?.id
    expect(talk).toBeDefined()
    const opened = await read(await ask(`/api/v1/contacts/${old}/deletion`, { key, method: 'POST' }))
    await write(sol, her, 'are you still there?')
    const rows = (await rowsOf('messages')).filter((row) => row.contact_id === old)
    expect(rows.length).toBe(2)
    expect(JSON.stringify(rows)).not.toContain('still there')
    for (const path of ['contacts', 'conversations'])
      expect(
        JSON.stringify((await read(await ask(`/api/v1/${path}?limit=200`, { key }))).data),
      ).not.toContain(old)
    for (const path of [
      `contacts/${old}`,
      `conversations/${talk}`,
      `conversations/${talk}/messages`,
      `messages/${rows[1]?.id}`,
    ])
      expect([path, (await ask(`/api/v1/${path}`, { key })).status]).toEqual([path, 404])
    const sent = await ask(`/v25.0/${sol.phoneNumberId}/messages`, {
      key,
      body: { messaging_product: 'whatsapp', to: her.phone, type: 'text', text: { body: 'hola' } },
    })
    expect(sent.status).toBeGreaterThanOrEqual(400)
    await workTo(sol.accountId, opened.id as string, 'completed')
    expect(await left([old, her.phone as string])).toEqual([])
  })
})

describe('a deletion of a contact and one of the workspace', () => {
  it.each(['contact first', 'workspace first', 'side by side'])(
    '%s: both end, and nothing is left',
    async (order) => {
      serial += 1
      const accountId = `acc_cross${serial}`
      const ids = {
        wabaId: `60606${1000 + serial}`,
        phoneNumberId: `61616${1000 + serial}`,
        displayPhoneNumber: `3492222${1000 + serial}`,
      }
      const business = { ...sol, ...ids, accountId, numberId: `num_cross${serial}` }
      await seedBusiness(business)
      alsoLookInto(accountId)
      await holdStill(accountId)
      const her = somebody()
      await write(business, her, 'words of hers')
      const contactId = (await idOf(business, her)) as string
      const owner = `mem_${accountId.slice(4)}`
      const open = {
        contact: () => request('contact', contactId, accountId),
        workspace: () => request('workspace', accountId, accountId),
        member: () => request('member', owner, accountId),
      }
      const go = async () => {
        await hasten(accountId)
        await work(accountId)
      }
      const all: string[] = []
      const add = async (scope: keyof typeof open) => all.push(await open[scope]())
      if (order === 'contact first') {
        await add('contact')
        await go()
        await add('workspace')
        await add('member')
      } else if (order === 'workspace first') {
        let late = false
        undo = beforeEachStep(async (step) => {
          if (step !== 'erase' || late) return
          late = true
          await add('contact')
          await add('member')
        })
        await add('workspace')
      } else for (const scope of ['contact', 'member', 'workspace'] as const) await add(scope)
      await go()
      for (let i = 0; i < all.length; i++) await workTo(accountId, all[i] as string, 'completed')
      expect(all.length).toBe(3)
      expect(await Promise.all(all.map(stateOf))).toEqual(['completed', 'completed', 'completed'])
      const receipts = (await rowsOf('receipts')).filter((row) => all.includes(String(row.deletion_id)))
      expect(receipts.length).toBe(6)
      expect(await left([accountId, contactId, her.phone as string, ...Object.values(ids)])).toEqual([])
    },
  )
})
