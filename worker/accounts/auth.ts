// Who calls: an API key in the Authorization header, or the cookie of a browser that is signed in, becomes a Principal.
// Called by app.ts before every /api/v1 and /vNN.N request (keys alone); one indexed read, never cached, so that a revoked
// key or session is refused from its next request on. The library that signs people in is not needed for it.

import { and, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import type { Membership, Principal, Scope, SignedIn } from '../audit/principal.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { Settings } from '../ground/settings.ts'
import { keyDigest } from './keys.ts'
import { scopesOf } from './permissions.ts'
import { tokenIn } from './session-cookie.ts'

const { apiKeys, holds, members, sessions, users } = schema

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
      actsFor: apiKeys.memberId,
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
 * Undefined for a missing, malformed, unknown or revoked key, and for one whose member is gone. `later` takes the write of the last use, which the
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
  // One that was made while its member was being erased: nobody bounds what it may do.
  if (!key || (key.actsFor !== null && key.memberId === null)) return undefined
  if ((key.lastUsedAt ?? 0) <= now - limits.lastUsedEveryMs) later(recordUse(db, key.id, now))
  const { accountId, id: keyId, scopes, createdAt: keyCreatedAt, memberId, role, frozenAt } = key
  const frozen = frozenAt !== null
  if (memberId === null || role === null)
    return { accountId, keyId, scopes, keyCreatedAt, member: undefined, frozen }
  // Whoever is given another role meanwhile has keys that do no more than it may.
  const left = scopes.filter((scope) => scopesOf(role).includes(scope as Scope))
  return { accountId, keyId, scopes: left, keyCreatedAt, member: { id: memberId, role }, frozen }
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

/** Whoever is being erased is a member no more, from the moment it was asked for. */
const stays = sql`NOT EXISTS (SELECT 1 FROM deletions WHERE deletions.account_id = ${members.accountId}
  AND deletions.subject_id = ${members.id} AND deletions.scope = 'member' AND deletions.state <> 'cancelled')`

/** One row for each workspace, the one joined last first; one with nulls for somebody who has none. */
export const sessionQuery = (db: Database, token: string, now: number) =>
  db
    .select({
      id: sessions.id,
      userId: sessions.userId,
      provenAt: sessions.provenAt,
      memberId: members.id,
      accountId: members.accountId,
      role: members.role,
      frozenAt: holds.at,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(members, and(eq(members.userId, sessions.userId), stays))
    .leftJoin(
      holds,
      and(
        eq(holds.accountId, members.accountId),
        eq(holds.subjectId, members.accountId),
        sql`${holds.kind} = 'frozen'`,
        or(isNull(holds.liftedAt), lt(holds.liftedAt, holds.at)),
      ),
    )
    .where(and(eq(sessions.token, token), gt(sessions.expiresAt, new Date(now))))
    .orderBy(desc(members.createdAt), desc(members.id))

/** Undefined without a cookie of ours, and for a session that was ended or is past its life. */
export async function loadSignedIn(
  db: Database,
  settings: Settings,
  cookie: string | undefined,
  now: number,
): Promise<SignedIn | undefined> {
  const token = tokenIn(settings, cookie)
  return token === undefined ? undefined : signedInWith(db, token, now)
}

/** By the token itself, whose signature somebody has looked at. */
export async function signedInWith(db: Database, token: string, now: number): Promise<SignedIn | undefined> {
  const rows = await sessionQuery(db, token, now)
  const [first] = rows
  if (!first) return undefined
  const { id, userId, provenAt } = first
  const memberships = rows.flatMap(({ accountId, memberId, role, frozenAt }): Membership[] =>
    accountId === null || memberId === null || role === null
      ? []
      : [{ accountId, memberId, role, frozen: frozenAt !== null }],
  )
  return { session: { id, userId, provenAt }, memberships }
}

/**
 * The member of the workspace that is named, or of the one joined last. Where there is none, somebody who may do nothing in
 * no workspace: one that does not exist is one that nobody is a member of.
 */
export function principalIn({ session, memberships }: SignedIn, workspace?: string): Principal {
  const here = memberships.find(({ accountId }) => workspace === undefined || accountId === workspace)
  const own = { keyId: '', session, keyCreatedAt: 0 }
  if (!here) return { ...own, accountId: '', scopes: [], member: undefined, frozen: false }
  const { accountId, memberId, role, frozen } = here
  return { ...own, accountId, scopes: scopesOf(role), member: { id: memberId, role }, frozen }
}
