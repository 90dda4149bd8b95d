import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { durableObjects, r2Prefixes } from '../../../db/catalog.ts'
import { fromHex, hex } from '../../../worker/crypto/bytes.ts'
import { sha256 } from '../../../worker/crypto/digest.ts'
import { publicJwk, verifyJws } from '../../../worker/crypto/signer.ts'
import { settingsOf } from '../../../worker/env.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { openCheckpoint, signCheckpoint } from '../../../worker/transparency/checkpoint.ts'
import { appendLeaf, appendLeaves, publicKeys } from '../../../worker/transparency/client.ts'
import { leafHash, verifyConsistency, verifyInclusion } from '../../../worker/transparency/merkle.ts'
import { ask, read } from '../api/stage.ts'

const leafOf = (text: string): string => hex(sha256(text))
const stub = () => env.TRANSPARENCY.getByName('log')
const origin = 'gateway.test/log'
const bytes = (text: string) => Uint8Array.fromBase64(text)

async function head() {
  const answer = await ask('/api/v1/public/log/checkpoint')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
  const opened = await openCheckpoint(await publicKeys(settingsOf(env)), origin, await answer.text())
  if (!opened.ok) throw new Error(opened.reason)
  return opened.value
}

async function consistent(from: { size: number; root: Uint8Array }, to: { size: number; root: Uint8Array }) {
  const { proof } = (await read(
    await ask(`/api/v1/public/log/consistency?from=${from.size}&to=${to.size}`),
  )) as unknown as { proof: string[] }
  return verifyConsistency(from, to, proof.map(bytes))
}

type Inclusion = { index: number; size: number; leaf: string; proof: string[]; checkpoint: string }
async function included(leaf: string, size?: number): Promise<Inclusion> {
  const answer = await ask(
    `/api/v1/public/log/inclusion?leaf=${leaf}${size === undefined ? '' : `&size=${size}`}`,
  )
  expect(answer.status).toBe(200)
  const found = (await answer.json()) as Inclusion
  const opened = await openCheckpoint(await publicKeys(settingsOf(env)), origin, found.checkpoint)
  if (!opened.ok) throw new Error(opened.reason)
  expect(opened.value.size).toBe(found.size)
  const hash = leafHash(fromHex(leaf) as Uint8Array)
  expect(verifyInclusion(hash, found.index, found.size, found.proof.map(bytes), opened.value.root)).toBe(true)
  return found
}

const copied = async () => {
  const { objects } = await env.FILES.list({ prefix: 'log/' })
  const texts = await Promise.all(objects.map(async ({ key }) => (await env.FILES.get(key))?.text()))
  return texts.join('')
}

/** Throws away what the log wrote after it had this size, as a restore to that time would, and starts it anew. Between two batches. */
async function setBack(size: number) {
  await runInDurableObject(stub(), (_, state) => {
    state.storage.sql.exec(`DELETE FROM leaves WHERE idx >= ?`, size)
    state.storage.sql.exec(`DELETE FROM nodes WHERE (idx + 1) * pow(2, level) > ?`, size)
  })
  await evictDurableObject(stub())
}

describe('the log', () => {
  it('is empty at first, and says so under a signature', async () => {
    expect(await head()).toEqual({ size: 0, root: new Uint8Array(sha256('')) })
  })

  it('proves each leaf from the moment it was added, in the tree of every size since', async () => {
    const names = Array.from({ length: 11 }, (_, i) => leafOf(`receipt ${i}`))
    for (const [i, leaf] of names.entries())
      expect(await appendLeaf(env, 'receipt', leaf)).toEqual({ index: i, size: i + 1 })
    for (const [i, leaf] of names.entries())
      for (let size = i + 1; size <= names.length; size++)
        expect(await included(leaf, size)).toMatchObject({ index: i, size, leaf })
  })

  it('keeps the place of a leaf that comes again, also within one call and at the same moment', async () => {
    const before = await head()
    const [a, b] = [leafOf('twice a'), leafOf('twice b')]
    const calls = await Promise.all([
      appendLeaves(
        env,
        [a, b, a].map((hash) => ({ kind: 'audit' as const, hash })),
      ),
      appendLeaf(env, 'audit', b),
      appendLeaf(env, 'audit', a),
      appendLeaf(env, 'receipt', leafOf('receipt 3')),
    ])
    const [[first, second, again]] = calls
    expect([first?.index, second?.index]).toEqual([before.size, before.size + 1])
    expect(again?.index).toBe(first?.index)
    expect(calls.slice(1).map((placed) => (placed as { index: number }).index)).toEqual([
      before.size + 1,
      before.size,
      3,
    ])
    expect((await head()).size).toBe(before.size + 2)
  })

  it('proves of any two of its heads that the newer continues the older', async () => {
    const heads = [await head()]
    for (let i = 0; i < 5; i++) {
      await appendLeaves(
        env,
        Array.from({ length: i + 1 }, (_, j) => ({
          kind: 'audit' as const,
          hash: leafOf(`grown ${i} ${j}`),
        })),
      )
      heads.push(await head())
    }
    for (const from of heads)
      for (const to of heads) if (from.size <= to.size) expect(await consistent(from, to)).toBe(true)
  })

  it('shows every leaf in order, page by page', async () => {
    const { size } = await head()
    const seen: { index: number; leaf: string; kind: string }[] = []
    for (let next: number | null = 0; next !== null; ) {
      const page = (await (await ask(`/api/v1/public/log/leaves?from=${next}&limit=7`)).json()) as {
        data: typeof seen
        size: number
        next: number | null
      }
      expect(page.size).toBe(size)
      expect(page.data.length).toBeLessThanOrEqual(7)
      seen.push(...page.data)
      next = page.next
    }
    expect(seen.map(({ index }) => index)).toEqual(Array.from({ length: size }, (_, i) => i))
    expect(seen[3]).toEqual({ index: 3, kind: 'receipt', leaf: leafOf('receipt 3') })
  })
})

