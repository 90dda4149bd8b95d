// Keys of one account against the real KV: given out once, destroyed at once, gone from KV with the next turn, however
// often something fails on the way.

import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { hex } from '../../../worker/crypto/bytes.ts'
import type { SealKey } from '../../../worker/crypto/seal.ts'
import { parseRootKeys } from '../../../worker/custody/root.ts'
import { Vault } from '../../../worker/custody/vault.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { testBindings } from '../../support/bindings.ts'
import { hookedPut } from '../../support/keeper.ts'

const roots = parseRootKeys(testBindings.ROOT_KEYS)
const now = 1_795_305_600_000
let serial = 0

/** A storage and a place in KV that nothing else uses; `vault` gives a new one over both, as after a crash. */
function withStorage<T>(
  run: (world: {
    account: string
    storage: DurableObjectStorage
    vault: (kv?: KVNamespace) => Vault
  }) => Promise<T>,
): Promise<T> {
  const account = `acc_turn${serial++}`
  return runInDurableObject(env.KEEPER.getByName(account), (_, { storage }) =>
    run({ account, storage, vault: (kv = env.KEYS) => new Vault(storage, kv, roots, account) }),
  )
}

/** KV whose calls fail from the nth on, before or after they have done their work. */
function failing(from: number, when: 'before' | 'after'): { kv: KVNamespace; failed: () => boolean } {
  let calls = 0
  let failed = false
  const kv = new Proxy(env.KEYS, {
    get:
      (target, name) =>
      async (...given: unknown[]) => {
        const fails = calls++ >= from
        failed ||= fails
        if (fails && when === 'before') throw new Error('KV failed')
        const answer = await (target as unknown as Record<string | symbol, (...all: unknown[]) => unknown>)[
          name
        ]?.(...given)
        if (fails) throw new Error('KV failed')
        return answer
      },
  })
  return { kv, failed: () => failed }
}

const namesOf = async (account: string): Promise<string[]> =>
  (await env.KEYS.list({ prefix: `epoch/${account}/` })).keys.map(({ name }) => name)

const open = async (vault: Vault): Promise<Vault> => {
  await vault.compare(now)
  return vault
}

const bytesOf = (keys: SealKey[]) => Object.fromEntries(keys.map(({ id, bytes }) => [id, hex(bytes)]))

