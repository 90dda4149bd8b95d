// The restore drill, on real state directories. Ana is erased and the keys are turned; then the database, the Durable
// Objects, or both are put back to before, as an operator could (KV and R2 have no way back). First somebody with all
// the files and the root keys tries to read her; then the gateway is started. Why: docs/decisions/0017 and 0021.

import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DemoWorkspace } from '../../scripts/seed.ts'
import { type Stack, startStack } from '../support/stack.ts'
import {
  ask,
  one,
  operator,
  type Person,
  picture,
  read,
  type Shown,
  settled,
  tablesWith,
  until,
  write,
} from './forgetting.ts'
import { dropTriggers, keysOf, type Reading, readDatabase, readInventories } from './opener.ts'

const root = mkdtempSync(join(tmpdir(), 'softivum-restore-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const living = join(root, 'living')

const ana: Person = { phone: '34611000001', name: 'Ana Quintanilla' }
const others: Person[] = [
  { phone: '34611000002', name: 'Ravi Narayan' },
  { phone: '34611000003', name: 'Mei Tanaka' },
]
const hour = 3_600_000

/** Where a state is kept: `before` the request, with the request `open`, and with everything `done`. */
type Point = 'before' | 'open' | 'done'
const kept = (point: Point) => join(root, point)

type Seen = { sol: Shown[]; monsoon: Shown[] }
type Known = {
  workspaces: DemoWorkspace[]
  anaId: string
  anaKeys: string[]
  seen: Record<Point, Seen>
  readable: Reading
}
let known: Known

const solOf = ({ workspaces }: { workspaces: DemoWorkspace[] }) => workspaces[0] as DemoWorkspace
const monsoonOf = ({ workspaces }: { workspaces: DemoWorkspace[] }) => workspaces[1] as DemoWorkspace

const look = async (stack: Stack): Promise<Seen> => ({
  sol: await picture(stack, solOf(stack)),
  monsoon: await picture(stack, monsoonOf(stack)),
})

/** Everybody writes to both businesses; Sol answers; something unheard of names Ana, and so does an unknown field. */
async function converse(stack: Stack): Promise<void> {
  const now = Date.now()
  for (const business of stack.workspaces)
    for (const person of [ana, ...others])
      for (const n of [1, 2]) {
        const wamid = `wamid.${n}.${person.phone}.${business.phoneNumberId}`
        const text = `palabra ${n} de ${person.name}`
        expect(await write(stack, business, person, { wamid, text, at: now - hour + n * 1_000 })).toBe(200)
      }
  await settled(stack)
}

async function answerAndMention(stack: Stack): Promise<void> {
  const { phoneNumberId, wabaId, apiKey } = solOf(stack)
  const sim = (path: string, body: unknown) =>
    fetch(`${stack.metaUrl}/_sim/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  for (const { phone, name } of [ana, ...others]) {
    const hello = { phone_number_id: phoneNumberId, from: phone, name, text: `saludo de ${name}` }
    expect((await sim('messages', hello)).ok).toBe(true)
    const answer = await fetch(`${stack.url}/v25.0/${phoneNumberId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        messaging_product: 'whatsapp',
        to: phone,
        type: 'text',
        text: { body: `respuesta a ${name}` },
      }),
    })
    expect(answer.status, await answer.clone().text()).toBe(200)
  }
  const value = { words: 'rumor', about: ana.phone }
  expect((await sim('events', { waba_id: wabaId, field: 'never_heard_of', value })).ok).toBe(true)
  const finals = `SELECT count(*) FROM message_statuses WHERE status = 'delivered'`
  await until(async () => (await one(stack, finals)) >= 3, 'the answers are delivered')
  await until(async () => (await one(stack, `SELECT count(*) FROM raw_events`)) > 0, 'the event is kept')
  await settled(stack)
}

async function keep(stack: Stack, point: Point): Promise<void> {
  await stack.close()
  cpSync(living, kept(point), { recursive: true })
  dropTriggers(kept(point), ['held'])
}

