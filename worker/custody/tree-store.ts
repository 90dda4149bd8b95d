// The key trees of one account. Their secrets stand in KV and nowhere else: KV has no point-in-time restore, so what was
// taken out of a tree there stays out, whatever is put back elsewhere. Which trees there are, and in which epoch each
// is, stands in the Keeper's SQLite. Called by vault.ts only.
//
//   epoch/{account}/{tree}/{epoch}   the tree, sealed under the root key; written once, a turn writes the next epoch
//   lease/{account}                  {tree}.{end}: leaves below `end` may have been given out
//
// The lease is why no leaf is given out twice after the SQLite was set back: each life of the Keeper begins above it.

import { randomBytes } from '../crypto/bytes.ts'
import { equalBytes } from '../crypto/hmac.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import { loadSecret, putSecret, type RootKey } from './root.ts'
import { covers, decodeTree, encodeTree, freshTree, leafCount, type Tree } from './tree.ts'

/** Unavailable is not destroyed: KV may lag behind, the caller tries again. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

/**
 * How the SQLite stands to KV. `behind`: KV knows newer epochs or more trees, so this SQLite was set back (or a crash
 * left a turn half done). `gone`: KV holds nothing of an account that has trees, so the account was destroyed.
 */
export type Standing = 'level' | 'behind' | 'gone'

/** `retired`: an epoch whose value may still stand in KV and has to be deleted. */
type TreeRow = { tree: string; epoch: number; retired: number | null; next_leaf: number }
type Lease = { tree: string; next: number; end: number }

export class TreeStore {
  readonly #storage: DurableObjectStorage
  readonly #kv: KVNamespace
  readonly #roots: [RootKey, ...RootKey[]]
  readonly #account: string
  readonly #held = new Map<string, Tree>()
  #lease: Lease | undefined
  #leasing: Promise<void> | undefined
  #lost = false

  constructor(
    storage: DurableObjectStorage,
    kv: KVNamespace,
    roots: [RootKey, ...RootKey[]],
    account: string,
  ) {
    this.#storage = storage
    this.#kv = kv
    this.#roots = roots
    this.#account = account
    storage.sql.exec(`CREATE TABLE IF NOT EXISTS trees (
      tree TEXT PRIMARY KEY, epoch INTEGER NOT NULL, retired INTEGER, next_leaf INTEGER NOT NULL, created_at INTEGER NOT NULL)`)
  }

