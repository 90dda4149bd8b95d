// Invitations to a workspace: a row with a secret that only the mail has. Called by the signin walk, which sends the mail and
// lets in who proves the address.

import { and, desc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import { assertion, type Database, type Statement, schema, statement } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import type { Role } from '../audit/principal.ts'
import { base64url, hex, randomBytes } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import { type AccountKeys, emailDigest, type Keepers, openColumns, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'

const { accounts, holds, invitations } = schema

export type InvitationRow = typeof invitations.$inferSelect
export type Invitation = InvitationRow & { address: string | null }

const tokenDigest = (token: string): string => hex(sha256(token))

/** A new invitation; earlier ones to the same address end. `token` stands in the mail and nowhere else. */
export async function newInvitation(
  db: Database,
  keys: { account: AccountKeys; platform: Pick<AccountKeys, 'ref'> },
  { accountId, role, email, actor }: { accountId: string; role: Role; email: string; actor: string },
  now: number,
): Promise<{ row: InvitationRow; token: string; statements: Statement[] }> {
  const id = newId('inv')
  const token = base64url(randomBytes(32))
  const row: InvitationRow = {
    id,
    accountId,
    role,
    email: await sealColumn(keys.account.seal, 'invitations', 'email', id, email),
    emailDigest: emailDigest(keys.platform, email),
    tokenDigest: tokenDigest(token),
    invitedBy: actor,
    createdAt: now,
    expiresAt: now + limits.invitationMs,
    acceptedAt: null,
    revokedAt: null,
  }
  const before = sql`account_id = ${accountId} AND email_digest = ${row.emailDigest} AND accepted_at IS NULL AND revoked_at IS NULL`
  return {
    row,
    token,
    statements: [
      assertion(
        db,
        sql`(SELECT count(*) FROM invitations WHERE account_id = ${accountId} AND created_at > ${now - limits.invitationsWithinMs}) < ${limits.invitationsAtOnce}`,
      ),
      statement(db, sql`UPDATE invitations SET revoked_at = ${now}, email = '' WHERE ${before}`),
      db.insert(invitations).values(row),
      entryInsert(db, { accountId, actor, action: 'member.invite', subject: id, reason: role, at: now }),
    ],
  }
}

/** Those that can still be accepted, newest first. */
export function invitationsQuery(
  db: Database,
  accountId: string,
  now: number,
  { limit, cursor }: Page<TimeKey>,
) {
  const after: SQL | undefined =
    cursor && sql`(${invitations.createdAt}, ${invitations.id}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(invitations)
    .where(and(eq(invitations.accountId, accountId), isOpen(now), after))
    .orderBy(desc(invitations.createdAt), desc(invitations.id))
    .limit(limit + 1)
}

const isOpen = (now: number) =>
  and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt), gt(invitations.expiresAt, now))

/** Undefined for one that is unknown, accepted, revoked or past its life, and in a workspace that is being deleted. */
export const invitationByToken = (db: Database, token: string, now: number) =>
  db
    .select({ invitation: invitations, workspace: accounts.name })
    .from(invitations)
    .innerJoin(accounts, eq(accounts.id, invitations.accountId))
    .where(
      and(
        eq(invitations.tokenDigest, tokenDigest(token)),
        isOpen(now),
        sql`NOT EXISTS (SELECT 1 FROM ${holds} WHERE account_id = ${invitations.accountId} AND subject_id = ${invitations.accountId}
          AND kind = 'frozen' AND (lifted_at IS NULL OR lifted_at < at))`,
      ),
    )

/** One Keeper call, however many rows. */
export async function openInvitations(
  keepers: Keepers,
  accountId: string,
  rows: InvitationRow[],
  now: number,
): Promise<Invitation[]> {
  const sealed = rows.map(({ id, email }) => ({
    table: 'invitations',
    column: 'email',
    rowId: id,
    sealed: email,
  }))
  const addresses = await openColumns(keepers, accountId, sealed, now)
  return rows.map((row, i) => ({ ...row, address: addresses[i] ?? null }))
}

/** Takes the invitation, once: the batch fails when somebody else has, or it was revoked. The address is not kept here. */
export const acceptUpdate = (db: Database, { id }: InvitationRow, now: number): Statement[] => [
  statement(
    db,
    sql`UPDATE invitations SET accepted_at = ${now}, email = ''
      WHERE id = ${id} AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > ${now}`,
  ),
  assertion(db, sql`changes() = 1`),
]

export const revokeInvitationUpdate = (
  db: Database,
  accountId: string,
  id: string,
  now: number,
): Statement[] => [
  statement(
    db,
    sql`UPDATE invitations SET revoked_at = ${now}, email = ''
      WHERE id = ${id} AND account_id = ${accountId} AND accepted_at IS NULL AND revoked_at IS NULL`,
  ),
  statement(db, sql`DELETE FROM mails WHERE challenge_id = ${id}`),
]

export const invitationQuery = (db: Database, accountId: string, id: string) =>
  db
    .select()
    .from(invitations)
    .where(and(eq(invitations.id, id), eq(invitations.accountId, accountId)))
