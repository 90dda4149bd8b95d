// Searches every place the platform has for what is left of somebody who was erased. It trusts nothing that erases: it
// has no line in common with it, does not know the catalogue, and asks each store itself what it holds. Called by the
// Eraser right after erasing, with needles in clear, and by an operator at any later time, with keyed digests.
//
// Seals of other people are not opened: what they wrote about her is theirs. Seals under the account's own key are.

import type { SealKey } from '../crypto/seal.ts'
import type { Hit } from '../crypto/search.ts'
import { Tally } from '../crypto/search-storage.ts'
import { limits } from '../ground/limits.ts'
import { type DatabaseCursor, scanDatabase } from './residue-database.ts'
import type { Needles } from './residue-needles.ts'
import { type ObjectCursor, scanFiles, scanKv, scanObjects } from './residue-stores.ts'

export type ResidueWorld = {
  env: Env
  /** The own keys of the account and of the platform: what belongs to no contact, and may speak of one, is sealed with them. */
  keys: SealKey[]
}
export type ResidueTarget = {
  accountId: string
  /** From needlesOf (in clear) or searchByDigest. */
  needles: Needles
  /** When the tombstone was written (epoch ms): what arrived later and waits in the journal is dropped when handled. */
  erasedAt: number
}

/** Plain data: it may be kept between calls. */
export type ResidueCursor =
  | ({ store: 'd1' } & DatabaseCursor)
  | { store: 'kv'; at: string | null }
  | { store: 'r2'; at: string | null }
  | ({ store: 'do' } & ObjectCursor)

/** Values looked at and values found, by place: `d1/table.column`, `kv/prefix/`, `r2/prefix/`, `do/Class.table.column`. */
export type Findings = { searched: Record<string, number>; found: Record<string, number> }
export type ResiduePage = Findings & { cursor: ResidueCursor | undefined }

/** What may stay. Everything here is about keyed digests or about a name that others bear; nothing in clear is exempt. */
const mayStay: { place: RegExp; hit: Hit; reason: string }[] = [
  {
    place: /^do\/Keeper\.tombstones\./,
    hit: 'digest',
    reason: 'so that late events about her store nothing',
  },
  { place: /^r2\/ledger\//, hit: 'digest', reason: 'so that a restored backup erases her again' },
  { place: /^d1\/erasure_ledger\./, hit: 'digest', reason: 'so that a restored backup is noticed' },
  { place: /^do\/Eraser\.needles\./, hit: 'digest', reason: 'so that this search can be run again' },
  { place: /^do\/Eraser\.jobs\./, hit: 'digest', reason: 'what the deletion under way has to remember' },
  { place: /^d1\/deletions\.subject_id$/, hit: 'digest', reason: 'the request itself, by a keyed digest' },
  {
    place: /^d1\/(accounts|api_keys)\.name$/,
    hit: 'name',
    reason: 'what a business calls itself or its key',
  },
]

const begin: ResidueCursor = { store: 'd1', table: '', row: null }

/** Looks at a bounded part and says where to go on; undefined: everything was searched. Safe to repeat. */
export async function scanResidue(
  world: ResidueWorld,
  target: ResidueTarget,
  cursor: ResidueCursor = begin,
  pages: number = limits.residuePages,
): Promise<ResiduePage> {
  const tally = new Tally()
  let at: ResidueCursor | undefined = cursor
  for (let page = 0; page < pages && at; page++) at = await scanPage(world, target, at, tally)
  const found: Record<string, number> = {}
  for (const { place, hit, count } of tally.found) {
    if (mayStay.some((exempt) => exempt.hit === hit && exempt.place.test(place))) continue
    found[place] = (found[place] ?? 0) + count
  }
  return { searched: tally.searched, found, cursor: at }
}

async function scanPage(
  { env, keys }: ResidueWorld,
  target: ResidueTarget,
  cursor: ResidueCursor,
  tally: Tally,
): Promise<ResidueCursor | undefined> {
  const { needles } = target
  switch (cursor.store) {
    case 'd1': {
      const next = await scanDatabase(env.DB, needles, keys, cursor, tally)
      return next ? { store: 'd1', ...next } : { store: 'kv', at: null }
    }
    case 'kv': {
      const next = await scanKv(env.KEYS, needles.search, cursor.at, tally)
      return next === undefined ? { store: 'r2', at: null } : { store: 'kv', at: next }
    }
    case 'r2': {
      const next = await scanFiles(env.FILES, needles.search, cursor.at, tally)
      return next === undefined ? { store: 'do', object: 0 } : { store: 'r2', at: next }
    }
    case 'do': {
      const next = await scanObjects(env, needles.search, target, cursor, tally)
      return next && { store: 'do', ...next }
    }
  }
}

/** Two parts of one search together. */
export function addFindings(one: Findings, other: Findings): Findings {
  const sum = (a: Record<string, number>, b: Record<string, number>) => {
    const total = { ...a }
    for (const [place, count] of Object.entries(b)) total[place] = (total[place] ?? 0) + count
    return total
  }
  return { searched: sum(one.searched, other.searched), found: sum(one.found, other.found) }
}

/** All of it in one go: for small places, tests and operators' commands. */
export async function scanEverything(world: ResidueWorld, target: ResidueTarget): Promise<Findings> {
  let findings: Findings = { searched: {}, found: {} }
  let cursor: ResidueCursor | undefined = begin
  while (cursor) {
    const page: ResiduePage = await scanResidue(world, target, cursor)
    findings = addFindings(findings, page)
    cursor = page.cursor
  }
  return findings
}