/** Held before the point of no return by a database that fails there. */
async function requestAndHold(stack: Stack, anaId: string): Promise<void> {
  await stack.query(
    `CREATE TRIGGER held BEFORE INSERT ON deletion_steps WHEN NEW.step = 'tombstone' BEGIN SELECT RAISE(FAIL, 'held'); END`,
  )
  await read(stack, solOf(stack), `/contacts/${anaId}/deletion`, {})
  const quiet = `SELECT count(*) FROM deletion_steps WHERE step = 'quiet' AND state = 'done'`
  await until(async () => (await one(stack, quiet)) > 0, 'the step before the tombstone is done')
}

async function finish(stack: Stack): Promise<void> {
  await stack.query(`DROP TRIGGER held`)
  await until(async () => (await one(stack, `SELECT count(*) FROM receipts`)) === 1, 'the receipt', 60)
  const turned = await operator<{ keys: number }>(stack, `/accounts/${solOf(stack).id}/epoch`)
  expect(turned.keys).toBe(1)
}

beforeAll(async () => {
  const first = await startStack({ dir: living })
  const { workspaces } = first
  const again = () => startStack({ dir: living, known: workspaces })
  await converse(first)
  await answerAndMention(first)
  const before = await look(first)
  const anaId = before.sol.find(({ contact }) => contact.phone === ana.phone)?.contact.id as string
  await keep(first, 'before')

  const second = await again()
  await requestAndHold(second, anaId)
  await keep(second, 'open')

  const third = await again()
  await finish(third)
  await goOn(third)
  const done = await look(third)
  await keep(third, 'done')

  const without = { ...before, sol: before.sol.filter(({ contact }) => contact.id !== anaId) }
  const seen = { before: without, open: without, done }
  const readable = await readDatabase(kept('before'))
  known = { workspaces, anaId, anaKeys: keysOf(kept('before'), anaId), seen, readable }
})

/** Life goes on for those who stay. */
async function goOn(stack: Stack): Promise<void> {
  const [ravi] = others as [Person]
  const message = { wamid: 'wamid.after', text: 'después', at: Date.now() }
  expect(await write(stack, solOf(stack), ravi, message)).toBe(200)
  await settled(stack)
}

type Variant = { title: string; database: Point; objects: Point }
const variants: Variant[] = [
  {
    title: 'the database and the Durable Objects, to before the request',
    database: 'before',
    objects: 'before',
  },
  { title: 'the database alone, to before the request', database: 'before', objects: 'done' },
  { title: 'the Durable Objects alone, to before the request', database: 'done', objects: 'before' },
  { title: 'both, to where the request was open', database: 'open', objects: 'open' },
  { title: 'the database alone, to where the request was open', database: 'open', objects: 'done' },
  { title: 'the Durable Objects alone, to where the request was open', database: 'done', objects: 'open' },
]

/** KV and R2 as they are now; the rest as it was. */
function putBack({ database, objects }: Variant): string {
  const dir = mkdtempSync(join(root, 'restored-'))
  for (const [part, point] of Object.entries({ kv: 'done', r2: 'done', d1: database, do: objects }))
    cpSync(join(kept(point as Point), part), join(dir, part), { recursive: true })
  return dir
}

it('is a drill that can fail: before the erasure all of it opens to whoever has the files and the root keys', () => {
  const { readable, anaKeys } = known
  expect(anaKeys).toHaveLength(1)
  const hers = [...readable.values()].filter(({ keyId }) => anaKeys.includes(keyId))
  expect(hers.length).toBeGreaterThanOrEqual(7)
  expect([...readable].filter(([, { plain }]) => plain === undefined)).toEqual([])
  expect(hers.map(({ plain }) => plain).join()).toContain(`palabra 1 de ${ana.name}`)
})

