// The keys of one account: whose each is, and which leaf of which tree gives it. A key stands nowhere; it is derived
// when it is asked for. To destroy one is to forget whose leaf it was, at once, and to take the leaf out of the tree in
// KV at the next turn: from then on no copy of this SQLite and of D1 can open what it sealed. Called by keeper.ts,
// people.ts and recovery.ts. Decision: docs/decisions/0017-punctured-key-trees.md.

import type { SealKey } from '../crypto/seal.ts'
import { dayMs, limits } from '../ground/limits.ts'
import type { RootKey } from './root.ts'
import { covers, leafOf, puncture } from './tree.ts'
import { KeysUnavailable, type Standing, TreeStore } from './tree-store.ts'

export { KeysUnavailable }

/** Which leaf a key is. */
export type KeyRow = { id: string; tree: string; leaf: number }
/** `behind`: since when erasures have to be done again; `closed`: when the account was erased. */
type Mark = 'behind' | 'closed'

const keyId = (tree: string, leaf: number): string => `${tree}-${leaf.toString(36)}`

function parseKeyId(id: string): { tree: string; leaf: number } | undefined {
  const match = /^([0-9a-z]{26})-([0-9a-z]{1,4})$/.exec(id)
  return match ? { tree: match[1] as string, leaf: Number.parseInt(match[2] as string, 36) } : undefined
}

export class Vault {
  readonly #sql: SqlStorage
  readonly #trees: TreeStore
  readonly #held = new Map<string, { bytes: Uint8Array; until: number }>()
  #turning: Promise<unknown> = Promise.resolve()

  constructor(
    storage: DurableObjectStorage,
    kv: KVNamespace,
    roots: [RootKey, ...RootKey[]],
    account: string,
  ) {
    this.#sql = storage.sql
    this.#trees = new TreeStore(storage, kv, roots, account)
    const { sql } = storage
    sql.exec(`CREATE TABLE IF NOT EXISTS keys (
      id TEXT PRIMARY KEY, owner TEXT NOT NULL, tree TEXT NOT NULL, leaf INTEGER NOT NULL, created_at INTEGER NOT NULL)`)
    sql.exec(`CREATE INDEX IF NOT EXISTS keys_owner ON keys (owner, created_at)`)
    sql.exec(`CREATE TABLE IF NOT EXISTS punctures (
      tree TEXT NOT NULL, leaf INTEGER NOT NULL, owner TEXT NOT NULL, at INTEGER NOT NULL, turned_at INTEGER, PRIMARY KEY (tree, leaf))`)
    sql.exec(`CREATE INDEX IF NOT EXISTS punctures_owner ON punctures (owner)`)
    sql.exec(`CREATE INDEX IF NOT EXISTS punctures_pending ON punctures (tree) WHERE turned_at IS NULL`)
    sql.exec(`CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL)`)
  }

  /** Compares with KV: once in each life of the Keeper, before anything else, and whenever `lost`. */
  compare = (now: number): Promise<Standing> => this.#trees.compare(now, () => this.mark('behind', now))

  mark(name: Mark, value: number): void {
    this.#sql.exec(`INSERT INTO marks VALUES (?, ?) ON CONFLICT (name) DO NOTHING`, name, value)
  }

  marked(name: Mark): number | undefined {
    return this.#sql.exec<{ value: number }>(`SELECT value FROM marks WHERE name = ?`, name).toArray()[0]
      ?.value
  }

  unmark(name: Mark): void {
    this.#sql.exec(`DELETE FROM marks WHERE name = ?`, name)
  }

  /** True after KV did not have a tree that stands here. */
  get lost(): boolean {
    return this.#trees.lost
  }

  /** True when a new key can be made without waiting; `makeRoom` sees to it. */
  get room(): boolean {
    return this.#trees.room
  }

  makeRoom = (now: number): Promise<void> => this.#trees.lease(now)

  /** The newest key of an owner (a contact, a member, or a name of the account's own); made when there is none. */
  async keyOf(owner: string, now: number): Promise<SealKey> {
    for (;;) {
      // Asked anew after each wait: somebody else may have made or destroyed it.
      const row = this.newest(owner) ?? (this.room ? this.make(owner, now) : undefined)
      const key = row && this.derive(row, now)
      if (key) return key
      await (row ? this.load(row) : this.makeRoom(now))
    }
  }

