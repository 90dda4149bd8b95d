// The catalogue as it stands for one workspace: every place that can hold its data, what is there now, since when. Called by
// routes.ts.

import { sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import {
  type Column,
  columnLabel,
  d1,
  durableObjects,
  kvPrefixes,
  type Life,
  logs,
  type Place,
  queues,
  r2Prefixes,
  type Table,
  type TableName,
} from '../../db/catalog.ts'
import { type Database, type Statement, schema, statement } from '../../db/client.ts'
import { placesOf } from '../../db/reach.ts'

export type MappedTable = {
  table: TableName
  rows: number
  oldestAt: number | null
} & Pick<Table<TableName>, 'title' | 'section' | 'purpose' | 'basis' | 'erase'> & {
    life: Life
    columns: ({ label: string } & Column)[]
  }

export type MappedPlace = { store: string; name: string } & Place

/** By what a table is as old as it is: messages by their place in the order, which is in their index. */
function clockOf(table: TableName): string | undefined {
  if (table === 'messages') return 'CAST(substr(min(sort_key), 1, 10) AS INTEGER) * 1000'
  const columns = schema[table] as unknown as Record<string, SQLiteColumn | undefined>
  const { life } = d1[table] as { life: Life }
  const begun = life === 'erasure' ? [] : [life.from]
  const names = ['createdAt', ...begun, 'at', 'updatedAt', 'connectedAt']
  const clock = names.map((name) => columns[name]).find((column) => column !== undefined)
  return clock && `min(${clock.name})`
}

/** Every table that can hold something of the workspace, with what it holds. One call, whatever there is. */
export async function loadMap(db: Database, accountId: string): Promise<MappedTable[]> {
  const places = placesOf({ scope: 'workspace', accountId }).toReversed()
  const counts = places.map(({ table, name, where }) =>
    statement(
      db,
      sql`SELECT count(*) AS rows, ${sql.raw(clockOf(table) ?? 'NULL')} AS oldest FROM ${sql.raw(name)} WHERE ${where}`,
    ),
  )
  const answers = (await db.batch(counts as [Statement, ...Statement[]])) as D1Result<{
    rows: number
    oldest: number | null
  }>[]
  return places.map(({ table }, i) => {
    const { title, section, purpose, basis, life, erase, columns } = d1[table] as Table<TableName>
    const { rows = 0, oldest = null } = answers[i]?.results[0] ?? {}
    const named = Object.entries(columns as Record<string, Column>).map(([property, column]) => ({
      label: columnLabel(table, property),
      ...column,
    }))
    return { table, title, section, purpose, basis, life, erase, columns: named, rows, oldestAt: oldest }
  })
}

/** Everything outside of the database. What is in it is not counted: keys, files and journals are found by their owner alone. */
export const otherPlaces: readonly MappedPlace[] = [
  ...Object.entries(durableObjects).flatMap(([store, tables]) =>
    Object.entries(tables).map(([name, place]) => ({ store, name, ...place })),
  ),
  ...Object.entries(kvPrefixes).map(([name, place]) => ({ store: 'Key store', name, ...place })),
  ...Object.entries(r2Prefixes).map(([name, place]) => ({ store: 'Files', name, ...place })),
  ...Object.entries(queues).map(([name, place]) => ({ store: 'Queue', name, ...place })),
  { store: 'Logs', name: 'logs', ...logs },
]
