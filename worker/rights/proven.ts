// Somebody has proven an e-mail address: what they asked for is opened for every membership that it has and for what they wrote
// to us, or they are put on a list. Only here does anybody learn whether an address is known. Called by public-routes.ts.

import { type Database, database, writeBatch } from '../../db/client.ts'
import { membersByEmail } from '../accounts/members.ts'
import { loadEmailDigest, loadPlatformRef, platformAccount } from '../custody/sealing.ts'
import type { World } from '../ground/world.ts'
import { deliverMails } from '../mail/mail.ts'
import { subscribeInsert, subscriptionDigest, subscriptionToken } from '../visitors/subscriptions.ts'
import { upsertVisitor, visitorByEmail } from '../visitors/visitors.ts'
import { requestsDue } from './errands.ts'
import type { Hands } from './hands.ts'
import { type AskedRequest, type OpenedRequest, openRequest } from './requests.ts'
import { loadWorkspaceName, type RequestRow } from './row.ts'

export type Proven = OpenedRequest & {
  type: RequestRow['type']
  accountId: string
  about: 'member' | 'visitor'
  workspace: string | null
}

/** In the order in which the memberships began; none when nothing is held. */
export async function openProven(
  world: World,
  { type, email, language }: { type: RequestRow['type']; email: string; language: string },
): Promise<Proven[]> {
  const db = database(world.env.DB)
  const digest = await loadEmailDigest(world.env.KEEPER, email)
  const [members, visitor] = await Promise.all([
    membersByEmail(db, digest).all(),
    visitorByEmail(db, digest).get(),
  ])
  const shared = { type, door: 'mail', language } as const
  const opened: Proven[] = []
  for (const { id, accountId } of members)
    opened.push(await open(world, db, { ...shared, accountId, subjectKind: 'member', subjectId: id }))
  if (visitor) {
    const asked = { accountId: platformAccount, subjectKind: 'visitor', subjectId: visitor.id } as const
    opened.push(await open(world, db, { ...shared, ...asked }))
  }
  return opened
}

async function open(world: World, db: Database, asked: AskedRequest): Promise<Proven> {
  const request = await openRequest(world, asked)
  const { accountId, subjectKind, type } = asked
  const about = subjectKind === 'member' ? 'member' : 'visitor'
  const workspace = about === 'member' ? ((await loadWorkspaceName(db, accountId)) ?? null) : null
  return { ...request, type, accountId, about, workspace }
}

/** Their mails leave first: one who is erased has no address any more. */
export async function carryOutProven(world: World, hands: Hands, opened: Proven[]): Promise<void> {
  const { env, settings, now } = world
  for (const { mailId } of opened) if (mailId !== undefined) await deliverMails(env, settings, now, mailId)
  for (const accountId of new Set(opened.map((one) => one.accountId)))
    await requestsDue(world, hands, accountId)
}

export async function subscribeProven({ env, now }: World, email: string): Promise<void> {
  const db = database(env.DB)
  const visitor = await upsertVisitor(db, env.KEEPER, email, now)
  const token = subscriptionToken(await loadPlatformRef(env.KEEPER), visitor.id)
  await writeBatch(db, [
    ...visitor.statements,
    subscribeInsert(db, visitor.id, subscriptionDigest(token), now),
  ])
}
