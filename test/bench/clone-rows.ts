// Fills a table with copies of rows it has, for "does it slow down with what is already stored". Called by
// the targets' `fill`. The copies keep every index and foreign key busy; their sealed columns cannot be
// opened, which ingest never does.

export type Query = (sql: string) => Promise<Record<string, unknown>[]>

const chunkRows = 50_000
/** Kept of an id, so that a copy looks like one (`wamid.`) and sorts among them. */
const keptCharacters = 6

/**
 * `unique`: text columns that must differ from row to row. `where`: only these rows are copied and counted, and copies
 * fall under it again. Answers how many there are at the end.
 */
export async function cloneRows(
  query: Query,
  table: string,
  unique: string[],
  count: number,
  where = 'true',
): Promise<number> {
  const columns = (await query(`PRAGMA table_info(${table})`)).map(({ name }) => String(name))
  const copied = columns.map((name) =>
    unique.includes(name) ? `substr("${name}", 1, ${keptCharacters}) || hex(randomblob(14))` : `"${name}"`,
  )
  const names = columns.map((name) => `"${name}"`).join(', ')
  const rows = async () => Number((await query(`SELECT count(*) AS n FROM ${table} WHERE ${where}`))[0]?.n)
  let present = await rows()
  if (present === 0) throw new Error(`${table} has no row to copy`)
  while (present < count) {
    const chunk = Math.min(chunkRows, present, count - present)
    await query(
      `INSERT INTO ${table} (${names}) SELECT ${copied.join(', ')} FROM ${table} WHERE ${where} LIMIT ${chunk}`,
    )
    present = await rows()
  }
  return present
}
