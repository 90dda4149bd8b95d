// What the operator of the gateway may do about deletions: Meta's lists, blocks, another search, an epoch turn at once.
// Mounted by app.ts under /api/v1/operator, behind the operator's key.

import type { Context } from 'hono'
import { database } from '../../db/client.ts'
import { accountExists } from '../accounts/accounts.ts'
import type { DoorEnv } from '../audit/principal.ts'
import { keeperOf, platformAccount } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { createRoute, idParam, jsonAnswer, jsonBody, openApiRoom, refusals, z } from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { worldOf } from '../ground/world.ts'
import { parseJson } from '../meta/json.ts'
import { liftBlocks, placeBlock } from './blocks.ts'
import { layHold, releaseHolds } from './holds.ts'
import { importMetaDeletions } from './meta-callbacks.ts'
import type { ResidueCursor } from './residue.ts'
import type { DeletionRow } from './row.ts'
import { blockBody } from './shapes.ts'
import { deletionByCode } from './status.ts'
import { searchAgain } from './step-residue.ts'

const tags = ['Operator']
const security = [{ operatorKey: [] }]
const code = z.object({
  code: z
    .string()
    .max(64)
    .openapi({ param: { name: 'code', in: 'path' } }),
})
const common = { tags, security }

const importIds = createRoute({
  ...common,
  method: 'post',
  path: '/meta-deletions',
  operationId: 'importMetaDeletions',
  summary: 'Import ids of Meta’s list of people to delete',
  description: 'One request per id; an id that was imported before keeps its code.',
  request: {
    body: jsonBody(
      z.strictObject({
        ids: z
          .array(z.string().regex(/^\d{1,32}$/, 'An id of Meta is digits'))
          .min(1)
          .max(limits.bulkDeletions),
      }),
    ),
  },
  responses: {
    200: jsonAnswer(
      'One answer for each id, in the order given.',
      z.object({
        data: z.array(
          z.object({
            id: z.string(),
            code: z.string(),
            known: z.boolean().describe('Asked for before.'),
          }),
        ),
      }),
    ),
    ...refusals('bad_request', 'not_found', 'too_large', 'unsupported_media'),
  },
})

const residueCursor = z.discriminatedUnion('store', [
  z.strictObject({ store: z.literal('d1'), table: z.string(), row: z.int().nullable() }),
  z.strictObject({ store: z.literal('kv'), at: z.string().nullable() }),
  z.strictObject({ store: z.literal('r2'), at: z.string().nullable() }),
  z.strictObject({ store: z.literal('do'), object: z.int().min(0), at: z.string().optional() }),
])

/** Where a search goes on. */
const cursorText = z
  .string()
  .max(2_000)
  .transform((text, context): ResidueCursor => {
    const parsed = residueCursor.safeParse(parseJson(Buffer.from(text, 'base64url').toString())?.value)
    if (parsed.success) return parsed.data
    context.addIssue({ code: 'custom', message: 'Not a cursor of this search' })
    return z.NEVER
  })
  .openapi({ type: 'string', description: '`next` of the part before. Opaque.' })

const search = createRoute({
  ...common,
  method: 'post',
  path: '/deletions/{code}/residue',
  operationId: 'searchResidue',
  summary: 'Search every place again for what a deletion should have left nowhere',
  description:
    'By keyed digests: nothing in clear is kept to search with. Each call searches a part; call again with `after` set to `next` until that is null.',
  request: { params: code, query: z.strictObject({ after: cursorText.optional() }) },
  responses: {
    200: jsonAnswer(
      'Values looked at and values found, by place.',
      z.object({
        searched: z.record(z.string(), z.int()),
        found: z.record(z.string(), z.int()),
        next: z.string().nullable(),
      }),
    ),
    ...refusals('bad_request', 'not_found', 'conflict'),
  },
})

const block = createRoute({
  ...common,
  method: 'post',
  path: '/deletions/{code}/blocks',
  operationId: 'blockDeletion',
  summary: 'Stop a deletion for a while',
  description: 'With a reason, a reviewer and an end within ninety days, all shown on its status.',
  request: { params: code, body: jsonBody(blockBody) },
  responses: {
    201: jsonAnswer('The block.', z.object({ id: z.string() })),
    ...refusals('bad_request', 'not_found', 'past_return', 'too_large', 'unsupported_media'),
  },
})

const unblock = createRoute({
  ...common,
  method: 'delete',
  path: '/deletions/{code}/blocks',
  operationId: 'unblockDeletion',
  summary: 'Let a deletion go on',
  request: { params: code },
  responses: { 204: { description: 'Nothing stops it any more.' }, ...refusals('not_found') },
})

