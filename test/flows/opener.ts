// What somebody could read who holds everything at once: the files of D1, of KV and of the Durable Objects, and the root
// keys. Asks no gateway and believes no table: every key that any value in KV can derive is tried. Used by the restore
// drill. Shares with the Worker only the arithmetic of trees and seals.

import '../support/bytes-on-node.ts'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fromUtf8 } from '../../worker/crypto/bytes.ts'
import { open, openBytes, sealHeader } from '../../worker/crypto/seal.ts'
import { loadSecret, parseRootKeys } from '../../worker/custody/root.ts'
import { decodeTree, leafOf, type Tree } from '../../worker/custody/tree.ts'
import { testBindings } from '../support/bindings.ts'

type Row = Record<string, unknown>

/** By place (`table.column:row`): what was read, or undefined where a seal stays closed. */
export type Reading = Map<string, { keyId: string; plain: string | undefined }>

const roots = parseRootKeys(testBindings.ROOT_KEYS)

/** Files that hold what the Worker wrote; `metadata.sqlite` is the platform's own. */
function stores(folder: string): DatabaseSync[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite')
  return files.map((name) => new DatabaseSync(join(folder, name)))
}

function rowsOf(folder: string, sql: string): Row[] {
  return stores(folder).flatMap((db) => {
    const rows = db.prepare(sql).all() as Row[]
    db.close()
    return rows
  })
}

function kvValues(dir: string): Map<string, string> {
  const [namespace] = readdirSync(join(dir, 'kv')).filter((name) => !name.startsWith('miniflare'))
  const rows = rowsOf(join(dir, 'kv/miniflare-KVNamespaceObject'), 'SELECT key, blob_id FROM _mf_entries')
  const blob = (id: unknown) =>
    readFileSync(join(dir, 'kv', namespace as string, 'blobs', id as string), 'utf8')
  return new Map(rows.map((row) => [row.key as string, blob(row.blob_id)]))
}

const kvOf = (values: Map<string, string>) =>
  ({ get: async (name: string) => values.get(name) ?? null }) as unknown as KVNamespace

async function treesOf(values: Map<string, string>): Promise<Map<string, Tree[]>> {
  const trees = new Map<string, Tree[]>()
  for (const name of values.keys()) {
    const [kind, , tree] = name.split('/')
    if (kind !== 'epoch') continue
    const bytes = await loadSecret(kvOf(values), roots, name)
    const read = bytes && decodeTree(bytes)
    if (!read) throw new Error(`${name} cannot be read`)
    trees.set(tree as string, [...(trees.get(tree as string) ?? []), read])
  }
  return trees
}

/** Everything sealed that stands in the database, opened as far as it opens. */
export async function readDatabase(dir: string): Promise<Reading> {
  const trees = await treesOf(kvValues(dir))
  const reading: Reading = new Map()
  const [db] = stores(join(dir, 'd1/miniflare-D1DatabaseObject')) as [DatabaseSync]
  const tables = db.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'`,
  )
  for (const { name } of tables.all() as { name: string }[]) {
    for (const row of db.prepare(`SELECT * FROM "${name}"`).all() as Row[])
      for (const [column, value] of Object.entries(row)) {
        const keyId = typeof value === 'string' ? sealHeader(value)?.keyId : undefined
        if (keyId === undefined) continue
        const place = `${name}.${column}`
        const plain = await tryKeys(trees, keyId, place, row, value as string)
        reading.set(`${place}:${JSON.stringify(namesOf(row))}`, { keyId, plain })
      }
  }
  db.close()
  return reading
}

/** What a seal may be bound to: the ways in which rows are named. */
const namesOf = (row: Row): string[] =>
  [row.id, `${row.id}/${row.part}`, row.waba_id, row.ref, `${row.account_id}/${row.digest}`, row.key].map(
    String,
  )

async function tryKeys(
  trees: Map<string, Tree[]>,
  keyId: string,
  place: string,
  row: Row,
  sealed: string,
): Promise<string | undefined> {
  const [tree, leaf] = keyId.split('-') as [string, string]
  for (const state of trees.get(tree) ?? []) {
    const bytes = leafOf(state, Number.parseInt(leaf, 36))
    for (const name of bytes ? namesOf(row) : []) {
      const plain = await open({ id: keyId, bytes: bytes as Uint8Array }, `${place}:${name}`, sealed)
      if (plain !== undefined) return plain
    }
  }
  return undefined
}

/** What running deletions remember of whom they are about, as far as it opens: texts of JSON. */
export async function readInventories(dir: string): Promise<(string | undefined)[]> {
  const values = kvValues(dir)
  const rows = rowsOf(join(dir, 'do/gateway-Eraser'), 'SELECT job, sealed FROM inventory')
  return Promise.all(
    rows.map(async ({ job, sealed }) => {
      const name = `deletion/${job}/inventory`
      const key = await loadSecret(kvOf(values), roots, name)
      const plain = key && (await openBytes(key, name, sealed as Uint8Array))
      return plain && fromUtf8(plain)
    }),
  )
}

/** The keys that the stored Keepers know of this owner. */
export const keysOf = (dir: string, owner: string): string[] =>
  rowsOf(join(dir, 'do/gateway-Keeper'), `SELECT id FROM keys WHERE owner = '${owner}'`).map(
    (row) => row.id as string,
  )

/** Takes what a test has put into a stored database out of it. */
export function dropTriggers(dir: string, names: string[]): void {
  const [db] = stores(join(dir, 'd1/miniflare-D1DatabaseObject')) as [DatabaseSync]
  for (const name of names) db.exec(`DROP TRIGGER IF EXISTS ${name}`)
  db.close()
}
