// How a deletion stands, for whoever has its code: nothing in it says who somebody is. Called by routes.ts.

import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import { codeDigest } from '../custody/codes.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import { blocksOn } from './blocks.ts'
import type { DeletionRow } from './row.ts'
import { steps } from './steps.ts'

const { deletionBlocks, deletionSteps, deletions, receipts } = schema

/** By its own code, or by that of the request it came from: both pages are the same person's. */
export const deletionByCode = (db: Database, code: string) =>
  db
    .select()
    .from(deletions)
    .where(
      sql`${deletions.codeDigest} = ${codeDigest(code)} OR ${deletions.id} = (
        SELECT r.deletion_id FROM requests r WHERE r.code_digest = ${codeDigest(code)})`,
    )

export type Status = {
  deletion: DeletionRow
  blocks: (typeof deletionBlocks.$inferSelect)[]
  /** Every step there is, those to come included. */
  steps: (typeof deletionSteps.$inferSelect)[]
  receipts: (typeof receipts.$inferSelect)[]
}

export async function loadStatus(db: Database, deletion: DeletionRow): Promise<Status> {
  const { id } = deletion
  const [blocks, walked, issued] = await db.batch([
    db.select().from(deletionBlocks).where(blocksOn(deletion)).orderBy(asc(deletionBlocks.placedAt)),
    db.select().from(deletionSteps).where(eq(deletionSteps.deletionId, id)),
    db.select().from(receipts).where(eq(receipts.deletionId, id)).orderBy(asc(receipts.at)),
  ])
  const all = steps.map(([step], position) => {
    const pending = { deletionId: id, position, step, state: 'pending' as const, attempts: 0 }
    return (
      walked.find((row) => row.position === position) ?? {
        ...pending,
        startedAt: null,
        finishedAt: null,
        counts: {},
      }
    )
  })
  return { deletion, blocks, steps: all, receipts: issued }
}

export const deletionQuery = (db: Database, accountId: string, id: string) =>
  db
    .select()
    .from(deletions)
    .where(and(eq(deletions.id, id), eq(deletions.accountId, accountId)))

/** Newest first. */
export const deletionsQuery = (db: Database, accountId: string, { limit, cursor }: Page<TimeKey>) =>
  db
    .select()
    .from(deletions)
    .where(
      and(
        eq(deletions.accountId, accountId),
        cursor && sql`(${deletions.requestedAt}, ${deletions.id}) < (${cursor[0]}, ${cursor[1]})`,
      ),
    )
    .orderBy(desc(deletions.requestedAt), desc(deletions.id))
    .limit(limit + 1)

/** The deletion of the whole workspace that stands, if one does. */
export const workspaceDeletionQuery = (db: Database, accountId: string) =>
  db
    .select()
    .from(deletions)
    .where(
      and(
        eq(deletions.accountId, accountId),
        eq(deletions.scope, 'workspace'),
        eq(deletions.subjectId, accountId),
        sql`${deletions.state} <> 'cancelled'`,
      ),
    )
    .orderBy(desc(deletions.requestedAt))
    .limit(1)
