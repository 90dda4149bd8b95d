// Holds: what stops an account, a WhatsApp account or a contact for a while. Statements for one batch; the newest of
// (at, liftedAt) decides, whatever order they are written in. Called by walks.

import { type SQL, sql } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema } from '../../db/client.ts'

const { holds } = schema

export type HoldKind = (typeof holds.$inferInsert)['kind']
export type Hold = { accountId: string; subjectId: string; kind: HoldKind; reason: string; at: number }

const latest: SQL = sql`ON CONFLICT DO UPDATE SET reason = CASE WHEN excluded.at > at THEN excluded.reason ELSE reason END,
  at = max(at, excluded.at), lifted_at = nullif(max(coalesce(lifted_at, 0), coalesce(excluded.lifted_at, 0)), 0)`

/** As they stand elsewhere, lifted or not: two contacts turned out to be one person. */
export const holdsMergeInsert = (db: Database, rows: (typeof holds.$inferSelect)[]): Statement =>
  rowsInsert(db, holds, rows, latest)

export const holdInsert = (db: Database, hold: Hold): Statement =>
  rowsInsert(db, holds, [{ ...hold, liftedAt: null }], latest)

/** Lifts what stands until `at`; a later hold stands again. */
export const holdLiftInsert = (db: Database, { at, ...hold }: Hold): Statement =>
  rowsInsert(db, holds, [{ ...hold, at: 0, liftedAt: at }], latest)

/** For a WHERE: nobody has asked that this contact be left alone. `contact` is a column with the contact's id. */
export const notRestricted = (accountId: string, contact: SQL): SQL =>
  sql`NOT EXISTS (SELECT 1 FROM holds WHERE holds.account_id = ${accountId} AND holds.subject_id = ${contact}
    AND holds.kind = 'restricted' AND (holds.lifted_at IS NULL OR holds.lifted_at < holds.at))`
