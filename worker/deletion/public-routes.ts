// Doors that need no account: how a deletion stands, its receipts, and an owner's decision by the secret of a mail.
// Mounted by app.ts under /api/v1/public.

import type { Context } from 'hono'
import { database } from '../../db/client.ts'
import type { DoorEnv } from '../audit/principal.ts'
import { codeOf } from '../custody/codes.ts'
import { loadPlatformRef } from '../custody/sealing.ts'
import { createRoute, jsonAnswer, openApiRoom, refusals, z } from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { type World, worldOf } from '../ground/world.ts'
import { loadInclusion } from '../transparency/client.ts'
import { approveDeletion, cancelDeletion, loadByToken } from './owners.ts'
import type { DeletionRow } from './row.ts'
import { receiptsSchema, receiptView, statusSchema, statusView } from './shapes.ts'
import { deletionByCode, loadStatus, type Status } from './status.ts'

const code = z.object({
  code: z
    .string()
    .max(64)
    .openapi({ param: { name: 'code', in: 'path' }, example: '7d2f4h6j8k0m1n3p5q7r9s1t3v' }),
})
const tags = ['Deletions']

const readStatus = createRoute({
  method: 'get',
  path: '/deletions/{code}',
  operationId: 'readDeletionStatus',
  summary: 'Follow a deletion by its code',
  description:
    'Says nothing of whom it is about. An unknown code answers like any address that is not there.',
  tags,
  security: [],
  request: { params: code },
  responses: { 200: jsonAnswer('How it stands.', statusSchema), ...refusals('not_found') },
})

const readReceipts = createRoute({
  method: 'get',
  path: '/deletions/{code}/receipts',
  operationId: 'readReceipts',
  summary: 'The receipts of a deletion',
  description:
    'Signed documents and the proof that the transparency log holds them; docs/verify-receipt.mjs checks both offline.',
  tags,
  security: [],
  request: { params: code },
  responses: { 200: jsonAnswer('What can be kept as proof.', receiptsSchema), ...refusals('not_found') },
})

const decide = createRoute({
  method: 'post',
  path: '/deletion-decisions',
  operationId: 'decideDeletion',
  summary: 'Approve or cancel the deletion of a workspace by the secret of a mail',
  tags,
  security: [],
  request: {
    body: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: z.strictObject({ token: z.string().max(64), decision: z.enum(['approve', 'cancel']) }),
        },
      },
    },
  },
  responses: {
    303: { description: 'To the page that shows how it stands.' },
    ...refusals('bad_request', 'not_found', 'conflict', 'past_return'),
  },
})

export const publicDeletions = openApiRoom<DoorEnv>()
  .openapi(readStatus, async (c) => {
    const own = c.req.valid('param').code
    const status = await statusOf(c, own)
    return c.json(statusView(own, status, await receiptsOf(c, status), Date.now()), 200, {
      'x-robots-tag': 'noindex',
    })
  })
  .openapi(readReceipts, async (c) => {
    const status = await statusOf(c, c.req.valid('param').code)
    return c.json({ receipts: await receiptsOf(c, status) }, 200, { 'x-robots-tag': 'noindex' })
  })
  .openapi(decide, async (c) => {
    const { token, decision } = c.req.valid('form')
    const found = await loadByToken(database(c.env.DB), token)
    if (!found) throw new Problem('not_found')
    await (decision === 'approve' ? approve : cancel)(worldOf(c), found)
    const ref = await loadPlatformRef(c.env.KEEPER)
    return c.redirect(`/data-deletion/${codeOf(ref, found.deletion.id)}`, 303)
  })

type Found = { deletion: DeletionRow; memberId: string }

async function approve(world: World, { deletion, memberId }: Found): Promise<void> {
  const done = await approveDeletion(world, deletion, memberId)
  if (!done.ok) throw new Problem('conflict', { detail: 'This deletion does not wait for your approval.' })
}

async function cancel(world: World, { deletion, memberId }: Found): Promise<void> {
  const done = await cancelDeletion(world, deletion, `member:${memberId}`)
  if (!done.ok) throw new Problem('past_return')
}

async function statusOf(c: Context<DoorEnv>, own: string): Promise<Status> {
  const db = database(c.env.DB)
  const deletion = await deletionByCode(db, own).get()
  if (!deletion) throw new Problem('not_found')
  return loadStatus(db, deletion)
}

const receiptsOf = (c: Context<DoorEnv>, { receipts }: Status) =>
  Promise.all(
    receipts.map(async (row) =>
      receiptView(row, await loadInclusion({ env: c.env, settings: c.var.settings }, row.leaf)),
    ),
  )
