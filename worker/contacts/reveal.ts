// Shows one contact's phone number and user id to somebody who sees them masked. The ledger says who did, and a bound keeps it
// from becoming a list. Called by routes.ts.

import { and, eq, gt, sql } from 'drizzle-orm'
import { assertion, database, schema, writeBatch } from '../../db/client.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { type ContactView, contactQuery, openContacts } from '../conversations/list-contacts.ts'
import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { entryOf } from './held.ts'

const { auditEntries } = schema
const action = 'contact.reveal'
const hourMs = 3_600_000

export async function reveal(
  { env, now }: World,
  principal: Principal,
  contactId: string,
): Promise<Result<Pick<ContactView, 'phone' | 'bsuid'>, { reason: 'unknown' | 'too_many' }>> {
  const db = database(env.DB)
  const { accountId } = principal
  const row = await contactQuery(db, accountId, contactId).get()
  if (!row) return refused({ reason: 'unknown' })
  const [contact] = await openContacts(env.KEEPER, accountId, [row], now)
  const recent = recently(principal, now)
  if ((await db.$count(auditEntries, recent)) >= limits.revealsPerHour) return refused({ reason: 'too_many' })
  try {
    await writeBatch(db, [
      // Once more, where nobody can come in between.
      assertion(db, sql`(SELECT count(*) FROM ${auditEntries} WHERE ${recent}) < ${limits.revealsPerHour}`),
      entryOf(db, principal, action, contactId, now),
    ])
  } catch (cause) {
    if ((await db.$count(auditEntries, recent)) >= limits.revealsPerHour)
      return refused({ reason: 'too_many' })
    throw cause
  }
  const { phone, bsuid } = contact as ContactView
  return ok({ phone, bsuid })
}

const recently = (principal: Principal, now: number) =>
  and(
    eq(auditEntries.accountId, principal.accountId),
    gt(auditEntries.at, now - hourMs),
    eq(auditEntries.actor, actorOf(principal)),
    eq(auditEntries.action, action),
  )
