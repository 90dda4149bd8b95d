// Who of those who listen still may: asked of the database again and again, so that a word that was lost (a key was revoked, a
// role changed) keeps no line open. Called by feed.ts.

import { and, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import { among, type Database, schema } from '../../db/client.ts'

const { apiKeys, holds, members, sessions } = schema

/** Kept with the socket while the feed sleeps. `role` is that of the member then. */
export type Listener = {
  keyId: string
  sessionId?: string | undefined
  memberId?: string | undefined
  role?: string | undefined
  scopes: string[]
  since: number
}

/** Those whose line has to end. */
export async function fallen(
  db: Database,
  accountId: string,
  listeners: readonly Listener[],
  now: number,
): Promise<Set<Listener>> {
  const ids = (of: 'sessionId' | 'keyId') => among([...new Set(listeners.map((one) => one[of] ?? ''))])
  const [frozen, people, keys] = await db.batch([
    db
      .select({ at: holds.at })
      .from(holds)
      .where(
        and(
          eq(holds.accountId, accountId),
          eq(holds.subjectId, accountId),
          eq(holds.kind, 'frozen'),
          or(isNull(holds.liftedAt), lt(holds.liftedAt, holds.at)),
        ),
      ),
    db
      .select({ sessionId: sessions.id, memberId: members.id, role: members.role })
      .from(sessions)
      .innerJoin(members, and(eq(members.userId, sessions.userId), eq(members.accountId, accountId)))
      .where(and(sql`${sessions.id} IN ${ids('sessionId')}`, gt(sessions.expiresAt, new Date(now)))),
    db
      .select({ id: apiKeys.id, role: members.role })
      .from(apiKeys)
      .leftJoin(members, and(eq(members.id, apiKeys.memberId), eq(members.accountId, accountId)))
      .where(
        and(
          eq(apiKeys.accountId, accountId),
          sql`${apiKeys.id} IN ${ids('keyId')}`,
          isNull(apiKeys.revokedAt),
        ),
      ),
  ])
  const stands = ({ sessionId, memberId, role, keyId }: Listener) =>
    sessionId === undefined
      ? keys.some((one) => one.id === keyId && (one.role ?? undefined) === role)
      : people.some((one) => one.sessionId === sessionId && one.memberId === memberId && one.role === role)
  return new Set(listeners.filter((one) => frozen.length > 0 || !stands(one)))
}
