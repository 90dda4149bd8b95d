// What the API says of deletions. The schemas parse requests, type answers and fill /openapi.json. Called by routes.ts.

import { limits } from '../ground/limits.ts'
import { instant, isoTime, isoTimeOrNull, pageSchema, z } from '../ground/openapi.ts'
import type { InclusionView } from '../transparency/client.ts'
import { blockReasons } from './blocks.ts'
import type { OpenedDeletion } from './request.ts'
import type { DeletionRow } from './row.ts'
import type { Status } from './status.ts'

const state = z
  .enum(['waiting_approval', 'cooling_off', 'running', 'blocked', 'erased', 'completed', 'cancelled'])
  .describe(
    '`erased`: live data is gone and the first receipt is there. `completed`: no backup has it either.',
  )
const code = z
  .string()
  .describe('26 letters and digits. Whoever has it may follow the deletion.')
  .openapi({ example: '7d2f4h6j8k0m1n3p5q7r9s1t3v' })
const id = z.string().openapi({ example: 'del_7d2f4h6j8k0m1n3p5q7r9s1t3v' })

export const openedSchema = z
  .object({ id, code, statusUrl: z.string().describe('The page that shows how it stands.'), state })
  .openapi('OpenedDeletion')

export const openedView = ({ id: of, code: own, url: statusUrl, state: stands }: OpenedDeletion) => ({
  id: of,
  code: own,
  statusUrl,
  state: stands,
})

export const previewSchema = z
  .object({
    erased: z.array(z.object({ place: z.string(), count: z.int() })),
    kept: z.array(
      z.object({
        place: z.string(),
        count: z.int(),
        why: z.string(),
        days: z.int().nullable().describe('For how long; null: without end.'),
      }),
    ),
  })
  .openapi('DeletionPreview')

export const deletionSchema = z
  .object({
    id,
    scope: z.enum(['contact', 'member', 'visitor', 'workspace', 'meta_user']),
    subjectId: z.string().describe('The opaque id of whom it is about.'),
    state,
    requestedAt: instant,
    requestedBy: z.string(),
    verifiedAt: instant.nullable(),
    coolingUntil: instant.nullable(),
    erasedAt: instant.nullable(),
    goneBy: instant.nullable(),
    completedAt: instant.nullable(),
    cancelledAt: instant.nullable(),
  })
  .openapi('Deletion')
/** With what opens the page on which everybody who has the code can follow it, and its receipts. */
export const followedSchema = deletionSchema
  .extend({ code, statusUrl: z.string() })
  .openapi('FollowedDeletion')
export const deletionPage = pageSchema('DeletionPage', deletionSchema)

export const deletionView = (row: DeletionRow) => ({
  id: row.id,
  scope: row.scope,
  subjectId: row.subjectId,
  state: row.state,
  requestedAt: isoTime(row.requestedAt),
  requestedBy: row.requestedBy,
  verifiedAt: isoTimeOrNull(row.verifiedAt),
  coolingUntil: isoTimeOrNull(row.coolingUntil),
  erasedAt: isoTimeOrNull(row.erasedAt),
  goneBy: isoTimeOrNull(row.goneBy),
  completedAt: isoTimeOrNull(row.completedAt),
  cancelledAt: isoTimeOrNull(row.cancelledAt),
})

const inclusion = z.object({
  index: z.int(),
  size: z.int(),
  leaf: z.string(),
  proof: z.array(z.string()),
  checkpoint: z.string(),
})
export const receiptSchema = z.object({
  kind: z.enum(['live', 'final']),
  jws: z.string(),
  at: instant,
  log: inclusion.nullable().describe('Null until the transparency log has it.'),
})
export const receiptsSchema = z.object({ receipts: z.array(receiptSchema) }).openapi('Receipts')

export const statusSchema = z
  .object({
    code,
    scope: z.enum(['contact', 'member', 'visitor', 'workspace', 'meta_user']),
    state,
    requestedAt: instant,
    verifiedAt: instant.nullable(),
    coolingUntil: instant.nullable(),
    erasedAt: instant.nullable(),
    goneBy: instant.nullable(),
    completedAt: instant.nullable(),
    cancelledAt: instant.nullable(),
    blocks: z.array(z.object({ reason: z.enum(blockReasons), reviewer: z.string(), endsAt: instant })),
    steps: z.array(
      z.object({
        name: z.string(),
        state: z.enum(['pending', 'running', 'retrying', 'done', 'skipped', 'gave_up']),
        at: instant.nullable().describe('When it ended, else when it began.'),
        attempts: z.int(),
        startedAt: instant.nullable(),
        finishedAt: instant.nullable(),
        counts: z.record(z.string(), z.int()),
      }),
    ),
    receipt: z.string().nullable().describe('The newest receipt: a compact JWS.'),
    receipts: z.array(receiptSchema),
  })
  .openapi('DeletionStatus')

export type ReceiptView = z.infer<typeof receiptSchema>

export const receiptView = (
  row: Status['receipts'][number],
  log: InclusionView | undefined,
): ReceiptView => ({ kind: row.kind, jws: row.jws, at: isoTime(row.at), log: log ?? null })

export function statusView(
  own: string,
  { deletion, blocks, steps }: Status,
  receipts: ReceiptView[],
  now: number,
) {
  const { id: _id, subjectId: _subject, requestedBy: _by, ...open } = deletionView(deletion)
  return {
    code: own.toLowerCase(),
    ...open,
    blocks: blocks
      .filter((block) => block.liftedAt === null && block.endsAt > now)
      .map(({ reason, reviewer, endsAt }) => ({ reason, reviewer, endsAt: isoTime(endsAt) })),
    steps: steps.map((row) => ({
      name: row.step,
      state: row.state,
      at: isoTimeOrNull(row.finishedAt ?? row.startedAt),
      attempts: row.attempts,
      startedAt: isoTimeOrNull(row.startedAt),
      finishedAt: isoTimeOrNull(row.finishedAt),
      counts: row.counts,
    })),
    receipt: receipts.at(-1)?.jws ?? null,
    receipts,
  }
}

export const dryRunQuery = z.strictObject({
  dryRun: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: '`true` only counts what would go and what would stay.' }),
})

export const workspaceBody = z
  .strictObject({
    deregister: z.boolean().default(false).describe('Also give up the numbers at Meta. Cannot be undone.'),
  })
  .openapi('WorkspaceDeletion')

export const bulkBody = z
  .strictObject({ ids: z.array(z.string().min(1).max(64)).min(1).max(limits.bulkDeletions) })
  .openapi('ContactDeletions')
export const bulkSchema = z
  .object({
    data: z.array(z.object({ contactId: z.string(), deletion: openedSchema.nullable() })),
  })
  .openapi('OpenedDeletions')

export const blockBody = z
  .strictObject({
    reason: z.enum(blockReasons),
    reviewer: z
      .string()
      .regex(/^[a-z][a-z0-9 _-]{1,39}$/)
      .describe('A role, never a name.')
      .openapi({ example: 'legal counsel' }),
    endsAt: z.iso.datetime().openapi({ example: '2026-12-22T09:30:00.000Z' }),
  })
  .openapi('DeletionBlock')
