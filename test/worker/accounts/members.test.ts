import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { newKey } from '../../../worker/accounts/keys.ts'
import { loadMetaUserDigest } from '../../../worker/accounts/members.ts'
import { scopeNames } from '../../../worker/audit/principal.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { signInAs } from '../../support/session.ts'
import { ownerEmailOf, ownerOf, seedCast } from '../../support/world.ts'
import { ask, db, dumpOf, keyFor, read } from '../api/stage.ts'

let solKey: string
let monsoonKey: string
let neighbour: unknown
const neighbours = async () => [
  await dumpOf(monsoon.accountId),
  (await rowsOf('members', 'id')).filter((row) => row.account_id === monsoon.accountId),
]

beforeAll(async () => {
  await seedCast()
  ;[solKey, monsoonKey] = await Promise.all([keyFor(sol), keyFor(monsoon)])
})
beforeEach(async () => {
  neighbour = await neighbours()
})

const path = '/api/v1/members'
const add = (body: unknown, key = solKey) => ask(path, { key, body })
const memberRow = async (id: unknown) => (await rowsOf('members')).find((row) => row.id === id)

async function keyOfMember(memberId: string | null): Promise<string> {
  const { created, statements } = newKey(
    db,
    { accountId: sol.accountId, memberId, name: 'Theirs', scopes: scopeNames },
    'operator',
    Date.now(),
  )
  await writeBatch(db, statements)
  return created.key
}

describe('a key', () => {
  it('opens nothing once the member it acts for is gone, and whatever its scopes where it never had one', async () => {
    expect((await ask(path, { key: await keyOfMember('mem_gone') })).status).toBe(401)
    expect((await ask(path, { key: await keyOfMember(null) })).status).toBe(200)
  })
})

