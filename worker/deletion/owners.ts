// The owners of a workspace and its deletion: each is told, each has a secret link by which to approve or cancel, and
// where there is more than one, another than the one who asked must approve. Called by request.ts, routes.ts.

import { and, eq, sql } from 'drizzle-orm'
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
import { holdLiftInsert } from '../audit/holds.ts'
import { base64url, hex, randomBytes } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { mailInsert } from '../mail/mail.ts'
import { type MailText, mailTexts } from '../mail/templates.ts'
import { statusUrl } from './code.ts'
import { type DeletionRow, restrictions, wake } from './row.ts'
import { tellStands } from './tell.ts'

const { deletionOwners, deletions, members } = schema

export const loadOwners = (db: Database, accountId: string): Promise<{ id: string }[]> =>
  db
    .select({ id: members.id })
    .from(members)
    .where(and(eq(members.accountId, accountId), eq(members.role, 'owner')))
    .all()

/** One who is no longer an owner, in one statement: of two who leave at the same moment, one stays. */
export const resignationUpdate = (db: Database, accountId: string, memberId: string): Statement =>
  statement(
    db,
    sql`UPDATE members SET role = 'agent' WHERE id = ${memberId} AND account_id = ${accountId} AND role = 'owner'
      AND EXISTS (SELECT 1 FROM members other WHERE other.account_id = ${accountId} AND other.role = 'owner' AND other.id <> ${memberId})`,
  )

/** As above; the batch fails when nobody else would be left. */
export const resignation = (db: Database, accountId: string, memberId: string): Statement[] => [
  resignationUpdate(db, accountId, memberId),
  assertion(db, sql`changes() = 1`),
]

/** The same mail to every owner. */
export async function mailOwners(
  { env, now }: Pick<World, 'env' | 'now'>,
  db: Database,
  accountId: string,
  kind: string,
  text: MailText,
): Promise<Statement[]> {
  const owners = await loadOwners(db, accountId)
  return Promise.all(
    owners.map(({ id: memberId }) =>
      mailInsert(db, env.KEEPER, { to: { accountId, memberId }, kind, ...text }, now),
    ),
  )
}

/** A row, a secret and a mail for every owner. The secret is in the mail and nowhere else. */
export async function tellOwners(
  world: World,
  db: Database,
  deletion: DeletionRow,
  code: string,
  owners: { id: string }[],
  askedBy: string | undefined,
): Promise<Statement[]> {
  const { env, settings, now } = world
  const statements: Statement[] = []
  for (const { id: memberId } of owners) {
    const token = base64url(randomBytes(32))
    const asked = memberId === askedBy
    const row = { deletionId: deletion.id, memberId, accountId: deletion.accountId, asked, toldAt: now }
    const approvedAt = asked ? now : null
    statements.push(db.insert(deletionOwners).values({ ...row, approvedAt, tokenDigest: tokenDigest(token) }))
    const text = mailTexts.deletionRequested({
      statusUrl: statusUrl(settings, code),
      decideUrl: `${settings.publicOrigin}/data-deletion/decide/${token}`,
      needsApproval: deletion.state === 'waiting_approval' && !asked,
      coolingUntil: deletion.coolingUntil,
    })
    const to = { accountId: deletion.accountId, memberId }
    const mail = { to, kind: 'deletion_requested', ...text }
    statements.push(await mailInsert(db, env.KEEPER, mail, now))
  }
  return statements
}

export const tokenDigest = (token: string): string => hex(sha256(token))

export type Decided = Result<
  DeletionRow,
  { reason: 'unknown' | 'past_return' | 'own_request' | 'not_waiting' }
>

