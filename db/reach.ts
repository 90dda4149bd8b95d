// Where a scope's rows are, in SQL made from the catalogue: nothing about tables is written twice. Called by erase.ts,
// inventory.ts and the export.

import { getTableName, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { d1, type TableName } from './catalog.ts'
import { among, type Database, type Statement, schema, statement } from './client.ts'

/** Whose data: everything of an account, or of some of its contacts or members, or of visitors (account `platform`). */
export type Subject =
  | { scope: 'workspace'; accountId: string }
  | { scope: 'contact' | 'member' | 'visitor'; accountId: string; ids: string[] }

export type Place = {
  table: TableName
  /** As the database has it. */
  name: string
  kept: boolean
  where: SQL
}

type AnyVia = { by: string; of: TableName; key: string; prefix?: string; alone?: true }
type AnyReach = string | (string | AnyVia)[] | null

const columnName = (table: TableName, property: string): string => {
  const column = (schema[table] as unknown as Record<string, SQLiteColumn | undefined>)[property]
  if (!column) throw new Error(`${table} has no ${property}`)
  return column.name
}

const tableName = (table: TableName): string => getTableName(schema[table] as SQLiteTable)

/** The rows of `table` that belong to the subject; undefined when none can. */
export function reachOf(table: TableName, subject: Subject): SQL | undefined {
  const reach = d1[table].reach[subject.scope] as AnyReach | undefined
  if (reach === null || reach === undefined) return undefined
  const own = 'accountId' in d1[table].columns && reach !== 'accountId'
  const within = own ? sql`${sql.raw(columnName(table, 'accountId'))} = ${subject.accountId} AND ` : sql``
  if (typeof reach === 'string')
    return subject.scope === 'workspace'
      ? direct(table, reach, subject)
      : sql`${within}${direct(table, reach, subject)}`
  const ways = reach.flatMap((via) => {
    if (typeof via === 'string') return direct(table, via, subject)
    const above = reachOf(via.of, subject)
    if (!above) return []
    const key = sql.raw(`${via.prefix ? `'${via.prefix}' || ` : ''}${columnName(via.of, via.key)}`)
    const from = sql.raw(tableName(via.of))
    const by = sql.raw(columnName(table, via.by))
    const theirs = sql`${by} IN (SELECT ${key} FROM ${from} WHERE ${above})`
    if (!via.alone) return theirs
    return sql`${theirs} AND ${by} NOT IN (SELECT ${key} FROM ${from} WHERE ${key} IS NOT NULL AND NOT (${above}))`
  })
  return ways.length === 0 ? undefined : sql`${within}(${sql.join(ways, sql` OR `)})`
}

function direct(table: TableName, property: string, subject: Subject): SQL {
  const column = sql.raw(columnName(table, property))
  return subject.scope === 'workspace'
    ? sql`${column} = ${subject.accountId}`
    : sql`${column} IN ${among(subject.ids)}`
}

/** Every table with rows of this scope, what hangs on others first: the order in which rows can be deleted. */
export function placesOf(subject: Subject): Place[] {
  return (Object.keys(d1) as TableName[]).toReversed().flatMap((table) => {
    const where = reachOf(table, subject)
    const kept = d1[table].erase === 'keep pseudonymous'
    return where ? [{ table, name: tableName(table), kept, where }] : []
  })
}

/** The table that the database calls so. */
export const tableNamed = (name: string): TableName | undefined =>
  (Object.keys(d1) as TableName[]).find((table) => tableName(table) === name)

/** Tables that keep their rows, as the database calls them. */
export const keptPlaces: ReadonlySet<string> = new Set(
  (Object.keys(d1) as TableName[]).filter((table) => d1[table].erase === 'keep pseudonymous').map(tableName),
)

/** Rows per table, by the table's own name. One call, whatever there is. */
export async function countRows(db: Database, subject: Subject): Promise<Record<string, number>> {
  const places = placesOf(subject)
  if (places.length === 0) return {}
  const counts = places.map(({ name, where }) =>
    statement(db, sql`SELECT count(*) AS rows FROM ${sql.raw(name)} WHERE ${where}`),
  )
  const answers = (await db.batch(counts as [Statement, ...Statement[]])) as D1Result<{ rows: number }>[]
  return Object.fromEntries(places.map(({ name }, i) => [name, answers[i]?.results[0]?.rows ?? 0]))
}
