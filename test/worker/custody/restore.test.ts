// A Keeper whose storage is put back to what it was before an erasure. Columns sealed before stand in the database all
// the time here, so that what opens is decided by keys alone.

import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { type LedgerEntry, ledgerDigest, ledgerPut } from '../../../worker/custody/ledger.ts'
import { keeperOf, openColumns, platformAccount } from '../../../worker/custody/sealing.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { type Business, monsoon, type Person, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { keeperState, putBackKeeper, whyNot } from '../../support/keeper.ts'
import { stranger } from '../../support/thread.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'

const at = Math.floor(Date.now() / 1000) - 60
const keeper = (business: Business = sol) => keeperOf(env.KEEPER, business.accountId)
let serial = 0
let clock = Date.now()

/** A message that is received and stored, or not; `after` in seconds. */
async function writes(person: Person, words: string, after = 0, business: Business = sol): Promise<void> {
  await postChanges(
    business,
    messageChange(business, person, textMessage(`wamid.R${serial++}`, words, at + after)),
  )
  await drain(business)
}

/** Everything the database holds in sealed columns of these people, opened; undefined where nothing opens it. */
async function reads(contactId: string, business: Business = sol): Promise<(string | undefined)[]> {
  const columns = []
  for (const row of await rowsOf('contacts', 'id'))
    if (row.id === contactId)
      for (const column of ['name', 'phone', 'bsuid'])
        if (row[column])
          columns.push({ table: 'contacts', column, rowId: contactId, sealed: row[column] as string })
  for (const row of await rowsOf('messages', 'at, id'))
    if (row.contact_id === contactId)
      columns.push({
        table: 'messages',
        column: 'content',
        rowId: row.id as string,
        sealed: row.content as string,
      })
  // Past what readers remember of keys.
  clock += 2 * limits.keyCacheMs
  return openColumns(env.KEEPER, business.accountId, columns, clock)
}

const contactOf = async (person: Person, business: Business = sol): Promise<string> => {
  const query = { phone: person.phone, bsuid: person.bsuid, at: Date.now() + 1e9, create: false }
  const [subject] = (await keeper(business).resolve([query])).subjects
  return subject?.state === 'known' ? subject.contactId : `none: ${subject?.state}`
}

const ledgerKey = async () => (await keeperOf(env.KEEPER, platformAccount).resolve([])).account.ref

async function noteInLedger(
  business: Business,
  subjects: string[],
  tombstones: string[],
  erasedAt: number,
): Promise<void> {
  const key = await ledgerKey()
  const { objects } = await env.FILES.list({ prefix: 'ledger/' })
  const entry: LedgerEntry = {
    seq: objects.length + 1,
    at: erasedAt,
    scope: 'contact',
    account: ledgerDigest(key, business.accountId),
    subjects: subjects.map((id) => ledgerDigest(key, id)),
    tombstones,
  }
  expect(await ledgerPut(env.FILES, entry)).toBe(true)
}

type Scene = { gone: Person; kept: Person; goneId: string; keptId: string }
let scene: Scene

/** Two people of one business and one of the neighbour, each with a message. */
beforeEach(async () => {
  await seedCast()
  const [gone, kept] = [stranger(), stranger()]
  await writes(gone, 'of the erased')
  await writes(kept, 'of the other')
  await writes(gone, 'to the neighbour', 0, monsoon)
  scene = { gone, kept, goneId: await contactOf(gone), keptId: await contactOf(kept) }
})

const keptReads = () => [
  scene.kept.name,
  scene.kept.phone,
  scene.kept.bsuid,
  expect.stringContaining('of the other'),
]
const nothing = [undefined, undefined, undefined, undefined]

