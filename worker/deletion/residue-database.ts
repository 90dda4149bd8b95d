// The residue scan in D1: every table that the database itself lists, whether anybody registered it or not, a stretch of
// rows at a time. SQL finds the rows that could hold something, a close reading decides. Called by residue.ts.

import { open, type SealKey, sealHeader } from '../crypto/seal.ts'
import { type Hit, type Match, matchOf, worst } from '../crypto/search.ts'
import type { Tally } from '../crypto/search-storage.ts'
import { foreignDigits, separators } from '../crypto/search-text.ts'
import { limits } from '../ground/limits.ts'
import type { Coarse, Needles } from './residue-needles.ts'

/** `row` null: the table is done. `row` counts rowids, or rows where a table has none. */
export type DatabaseCursor = { table: string; row: number | null }

type Column = { name: string; pk: number }
type Table = { name: string; columns: Column[]; rowids: boolean }
type Row = Record<string, string | number | ArrayBuffer | null>

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

async function loadTable(db: D1Database, from: DatabaseCursor): Promise<Table | undefined> {
  // The list of tables is searched as well: its definitions are text that somebody wrote.
  const next = await db
    .prepare(
      `SELECT name, sql FROM (SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*'
        UNION ALL SELECT 'sqlite_master', '') WHERE name ${from.row === null ? '>' : '>='} ? ORDER BY name LIMIT 1`,
    )
    .bind(from.table)
    .first<{ name: string; sql: string }>()
  if (!next) return undefined
  const { results } = await db
    .prepare(`SELECT name, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1`)
    .bind(next.name)
    .all<Column>()
  return { name: next.name, columns: results, rowids: !/\)[^)]*without\s+rowid[^)]*$/i.test(next.sql) }
}

const position = ({ rowids }: Table): string => (rowids ? 'rowid' : 'row_number() OVER ()')

/** Rows of the stretch; their columns are called v0, v1 and so on, so that no name can clash. */
const stretch = (table: Table): string => {
  const values = table.columns.map(({ name }, i) => `${quoted(name)} AS v${i}`)
  const rows = `SELECT ${position(table)} AS at, ${values.join(', ')} FROM ${quoted(table.name)}`
  return table.rowids
    ? `${rows} WHERE rowid > ?1 ORDER BY rowid LIMIT ?2`
    : `SELECT * FROM (${rows}) WHERE at > ?1 ORDER BY at LIMIT ?2`
}

const lettersIn = (columns: Column[]): string =>
  columns.map((_, i) => `coalesce(CAST(v${i} AS TEXT), '')`).join(` || char(10) || `)

const withoutSeparators = [...separators, '+'].reduce(
  (text, char) => `replace(${text}, char(${char.charCodeAt(0)}), '')`,
  'letters',
)

/** True for each row in which a close reading could find something: needles, a seal to open, or a way of writing that SQL cannot read. */
const could = `EXISTS (SELECT 1 FROM json_each(?3) WHERE instr(letters, value))
  OR EXISTS (SELECT 1 FROM json_each(?4) WHERE instr(${withoutSeparators}, value))
  OR instr(letters, '\\') OR instr(letters, '%') OR instr(letters, '&#')
  OR ${foreignDigits.map((range) => `letters GLOB '*[${range}]*'`).join(' OR ')}`

/** Rows of one query: fewer when there is much to look for, so that nobody else waits long for the database. */
function rowsAtOnce(coarse: Coarse | undefined): number {
  if (!coarse) return limits.residueCandidates
  const needles = coarse.texts.length + coarse.digits.length
  return Math.min(
    limits.residueRows,
    Math.max(limits.residueCandidates, Math.floor(limits.residueWork / needles)),
  )
}

function candidatesQuery(
  db: D1Database,
  table: Table,
  after: number,
  coarse: Coarse | undefined,
  keys: SealKey[],
) {
  if (!coarse) return db.prepare(stretch(table)).bind(after, limits.residueCandidates)
  const texts = [...coarse.texts, ...keys.map(({ id }) => `.${id.toLowerCase()}.`)]
  return db
    .prepare(
      `WITH page AS MATERIALIZED (${stretch(table)}),
        read AS MATERIALIZED (SELECT *, lower(${lettersIn(table.columns)}) AS letters FROM page)
       SELECT * FROM read WHERE ${could} ORDER BY at LIMIT ${limits.residueCandidates}`,
    )
    .bind(after, rowsAtOnce(coarse), JSON.stringify(texts), JSON.stringify(coarse.digits))
}

/** One stretch of one table. Undefined when there is no further table. */
export async function scanDatabase(
  db: D1Database,
  { search, coarse }: Needles,
  keys: SealKey[],
  cursor: DatabaseCursor,
  tally: Tally,
): Promise<DatabaseCursor | undefined> {
  const table = await loadTable(db, cursor)
  if (!table) return undefined
  const after = table.name === cursor.table ? (cursor.row ?? MIN) : MIN
  const found = await candidatesQuery(db, table, after, coarse, keys).all<Row>()
  const match = matchOf(search)
  for (const row of found.results) await readRow(table, row, match, keys, tally)

  const full = found.results.length === limits.residueCandidates
  const size = rowsAtOnce(coarse)
  const until = full ? Number(found.results.at(-1)?.at) : Number.MAX_SAFE_INTEGER
  const counts = table.columns.map((_, i) => `count(v${i}) AS n${i}`).join(', ')
  const counted = await db
    .prepare(`SELECT count(*) AS rows, max(at) AS last, ${counts} FROM (${stretch(table)}) WHERE at <= ?3`)
    .bind(after, size, until)
    .first<Record<string, number>>()
  table.columns.forEach(({ name }, i) => {
    tally.add(`d1/${table.name}.${name}`, counted?.[`n${i}`] ?? 0)
  })
  const done = !full && (counted?.rows ?? 0) < size
  return { table: table.name, row: done ? null : Number(counted?.last) }
}

/** Before every rowid that a table of ours can have. */
const MIN = -1

async function readRow(table: Table, row: Row, match: Match, keys: SealKey[], tally: Tally): Promise<void> {
  for (const [i, { name }] of table.columns.entries()) {
    const raw = row[`v${i}`]
    const value = Array.isArray(raw) ? Uint8Array.from(raw as number[]) : raw
    const place = `d1/${table.name}.${name}`
    const hits: (Hit | undefined)[] = [match(value)]
    const key = typeof value === 'string' ? keys.find(({ id }) => id === sealHeader(value)?.keyId) : undefined
    if (key && typeof value === 'string') {
      const plain = await openSomewhere(table, row, name, key, value)
      // A seal of the account that opens nowhere could hold anything: it is told, not passed over.
      if (plain === undefined) tally.add(`${place} (sealed, not opened)`, 1)
      hits.push(match(plain))
    }
    tally.hit(place, worst(hits))
  }
}

/** Seals are bound to `table.column:row`; a row is named by its key, or by the parts of it. */
async function openSomewhere(
  { name: table, columns }: Table,
  row: Row,
  column: string,
  key: SealKey,
  sealed: string,
): Promise<string | undefined> {
  const keyed = columns
    .map(({ pk }, i) => ({ pk, value: String(row[`v${i}`] ?? '') }))
    .filter(({ pk }) => pk > 0)
    .sort((a, b) => a.pk - b.pk)
    .map(({ value }) => value)
  const names = new Set([keyed.join('/'), ...keyed, keyed.join(':'), String(row.at)])
  for (const rowId of names) {
    const plain = await open(key, `${table}.${column}:${rowId}`, sealed)
    if (plain !== undefined) return plain
  }
  return undefined
}
