// The journal of one intake shard: raw bodies, sealed, from the moment they are acknowledged until they are handled.
// Rows of at most 1 MiB, because a Durable Object's row holds 2 MB and a body may have 3. Called by intake.ts only.

import { concat } from '../crypto/bytes.ts'
import { decrypt, encrypt, importKey } from '../crypto/seal.ts'
import { createSecret, loadSecret, type RootKey } from '../custody/root.ts'
import { dayMs, limits } from '../ground/limits.ts'

export type Segment = { seq: number; bytes: Uint8Array }

let spelled = { number: 0, text: '' }

/** UTC, YYYY-MM-DD. Spelled once a day: this runs for every write. */
function dayOf(at: number): string {
  const number = Math.floor(at / dayMs)
  if (spelled.number !== number) spelled = { number, text: new Date(at).toISOString().slice(0, 10) }
  return spelled.text
}

export class Journal {
  readonly #sql: SqlStorage
  readonly #kv: KVNamespace
  readonly #roots: [RootKey, ...RootKey[]]
  readonly #shard: string
  readonly #keys = new Map<string, Promise<CryptoKey>>()
  #last: number

  constructor(sql: SqlStorage, kv: KVNamespace, roots: [RootKey, ...RootKey[]], shard: string) {
    this.#sql = sql
    this.#kv = kv
    this.#roots = roots
    this.#shard = shard
    sql.exec(`CREATE TABLE IF NOT EXISTS segments (
      seq INTEGER NOT NULL, part INTEGER NOT NULL, day TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (seq, part)) WITHOUT ROWID`)
    sql.exec(`CREATE TABLE IF NOT EXISTS days (day TEXT PRIMARY KEY)`)
    sql.exec(`CREATE TABLE IF NOT EXISTS marks (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL)`)
    const { last } = sql
      .exec<{ last: number | null }>(
        `SELECT max(seq) AS last FROM (SELECT seq FROM segments UNION ALL SELECT seq FROM marks)`,
      )
      .one()
    this.#last = last ?? 0
  }

  /** Durable when the caller's answer leaves the object. */
  async append(bytes: Uint8Array, now: number): Promise<void> {
    const day = dayOf(now)
    const sealed = await encrypt(await this.#dayKey(day), this.#place(day), bytes)
    // Numbered only now, and inserted in the same breath: two that are sealed at once cannot change places. From the
    // clock, so that a journal restored from a backup never reuses a number that the cursor in D1 has passed; and
    // above every number before, so that a clock that steps back does not either.
    const seq = Math.max(this.#last + 1, now * 1000)
    this.#last = seq
    for (let part = 0; part * limits.segmentPartBytes < sealed.byteLength; part++) {
      const piece = sealed.slice(part * limits.segmentPartBytes, (part + 1) * limits.segmentPartBytes)
      this.#sql.exec(`INSERT INTO segments VALUES (?, ?, ?, ?)`, seq, part, day, piece)
    }
  }

  /** The newest segment. */
  get last(): number {
    return this.#last
  }

  /** The oldest segments up to `last`, as many as fit the limits and at least one, in the order they came. */
  async read(last: number): Promise<Segment[]> {
    const segments: Segment[] = []
    let size = 0
    const heads = this.#sql
      .exec<{ seq: number; day: string }>(
        `SELECT seq, day FROM segments WHERE part = 0 AND seq <= ? ORDER BY seq LIMIT ?`,
        last,
        limits.drainSegments,
      )
      .toArray()
    for (const { seq, day } of heads) {
      const parts = this.#sql.exec<{ sealed: ArrayBuffer }>(
        `SELECT sealed FROM segments WHERE seq = ? ORDER BY part`,
        seq,
      )
      const sealed = concat(...[...parts].map((row) => new Uint8Array(row.sealed)))
      size += sealed.byteLength
      if (segments.length > 0 && size > limits.drainBytes) break
      const bytes = await decrypt(await this.#dayKey(day), this.#place(day), sealed)
      if (!bytes) throw new Error('a journal segment does not open under its day key')
      segments.push({ seq, bytes })
    }
    return segments
  }

  /** Handled: gone, but never forgotten how far the numbers have come. */
  erase(seqs: number[]): void {
    this.#sql.exec(
      `INSERT INTO marks VALUES (0, ?) ON CONFLICT (id) DO UPDATE SET seq = max(seq, excluded.seq)`,
      Math.max(...seqs),
    )
    this.#sql.exec(`DELETE FROM segments WHERE seq IN (SELECT value FROM json_each(?))`, JSON.stringify(seqs))
  }

  /** Segments that wait, and since when (epoch ms). */
  waiting(): { count: number; sinceAt: number | null } {
    const row = this.#sql
      .exec<{ count: number; first: number | null }>(
        `SELECT count(*) AS count, min(seq) AS first FROM segments WHERE part = 0`,
      )
      .one()
    return { count: row.count, sinceAt: row.first === null ? null : Math.floor(row.first / 1000) }
  }

  /** Destroys the keys of past days that have nothing left; answers when to look again, if there is a reason to. */
  async destroyPastKeys(now: number): Promise<number | undefined> {
    // An append that began before midnight may still be sealing: its day is left alone a while.
    const today = dayOf(now - limits.journalKeyGraceMs)
    const past = this.#sql
      .exec<{ day: string }>(
        `SELECT day FROM days WHERE day < ? AND day NOT IN (SELECT day FROM segments)`,
        today,
      )
      .toArray()
    for (const { day } of past) {
      await this.#kv.delete(this.#kvName(day))
      this.#keys.delete(day)
      this.#sql.exec(`DELETE FROM days WHERE day = ?`, day)
    }
    const left = this.#sql.exec<{ count: number }>(`SELECT count(*) AS count FROM days`).one().count
    return left > 0 ? Math.floor(now / dayMs + 1) * dayMs + limits.journalKeyGraceMs : undefined
  }

  #place = (day: string) => `journal:${this.#shard}:${day}`
  #kvName = (day: string) => `journal/${this.#shard}/${day}`

  #dayKey(day: string): Promise<CryptoKey> {
    const held = this.#keys.get(day)
    if (held) return held
    const key = this.#loadKey(day).then(importKey)
    this.#keys.set(day, key)
    // A failure is not remembered: KV may answer the next time.
    key.catch(() => this.#keys.delete(day))
    return key
  }

  async #loadKey(day: string): Promise<Uint8Array> {
    const known = this.#sql.exec(`SELECT 1 FROM days WHERE day = ?`, day).toArray().length > 0
    if (known) {
      const key = await loadSecret(this.#kv, this.#roots, this.#kvName(day))
      // Known but not found is KV lagging behind its own write: making a new key would bury what the old one sealed.
      if (!key) throw new Error('the journal key of the day is not readable yet')
      return key
    }
    const key = await createSecret(this.#kv, this.#roots, this.#kvName(day))
    this.#sql.exec(`INSERT INTO days VALUES (?)`, day)
    return key
  }
}
