// The Keeper: one Durable Object per account (and one named `platform` for what belongs to no account). It alone holds
// the pepper, the identities and the keys of the account's contacts; whoever wants to read or write about a person
// asks it first, once per batch, and is told *erased* from the moment of an erasure on. Why: docs/decisions/0005 and 0017.

import { DurableObject } from 'cloudflare:workers'
import { randomBytes } from '../crypto/bytes.ts'
import type { SealKey } from '../crypto/seal.ts'
import type { Search } from '../crypto/search.ts'
import { type Scanned, scanStorage } from '../crypto/search-storage.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import { Identities, type Identity } from './identities.ts'
import { Life } from './life.ts'
import type { SubjectAnswer, SubjectQuery } from './people.ts'
import {
  accountOwner,
  type Custody,
  destroyAll,
  forgetOwners,
  type Holding,
  inventory,
  platformAccount,
  turnAndSweep,
} from './recovery.ts'
import { parseRootKeys } from './root.ts'
import { KeysUnavailable, Vault } from './vault.ts'

export type { Holding, SubjectAnswer, SubjectQuery }

/** What a walk needs of the account itself: the key for what belongs to no contact, the key that makes refs. */
export type AccountKeys = { seal: SealKey; ref: Uint8Array }

/** `closedAt`: the account was destroyed then; everybody is erased, and `account` opens and finds nothing. */
export type Resolved = { account: AccountKeys; subjects: SubjectAnswer[]; closedAt?: number }

export class Keeper extends DurableObject<Env> {
  readonly #name: string
  readonly #custody: Custody
  readonly #life: Life
  #failures = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#name = ctx.id.name ?? ctx.id.toString()
    const vault = new Vault(ctx.storage, env.KEYS, parseRootKeys(env.ROOT_KEYS ?? ''), this.#name)
    this.#custody = { storage: ctx.storage, vault, identities: new Identities(ctx.storage.sql) }
    this.#life = new Life(this.#custody, env, this.#name)
  }

  /** One call per account and batch: who these people are, with their keys, in the order asked. */
  async resolve(queries: SubjectQuery[]): Promise<Resolved> {
    const { now, open } = await this.#life.ready()
    if (!open) return erasedAnswer(queries.length, this.#life.closedAt as number)
    const subjects = await open.people.answer(queries, now)
    const seal = await this.#custody.vault.keyOf(accountOwner, now)
    return { account: { seal, ref: open.ref }, subjects }
  }

  /** Keys by the ids found in seals; what was destroyed is missing. */
  async keys(ids: string[]): Promise<SealKey[]> {
    const { now, open } = await this.#life.ready()
    return open ? this.#custody.vault.keysById(ids, now) : []
  }

  /** The key of something else that can be erased alone: a member. Made when there is none, never after an erasure. */
  async keyFor(owner: string): Promise<SealKey> {
    const { now, open } = await this.#life.ready()
    if (!open || this.#custody.vault.wasDestroyed(owner)) throw new KeysUnavailable('erased')
    return this.#custody.vault.keyOf(owner, now)
  }

  /** Confirms that rows of merged contacts now stand under the contact they were merged into. */
  async absorbed(losers: string[]): Promise<void> {
    this.#custody.identities.confirmAbsorbed(losers, Date.now())
  }

  /** What is held of these contacts and members, in the order asked. */
  async inventoryOf(owners: string[]): Promise<Holding[]> {
    await this.#life.ready()
    return inventory(this.#custody, owners)
  }

  /** How much is held in all; nothing once the account was destroyed. */
  async census(): Promise<{ keys: number; identities: number }[]> {
    const { open } = await this.#life.ready()
    if (!open) return []
    const { vault, identities } = this.#custody
    return [{ keys: vault.size, identities: identities.size }]
  }

  /**
   * Tombstones, then the keys of these contacts and members: from here on their seals are noise and their past events
   * store nothing. Called again, it answers the same. KV follows within limits.epochTurnMs.
   */
  async forget(owners: string[], at: number): Promise<{ keys: string[]; digests: string[] }> {
    const { now, open } = await this.#life.ready()
    if (!open) return { keys: [], digests: [] }
    return this.#life.alarmWithin(limits.epochTurnMs, now, () => {
      open.people.forgetAnswers()
      return forgetOwners(this.#custody, owners, at)
    })
  }

  /** Takes every destroyed key out of KV, now. Throws when KV fails; called again, it goes on. */
  async turn(): Promise<{ trees: number; keys: number }> {
    const { now, open } = await this.#life.ready()
    return open ? this.#custody.vault.turn(now) : { trees: 0, keys: 0 }
  }

  /** Destroyed keys that a restored copy could still use with KV's help, and since when (epoch ms). */
  async shredPending(): Promise<{ keys: number; sinceAt: number | null }> {
    return this.#custody.vault.pending()
  }

  /** True for each key that nothing can give any more: not KV, not memory. */
  async underivable(ids: string[]): Promise<boolean[]> {
    await this.#life.ready()
    return this.#custody.vault.underivable(ids)
  }

  /** Does again what the erasure ledger says was erased. Answers how many of its entries are about this account. */
  async recover(): Promise<{ entries: number }> {
    const { now, open } = await this.#life.ready()
    return { entries: open ? await this.#life.recover(open, now) : 0 }
  }

  /** Destroys every key of the account, for good. Throws while KV still gives one; the alarm goes on by itself. */
  async destroyAccount(at: number): Promise<void> {
    if (this.#name === platformAccount) throw new Error('the platform is no account')
    await this.ctx.storage.setAlarm(Date.now() + (limits.epochTurnBackoffMs[0] as number))
    this.#life.close(at)
    await destroyAll(this.#custody)
  }

  /**
   * For the residue scan: a page of everything that is stored here. Ids that somebody has anew since `erasedAt` (epoch ms)
   * are no residue: they came back, or have the number now.
   */
  async scan(search: Search, erasedAt: number, cursor?: string): Promise<Scanned> {
    const { identities } = this.#custody
    return scanStorage(
      this.ctx.storage,
      search,
      cursor,
      (table, row) => table === 'identities' && identities.isAnew(row as Identity, erasedAt),
    )
  }

  override async alarm(): Promise<void> {
    try {
      await this.#chores()
      this.#failures = 0
    } catch (cause) {
      const waits = limits.epochTurnBackoffMs
      const wait = waits[Math.min(this.#failures++, waits.length - 1)] as number
      log('error', 'keeper.turn_failed', { error: errorName(cause), attempts: this.#failures })
      await this.ctx.storage.setAlarm(Date.now() + wait)
    }
  }

  async #chores(): Promise<void> {
    const closed = this.#custody.vault.marked('closed') !== undefined
    const { now, open } = closed ? { now: Date.now(), open: undefined } : await this.#life.ready()
    if (closed) return destroyAll(this.#custody)
    const again = open && (await turnAndSweep(this.#custody, now))
    if (again && (await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(again)
  }
}

/** Random keys: what a caller seals or looks up with them is lost, and it need not know. */
const erasedAnswer = (count: number, closedAt: number): Resolved => ({
  account: { seal: { id: 'erased', bytes: randomBytes(32) }, ref: randomBytes(32) },
  subjects: Array.from({ length: count }, () => ({ state: 'erased', at: closedAt })),
  closedAt,
})