const hold = createRoute({
  ...common,
  method: 'post',
  path: '/accounts/{id}/holds',
  operationId: 'layLegalHold',
  summary: 'Lay a legal hold on a contact, a member or a whole workspace',
  description:
    'Beforehand: no deletion of the subject, nor of the workspace it is part of, erases anything while it stands.',
  request: {
    params: idParam('acc_7d2f4h6j8k0m1n3p5q7r9s1t3v'),
    body: jsonBody(
      blockBody.extend({ subjectId: z.string().regex(/^(acc|cnt|mem)_\w{1,32}$/) }).openapi('LegalHold'),
    ),
  },
  responses: {
    201: jsonAnswer('The hold.', z.object({ id: z.string() })),
    ...refusals('bad_request', 'not_found', 'too_large', 'unsupported_media'),
  },
})

const release = createRoute({
  ...common,
  method: 'delete',
  path: '/accounts/{id}/holds',
  operationId: 'releaseLegalHold',
  summary: 'Release the holds on a subject',
  request: {
    params: idParam('acc_7d2f4h6j8k0m1n3p5q7r9s1t3v'),
    query: z.strictObject({ subjectId: z.string().regex(/^(acc|cnt|mem)_\w{1,32}$/) }),
  },
  responses: { 204: { description: 'Nothing holds it any more.' }, ...refusals('bad_request', 'not_found') },
})

const turn = createRoute({
  ...common,
  method: 'post',
  path: '/accounts/{id}/epoch',
  operationId: 'turnEpoch',
  summary: 'Make destroyed keys underivable at once',
  description: 'Happens by itself within minutes of an erasure; this does not wait.',
  request: { params: idParam('acc_7d2f4h6j8k0m1n3p5q7r9s1t3v') },
  responses: {
    200: jsonAnswer('What was turned.', z.object({ trees: z.int(), keys: z.int() })),
    ...refusals('not_found'),
  },
})

export const operatorDeletions = openApiRoom<DoorEnv>()
  .openapi(importIds, async (c) => {
    const { ids } = c.req.valid('json')
    const imported = await importMetaDeletions(worldOf(c), ids)
    return c.json({ data: imported.map((one, i) => ({ id: ids[i] as string, ...one })) }, 200)
  })
  .openapi(search, async (c) => {
    const deletion = await deletionOf(c, c.req.valid('param').code)
    const digests = await c.env.ERASER.getByName(deletion.accountId).needles(deletion.id)
    if (!digests)
      throw new Problem('conflict', { detail: 'Nothing is kept yet, or any more, to search with.' })
    const { after } = c.req.valid('query')
    const { searched, found, cursor } = await searchAgain(c.env, deletion, digests, after)
    const next = cursor ? Buffer.from(JSON.stringify(cursor)).toString('base64url') : null
    return c.json({ searched, found, next }, 200)
  })
  .openapi(block, async (c) => {
    const { reason, reviewer, endsAt } = c.req.valid('json')
    const until = parseEnd(endsAt)
    const deletion = await deletionOf(c, c.req.valid('param').code)
    const placed = await placeBlock(worldOf(c), deletion, { reason, reviewer, endsAt: until })
    if (!placed.ok) throw new Problem('past_return')
    return c.json(placed.value, 201)
  })
  .openapi(unblock, async (c) => {
    await liftBlocks(worldOf(c), await deletionOf(c, c.req.valid('param').code))
    return c.body(null, 204)
  })
  .openapi(hold, async (c) => {
    const { subjectId, reason, reviewer, endsAt } = c.req.valid('json')
    const until = parseEnd(endsAt)
    const { id } = c.req.valid('param')
    if (!(await accountExists(database(c.env.DB), id))) throw new Problem('not_found')
    const laid = await layHold(worldOf(c), id, subjectId, { reason, reviewer, endsAt: until })
    return c.json({ id: laid }, 201)
  })
  .openapi(release, async (c) => {
    const { id } = c.req.valid('param')
    if (!(await accountExists(database(c.env.DB), id))) throw new Problem('not_found')
    await releaseHolds(worldOf(c), id, c.req.valid('query').subjectId)
    return c.body(null, 204)
  })
  .openapi(turn, async (c) => {
    const { id } = c.req.valid('param')
    if (id !== platformAccount && !(await accountExists(database(c.env.DB), id)))
      throw new Problem('not_found')
    return c.json(await keeperOf(c.env.KEEPER, id).turn(), 200)
  })

/** Epoch ms. A hold without an end in sight would be a refusal, which is another thing. */
function parseEnd(endsAt: string): number {
  const now = Date.now()
  const until = Date.parse(endsAt)
  if (until > now && until <= now + limits.blockMaxMs) return until
  throw new Problem('bad_request', { errors: [{ path: 'endsAt', message: 'Within the next ninety days' }] })
}

async function deletionOf(c: Context<DoorEnv>, code: string): Promise<DeletionRow> {
  const deletion = await deletionByCode(database(c.env.DB), code).get()
  if (!deletion) throw new Problem('not_found')
  return deletion
}