describe('the log that a restore set back', () => {
  it.each([0, 1, 5, 13])('to %i leaves goes on with the history it has told', async (size) => {
    const told = await head()
    expect(told.size).toBeGreaterThan(size)
    await setBack(size)
    const placed = await appendLeaf(env, 'receipt', leafOf(`after the restore to ${size}`))
    expect(placed).toEqual({ index: told.size, size: told.size + 1 })
    const now = await head()
    expect(await consistent(told, now)).toBe(true)
    await included(leafOf('receipt 9'))
  })

  it('answers with that history at once, before anything is added', async () => {
    const told = await head()
    await setBack(3)
    expect(await head()).toEqual(told)
  })

  it('while it runs notices it at the next leaf', async () => {
    const told = await head()
    await runInDurableObject(stub(), (_, state) => {
      const last = told.size - 1
      state.storage.sql.exec(`DELETE FROM leaves WHERE idx >= ?`, last)
      state.storage.sql.exec(`DELETE FROM nodes WHERE (idx + 1) * pow(2, level) > ?`, last)
    })
    await appendLeaf(env, 'receipt', leafOf('noticed'))
    expect(await consistent(told, await head())).toBe(true)
    expect((await head()).size).toBe(told.size + 1)
  })

  it('has in R2 the very leaves it has here', async () => {
    const { size } = await head()
    const lines = (await copied()).trimEnd().split('\n')
    const { leaves } = await stub().leaves(0, size)
    expect(lines).toEqual(leaves.map(({ kind, hash }) => `${kind} ${hash}`))
  })
})

describe('a batch that R2 kept and nobody confirmed', () => {
  it('is part of the history, and what comes next follows it', async () => {
    const told = await head()
    await env.FILES.put(`log/${String(told.size).padStart(12, '0')}`, `receipt ${leafOf('unconfirmed')}\n`)
    expect(await appendLeaf(env, 'receipt', leafOf('next'))).toEqual({
      index: told.size + 1,
      size: told.size + 2,
    })
    expect(await included(leafOf('unconfirmed'))).toMatchObject({ index: told.size })
    expect(await consistent(told, await head())).toBe(true)
  })
})

describe('what the log is made of', () => {
  it('is catalogued: its tables, and its copy', async () => {
    const tables = await runInDurableObject(stub(), (_, state) =>
      state.storage.sql
        .exec<{ name: string }>(
          `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'`,
        )
        .toArray()
        .map(({ name }) => name),
    )
    expect(tables.sort()).toEqual(Object.keys(durableObjects.Transparency).sort())
    const { objects } = await env.FILES.list()
    expect(objects.length).toBeGreaterThan(0)
    for (const { key } of objects)
      expect(Object.keys(r2Prefixes).some((prefix) => key.startsWith(prefix))).toBe(true)
  })

  it('is hashes only: anything else is refused before it is sent', async () => {
    for (const leaf of ['', 'acc_sol', leafOf('x').toUpperCase(), leafOf('x').slice(1), `${leafOf('x')}\n`])
      await expect(appendLeaf(env, 'receipt', leaf)).rejects.toThrow('hex SHA-256')
  })
})

