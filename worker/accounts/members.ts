// The people of a workspace. What is personal about a member is sealed under a key that belongs to the member, so that
// one of them can be erased alone. Called by accounts.ts, routes.ts, and walks that write to owners.

import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import { type Database, type Statement, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal, type Role } from '../audit/principal.ts'
import {
  type AccountKeys,
  type Keepers,
  keeperOf,
  keyedDigest,
  openColumns,
  platformAccount,
  sealColumn,
} from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import { ok, type Result, refused } from '../ground/result.ts'

const { members, metaLinks } = schema

export type NewMember = { accountId: string; role: Role; email: string }
export type MemberRow = typeof members.$inferSelect
/** `email` is null when the member's key is gone. */
export type Member = { id: string; role: Role; email: string | null; createdAt: number }

/** A new member and the statements that record it, with the ledger's entry. */
export async function newMember(
  db: Database,
  keepers: Keepers,
  { accountId, role, email }: NewMember,
  actor: string,
  now: number,
): Promise<{ id: string; statements: Statement[] }> {
  const id = newId('mem')
  const key = await keeperOf(keepers, accountId).keyFor(id)
  const sealed = await sealColumn(key, 'members', 'email', id, email)
  const entry = { accountId, actor, action: 'member.add', subject: id, reason: role, at: now }
  return {
    id,
    statements: [
      db.insert(members).values({ id, accountId, role, email: sealed, createdAt: now }),
      entryInsert(db, entry),
    ],
  }
}

/** What stands for a Facebook user id (app-scoped), the same in every account. `platform`: keys of that Keeper. */
export const metaUserDigest = (platform: AccountKeys, userId: string): string =>
  keyedDigest(platform, 'meta_user', userId)

/**
 * Adds a member. Only an owner's key makes an owner. A Facebook user id belongs to one member of one workspace: had the
 * newest link won, anybody could draw the deletion of another workspace's member to their own.
 */
export async function addMember(
  db: Database,
  keepers: Keepers,
  principal: Principal,
  { role, email, metaUserId }: { role: Role; email: string; metaUserId?: string | undefined },
  now: number,
): Promise<Result<Member, { reason: 'owners_only' | 'linked' }>> {
  if (role === 'owner' && principal.member?.role !== 'owner') return refused({ reason: 'owners_only' })
  const { accountId } = principal
  const digest = metaUserId === undefined ? undefined : await loadMetaUserDigest(keepers, metaUserId)
  if (digest !== undefined && (await metaLinkQuery(db, digest).get())) return refused({ reason: 'linked' })
  const { id, statements } = await newMember(db, keepers, { accountId, role, email }, actorOf(principal), now)
  const link =
    digest === undefined ? [] : [db.insert(metaLinks).values({ digest, accountId, memberId: id, at: now })]
  await writeBatch(db, [...statements, ...link])
  return ok({ id, role, email, createdAt: now })
}

/** The digest of one id, with the one call to the platform's Keeper that it takes. */
export const loadMetaUserDigest = async (keepers: Keepers, userId: string): Promise<string> =>
  metaUserDigest((await keeperOf(keepers, platformAccount).resolve([])).account, userId)

export const metaLinkQuery = (db: Database, digest: string) =>
  db.select().from(metaLinks).where(eq(metaLinks.digest, digest))

/** Oldest first. */
export function membersQuery(db: Database, accountId: string, { limit, cursor }: Page<TimeKey>) {
  const after: SQL | undefined =
    cursor && sql`(${members.createdAt}, ${members.id}) > (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(members)
    .where(and(eq(members.accountId, accountId), after))
    .orderBy(asc(members.createdAt), asc(members.id))
    .limit(limit + 1)
}

/** One Keeper call, however many rows. */
export async function openMembers(
  keepers: Keepers,
  accountId: string,
  rows: MemberRow[],
  now: number,
): Promise<Member[]> {
  const sealed = rows.map(({ id, email }) => ({
    table: 'members',
    column: 'email',
    rowId: id,
    sealed: email,
  }))
  const emails = await openColumns(keepers, accountId, sealed, now)
  return rows.map(({ id, role, createdAt }, i) => ({ id, role, createdAt, email: emails[i] ?? null }))
}