describe('a key', () => {
  it('is the same after every restart, and of no two owners', () =>
    withStorage(async ({ vault }) => {
      const first = await open(vault())
      const keys = []
      for (const owner of ['cnt_ana', 'cnt_ravi', 'cnt_mei']) keys.push(await first.keyOf(owner, now))
      expect(new Set(keys.map(({ bytes }) => hex(bytes))).size).toBe(3)
      const later = await open(vault())
      expect(await later.keyOf('cnt_ana', now)).toEqual(keys[0])
      expect(
        bytesOf(
          await later.keysById(
            keys.map(({ id }) => id),
            now,
          ),
        ),
      ).toEqual(bytesOf(keys))
    }))

  it('stands nowhere in the Keeper’s storage, and in KV only inside a sealed tree', () =>
    withStorage(async ({ account, storage, vault }) => {
      const { bytes } = await (await open(vault())).keyOf('cnt_ana', now)
      const tables = ['keys', 'trees', 'punctures', 'marks']
      const rows = tables.map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray())
      expect(JSON.stringify(rows)).not.toContain(hex(bytes))
      for (const name of await namesOf(account)) expect(await env.KEYS.get(name)).toMatch(/^k1\.[\w-]{80,}$/)
    }))

  it('is made once when many ask at once', () =>
    withStorage(async ({ vault }) => {
      const fresh = await open(vault())
      const keys = await Promise.all(Array.from({ length: 20 }, () => fresh.keyOf('cnt_ana', now)))
      expect(new Set(keys.map(({ id }) => id)).size).toBe(1)
      expect(fresh.keysOf('cnt_ana')).toBe(1)
    }))

  it('is never the key of somebody before, although the storage was set back between', () =>
    withStorage(async ({ storage, vault }) => {
      const first = await open(vault())
      await first.keyOf('account', now)
      const trees = storage.sql.exec(`SELECT * FROM trees`).toArray()
      const given = await first.keyOf('cnt_ana', now)
      storage.sql.exec(`DELETE FROM keys WHERE owner = 'cnt_ana'`)
      storage.sql.exec(`UPDATE trees SET next_leaf = ?`, trees[0]?.next_leaf as number)
      const next = await (await open(vault())).keyOf('cnt_ravi', now)
      expect(next.id).not.toBe(given.id)
      expect(next.bytes).not.toEqual(given.bytes)
    }))

  it('comes from a new tree when one is full, and the old one still gives its own', () =>
    withStorage(async ({ account, storage, vault }) => {
      const first = await open(vault())
      const old = await first.keyOf('cnt_ana', now)
      storage.sql.exec(`UPDATE trees SET next_leaf = ?`, 2 ** limits.treeDepth - 1)
      const second = await open(vault())
      const [last, fresh] = [await second.keyOf('cnt_ravi', now), await second.keyOf('cnt_mei', now)]
      expect(last.id.split('-')[0]).toBe(old.id.split('-')[0])
      expect(fresh.id.split('-')[0]).not.toBe(old.id.split('-')[0])
      expect(await namesOf(account)).toHaveLength(2)
      const third = await open(vault())
      const ids = [old, last, fresh].map(({ id }) => id)
      expect(bytesOf(await third.keysById(ids, now))).toEqual(bytesOf([old, last, fresh]))
    }))

  it('that was destroyed is missing at once, for everybody, and can no longer be derived after the turn', () =>
    withStorage(async ({ account, vault }) => {
      const standing = await open(vault())
      const [ana, ravi] = [await standing.keyOf('cnt_ana', now), await standing.keyOf('cnt_ravi', now)]
      expect(standing.destroyKeys('cnt_ana', now)).toEqual([ana.id])
      expect(await standing.keysById([ana.id, ravi.id], now)).toEqual([ravi])
      expect(await standing.underivable([ana.id, ravi.id, 'junk'])).toEqual([false, false, true])
      expect(standing.pending()).toEqual({ keys: 1, sinceAt: now })
      const [before] = await namesOf(account)
      expect(await standing.turn(now)).toEqual({ trees: 1, keys: 1 })
      expect(await standing.underivable([ana.id, ravi.id])).toEqual([true, false])
      expect(standing.pending()).toEqual({ keys: 0, sinceAt: null })
      expect(await env.KEYS.get(before as string)).toBeNull()
      expect(await namesOf(account)).toHaveLength(1)
      expect(await (await open(vault())).keysById([ana.id, ravi.id], now)).toEqual([ravi])
      expect(await standing.turn(now)).toEqual({ trees: 0, keys: 0 })
      expect(standing.destroyKeys('cnt_ana', now + 1)).toEqual([ana.id])
    }))
})

