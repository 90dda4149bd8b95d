// The walk of signing in: a code goes to an address → it comes back → the library begins a session → whoever has this address
// is told apart from nobody until then → memberships with it are theirs → an entry in the ledger of each workspace. Called by
// the routes of this walk and by join.ts. Only here the address and what stands for it are known together.

import { and, eq, sql } from 'drizzle-orm'
import { type Database, database, schema, statement, writeBatch } from '../../db/client.ts'
import { digestIn, emailAlias } from '../accounts/alias.ts'
import { signedInWith } from '../accounts/auth.ts'
import type { Seen } from '../accounts/device.ts'
import { loadLibrary } from '../accounts/library-door.ts'
import { entriesOf, proveSession, workspacesOf } from '../accounts/sessions.ts'
import type { Role, SignedIn } from '../audit/principal.ts'
import { keeperOf, loadEmailDigest, platformAccount, sealColumn } from '../custody/sealing.ts'
import { type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { newMail } from '../mail/mail.ts'
import { mailTexts } from '../mail/templates.ts'
import { maySignInByMail, noteSignInCode } from '../proofs/codes.ts'

const { sessions, users } = schema

export type Begun = { sessionId: string; token: string; userId: string }
export type Arrived = {
  /** For the cookie. */
  token: string
  userId: string
  workspaces: { id: string; name: string; role: Role }[]
}
export type Way = 'code' | 'passkey'

/** The same for every address, known or not, and the same work. */
export async function sendCode(
  world: World,
  typed: string,
): Promise<Result<{ expiresAt: number; mailId: string }, { reason: 'too_many' }>> {
  const { env, settings, now } = world
  const email = typed.trim()
  const digest = await loadEmailDigest(env.KEEPER, email)
  if (!(await maySignInByMail(world, digest))) return refused({ reason: 'too_many' })
  const library = await loadLibrary(env, settings)
  const code = await library.createCode(emailAlias(digest))
  const text = mailTexts.signInCode({ code })
  return noteSignInCode(world, email, ({ id, address }) =>
    newMail(
      database(env.DB),
      env.KEEPER,
      { to: { challengeId: id, address }, kind: 'sign_in_code', ...text },
      now,
    ),
  )
}

/** Undefined for a code that proves nothing. */
export async function signInByCode(
  world: World,
  seen: Seen,
  { email, code }: { email: string; code: string },
): Promise<Arrived | undefined> {
  const begun = await beginByCode(world, seen, email, code)
  return begun && arrive(world, begun, 'code', email.trim())
}

/** The session alone, before anything is known about who has the address. */
export async function beginByCode(
  { env, settings }: World,
  seen: Seen,
  email: string,
  code: string,
): Promise<Begun | undefined> {
  const digest = await loadEmailDigest(env.KEEPER, email)
  const library = await loadLibrary(env, settings)
  return library.beginByCode(emailAlias(digest), readDigits(code), seen)
}

/** Digits of what somebody typed, whatever stands between them. */
const readDigits = (code: string): string => code.normalize('NFKC').replace(/\D/g, '')

/** A session has begun: memberships with this address become this user's, and the ledger hears of it. */
export async function arrive(world: World, begun: Begun, way: Way, email?: string): Promise<Arrived> {
  const { env, now } = world
  const db = database(env.DB)
  const { token, userId, sessionId } = begun
  const digest = await digestOf(db, userId)
  await writeBatch(db, [
    statement(
      db,
      sql`UPDATE members SET user_id = ${userId} WHERE email_digest = ${digest} AND (user_id IS NULL OR user_id <> ${userId})`,
    ),
    // Codes that have not left are not needed any more.
    statement(
      db,
      sql`DELETE FROM mails WHERE challenge_id IN (SELECT id FROM challenges WHERE target_digest = ${digest} AND purpose = 'sign_in')`,
    ),
  ])
  const signedIn = await signedInWith(db, token, now)
  if (!signedIn) throw new Error('the session that has just begun is gone')
  const { memberships } = signedIn
  const entry = { action: 'session.begin', subject: sessionId, reason: way, at: now }
  if (memberships.length === 0 && email !== undefined) await keepAddress(world, db, userId, email)
  await writeBatch(db, entriesOf(db, memberships, entry))
  return { token, userId, workspaces: await workspacesOf(db, memberships) }
}

/** Sealed, until there is a workspace that has it. */
async function keepAddress({ env, now }: World, db: Database, userId: string, email: string): Promise<void> {
  const { account } = await keeperOf(env.KEEPER, platformAccount).resolve([])
  const address = await sealColumn(account.seal, 'users', 'address', userId, email)
  await db
    .update(users)
    .set({ address, createdAt: new Date(now) })
    .where(eq(users.id, userId))
}

export async function digestOf(db: Database, userId: string): Promise<string> {
  const row = await db.select({ email: users.email }).from(users).where(eq(users.id, userId)).get()
  const digest = row && digestIn(row.email)
  if (digest === undefined) throw new Error('a user without a digest')
  return digest
}

/** Undoes a beginning that came to nothing. */
export const dropSession = async ({ env }: World, { sessionId, userId }: Begun): Promise<void> => {
  const mine = and(eq(sessions.id, sessionId), eq(sessions.userId, userId))
  await database(env.DB).delete(sessions).where(mine)
}

/** A step-up by a code. What was refused stands in the ledger. */
export async function proveByCode(world: World, signedIn: SignedIn, code: string): Promise<boolean> {
  const { env, settings } = world
  const digest = await digestOf(database(env.DB), signedIn.session.userId)
  const library = await loadLibrary(env, settings)
  const proven = await library.checkCode(emailAlias(digest), readDigits(code))
  return conclude(world, signedIn, 'code', proven)
}

/** A step-up by a passkey of the same person; the session that the library begins for it ends at once. */
export async function proveByPasskey(
  world: World,
  signedIn: SignedIn,
  answered: { ticket: string; response: Record<string, unknown> },
): Promise<boolean> {
  const library = await loadLibrary(world.env, world.settings)
  const begun = await library.beginByPasskey(answered, { device: '', network: '', place: null })
  if (begun) await dropSession(world, begun)
  return conclude(world, signedIn, 'passkey', begun?.userId === signedIn.session.userId)
}

async function conclude(
  { env, now }: World,
  signedIn: SignedIn,
  way: Way,
  proven: boolean,
): Promise<boolean> {
  const db = database(env.DB)
  const subject = signedIn.session.id
  if (proven) await proveSession(db, signedIn, way, now)
  else
    await writeBatch(
      db,
      entriesOf(db, signedIn.memberships, { action: 'session.prove_refuse', subject, reason: way, at: now }),
    )
  return proven
}
