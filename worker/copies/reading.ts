// Everything held about one contact, member or visitor, or of a whole workspace, opened, table by table and page by page. Which
// tables and columns belong in it is the catalogue's to say. Called by the rights and takeout walks. Source: GDPR Art. 15 and 20;
// DPDP Act s. 11.

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
/** As the database has it, still sealed. */
export type StoredRow = Record<string, string | number | null>
type Scope = Subject['scope']

const tableOf = (name: TableName): SQLiteTable => schema[name]

/** Properties of the table that are exported. Whose account it is says nothing about a person. */
export const exportedOf = (name: TableName, scope: Scope): [string, Column][] =>
  (Object.entries(d1[name].columns) as [string, Column][]).filter(
    ([property, column]) => column.exported && (scope === 'workspace' || property !== 'accountId'),
  )

/** Tables that can hold something about the subject that is exported. */
export const tablesOf = (subject: Subject): TableName[] =>
  (Object.keys(d1) as TableName[]).filter(
    (name) => exportedOf(name, subject.scope).length > 0 && reachOf(name, subject) !== undefined,
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
    const rows = await db.all<StoredRow>(
      sql`SELECT * FROM ${table} WHERE rowid IN ${among(ids)} ORDER BY ${order}`,
    )
    yield openRows(keepers, name, subject, rows, now)
  }
}

type ExportedColumn = { property: string; sealed: boolean; column: string }

function exportedColumns(name: TableName, scope: Scope): ExportedColumn[] {
  const columns = getTableColumns(tableOf(name)) as Record<string, SQLiteColumn>
  return exportedOf(name, scope).map(([property, { sealed }]) => ({
    property,
    sealed: sealed !== false,
    column: columns[property]?.name ?? property,
  }))
}

/** By which columns of a table, under what the database calls it, its rows are found again after they were put aside. */
export const contactColumn = (name: TableName): string | undefined =>
  name === 'contacts' ? 'id' : 'contactId' in d1[name].columns ? 'contact_id' : undefined

/**
 * The next rows of a table after `after`, in the order they were written, each with what openRows needs and nothing that is
 * not exported. `last`: where to go on.
 */
export async function loadStored(
  db: Database,
  subject: Subject,
  name: TableName,
  after: number,
  rows: number,
): Promise<{ rows: StoredRow[]; last: number }> {
  const contact = contactColumn(name)
  const names = new Set([
    ...keyOf(name),
    ...exportedColumns(name, subject.scope).map(({ column }) => column),
    ...(contact === undefined ? [] : [contact]),
  ])
  const list = sql.raw([...names].map((column) => `"${column}"`).join(', '))
  const found = await db.all<StoredRow & { rowid_: number }>(
    sql`SELECT rowid AS rowid_, ${list} FROM ${tableOf(name)} WHERE (${reachOf(name, subject)}) AND rowid > ${after} ORDER BY rowid LIMIT ${rows}`,
  )
  const last = found.at(-1)?.rowid_ ?? after
  return { rows: found.map(({ rowid_: _, ...row }) => row), last }
}

export async function openRows(
  keepers: Keepers,
  name: TableName,
  { accountId, scope }: Subject,
  rows: StoredRow[],
  now: number,
): Promise<ReadRow[]> {
  const exported = exportedColumns(name, scope)
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
