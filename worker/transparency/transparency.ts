// The transparency log: one Durable Object, named `log`, that only ever adds. Leaves are hashes of receipts, policies and
// audit heads. What it has answered stays true whatever is restored: see copy.ts. Called through client.ts.

import { DurableObject } from 'cloudflare:workers'
import type { Search } from '../crypto/search.ts'
import { type Scanned, scanStorage } from '../crypto/search-storage.ts'
import { batchesFrom, writeBatch } from './copy.ts'
import { consistencyProof, inclusionProof, rootHash } from './merkle.ts'
import { type Leaf, type PlacedLeaf, Tree } from './tree.ts'

/** Where a leaf stands, and the size of a tree that holds it. */
export type Placed = { index: number; size: number }
export type Head = { size: number; root: Uint8Array }
export type Included = Placed & { proof: Uint8Array[]; root: Uint8Array }

export class Transparency extends DurableObject<Env> {
  readonly #tree: Tree
  #waiting: Leaf[] = []
  #turn: Promise<void> = Promise.resolve()
  #caughtUp: Promise<void> | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#tree = new Tree(ctx.storage.sql)
  }

  /** In the order given, durable in R2 and here when it resolves. A leaf that is there already keeps its place. */
  async append(leaves: Leaf[]): Promise<Placed[]> {
    this.#waiting.push(...leaves)
    // Whoever comes while a batch is on its way to R2 travels with the next one.
    const turn = this.#turn.then(() => this.#commit([...this.#waiting.splice(0), ...leaves]))
    this.#turn = turn.catch(() => undefined)
    await turn
    const { size } = this.#tree
    return leaves.map(({ hash }) => ({ index: this.#tree.find(hash) as number, size }))
  }

  async head(): Promise<Head> {
    await this.#ready()
    const { size } = this.#tree
    return { size, root: rootHash(this.#tree.subtree, size) }
  }

  /** That a leaf stands in the tree of `size` (else the present one). Undefined for a leaf that tree does not hold. */
  async inclusion(hash: string, size?: number): Promise<Included | undefined> {
    await this.#ready()
    const wanted = size ?? this.#tree.size
    const index = this.#tree.find(hash)
    if (index === undefined || index >= wanted || wanted > this.#tree.size) return undefined
    const { subtree } = this.#tree
    const proof = inclusionProof(subtree, index, wanted)
    return { index, size: wanted, proof, root: rootHash(subtree, wanted) }
  }

  /** Undefined unless from ≤ to ≤ size. */
  async consistency(from: number, to: number): Promise<Uint8Array[] | undefined> {
    await this.#ready()
    if (from > to || to > this.#tree.size) return undefined
    return consistencyProof(this.#tree.subtree, from, to)
  }

  async leaves(from: number, limit: number): Promise<{ size: number; leaves: PlacedLeaf[] }> {
    await this.#ready()
    return { size: this.#tree.size, leaves: this.#tree.page(from, limit) }
  }

  /** For the residue scan: a page of everything that is stored here. */
  async scan(search: Search, cursor?: string): Promise<Scanned> {
    return scanStorage(this.ctx.storage, search, cursor)
  }

  async #commit(leaves: Leaf[]): Promise<void> {
    await this.#ready()
    const seen = new Set<string>()
    const fresh = leaves.filter(
      ({ hash }) => !seen.has(hash) && seen.add(hash) && this.#tree.find(hash) === undefined,
    )
    if (fresh.length === 0) return
    if (await writeBatch(this.env.FILES, { first: this.#tree.size, leaves: fresh })) return this.#add(fresh)
    // The copy holds a batch that was never confirmed to us: it is history now, and ours comes after it.
    const before = this.#tree.size
    await this.#catchUp()
    if (this.#tree.size === before) throw new Error('the log and its copy disagree')
    return this.#commit(fresh)
  }

  #add(leaves: Leaf[]): void {
    this.ctx.storage.transactionSync(() => this.#tree.add(leaves))
  }

  /** Once in the life of this object: whoever was set back has been started anew. */
  async #ready(): Promise<void> {
    this.#caughtUp ??= this.#catchUp()
    try {
      await this.#caughtUp
    } catch (cause) {
      this.#caughtUp = undefined
      throw cause
    }
  }

  async #catchUp(): Promise<void> {
    for await (const { first, leaves } of batchesFrom(this.env.FILES, this.#tree.size)) {
      if (first !== this.#tree.size) throw new Error('the log and its copy disagree')
      this.#add(leaves)
    }
  }
}
