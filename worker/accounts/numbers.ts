// The WhatsApp accounts and numbers of a workspace: statements that connect them, and the list. Called by the onboarding
// walk. Tokens stay sealed here; nothing of them ever leaves through the API.

import { and, asc, eq, getTableColumns, gt, inArray, isNull, sql } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema } from '../../db/client.ts'
import { sha256 } from '../crypto/digest.ts'
import { type Keepers, openColumns } from '../custody/sealing.ts'
import { idFrom } from '../ground/ids.ts'
import type { IdKey, Page } from '../ground/openapi.ts'

const { holds, numbers, wabas } = schema

export type NumberRow = typeof numbers.$inferSelect
export type WabaRow = typeof wabas.$inferInsert
/** How a number stands with Meta: see `connectionOf`. */
export type Connection = 'connected' | 'reconnect' | 'banned' | 'disconnected'
export type NumberView = {
  id: string
  wabaId: string
  phoneNumberId: string
  displayPhoneNumber: string | null
  verifiedName: string | null
  connectedAt: number
  registeredAt: number | null
  /** Null when its WhatsApp account is not connected any more. */
  way: Way | null
  connection: Connection
}
export type Way = 'manual' | 'signup' | 'coexistence'

/** What a number is called when it first connects: the same in two connections at once, so that both seal for one row. */
export const numberIdOf = (accountId: string, phoneNumberId: string): string =>
  idFrom('num', sha256(`${accountId}/${phoneNumberId}`))

/** The number as it is connected, whichever workspace holds it. */
export const loadNumber = (db: Database, phoneNumberId: string): Promise<NumberRow | undefined> =>
  db
    .select()
    .from(numbers)
    .where(and(eq(numbers.phoneNumberId, phoneNumberId), isNull(numbers.disconnectedAt)))
    .get()

/** Takes the WhatsApp account for this workspace or renews its token; false when another workspace has it. One statement. */
export async function claimWaba(db: Database, row: WabaRow): Promise<boolean> {
  const claimed = await db
    .insert(wabas)
    .values(row)
    .onConflictDoUpdate({
      target: wabas.wabaId,
      set: {
        token: row.token,
        connectedAt: row.connectedAt,
        way: sql`excluded.way`,
        tokenExpiresAt: sql`excluded.token_expires_at`,
        businessId: sql`coalesce(excluded.business_id, ${wabas.businessId})`,
      },
      setWhere: eq(wabas.accountId, row.accountId),
    })
    .returning({ wabaId: wabas.wabaId })
  return claimed.length > 0
}

/** Renewed, it is connected since when it was. Fails the batch, on purpose, when the number stands under another workspace. */
export const numberUpsert = (db: Database, row: NewNumber): Statement =>
  rowsInsert(
    db,
    numbers,
    [row],
    sql`ON CONFLICT (id) DO UPDATE SET waba_id = excluded.waba_id, display_phone_number = excluded.display_phone_number,
      verified_name = excluded.verified_name, connected_at = CASE WHEN numbers.disconnected_at IS NULL THEN numbers.connected_at ELSE excluded.connected_at END,
      disconnected_at = NULL`,
  )

type NewNumber = Pick<
  NumberRow,
  'id' | 'accountId' | 'wabaId' | 'phoneNumberId' | 'displayPhoneNumber' | 'verifiedName' | 'connectedAt'
>

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

/** The row, with how its WhatsApp account was connected and which holds stand on that. */
const shown = {
  ...getTableColumns(numbers),
  // Names in full: drizzle leaves the table out where there is one, and the inner one would take them.
  way: sql<Way | null>`(SELECT w.way FROM wabas w WHERE w.waba_id = numbers.waba_id AND w.account_id = numbers.account_id)`,
  holds: sql<string | null>`(SELECT group_concat(h.kind) FROM holds h WHERE h.account_id = numbers.account_id
    AND h.subject_id = numbers.waba_id AND h.kind IN ('banned', 'disconnected', 'reconnect')
    AND (h.lifted_at IS NULL OR h.lifted_at < h.at))`,
}
export type ShownNumber = NumberRow & { way: Way | null; holds: string | null }

export const numbersQuery = (db: Database, accountId: string, { limit, cursor }: Page<IdKey>) =>
  db
    .select(shown)
    .from(numbers)
    .where(and(eq(numbers.accountId, accountId), cursor && gt(numbers.id, cursor[0])))
    .orderBy(asc(numbers.id))
    .limit(limit + 1)

export const numberQuery = (db: Database, accountId: string, id: string) =>
  db
    .select(shown)
    .from(numbers)
    .where(and(eq(numbers.id, id), eq(numbers.accountId, accountId)))

/** The WhatsApp accounts of a workspace with the numbers that are connected in each; the token stays sealed. */
export const wabasQuery = (db: Database, accountId: string) =>
  db
    .select({
      ...getTableColumns(wabas),
      numbers: sql<number>`(SELECT count(*) FROM numbers n WHERE n.account_id = wabas.account_id
        AND n.waba_id = wabas.waba_id AND n.disconnected_at IS NULL)`,
    })
    .from(wabas)
    .where(eq(wabas.accountId, accountId))

/** Cut off by the business or by Meta, banned, or waiting for a token that Meta takes; the gravest of them. */
export function connectionOf(row: ShownNumber): Connection {
  if (row.disconnectedAt !== null || row.way === null) return 'disconnected'
  const standing = row.holds?.split(',') ?? []
  const gravest = (['disconnected', 'banned', 'reconnect'] as const).find((kind) => standing.includes(kind))
  return gravest ?? 'connected'
}

/** With its number and name opened; null where the key was destroyed. */
export async function openNumbers(
  keepers: Keepers,
  accountId: string,
  rows: ShownNumber[],
  now: number,
): Promise<NumberView[]> {
  const columns = rows.flatMap((row) => [
    { table: 'numbers', column: 'display_phone_number', rowId: row.id, sealed: row.displayPhoneNumber },
    { table: 'numbers', column: 'verified_name', rowId: row.id, sealed: row.verifiedName },
  ])
  const opened = await openColumns(keepers, accountId, columns, now)
  return rows.map((row, i) => ({
    id: row.id,
    wabaId: row.wabaId,
    phoneNumberId: row.phoneNumberId,
    displayPhoneNumber: opened[i * 2] ?? null,
    verifiedName: opened[i * 2 + 1] ?? null,
    connectedAt: row.connectedAt,
    registeredAt: row.registeredAt,
    way: row.way,
    connection: connectionOf(row),
  }))
}
