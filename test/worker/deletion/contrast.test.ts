// Two businesses, in each a person and a neighbour, with something in every place there is. One is erased: nothing of
// hers is left anywhere, and not a byte of anybody else has changed. Looked at by a dump that knows nothing of the product.

import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { d1, type TableName } from '../../../db/catalog.ts'
import { database, schema } from '../../../db/client.ts'
import { loadMetaUserDigest } from '../../../worker/accounts/members.ts'
import { keeperOf, sealColumn } from '../../../worker/custody/sealing.ts'
import { type Asked, requestDeletion } from '../../../worker/deletion/request.ts'
import { settingsOf } from '../../../worker/env.ts'
import { type Business, monsoon, type Person, sol } from '../../support/cast.ts'
import { holdStill, workTo } from '../../support/deletion.ts'
import { everything, lines, mentioning, type Stored } from '../../support/everything.ts'
import { type Filled, fill, ownerless, sqlName, unfilled } from '../../support/filler.ts'
import { seedCast } from '../../support/world.ts'

const db = database(env.DB)
type Scope = 'contact' | 'member' | 'visitor' | 'workspace'

let serial = 0
const somebody = (name: string): Person => {
  serial += 1
  return { name: `${name} ${serial}`, phone: `34655501${100 + serial}`, bsuid: `ES.90909${1000 + serial}` }
}

async function member(business: Business): Promise<string> {
  serial += 1
  const id = `mem_${business.accountId.slice(4)}_${serial}`
  const key = await keeperOf(env.KEEPER, business.accountId).keyFor(id)
  const email = await sealColumn(key, 'members', 'email', id, `${id}@example.com`)
  await db
    .insert(schema.members)
    .values({ id, accountId: business.accountId, role: 'agent', email, createdAt: 1 })
  return id
}

type Cast = { her: Filled; neighbour: Filled; other: Filled }
/** She, somebody else of the same business, and her again as a contact of the other business. */
async function place(): Promise<Cast> {
  const she = somebody('Ana Contraste')
  return {
    her: await fill(sol, she, await member(sol)),
    neighbour: await fill(sol, somebody('Ravi Contraste'), await member(sol)),
    other: await fill(monsoon, she, await member(monsoon)),
  }
}

/** Erased by the catalogue's word, whatever the eraser makes of it. */
const goes = (scope: Scope, table: TableName): boolean =>
  d1[table].reach[scope] !== null &&
  d1[table].reach[scope] !== undefined &&
  d1[table].erase !== 'keep pseudonymous'
const tableOf = new Map((Object.keys(d1) as TableName[]).map((table) => [`d1/${sqlName(table)}`, table]))
const mustGo = (scope: Scope, { place: at }: Stored): boolean => {
  const table = tableOf.get(at)
  if (table !== undefined) return goes(scope, table)
  return (
    at.startsWith('r2/export/') || (at.startsWith('r2/media/') && scope !== 'member' && scope !== 'visitor')
  )
}
const kept = (Object.keys(d1) as TableName[])
  .filter((table) => d1[table].erase === 'keep pseudonymous')
  .map((table) => `d1/${sqlName(table)}`)
/** Where an opaque id of somebody erased may stand: in what is kept, and as a tombstone of the Keeper. */
const opaque = ({ place: at }: Stored): boolean =>
  kept.includes(at) || /^do\/KEEPER\/\w+\/(punctures|tombstones)$/.test(at)

async function erase(
  asked: Omit<Asked, 'accountId' | 'door' | 'actor'>,
  door: Asked['door'] = 'import',
  { accountId }: Pick<Business, 'accountId'> = sol,
) {
  const world = { env, settings: settingsOf(env), now: Date.now() }
  await holdStill(accountId)
  const { id } = await requestDeletion(world, { ...asked, accountId, door, actor: 'operator' })
  await env.DB.prepare('UPDATE deletions SET cooling_until = 1 WHERE id = ?').bind(id).run()
  await workTo(accountId, id, 'erased')
  await keeperOf(env.KEEPER, accountId).turn()
  await workTo(accountId, id, 'completed')
  return id
}

const claims = async (id: string) => {
  const { results } = await env.DB.prepare(
    'SELECT kind, jws FROM receipts WHERE deletion_id = ? ORDER BY kind DESC',
  )
    .bind(id)
    .all<{ kind: string; jws: string }>()
  const read = (jws: string) =>
    JSON.parse(atob((jws.split('.')[1] as string).replaceAll('-', '+').replaceAll('_', '/')))
  return results.map(({ kind, jws }) => ({ kind, claims: read(jws) }))
}

async function expectReceipts(id: string): Promise<void> {
  const residue = `SELECT counts FROM deletion_steps WHERE deletion_id = ? AND step = 'residue'`
  expect((await env.DB.prepare(residue).bind(id).first())?.counts).toBe('{}')
  const issued = await claims(id)
  expect(issued.map(({ kind }) => kind)).toEqual(['live', 'final'])
  for (const { claims: said } of issued) {
    expect(said.residue.found).toBe(0)
    expect(said.residue.values).toBeGreaterThan(1_000)
    for (const { place: at, after } of said.places) expect([at, after]).toEqual([at, 0])
  }
}

beforeAll(async () => {
  await seedCast()
  vi.stubGlobal('fetch', async () =>
    Response.json({ error: { code: 190, message: 'gone' } }, { status: 401 }),
  )
})
afterAll(() => vi.unstubAllGlobals())

