// What a feed remembers: numbered lists of changes, and a random name of the whole, which changes when something that was told
// is forgotten. The numbers go on then: a line that stays open would take smaller ones for what it heard before. Called by feed.ts.

import { base32 } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import type { Change } from './announce.ts'

/** Where a browser stands: everything up to `seq` of the list that is called `epoch`. */
export type Position = { seq: number; epoch: string }
export type Told = { seq: number; changes: Change[] }

/** The number of the last list, also when it is not there any more. */
const newest = `coalesce((SELECT max(seq) FROM changes), (SELECT CAST(value AS INTEGER) FROM marks WHERE name = 'seq'), 0)`

export class ChangeLog {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.#begin()
  }

  #begin(): void {
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, list TEXT NOT NULL)`,
    )
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL)`)
  }

  get position(): Position {
    const { seq } = this.#sql.exec<{ seq: number }>(`SELECT ${newest} AS seq`).one()
    const [mark] = this.#sql.exec<{ value: string }>(`SELECT value FROM marks WHERE name = 'epoch'`).toArray()
    return { seq, epoch: mark?.value ?? this.#newEpoch() }
  }

  #newEpoch(): string {
    const epoch = base32(crypto.getRandomValues(new Uint8Array(16)))
    this.#sql.exec(`INSERT OR REPLACE INTO marks (name, value) VALUES ('epoch', ?)`, epoch)
    return epoch
  }

  append(changes: readonly Change[], now: number): number {
    const { seq } = this.#sql
      .exec<{ seq: number }>(
        `INSERT INTO changes (seq, at, list) VALUES (${newest} + 1, ?, ?) RETURNING seq`,
        now,
        JSON.stringify(changes),
      )
      .one()
    this.#sql.exec(`DELETE FROM changes WHERE seq <= ?`, seq - limits.feedKeepRows)
    return seq
  }

  /** What was told after this position, the oldest first; undefined when that cannot be known any more. */
  since({ seq, epoch }: Position): Told[] | undefined {
    const here = this.position
    if (epoch !== here.epoch || !Number.isSafeInteger(seq) || seq > here.seq) return undefined
    const rows = this.#sql
      .exec<{ seq: number; list: string }>(`SELECT seq, list FROM changes WHERE seq > ? ORDER BY seq`, seq)
      .toArray()
    const first = rows[0]
    if (first === undefined) return []
    if (first.seq !== seq + 1) return undefined
    return rows.map((row) => ({ seq: row.seq, changes: JSON.parse(row.list) as Change[] }))
  }

  /** Throws away what is too old. True while something is left. */
  prune(now: number): boolean {
    const before = now - limits.feedKeepMs + limits.feedPruneEveryMs
    const { latest } = this.#sql
      .exec<{ latest: number | null }>(`SELECT max(at) AS latest FROM changes`)
      .one()
    if (latest === null) return false
    if (latest < before) {
      this.clear()
      return false
    }
    // The newest stays, and with it the count.
    this.#sql.exec(`DELETE FROM changes WHERE at < ?`, before)
    return true
  }

  /** Begins anew under another name, when there is anything to forget. How many lists were thrown away. */
  clear(): number {
    const lists = this.#sql.exec<{ lists: number }>(`SELECT count(*) AS lists FROM changes`).one().lists
    if (lists === 0) return 0
    this.#sql.exec(`INSERT OR REPLACE INTO marks (name, value) VALUES ('seq', ${newest})`)
    this.#sql.exec(`DELETE FROM changes`)
    this.#newEpoch()
    return lists
  }

  /** After the whole storage was emptied. */
  reborn(): void {
    this.#begin()
  }
}
