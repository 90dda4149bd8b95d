// One life of a Keeper, from waking to eviction: it opens when the Keeper has compared itself with KV and has done again
// the erasures it did not know of; until then nobody is answered. Called by keeper.ts only.

import { hmac } from '../crypto/hmac.ts'
import { limits } from '../ground/limits.ts'
import { People } from './people.ts'
import { type Custody, pepperOwner, recover } from './recovery.ts'
import { KeysUnavailable } from './vault.ts'

/** `ref`: the key that makes refs. */
export type Open = { people: People; ref: Uint8Array }

export class Life {
  readonly #custody: Custody
  readonly #env: Env
  readonly #name: string
  #opening: Promise<Open | undefined> | undefined
  #open: Open | undefined
  #closedAt: number | undefined

  constructor(custody: Custody, env: Env, name: string) {
    this.#custody = custody
    this.#env = env
    this.#name = name
    this.#closedAt = custody.vault.marked('closed')
  }

  /** When the account was erased, as far as this life knows. */
  get closedAt(): number | undefined {
    return this.#closedAt
  }

  /** `open` is undefined when the account was erased. Throws KeysUnavailable while it cannot be known. */
  async ready(): Promise<{ now: number; open: Open | undefined }> {
    const now = Date.now()
    if (this.#closedAt !== undefined) return { now, open: undefined }
    if (this.#open && !this.#custody.vault.lost) return { now, open: this.#open }
    // All who come first wait for the same opening; after a failure the next one tries again.
    this.#opening ??= this.#begin(now).finally(() => {
      this.#opening = undefined
    })
    return { now, open: await this.#opening }
  }

  /** Answers how many entries of the ledger were done again. */
  async recover(open: Open, now: number): Promise<number> {
    try {
      const { entries, closedAt } = await recover(this.#custody, this.#env, this.#name, open.ref, now)
      if (closedAt !== undefined) this.close(closedAt)
      await this.alarmWithin(limits.epochTurnMs, now, () => open.people.forgetAnswers())
      return entries
    } catch (cause) {
      throw new KeysUnavailable('erasures are not done again yet', { cause })
    }
  }

  /** For good: it is written down. */
  close(at: number): void {
    this.#custody.vault.mark('closed', at)
    this.#closedAt = this.#custody.vault.marked('closed')
    this.#open = undefined
  }

  /** The alarm comes at the latest then. `first` runs right before it is set, in the same write. */
  async alarmWithin<T>(waitMs: number, now: number, first: () => T): Promise<T> {
    const standing = await this.#custody.storage.getAlarm()
    const done = first()
    await this.#custody.storage.setAlarm(Math.min(standing ?? Number.POSITIVE_INFINITY, now + waitMs))
    return done
  }

  async #begin(now: number): Promise<Open | undefined> {
    const { storage, vault, identities } = this.#custody
    // Not written down: should KV only have failed to show the account, its next life finds it again.
    if ((await vault.compare(now)) === 'gone') this.#closedAt = now
    if (this.#closedAt !== undefined) return undefined
    const { bytes: pepper } = await vault.keyOf(pepperOwner, now)
    const open = { people: new People(storage, vault, identities, pepper), ref: hmac(pepper, 'refs') }
    if (vault.marked('behind') !== undefined) await this.recover(open, now)
    this.#open = this.#closedAt === undefined ? open : undefined
    return this.#open
  }
}
