// The doors of a business for its own people: who may ask for what. Called by routes.ts; everything else about a
// request stands in request.ts.

import { and, eq, sql } from 'drizzle-orm'
import { among, database, schema } from '../../db/client.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { loadOwners } from './owners.ts'
import { type OpenedDeletion, requestDeletion } from './request.ts'

const { contacts, deletions, members } = schema

/** Of these ids, those that are contacts of the account, or were and are being or have been forgotten. */
export async function ownContacts(env: Env, accountId: string, ids: string[]): Promise<Set<string>> {
  const db = database(env.DB)
  const [present, past] = await db.batch([
    db
      .select({ id: contacts.id })
      .from(contacts)
      .where(and(eq(contacts.accountId, accountId), sql`${contacts.id} IN ${among(ids)}`)),
    db
      .select({ id: deletions.subjectId })
      .from(deletions)
      .where(
        and(
          eq(deletions.accountId, accountId),
          eq(deletions.scope, 'contact'),
          sql`${deletions.subjectId} IN ${among(ids)}`,
        ),
      ),
  ])
  return new Set([...present, ...past].map((row) => row.id))
}

/** In the order asked; undefined where the account has no such contact. */
export async function forgetContacts(
  world: World,
  principal: Principal,
  ids: string[],
): Promise<(OpenedDeletion | undefined)[]> {
  const { accountId } = principal
  const own = await ownContacts(world.env, accountId, ids)
  const asked = { accountId, scope: 'contact', door: 'api', actor: actorOf(principal) } as const
  const opened = new Map<string, OpenedDeletion>()
  const mine = [...new Set(ids)].filter((id) => own.has(id))
  for (let from = 0; from < mine.length; from += limits.bulkAtOnce)
    await Promise.all(
      mine
        .slice(from, from + limits.bulkAtOnce)
        .map(async (subjectId) =>
          opened.set(subjectId, await requestDeletion(world, { ...asked, subjectId })),
        ),
    )
  return ids.map((id) => opened.get(id))
}

export type MemberRefusal = 'unknown' | 'sole_owner' | 'not_yourself'

/** An owner who could erase another would be a second owner nobody has to ask. */
export async function decideMember(
  env: Env,
  principal: Principal,
  id: string,
): Promise<Result<{ owner: boolean }, { reason: MemberRefusal }>> {
  const { accountId } = principal
  const db = database(env.DB)
  const mine = and(eq(members.id, id), eq(members.accountId, accountId))
  const past = and(
    eq(deletions.accountId, accountId),
    eq(deletions.scope, 'member'),
    eq(deletions.subjectId, id),
  )
  const [member, before] = await Promise.all([
    db.select().from(members).where(mine).get(),
    db.select({ id: deletions.id }).from(deletions).where(past).get(),
  ])
  if (before) return ok({ owner: false })
  if (!member) return refused({ reason: 'unknown' })
  if (member.role !== 'owner') return ok({ owner: false })
  if (principal.member?.id !== id) return refused({ reason: 'not_yourself' })
  return (await loadOwners(db, accountId)).length < 2
    ? refused({ reason: 'sole_owner' })
    : ok({ owner: true })
}

export async function forgetMember(
  world: World,
  principal: Principal,
  id: string,
): Promise<Result<OpenedDeletion, { reason: MemberRefusal }>> {
  const { accountId } = principal
  const allowed = await decideMember(world.env, principal, id)
  if (!allowed.ok) return allowed
  const asked = { accountId, scope: 'member', subjectId: id, door: 'api', actor: actorOf(principal) } as const
  try {
    return ok(await requestDeletion(world, { ...asked, resigns: allowed.value.owner }))
  } catch (cause) {
    // The other owner may have left at the same moment.
    const again = await decideMember(world.env, principal, id)
    if (again.ok) throw cause
    return again
  }
}

export type WorkspaceRefusal = 'owner_needed' | 'key_too_fresh'

/** What must be true of whoever asks that a whole workspace be deleted. */
export function decideWorkspace(
  principal: Principal,
  now: number,
): Result<string, { reason: WorkspaceRefusal }> {
  if (principal.member?.role !== 'owner') return refused({ reason: 'owner_needed' })
  if (principal.keyCreatedAt > now - limits.deletionKeyAgeMs) return refused({ reason: 'key_too_fresh' })
  return ok(principal.member.id)
}

export async function forgetWorkspace(
  world: World,
  principal: Principal,
  deregister: boolean,
): Promise<Result<OpenedDeletion, { reason: WorkspaceRefusal }>> {
  const allowed = decideWorkspace(principal, world.now)
  if (!allowed.ok) return allowed
  const { accountId } = principal
  const asked = { accountId, scope: 'workspace', subjectId: accountId, door: 'api' } as const
  const actor = actorOf(principal)
  return ok(await requestDeletion(world, { ...asked, actor, memberId: allowed.value, deregister }))
}
