import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { settingsOf } from '../../../worker/env.ts'
import { syncDue } from '../../../worker/upkeep/templates.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { ask, keyFor, type Row, read } from '../api/stage.ts'
import { type MetaStage, openMeta } from './stage.ts'

let stage: MetaStage
let key: string
let theirs: string

beforeEach(async () => {
  for (const table of ['templates', 'audit_entries', 'wabas'])
    await env.DB.prepare(`DELETE FROM ${table}`).run()
  stage = await openMeta()
  ;[key, theirs] = await Promise.all([keyFor(sol), keyFor(monsoon)])
})
afterEach(() => vi.unstubAllGlobals())

const list = async (query = '', own = key): Promise<Row[]> =>
  (await read(await ask(`/api/v1/templates${query}`, { key: own }))).data
const names = (rows: Row[]) => rows.map(({ name }) => name)
const sync = (own = key) => ask('/api/v1/templates/sync', { key: own, method: 'POST' })
const body = { type: 'BODY', text: 'Your cake {{1}} is ready today.', example: { body_text: [['Sacher']] } }
const draft = { name: 'cake_ready', language: 'en_US', category: 'UTILITY', components: [body] }
const create = (more: object = {}) => ask('/api/v1/templates', { key, body: { ...draft, ...more } })
const one = async (name: string) => (await list()).find((row) => row.name === name) as Row
const neighbours = async () =>
  (await rowsOf('templates', 'id')).filter((row) => row.account_id === monsoon.accountId)

describe('reading the list of Meta', () => {
  it('keeps every template of every account, as Meta says, and nothing of a neighbour', async () => {
    const answer = await sync()
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ templates: 6, accounts: 1 })
    expect(names(await list())).toEqual([
      'hello_world',
      'login_code',
      'order_ready',
      'promo_nov',
      'promo_paused',
      'shipment_late',
    ])
    expect(await neighbours()).toEqual([])
    expect(await list('', theirs)).toEqual([])
    expect(
      stage.calls.every(({ url, headers }) => !url.includes(sol.token) && headers.has('authorization')),
    ).toBe(true)
  })

  it('again changes nothing, and takes away what Meta no longer has', async () => {
    await sync()
    await sync(theirs)
    const before = await neighbours()
    const gone = await one('promo_nov')
    await env.DB.prepare('UPDATE templates SET synced_at = 1, status_at = 1').run()
    stage.meta.world.state.templates.delete(gone.metaId as string)
    await sync()
    expect(names(await list())).not.toContain('promo_nov')
    expect((await neighbours()).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  })

  it('is read by itself once a day, and an account whose token is gone keeps no other from its turn', async () => {
    await env.DB.prepare(`UPDATE wabas SET token = 'nothing' WHERE account_id = ?`).bind(sol.accountId).run()
    const world = {
      env,
      settings: settingsOf(env),
      fetch: (url: string, init?: RequestInit) => fetch(url, init),
    }
    const now = Date.now()
    await syncDue({ ...world, now })
    expect(await list('', theirs)).toHaveLength(6)
    stage.calls.length = 0
    await syncDue({ ...world, now: now + 60_000 })
    expect(stage.calls).toEqual([])
  })

  it('that Meta refuses or does not answer says so and changes nothing', async () => {
    await sync()
    stage.answerInstead(() =>
      Response.json({ error: { message: `of ${sol.token}`, code: 200 } }, { status: 403 }),
    )
    const refused = await sync()
    expect(refused.status).toBe(422)
    expect(await refused.text()).not.toContain(sol.token)
    stage.answerInstead(() => new Response('nonsense'))
    expect((await sync()).status).toBe(502)
    expect(await list()).toHaveLength(6)
  })
})

describe('the list', () => {
  beforeEach(() => sync())

  it('is searched by name and by words of the text, and filtered by status', async () => {
    expect(names(await list('?q=order'))).toEqual(['order_ready'])
    expect(names(await list('?q=order%20ready'))).toEqual(['order_ready'])
    expect(names(await list('?q=two%20for%20one'))).toEqual(['promo_nov'])
    expect(names(await list('?status=PAUSED'))).toEqual(['promo_paused'])
    expect(names(await list('?status=APPROVED&q=promo'))).toEqual(['promo_nov'])
  })

  it('is read in pages, each template once', async () => {
    const seen: unknown[] = []
    let next: string | null = ''
    while (next !== null) {
      const page = await read(await ask(`/api/v1/templates?limit=4${next && `&cursor=${next}`}`, { key }))
      seen.push(...names(page.data))
      next = page.next
    }
    expect(seen).toEqual(names(await list()))
  })

  it('says in words why one is paused', async () => {
    const paused = await one('promo_paused')
    expect(paused.quality).toBe('RED')
    expect((await one('hello_world')).reason).toBeNull()
  })

  it('of a neighbour is the same as none', async () => {
    const { id } = await one('hello_world')
    const missing = await (await ask('/api/v1/templates/tpl_none', { key: theirs })).text()
    for (const method of ['GET', 'DELETE'])
      expect(await (await ask(`/api/v1/templates/${id}`, { key: theirs, method })).text()).toBe(missing)
    const edit = { method: 'PATCH', key: theirs, body: { components: [body] } }
    expect(await (await ask(`/api/v1/templates/${id}`, edit)).text()).toBe(missing)
    expect(names(await list())).toContain('hello_world')
  })

  it('opens to a key that reads, and changes to one that manages', async () => {
    const reading = await keyFor(sol, ['templates:read'])
    expect(await list('', reading)).toHaveLength(6)
    expect((await ask('/api/v1/templates', { key: reading, body: draft })).status).toBe(403)
    expect((await ask('/api/v1/templates/sync', { key: reading, method: 'POST' })).status).toBe(403)
  })
})

