// A person took back at Facebook what the app may do in their name. Their grant is marked as ended and the owners are
// told; nothing of the business is deleted. Called by meta-callbacks.ts. Why so: docs/decisions/0019.

import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import { assertion, type Database, database, type Statement, schema, writeBatch } from '../../db/client.ts'
import { loadMetaUserDigest, metaLinkQuery } from '../accounts/members.ts'
import { entryInsert } from '../audit/audit.ts'
import { holdInsert } from '../audit/holds.ts'
import type { World } from '../ground/world.ts'
import { mailTexts } from '../mail/templates.ts'
import type { SignedRequest } from '../meta/signed-request.ts'
import { mailOwners } from './owners.ts'

const { accounts, metaLinks, wabas } = schema

type Link = typeof metaLinks.$inferSelect

/** Once for each grant, however often Meta says it. Somebody unknown, or a grant given after this, changes nothing. */
export async function recordDeauthorize(
  world: World,
  { userId, issuedAt }: Pick<SignedRequest, 'userId' | 'issuedAt'>,
): Promise<void> {
  const db = database(world.env.DB)
  const digest = await loadMetaUserDigest(world.env.KEEPER, userId)
  const link = await metaLinkQuery(db, digest).get()
  // Meta's clock counts seconds.
  if (!link || link.revokedAt !== null || link.at >= issuedAt + 1000) return
  try {
    await writeBatch(db, await statementsFor(world, db, link))
  } catch (cause) {
    // The same callback at the same moment was first.
    if ((await metaLinkQuery(db, digest).get())?.revokedAt == null) throw cause
  }
}

async function statementsFor(world: World, db: Database, link: Link): Promise<Statement[]> {
  const { now } = world
  const { accountId, memberId } = link
  const [account, others, connected] = await Promise.all([
    db.select().from(accounts).where(eq(accounts.id, accountId)).get(),
    othersQuery(db, link),
    db.select({ wabaId: wabas.wabaId }).from(wabas).where(eq(wabas.accountId, accountId)),
  ])
  const questioned = others.length === 0
  const mail = mailTexts.deauthorized({ workspace: account?.name ?? '', questioned })
  const own = and(eq(metaLinks.digest, link.digest), isNull(metaLinks.revokedAt))
  return [
    db.update(metaLinks).set({ revokedAt: now }).where(own),
    assertion(db, sql`changes() = 1`),
    entryInsert(db, {
      accountId,
      actor: 'meta',
      action: 'member.deauthorize',
      subject: memberId,
      reason: questioned ? 'no linked member is left' : undefined,
      at: now,
    }),
    ...(questioned ? connected.flatMap(({ wabaId }) => question(db, accountId, wabaId, now)) : []),
    ...(await mailOwners(world, db, accountId, 'deauthorized', mail)),
  ]
}

/** Members of the account whose own grant stands. */
const othersQuery = (db: Database, { accountId, digest }: Link) =>
  db
    .select({ memberId: metaLinks.memberId })
    .from(metaLinks)
    .where(and(eq(metaLinks.accountId, accountId), ne(metaLinks.digest, digest), isNull(metaLinks.revokedAt)))
    .limit(1)

/** `reconnect` stops nothing by itself: the next call that Meta accepts lifts it, one that it refuses confirms it. */
function question(db: Database, accountId: string, wabaId: string, at: number): Statement[] {
  const reason = 'DEAUTHORIZED'
  const entry = { accountId, actor: 'meta', action: 'hold.place', subject: wabaId, at }
  return [
    holdInsert(db, { accountId, subjectId: wabaId, kind: 'reconnect', reason, at }),
    entryInsert(db, { ...entry, reason: `reconnect: ${reason}` }),
  ]
}
