// Being asked to join a workspace, and joining: an invitation by mail → the link is opened → a code goes to the address that was
// invited → it comes back → one batch makes the member and ends the invitation → signed in. Called by the routes of this walk.

import { and, count, eq, gt } from 'drizzle-orm'
import { database, schema, writeBatch } from '../../db/client.ts'
import type { Seen } from '../accounts/device.ts'
import {
  acceptUpdate,
  type Invitation,
  type InvitationRow,
  invitationByToken,
  invitationQuery,
  newInvitation,
  openInvitations,
  revokeInvitationUpdate,
} from '../accounts/invitations.ts'
import { membersByEmail, newMember } from '../accounts/members.ts'
import { roles } from '../accounts/permissions.ts'
import { workspaceQuery } from '../accounts/workspaces.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal, type Role } from '../audit/principal.ts'
import { keeperOf, loadPlatformRef } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { newMail } from '../mail/mail.ts'
import { mailTexts } from '../mail/templates.ts'
import { type Arrived, arrive, type Begun, beginByCode, dropSession } from './sign-in.ts'

const { invitations, users } = schema

export type InviteRefusal = 'owner_needed' | 'member_already' | 'too_many'

/**
 * Only an owner asks somebody to be one. Asking again ends the invitation before. `from`: the origin of the page that asked,
 * whose name for this place the link bears when it is one of ours.
 */
export async function invite(
  world: World,
  principal: Principal,
  { email, role, from }: { email: string; role: Role; from: string | undefined },
): Promise<Result<{ invitation: Invitation; mailId: string }, { reason: InviteRefusal }>> {
  const { env, now } = world
  const { accountId } = principal
  if (role === 'owner' && principal.member?.role !== 'owner') return refused({ reason: 'owner_needed' })
  const db = database(env.DB)
  const keys = {
    account: (await keeperOf(env.KEEPER, accountId).resolve([])).account,
    platform: { ref: await loadPlatformRef(env.KEEPER) },
  }
  const asked = { accountId, role, email: email.trim(), actor: actorOf(principal) }
  const made = await newInvitation(db, keys, asked, now)
  const standing = await membersByEmail(db, made.row.emailDigest).all()
  if (standing.some((member) => member.accountId === accountId)) return refused({ reason: 'member_already' })
  const mail = await invitationMail(world, { ...made, address: asked.email, from })
  try {
    await writeBatch(db, [...made.statements, mail.statement])
  } catch (cause) {
    if (await isNew(world, made.row)) throw cause
    return refused({ reason: 'too_many' })
  }
  return ok({ invitation: { ...made.row, address: asked.email }, mailId: mail.id })
}

/** Whether fewer than the most were made: then it was something else that went wrong. */
async function isNew({ env, now }: World, { accountId }: InvitationRow): Promise<boolean> {
  const since = now - limits.invitationsWithinMs
  const own = and(eq(invitations.accountId, accountId), gt(invitations.createdAt, since))
  const row = await database(env.DB).select({ made: count() }).from(invitations).where(own).get()
  return (row?.made ?? 0) < limits.invitationsAtOnce
}

async function invitationMail(
  { env, settings, now }: World,
  {
    row,
    token,
    address,
    from,
  }: { row: InvitationRow; token: string; address: string; from: string | undefined },
) {
  const db = database(env.DB)
  const workspace = (await workspaceQuery(db, row.accountId).get())?.name ?? ''
  // Behind the #, where no server and no log sees it.
  const origin = settings.pageOrigins.find((own) => own === from) ?? settings.publicOrigin
  const joinUrl = `${origin}/portal/join#${token}`
  const { title: role } = roles[row.role]
  const text = mailTexts.invitation({ workspace, role, joinUrl, expiresAt: row.expiresAt })
  return newMail(db, env.KEEPER, { to: { challengeId: row.id, address }, kind: 'invitation', ...text }, now)
}

/** Twice is once; false when the workspace has no such invitation. */
export async function revokeInvitation(
  { env, now }: World,
  principal: Principal,
  id: string,
): Promise<boolean> {
  const db = database(env.DB)
  const { accountId } = principal
  const found = await invitationQuery(db, accountId, id).get()
  if (!found || found.acceptedAt !== null) return false
  if (found.revokedAt !== null) return true
  const actor = actorOf(principal)
  await writeBatch(db, [
    ...revokeInvitationUpdate(db, accountId, id, now),
    entryInsert(db, { accountId, actor, action: 'invitation.revoke', subject: id, at: now }),
  ])
  return true
}

export type Opened = { invitation: Invitation & { address: string }; workspace: string }

/** What the link leads to; undefined when it leads nowhere any more. */
export async function openInvitation({ env, now }: World, token: string): Promise<Opened | undefined> {
  const found = await invitationByToken(database(env.DB), token, now).get()
  if (!found) return undefined
  const { accountId } = found.invitation
  const [opened] = await openInvitations(env.KEEPER, accountId, [found.invitation], now)
  if (!opened || opened.address === null) return undefined
  return { invitation: { ...opened, address: opened.address }, workspace: found.workspace }
}

/** Undefined for a code that proves nothing. */
export async function join(
  world: World,
  seen: Seen,
  { invitation }: Opened,
  code: string,
): Promise<Arrived | undefined> {
  const begun = await beginByCode(world, seen, invitation.address, code)
  if (!begun) return undefined
  try {
    await enter(world, invitation, begun)
  } catch (cause) {
    await dropSession(world, begun)
    const now = await invitationQuery(database(world.env.DB), invitation.accountId, invitation.id).get()
    if (now?.acceptedAt === null && now.revokedAt === null) throw cause
    return undefined
  }
  return arrive(world, begun, 'code')
}

/** Somebody who was made a member in another way meanwhile stays what they are. */
async function enter(
  { env, now }: World,
  invitation: Opened['invitation'],
  { userId }: Begun,
): Promise<void> {
  const db = database(env.DB)
  const { id, accountId, role, address, emailDigest } = invitation
  const standing = await membersByEmail(db, emailDigest).all()
  const known = standing.find((member) => member.accountId === accountId)
  const made = known
    ? { id: known.id, statements: [] }
    : await newMember(db, env.KEEPER, { accountId, role, email: address }, invitation.invitedBy, now)
  const actor = `member:${made.id}`
  await writeBatch(db, [
    ...acceptUpdate(db, invitation, now),
    ...made.statements,
    entryInsert(db, { accountId, actor, action: 'invitation.accept', subject: id, reason: role, at: now }),
    db.update(users).set({ address: null }).where(eq(users.id, userId)),
  ])
}
