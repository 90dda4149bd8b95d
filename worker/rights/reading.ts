// Everything held about one contact, member or visitor, opened, table by table and page by page. Which tables and columns
// belong in it is the catalogue's to say. Called by export.ts and package-build.ts. Source: GDPR Art. 15 and 20; DPDP Act s. 11.

import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm'
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type Column, d1, type TableName } from '../../db/catalog.ts'
import { among, type Database, schema } from '../../db/client.ts'
import { reachOf, type Subject } from '../../db/reach.ts'
import { type Keepers, openColumns } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'

export type ReadingStores = { db: Database; keepers: Keepers }
/** The exported columns of one row, opened. */
export type ReadRow = Record<string, unknown>
type Row = Record<string, string | number | null>

const tableOf = (name: TableName): SQLiteTable => schema[name]

/** Properties of the table that are exported. Whose account it is says nothing about the person. */
const exportedOf = (name: TableName): [string, Column][] =>
  (Object.entries(d1[name].columns) as [string, Column][]).filter(
    ([property, column]) => column.exported && property !== 'accountId',
  )

/** Tables that can hold something about the subject that is exported. */
export const tablesOf = (subject: Subject): TableName[] =>
  (Object.keys(d1) as TableName[]).filter(
    (name) => exportedOf(name).length > 0 && reachOf(name, subject) !== undefined,
  )

/** How a row is named in its seals: the parts of its key that are not the account. */
function keyOf(name: TableName): string[] {
  const { columns, primaryKeys } = getTableConfig(tableOf(name))
  const parts = primaryKeys[0]?.columns ?? columns.filter((column) => column.primary)
  return parts.map((column) => column.name).filter((column) => column !== 'account_id')
}

/** As a person reads them. */
const orders: Partial<Record<TableName, SQL>> = { messages: sql`number_id, sort_key, id` }

/** Pages of at most limits.exportRows rows. */
export async function* readTable(
  { db, keepers }: ReadingStores,
  subject: Subject,
  name: TableName,
  now: number,
): AsyncGenerator<ReadRow[], void, void> {
  const table = tableOf(name)
  const order = orders[name] ?? sql`rowid`
  // Numbers first: they are small however much somebody wrote, and no later page has to search again.
  const found = await db.all<{ id: number }>(
    sql`SELECT rowid AS id FROM ${table} WHERE ${reachOf(name, subject)} ORDER BY ${order}`,
  )
  for (let from = 0; from < found.length; from += limits.exportRows) {
    const ids = found.slice(from, from + limits.exportRows).map(({ id }) => id)
    const rows = await db.all<Row>(sql`SELECT * FROM ${table} WHERE rowid IN ${among(ids)} ORDER BY ${order}`)
    yield openRows(keepers, name, subject.accountId, rows, now)
  }
}

async function openRows(
  keepers: Keepers,
  name: TableName,
  accountId: string,
  rows: Row[],
  now: number,
): Promise<ReadRow[]> {
  const columns = getTableColumns(tableOf(name)) as Record<string, SQLiteColumn>
  const exported = exportedOf(name).map(([property, { sealed }]) => ({
    property,
    sealed: sealed !== false,
    column: columns[property]?.name ?? property,
  }))
  const secret = exported.filter(({ sealed }) => sealed)
  const key = keyOf(name)
  const table = getTableName(tableOf(name))
  const wanted = rows.flatMap((row) => {
    const rowId = key.map((part) => row[part]).join('/')
    return secret.map(({ column }) => ({ table, column, rowId, sealed: row[column] as string | null }))
  })
  const opened = await openColumns(keepers, accountId, wanted, now)
  return rows.map((row, i) => {
    const own = secret.map(({ column }, j) => [column, readable(opened[i * secret.length + j])] as const)
    const plain = new Map<string, unknown>(own)
    return Object.fromEntries(
      exported.map(({ property, column, sealed }) => [
        property,
        sealed ? plain.get(column) : shown(property, row[column]),
      ]),
    )
  })
}

/** Instants as everywhere in our API. */
const shown = (property: string, value: string | number | null | undefined): unknown =>
  typeof value === 'number' && /^at$|At$/.test(property) ? new Date(value).toISOString() : (value ?? null)

/** Sealed structures are JSON; what is text stays text. */
function readable(text: string | undefined): unknown {
  if (!text?.startsWith('{')) return text ?? null
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** A document in pieces: `head` with its closing brace left off, then every table, then the files. */
export async function* writeDocument(
  head: Record<string, unknown>,
  tables: Iterable<[name: string, pages: AsyncIterable<unknown[]>]>,
  files: AsyncIterable<unknown[]>,
): AsyncGenerator<string, void, void> {
  yield `${JSON.stringify(head).slice(0, -1)},"tables":{`
  let before = ''
  for (const [name, pages] of tables) {
    yield `${before}${JSON.stringify(name)}:`
    before = ','
    yield* listOf(pages)
  }
  yield '},"files":'
  yield* listOf(files)
  // A document that was cut off on its way does not end like this.
  yield ',"complete":true}\n'
}

/** A JSON list, a page at a time. */
async function* listOf(pages: AsyncIterable<unknown[]>): AsyncGenerator<string, void, void> {
  let before = '['
  for await (const page of pages) {
    for (const item of page) {
      yield before + JSON.stringify(item)
      before = ','
    }
  }
  yield before === '[' ? '[]' : ']'
}
