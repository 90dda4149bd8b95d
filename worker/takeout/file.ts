// A finished copy as it is taken: opened piece by piece while it is sent. As lines of JSON, or as a ZIP with a file for each table
// and the files of messages. Called by routes.ts.
//
//   {"table":"contacts","row":{…}}                 a row
//   {"end":{"tables":{"contacts":1,…}}}            nothing was cut off

import { sql } from 'drizzle-orm'
import type { TableName } from '../../db/catalog.ts'
import { among, type Database, database, schema } from '../../db/client.ts'
import { encoded, objectsOf } from '../copies/objects.ts'
import { contactColumn, openRows, type ReadRow, type StoredRow } from '../copies/reading.ts'
import { type ZipEntry, zip } from '../copies/zip.ts'
import { streamOf } from '../crypto/chunks.ts'
import { openFile } from '../custody/files.ts'
import { limits } from '../ground/limits.ts'
import type { World } from '../ground/world.ts'
import { type ExportRow, exportTables, partKey } from './build.ts'

export type Format = 'zip' | 'ndjson'

export function openExport(world: World, row: ExportRow, format: Format): ReadableStream<Uint8Array> {
  return streamOf(format === 'ndjson' ? encoded(allLines(world, row)) : zip(entriesOf(world, row), world.now))
}

async function* allLines(world: World, row: ExportRow): AsyncGenerator<string, void, void> {
  const tables: Record<string, number> = {}
  for (const table of exportTables(row)) {
    tables[table] = 0
    for await (const rows of readTable(world, row, table)) {
      tables[table] += rows.length
      yield rows.map((one) => `${JSON.stringify({ table, row: one })}\n`).join('')
    }
  }
  yield `${JSON.stringify({ end: { tables } })}\n`
}

async function* entriesOf(world: World, row: ExportRow): AsyncGenerator<ZipEntry, void, void> {
  const counts: Record<string, number> = {}
  for (const table of exportTables(row)) {
    counts[table] = 0
    yield { name: `${table}.ndjson`, packed: true, parts: encoded(linesOf(world, row, table, counts)) }
  }
  const files = { kept: 0, leftOut: [] as string[] }
  yield* fileEntries(world, row, files)
  const manifest = JSON.stringify(
    { workspace: row.accountId, tables: counts, files, complete: true },
    null,
    2,
  )
  yield { name: 'manifest.json', packed: true, parts: encoded(one(`${manifest}\n`)) }
}

async function* one(text: string): AsyncGenerator<string, void, void> {
  yield text
}

async function* linesOf(
  world: World,
  row: ExportRow,
  table: TableName,
  counts: Record<string, number>,
): AsyncGenerator<string, void, void> {
  for await (const rows of readTable(world, row, table)) {
    counts[table] = (counts[table] ?? 0) + rows.length
    yield rows.map((line) => `${JSON.stringify(line)}\n`).join('')
  }
}

/** Pages of rows of one table, opened. Those of contacts who were erased since are not in them any more. */
async function* readTable(
  { env, now }: World,
  row: ExportRow,
  table: TableName,
): AsyncGenerator<ReadRow[], void, void> {
  const db = database(env.DB)
  for (const [part, of] of row.parts.entries()) {
    if (of !== table) continue
    const stored = await env.FILES.get(partKey(row, part))
    const plain = stored && (await openFile(env.KEEPER, row.accountId, partKey(row, part), stored.body, now))
    if (!plain) throw new Error('a piece of an export is gone')
    for await (const page of pagesOf(plain)) {
      const standing = await onlyStanding(db, row.accountId, table, page)
      yield openRows(env.KEEPER, table, { scope: 'workspace', accountId: row.accountId }, standing, now)
    }
  }
}

async function* pagesOf(plain: AsyncIterable<Uint8Array>): AsyncGenerator<StoredRow[], void, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of plain) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (let from = 0; from < lines.length; from += limits.exportRows)
      yield lines.slice(from, from + limits.exportRows).map((line) => JSON.parse(line) as StoredRow)
  }
}

async function onlyStanding(
  db: Database,
  accountId: string,
  table: TableName,
  rows: StoredRow[],
): Promise<StoredRow[]> {
  // What may speak of somebody without naming them goes with them, too: it is here only as long as it stands there.
  const speaking = table === 'rawEvents'
  const column = speaking ? 'id' : contactColumn(table)
  if (column === undefined) return rows
  const ids = [...new Set(rows.flatMap((row) => (typeof row[column] === 'string' ? [row[column]] : [])))]
  const found = await db.all<{ id: string }>(
    sql`SELECT id FROM ${speaking ? schema.rawEvents : schema.contacts} WHERE account_id = ${accountId} AND id IN ${among(ids)}`,
  )
  const standing = new Set(found.map(({ id }) => id))
  return rows.filter((row) => row[column] === null || standing.has(row[column] as string))
}

/** As they are now, from where they stand: they are not copied before they are taken. */
async function* fileEntries(
  { env, now }: World,
  { accountId }: ExportRow,
  files: { kept: number; leftOut: string[] },
): AsyncGenerator<ZipEntry, void, void> {
  const prefix = `media/${accountId}/`
  let room: number = limits.takeoutFileBytes
  for await (const page of objectsOf(env.FILES, prefix)) {
    for (const { key, size } of page) {
      const name = key.slice(prefix.length)
      const fits = size <= room && files.kept < limits.takeoutFiles
      const stored = fits ? await env.FILES.get(key) : null
      const plain = stored && (await openFile(env.KEEPER, accountId, key, stored.body, now))
      if (!plain) {
        files.leftOut.push(name)
        continue
      }
      room -= size
      files.kept += 1
      yield { name: `media/${name}`, packed: false, parts: plain }
    }
  }
}