/** One row for the whole business. */
const ofTheBusiness = ['accounts', 'requestRules', 'consentRules', 'retentionRules']

describe('the filler', () => {
  it('leaves no table of the catalogue empty, of either business', async () => {
    const cast = await place()
    for (const one of Object.values(cast))
      expect(await unfilled([...one.words, ...one.visitorWords])).toEqual(ofTheBusiness)
    for (const table of ofTheBusiness) expect(await unfilled([monsoon.accountId])).not.toContain(table)
    expect(ownerless).toEqual([
      'intakeCursors',
      'erasureLedger',
      'assetTombstones',
      'documentVersions',
      'canaryRuns',
    ])
  })
})

describe.each([
  ['a contact', 'contact'],
  ['a member', 'member'],
  ['a Facebook user', 'meta_user'],
] as const)('erasing %s', (_, scope) => {
  it('leaves nothing of hers and everything else as it was', async () => {
    const { her, neighbour, other } = await place()
    const reached: Scope = scope === 'contact' ? 'contact' : 'member'
    const words = scope === 'contact' ? her.words.filter((word) => word !== her.memberId) : her.memberWords
    let subjectId: string = scope === 'contact' ? her.contactId : her.memberId
    if (scope === 'meta_user') {
      subjectId = await loadMetaUserDigest(env.KEEPER, '900000000000077')
      const link = { digest: subjectId, accountId: sol.accountId, memberId: her.memberId, at: 1 }
      await db.insert(schema.metaLinks).values(link)
    }
    const before = await everything()
    const hers = new Set(lines(mentioning(before, words).filter((one) => mustGo(reached, one))))
    expect(hers.size).toBeGreaterThan(4)

    await expectReceipts(await erase({ scope, subjectId }))

    const after = await everything()
    const there = new Set(lines(after))
    // Rows in which she and others stand together: only what is not reached by her scope.
    expect([...hers].filter((line) => there.has(line))).toEqual([])
    const hersOnly = scope === 'contact' ? [her.contactId] : words
    expect(mentioning(after, hersOnly).filter((one) => !opaque(one))).toEqual([])
    const stays = before.filter(
      (one) =>
        !hers.has(lines([one])[0] as string) &&
        (/^(d1|r2)\//.test(one.place) || /monsoon|INTAKE|platform\/(?!trees|marks)/.test(one.place)),
    )
    expect(lines(stays).filter((line) => !there.has(line))).toEqual([])
    for (const one of [neighbour, other])
      expect(lines(mentioning(after, one.words))).toEqual(
        expect.arrayContaining(lines(mentioning(before, one.words)).filter((line) => !hers.has(line))),
      )
  })
})

describe('erasing somebody without an account', () => {
  it('leaves nothing of hers and everything else as it was, her memberships and chats included', async () => {
    const { her, neighbour, other } = await place()
    const before = await everything()
    const hers = new Set(lines(mentioning(before, her.visitorWords).filter((one) => mustGo('visitor', one))))
    expect(hers.size).toBeGreaterThan(7)

    const asked = { scope: 'visitor', subjectId: her.visitorId } as const
    await expectReceipts(await erase(asked, 'form', { accountId: 'platform' }))

    const after = await everything()
    const there = new Set(lines(after))
    expect([...hers].filter((line) => there.has(line))).toEqual([])
    expect(mentioning(after, [her.visitorId]).filter((one) => !opaque(one))).toEqual([])
    const stays = before.filter(
      (one) =>
        !hers.has(lines([one])[0] as string) &&
        (/^(d1|r2)\//.test(one.place) || /acc_sol|acc_monsoon|INTAKE/.test(one.place)),
    )
    expect(stays.length).toBeGreaterThan(100)
    expect(lines(stays).filter((line) => !there.has(line))).toEqual([])
    for (const one of [neighbour, other])
      expect(lines(mentioning(after, one.visitorWords))).toEqual(
        expect.arrayContaining(lines(mentioning(before, one.visitorWords))),
      )
    expect(lines(mentioning(after, her.words))).toEqual(
      expect.arrayContaining(lines(mentioning(before, her.words))),
    )
  })
})

describe('erasing a workspace', () => {
  it('leaves nothing of it and the other business as it was', async () => {
    const { her, neighbour, other } = await place()
    const before = await everything()
    const words = [sol.accountId, sol.wabaId, sol.phoneNumberId, ...her.words, ...neighbour.words]
    const theirs = [monsoon.accountId, monsoon.phoneNumberId, ...other.words]
    const id = await erase({ scope: 'workspace', subjectId: sol.accountId }, 'lifecycle')
    await expectReceipts(id)

    const after = await everything()
    const there = new Set(lines(after))
    const shared = new Set([...her.words, ...neighbour.words].filter((word) => other.words.includes(word)))
    const left = mentioning(
      after.filter(({ text }) => !theirs.some((word) => text.includes(word))),
      words.filter((word) => !shared.has(word)),
    )
    expect(
      left.filter(
        (one) => !opaque(one) && !/^do\/(KEEPER|ERASER)\/acc_sol\/(marks|needles)$/.test(one.place),
      ),
    ).toEqual([])
    expect(after.filter(({ place: at }) => /^kv\/(epoch|lease)\/acc_sol/.test(at))).toEqual([])
    const same = lines(mentioning(before, [monsoon.accountId, ...other.words]))
    expect(same.length).toBeGreaterThan(30)
    expect(same.filter((line) => !there.has(line) && !line.includes(sol.accountId))).toEqual([])
  })
})
