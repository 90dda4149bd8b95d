// The WhatsApp accounts and numbers of a workspace: statements that connect them, and the list. Called by the onboarding
// walk. Tokens stay sealed here; nothing of them ever leaves through the API.

import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema } from '../../db/client.ts'
import { sha256 } from '../crypto/digest.ts'
import { type Keepers, openColumns } from '../custody/sealing.ts'
import { idFrom } from '../ground/ids.ts'
import type { IdKey, Page } from '../ground/openapi.ts'

const { holds, numbers, wabas } = schema

export type NumberRow = typeof numbers.$inferSelect
export type WabaRow = typeof wabas.$inferInsert
export type NumberView = {
  id: string
  wabaId: string
  phoneNumberId: string
  displayPhoneNumber: string | null
  verifiedName: string | null
  connectedAt: number
}

/** What a number is called when it first connects: the same in two connections at once, so that both seal for one row. */
export const numberIdOf = (accountId: string, phoneNumberId: string): string =>
  idFrom('num', sha256(`${accountId}/${phoneNumberId}`))

/** The number as it stands, whichever workspace holds it. */
export const loadNumber = (db: Database, phoneNumberId: string): Promise<NumberRow | undefined> =>
  db.select().from(numbers).where(eq(numbers.phoneNumberId, phoneNumberId)).get()

/** Takes the WhatsApp account for this workspace or renews its token; false when another workspace has it. One statement. */
export async function claimWaba(db: Database, row: WabaRow): Promise<boolean> {
  const claimed = await db
    .insert(wabas)
    .values(row)
    .onConflictDoUpdate({
      target: wabas.wabaId,
      set: { token: row.token, connectedAt: row.connectedAt },
      setWhere: eq(wabas.accountId, row.accountId),
    })
    .returning({ wabaId: wabas.wabaId })
  return claimed.length > 0
}

/** Fails the batch, on purpose, when the number stands under another workspace. */
export const numberUpsert = (db: Database, row: NumberRow): Statement =>
  rowsInsert(
    db,
    numbers,
    [row],
    sql`ON CONFLICT (id) DO UPDATE SET waba_id = excluded.waba_id, display_phone_number = excluded.display_phone_number,
      verified_name = excluded.verified_name, connected_at = excluded.connected_at`,
  )

/** A fresh token that Meta has just confirmed ends what only a fresh token could end. */
export const connectionHoldsLift = (
  db: Database,
  accountId: string,
  wabaId: string,
  now: number,
): Statement =>
  db
    .update(holds)
    .set({ liftedAt: sql`max(coalesce(${holds.liftedAt}, 0), ${holds.at}, ${now})` })
    .where(
      and(
        eq(holds.accountId, accountId),
        eq(holds.subjectId, wabaId),
        inArray(holds.kind, ['reconnect', 'disconnected']),
      ),
    )

export const numbersQuery = (db: Database, accountId: string, { limit, cursor }: Page<IdKey>) =>
  db
    .select()
    .from(numbers)
    .where(and(eq(numbers.accountId, accountId), cursor && gt(numbers.id, cursor[0])))
    .orderBy(asc(numbers.id))
    .limit(limit + 1)

export const numberQuery = (db: Database, accountId: string, id: string) =>
  db
    .select()
    .from(numbers)
    .where(and(eq(numbers.id, id), eq(numbers.accountId, accountId)))

/** One Keeper call, however many rows. */
export async function openNumbers(
  keepers: Keepers,
  accountId: string,
  rows: NumberRow[],
  now: number,
): Promise<NumberView[]> {
  const columns = rows.flatMap((row) => [
    { table: 'numbers', column: 'display_phone_number', rowId: row.id, sealed: row.displayPhoneNumber },
    { table: 'numbers', column: 'verified_name', rowId: row.id, sealed: row.verifiedName },
  ])
  const opened = await openColumns(keepers, accountId, columns, now)
  return rows.map(({ id, wabaId, phoneNumberId, connectedAt }, i) => ({
    id,
    wabaId,
    phoneNumberId,
    displayPhoneNumber: opened[i * 2] ?? null,
    verifiedName: opened[i * 2 + 1] ?? null,
    connectedAt,
  }))
}