describe('a checkpoint', () => {
  const key = { id: 'r1', seed: new Uint8Array(32).fill(7) }
  const tree = { size: 12, root: sha256('a root') }

  it('is a signed note: name, size, root, a blank line, the signature', async () => {
    const text = await signCheckpoint(key, origin, tree)
    const lines = text.split('\n')
    expect(lines.slice(0, 4)).toEqual([origin, '12', tree.root.toBase64(), ''])
    expect(lines[4]).toMatch(/^— gateway\.test\/log [\w+/]{90,}={0,2}$/)
    expect(lines.slice(5)).toEqual([''])
    expect(await openCheckpoint([await publicJwk(key)], origin, text)).toMatchObject({
      ok: true,
      value: { size: 12 },
    })
  })

  it('fails when a byte is altered, for another log and with another key', async () => {
    const text = await signCheckpoint(key, origin, tree)
    const jwks = [await publicJwk(key)]
    for (let i = 0; i < text.length; i++) {
      const other = text[i] === 'A' ? 'B' : 'A'
      expect((await openCheckpoint(jwks, origin, text.slice(0, i) + other + text.slice(i + 1))).ok).toBe(
        false,
      )
    }
    expect(await openCheckpoint(jwks, 'other.test/log', text)).toMatchObject({ reason: 'other_log' })
    const stranger = [await publicJwk({ ...key, seed: new Uint8Array(32).fill(8) })]
    expect(await openCheckpoint(stranger, origin, text)).toMatchObject({ reason: 'not_signed' })
    const elsewhere = await signCheckpoint(key, 'other.test/log', tree)
    expect(await openCheckpoint(jwks, origin, elsewhere)).toMatchObject({ reason: 'other_log' })
  })

  it('may carry the lines of others beside ours', async () => {
    const text = await signCheckpoint(key, origin, tree)
    const jwks = [await publicJwk(key)]
    expect(await openCheckpoint(jwks, origin, `${text}— witness.example AAAAAA==\n`)).toMatchObject({
      ok: true,
    })
    expect(await openCheckpoint(jwks, origin, text.slice(0, text.indexOf('—')))).toMatchObject({
      reason: 'malformed',
    })
  })
})

describe('the public doors', () => {
  let size: number
  beforeAll(async () => {
    size = (await head()).size
  })

  it('need no key and refuse what is not well formed, or not there', async () => {
    const leaf = leafOf('receipt 3')
    const cases: [string, number, string][] = [
      [`inclusion?leaf=${leafOf('never added')}`, 404, 'not_found'],
      [`inclusion?leaf=${leaf}&size=3`, 404, 'not_found'],
      [`inclusion?leaf=${leaf}&size=${size + 1}`, 404, 'not_found'],
      [`inclusion?leaf=${leaf}&size=0`, 404, 'not_found'],
      ['inclusion', 400, 'bad_request'],
      [`inclusion?leaf=${leaf.toUpperCase()}`, 400, 'bad_request'],
      [`inclusion?leaf=${leaf}0`, 400, 'bad_request'],
      [`inclusion?leaf=${leaf}&size=1e1`, 400, 'bad_request'],
      [`inclusion?leaf=${leaf}&size=-1`, 400, 'bad_request'],
      [`inclusion?leaf=${leaf}&size=99999999999999999999`, 400, 'bad_request'],
      [`inclusion?leaf=${leaf}&sise=5`, 400, 'bad_request'],
      ['consistency?from=2&to=1', 400, 'bad_request'],
      [`consistency?from=1&to=${size + 1}`, 400, 'bad_request'],
      ['consistency?from=1', 400, 'bad_request'],
      ['consistency?from=&to=1', 400, 'bad_request'],
      ['leaves?from=0x10', 400, 'bad_request'],
      ['leaves?limit=0', 400, 'bad_request'],
      [`leaves?limit=${limits.logPageLeaves + 1}`, 400, 'bad_request'],
    ]
    for (const [path, status, code] of cases) {
      const answer = await ask(`/api/v1/public/log/${path}`)
      expect([path, answer.status]).toEqual([path, status])
      expect(await read(answer)).toMatchObject({ code })
    }
    expect(await read(await ask(`/api/v1/public/log/leaves?from=${size}`))).toMatchObject({
      data: [],
      next: null,
    })
    expect((await ask('/api/v1/public/log/leaves', { method: 'POST' })).status).toBe(405)
  })

  it('publish the keys, to be kept for minutes', async () => {
    const answer = await ask('/.well-known/jwks.json')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300')
    const { keys } = (await answer.json()) as { keys: object[] }
    expect(keys).toEqual(await publicKeys(settingsOf(env)))
    expect(keys).toHaveLength(1)
    expect(JSON.stringify(keys)).not.toContain('"d"')
    expect(await verifyJws(keys as never, 'x.y.z')).toMatchObject({ ok: false })
  })
})
