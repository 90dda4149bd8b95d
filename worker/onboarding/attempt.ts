// The state that stands for one attempt to connect through Meta's window. Meta gives none in this flow: without it, a page
// of a stranger could make a member's browser hand the stranger's account to the member's workspace. Called by signup.ts
// and the doors.

import { and, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import { type Statement, schema, writeBatch } from '../../db/client.ts'
import type { Principal } from '../audit/principal.ts'
import { base64url, hex } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import { keeperOf, openColumns, sealColumn } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import type { World } from './ask.ts'

const { signupAttempts } = schema

export type Attempt = {
  digest: string
  accountId: string
  memberId: string
  /** Of an attempt that was interrupted: what Meta gave for its code. */
  token: string | undefined
  /** As the browser named it. */
  wabaId: string | null
}

export const attemptDigest = (state: string): string => hex(sha256(state))

/** Undefined for a key: only a browser can open the window. */
export async function openAttempt(
  world: World,
  principal: Principal,
): Promise<{ state: string; expiresAt: number } | undefined> {
  const { session, member, accountId } = principal
  if (!session || !member) return undefined
  const state = base64url(crypto.getRandomValues(new Uint8Array(32)))
  const expiresAt = world.now + limits.signupMs
  const own = { accountId, memberId: member.id, sessionId: session.id }
  const row = { ...own, digest: attemptDigest(state), createdAt: world.now, expiresAt }
  await world.db.insert(signupAttempts).values(row)
  return { state, expiresAt }
}

/**
 * The attempt of this state, used by this very call; or one whose token is here and whose accounts are not, to go on with.
 * Undefined when it is another member's or browser's, used up, out of date, or nobody's.
 */
export async function takeAttempt(
  world: World,
  principal: Principal,
  state: string,
  wabaId: string | undefined,
): Promise<Attempt | undefined> {
  const { session, member, accountId } = principal
  if (!session || !member) return undefined
  const mine = and(
    eq(signupAttempts.digest, attemptDigest(state)),
    eq(signupAttempts.accountId, accountId),
    eq(signupAttempts.memberId, member.id),
    eq(signupAttempts.sessionId, session.id),
    gt(signupAttempts.expiresAt, world.now),
  )
  const named = wabaId === undefined ? {} : { wabaId }
  const [fresh] = await world.db
    .update(signupAttempts)
    .set({ usedAt: world.now, ...named })
    .where(and(mine, isNull(signupAttempts.usedAt)))
    .returning()
  if (fresh) return { ...fresh, token: undefined }
  const [held] = await world.db
    .update(signupAttempts)
    .set({ wabaId: wabaId ?? sql`waba_id` })
    .where(and(mine, isNotNull(signupAttempts.token)))
    .returning()
  return held && openHeld(world, held)
}

/** Before anything else can fail: Meta gives a token for a code once. */
export async function holdToken(world: World, { digest, accountId }: Attempt, token: string): Promise<void> {
  const { account } = await keeperOf(world.env.KEEPER, accountId).resolve([])
  const sealed = await sealColumn(account.seal, 'signup_attempts', 'token', digest, token)
  await writeBatch(world.db, [
    world.db.update(signupAttempts).set({ token: sealed }).where(eq(signupAttempts.digest, digest)),
  ])
}

export const tokenReleaseUpdate = (world: World, digest: string): Statement =>
  world.db.update(signupAttempts).set({ token: null }).where(eq(signupAttempts.digest, digest))

/** Attempts whose token came and whose accounts did not get on record: somebody closed the browser, or we ended. */
export async function loadUnfinished(world: World): Promise<Attempt[]> {
  const rows = await world.db
    .select()
    .from(signupAttempts)
    .where(
      and(
        sql`token IS NOT NULL`,
        lt(signupAttempts.usedAt, world.now - limits.signupResumeMs),
        // What is connected while a workspace is being deleted would be found by nobody who lets go of Meta.
        sql`NOT EXISTS (SELECT 1 FROM holds h WHERE h.account_id = signup_attempts.account_id AND h.subject_id = h.account_id
          AND h.kind = 'frozen' AND (h.lifted_at IS NULL OR h.lifted_at < h.at))`,
      ),
    )
    .orderBy(sql`random()`)
    .limit(limits.signupBatch)
  return Promise.all(rows.map((row) => openHeld(world, row)))
}

async function openHeld(world: World, row: typeof signupAttempts.$inferSelect): Promise<Attempt> {
  const column = { table: 'signup_attempts', column: 'token', rowId: row.digest, sealed: row.token }
  const [token] = await openColumns(world.env.KEEPER, row.accountId, [column], world.now)
  return { ...row, token }
}