/** A second owner agrees: the cooling-off begins. Agreeing twice is agreeing once. */
export async function approveDeletion(
  world: World,
  deletion: DeletionRow,
  memberId: string,
): Promise<Decided> {
  const db = database(world.env.DB)
  const own = and(eq(deletionOwners.deletionId, deletion.id), eq(deletionOwners.memberId, memberId))
  const owner = await db.select().from(deletionOwners).where(own).get()
  if (!owner) return refused({ reason: 'unknown' })
  if (owner.asked) return refused({ reason: 'own_request' })
  if (deletion.state !== 'waiting_approval')
    return owner.approvedAt === null ? refused({ reason: 'not_waiting' }) : ok(deletion)
  const { now } = world
  const coolingUntil = now + limits.coolingOffMs
  const approved: DeletionRow = { ...deletion, state: 'cooling_off', verifiedAt: now, coolingUntil }
  const entry = { accountId: deletion.accountId, actor: `member:${memberId}`, subject: deletion.id, at: now }
  const won = await transition(db, deletion, [
    statement(
      db,
      sql`UPDATE deletions SET state = 'cooling_off', verified_at = ${now}, cooling_until = ${coolingUntil}
        WHERE id = ${deletion.id} AND state = 'waiting_approval'`,
    ),
    assertion(db, sql`changes() = 1`),
    db.update(deletionOwners).set({ approvedAt: now }).where(own),
    ...restrictions(db, approved, now),
    entryInsert(db, { ...entry, action: 'deletion.approve' }),
  ])
  if (!won) return approveDeletion(world, (await loadDeletion(db, deletion.id)) ?? deletion, memberId)
  await tellStands(world.env, approved)
  await wake(world.env, deletion.accountId, deletion.id)
  return ok(approved)
}

/** Takes the request back, while nothing has begun. One batch decides between this and the beginning of the erasure. */
export async function cancelDeletion(world: World, deletion: DeletionRow, actor: string): Promise<Decided> {
  const { now, env } = world
  const db = database(env.DB)
  if (deletion.state === 'cancelled') return ok(deletion)
  if (deletion.startedAt !== null) return refused({ reason: 'past_return' })
  const won = await transition(db, deletion, [
    statement(
      db,
      sql`UPDATE deletions SET state = 'cancelled', cancelled_at = ${now}, cancelled_by = ${actor}
        WHERE id = ${deletion.id} AND started_at IS NULL AND state IN ('waiting_approval', 'cooling_off', 'blocked')`,
    ),
    assertion(db, sql`changes() = 1`),
    ...(await cancelStatements(world, db, deletion, actor)),
  ])
  const standing = (await loadDeletion(db, deletion.id)) ?? deletion
  if (!won && standing.state !== 'cancelled') return refused({ reason: 'past_return' })
  await wake(env, deletion.accountId, deletion.id)
  return ok(standing)
}

export const loadDeletion = (db: Database, id: string): Promise<DeletionRow | undefined> =>
  db.select().from(deletions).where(eq(deletions.id, id)).get()

/**
 * Runs a batch that begins by moving a deletion on from where the caller saw it. False when somebody else moved it
 * first; then nothing was written.
 */
async function transition(db: Database, before: DeletionRow, statements: Statement[]): Promise<boolean> {
  try {
    await writeBatch(db, statements)
    return true
  } catch (cause) {
    const after = await loadDeletion(db, before.id)
    if (before.state === after?.state && before.startedAt === after.startedAt) throw cause
    return false
  }
}

async function cancelStatements(
  world: World,
  db: Database,
  { id, accountId }: DeletionRow,
  actor: string,
): Promise<Statement[]> {
  const { now } = world
  const hold = { accountId, subjectId: accountId, kind: 'frozen' as const, reason: 'deletion', at: now }
  const mails = await mailOwners(world, db, accountId, 'deletion_cancelled', mailTexts.deletionCancelled())
  return [
    holdLiftInsert(db, hold),
    // The links in the mails end with the request.
    statement(db, sql`DELETE FROM deletion_owners WHERE deletion_id = ${id}`),
    ...mails,
    entryInsert(db, { accountId, actor, action: 'deletion.cancel', subject: id, at: now }),
  ]
}

/** Which deletion and owner a secret from a mail stands for. */
export async function loadByToken(
  db: Database,
  token: string,
): Promise<{ deletion: DeletionRow; memberId: string } | undefined> {
  return db
    .select({ deletion: deletions, memberId: deletionOwners.memberId })
    .from(deletionOwners)
    .innerJoin(deletions, eq(deletions.id, deletionOwners.deletionId))
    .where(eq(deletionOwners.tokenDigest, tokenDigest(token)))
    .get()
}