  newest(owner: string): KeyRow | undefined {
    return this.#sql
      .exec<KeyRow>(
        `SELECT id, tree, leaf FROM keys WHERE owner = ? ORDER BY created_at DESC, id LIMIT 1`,
        owner,
      )
      .toArray()[0]
  }

  /** A key for this owner. Only while there is room. */
  make(owner: string, now: number): KeyRow {
    const { tree, leaf } = this.#trees.take()
    const id = keyId(tree, leaf)
    this.#sql.exec(`INSERT INTO keys VALUES (?, ?, ?, ?, ?)`, id, owner, tree, leaf, now)
    return { id, tree, leaf }
  }

  /** Without waiting; undefined while its tree is not in memory. Throws when the tree cannot give it. */
  derive(row: KeyRow, now: number): SealKey | undefined {
    const held = this.#held.get(row.id)
    if (held && held.until > now) return { id: row.id, bytes: held.bytes }
    const tree = this.#trees.held(row.tree)
    if (!tree) return undefined
    const bytes = leafOf(tree, row.leaf)
    if (!bytes) throw new KeysUnavailable('a key cannot be derived')
    if (this.#held.size >= limits.keyCacheEntries) this.#held.clear()
    this.#held.set(row.id, { bytes, until: now + limits.keyCacheMs })
    return { id: row.id, bytes }
  }

  async load(row: KeyRow): Promise<void> {
    await this.#trees.load(row.tree)
  }

  /** Keys by id; a destroyed key is missing from the answer, from the moment it was destroyed. */
  async keysById(ids: string[], now: number): Promise<SealKey[]> {
    const sql = `SELECT id, tree, leaf FROM keys WHERE id IN (SELECT value FROM json_each(?))`
    const standing = () => this.#sql.exec<KeyRow>(sql, JSON.stringify(ids)).toArray()
    for (;;) {
      // Asked anew after each wait: what was destroyed meanwhile is not given out.
      const rows = standing()
      const missing = new Set(rows.filter((row) => !this.derive(row, now)).map(({ tree }) => tree))
      if (missing.size === 0) return rows.map((row) => this.derive(row, now) as SealKey)
      await Promise.all([...missing].map((tree) => this.#trees.load(tree)))
    }
  }

  moveKeys(from: string, to: string): void {
    this.#sql.exec(`UPDATE keys SET owner = ? WHERE owner = ?`, to, from)
  }

  /** At once for everybody who asks; in KV at the next turn. Answers every key of the owner that was ever destroyed. */
  destroyKeys(owner: string, at: number): string[] {
    for (const { id } of this.#sql.exec<{ id: string }>(`SELECT id FROM keys WHERE owner = ?`, owner))
      this.#held.delete(id)
    this.#sql.exec(
      `INSERT OR IGNORE INTO punctures SELECT tree, leaf, owner, ?, NULL FROM keys WHERE owner = ?`,
      at,
      owner,
    )
    this.#sql.exec(`DELETE FROM keys WHERE owner = ?`, owner)
    return this.#sql
      .exec<{ tree: string; leaf: number }>(`SELECT tree, leaf FROM punctures WHERE owner = ?`, owner)
      .toArray()
      .map(({ tree, leaf }) => keyId(tree, leaf))
  }

  /** True when this owner had keys and all of them were destroyed. */
  wasDestroyed(owner: string): boolean {
    if (this.newest(owner)) return false
    return this.#sql.exec(`SELECT 1 FROM punctures WHERE owner = ? LIMIT 1`, owner).toArray().length > 0
  }

  keysOf(owner: string): number {
    return this.#sql.exec<{ n: number }>(`SELECT count(*) AS n FROM keys WHERE owner = ?`, owner).one().n
  }

  /** Every owner that has a key, with the time of its first. */
  owners(): { owner: string; since: number }[] {
    return this.#sql
      .exec<{ owner: string; since: number }>(
        `SELECT owner, min(created_at) AS since FROM keys GROUP BY owner`,
      )
      .toArray()
  }

  /** Owners with a key that its tree can no longer give: destroyed, and turned, after this SQLite's state. */
  async lostOwners(): Promise<string[]> {
    const lost = new Set<string>()
    for (const tree of this.#trees.trees) {
      const state = await this.#trees.load(tree)
      const rows = this.#sql.exec<{ owner: string; leaf: number }>(
        `SELECT owner, leaf FROM keys WHERE tree = ?`,
        tree,
      )
      for (const { owner, leaf } of rows) if (!covers(state, leaf)) lost.add(owner)
    }
    return [...lost]
  }

  /** Destroyed keys that KV may still be able to give, and since when (epoch ms). */
  pending(): { keys: number; sinceAt: number | null } {
    return this.#sql
      .exec<{ keys: number; sinceAt: number | null }>(
        `SELECT count(*) AS keys, min(at) AS sinceAt FROM punctures WHERE turned_at IS NULL`,
      )
      .one()
  }

  /**
   * Takes every destroyed key out of its tree in KV and deletes the old tree; resolves when KV gives neither. May fail
   * between any two steps: called again, it goes on. One at a time.
   */
  turn(now: number): Promise<{ trees: number; keys: number }> {
    const turned = this.#turning.then(() => this.#turnAll(now))
    this.#turning = turned.catch(() => undefined)
    return turned
  }

  /** True for each id whose key neither KV, nor memory, nor a row here can give. Asks KV itself. */
  async underivable(ids: string[]): Promise<boolean[]> {
    const places = ids.map(parseKeyId)
    const leaves = Map.groupBy(
      places.filter((place) => place !== undefined),
      ({ tree }) => tree,
    )
    const derivable = new Set<string>()
    for (const [tree, ofTree] of leaves) {
      const numbers = ofTree.map(({ leaf }) => leaf)
      const held = this.#trees.held(tree)
      const answers = await this.#trees.derivable(tree, numbers)
      numbers.forEach((leaf, i) => {
        if (answers[i] || (held && covers(held, leaf))) derivable.add(keyId(tree, leaf))
      })
    }
    return ids.map((id) => !derivable.has(id) && !this.#held.has(id))
  }

  /** Deletes every tree in KV, then what stands here of keys. Resolves when KV gives nothing; may be repeated. */
  async destroyAll(): Promise<void> {
    this.#held.clear()
    await this.#trees.removeAll()
    this.#sql.exec(`DELETE FROM keys`)
    this.#sql.exec(`DELETE FROM punctures`)
  }

  /** How many keys stand. */
  get size(): number {
    return this.#sql.exec<{ n: number }>(`SELECT count(*) AS n FROM keys`).one().n
  }

  /** True while `destroyAll` has something left. */
  get standing(): boolean {
    const sql = `SELECT 1 FROM trees UNION ALL SELECT 1 FROM keys UNION ALL SELECT 1 FROM punctures LIMIT 1`
    return this.#sql.exec(sql).toArray().length > 0
  }

  /** Forgets who owned keys that went long ago. */
  sweep(now: number): void {
    this.#sql.exec(`DELETE FROM punctures WHERE turned_at < ?`, now - limits.tombstoneDays * dayMs)
  }

  async #turnAll(now: number): Promise<{ trees: number; keys: number }> {
    const total = { trees: 0, keys: 0 }
    const sql = `SELECT tree FROM punctures WHERE turned_at IS NULL UNION SELECT tree FROM trees WHERE retired IS NOT NULL`
    for (const { tree } of this.#sql.exec<{ tree: string }>(sql).toArray()) {
      const keys = await this.#turnTree(tree, now)
      total.trees += 1
      total.keys += keys
    }
    return total
  }

  async #turnTree(tree: string, now: number): Promise<number> {
    await this.#trees.deleteRetired(tree)
    const pending = this.#sql
      .exec<{ leaf: number }>(`SELECT leaf FROM punctures WHERE tree = ? AND turned_at IS NULL`, tree)
      .toArray()
      .map(({ leaf }) => leaf)
    const state = await this.#trees.load(tree)
    if (pending.some((leaf) => covers(state, leaf))) await this.#trees.turn(tree, puncture(state, pending))
    // Only those: more may have been destroyed while KV was written.
    this.#sql.exec(
      `UPDATE punctures SET turned_at = ? WHERE tree = ? AND leaf IN (SELECT value FROM json_each(?))`,
      now,
      tree,
      JSON.stringify(pending),
    )
    return pending.length
  }
}
