// Members who are signed in, for tests: a row for each, and the cookie that their browser would send. Nothing of the library
// is loaded; signing in itself has tests of its own (test/worker/accounts). Called by tests of every area.

import { env } from 'cloudflare:workers'
import { database, schema, writeBatch } from '../../db/client.ts'
import { emailAlias } from '../../worker/accounts/alias.ts'
import { cookieName, cookieValue } from '../../worker/accounts/session-cookie.ts'
import type { Role } from '../../worker/audit/principal.ts'
import { keeperOf, loadEmailDigest, sealColumn } from '../../worker/custody/sealing.ts'
import { settingsOf } from '../../worker/env.ts'
import { newId } from '../../worker/ground/ids.ts'
import { limits } from '../../worker/ground/limits.ts'
import type { Business } from './cast.ts'
import { ownerEmailOf, ownerOf } from './world.ts'

export type Browser = {
  userId: string
  memberId: string
  sessionId: string
  /** What the browser sends with every request: spread into `headers`. */
  headers: { cookie: string; origin: string; 'x-workspace': string }
}

/** `provenAgoMs`: how long ago a code or passkey was given; more than limits.freshMs asks for a step-up. */
export type SignInAs = { email?: string; name?: string; provenAgoMs?: number }

/** A browser of a member of the business with this role; the owner is the one of seedCast, everybody else is new. */
export async function signInAs(
  business: Business,
  role: Role = 'owner',
  { email, name, provenAgoMs = 0 }: SignInAs = {},
): Promise<Browser> {
  const owner = role === 'owner' && email === undefined
  const memberId = owner ? ownerOf(business) : newId('mem')
  const address = email ?? (owner ? ownerEmailOf(business) : `${role}.${memberId.slice(4, 12)}@example.com`)
  const digest = await loadEmailDigest(env.KEEPER, address)
  const db = database(env.DB)
  const userId = await userFor(emailAlias(digest))
  const key = await keeperOf(env.KEEPER, business.accountId).keyFor(memberId)
  const { members } = schema
  const member = {
    id: memberId,
    accountId: business.accountId,
    role,
    email: await sealColumn(key, 'members', 'email', memberId, address),
    emailDigest: digest,
    name: name === undefined ? null : await sealColumn(key, 'members', 'name', memberId, name),
    userId,
    createdAt: Date.now(),
  }
  await writeBatch(db, [
    db.insert(members).values(member).onConflictDoUpdate({ target: members.id, set: { userId } }),
  ])
  const browser = await openBrowser(userId, provenAgoMs)
  return { ...browser, memberId, headers: { ...browser.headers, 'x-workspace': business.accountId } }
}

async function userFor(email: string): Promise<string> {
  const { users } = schema
  const at = new Date()
  const [row] = await database(env.DB)
    .insert(users)
    .values({ id: newId('usr'), email, emailVerified: true, createdAt: at, updatedAt: at })
    .onConflictDoUpdate({ target: users.email, set: { updatedAt: at } })
    .returning({ id: users.id })
  if (!row) throw new Error('no user')
  return row.id
}

/** One more browser of the same person. */
export async function openBrowser(userId: string, provenAgoMs = 0) {
  const settings = settingsOf(env)
  const sessionId = newId('ses')
  const token = newId('ses').slice(4).padEnd(32, 'x')
  const now = Date.now()
  await database(env.DB)
    .insert(schema.sessions)
    .values({
      id: sessionId,
      userId,
      token,
      createdAt: new Date(now),
      updatedAt: new Date(now),
      expiresAt: new Date(now + limits.sessionMs),
      userAgent: 'Firefox on Linux',
      provenAt: now - provenAgoMs,
    })
  const cookie = `${cookieName(settings)}=${cookieValue(settings, token)}`
  return { userId, sessionId, headers: { cookie, origin: settings.publicOrigin } }
}
