// The Keeper: one Durable Object per account (and one named `platform` for what belongs to no account). It alone holds
// the pepper, the identities and the keys of the account's contacts; whoever wants to read or write about a person
// asks it first, once per batch, and is told *erased* from the moment of an erasure on. Design: §7.

import { DurableObject } from 'cloudflare:workers'
import { base64url } from '../crypto/bytes.ts'
import { hmac } from '../crypto/hmac.ts'
import type { SealKey } from '../crypto/seal.ts'
import { limits } from '../ground/limits.ts'
import { Identities, type Subject } from './identities.ts'
import { parseRootKeys } from './root.ts'
import { Vault } from './vault.ts'

export type SubjectQuery = Subject & {
  /** The ids Meta says this person had before. */
  before?: Subject
  /** When it happened (epoch ms, Meta's clock): decides between an erasure and a fresh start. */
  at: number
  /** False only looks; true makes a contact for somebody new. */
  create: boolean
}

export type SubjectAnswer =
  /** `erasedBefore`: these ids were erased then, and this is a fresh start. */
  | { state: 'known'; contactId: string; key: SealKey; losers: string[]; erasedBefore?: number | undefined }
  | { state: 'erased'; at: number }
  | { state: 'absent'; erasedBefore?: number | undefined }

/** An answer that stands until somebody is erased, merged or gets another's phone. */
type Recent = {
  contactId: string
  key: SealKey
  linkedAt: number
  erasedBefore: number | undefined
  until: number
}

/** What a walk needs of the account itself: the key for what belongs to no contact, the key that makes refs. */
export type AccountKeys = { seal: SealKey; ref: Uint8Array }

export class Keeper extends DurableObject<Env> {
  readonly #vault: Vault
  readonly #identities: Identities
  readonly #recent = new Map<string, Recent>()
  #pepper: Uint8Array | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const name = ctx.id.name ?? ctx.id.toString()
    this.#vault = new Vault(ctx.storage.sql, env.KEYS, parseRootKeys(env.ROOT_KEYS ?? ''), name)
    this.#identities = new Identities(ctx.storage.sql)
  }

  /** One call per account and batch: who these people are, with their keys, in the order asked. */
  async resolve(queries: SubjectQuery[]): Promise<{ account: AccountKeys; subjects: SubjectAnswer[] }> {
    const now = await this.#ready()
    const subjects: SubjectAnswer[] = []
    // In order, one after the other: a later query may name somebody an earlier one has just created.
    for (const query of queries) subjects.push(await this.#answer(query, now))
    return {
      account: await this.#accountKeys(now),
      subjects: subjects.map((answer) => this.#canonical(answer)),
    }
  }

  /** Keys by the ids found in seals; what was destroyed is missing. */
  async keys(ids: string[]): Promise<SealKey[]> {
    const now = await this.#ready()
    return this.#vault.keysById(ids, now)
  }

  /** The key of something else that can be erased alone: a member. Made when there is none. */
  async keyFor(owner: string): Promise<SealKey> {
    const now = await this.#ready()
    return this.#vault.keyOf(owner, now)
  }

  /** Confirms that rows of merged contacts now stand under the contact they were merged into. */
  async absorbed(losers: string[]): Promise<void> {
    this.#identities.confirmAbsorbed(losers, Date.now())
  }

  /** Tombstone, then the keys: from here on the contact's seals are noise and its past events store nothing. */
  async forget(contactId: string, at: number): Promise<void> {
    await this.#ready()
    this.ctx.storage.transactionSync(() => {
      this.#identities.entomb(contactId, at)
      this.#vault.destroyKeys(contactId)
    })
    this.#recent.clear()
  }

  async #answer(query: SubjectQuery, now: number): Promise<SubjectAnswer> {
    const asked =
      query.before || this.#identities.merging ? undefined : `${query.bsuid ?? ''}|${query.phone ?? ''}`
    const recent = asked === undefined ? undefined : this.#recent.get(asked)
    if (
      recent &&
      recent.until > now &&
      query.at > (recent.erasedBefore ?? 0) &&
      query.at < recent.linkedAt + limits.linkGrainMs
    ) {
      return {
        state: 'known',
        contactId: recent.contactId,
        key: recent.key,
        losers: [],
        erasedBefore: recent.erasedBefore,
      }
    }
    const answer = await this.#find(query, now)
    if (asked !== undefined && answer.state === 'known') this.#remember(asked, answer, query.at, now)
    return answer
  }

  #remember(
    asked: string,
    answer: Extract<SubjectAnswer, { state: 'known' }>,
    at: number,
    now: number,
  ): void {
    if (this.#recent.size >= limits.keyCacheEntries) this.#recent.clear()
    const { contactId, key, erasedBefore } = answer
    this.#recent.set(asked, { contactId, key, erasedBefore, linkedAt: at, until: now + limits.keyCacheMs })
  }

  async #find(query: SubjectQuery, now: number): Promise<SubjectAnswer> {
    const present = this.#digests(query)
    const before = this.#digests(query.before ?? {})
    const digests = [present.phone, present.bsuid, before.phone, before.bsuid].filter(
      (digest) => digest !== undefined,
    )
    const erasedBefore = this.#identities.erasedAt(digests)
    if (erasedBefore !== undefined && erasedBefore >= query.at) return { state: 'erased', at: erasedBefore }
    const found = this.ctx.storage.transactionSync(() => {
      const owners = digests.map((digest) => this.#identities.find(digest)?.contact_id)
      const resolved = this.#identities.resolve(present, before, query.at, query.create)
      for (const loser of resolved?.absorbed ?? [])
        this.#vault.moveKeys(loser, (resolved as { id: string }).id)
      // Somebody's id changed hands: what was remembered of others may no longer hold.
      const moved = owners.some(
        (owner, i) => owner !== undefined && owner !== this.#identities.find(digests[i])?.contact_id,
      )
      if (moved) this.#recent.clear()
      return resolved
    })
    if (!found) return { state: 'absent', erasedBefore }
    return {
      state: 'known',
      contactId: found.id,
      key: await this.#vault.keyOf(found.id, now),
      losers: [],
      erasedBefore,
    }
  }

  /** A later question of the same batch may have joined the contact that an earlier one was answered with. */
  #canonical(answer: SubjectAnswer): SubjectAnswer {
    if (answer.state !== 'known' || !this.#identities.merging) return answer
    const contactId = this.#identities.winnerOf(answer.contactId)
    return { ...answer, contactId, losers: this.#identities.pendingLosers(contactId) }
  }

  async #accountKeys(now: number): Promise<AccountKeys> {
    const seal = await this.#vault.keyOf('account', now)
    return { seal, ref: hmac(this.#pepper as Uint8Array, 'refs') }
  }

  #digests(subject: Subject): Subject {
    const digest = (kind: string, value: string | undefined) =>
      value === undefined ? undefined : base64url(hmac(this.#pepper as Uint8Array, `${kind}:${value}`))
    return { phone: digest('phone', subject.phone), bsuid: digest('bsuid', subject.bsuid) }
  }

  async #ready(): Promise<number> {
    const now = Date.now()
    if (!this.#pepper) {
      // Two first calls must not begin two epochs or make two peppers.
      await this.ctx.blockConcurrencyWhile(async () => {
        await this.#vault.ready(now)
        this.#pepper = (await this.#vault.keyOf('pepper', now)).bytes
      })
    }
    return now
  }
}
