// Who is signed in, on which browsers, and in which workspaces. Reads and ends sessions; they begin in library.ts. Called by
// session-routes.ts and by the walk that signs people in.

import { and, desc, eq, gt, lt, type SQL, sql } from 'drizzle-orm'
import { among, type Database, database, type Statement, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import type { Membership, Principal, Role, SignedIn } from '../audit/principal.ts'
import { openColumns, platformAccount } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import { openMembers } from './members.ts'

const { accounts, members, sessions, users } = schema

export type SessionRow = typeof sessions.$inferSelect
export type Here = {
  userId: string
  sessionId: string
  provenAt: number
  workspace: { id: string; name: string } | null
  member: { id: string; role: Role; name: string | null; email: string | null } | null
  scopes: readonly string[]
  workspaces: { id: string; name: string; role: Role }[]
}

/** What the portal begins with: who, where, and what may be done there. */
export async function loadHere(
  env: Env,
  signedIn: SignedIn,
  principal: Principal,
  now: number,
): Promise<Here> {
  const db = database(env.DB)
  const { id: sessionId, userId, provenAt } = signedIn.session
  const [workspaces, member] = await Promise.all([
    workspacesOf(db, signedIn.memberships),
    principal.member ? loadMember(env, db, principal.accountId, principal.member.id, now) : undefined,
  ])
  const here = workspaces.find(({ id }) => id === principal.accountId)
  return {
    userId,
    sessionId,
    provenAt,
    workspace: here ? { id: here.id, name: here.name } : null,
    member: member ?? null,
    scopes: principal.scopes ?? [],
    workspaces,
  }
}

/** In the order of the memberships. */
export async function workspacesOf(db: Database, memberships: readonly Membership[]) {
  if (memberships.length === 0) return []
  const ids = memberships.map(({ accountId }) => accountId)
  const rows = await db
    .select({ id: accounts.id, name: accounts.name })
    .from(accounts)
    .where(sql`${accounts.id} IN ${among(ids)}`)
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  return memberships.map(({ accountId, role }) => ({ id: accountId, name: names.get(accountId) ?? '', role }))
}

async function loadMember(env: Env, db: Database, accountId: string, id: string, now: number) {
  const rows = await db
    .select()
    .from(members)
    .where(and(eq(members.id, id), eq(members.accountId, accountId)))
  const [member] = await openMembers(env.KEEPER, accountId, rows, now)
  return member && { id, role: member.role, name: member.name, email: member.email }
}

/** An entry in the ledger of every workspace that this person is a member of. */
export const entriesOf = (
  db: Database,
  memberships: readonly Membership[],
  { action, subject, reason, at }: { action: string; subject: string; reason?: string; at: number },
): Statement[] =>
  memberships.map(({ accountId, memberId }) =>
    entryInsert(db, {
      accountId,
      actor: `member:${memberId}`,
      action,
      subject,
      ...(reason ? { reason } : {}),
      at,
    }),
  )

/** The browsers of one person, the one signed in last first. */
export function sessionsQuery(db: Database, userId: string, now: number, { limit, cursor }: Page<TimeKey>) {
  const after: SQL | undefined =
    cursor && sql`(${sessions.createdAt}, ${sessions.id}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, new Date(now)), after))
    .orderBy(desc(sessions.createdAt), desc(sessions.id))
    .limit(limit + 1)
}

/** From the next request on. False when this person has no such browser. */
export async function endSession(
  db: Database,
  signedIn: SignedIn,
  id: string,
  now: number,
): Promise<boolean> {
  const mine = and(eq(sessions.id, id), eq(sessions.userId, signedIn.session.userId))
  const found = await db.select({ id: sessions.id }).from(sessions).where(mine).get()
  if (!found) return false
  const action = id === signedIn.session.id ? 'session.end' : 'session.revoke'
  await writeBatch(db, [
    db.delete(sessions).where(mine),
    ...entriesOf(db, signedIn.memberships, { action, subject: id, at: now }),
  ])
  return true
}

/** A code or passkey was given just now. */
export async function proveSession(
  db: Database,
  signedIn: SignedIn,
  reason: 'code' | 'passkey',
  now: number,
) {
  const { id } = signedIn.session
  await writeBatch(db, [
    db.update(sessions).set({ provenAt: now }).where(eq(sessions.id, id)),
    ...entriesOf(db, signedIn.memberships, { action: 'session.prove', subject: id, reason, at: now }),
  ])
}

/** Moves the end of the session, at most once a day; true when it was moved. */
export async function renewSession(db: Database, { session }: SignedIn, now: number): Promise<boolean> {
  const moved = await db
    .update(sessions)
    .set({ updatedAt: new Date(now), expiresAt: new Date(now + limits.sessionMs) })
    .where(and(eq(sessions.id, session.id), lt(sessions.updatedAt, new Date(now - limits.sessionRenewMs))))
    .returning({ id: sessions.id })
  return moved.length > 0
}

/** The address of somebody who is signed in: from a membership, or what they signed in with last. */
export async function addressOf(
  env: Env,
  { session, memberships: [membership] }: SignedIn,
  now: number,
): Promise<string | undefined> {
  const db = database(env.DB)
  if (membership) {
    const member = await loadMember(env, db, membership.accountId, membership.memberId, now)
    return member?.email ?? undefined
  }
  const row = await db.select().from(users).where(eq(users.id, session.userId)).get()
  const place = { table: 'users', column: 'address', rowId: session.userId, sealed: row?.address ?? null }
  const [address] = await openColumns(env.KEEPER, platformAccount, [place], now)
  return address
}
