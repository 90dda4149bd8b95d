// What stops a deletion for a while: a reason from a closed list, somebody who reviews it, an end. Placed and lifted by
// the operator. Called by routes.ts.

import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { assertion, type Database, database, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { newId } from '../ground/ids.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { type DeletionRow, wake } from './row.ts'

const { deletionBlocks, deletions } = schema

export type BlockReason = (typeof deletionBlocks.$inferSelect)['reason']
export const blockReasons = deletionBlocks.reason.enumValues

export type NewBlock = { reason: BlockReason; reviewer: string; endsAt: number }

/** Refused once the point of no return is passed: a block that stops nothing would be a lie. */
export async function placeBlock(
  { env, now }: World,
  deletion: DeletionRow,
  block: NewBlock,
): Promise<Result<{ id: string }, { reason: 'past_return' }>> {
  const db = database(env.DB)
  const { id: deletionId, accountId } = deletion
  const id = newId('blk')
  const passed = sql`EXISTS (SELECT 1 FROM deletion_steps WHERE deletion_id = ${deletionId} AND step = 'tombstone')`
  const [gone] = await db.all<{ gone: number }>(sql`SELECT ${passed} AS gone`)
  if (gone?.gone || ['erased', 'completed', 'cancelled'].includes(deletion.state))
    return refused({ reason: 'past_return' })
  await writeBatch(db, [
    db.insert(deletionBlocks).values({ id, deletionId, ...block, placedAt: now }),
    assertion(db, sql`NOT ${passed}`),
    entryInsert(db, {
      accountId,
      actor: 'operator',
      action: 'deletion.block',
      subject: deletionId,
      reason: block.reason,
      at: now,
    }),
  ])
  await wake(env, accountId, deletionId)
  return ok({ id })
}

/** Lifts every block; the deletion goes on where it stood. */
export async function liftBlocks({ env, now }: World, { id, accountId }: DeletionRow): Promise<void> {
  const db = database(env.DB)
  await writeBatch(db, [
    db
      .update(deletionBlocks)
      .set({ liftedAt: now })
      .where(and(eq(deletionBlocks.deletionId, id), isNull(deletionBlocks.liftedAt))),
    entryInsert(db, { accountId, actor: 'operator', action: 'deletion.unblock', subject: id, at: now }),
  ])
  await wake(env, accountId, id)
}

/** For a WHERE on deletion_blocks: those of this deletion, of whom it is about, and of whoever is part of that. */
export const blocksOn = ({ id, accountId, scope, subjectId }: DeletionRow): SQL => {
  const own = sql`deletion_id IN (${id}, ${subjectId}, ${accountId})`
  return scope === 'workspace'
    ? sql`(${own} OR EXISTS (SELECT 1 FROM contacts WHERE contacts.id = deletion_id AND contacts.account_id = ${accountId})
        OR EXISTS (SELECT 1 FROM members WHERE members.id = deletion_id AND members.account_id = ${accountId}))`
    : own
}

export const standing = (now: number): SQL => sql`lifted_at IS NULL AND ends_at > ${now}`

/** Until when somebody has stopped this deletion; its row says so, and says so no more when nobody has. */
export async function blockedUntilAt(
  db: Database,
  deletion: DeletionRow,
  now: number,
): Promise<number | undefined> {
  const block = await db
    .select()
    .from(deletionBlocks)
    .where(and(standing(now), blocksOn(deletion)))
    .get()
  const state = block ? 'blocked' : unblocked(deletion)
  if (state !== deletion.state) {
    // Unless it was cancelled meanwhile.
    await db
      .update(deletions)
      .set({ state })
      .where(and(eq(deletions.id, deletion.id), eq(deletions.state, deletion.state)))
    deletion.state = state
  }
  return block?.endsAt
}

/** Where a deletion stands that nobody stops. */
const unblocked = (deletion: DeletionRow): DeletionRow['state'] =>
  deletion.state !== 'blocked'
    ? deletion.state
    : deletion.startedAt !== null
      ? 'running'
      : deletion.verifiedAt !== null
        ? 'cooling_off'
        : 'waiting_approval'