describe('a new member', () => {
  it('is listed after those before, and stands in the database sealed under a key of its own', async () => {
    const answer = await add({ email: 'nina@example.com', role: 'agent' })
    expect(answer.status).toBe(201)
    const added = await read(answer)
    expect(added).toEqual({
      id: expect.stringMatching(/^mem_/),
      role: 'agent',
      email: 'nina@example.com',
      name: null,
      createdAt: expect.any(String),
    })
    expect((await read(await ask(path, { key: solKey }))).data).toEqual([
      {
        id: ownerOf(sol),
        role: 'owner',
        email: ownerEmailOf(sol),
        name: null,
        createdAt: expect.any(String),
      },
      added,
    ])
    const row = await memberRow(added.id)
    const key = await keeperOf(env.KEEPER, sol.accountId).keyFor(added.id as string)
    expect(row?.email).toMatch(new RegExp(`^sc1\\.${key.id}\\.`))
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({ action: 'member.add', subject: added.id, account_id: sol.accountId }),
    )
    expect(await neighbours()).toEqual(neighbour)
    expect((await read(await ask(path, { key: monsoonKey }))).data).toHaveLength(1)
  })

  it('is listed page by page, each once', async () => {
    await add({ email: 'otto@example.com', role: 'developer' })
    const whole = (await read(await ask(path, { key: solKey }))).data
    const first = await read(await ask(`${path}?limit=1`, { key: solKey }))
    const second = await read(await ask(`${path}?limit=200&cursor=${first.next}`, { key: solKey }))
    expect([...first.data, ...second.data]).toEqual(whole)
    expect(second.next).toBeNull()
  })

  it('becomes an owner only by a key of an owner', async () => {
    const agent = await read(await add({ email: 'pia@example.com', role: 'admin' }))
    const body = { email: 'quinn@example.com', role: 'owner' }
    for (const key of [await keyOfMember(agent.id as string), await keyOfMember(null)]) {
      const before = await rowsOf('members', 'id')
      const answer = await add(body, key)
      expect([answer.status, (await read(answer)).code]).toEqual([403, 'forbidden'])
      expect(await rowsOf('members', 'id')).toEqual(before)
      const email = `quinn.${before.length}@example.com`
      expect((await add({ email, role: 'agent' }, key)).status).toBe(201)
    }
    expect((await add(body)).status).toBe(201)
  })

  it('is nobody who is one already, however the address is written: an owner is made nothing less by it', async () => {
    const owner = await signInAs(sol)
    const admin = await signInAs(sol, 'admin')
    const before = await rowsOf('members', 'id')
    const again = { email: ownerEmailOf(sol).toUpperCase(), role: 'agent' }
    const answer = await ask(path, { headers: admin.headers, body: again })
    expect([answer.status, (await read(answer)).code]).toEqual([409, 'conflict'])
    const tina = { email: 'tina@example.com', role: 'agent' }
    const both = await Promise.all([add(tina), add(tina)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
    expect(await rowsOf('members', 'id')).toHaveLength(before.length + 1)
    expect(await read(await ask('/api/v1/session', { headers: owner.headers }))).toMatchObject({
      member: { id: ownerOf(sol), role: 'owner' },
    })
    // The same person elsewhere is somebody of another workspace.
    expect((await add(tina, monsoonKey)).status).toBe(201)
    await env.DB.prepare('DELETE FROM members WHERE account_id = ? AND id <> ?')
      .bind(monsoon.accountId, ownerOf(monsoon))
      .run()
  })

  it('is linked to a Facebook user by a digest alone', async () => {
    const metaUserId = '900000000000777'
    const added = await read(await add({ email: 'rosa@example.com', role: 'admin', metaUserId }))
    expect(await rowsOf('meta_links')).toEqual([
      expect.objectContaining({
        digest: await loadMetaUserDigest(env.KEEPER, metaUserId),
        account_id: sol.accountId,
        member_id: added.id,
        revoked_at: null,
      }),
    ])
    for (const table of ['meta_links', 'members', 'audit_entries'])
      expect(JSON.stringify(await rowsOf(table))).not.toContain(metaUserId)
    expect(JSON.stringify(added)).not.toContain(metaUserId)
  })

  it('cannot take over the Facebook user of another, in its own workspace or elsewhere', async () => {
    const metaUserId = '900000000000778'
    expect((await add({ email: 'sam@example.com', role: 'admin', metaUserId })).status).toBe(201)
    const before = [await rowsOf('meta_links'), await rowsOf('members', 'id')]
    const answers = await Promise.all(
      [solKey, monsoonKey].map((key) => add({ email: 'thief@example.com', role: 'admin', metaUserId }, key)),
    )
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    expect(answers.map(({ status }) => status)).toEqual([409, 409])
    expect(new Set(texts).size).toBe(1)
    expect([await rowsOf('meta_links'), await rowsOf('members', 'id')]).toEqual(before)
  })

  it.each([
    [{ role: 'agent' }, 'email'],
    [{ email: 'no address', role: 'agent' }, 'email'],
    [{ email: 'a@example.com', role: 'king' }, 'role'],
    [{ email: 'a@example.com', role: 'agent', metaUserId: '12x' }, 'metaUserId'],
    [{ email: 'a@example.com', role: 'agent', metaUserId: 12 }, 'metaUserId'],
    [{ email: 'a@example.com', role: 'agent', name: 'A' }, ''],
  ])('is refused with the place of the mistake: %j', async (body, place) => {
    const answer = await add(body)
    expect(answer.status).toBe(400)
    expect(await read(answer)).toMatchObject({ code: 'bad_request', errors: [{ path: place }] })
  })

  it('needs a key with the scope for it', async () => {
    const key = await keyFor(sol, ['keys', 'conversations:read'])
    expect((await add({ email: 'a@example.com', role: 'agent' }, key)).status).toBe(403)
    expect((await ask(path, { key })).status).toBe(403)
    expect((await ask(path)).status).toBe(401)
  })
})