describe('a new template', () => {
  it('is submitted to Meta, stands as pending, and is in the ledger', async () => {
    const answer = await create()
    expect(answer.status).toBe(201)
    const created = await read(answer)
    expect(created).toMatchObject({
      name: 'cake_ready',
      status: 'PENDING',
      components: [body],
      editableAt: null,
    })
    expect(stage.meta.world.state.templates.get(created.metaId as string)).toMatchObject({
      name: 'cake_ready',
    })
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({ action: 'template.create', subject: created.id, account_id: sol.accountId }),
    )
  })

  it('twice is refused by Meta in words', async () => {
    await create()
    const again = await create()
    expect(again.status).toBe(422)
    expect(await again.json()).toMatchObject({ code: 'meta_refused' })
  })

  it.each([
    ['a name with spaces', { name: 'Cake Ready' }],
    ['a variable at the end', { components: [{ ...body, text: 'Ready is {{1}}' }] }],
    ['variables with a gap', { components: [{ ...body, text: 'Your {{2}} is ready now.' }] }],
    ['no sample', { components: [{ type: 'BODY', text: 'Your {{1}} is ready now.' }] }],
    ['no body', { components: [{ type: 'FOOTER', text: 'Bye' }] }],
    ['a body that is too long', { components: [{ type: 'BODY', text: 'a'.repeat(1025) }] }],
    ['a picture without a sample', { components: [{ type: 'HEADER', format: 'IMAGE' }, body] }],
    [
      'three links',
      {
        components: [
          body,
          {
            type: 'BUTTONS',
            buttons: ['a', 'b', 'c'].map((text) => ({ type: 'URL', text, url: 'https://a.example' })),
          },
        ],
      },
    ],
    [
      'a button of too many words',
      { components: [body, { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'a'.repeat(26) }] }] },
    ],
    ['words of our own in a code', { category: 'AUTHENTICATION' }],
  ])('with %s is refused before Meta is asked, and says where', async (_, more) => {
    stage.calls.length = 0
    const answer = await create(more)
    expect(answer.status).toBe(400)
    expect((await read(answer)).errors).not.toEqual([])
    expect(stage.calls).toEqual([])
  })
})

describe('an edit', () => {
  beforeEach(() => sync())
  const edit = (id: unknown, components: unknown[] = [body]) =>
    ask(`/api/v1/templates/${id}`, { key, method: 'PATCH', body: { components } })

  it('goes to Meta, waits for review, and an approved one is edited once a day', async () => {
    const { id, metaId } = await one('hello_world')
    const answer = await edit(id)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ status: 'PENDING', components: [body], editableAt: null })
    expect(stage.meta.world.state.templates.get(metaId as string)?.components).toEqual([body])
    expect((await edit(id)).status).toBe(409)
    await env.DB.prepare(`UPDATE templates SET status = 'APPROVED' WHERE id = ?`).bind(id).run()
    expect((await edit(id)).status).toBe(409)
  })

  it('that does not fit is refused before Meta is asked', async () => {
    const { id } = await one('hello_world')
    stage.calls.length = 0
    expect((await edit(id, [{ type: 'BODY', text: '{{1}} first' }])).status).toBe(400)
    expect(stage.calls).toEqual([])
  })
})

describe('deleting', () => {
  it('takes it away at Meta and here, in this language alone', async () => {
    await sync()
    await sync(theirs)
    const before = await neighbours()
    const { id, metaId } = await one('hello_world')
    expect((await ask(`/api/v1/templates/${id}`, { key, method: 'DELETE' })).status).toBe(204)
    expect(stage.meta.world.state.templates.has(metaId as string)).toBe(false)
    expect(names(await list())).not.toContain('hello_world')
    expect((await ask(`/api/v1/templates/${id}`, { key })).status).toBe(404)
    expect(await neighbours()).toEqual(before)
  })

  it('that Meta does not confirm leaves it here', async () => {
    await sync()
    const { id } = await one('hello_world')
    stage.answerInstead(() => new Response('nonsense', { status: 500 }))
    expect((await ask(`/api/v1/templates/${id}`, { key, method: 'DELETE' })).status).toBe(502)
    expect(names(await list())).toContain('hello_world')
  })
})
