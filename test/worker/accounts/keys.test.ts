import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { loadPrincipal } from '../../../worker/accounts/auth.ts'
import { keyDigest } from '../../../worker/accounts/keys.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { seedCast } from '../../support/world.ts'
import { ask, db, dumpOf, keyFor, type Row, read } from '../api/stage.ts'

let solKey: string
let monsoonKey: string
let neighbour: string

beforeAll(async () => {
  await seedCast()
  ;[solKey, monsoonKey] = await Promise.all([keyFor(sol), keyFor(monsoon)])
})
beforeEach(async () => {
  neighbour = await dumpOf(monsoon.accountId)
})

const create = (body: unknown, key = solKey) => ask('/api/v1/keys', { key, body })
const keyRow = async (id: unknown) => (await rowsOf('api_keys')).find((row) => row.id === id)

describe('a new key', () => {
  it('is shown once, works at once, and is stored as a digest only', async () => {
    const answer = await create({ name: 'Orders', scopes: ['conversations:read'] })
    expect(answer.status).toBe(201)
    const created = await read(answer)
    expect(created.key).toMatch(/^sc_[\w-]{43}$/)
    expect((await ask('/api/v1/conversations', { key: created.key as string })).status).toBe(200)
    expect(JSON.stringify(await rowsOf('api_keys'))).not.toContain(created.key)
    expect(await keyRow(created.id)).toMatchObject({
      digest: keyDigest(created.key as string),
      account_id: sol.accountId,
      scopes: '["conversations:read"]',
    })
    const listed = await (await ask('/api/v1/keys', { key: solKey })).text()
    expect(listed).toContain(created.id)
    expect(listed).not.toContain(created.key)
    expect(await dumpOf(monsoon.accountId)).toBe(neighbour)
  })

  it('leaves an entry in the ledger that names who made it', async () => {
    const created = await read(await create({ name: 'Audit', scopes: ['media'] }))
    const maker = (await rowsOf('api_keys')).find((row) => row.digest === keyDigest(solKey))?.id
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({
        action: 'key.create',
        subject: created.id,
        account_id: sol.accountId,
        actor: `key:${maker}`,
      }),
    )
  })

  it('cannot be given a scope its creator lacks', async () => {
    const small = await keyFor(sol, ['keys', 'media'])
    const before = await dumpOf(sol.accountId)
    const answer = await create({ name: 'More', scopes: ['media', 'messages:send'] }, small)
    expect(answer.status).toBe(403)
    expect(await read(answer)).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('messages:send'),
    })
    // The caller's own last use is all that may have changed.
    const withoutUse = (dump: string) => dump.replace(/"last_used_at":(null|\d+)/g, '')
    expect(withoutUse(await dumpOf(sol.accountId))).toBe(withoutUse(before))
  })

  it.each([
    [{ name: '', scopes: ['media'] }, 'name'],
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['everything'] }, 'scopes.0'],
    [{ name: 'x', scopes: ['media'], expires: 1 }, ''],
  ])('is refused with the place of the mistake: %j', async (body, path) => {
    const answer = await create(body)
    expect(answer.status).toBe(400)
    const problem = await read(answer)
    expect(problem.code).toBe('bad_request')
    expect((problem.errors as Row[]).map((error) => error.path)).toEqual([path])
  })
})

describe('a revoked key', () => {
  it('is refused from its next request on, everywhere, and revoking twice is once', async () => {
    const created = await read(await create({ name: 'Short', scopes: ['conversations:read'] }))
    const revoke = () => ask(`/api/v1/keys/${created.id}`, { key: solKey, method: 'DELETE' })
    expect((await revoke()).status).toBe(204)
    expect((await ask('/api/v1/conversations', { key: created.key as string })).status).toBe(401)
    expect(
      (await ask(`/v25.0/${sol.phoneNumberId}/messages`, { key: created.key as string, body: {} })).status,
    ).toBe(401)
    const { revoked_at: at } = (await keyRow(created.id)) as Row
    expect((await revoke()).status).toBe(204)
    expect((await keyRow(created.id))?.revoked_at).toBe(at)
    expect(
      (await rowsOf('audit_entries')).filter(
        (entry) => entry.action === 'key.revoke' && entry.subject === created.id,
      ),
    ).toHaveLength(1)
  })

  it('of another business cannot be touched, and the answer is that of a key that is not there', async () => {
    const theirs = await read(await create({ name: 'Sol', scopes: ['media'] }))
    const before = await dumpOf(sol.accountId)
    const [foreign, absent] = await Promise.all(
      [theirs.id, 'key_nothing'].map((id) =>
        ask(`/api/v1/keys/${id}`, { key: monsoonKey, method: 'DELETE' }),
      ),
    )
    expect(foreign?.status).toBe(404)
    expect(await foreign?.text()).toBe(await absent?.text())
    expect(await dumpOf(sol.accountId)).toBe(before)
  })
})

describe('who calls', () => {
  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer sc_short',
    `Basic sc_${'a'.repeat(43)}`,
    `Bearer sc_${'a'.repeat(43)}`,
    `Bearer sc_${'a'.repeat(44)}`,
    'Bearer test-operator-key-0001',
  ])('is nobody with the header %j', async (authorization) => {
    const answer = await ask(
      '/api/v1/keys',
      authorization === undefined ? {} : { headers: { authorization } },
    )
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(await read(answer)).toMatchObject({ code: 'unauthorized' })
  })

  it('is asked for the scope before the body is looked at', async () => {
    const key = await keyFor(sol, ['conversations:read'])
    const answer = await create('{', key)
    expect(answer.status).toBe(403)
    expect(await read(answer)).toMatchObject({ code: 'forbidden', detail: 'This needs the scope keys.' })
  })

  it('has its last use written at most once a minute, outside of the answer', async () => {
    const key = await keyFor(sol)
    const later: Promise<unknown>[] = []
    const call = async (at: number) => {
      const before = later.length
      expect(await loadPrincipal(db, `bearer  ${key}`, at, (work) => later.push(work))).toMatchObject({
        accountId: sol.accountId,
      })
      await Promise.all(later)
      return later.length - before
    }
    const start = 1_795_305_600_000
    expect(await call(start)).toBe(1)
    expect(await call(start + limits.lastUsedEveryMs - 1)).toBe(0)
    expect(await call(start + limits.lastUsedEveryMs)).toBe(1)
    const stored = await env.DB.prepare('SELECT last_used_at FROM api_keys WHERE digest = ?')
      .bind(keyDigest(key))
      .first('last_used_at')
    expect(stored).toBe(start + limits.lastUsedEveryMs)
  })
})
