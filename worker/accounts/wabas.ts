// The WhatsApp accounts of a workspace with their tokens opened, for walks that ask Meta something on its behalf. Tokens leave
// this file only towards meta/graph.ts.

import { and, asc, eq, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import { type Keepers, openColumns } from '../custody/sealing.ts'

const { wabas } = schema

export type OpenWaba = { wabaId: string; token: string }

/** Oldest first; those without a token that opens are left out. `wabaId`: only this one. */
export async function loadOpenWabas(
  db: Database,
  keepers: Keepers,
  accountId: string,
  now: number,
  wabaId?: string,
): Promise<OpenWaba[]> {
  const rows = await db
    .select({ wabaId: wabas.wabaId, token: wabas.token })
    .from(wabas)
    .where(and(eq(wabas.accountId, accountId), wabaId === undefined ? undefined : eq(wabas.wabaId, wabaId)))
    .orderBy(asc(wabas.connectedAt), sql`${wabas.wabaId}`)
  const sealed = rows.map((row) => ({
    table: 'wabas',
    column: 'token',
    rowId: row.wabaId,
    sealed: row.token,
  }))
  const opened = await openColumns(keepers, accountId, sealed, now)
  return rows.flatMap((row, i) => {
    const token = opened[i]
    return token === undefined || token === '' ? [] : [{ wabaId: row.wabaId, token }]
  })
}
