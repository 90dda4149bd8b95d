// Workspaces as their members make and change them. Called by workspace-routes.ts; the operator's door is in accounts.ts.

import { and, count, eq, sql } from 'drizzle-orm'
import { assertion, type Database, database, schema, statement, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal, type Role, type SignedIn } from '../audit/principal.ts'
import { keeperOf, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { newMember } from './members.ts'
import { addressOf } from './sessions.ts'

const { accounts, members, users } = schema

export type OwnWorkspace = { id: string; name: string; role: Role }

/** Whoever makes a workspace owns it. `no_address`: they signed in too long ago for us to know it. */
export async function makeWorkspace(
  env: Env,
  signedIn: SignedIn,
  name: string,
  now: number,
): Promise<Result<OwnWorkspace, { reason: 'too_many' | 'no_address' }>> {
  if (signedIn.memberships.length >= limits.workspacesOfUser) return refused({ reason: 'too_many' })
  const email = await addressOf(env, signedIn, now)
  if (email === undefined) return refused({ reason: 'no_address' })
  const db = database(env.DB)
  const id = newId('acc')
  const { userId } = signedIn.session
  const owner = await newMember(
    db,
    env.KEEPER,
    { accountId: id, role: 'owner', email },
    `user:${userId}`,
    now,
  )
  const actor = `member:${owner.id}`
  await writeBatch(db, [
    db.insert(accounts).values({ id, name, createdAt: now }),
    ...owner.statements,
    entryInsert(db, { accountId: id, actor, action: 'account.create', subject: id, at: now }),
    db.update(users).set({ address: null }).where(eq(users.id, userId)),
  ])
  return ok({ id, name, role: 'owner' })
}

export const workspaceQuery = (db: Database, id: string) =>
  db.select({ id: accounts.id, name: accounts.name }).from(accounts).where(eq(accounts.id, id))

export async function renameWorkspace(
  db: Database,
  principal: Principal,
  name: string,
  now: number,
): Promise<void> {
  const { accountId } = principal
  const actor = actorOf(principal)
  await writeBatch(db, [
    db.update(accounts).set({ name }).where(eq(accounts.id, accountId)),
    entryInsert(db, { accountId, actor, action: 'workspace.rename', subject: accountId, at: now }),
  ])
}

export type MemberChange = { role?: Role | undefined; name?: string | undefined }
type ChangeRefusal = 'unknown' | 'owner_needed' | 'sole_owner'

/** Owners are made, and made something else, by owners alone; the only one stays one. */
export async function changeMember(
  env: Env,
  principal: Principal,
  id: string,
  { role, name }: MemberChange,
  now: number,
): Promise<Result<typeof members.$inferSelect, { reason: ChangeRefusal }>> {
  const db = database(env.DB)
  const { accountId } = principal
  const own = and(eq(members.id, id), eq(members.accountId, accountId))
  const found = await db.select().from(members).where(own).get()
  if (!found) return refused({ reason: 'unknown' })
  const roleChanges = role !== undefined && role !== found.role
  const touchesOwner = roleChanges && (role === 'owner' || found.role === 'owner')
  if (touchesOwner && principal.member?.role !== 'owner') return refused({ reason: 'owner_needed' })
  const actor = actorOf(principal)
  const about = { accountId, actor, subject: id, at: now }
  const renamed = name === undefined ? undefined : await sealedName(env, accountId, id, name)
  try {
    await writeBatch(db, [
      ...(roleChanges ? roleUpdate(db, found, role) : []),
      ...(roleChanges ? [entryInsert(db, { ...about, action: 'member.role', reason: role })] : []),
      ...(renamed === undefined ? [] : [db.update(members).set({ name: renamed }).where(own)]),
      ...(renamed === undefined ? [] : [entryInsert(db, { ...about, action: 'member.rename' })]),
    ])
  } catch (cause) {
    if (found.role === 'owner' && (await ownersOf(db, accountId)) < 2)
      return refused({ reason: 'sole_owner' })
    const standing = await db.select({ role: members.role }).from(members).where(own).get()
    if (standing?.role === found.role) throw cause
    return changeMember(env, principal, id, { role, name }, now)
  }
  return ok({ ...found, role: role ?? found.role, name: renamed ?? found.name })
}

/**
 * Fails the batch when nobody else would be an owner: two who resign side by side cannot both. And when the role is no longer
 * the one that was looked at: who was made an owner meanwhile is changed by owners alone.
 */
const roleUpdate = (
  db: Database,
  { accountId, id, role: before }: typeof members.$inferSelect,
  role: Role,
) => [
  statement(
    db,
    sql`UPDATE members SET role = ${role} WHERE id = ${id} AND account_id = ${accountId} AND role = ${before}
      AND (role <> 'owner' OR EXISTS (SELECT 1 FROM members other
        WHERE other.account_id = ${accountId} AND other.role = 'owner' AND other.id <> ${id}))`,
  ),
  assertion(db, sql`changes() = 1`),
]

const sealedName = async (env: Env, accountId: string, id: string, name: string): Promise<string> =>
  sealColumn(await keeperOf(env.KEEPER, accountId).keyFor(id), 'members', 'name', id, name)

async function ownersOf(db: Database, accountId: string): Promise<number> {
  const owners = and(eq(members.accountId, accountId), eq(members.role, 'owner'))
  return (await db.select({ owners: count() }).from(members).where(owners).get())?.owners ?? 0
}
