// Lists of contacts: opened with the evidence of consent, closed or cancelled, with what became of their rows. The rows
// themselves are nowhere. Called by import-routes.ts and take-in.ts. Why: docs/decisions/0040.

import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { assertion, type Database, database, schema, writeBatch } from '../../db/client.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import type { Purpose } from '../consent/standing.ts'
import { type Keepers, keeperOf, openColumns, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import { isoTime, isoTimeOrNull, type Page, type TimeKey } from '../ground/openapi.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { announce } from '../live/announce.ts'
import { entryOf } from './held.ts'

const { imports } = schema

export type ImportRow = typeof imports.$inferSelect
/** Sealed as JSON under `imports.content:{id}`. `fingerprint`: of the file, to know it again; `settings`: how it is read. */
export type Evidence = {
  name: string
  source: string
  text: string
  where?: string | undefined
  /** YYYY-MM-DD: when those on the list agreed, the latest of them. */
  date: string
  fingerprint?: string | undefined
  settings?: string | undefined
}

export const importQuery = (db: Database, accountId: string, id: string) =>
  db
    .select()
    .from(imports)
    .where(and(eq(imports.accountId, accountId), eq(imports.id, id)))

/** Newest first. */
export function importsQuery(db: Database, accountId: string, { limit, cursor }: Page<TimeKey>) {
  const after: SQL | undefined =
    cursor && sql`(${imports.createdAt}, ${imports.id}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(imports)
    .where(and(eq(imports.accountId, accountId), after))
    .orderBy(desc(imports.createdAt), desc(imports.id))
    .limit(limit + 1)
}

/** Undefined when its key is destroyed. */
export async function openEvidence(
  keepers: Keepers,
  row: ImportRow,
  now: number,
): Promise<Evidence | undefined> {
  const column = { table: 'imports', column: 'content', rowId: row.id, sealed: row.content }
  const [text] = await openColumns(keepers, row.accountId, [column], now)
  return text === undefined ? undefined : (JSON.parse(text) as Evidence)
}

type NewImport = Evidence & { purpose: Purpose; total: number }

/** `future`: nobody agrees tomorrow. */
export async function openImport(
  { env, now }: World,
  principal: Principal,
  { purpose, total, ...evidence }: NewImport,
): Promise<Result<ImportRow, { reason: 'future' | 'too_many' }>> {
  if (Date.parse(`${evidence.date}T00:00:00.000Z`) > now) return refused({ reason: 'future' })
  const db = database(env.DB)
  const { accountId } = principal
  const open = and(eq(imports.accountId, accountId), eq(imports.state, 'open'))
  if ((await db.$count(imports, open)) >= limits.importsOpen) return refused({ reason: 'too_many' })
  const id = newId('imp')
  const { account } = await keeperOf(env.KEEPER, accountId).resolve([])
  const row: ImportRow = {
    ...{ id, accountId, startedBy: actorOf(principal), state: 'open', purpose, total },
    ...{ position: 0, added: 0, updated: 0, refused: 0, report: [], createdAt: now, finishedAt: null },
    content: await sealColumn(account.seal, 'imports', 'content', id, JSON.stringify(evidence)),
  }
  await writeBatch(db, [
    db.insert(imports).values(row),
    entryOf(db, principal, 'import.open', id, now, purpose),
  ])
  await announce(env, accountId, [{ kind: 'imports' }])
  return ok(row)
}

/** `unfinished`: rows are missing. Whoever was taken in stays, also of a list that is cancelled. */
export async function closeImport(
  { env, now }: World,
  principal: Principal,
  id: string,
  state: 'done' | 'cancelled',
): Promise<Result<ImportRow, { reason: 'unknown' | 'closed' | 'unfinished' }>> {
  const db = database(env.DB)
  const { accountId } = principal
  const row = await importQuery(db, accountId, id).get()
  if (!row) return refused({ reason: 'unknown' })
  if (row.state === state) return ok(row)
  if (row.state !== 'open') return refused({ reason: 'closed' })
  if (state === 'done' && row.position < row.total) return refused({ reason: 'unfinished' })
  const standing = and(
    eq(imports.accountId, accountId),
    eq(imports.id, id),
    eq(imports.state, 'open'),
    eq(imports.position, row.position),
  )
  await writeBatch(db, [
    db.update(imports).set({ state, finishedAt: now }).where(standing),
    assertion(db, sql`changes() = 1`),
    entryOf(db, principal, state === 'done' ? 'import.finish' : 'import.cancel', id, now),
  ])
  await announce(env, accountId, [{ kind: 'imports' }])
  return ok({ ...row, state, finishedAt: now })
}

/** In the order given. */
export async function openImports(keepers: Keepers, accountId: string, rows: ImportRow[], now: number) {
  const sealed = rows.map(({ id, content }) => ({
    table: 'imports',
    column: 'content',
    rowId: id,
    sealed: content,
  }))
  const opened = await openColumns(keepers, accountId, sealed, now)
  return rows.map((row, i) => {
    const text = opened[i]
    const evidence = text === undefined ? undefined : (JSON.parse(text) as Evidence)
    const { id, state, purpose, total, position, added, updated, refused: left, startedBy } = row
    return {
      ...{ id, state, purpose, total, position, added, updated, refused: left, startedBy },
      name: evidence?.name ?? null,
      source: evidence?.source ?? null,
      text: evidence?.text ?? null,
      where: evidence?.where ?? null,
      date: evidence?.date ?? null,
      fingerprint: evidence?.fingerprint ?? null,
      settings: evidence?.settings ?? null,
      createdAt: isoTime(row.createdAt),
      finishedAt: isoTimeOrNull(row.finishedAt),
    }
  })
}
