// What a Durable Object has of somebody: every table and value of its storage, known to us or not, a page at a time.
// Called by the `scan` method of each class, for the residue scan.

import { limits } from '../ground/limits.ts'
import { type Hit, type Match, matchOf, type Search, type Value } from './search.ts'

export type Found = { place: string; hit: Hit; count: number }
/** `searched`: values by place. Without a cursor the end was reached; with one, ask again with it. */
export type Scanned = { searched: Record<string, number>; found: Found[]; cursor?: string | undefined }

/** Counts values and hits by place. */
export class Tally {
  readonly searched: Record<string, number> = {}
  readonly #found = new Map<string, Found>()

  look(match: Match, place: string, value: Value): void {
    if (value === null || value === undefined) return
    this.add(place, 1)
    this.hit(place, match(value))
  }

  add(place: string, values: number): void {
    this.searched[place] = (this.searched[place] ?? 0) + values
  }

  hit(place: string, hit: Hit | undefined, count = 1): void {
    if (!hit) return
    const found = this.#found.get(`${place} ${hit}`) ?? { place, hit, count: 0 }
    found.count += count
    this.#found.set(`${place} ${hit}`, found)
  }

  get found(): Found[] {
    return [...this.#found.values()]
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

type Row = Record<string, SqlStorageValue>
/** Whether a keyed digest in this row is known to be about something later than what is searched for. */
export type IsLater = (table: string, row: Row) => boolean

/** Tables first, one after the other by name, then the values that stand under keys. Places: `table.column`, `values`. */
export async function scanStorage(
  storage: DurableObjectStorage,
  search: Search,
  cursor?: string,
  isLater: IsLater = () => false,
): Promise<Scanned> {
  const match = matchOf(search)
  const tally = new Tally()
  const at = cursor === undefined ? { table: '', offset: 0 } : (JSON.parse(cursor) as Position)
  const next =
    'key' in at
      ? await scanValues(storage, match, tally, at.key)
      : scanTables(storage.sql, match, tally, at, isLater)
  return { searched: tally.searched, found: tally.found, cursor: next && JSON.stringify(next) }
}

/** `offset` null: this table is done. `key`: the tables are done. */
type InTables = { table: string; offset: number | null }
type Position = InTables | { key: string | null }

/** By offset, because a table may be without rowids: the scan is for when nothing is written about her any more. */
function scanTables(
  sql: SqlStorage,
  match: Match,
  tally: Tally,
  { table: from, offset }: InTables,
  isLater: IsLater,
): Position {
  const tables = sql
    .exec<{ name: string }>(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name ${offset === null ? '>' : '>='} ? ORDER BY name LIMIT 1`,
      from,
    )
    .toArray()
  const name = tables[0]?.name
  if (name === undefined) return { key: null }
  const start = name === from ? (offset ?? 0) : 0
  const rows = sql.exec(`SELECT * FROM ${quoted(name)} LIMIT ? OFFSET ?`, limits.residueRows, start)
  let count = 0
  for (const row of rows) {
    count++
    for (const [column, value] of Object.entries(row)) {
      if (value === null) continue
      const place = `${name}.${column}`
      const hit = match(value)
      tally.add(place, 1)
      if (hit !== 'digest' || !isLater(name, row)) tally.hit(place, hit)
    }
  }
  return count < limits.residueRows
    ? { table: name, offset: null }
    : { table: name, offset: start + limits.residueRows }
}

async function scanValues(
  storage: DurableObjectStorage,
  match: Match,
  tally: Tally,
  after: string | null,
): Promise<Position | undefined> {
  const page = await storage.list({
    limit: limits.residueRows,
    ...(after === null ? {} : { startAfter: after }),
  })
  for (const [key, value] of page) {
    tally.look(match, 'keys', key)
    tally.look(match, 'values', plain(value))
  }
  return page.size < limits.residueRows ? undefined : { key: [...page.keys()].at(-1) as string }
}

const plain = (value: unknown): Value =>
  typeof value === 'string' || value instanceof ArrayBuffer || value instanceof Uint8Array
    ? value
    : JSON.stringify(value, (_, inner: unknown) =>
        typeof inner === 'bigint' ? String(inner) : inner instanceof Map ? [...inner] : inner,
      )
