// The one way to D1. Walks load, decide, then run one `db.batch`; statement builders elsewhere end in Insert, Update
// or Erase and do not run.

import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { SQLiteAsyncDialect, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import * as schema from './schema.ts'

export { schema }

export const database = (d1: D1Database) => drizzle(d1, { schema })
export type Database = ReturnType<typeof database>
/** A statement that has not run yet. */
export type Statement = Parameters<Database['batch']>[0][number]

const dialect = new SQLiteAsyncDialect()

/**
 * SQL as a statement for a batch. Not `db.run(sql…)`: drizzle's D1 driver cannot bind the parameters of a raw query
 * inside a batch (0.45: it reaches for a prepared statement that raw queries do not have).
 */
export function statement(db: Database, query: SQL): Statement {
  const built = dialect.sqlToQuery(query)
  const prepared = {
    getQuery: () => built,
    stmt: db.$client.prepare(built.sql),
    mapResult: (result: unknown) => result,
  }
  return { _prepare: () => prepared } as unknown as Statement
}

/** Runs the statements in one transaction; none runs when one fails. An empty list is no call. */
export async function writeBatch(db: Database, statements: Statement[]): Promise<void> {
  const [first, ...rest] = statements
  if (first) await db.batch([first, ...rest])
}

/** In a batch: fails it, and so undoes it, unless `condition` holds at this place. SQLite has no other way to refuse. */
export const assertion = (db: Database, condition: SQL): Statement =>
  statement(db, sql`SELECT CASE WHEN ${condition} THEN 1 ELSE json('refused') END`)

/** A list as one bound parameter (D1 allows a hundred): `column IN ${among(values)}`. */
export const among = (values: readonly (string | number)[]): SQL =>
  sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`

/**
 * One statement for any number of rows. Every row has the same keys; a key that the table lacks does not compile. What
 * is the same in all rows is bound once, the rest travels as one JSON parameter: D1 binds a hundred at most, and a
 * statement per row costs more than the row. `jsonb_each`, because `json_each` parses each row again for each column.
 * `conflict` is the text after the rows: `ON CONFLICT … DO …`.
 */
export function rowsInsert<T extends SQLiteTable>(
  db: Database,
  table: T,
  rows: readonly Partial<T['$inferInsert']>[],
  conflict: SQL = sql`ON CONFLICT DO NOTHING`,
): Statement {
  const columns = getTableColumns(table) as Record<string, { name: string }>
  const [first = {}, ...rest] = rows as Record<string, unknown>[]
  const keys = Object.keys(first)
  const varying = keys.filter((key) => rest.some((row) => row[key] !== first[key]))
  const names = sql.join(
    keys.map((key) => sql.identifier((columns[key] as { name: string }).name)),
    sql`, `,
  )
  const values = sql.join(
    keys.map((key) =>
      varying.includes(key) ? sql.raw(`value ->> ${varying.indexOf(key)}`) : sql`${first[key] ?? null}`,
    ),
    sql`, `,
  )
  const data = JSON.stringify([first, ...rest].map((row) => varying.map((key) => row[key] ?? null)))
  return statement(
    db,
    sql`INSERT INTO ${table} (${names}) SELECT ${values} FROM jsonb_each(${data}) WHERE true ${conflict}`,
  )
}
