// What stands between a business and one of its contacts: a restriction, an objection. Placing either is noted with who asked;
// what the person themselves asked for, a business ends only as the law lets it. Called by routes.ts. Source: GDPR Art. 18, 21.

import { and, desc, eq, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import {
  among,
  assertion,
  type Database,
  database,
  type Statement,
  schema,
  writeBatch,
} from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { type HoldKind, holdInsert, holdLiftInsert, notRestricted } from '../audit/holds.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { consentFactsQuery } from '../consent/record.ts'
import { standingOf } from '../consent/standing.ts'
import { contactQuery } from '../conversations/list-contacts.ts'
import { contactTermsErase } from '../conversations/terms.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { announce } from '../live/announce.ts'

const { holds } = schema

/** For a WHERE: this contact is not to be written to first. `contact` is a column with the contact's id. */
export const objected = (accountId: string, contact: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM holds WHERE holds.account_id = ${accountId} AND holds.subject_id = ${contact}
    AND holds.kind = 'objected' AND (holds.lifted_at IS NULL OR holds.lifted_at < holds.at))`

const standing = or(isNull(holds.liftedAt), lt(holds.liftedAt, holds.at))

export const holdQuery = (db: Database, accountId: string, contactId: string, kind: HoldKind) =>
  db
    .select({ at: holds.at, reason: holds.reason })
    .from(holds)
    .where(
      and(eq(holds.accountId, accountId), eq(holds.subjectId, contactId), eq(holds.kind, kind), standing),
    )

export const objectionsQuery = (db: Database, accountId: string, contactIds: readonly string[]) =>
  db
    .select({ id: holds.subjectId, at: holds.at })
    .from(holds)
    .where(
      and(
        eq(holds.accountId, accountId),
        sql`${holds.subjectId} IN ${among(contactIds)}`,
        eq(holds.kind, 'objected'),
        standing,
      ),
    )

/** Only those that a business can end; a deletion that runs is followed elsewhere. Newest first. */
export function restrictionsQuery(db: Database, accountId: string, { limit, cursor }: Page<TimeKey>) {
  const after = cursor && sql`(${holds.at}, ${holds.subjectId}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select({ contactId: holds.subjectId, at: holds.at })
    .from(holds)
    .where(
      and(
        eq(holds.accountId, accountId),
        eq(holds.kind, 'restricted'),
        eq(holds.reason, 'request'),
        standing,
        after,
      ),
    )
    .orderBy(desc(holds.at), desc(holds.subjectId))
    .limit(limit + 1)
}

type Asked = { principal: Principal; contactId: string }

/** From now on nothing of this person is shown and nothing is sent. Twice is the same as once. */
export async function restrict(
  { env, now }: World,
  { principal, contactId }: Asked,
): Promise<Result<void, { reason: 'unknown' }>> {
  const db = database(env.DB)
  const { accountId } = principal
  const before = await holdQuery(db, accountId, contactId, 'restricted').get()
  if (before?.reason === 'request') return ok(undefined)
  if (before || !(await contactQuery(db, accountId, contactId).get())) return refused({ reason: 'unknown' })
  const hold = { accountId, subjectId: contactId, kind: 'restricted', reason: 'request', at: now } as const
  await writeBatch(db, [
    // A deletion that began meanwhile must not become something that a business can end.
    assertion(db, notRestricted(accountId, sql`${contactId}`)),
    holdInsert(db, hold),
    contactTermsErase(db, accountId, contactId),
    entryOf(db, principal, 'contact.restrict', contactId, now),
  ])
  await announce(env, accountId, [{ kind: 'contact_gone', contactId }])
  return ok(undefined)
}

/** Somebody said elsewhere than in the chat that they want no more messages. */
export async function object(
  { env, now }: World,
  { principal, contactId }: Asked,
): Promise<Result<{ at: number }, { reason: 'unknown' }>> {
  const db = database(env.DB)
  const { accountId } = principal
  if (!(await contactQuery(db, accountId, contactId).get())) return refused({ reason: 'unknown' })
  const before = await holdQuery(db, accountId, contactId, 'objected').get()
  if (before) return ok({ at: before.at })
  await writeBatch(db, [
    holdInsert(db, { accountId, subjectId: contactId, kind: 'objected', reason: 'request', at: now }),
    entryOf(db, principal, 'contact.object', contactId, now),
  ])
  await announce(env, accountId, [{ kind: 'contact', contactId }])
  return ok({ at: now })
}

/** Only the person ends it: by writing START, or by a consent to marketing that is newer and written down. */
export async function endObjection(
  { env, now }: World,
  { principal, contactId }: Asked,
): Promise<Result<void, { reason: 'unknown' | 'no_consent' }>> {
  const db = database(env.DB)
  const { accountId } = principal
  if (!(await contactQuery(db, accountId, contactId).get())) return refused({ reason: 'unknown' })
  const hold = await holdQuery(db, accountId, contactId, 'objected').get()
  if (!hold) return refused({ reason: 'unknown' })
  const { state, at, source } = standingOf(await consentFactsQuery(db, accountId, [contactId]), 'marketing')
  if (state !== 'given' || source === 'import' || (at ?? 0) <= hold.at)
    return refused({ reason: 'no_consent' })
  await writeBatch(db, [
    holdLiftInsert(db, { accountId, subjectId: contactId, kind: 'objected', reason: hold.reason, at: now }),
    entryOf(db, principal, 'objection.lift', contactId, now),
  ])
  await announce(env, accountId, [{ kind: 'contact', contactId }])
  return ok(undefined)
}

export const entryOf = (
  db: Database,
  principal: Principal,
  action: string,
  subject: string,
  at: number,
  reason?: string,
): Statement =>
  entryInsert(db, { accountId: principal.accountId, actor: actorOf(principal), action, subject, at, reason })
