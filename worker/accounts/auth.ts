// Who calls: an API key in the Authorization header becomes a Principal. Called by app.ts before every /api/v1 and
// /vNN.N request; one indexed read, never cached, so that a revoked key is refused from its next request on.

import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import type { Principal } from '../audit/principal.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import { keyDigest } from './keys.ts'

const { apiKeys, holds, members } = schema

/** The token of `Bearer …`; the scheme in any case, as RFC 9110 has it. */
export const bearerToken = (header: string | undefined): string | undefined =>
  /^bearer +(\S{1,512})$/i.exec(header ?? '')?.[1]

export const standingKeyQuery = (db: Database, digest: string) =>
  db
    .select({
      id: apiKeys.id,
      accountId: apiKeys.accountId,
      scopes: apiKeys.scopes,
      lastUsedAt: apiKeys.lastUsedAt,
      createdAt: apiKeys.createdAt,
      memberId: members.id,
      role: members.role,
      frozenAt: holds.at,
    })
    .from(apiKeys)
    .leftJoin(members, and(eq(members.id, apiKeys.memberId), eq(members.accountId, apiKeys.accountId)))
    .leftJoin(
      holds,
      and(
        eq(holds.accountId, apiKeys.accountId),
        eq(holds.subjectId, apiKeys.accountId),
        sql`${holds.kind} = 'frozen'`,
        or(isNull(holds.liftedAt), lt(holds.liftedAt, holds.at)),
      ),
    )
    .where(and(eq(apiKeys.digest, digest), isNull(apiKeys.revokedAt)))

/**
 * Undefined for a missing, malformed, unknown or revoked key. `later` takes the write of the last use, which the
 * answer does not wait for and whose failure it does not notice.
 */
export async function loadPrincipal(
  db: Database,
  authorization: string | undefined,
  now: number,
  later: (work: Promise<unknown>) => void,
): Promise<Principal | undefined> {
  const token = bearerToken(authorization)
  if (!token || !/^sc_[\w-]{43}$/.test(token)) return undefined
  const key = await standingKeyQuery(db, keyDigest(token)).get()
  if (!key) return undefined
  if ((key.lastUsedAt ?? 0) <= now - limits.lastUsedEveryMs) later(recordUse(db, key.id, now))
  const { accountId, id: keyId, scopes, createdAt: keyCreatedAt, memberId, role, frozenAt } = key
  const member = memberId === null || role === null ? undefined : { id: memberId, role }
  return { accountId, keyId, scopes, keyCreatedAt, member, frozen: frozenAt !== null }
}

async function recordUse(db: Database, id: string, now: number): Promise<void> {
  const stale = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, now))
  try {
    await db
      .update(apiKeys)
      .set({ lastUsedAt: now })
      .where(and(eq(apiKeys.id, id), stale))
  } catch (cause) {
    log('warn', 'key.use_not_recorded', { error: errorName(cause) })
  }
}
