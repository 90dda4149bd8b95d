// A legal hold laid beforehand: on a contact, a member or a whole workspace, so that no deletion of it passes the
// tombstone while it stands. Kept beside the blocks of deletions, which it becomes for each of them. Called by
// operator-routes.ts.

import { and, eq, isNull } from 'drizzle-orm'
import { database, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { newId } from '../ground/ids.ts'
import type { World } from '../ground/world.ts'
import type { NewBlock } from './blocks.ts'

const { deletionBlocks } = schema

export async function layHold(
  { env, now }: World,
  accountId: string,
  subjectId: string,
  hold: NewBlock,
): Promise<string> {
  const db = database(env.DB)
  const id = newId('blk')
  const entry = {
    accountId,
    actor: 'operator',
    action: 'hold.legal',
    subject: subjectId,
    reason: hold.reason,
  }
  await writeBatch(db, [
    db.insert(deletionBlocks).values({ id, deletionId: subjectId, ...hold, placedAt: now }),
    entryInsert(db, { ...entry, at: now }),
  ])
  return id
}

/** Every hold on the subject; what it stopped goes on within a minute. */
export async function releaseHolds({ env, now }: World, accountId: string, subjectId: string): Promise<void> {
  const db = database(env.DB)
  const entry = { accountId, actor: 'operator', action: 'hold.release', subject: subjectId }
  await writeBatch(db, [
    db
      .update(deletionBlocks)
      .set({ liftedAt: now })
      .where(and(eq(deletionBlocks.deletionId, subjectId), isNull(deletionBlocks.liftedAt))),
    entryInsert(db, { ...entry, at: now }),
  ])
}
