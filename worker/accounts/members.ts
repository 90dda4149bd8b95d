// The people of a workspace. What is personal about a member is sealed under a key that belongs to the member, so that
// one of them can be erased alone. Called by accounts.ts, routes.ts, and walks that write to owners.

import { and, asc, eq, isNull, type SQL, sql } from 'drizzle-orm'
import {
  assertion,
  type Database,
  database,
  type Statement,
  schema,
  statement,
  writeBatch,
} from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal, type Role } from '../audit/principal.ts'
import {
  type AccountKeys,
  emailDigest,
  type Keepers,
  keeperOf,
  keyedDigest,
  loadEmailDigest,
  openColumns,
  platformAccount,
  sealColumn,
} from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { emailAlias } from './alias.ts'

const { members, metaLinks } = schema

export type NewMember = { accountId: string; role: Role; email: string }
export type MemberRow = typeof members.$inferSelect
/** `email` is null when the member's key is gone, `name` also until the member said one. */
export type Member = { id: string; role: Role; email: string | null; name: string | null; createdAt: number }

/**
 * A new member and the statements that record it, with the ledger's entry. Whoever signs in with this address is it. The batch
 * fails when the workspace has a member of this address: the one added last would decide what both may do.
 */
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
  const digest = await loadEmailDigest(keepers, email)
  const entry = { accountId, actor, action: 'member.add', subject: id, reason: role, at: now }
  return {
    id,
    statements: [
      assertion(
        db,
        sql`NOT EXISTS (SELECT 1 FROM members WHERE account_id = ${accountId} AND email_digest = ${digest})`,
      ),
      db.insert(members).values({
        id,
        accountId,
        role,
        email: sealed,
        emailDigest: digest,
        userId: sql`(SELECT id FROM users WHERE email = ${emailAlias(digest)})`,
        createdAt: now,
      }),
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
): Promise<Result<Member, { reason: 'owners_only' | 'linked' | 'member_already' }>> {
  if (role === 'owner' && principal.member?.role !== 'owner') return refused({ reason: 'owners_only' })
  const { accountId } = principal
  const digest = metaUserId === undefined ? undefined : await loadMetaUserDigest(keepers, metaUserId)
  if (digest !== undefined && (await metaLinkQuery(db, digest).get())) return refused({ reason: 'linked' })
  const isMember = async () =>
    (await membersByEmail(db, await loadEmailDigest(keepers, email))).some(
      (one) => one.accountId === accountId,
    )
  if (await isMember()) return refused({ reason: 'member_already' })
  const { id, statements } = await newMember(db, keepers, { accountId, role, email }, actorOf(principal), now)
  const link =
    digest === undefined ? [] : [db.insert(metaLinks).values({ digest, accountId, memberId: id, at: now })]
  try {
    await writeBatch(db, [...statements, ...link])
  } catch (cause) {
    if (await isMember()) return refused({ reason: 'member_already' })
    throw cause
  }
  return ok({ id, role, email, name: null, createdAt: now })
}

/** The digest of one id, with the one call to the platform's Keeper that it takes. */
export const loadMetaUserDigest = async (keepers: Keepers, userId: string): Promise<string> =>
  metaUserDigest((await keeperOf(keepers, platformAccount).resolve([])).account, userId)

export const metaLinkQuery = (db: Database, digest: string) =>
  db.select().from(metaLinks).where(eq(metaLinks.digest, digest))

/** Of every workspace that this address is a member of. `digest`: loadEmailDigest. */
export const membersByEmail = (db: Database, digest: string) =>
  db.select().from(members).where(eq(members.emailDigest, digest)).orderBy(asc(members.createdAt))

export const ownersQuery = (db: Database, accountId: string) =>
  db
    .select({ id: members.id })
    .from(members)
    .where(and(eq(members.accountId, accountId), eq(members.role, 'owner')))

/** Gives rows from before there was a digest of the address theirs, a bounded number. Run by the cron. */
export async function digestMembers(env: Env, now: number): Promise<number> {
  const db = database(env.DB)
  // At random, so that rows whose key is gone keep no others from their turn.
  const rows = await db
    .select()
    .from(members)
    .where(isNull(members.emailDigest))
    .orderBy(sql`random()`)
    .limit(limits.memberDigests)
  if (rows.length === 0) return 0
  const platform = (await keeperOf(env.KEEPER, platformAccount).resolve([])).account
  const found: [string, string][] = []
  for (const [accountId, own] of Map.groupBy(rows, (row) => row.accountId))
    for (const { id, email } of await openMembers(env.KEEPER, accountId, own, now))
      if (email !== null) found.push([id, emailDigest(platform, email)])
  await writeBatch(db, [
    statement(
      db,
      sql`UPDATE members SET email_digest = found.value ->> 1 FROM json_each(${JSON.stringify(found)}) found
        WHERE members.id = found.value ->> 0 AND email_digest IS NULL`,
    ),
  ])
  return found.length
}

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
  const sealed = rows.flatMap(({ id, email, name }) => [
    { table: 'members', column: 'email', rowId: id, sealed: email },
    { table: 'members', column: 'name', rowId: id, sealed: name },
  ])
  const opened = await openColumns(keepers, accountId, sealed, now)
  return rows.map(({ id, role, createdAt }, i) => ({
    id,
    role,
    createdAt,
    email: opened[2 * i] ?? null,
    name: opened[2 * i + 1] ?? null,
  }))
}