describe('a turn', () => {
  for (const when of ['before', 'after'] as const)
    it(`that fails at any call, ${when} KV did it, is finished by the next one, with and without a restart`, async () => {
      for (let from = 0; ; from++) {
        const done = await withStorage(async ({ account, vault }) => {
          const prepared = await open(vault())
          const [ana, ravi, mei] = [
            await prepared.keyOf('cnt_ana', now),
            await prepared.keyOf('cnt_ravi', now),
            await prepared.keyOf('cnt_mei', now),
          ]
          const { kv, failed } = failing(from + 1, when)
          const standing = await open(vault(kv))
          standing.destroyKeys('cnt_ana', now)
          await standing.turn(now).catch(() => undefined)
          // What is destroyed meanwhile belongs to the next try.
          standing.destroyKeys('cnt_mei', now + 1)
          const ids = [ana, ravi, mei].map(({ id }) => id)
          for (const again of [await open(vault()), await open(vault())]) {
            expect(await again.keysById(ids, now)).toEqual([ravi])
            await again.turn(now)
            expect(await again.keysById(ids, now)).toEqual([ravi])
            expect(again.pending().keys).toBe(0)
            expect(await again.underivable(ids)).toEqual([true, false, true])
          }
          expect(await namesOf(account)).toHaveLength(1)
          return !failed()
        })
        if (!done) continue
        // A turn is five calls: load, put, read back, delete, look.
        expect(from).toBe(5)
        break
      }
    })

  it('goes on in the same life after a failure', () =>
    withStorage(async ({ account, vault }) => {
      for (let from = 1; from < 6; from++) {
        let broken = true
        const { kv } = failing(from, 'after')
        const switching = new Proxy(env.KEYS, {
          get:
            (_, name) =>
            (...given: unknown[]) =>
              (
                (broken ? kv : env.KEYS) as unknown as Record<string | symbol, (...all: unknown[]) => unknown>
              )[name]?.(...given),
        })
        const prepared = await open(vault())
        const [gone, kept] = [await prepared.keyOf(`cnt_${from}`, now), await prepared.keyOf('cnt_kept', now)]
        const standing = await open(vault(switching))
        standing.destroyKeys(`cnt_${from}`, now)
        await standing.turn(now).catch(() => undefined)
        broken = false
        await standing.turn(now)
        expect(await standing.underivable([gone.id, kept.id])).toEqual([true, false])
        expect(await standing.keysById([kept.id], now)).toEqual([kept])
        expect(await namesOf(account)).toHaveLength(1)
      }
    }))

  it('keeps what is destroyed while it runs for the next one, and two at once do not cross', () =>
    withStorage(async ({ account, vault }) => {
      const prepared = await open(vault())
      const keys: SealKey[] = []
      for (const owner of ['cnt_ana', 'cnt_ravi', 'cnt_mei']) keys.push(await prepared.keyOf(owner, now))
      const ids = keys.map(({ id }) => id)
      let second: Promise<unknown> | undefined
      const meanwhile = async () => {
        if (second) return
        standing.destroyKeys('cnt_ravi', now + 1)
        second = standing.turn(now)
        // Long enough for a second turn to have done everything, if it did not wait for the first.
        for (let i = 0; i < 10; i++) await env.KEYS.get('nothing')
        expect(standing.pending().keys).toBe(2)
      }
      const standing = await open(vault(hookedPut(meanwhile)))
      standing.destroyKeys('cnt_ana', now)
      expect(await standing.turn(now)).toEqual({ trees: 1, keys: 1 })
      expect(await second).toEqual({ trees: 1, keys: 1 })
      expect(await standing.underivable(ids)).toEqual([true, true, false])
      expect(await standing.keysById(ids, now)).toEqual(keys.slice(2))
      expect(await namesOf(account)).toHaveLength(1)
    }))
})

describe('the end of an account', () => {
  it('leaves nothing in KV, whatever failed on the way', async () => {
    for (let from = 0; ; from++) {
      const done = await withStorage(async ({ account, vault }) => {
        const prepared = await open(vault())
        const { id } = await prepared.keyOf('account', now)
        const neighbour = await namesOf('acc_turn0')
        const { kv, failed } = failing(from, 'after')
        const standing = vault(kv)
        standing.mark('closed', now)
        await standing.destroyAll().catch(() => undefined)
        const again = vault()
        expect(again.marked('closed')).toBe(now)
        if (again.standing) await again.destroyAll()
        expect(again.standing).toBe(false)
        expect(await namesOf(account)).toEqual([])
        expect(await env.KEYS.get(`lease/${account}`)).toBeNull()
        expect(await again.underivable([id])).toEqual([true])
        expect(await namesOf('acc_turn0')).toEqual(neighbour)
        return !failed()
      })
      if (done) break
      expect(from).toBeLessThan(20)
    }
  })
})
