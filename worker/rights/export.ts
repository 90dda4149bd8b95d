// Everything held about one contact, opened, as one JSON document that is written while it is read. Which tables and
// columns belong in it is the catalogue's to say. Called by routes.ts. Source: GDPR Art. 15 and 20; DPDP Act s. 11.
//
//   { "contact": id, "exportedAt": instant, "tables": { "contacts": [ … ], "messages": [ … ], … }, "files": [ … ], "complete": true }

import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm'
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type Column, d1, type TableName } from '../../db/catalog.ts'
import { among, type Database, schema } from '../../db/client.ts'
import { reachOf } from '../../db/reach.ts'
import { type Keepers, openColumns } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'

export type ExportStores = { db: Database; keepers: Keepers; files: R2Bucket }
type Row = Record<string, string | number | null>

const tableOf = (name: TableName): SQLiteTable => schema[name]
/** The rows of a table that are about the contact; undefined where none can be. */
const rowsOf = (name: TableName, accountId: string, contactId: string): SQL | undefined =>
  reachOf(name, { scope: 'contact', accountId, ids: [contactId] })

/** Properties of the table that are exported. Whose account it is says nothing about the contact. */
const exportedOf = (name: TableName): [string, Column][] =>
  (Object.entries(d1[name].columns) as [string, Column][]).filter(
    ([property, column]) => column.exported && property !== 'accountId',
  )

/** How a row is named in its seals: the parts of its key that are not the account. */
function keyOf(name: TableName): string[] {
  const { columns, primaryKeys } = getTableConfig(tableOf(name))
  const parts = primaryKeys[0]?.columns ?? columns.filter((column) => column.primary)
  return parts.map((column) => column.name).filter((column) => column !== 'account_id')
}

/** Undefined when the account has no such contact. Restricted contacts are exported as any other. */
export async function exportContact(
  stores: ExportStores,
  accountId: string,
  contactId: string,
  now: number,
): Promise<ReadableStream<Uint8Array> | undefined> {
  const where = rowsOf('contacts', accountId, contactId)
  const found = await stores.db.get<{ n: number }>(sql`SELECT 1 AS n FROM ${schema.contacts} WHERE ${where}`)
  if (!found) return undefined
  const pieces = documentOf(stores, accountId, contactId, now)
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: async () => void (await pieces.return()),
  })
}

async function* documentOf(
  stores: ExportStores,
  accountId: string,
  contactId: string,
  now: number,
): AsyncGenerator<string, void, void> {
  yield `{"contact":${JSON.stringify(contactId)},"exportedAt":${JSON.stringify(new Date(now).toISOString())},"tables":{`
  let before = ''
  for (const name of Object.keys(d1) as TableName[]) {
    const where = rowsOf(name, accountId, contactId)
    if (!where || exportedOf(name).length === 0) continue
    yield `${before}${JSON.stringify(name)}:`
    before = ','
    yield* listOf(pagesOf(stores, name, accountId, where, now))
  }
  yield '},"files":'
  yield* listOf(filesOf(stores.files, `media/${accountId}/${contactId}/`))
  // A document that was cut off on its way does not end like this.
  yield ',"complete":true}\n'
}

/** A JSON list, a page at a time. */
async function* listOf(pages: AsyncGenerator<unknown[]>): AsyncGenerator<string, void, void> {
  let before = '['
  for await (const page of pages) {
    for (const item of page) {
      yield before + JSON.stringify(item)
      before = ','
    }
  }
  yield before === '[' ? '[]' : ']'
}

async function* pagesOf(
  { db, keepers }: ExportStores,
  name: TableName,
  accountId: string,
  where: SQL,
  now: number,
): AsyncGenerator<unknown[]> {
  const table = tableOf(name)
  // Numbers first: they are small however much somebody wrote, and no later page has to search again.
  const found = await db.all<{ id: number }>(
    sql`SELECT rowid AS id FROM ${table} WHERE ${where} ORDER BY rowid`,
  )
  for (let from = 0; from < found.length; from += limits.exportRows) {
    const ids = found.slice(from, from + limits.exportRows).map(({ id }) => id)
    const rows = await db.all<Row>(sql`SELECT * FROM ${table} WHERE rowid IN ${among(ids)} ORDER BY rowid`)
    yield openRows(keepers, name, accountId, rows, now)
  }
}

async function openRows(
  keepers: Keepers,
  name: TableName,
  accountId: string,
  rows: Row[],
  now: number,
): Promise<unknown[]> {
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

async function* filesOf(files: R2Bucket, prefix: string): AsyncGenerator<unknown[]> {
  let cursor: string | undefined
  do {
    const page = await files.list({ prefix, ...(cursor === undefined ? {} : { cursor }) })
    yield page.objects.map(({ key, size, uploaded }) => ({
      name: key.slice(prefix.length),
      bytes: size,
      storedAt: uploaded.toISOString(),
    }))
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
}
