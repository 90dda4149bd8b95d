// Somebody is forgotten: at once, for everybody who asks, for as long as tombstones stand, and nobody else with them.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { Identities } from '../../../worker/custody/identities.ts'
import { People } from '../../../worker/custody/people.ts'
import { forgetOwners } from '../../../worker/custody/recovery.ts'
import { parseRootKeys } from '../../../worker/custody/root.ts'
import { keeperOf, openColumns, platformAccount } from '../../../worker/custody/sealing.ts'
import { Vault } from '../../../worker/custody/vault.ts'
import { dayMs, limits } from '../../../worker/ground/limits.ts'
import { testBindings } from '../../support/bindings.ts'
import { ana, type Business, monsoon, type Person, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { hookedPut, keeperState, whyNot } from '../../support/keeper.ts'
import { nowSeconds, stranger } from '../../support/thread.ts'
import { messageChange, postChanges, statusChange, textMessage } from '../../support/webhooks.ts'
import { ownerEmailOf, ownerOf, seedCast } from '../../support/world.ts'

const keeper = (business: Business = sol) => keeperOf(env.KEEPER, business.accountId)
const erasedAt = (nowSeconds + 100) * 1000
let serial = 0

/** `after`: seconds after the first messages; the erasure is at 100. */
async function writes(
  person: Person,
  after = 0,
  id = `wamid.F${serial++}`,
  business: Business = sol,
): Promise<void> {
  await postChanges(business, messageChange(business, person, textMessage(id, 'hola', nowSeconds + after)))
  await drain(business)
}

const ask = async (person: Person, after: number, business: Business = sol, create = false) => {
  const at = (nowSeconds + after) * 1000
  const [subject] = (
    await keeper(business).resolve([{ phone: person.phone, bsuid: person.bsuid, at, create }])
  ).subjects
  return subject?.state === 'known' ? subject.contactId : subject?.state
}

const counted = async (): Promise<number> =>
  ((await rowsOf('intake_counts')).find((row) => row.counter_key === sol.phoneNumberId)?.erased as number) ??
  0

/** What stands of messages, contacts, conversations and unhandled events. */
const stored = async () =>
  JSON.stringify(
    await Promise.all(
      ['messages', 'contacts', 'conversations', 'raw_events', 'message_statuses'].map((table) =>
        rowsOf(table, 'rowid'),
      ),
    ),
  )

/** Somebody who has written, and is forgotten. */
async function forgotten(person: Person = stranger()): Promise<{ person: Person; id: string }> {
  await writes(person)
  const id = (await ask(person, 0)) as string
  await keeper().forget([id], erasedAt)
  return { person, id }
}

beforeAll(seedCast)

describe('forgetting a contact', () => {
  it('destroys its key and leaves tombstones of its ids, and answers the same when it is repeated, also after the turn', async () => {
    const person = stranger()
    await writes(person)
    const id = (await ask(person, 0)) as string
    const [held] = await keeper().inventoryOf([id])
    expect(held).toMatchObject({ owner: id, keys: 1, identities: 2, losers: [] })
    const first = await keeper().forget([id], erasedAt)
    expect(first.keys).toHaveLength(1)
    expect(first.digests.sort()).toEqual(held?.digests.sort())
    expect(await keeper().keys(first.keys)).toEqual([])
    expect(await keeper().inventoryOf([id])).toMatchObject([{ owner: id, keys: 0, identities: 0 }])
    const again = await keeper().forget([id], erasedAt)
    expect([again.keys, again.digests.sort()]).toEqual([first.keys, first.digests])
    await keeper().turn()
    await evictDurableObject(keeper())
    const late = await keeper().forget([id], erasedAt)
    expect([late.keys, late.digests.sort()]).toEqual([first.keys, first.digests])
    expect(await keeper().underivable(first.keys)).toEqual([true])
  })

  it('is without effect for somebody unknown, and never touches the account’s own keys', async () => {
    const before = await keeper().resolve([])
    expect(await keeper().forget(['cnt_nobody', 'account', 'pepper'], erasedAt)).toEqual({
      keys: [],
      digests: [],
    })
    await evictDurableObject(keeper())
    expect(await keeper().resolve([])).toEqual(before)
  })

  it('means the whole person when it names a contact that has become part of another', async () => {
    const person = stranger()
    await writes({ phone: person.phone })
    await writes({ bsuid: person.bsuid })
    const halves = [await ask({ phone: person.phone }, 0), await ask({ bsuid: person.bsuid }, 0)] as string[]
    await writes(person, 1)
    const one = await ask(person, 1)
    const loser = halves.find((id) => id !== one) as string
    expect(await keeper().inventoryOf([loser])).toMatchObject([
      { owner: one, keys: 2, identities: 2, losers: [loser] },
    ])
    const { keys, digests } = await keeper().forget([loser], erasedAt)
    expect([keys.length, digests.length]).toEqual([2, 2])
    expect(await ask({ phone: person.phone }, 50)).toBe('erased')
    expect(await ask({ bsuid: person.bsuid }, 50)).toBe('erased')
  })

  it('holds against somebody who is written to at this very moment', async () => {
    for (let round = 0; round < 10; round++) {
      const person = stranger()
      const query = { phone: person.phone, bsuid: person.bsuid, at: nowSeconds * 1000, create: true }
      const [known] = (await keeper().resolve([query])).subjects
      const id = known?.state === 'known' ? known.contactId : ''
      // A cold Keeper has to wait for KV in the middle of its answer.
      if (round % 2) await evictDurableObject(keeper())
      const all = await Promise.all([
        keeper().resolve([query, query]),
        keeper().forget([id], erasedAt),
        keeper().resolve([query]),
      ])
      expect(all[1].digests).toHaveLength(2)
      expect(all[2].subjects).toEqual([{ state: 'erased', at: erasedAt }])
      expect(await keeper().inventoryOf([id])).toMatchObject([{ keys: 0, identities: 0 }])
      const state = await keeperState(sol.accountId)
      expect(state.keys?.filter(({ owner }) => owner === id)).toEqual([])
    }
  })

  it('reaches the answers of a batch that waits for something else', () =>
    runInDurableObject(keeperOf(env.KEEPER, 'acc_batch'), async (_, { storage }) => {
      const identities = new Identities(storage.sql)
      const vaultOver = (kv: KVNamespace) =>
        new Vault(storage, kv, parseRootKeys(testBindings.ROOT_KEYS), 'acc_batch')
      const peopleOf = (vault: Vault) => new People(storage, vault, identities, new Uint8Array(32))
      const [known, fresh] = [
        { ...ana, at: 1, create: true },
        { ...stranger(), at: 1, create: true },
      ]
      const [before] = await peopleOf(vaultOver(env.KEYS)).answer([known], 1)
      const id = before?.state === 'known' ? before.contactId : ''
      // A Keeper that has just begun leases leaves for the second one, and then the first one is erased.
      const vault = vaultOver(
        hookedPut(async () => {
          forgetOwners({ storage, vault, identities }, [id], 5)
          people.forgetAnswers()
        }),
      )
      const people = peopleOf(vault)
      const look = { ...known, create: false }
      const [first, second] = await people.answer([look, fresh], 1)
      expect(first).toEqual({ state: 'erased', at: 5 })
      expect(second).toMatchObject({ state: 'known' })
    }))
})

describe('an event about a forgotten contact', () => {
  it('stores nothing and is counted as erased, late or repeated, by phone, by user id or by both, message or status', async () => {
    const person = stranger()
    await writes(person, 0, 'wamid.FIRST')
    await writes(ana, 0, 'wamid.NEIGHBOUR', monsoon)
    const id = (await ask(person, 0)) as string
    await keeper().forget([id], erasedAt)
    const before = { rows: await stored(), count: await counted() }
    await writes(person, 50)
    await writes(person, 100)
    await writes({ phone: person.phone }, 60)
    await writes({ bsuid: person.bsuid }, 70)
    await postChanges(
      sol,
      statusChange(sol, person, { id: 'wamid.SENT', status: 'read', timestamp: String(nowSeconds + 50) }),
    )
    await drain(sol)
    expect(await stored()).toBe(before.rows)
    expect(await counted()).toBe(before.count + 5)
  })

  it('that is newer opens a fresh contact under a fresh key, once', async () => {
    const { person, id } = await forgotten()
    await writes(person, 200)
    await writes(person, 201)
    const fresh = await ask(person, 201)
    expect(fresh).toMatch(/^cnt_/)
    expect(fresh).not.toBe(id)
    const rows = (await rowsOf('messages', 'rowid')).filter((row) => row.contact_id === fresh)
    expect(rows).toHaveLength(2)
    const state = await keeperState(sol.accountId)
    const [key] = state.keys?.filter(({ owner }) => owner === fresh) ?? []
    expect(state.punctures?.map(({ owner }) => owner)).toContain(id)
    for (const row of rows) expect(row.content).toMatch(new RegExp(`^sc1\\.${key?.id}\\.`))
    // What happened before the erasure stays erased, whoever came after it.
    const before = await stored()
    await writes(person, 99)
    expect(await stored()).toBe(before)
  })

  it('that shows a user id with the phone of somebody known by the phone alone is that person’s', async () => {
    const { phone, bsuid } = stranger()
    await forgotten({ phone })
    expect(await ask({ phone, bsuid }, 50)).toBe('erased')
    expect(await ask({ phone }, 100)).toBe('erased')
    expect(await ask({ phone, bsuid }, 101, sol, true)).toMatch(/^cnt_/)
    expect(await ask({ bsuid }, 50, sol)).toMatch(/^cnt_/)
  })

  it('leaves the same person alone at another business', async () => {
    const person = stranger()
    await writes(person, 0, `wamid.M${serial++}`, monsoon)
    const theirs = await ask(person, 0, monsoon)
    const before = (await rowsOf('messages', 'rowid')).filter((row) => row.account_id === monsoon.accountId)
    await forgotten(person)
    await keeper().turn()
    expect(await ask(person, 50)).toBe('erased')
    expect(await ask(person, 50, monsoon)).toBe(theirs)
    expect((await keeper(monsoon).shredPending()).keys).toBe(0)
    const row = before.at(-1) as { id: string; content: string }
    const place = { table: 'messages', column: 'content', rowId: row.id, sealed: row.content }
    const later = Date.now() + 2 * limits.keyCacheMs
    const [opened] = await openColumns(env.KEEPER, monsoon.accountId, [place], later)
    expect(opened).toContain('hola')
  })
})

describe('forgetting a member', () => {
  it('destroys the key of that member alone, which is never made again', async () => {
    const email = async (business: Business) => {
      const row = (await rowsOf('members')).find(({ id }) => id === ownerOf(business)) as { email: string }
      const place = { table: 'members', column: 'email', rowId: ownerOf(business), sealed: row.email }
      const now = Date.now() + 4 * limits.keyCacheMs * ++serial
      return (await openColumns(env.KEEPER, business.accountId, [place], now))[0]
    }
    await keeper().keyFor('mem_other')
    expect(await email(sol)).toBe(ownerEmailOf(sol))
    expect((await keeper().forget([ownerOf(sol)], erasedAt)).digests).toEqual([])
    expect(await email(sol)).toBeUndefined()
    expect(await email(monsoon)).toBe(ownerEmailOf(monsoon))
    expect(await whyNot(() => keeper().keyFor(ownerOf(sol)))).toBe('erased')
    expect((await keeper().keyFor('mem_other')).bytes).toHaveLength(32)
    await keeper().turn()
    expect(await whyNot(() => keeper().keyFor(ownerOf(sol)))).toBe('erased')
  })
})

describe('the Keeper’s alarm', () => {
  const alarmOf = () => runInDurableObject(keeper(), (_, { storage }) => storage.getAlarm())

  it('turns the epoch minutes after the first erasure, however many follow', async () => {
    await keeper().turn()
    await runDurableObjectAlarm(keeper())
    const now = Date.now()
    await forgotten()
    const first = (await alarmOf()) as number
    await forgotten()
    expect(await alarmOf()).toBe(first)
    expect(first).toBeGreaterThan(now)
    expect(first).toBeLessThan(now + dayMs / 24)
    expect(await keeper().shredPending()).toEqual({ keys: 2, sinceAt: erasedAt })
    expect(await runDurableObjectAlarm(keeper())).toBe(true)
    expect(await keeper().shredPending()).toEqual({ keys: 0, sinceAt: null })
  })

  it('tries again when KV fails, and goes on', async () => {
    const { id } = await forgotten()
    await evictDurableObject(keeper())
    const [tree] = (await keeperState(sol.accountId)).trees ?? []
    const name = `epoch/${sol.accountId}/${tree?.tree}/${tree?.epoch}`
    const value = (await env.KEYS.get(name)) as string
    await env.KEYS.put(name, 'k1.broken')
    expect(await runDurableObjectAlarm(keeper())).toBe(true)
    expect(await alarmOf()).toBeGreaterThan(Date.now())
    expect((await keeper().shredPending()).keys).toBe(1)
    await env.KEYS.put(name, value)
    expect(await runDurableObjectAlarm(keeper())).toBe(true)
    expect((await keeper().shredPending()).keys).toBe(0)
    const { keys } = await keeper().forget([id], erasedAt)
    expect(await keeper().underivable(keys)).toEqual([true])
  })

  it('lets tombstones go after their life, not before', async () => {
    const [young, old] = [await forgotten(), await forgotten()]
    await runInDurableObject(keeper(), (_, { storage }) => {
      const age = (owner: string, days: number) =>
        storage.sql.exec(`UPDATE tombstones SET at = ? WHERE owner = ?`, Date.now() - days * dayMs, owner)
      age(young.id, limits.tombstoneDays - 1)
      age(old.id, limits.tombstoneDays + 1)
    })
    expect(limits.tombstoneDays).toBeGreaterThanOrEqual(90)
    await runDurableObjectAlarm(keeper())
    const owners = new Set((await keeperState(sol.accountId)).tombstones?.map(({ owner }) => owner))
    expect([owners.has(young.id), owners.has(old.id)]).toEqual([true, false])
    expect(await alarmOf()).toBeGreaterThan(Date.now())
  })
})

describe('destroying an account', () => {
  it('leaves no key, nobody known, nothing in KV, and is final', async () => {
    const account = 'acc_leaving'
    const leaving = keeperOf(env.KEEPER, account)
    const query = { ...stranger(), at: 1, create: true }
    const before = await leaving.resolve([query])
    const neighbour = await keeperState(monsoon.accountId)
    await leaving.destroyAccount(9)
    await leaving.destroyAccount(10)
    for (const cold of [false, true]) {
      if (cold) await evictDurableObject(leaving)
      const after = await leaving.resolve([query, query])
      expect(after).toMatchObject({
        closedAt: 9,
        subjects: [
          { state: 'erased', at: 9 },
          { state: 'erased', at: 9 },
        ],
      })
      expect(after.account.ref).not.toEqual(before.account.ref)
      expect(await leaving.keys([before.account.seal.id])).toEqual([])
      expect(await leaving.underivable([before.account.seal.id])).toEqual([true])
      expect(await leaving.forget(['cnt_x'], 11)).toEqual({ keys: [], digests: [] })
      expect(await leaving.turn()).toEqual({ trees: 0, keys: 0 })
      expect(await leaving.recover()).toEqual({ entries: 0 })
      expect(await whyNot(() => leaving.keyFor('mem_x'))).toBe('erased')
    }
    const { marks, ...rest } = await keeperState(account)
    expect(marks).toEqual([{ name: 'closed', value: 9 }])
    for (const rows of Object.values(rest)) expect(rows).toEqual([])
    expect((await env.KEYS.list({ prefix: `epoch/${account}/` })).keys).toEqual([])
    expect(await env.KEYS.get(`lease/${account}`)).toBeNull()
    expect(await keeperState(monsoon.accountId)).toEqual(neighbour)
  })

  it('is refused for the platform', async () => {
    const stand = keeperOf(env.KEEPER, platformAccount)
    const before = await stand.resolve([])
    expect(await whyNot(() => stand.destroyAccount(1))).toBe('the platform is no account')
    expect(await stand.resolve([])).toEqual(before)
  })
})
