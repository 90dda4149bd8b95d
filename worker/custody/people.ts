// Answers who somebody is, with the key of what is theirs. Identities know who is who, the vault knows the keys; here the
// two are asked in one breath, so that no key is made for somebody who was erased meanwhile. Called by keeper.ts only.

import { base64url } from '../crypto/bytes.ts'
import { hmac } from '../crypto/hmac.ts'
import type { SealKey } from '../crypto/seal.ts'
import { limits } from '../ground/limits.ts'
import type { Identities, Subject, SubjectDigests } from './identities.ts'
import type { KeyRow, Vault } from './vault.ts'

export type SubjectQuery = Subject & {
  /** The ids Meta says this person had before. */
  before?: Subject
  /** When it happened (epoch ms, Meta's clock): decides between an erasure and a fresh start. */
  at: number
  /** False only looks; true makes a contact for somebody new. */
  create: boolean
  /**
   * False for what is only about a person, as a tick of a message they got before: of somebody who was erased it makes no new
   * contact, whenever it happened. Only what they do themselves, or what is said to them anew, begins again.
   */
  afresh?: boolean
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

type Known = Extract<SubjectAnswer, { state: 'known' }>

export class People {
  readonly #storage: DurableObjectStorage
  readonly #vault: Vault
  readonly #identities: Identities
  readonly #pepper: Uint8Array
  readonly #recent = new Map<string, Recent>()
  /** Counts erasures, so that a batch notices one that came while it waited. */
  #erasures = 0

  constructor(storage: DurableObjectStorage, vault: Vault, identities: Identities, pepper: Uint8Array) {
    this.#storage = storage
    this.#vault = vault
    this.#identities = identities
    this.#pepper = pepper
  }

  async answer(queries: SubjectQuery[], now: number): Promise<SubjectAnswer[]> {
    for (;;) {
      const erasures = this.#erasures
      const subjects: SubjectAnswer[] = []
      // In order, one after the other: a later query may name somebody an earlier one has just created.
      for (const query of queries) subjects.push(await this.#answer(query, now))
      if (erasures === this.#erasures) return subjects.map((answer) => this.#canonical(answer))
    }
  }

  /** Somebody was erased: no remembered answer stands. */
  forgetAnswers(): void {
    this.#erasures++
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

  #remember(asked: string, answer: Known, at: number, now: number): void {
    if (this.#recent.size >= limits.keyCacheEntries) this.#recent.clear()
    const { contactId, key, erasedBefore } = answer
    this.#recent.set(asked, { contactId, key, erasedBefore, linkedAt: at, until: now + limits.keyCacheMs })
  }

  async #find(query: SubjectQuery, now: number): Promise<SubjectAnswer> {
    const present = this.#digests(query)
    const before = this.#digests(query.before ?? {})
    for (;;) {
      // Whatever had to be waited for, the question is asked anew: an erasure may have come in between.
      if (query.create && !this.#vault.room) await this.#vault.makeRoom(now)
      if (query.create && !this.#vault.room) continue
      const found = this.#look(query, present, before, now)
      if ('answer' in found) return found.answer
      await this.#vault.load(found.row)
    }
  }

  /** The answer, or the key whose tree has to be loaded first. Waits for nothing. */
  #look(
    query: SubjectQuery,
    present: SubjectDigests,
    before: SubjectDigests,
    now: number,
  ): { answer: SubjectAnswer } | { row: KeyRow } {
    const digests = [present.phone, present.bsuid, before.phone, before.bsuid].filter(
      (digest) => digest !== undefined,
    )
    const erasedBefore = this.#identities.erasedAt(digests)
    if (erasedBefore !== undefined && erasedBefore >= query.at)
      return { answer: { state: 'erased', at: erasedBefore } }
    const found = this.#storage.transactionSync(() => {
      const owners = digests.map((digest) => this.#identities.find(digest)?.contact_id)
      const create = query.create && (query.afresh !== false || erasedBefore === undefined)
      const resolved = this.#identities.resolve(present, before, query.at, create)
      if (!resolved) return undefined
      for (const loser of resolved.absorbed) this.#vault.moveKeys(loser, resolved.id)
      // Somebody's id changed hands: what was remembered of others may no longer hold.
      const moved = owners.some(
        (owner, i) => owner !== undefined && owner !== this.#identities.find(digests[i])?.contact_id,
      )
      if (moved) this.#recent.clear()
      return { id: resolved.id, row: this.#vault.newest(resolved.id) ?? this.#vault.make(resolved.id, now) }
    })
    if (!found && query.create && erasedBefore !== undefined)
      return { answer: { state: 'erased', at: erasedBefore } }
    if (!found) return { answer: { state: 'absent', erasedBefore } }
    const key = this.#vault.derive(found.row, now)
    if (!key) return { row: found.row }
    return { answer: { state: 'known', contactId: found.id, key, losers: [], erasedBefore } }
  }

  /** A later question of the same batch may have joined the contact that an earlier one was answered with. */
  #canonical(answer: SubjectAnswer): SubjectAnswer {
    if (answer.state !== 'known' || !this.#identities.merging) return answer
    const contactId = this.#identities.winnerOf(answer.contactId)
    return { ...answer, contactId, losers: this.#identities.pendingLosers(contactId) }
  }

  #digests(subject: Subject): SubjectDigests {
    const digest = (kind: string, value: string | undefined) =>
      value === undefined ? undefined : base64url(hmac(this.#pepper, `${kind}:${value}`))
    return { phone: digest('phone', subject.phone), bsuid: digest('bsuid', subject.bsuid) }
  }
}
