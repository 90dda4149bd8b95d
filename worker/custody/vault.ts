// The Keeper's keys at rest: every key is wrapped by the account's epoch key, which lives in KV and nowhere else.
// Called by keeper.ts only.

import { randomBytes } from '../crypto/bytes.ts'
import { openBytes, type SealKey, sealBytes } from '../crypto/seal.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import { createSecret, loadSecret, type RootKey } from './root.ts'

type KeyRow = { id: string; epoch: number; wrapped: ArrayBuffer }

/** Unavailable is not destroyed: KV may lag behind, the caller tries again. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

export class Vault {
  readonly #sql: SqlStorage
  readonly #kv: KVNamespace
  readonly #roots: [RootKey, ...RootKey[]]
  readonly #name: string
  #epoch: { number: number; bytes: Uint8Array } | undefined
  #held = new Map<string, { bytes: Uint8Array; until: number }>()

  constructor(sql: SqlStorage, kv: KVNamespace, roots: [RootKey, ...RootKey[]], name: string) {
    this.#sql = sql
    this.#kv = kv
    this.#roots = roots
    this.#name = name
    sql.exec(`CREATE TABLE IF NOT EXISTS epochs (epoch INTEGER PRIMARY KEY, created_at INTEGER NOT NULL)`)
    sql.exec(`CREATE TABLE IF NOT EXISTS keys (
      id TEXT PRIMARY KEY, owner TEXT NOT NULL, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL, created_at INTEGER NOT NULL)`)
    sql.exec(`CREATE INDEX IF NOT EXISTS keys_owner ON keys (owner, created_at)`)
  }

  /** Loads the epoch key, or begins the first epoch. Call before anything else; cheap once loaded. */
  async ready(now: number): Promise<void> {
    if (this.#epoch) return
    const row = this.#sql.exec<{ epoch: number }>(`SELECT max(epoch) AS epoch FROM epochs`).one()
    if (row.epoch === null) {
      const bytes = await createSecret(this.#kv, this.#roots, this.#kvName(1))
      this.#sql.exec(`INSERT OR IGNORE INTO epochs VALUES (1, ?)`, now)
      this.#epoch = { number: 1, bytes }
      return
    }
    const bytes = await loadSecret(this.#kv, this.#roots, this.#kvName(row.epoch))
    if (!bytes) throw new KeysUnavailable('epoch key not found')
    this.#epoch = { number: row.epoch, bytes }
  }

  /** The newest key of an owner (a contact id or a name of the account's own), made when there is none. */
  async keyOf(owner: string, now: number): Promise<SealKey> {
    const row = this.#sql
      .exec<KeyRow>(
        `SELECT id, epoch, wrapped FROM keys WHERE owner = ? ORDER BY created_at DESC, id LIMIT 1`,
        owner,
      )
      .toArray()[0]
    return row ? this.#unwrap(row, now) : this.#create(owner, now)
  }

  /** Keys by id; a destroyed key is missing from the answer. */
  async keysById(ids: string[], now: number): Promise<SealKey[]> {
    const rows = this.#sql
      .exec<KeyRow>(
        `SELECT id, epoch, wrapped FROM keys WHERE id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(ids),
      )
      .toArray()
    return Promise.all(rows.map((row) => this.#unwrap(row, now)))
  }

  moveKeys(from: string, to: string): void {
    this.#sql.exec(`UPDATE keys SET owner = ? WHERE owner = ?`, to, from)
  }

  destroyKeys(owner: string): void {
    for (const { id } of this.#sql.exec<{ id: string }>(`SELECT id FROM keys WHERE owner = ?`, owner))
      this.#held.delete(id)
    this.#sql.exec(`DELETE FROM keys WHERE owner = ?`, owner)
  }

  #kvName = (epoch: number) => `epoch/${this.#name}/${epoch}`

  #current(): { number: number; bytes: Uint8Array } {
    if (!this.#epoch) throw new KeysUnavailable('epoch key not loaded')
    return this.#epoch
  }

  async #create(owner: string, now: number): Promise<SealKey> {
    const epoch = this.#current()
    const id = newId('key').slice(4)
    const bytes = randomBytes(32)
    const wrapped = await sealBytes(epoch.bytes, `keeper.key:${this.#name}:${id}`, bytes)
    this.#sql.exec(`INSERT INTO keys VALUES (?, ?, ?, ?, ?)`, id, owner, epoch.number, wrapped.buffer, now)
    this.#hold(id, bytes, now)
    return { id, epoch: epoch.number, bytes }
  }

  async #unwrap(row: KeyRow, now: number): Promise<SealKey> {
    const held = this.#held.get(row.id)
    if (held && held.until > now) return { id: row.id, epoch: row.epoch, bytes: held.bytes }
    const place = `keeper.key:${this.#name}:${row.id}`
    const bytes = await openBytes(this.#current().bytes, place, new Uint8Array(row.wrapped))
    if (!bytes) throw new KeysUnavailable('a key does not open under its epoch')
    this.#hold(row.id, bytes, now)
    return { id: row.id, epoch: row.epoch, bytes }
  }

  #hold(id: string, bytes: Uint8Array, now: number): void {
    if (this.#held.size >= limits.keyCacheEntries) this.#held.clear()
    this.#held.set(id, { bytes, until: now + limits.keyCacheMs })
  }
}
