// API keys: `sc_` and 32 random bytes, shown once, kept as a SHA-256 digest. Called by routes.ts and accounts.ts;
// auth.ts reads by digest.

import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { type Database, type Statement, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal, type Scope } from '../audit/principal.ts'
import { base64url, hex, randomBytes } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import { newId } from '../ground/ids.ts'
import { ok, type Result, refused } from '../ground/result.ts'

const { apiKeys } = schema

export type KeyRow = typeof apiKeys.$inferSelect
export type NewKey = { accountId: string; memberId: string | null; name: string; scopes: readonly string[] }
/** `key` is the only copy: nothing else can ever show it again. */
export type CreatedKey = { id: string; name: string; scopes: string[]; createdAt: number; key: string }

/** Hex SHA-256. A key carries 256 random bits, so no salt and no slow hash is needed. */
export const keyDigest = (key: string): string => hex(sha256(key))

/** A new key and the statements that make it valid, with its audit entry. */
export function newKey(
  db: Database,
  { accountId, memberId, name, scopes }: NewKey,
  actor: string,
  now: number,
): { created: CreatedKey; statements: Statement[] } {
  const key = `sc_${base64url(randomBytes(32))}`
  const created: CreatedKey = { id: newId('key'), name, scopes: [...new Set(scopes)], createdAt: now, key }
  const row = {
    id: created.id,
    accountId,
    memberId,
    name,
    digest: keyDigest(key),
    scopes: created.scopes,
    createdAt: now,
  }
  const entry = { accountId, actor, action: 'key.create', subject: created.id, at: now }
  return { created, statements: [db.insert(apiKeys).values(row), entryInsert(db, entry)] }
}

/** A key never gives what its creator lacks; `missing` names the scopes that would. */
export async function createKey(
  db: Database,
  principal: Principal,
  { name, scopes }: { name: string; scopes: Scope[] },
  now: number,
): Promise<Result<CreatedKey, { reason: 'beyond_creator'; missing: Scope[] }>> {
  const missing = scopes.filter((scope) => !principal.scopes.includes(scope))
  if (missing.length > 0) return refused({ reason: 'beyond_creator', missing })
  const { created, statements } = newKey(
    db,
    { accountId: principal.accountId, memberId: principal.member?.id ?? null, name, scopes },
    actorOf(principal),
    now,
  )
  await writeBatch(db, statements)
  return ok(created)
}

/** Revokes at once and for good. Twice is once; false when the account has no such key. */
export async function revokeKey(
  db: Database,
  principal: Principal,
  id: string,
  now: number,
): Promise<boolean> {
  const { accountId } = principal
  const mine = and(eq(apiKeys.id, id), eq(apiKeys.accountId, accountId))
  const key = await db.select({ revokedAt: apiKeys.revokedAt }).from(apiKeys).where(mine).get()
  if (!key) return false
  if (key.revokedAt !== null) return true
  const entry = { accountId, actor: actorOf(principal), action: 'key.revoke', subject: id, at: now }
  const revoke = db
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(and(mine, isNull(apiKeys.revokedAt)))
  await writeBatch(db, [revoke, entryInsert(db, entry)])
  return true
}

/** Newest first, revoked ones included: they explain old audit entries. */
export function keysQuery(
  db: Database,
  accountId: string,
  { limit, cursor }: { limit: number; cursor?: [number, string] | undefined },
) {
  const after: SQL | undefined =
    cursor && sql`(${apiKeys.createdAt}, ${apiKeys.id}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.accountId, accountId), after))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(limit + 1)
}