describe('a Keeper put back to before an erasure', () => {
  it('opens nothing of the erased contact and everything of the others, once the epoch has turned', async () => {
    const neighbour = await reads(await contactOf(scene.gone, monsoon), monsoon)
    const before = await keeperState(sol.accountId)
    const { keys } = await keeper().forget([scene.goneId], Date.now())
    expect(await reads(scene.goneId)).toEqual(nothing)
    expect(await keeper().turn()).toEqual({ trees: 1, keys: 1 })
    await putBackKeeper(sol.accountId, before)
    expect(await reads(scene.goneId)).toEqual(nothing)
    expect(await reads(scene.keptId)).toEqual(keptReads())
    expect(await keeper().underivable(keys)).toEqual([true])
    expect(neighbour).toHaveLength(4)
    expect(neighbour).not.toContain(undefined)
    expect(await reads(await contactOf(scene.gone, monsoon), monsoon)).toEqual(neighbour)
  })

  it('would open everything had the epoch not turned: the turn is what reaches the backup', async () => {
    const before = await keeperState(sol.accountId)
    await keeper().forget([scene.goneId], Date.now())
    await putBackKeeper(sol.accountId, before)
    expect(await reads(scene.goneId)).not.toContain(undefined)
  })

  it('still answers that the contact is erased, stores nothing of a late event, and begins afresh with a new one', async () => {
    const before = await keeperState(sol.accountId)
    const erasedAt = Date.now()
    const { digests } = await keeper().forget([scene.goneId], erasedAt)
    await noteInLedger(sol, [scene.goneId], digests, erasedAt)
    await keeper().turn()
    await putBackKeeper(sol.accountId, before)
    const stored = await rowsOf('messages', 'id')
    await writes(scene.gone, 'late', 1)
    expect(await rowsOf('messages', 'id')).toEqual(stored)
    await writes(scene.gone, 'afresh', 3_600)
    const afresh = await contactOf(scene.gone)
    expect(afresh).toMatch(/^cnt_/)
    expect(afresh).not.toBe(scene.goneId)
    expect(await reads(afresh)).toContainEqual(expect.stringContaining('afresh'))
    expect(await contactOf(scene.kept)).toBe(scene.keptId)
  })

  it('does the erasures of the ledger again when it is told to, although no epoch has turned', async () => {
    const before = await keeperState(sol.accountId)
    const erasedAt = Date.now()
    const { digests } = await keeper().forget([scene.goneId], erasedAt)
    await noteInLedger(sol, [scene.goneId], digests, erasedAt)
    await noteInLedger(monsoon, [scene.keptId], [], erasedAt)
    await putBackKeeper(sol.accountId, before)
    expect((await keeper().recover()).entries).toBeGreaterThan(0)
    expect(await reads(scene.goneId)).toEqual(nothing)
    expect(await reads(scene.keptId)).toEqual(keptReads())
    expect(await contactOf({ phone: scene.gone.phone as string })).toBe('none: absent')
    expect((await keeper().shredPending()).keys).toBeGreaterThan(0)
    expect(await runDurableObjectAlarm(keeper())).toBe(true)
    expect((await keeper().shredPending()).keys).toBe(0)
    expect(await reads(await contactOf(scene.gone, monsoon), monsoon)).not.toContain(undefined)
  })

  it('leaves a contact alone that came after the erasure, however often the ledger is done again', async () => {
    const erasedAt = Date.now() - 5_000
    const { digests } = await keeper().forget([scene.goneId], erasedAt)
    await noteInLedger(sol, [scene.goneId], digests, erasedAt)
    await writes(scene.gone, 'afresh', 3_600)
    const byPhone = stranger()
    await writes({ phone: byPhone.phone }, 'phone alone')
    const phoneId = await contactOf({ phone: byPhone.phone })
    const { digests: phoneDigests } = await keeper().forget([phoneId], erasedAt)
    await noteInLedger(sol, [phoneId], phoneDigests, erasedAt)
    await writes({ phone: byPhone.phone }, 'again by phone', 3_600)
    const again = [await contactOf(scene.gone), await contactOf({ phone: byPhone.phone })]
    await keeper().recover()
    await keeper().recover()
    expect([await contactOf(scene.gone), await contactOf({ phone: byPhone.phone })]).toEqual(again)
    for (const id of again) expect(await reads(id)).not.toContain(undefined)
  })

  it('knows of somebody who came and was erased after the backup, and of a member', async () => {
    await keeper().keyFor('mem_leaver')
    const before = await keeperState(sol.accountId)
    const person = stranger()
    await writes(person, 'came and went')
    const erasedAt = Date.now()
    const id = await contactOf(person)
    const { digests } = await keeper().forget([id, 'mem_leaver'], erasedAt)
    await noteInLedger(sol, [id, 'mem_leaver'], digests, erasedAt)
    await putBackKeeper(sol.accountId, before)
    await keeper().recover()
    const stored = await rowsOf('messages', 'id')
    await writes(person, 'late', 1)
    expect(await rowsOf('messages', 'id')).toEqual(stored)
    expect(await whyNot(() => keeper().keyFor('mem_leaver'))).toBe('erased')
    expect(await reads(scene.keptId)).toEqual(keptReads())
  })

  it('leaves somebody alone who has got the phone number of the erased one since', async () => {
    const erasedAt = Date.now() + 1_000
    const { digests } = await keeper().forget([scene.goneId], erasedAt)
    await noteInLedger(sol, [scene.goneId], digests, erasedAt)
    await writes({ bsuid: scene.kept.bsuid, phone: scene.gone.phone } as Person, 'my new number', 7_200)
    expect(await contactOf({ phone: scene.gone.phone } as Person)).toBe(scene.keptId)
    await keeper().recover()
    expect(await contactOf({ phone: scene.gone.phone } as Person)).toBe(scene.keptId)
    expect(await reads(scene.keptId)).toContainEqual(expect.stringContaining('my new number'))
  })

  it('forgets both halves of a person who stood there as two contacts and was erased as one', async () => {
    const person = stranger()
    await writes({ phone: person.phone }, 'by phone')
    await writes({ bsuid: person.bsuid }, 'by id')
    const halves = [await contactOf({ phone: person.phone }), await contactOf({ bsuid: person.bsuid })]
    expect(new Set(halves).size).toBe(2)
    const before = await keeperState(sol.accountId)
    await writes(person, 'both', 1)
    const one = await contactOf(person)
    const erasedAt = Date.now()
    const { digests } = await keeper().forget([one], erasedAt)
    await noteInLedger(sol, [one], digests, erasedAt)
    await putBackKeeper(sol.accountId, before)
    await keeper().recover()
    const holdings = await keeper().inventoryOf(halves)
    expect(holdings.map(({ keys, identities }) => [keys, identities])).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(await reads(scene.keptId)).toEqual(keptReads())
  })

  it('answers nobody while the ledger cannot be read', async () => {
    const before = await keeperState(sol.accountId)
    await keeper().forget([scene.goneId], Date.now())
    await keeper().turn()
    await putBackKeeper(sol.accountId, before)
    const broken = 'ledger/999999999999'
    await env.FILES.put(broken, 'not JSON')
    expect(await whyNot(() => keeper().resolve([]))).toContain('not done again yet')
    expect(await whyNot(() => keeper().keyFor('mem_other'))).toContain('not done again yet')
    await evictDurableObject(keeper())
    expect(await whyNot(() => keeper().keys([]))).toContain('not done again yet')
    await env.FILES.delete(broken)
    expect(await reads(scene.keptId)).toEqual(keptReads())
    expect(await reads(scene.goneId)).toEqual(nothing)
  })

  it('never gives the key of a contact it has forgotten to somebody new', async () => {
    const before = await keeperState(sol.accountId)
    const [lost, fresh] = [stranger(), stranger()]
    await writes(lost, 'after the backup')
    const lostKeys = (await keeperState(sol.accountId)).keys?.map(({ id }) => id)
    await putBackKeeper(sol.accountId, before)
    await writes(fresh, 'somebody new')
    const freshId = await contactOf(fresh)
    const freshKey = (await keeperState(sol.accountId)).keys?.find(({ owner }) => owner === freshId)
    expect(freshKey?.id).toMatch(/-/)
    expect(lostKeys).not.toContain(freshKey?.id)
  })

  it('takes over trees that were begun after the backup, once, and gives none of their leaves', async () => {
    const before = await keeperState(sol.accountId)
    const full = (rows: Record<string, SqlStorageValue>[] = []) =>
      rows.map((row) => ({ ...row, next_leaf: 2 ** limits.treeDepth }))
    await putBackKeeper(sol.accountId, { ...before, trees: full(before.trees) })
    await writes(stranger(), 'in a new tree')
    const trees = (await keeperState(sol.accountId)).trees?.map(({ tree }) => tree)
    await putBackKeeper(sol.accountId, before)
    expect(await reads(scene.keptId)).toEqual(keptReads())
    const now = await keeperState(sol.accountId)
    expect(now.trees?.map(({ tree }) => tree)).toEqual(expect.arrayContaining(trees ?? []))
    expect(now.marks).toEqual([])
    await writes(stranger(), 'and another')
    const used = new Set((await keeperState(sol.accountId)).keys?.map(({ tree }) => tree))
    const unknown = trees?.filter((tree) => !before.trees?.some((row) => row.tree === tree))
    expect(unknown).toHaveLength(1)
    expect(used.has(unknown?.[0] as string)).toBe(false)
  })
})

