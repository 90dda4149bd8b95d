// Who is who inside one account, by keyed digest. Called by keeper.ts, people.ts and recovery.ts. Source: business-scoped user ids (Meta).
//
// A BSUID is the person; a phone number is something a person has for a while. So:
//   - a payload that shows both links them;
//   - somebody known only by the phone becomes the person of the BSUID seen with it;
//   - a phone seen with another person's BSUID has been recycled: the newest sighting owns it, nobody is merged;
//   - a change that Meta announces (system message with the previous id) joins the ids it names.

import { newId } from '../ground/ids.ts'
import { dayMs, limits } from '../ground/limits.ts'

export type Subject = { phone?: string | undefined; bsuid?: string | undefined }
export type SubjectDigests = { phone?: string | undefined; bsuid?: string | undefined }

export type Identity = { digest: string; contact_id: string; linked_at: number }

export class Identities {
  readonly #sql: SqlStorage
  /** Counts, so that the usual case, none, costs no query. */
  #tombstones: number
  #merges: number

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS identities (
      digest TEXT PRIMARY KEY, kind TEXT NOT NULL, contact_id TEXT NOT NULL, linked_at INTEGER NOT NULL)`)
    sql.exec(`CREATE INDEX IF NOT EXISTS identities_contact ON identities (contact_id)`)
    sql.exec(
      `CREATE TABLE IF NOT EXISTS merges (loser TEXT PRIMARY KEY, winner TEXT NOT NULL, at INTEGER NOT NULL)`,
    )
    sql.exec(`CREATE INDEX IF NOT EXISTS merges_winner ON merges (winner)`)
    sql.exec(
      `CREATE TABLE IF NOT EXISTS tombstones (digest TEXT PRIMARY KEY, at INTEGER NOT NULL, owner TEXT NOT NULL)`,
    )
    sql.exec(`CREATE INDEX IF NOT EXISTS tombstones_owner ON tombstones (owner)`)
    this.#tombstones = this.#count('tombstones')
    this.#merges = this.#count('merges')
  }

  /** When somebody with one of these ids was last erased. */
  erasedAt(digests: string[]): number | undefined {
    if (this.#tombstones === 0) return undefined
    const sql = `SELECT max(at) AS at FROM tombstones WHERE digest IN (SELECT value FROM json_each(?))`
    return this.#sql.exec<{ at: number | null }>(sql, JSON.stringify(digests)).one().at ?? undefined
  }

  /** True while rows of merged contacts may still stand under their old id. */
  get merging(): boolean {
    return this.#merges > 0
  }

  find(digest: string | undefined): Identity | undefined {
    if (digest === undefined) return undefined
    return this.#sql
      .exec<Identity>(`SELECT digest, contact_id, linked_at FROM identities WHERE digest = ?`, digest)
      .toArray()[0]
  }

  /** The contact these ids belong to, joined and linked as the rules above say; undefined when unknown and not created. */
  resolve(
    now: SubjectDigests,
    before: SubjectDigests,
    at: number,
    create: boolean,
  ): { id: string; absorbed: string[] } | undefined {
    const named = [now.bsuid, before.bsuid].filter((digest) => digest !== undefined)
    const anchors = named.length > 0 ? [now.bsuid, before.bsuid] : [before.phone ?? now.phone]
    const joinable = [now.phone, before.phone].filter((digest) => {
      const owner = this.find(digest)
      return owner !== undefined && !this.#hasOtherBsuid(owner.contact_id, named)
    })
    const found = [
      ...new Set([...anchors, ...joinable].flatMap((digest) => this.find(digest)?.contact_id ?? [])),
    ]
    if (found.length === 0 && !create) return undefined
    const id = found[0] ?? newId('cnt')
    const absorbed = found.slice(1)
    for (const loser of absorbed) this.#merge(loser, id)
    for (const digest of [before.bsuid, now.bsuid]) this.#link(digest, 'bsuid', id, at)
    // A phone seen alone proves nothing about whose it is: it never outweighs a pair, however late.
    for (const digest of [before.phone, now.phone]) this.#link(digest, 'phone', id, named.length > 0 ? at : 0)
    return { id, absorbed }
  }

  /** The contact that this one has become part of, or itself. */
  winnerOf(contactId: string): string {
    const row = this.#sql
      .exec<{ winner: string }>(`SELECT winner FROM merges WHERE loser = ?`, contactId)
      .toArray()[0]
    return row?.winner ?? contactId
  }

  /** Contacts that were merged into this one and whose rows in D1 may still stand under their old id. */
  pendingLosers(winner: string): string[] {
    return this.#sql
      .exec<{ loser: string }>(`SELECT loser FROM merges WHERE winner = ?`, winner)
      .toArray()
      .map((row) => row.loser)
  }

  /**
   * Their rows were moved. For a while they are still reported, and moved again: a batch of another shard may have
   * asked before the merge and written after it.
   */
  confirmAbsorbed(losers: string[], now: number): void {
    const sql = `DELETE FROM merges WHERE at < ? AND loser IN (SELECT value FROM json_each(?))`
    this.#sql.exec(sql, now - limits.mergeSettleMs, JSON.stringify(losers))
    this.#merges = this.#count('merges')
  }

  digestsOf(contactId: string): string[] {
    return this.#sql
      .exec<{ digest: string }>(`SELECT digest FROM identities WHERE contact_id = ?`, contactId)
      .toArray()
      .map((row) => row.digest)
  }

  /** Leaves only tombstones of the contact's ids. Answers every digest that stands as a tombstone of this contact. */
  entomb(contactId: string, at: number): string[] {
    this.addTombstones(this.digestsOf(contactId), at, contactId)
    this.#sql.exec(`DELETE FROM identities WHERE contact_id = ?`, contactId)
    return this.#sql
      .exec<{ digest: string }>(`SELECT digest FROM tombstones WHERE owner = ?`, contactId)
      .toArray()
      .map((row) => row.digest)
  }

  /** `owner` is empty when it is not known any more. The newest erasure stands. */
  addTombstones(digests: string[], at: number, owner: string): void {
    this.#sql.exec(
      `INSERT INTO tombstones SELECT value, ?, ? FROM json_each(?) WHERE true
       ON CONFLICT (digest) DO UPDATE SET owner = CASE WHEN excluded.at > at THEN excluded.owner ELSE owner END,
         at = max(at, excluded.at)`,
      at,
      owner,
      JSON.stringify(digests),
    )
    this.#tombstones = this.#count('tombstones')
  }

  /** The contacts that these ids have been linked to since `at` or before. */
  ownersBefore(digests: string[], at: number): string[] {
    return this.#sql
      .exec<{ contact_id: string }>(
        `SELECT DISTINCT contact_id FROM identities
         WHERE linked_at <= ? AND digest IN (SELECT value FROM json_each(?))`,
        at,
        JSON.stringify(digests),
      )
      .toArray()
      .map((row) => row.contact_id)
  }

  /**
   * Whether this id was erased and belongs to a contact that began later. Whoever was erased stands beside the tombstone;
   * where that is not known any more, the link has to be younger than the erasure.
   */
  isAnew({ digest, contact_id, linked_at }: Identity, erasedAt: number): boolean {
    const [tombstone] = this.#sql
      .exec<{ owner: string }>(`SELECT owner FROM tombstones WHERE digest = ?`, digest)
      .toArray()
    return tombstone?.owner ? tombstone.owner !== contact_id : linked_at > erasedAt
  }

  /** Every contact that has an id, or is waiting to become part of another. */
  contacts(): string[] {
    return this.#sql
      .exec<{ id: string }>(`SELECT contact_id AS id FROM identities UNION SELECT loser AS id FROM merges`)
      .toArray()
      .map((row) => row.id)
  }

  /** Tombstones past their life, and merges into contacts that have been erased since. */
  sweep(now: number): void {
    this.#sql.exec(`DELETE FROM tombstones WHERE at < ?`, now - limits.tombstoneDays * dayMs)
    this.#sql.exec(
      `DELETE FROM merges WHERE at < ? AND winner NOT IN (SELECT contact_id FROM identities)`,
      now - limits.mergeSettleMs,
    )
    this.#tombstones = this.#count('tombstones')
    this.#merges = this.#count('merges')
  }

  /** When the oldest tombstone was set; undefined when there is none. */
  oldestTombstone(): number | undefined {
    return this.#sql.exec<{ at: number | null }>(`SELECT min(at) AS at FROM tombstones`).one().at ?? undefined
  }

  /** The account is no more: nobody is known, nobody is remembered. */
  clear(): void {
    for (const table of ['identities', 'merges', 'tombstones']) this.#sql.exec(`DELETE FROM ${table}`)
    this.#tombstones = 0
    this.#merges = 0
  }

  /** Phone numbers and user ids that are known. */
  get size(): number {
    return this.#count('identities')
  }

  #count = (table: 'identities' | 'tombstones' | 'merges'): number =>
    this.#sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n

  #hasOtherBsuid(contactId: string, named: string[]): boolean {
    const owned = this.#sql
      .exec<{ digest: string }>(
        `SELECT digest FROM identities WHERE contact_id = ? AND kind = 'bsuid'`,
        contactId,
      )
      .toArray()
    return owned.length > 0 && !owned.some((row) => named.includes(row.digest))
  }

  #merge(loser: string, winner: string): void {
    this.#sql.exec(`UPDATE identities SET contact_id = ? WHERE contact_id = ?`, winner, loser)
    this.#sql.exec(`UPDATE merges SET winner = ? WHERE winner = ?`, winner, loser)
    this.#sql.exec(`INSERT OR REPLACE INTO merges VALUES (?, ?, ?)`, loser, winner, Date.now())
    this.#merges = this.#count('merges')
  }

  #link(digest: string | undefined, kind: 'phone' | 'bsuid', contactId: string, at: number): void {
    if (digest === undefined) return
    const standing = this.find(digest)
    const current = standing?.contact_id === contactId && at < standing.linked_at + limits.linkGrainMs
    if (current || (standing?.contact_id === contactId && kind === 'bsuid')) return
    this.#sql.exec(
      `INSERT INTO identities VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET
         contact_id = CASE WHEN excluded.linked_at >= linked_at THEN excluded.contact_id ELSE contact_id END,
         linked_at = max(linked_at, excluded.linked_at)`,
      digest,
      kind,
      contactId,
      at,
    )
  }
}
