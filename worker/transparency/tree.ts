// The leaves of the log and the hashes of its complete subtrees, in the SQLite of the log's Durable Object. Proofs read
// as many rows as the tree is high. Called by transparency.ts alone.

import { fromHex } from '../crypto/bytes.ts'
import { leafHash, nodeHash, type Subtree } from './merkle.ts'

export type LeafKind = 'receipt' | 'policy' | 'audit'
/** `hash` is 64 hex digits in lower case; the kind is for people who read the list and is not hashed. */
export type Leaf = { kind: LeafKind; hash: string }
export type PlacedLeaf = Leaf & { index: number }

export class Tree {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(
      `CREATE TABLE IF NOT EXISTS leaves (idx INTEGER PRIMARY KEY, kind TEXT NOT NULL, hash TEXT NOT NULL UNIQUE)`,
    )
    sql.exec(
      `CREATE TABLE IF NOT EXISTS nodes (level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, idx)) WITHOUT ROWID`,
    )
  }

  get size(): number {
    return this.#sql.exec<{ size: number }>(`SELECT coalesce(max(idx) + 1, 0) AS size FROM leaves`).one().size
  }

  /** Undefined for a leaf that was never added. */
  find(hash: string): number | undefined {
    return this.#sql.exec<{ idx: number }>(`SELECT idx FROM leaves WHERE hash = ?`, hash).toArray()[0]?.idx
  }

  page(from: number, limit: number): PlacedLeaf[] {
    const query = `SELECT idx AS "index", kind, hash FROM leaves WHERE idx >= ? ORDER BY idx LIMIT ?`
    return this.#sql.exec<PlacedLeaf>(query, from, limit).toArray()
  }

  /** Adds at the end. The caller runs it in a transaction; a leaf that is there already throws. */
  add(leaves: readonly Leaf[]): void {
    let index = this.size
    for (const { kind, hash } of leaves) {
      this.#sql.exec(`INSERT INTO leaves (idx, kind, hash) VALUES (?, ?, ?)`, index, kind, hash)
      this.#completeSubtrees(index)
      index++
    }
  }

  readonly subtree: Subtree = (level, index) => {
    if (level === 0) return this.#leafHash(index)
    const query = `SELECT hash FROM nodes WHERE level = ? AND idx = ?`
    return new Uint8Array(this.#sql.exec<{ hash: ArrayBuffer }>(query, level, index).one().hash)
  }

  #leafHash(index: number): Uint8Array {
    const { hash } = this.#sql.exec<{ hash: string }>(`SELECT hash FROM leaves WHERE idx = ?`, index).one()
    return leafHash(fromHex(hash) as Uint8Array)
  }

  /** The last leaf of a subtree writes its hash. */
  #completeSubtrees(index: number): void {
    let end = index + 1
    for (let level = 1; end % 2 === 0; level++) {
      end /= 2
      const hash = nodeHash(this.subtree(level - 1, 2 * end - 2), this.subtree(level - 1, 2 * end - 1))
      this.#sql.exec(`INSERT INTO nodes (level, idx, hash) VALUES (?, ?, ?)`, level, end - 1, hash)
    }
  }
}