describe('a Keeper put back to before its account was destroyed', () => {
  it('opens nothing and never begins again, and the neighbour stands', async () => {
    // A business of its own: what is destroyed stays so for the other tests.
    const account = 'acc_ended'
    const ended = keeperOf(env.KEEPER, account)
    const query = { phone: '15550001111', at: 1, create: true }
    const [subject] = (await ended.resolve([query])).subjects
    const key = subject?.state === 'known' ? subject.key : undefined
    const before = await keeperState(account)
    await ended.destroyAccount(5)
    await putBackKeeper(account, before)
    const answer = await ended.resolve([query, { ...query, at: Date.now() + 1e9 }])
    expect(answer.subjects.map(({ state }) => state)).toEqual(['erased', 'erased'])
    expect(answer.closedAt).toBeGreaterThan(0)
    expect(await ended.keys([key?.id as string])).toEqual([])
    expect(await whyNot(() => ended.keyFor('mem_x'))).toContain('erased')
    expect((await env.KEYS.list({ prefix: `epoch/${account}/` })).keys).toEqual([])
    expect(await reads(scene.keptId)).toEqual(keptReads())
  })

  it('is destroyed again by the ledger when KV was not yet empty', async () => {
    const account = 'acc_ending'
    const ending = keeperOf(env.KEEPER, account)
    await ending.resolve([{ phone: '15550001111', at: 1, create: true }])
    await noteInLedger({ ...sol, accountId: account }, [account], [], 77)
    await ending.recover()
    expect(await ending.resolve([])).toMatchObject({ closedAt: 77 })
    expect(await runDurableObjectAlarm(ending)).toBe(true)
    expect((await env.KEYS.list({ prefix: `epoch/${account}/` })).keys).toEqual([])
    expect(await reads(scene.keptId)).toEqual(keptReads())
  })
})