  /** Looks once through KV. Newer epochs and unknown trees are taken over, and `onBehind` is written with them. */
  async compare(now: number, onBehind: () => void): Promise<Standing> {
    const listed = await this.#list()
    this.#lost = false
    const rows = new Map(this.#rows().map((row) => [row.tree, row]))
    if (rows.size > 0 && listed.size === 0) return this.#whyEmpty()
    const ahead = [...listed].filter(([tree, epochs]) => Math.max(...epochs) > (rows.get(tree)?.epoch ?? 0))
    if (ahead.length === 0) return 'level'
    this.#storage.transactionSync(() => {
      for (const [tree, epochs] of ahead) {
        const [epoch, retired] = [...epochs].sort((a, b) => b - a) as [number, number | undefined]
        // A tree we do not know counts as full: which of its leaves were given out is not known either.
        this.#storage.sql.exec(
          `INSERT INTO trees VALUES (?, ?, ?, ?, ?) ON CONFLICT (tree) DO UPDATE SET
             epoch = excluded.epoch, retired = excluded.retired`,
          tree,
          epoch,
          retired ?? null,
          leafCount,
          now,
        )
      }
      onBehind()
    })
    for (const [tree] of ahead) this.#held.delete(tree)
    return 'behind'
  }

  /** True after a tree was not found in KV, until KV is compared again. */
  get lost(): boolean {
    return this.#lost
  }

  /** Every tree, oldest first. */
  get trees(): string[] {
    return this.#rows().map(({ tree }) => tree)
  }

  /** The tree when it is in memory; `load` brings it there. */
  held(tree: string): Tree | undefined {
    return this.#held.get(tree)
  }

  async load(tree: string): Promise<Tree> {
    const held = this.#held.get(tree)
    if (held) return held
    const row = this.#row(tree)
    const loaded = row && (await this.#read(tree, row.epoch))
    // While we waited, a turn may have put the next epoch in place.
    const standing = this.#held.get(tree)
    if (standing) return standing
    if (!loaded || this.#row(tree)?.epoch !== row?.epoch) {
      this.#lost = !loaded
      throw new KeysUnavailable('a key tree was not found')
    }
    this.#held.set(tree, loaded)
    return loaded
  }

  /** True when `take` can give a leaf now. */
  get room(): boolean {
    return this.#lease !== undefined && this.#lease.next < this.#lease.end
  }

  /** Makes room. Two who ask at once share the work. */
  lease(now: number): Promise<void> {
    this.#leasing ??= this.#extend(now).finally(() => {
      this.#leasing = undefined
    })
    return this.#leasing
  }

  /** A leaf that nobody had before and nobody gets again. Only while there is room. */
  take(): { tree: string; leaf: number } {
    const lease = this.#lease
    if (!lease || lease.next >= lease.end) throw new KeysUnavailable('no leaf is leased')
    const leaf = lease.next++
    this.#storage.sql.exec(`UPDATE trees SET next_leaf = ? WHERE tree = ?`, lease.next, lease.tree)
    return { tree: lease.tree, leaf }
  }

  /** Makes `next` the tree, durable and alone in KV when it resolves. May be repeated after any failure. */
  async turn(tree: string, next: Tree): Promise<void> {
    const epoch = (this.#row(tree) as TreeRow).epoch + 1
    const bytes = encodeTree(next)
    await putSecret(this.#kv, this.#roots, this.#kvName(tree, epoch), bytes)
    const back = await loadSecret(this.#kv, this.#roots, this.#kvName(tree, epoch))
    if (!back || !equalBytes(back, bytes)) throw new KeysUnavailable('KV does not show the next epoch yet')
    this.#storage.sql.exec(`UPDATE trees SET epoch = ?, retired = ? WHERE tree = ?`, epoch, epoch - 1, tree)
    this.#held.set(tree, next)
    await this.deleteRetired(tree)
  }

  /** Deletes what a turn has left behind. Resolves when KV no longer gives it. */
  async deleteRetired(tree: string): Promise<void> {
    const retired = this.#row(tree)?.retired
    if (retired === null || retired === undefined) return
    await this.#remove(this.#kvName(tree, retired))
    this.#storage.sql.exec(`UPDATE trees SET retired = NULL WHERE tree = ?`, tree)
  }

  /** Whether any value of the tree that KV still gives, of any epoch, can derive the leaf. Asks KV, not memory. */
  async derivable(tree: string, leaves: number[]): Promise<boolean[]> {
    const row = this.#row(tree)
    const named = [row?.epoch, row?.retired].filter((epoch) => epoch !== null && epoch !== undefined)
    const listed = (await this.#list(`${tree}/`)).get(tree) ?? []
    const epochs = [...new Set([...named, ...listed])]
    const standing = await Promise.all(epochs.map((epoch) => this.#read(tree, epoch)))
    return leaves.map((leaf) => standing.some((one) => one !== undefined && covers(one, leaf)))
  }

  /** Deletes every tree and the lease from KV and memory. Resolves when KV gives nothing; may be repeated. */
  async removeAll(): Promise<void> {
    this.#held.clear()
    this.#lease = undefined
    const removed = new Set<string>()
    const known = this.#rows().flatMap(({ tree, epoch, retired }) => [
      this.#kvName(tree, epoch),
      ...(retired === null ? [] : [this.#kvName(tree, retired)]),
    ])
    // A list may still show what is deleted: the end is a list with nothing that was not.
    for (let names = [...known, ...(await this.#names(''))]; names.length > 0; ) {
      for (const name of new Set(names)) {
        await this.#remove(name)
        removed.add(name)
      }
      names = (await this.#names('')).filter((name) => !removed.has(name))
    }
    // Last, so that an account without trees but with a lease is one whose end was not finished.
    await this.#remove(this.#leaseName)
    this.#storage.sql.exec(`DELETE FROM trees`)
  }

  async #extend(now: number): Promise<void> {
    const current = this.#rows()
      .filter(({ next_leaf }) => next_leaf < leafCount)
      .at(-1)
    const start = await this.#begin(current)
    const tree = start === undefined ? newId('key').slice(4) : (current as TreeRow).tree
    const end = Math.min((start ?? 0) + limits.leaseLeaves, leafCount)
    await this.#kv.put(this.#leaseName, `${tree}.${end}`)
    if (start === undefined) {
      const fresh = freshTree(randomBytes(32))
      await putSecret(this.#kv, this.#roots, this.#kvName(tree, 1), encodeTree(fresh))
      this.#storage.sql.exec(`INSERT INTO trees VALUES (?, 1, NULL, 0, ?)`, tree, now)
      this.#held.set(tree, fresh)
    }
    this.#lease = { tree, next: start ?? 0, end }
  }

  /** Where the next lease in this tree begins; undefined when it needs a new tree. */
  async #begin(current: TreeRow | undefined): Promise<number | undefined> {
    if (!current) return undefined
    const [tree, end] =
      this.#lease?.tree === current.tree
        ? [current.tree, this.#lease.end]
        : ((await this.#kv.get(this.#leaseName)) ?? '').split('.')
    // A lease on another tree: this SQLite has been set back, or a new tree was never begun.
    if (tree !== current.tree) return undefined
    const start = Math.max(Number(end), current.next_leaf)
    return start < leafCount ? start : undefined
  }

  /** Nothing is listed. A list may lag behind; an account that was destroyed has no value and no lease either. */
  async #whyEmpty(): Promise<Standing> {
    for (const { tree, epoch } of this.#rows()) if (await this.#read(tree, epoch)) return 'level'
    if ((await this.#kv.get(this.#leaseName)) === null) return 'gone'
    throw new KeysUnavailable('no key tree was found')
  }

  /** Epochs by tree, of the values that KV lists. */
  async #list(under = ''): Promise<Map<string, number[]>> {
    const found = new Map<string, number[]>()
    for (const name of await this.#names(under)) {
      const [, , tree, epoch] = name.split('/') as [string, string, string, string]
      found.set(tree, [...(found.get(tree) ?? []), Number(epoch)])
    }
    return found
  }

  async #names(under: string): Promise<string[]> {
    const names: string[] = []
    let cursor: string | null = null
    do {
      const page: KVNamespaceListResult<unknown> = await this.#kv.list({
        prefix: `epoch/${this.#account}/${under}`,
        cursor,
      })
      names.push(...page.keys.map(({ name }) => name))
      cursor = page.list_complete ? null : page.cursor
    } while (cursor !== null)
    return names
  }

  async #read(tree: string, epoch: number): Promise<Tree | undefined> {
    const bytes = await loadSecret(this.#kv, this.#roots, this.#kvName(tree, epoch))
    if (!bytes) return undefined
    const read = decodeTree(bytes)
    if (!read) throw new Error('a key tree in KV cannot be read')
    return read
  }

  async #remove(name: string): Promise<void> {
    await this.#kv.delete(name)
    if ((await this.#kv.get(name)) !== null) throw new KeysUnavailable('KV still gives what was deleted')
  }

  #kvName = (tree: string, epoch: number): string => `epoch/${this.#account}/${tree}/${epoch}`

  get #leaseName(): string {
    return `lease/${this.#account}`
  }

  #row(tree: string): TreeRow | undefined {
    return this.#storage.sql
      .exec<TreeRow>(`SELECT tree, epoch, retired, next_leaf FROM trees WHERE tree = ?`, tree)
      .toArray()[0]
  }

  #rows(): TreeRow[] {
    return this.#storage.sql
      .exec<TreeRow>(`SELECT tree, epoch, retired, next_leaf FROM trees ORDER BY created_at, tree`)
      .toArray()
  }
}
