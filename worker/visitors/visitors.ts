// People without an account who wrote to us or asked to be told of something. Who they are is sealed under a key of their own
// in the platform's Keeper, so that each can be erased alone; they are found again by a keyed digest of their address. Called
// by walks.

import { eq, sql } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema } from '../../db/client.ts'
import type { SealKey } from '../crypto/seal.ts'
import {
  type Keepers,
  keeperOf,
  loadEmailDigest,
  openColumns,
  platformAccount,
  sealColumn,
} from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'

const { visitors } = schema

/** `key`: seals what is theirs. */
export type UpsertedVisitor = { id: string; key: SealKey; statements: Statement[] }

export const visitorByEmail = (db: Database, digest: string) =>
  db.select().from(visitors).where(eq(visitors.emailDigest, digest))

export const visitorQuery = (db: Database, id: string) =>
  db.select().from(visitors).where(eq(visitors.id, id))

/**
 * This address as a visitor, the same one as before where there is one. The batch that `statements` are part of fails when
 * somebody else has just made the same visitor: then call this again.
 */
export async function upsertVisitor(
  db: Database,
  keepers: Keepers,
  email: string,
  now: number,
): Promise<UpsertedVisitor> {
  const address = email.trim()
  const digest = await loadEmailDigest(keepers, address)
  const known = await visitorByEmail(db, digest).get()
  const id = known?.id ?? newId('vis')
  const key = await keeperOf(keepers, platformAccount).keyFor(id)
  const row = {
    id,
    accountId: platformAccount,
    email: known?.email ?? (await sealColumn(key, 'visitors', 'email', id, address)),
    emailDigest: digest,
    createdAt: known?.createdAt ?? now,
    lastSeenAt: now,
  }
  const seen = sql`ON CONFLICT (id) DO UPDATE SET last_seen_at = max(last_seen_at, excluded.last_seen_at)`
  return { id, key, statements: [rowsInsert(db, visitors, [row], seen)] }
}

/** Undefined when nobody has this id any more. */
export async function loadVisitorEmail(
  db: Database,
  keepers: Keepers,
  id: string,
  now: number,
): Promise<string | undefined> {
  const row = await visitorQuery(db, id).get()
  if (!row) return undefined
  const sealed = { table: 'visitors', column: 'email', rowId: id, sealed: row.email }
  return (await openColumns(keepers, platformAccount, [sealed], now))[0]
}