describe.each(variants)('after a restore of $title', (variant) => {
  const setBack = variant.database !== 'done'
  let dir: string
  let stack: Stack

  beforeAll(() => {
    dir = putBack(variant)
  })
  afterAll(() => stack?.close())

  it('nothing of the erased contact opens with all files and root keys, and everything of the others does', async () => {
    const reading = await readDatabase(dir)
    const { anaKeys, readable } = known
    const hers = [...reading].filter(([, { keyId }]) => anaKeys.includes(keyId))
    expect(hers.length > 0).toBe(setBack)
    expect(hers.filter(([, { plain }]) => plain !== undefined)).toEqual([])
    const theirs = [...reading].filter(([, { keyId }]) => !anaKeys.includes(keyId))
    expect(theirs.length).toBeGreaterThan(30)
    expect(theirs.filter(([, { plain }]) => plain === undefined)).toEqual([])
    for (const [place, { plain }] of theirs)
      if (readable.has(place)) expect(plain).toBe(readable.get(place)?.plain)
    expect((await readInventories(dir)).filter((text) => text !== undefined)).toEqual([])
  })

  it(`${setBack ? 'nothing is served until the erasure has been applied again' : 'the doors serve at once'}`, async () => {
    stack = await startStack({ dir, known: known.workspaces })
    const paths = ['/contacts', '/conversations', '/deletions', '/audit']
    for (const who of stack.workspaces)
      for (const path of paths) {
        const { status } = await ask(stack, who, path)
        expect([path, status]).toEqual([path, setBack ? 503 : 200])
      }
    await stack.gateway.runCron()
    for (const who of stack.workspaces)
      for (const path of paths) expect([path, (await ask(stack, who, path)).status]).toEqual([path, 200])
  })

  it('the erased contact is nowhere, and all others are as they were', async () => {
    expect(await look(stack)).toEqual(known.seen[variant.database])
    expect((await ask(stack, solOf(stack), `/contacts/${known.anaId}`)).status).toBe(404)
    const places = (await tablesWith(stack, [known.anaId])).filter((name) => name !== 'deletions')
    expect(places).toEqual([])
    expect(await one(stack, `SELECT count(*) FROM raw_events WHERE field = 'never_heard_of'`)).toBe(0)
  })

  it('a late event of hers stores nothing, and a new one opens a fresh contact', async () => {
    const rows = () => one(stack, `SELECT count(*) FROM messages`)
    const standing = await rows()
    const late = { wamid: 'wamid.late', text: 'tarde', at: Date.now() - hour }
    expect(await write(stack, solOf(stack), ana, late)).toBe(200)
    await settled(stack)
    expect(await rows()).toBe(standing)
    expect(await look(stack)).toEqual(known.seen[variant.database])

    const fresh = { wamid: 'wamid.fresh', text: 'otra vez', at: Date.now() }
    expect(await write(stack, solOf(stack), ana, fresh)).toBe(200)
    await settled(stack)
    const seen = await look(stack)
    const back = seen.sol.filter(({ contact }) => contact.phone === ana.phone)
    expect(back).toHaveLength(1)
    expect(back[0]?.contact.id).not.toBe(known.anaId)
    expect(seen.monsoon).toEqual(known.seen[variant.database].monsoon)
  })

  if (variant.database !== 'before')
    it('the deletion has one receipt, and the log holds it once', async () => {
      const mine = `deletion_id IN (SELECT id FROM deletions WHERE subject_id = '${known.anaId}')`
      const receipts = () => stack.query(`SELECT kind, leaf FROM receipts WHERE ${mine}`)
      await until(async () => (await receipts()).length > 0, 'the receipt', 100)
      const [receipt, ...more] = await receipts()
      expect([receipt?.kind, more]).toEqual(['live', []])
      const log = await fetch(`${stack.url}/api/v1/public/log/leaves?limit=1000`)
      expect((await log.text()).split(String(receipt?.leaf)).length - 1).toBe(1)
      expect(await stack.query(`SELECT state FROM deletions WHERE subject_id = '${known.anaId}'`)).toEqual([
        { state: 'erased' },
      ])
    })
})
