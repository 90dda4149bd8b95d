// What messages asked for, as rows: written in the batch that writes the message, looked at until it is done. Statements do not
// run here. Called by the inbound walk (wishesInsert) and by rights/chat.ts.

import { and, asc, eq, isNotNull, lte, type SQL } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema } from '../../db/client.ts'
import { limits } from '../ground/limits.ts'

const { wishes } = schema

export type WishRow = typeof wishes.$inferSelect
export type NewWish = Omit<typeof wishes.$inferInsert, 'attempts'>

/** A message that comes twice asks once. */
export const wishesInsert = (db: Database, rows: NewWish[]): Statement => rowsInsert(db, wishes, rows)

/** Oldest first, a bounded number; of one account where it is named. */
export const dueWishesQuery = (db: Database, now: number, accountId?: string) =>
  db
    .select()
    .from(wishes)
    .where(
      and(lte(wishes.nextAt, now), accountId === undefined ? undefined : eq(wishes.accountId, accountId)),
    )
    .orderBy(asc(wishes.at), asc(wishes.messageId))
    .limit(limits.wishBatch)

/** Nobody else looked at it since it was read. */
const untouched = (wish: WishRow): SQL | undefined =>
  and(eq(wishes.messageId, wish.messageId), eq(wishes.attempts, wish.attempts), isNotNull(wishes.nextAt))

/**
 * Takes the wish for one try: false when another run has it. Should that run break off, it comes up again at the distance of
 * its attempts, the last one for ever.
 */
export async function leaseWish(db: Database, wish: WishRow, now: number): Promise<boolean> {
  const waits = limits.wishRetryMs
  const wait = waits[Math.min(wish.attempts, waits.length - 1)] as number
  const leased = await db
    .update(wishes)
    .set({ attempts: wish.attempts + 1, nextAt: now + wait })
    .where(untouched(wish))
    .returning({ id: wishes.messageId })
  return leased.length > 0
}

/** The row stays for its life (catalogue), so that the same message asks no second time. */
export const wishDoneUpdate = (db: Database, messageId: string): Statement =>
  db.update(wishes).set({ nextAt: null }).where(eq(wishes.messageId, messageId))
