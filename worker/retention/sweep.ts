// Deletes what is past its life, table by table, as the catalogue says. Run by the cron; stops after a bounded number
// of chunks and goes on the next time. D1's DELETE takes no LIMIT, hence the rowids.

import { getTableName, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { d1, type Life, type TableName } from '../../db/catalog.ts'
import { type Database, database, schema, statement, writeBatch } from '../../db/client.ts'
import { dayMs, limits } from '../ground/limits.ts'

export type Swept = { table: string; rows: number }

/** `when` of the catalogue, in SQL. A condition without its SQL would delete too much, so it refuses to run. */
const conditions: Record<string, (table: string) => string> = {
  'no message of this ref has come': (table) => {
    const ref = table === 'message_changes' ? 'target_ref' : 'ref'
    return `AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = 'msg_' || ${table}.${ref})
      AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.origin = 'api' AND m.account_id = ${table}.account_id AND m.ref = ${table}.${ref})`
  },
  'nobody is a member': () => `AND NOT EXISTS (SELECT 1 FROM members m WHERE m.user_id = users.id)`,
  'nothing is subscribed': () =>
    `AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.visitor_id = visitors.id)`,
}

/** Rows deleted per table with a life. */
export async function sweep(env: Env, now: number): Promise<Swept[]> {
  const db = database(env.DB)
  const swept: Swept[] = []
  for (const [key, { life }] of Object.entries(d1) as [TableName, { life: Life }][]) {
    if (life !== 'erasure') swept.push(await sweepTable(db, key, life, now))
  }
  return swept
}

async function sweepTable(
  db: Database,
  key: TableName,
  life: Exclude<Life, 'erasure'>,
  now: number,
): Promise<Swept> {
  const table: SQLiteTable = schema[key]
  const name = getTableName(table)
  const clock = (table as unknown as Record<string, SQLiteColumn>)[life.from]?.name
  const condition = life.when === undefined ? () => '' : conditions[life.when]
  if (clock === undefined || condition === undefined) throw new Error(`the life of ${name} cannot be swept`)
  const before = now - life.days * dayMs
  let rows = 0
  for (let chunk = 0; chunk < limits.sweepChunks; chunk++) {
    const due = sql`SELECT rowid AS id FROM ${sql.raw(name)} WHERE ${sql.raw(clock)} < ${before} ${sql.raw(condition(name))} LIMIT ${limits.sweepRows}`
    const ids = (await db.all<{ id: number }>(due)).map((row) => row.id)
    if (ids.length === 0) break
    await writeBatch(db, [
      statement(
        db,
        sql`DELETE FROM ${sql.raw(name)} WHERE rowid IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`,
      ),
    ])
    rows += ids.length
  }
  return { table: name, rows }
}
