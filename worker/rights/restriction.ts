// A person who asked to be left alone: whether that stands, and how a business ends it. Called by the doors. Source: GDPR
// Art. 18(3): whoever obtained it is told before it is lifted.

import { and, desc, eq, isNull, lt, or } from 'drizzle-orm'
import { type Database, database, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { holdLiftInsert } from '../audit/holds.ts'
import { personTermsAnew } from '../conversations/person-terms.ts'
import { contactDueUpsert } from '../conversations/terms.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import type { Hands } from './hands.ts'
import { tellPerson } from './tell.ts'

const { holds, requests } = schema

/** True while the contact's own wish stands; a restriction because of a deletion is another thing and ends with it. */
export async function isRestricted(db: Database, accountId: string, contactId: string): Promise<boolean> {
  const hold = await db
    .select({ reason: holds.reason })
    .from(holds)
    .where(
      and(
        eq(holds.accountId, accountId),
        eq(holds.subjectId, contactId),
        eq(holds.kind, 'restricted'),
        or(isNull(holds.liftedAt), lt(holds.liftedAt, holds.at)),
      ),
    )
    .get()
  return hold?.reason === 'request'
}

/** The person hears of it first, where they can be reached. `unknown`: no wish of this kind stands. */
export async function liftRestriction(
  world: World,
  hands: Hands,
  accountId: string,
  contactId: string,
  actor: string,
): Promise<Result<void, { reason: 'unknown' }>> {
  const { env, now } = world
  const db = database(env.DB)
  if (!(await isRestricted(db, accountId, contactId))) return refused({ reason: 'unknown' })
  const asked = await db
    .select()
    .from(requests)
    .where(
      and(
        eq(requests.accountId, accountId),
        eq(requests.subjectId, contactId),
        eq(requests.type, 'restrict'),
        eq(requests.state, 'done'),
      ),
    )
    .orderBy(desc(requests.closedAt))
    .limit(1)
    .get()
  if (asked) await tellPerson(world, hands, asked, { kind: 'lifted' })
  await writeBatch(db, [
    holdLiftInsert(db, { accountId, subjectId: contactId, kind: 'restricted', reason: 'request', at: now }),
    // They may be found again.
    contactDueUpsert(db, accountId, contactId, 'all', now),
    ...(await personTermsAnew(db, env.KEEPER, accountId, contactId, now)),
    entryInsert(db, { accountId, actor, action: 'restriction.lift', subject: contactId, at: now }),
  ])
  return ok(undefined)
}
