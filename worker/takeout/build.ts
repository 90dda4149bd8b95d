// Builds a copy of a workspace, piece by piece: each piece is rows of one table, stored as one object in R2, and then the row says
// so. Whatever breaks off goes on after the last piece that is said to be there, in another run. Called by takeout.ts.
//
// A piece holds what the catalogue exports, as the database has it: what is sealed stays sealed under the key of its person, and
// the whole under the key of the workspace. It is opened when it is taken: who is erased meanwhile is erased in here too.

import { and, eq, sql } from 'drizzle-orm'
import type { TableName } from '../../db/catalog.ts'
import { type Database, schema } from '../../db/client.ts'
import type { Subject } from '../../db/reach.ts'
import { encoded } from '../copies/objects.ts'
import { loadStored, type StoredRow, tablesOf } from '../copies/reading.ts'
import { concat } from '../crypto/bytes.ts'
import { sealFile } from '../custody/files.ts'
import { keeperOf } from '../custody/sealing.ts'
import { dayMs, limits } from '../ground/limits.ts'

const { workspaceExports } = schema

export type ExportRow = typeof workspaceExports.$inferSelect

/** Only ids: a name in R2 says nothing about anybody. */
export const prefixOf = ({ accountId, id }: Pick<ExportRow, 'accountId' | 'id'>): string =>
  `export/${accountId}/${accountId}/${id}/`
export const partKey = (row: Pick<ExportRow, 'accountId' | 'id'>, part: number): string =>
  `${prefixOf(row)}${String(part).padStart(6, '0')}`

const workspaceOf = ({ accountId }: Pick<ExportRow, 'accountId'>): Subject => ({
  scope: 'workspace',
  accountId,
})

/** In which order tables go in. */
export const exportTables = (row: Pick<ExportRow, 'accountId'>): TableName[] => tablesOf(workspaceOf(row))

type Piece = { rows: StoredRow[]; lines: string[]; last: number; whole: boolean }

/** Of one table: as many rows as one piece takes. `whole`: nothing of the table is left. */
async function loadPiece(db: Database, row: ExportRow, table: TableName): Promise<Piece> {
  const piece: Piece = { rows: [], lines: [], last: row.nextRow, whole: false }
  let chars = 0
  while (chars < limits.takeoutPartBytes && piece.rows.length < limits.takeoutPartRows && !piece.whole) {
    const { rows, last } = await loadStored(db, workspaceOf(row), table, piece.last, limits.exportRows)
    for (const one of rows) {
      const line = `${JSON.stringify(one)}\n`
      chars += line.length
      piece.lines.push(line)
    }
    piece.rows.push(...rows)
    piece.last = last
    piece.whole = rows.length < limits.exportRows
  }
  return piece
}

/** One piece further. Undefined when the row is no longer ours: somebody else builds, or nobody has to. */
export async function buildPart(
  env: Env,
  db: Database,
  row: ExportRow,
  now: number,
): Promise<ExportRow | undefined> {
  const tables = exportTables(row)
  const table = row.nextTable as TableName
  const piece = await loadPiece(db, row, table)
  const { bytes, parts } = piece.rows.length === 0 ? row : await storePiece(env, row, table, piece)
  const nextTable = piece.whole ? (tables[tables.indexOf(table) + 1] ?? null) : table
  const ready = nextTable === null
  const to = {
    ...{ bytes, parts, nextTable, nextRow: piece.whole ? 0 : piece.last },
    counts: { ...row.counts, [table]: (row.counts[table] ?? 0) + piece.rows.length },
    state: ready ? ('ready' as const) : ('building' as const),
    nextAt: ready ? null : now + limits.takeoutLeaseMs,
    expiresAt: ready ? now + limits.takeoutDays * dayMs : row.expiresAt,
  }
  const moved = await db.update(workspaceExports).set(to).where(ours(row, now)).returning()
  return moved[0]
}

async function storePiece(
  env: Env,
  row: ExportRow,
  table: TableName,
  { lines }: Piece,
): Promise<{ bytes: number; parts: string[] }> {
  const key = partKey(row, row.parts.length)
  const { account } = await keeperOf(env.KEEPER, row.accountId).resolve([])
  const sealed: Uint8Array[] = []
  for await (const chunk of sealFile(account.seal, key, encoded(listOf(lines)))) sealed.push(chunk)
  const bytes = concat(...sealed)
  await env.FILES.put(key, bytes)
  return { bytes: (row.bytes ?? 0) + bytes.byteLength, parts: [...row.parts, table] }
}

async function* listOf(lines: string[]): AsyncGenerator<string, void, void> {
  yield* lines
}

/** As it stands while somebody works on it: of two who meet, one goes on. */
export const ours = (row: ExportRow, now: number) =>
  and(
    eq(workspaceExports.id, row.id),
    eq(workspaceExports.accountId, row.accountId),
    eq(workspaceExports.state, 'building'),
    eq(workspaceExports.attempts, row.attempts),
    sql`json_array_length(${workspaceExports.parts}) = ${row.parts.length}`,
    sql`${workspaceExports.nextTable} IS ${row.nextTable} AND ${workspaceExports.nextRow} = ${row.nextRow}`,
    sql`${workspaceExports.expiresAt} > ${now}`,
  )
