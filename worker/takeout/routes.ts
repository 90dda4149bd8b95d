// Doors of the copies of a workspace: order, list, take. Mounted by app.ts.

import { database, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type DoorEnv } from '../audit/principal.ts'
import { errorName, log } from '../ground/log.ts'
import {
  createRoute,
  idParam,
  instant,
  isoTime,
  jsonAnswer,
  needsFresh,
  needsScope,
  openApiRoom,
  refusals,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { type World, worldOf } from '../ground/world.ts'
import { type ExportRow, exportTables } from './build.ts'
import { openExport } from './file.ts'
import { exportQuery, exportsDue, exportsQuery, orderExport } from './takeout.ts'

const tags = ['Privacy']
const params = idParam('wex_7d2f4h6j8k0m1n3p5q7r9s1t3v')

const exportSchema = z
  .object({
    id: z.string(),
    state: z.enum(['building', 'ready', 'failed', 'expired']),
    orderedBy: z.string().describe('As in the ledger.'),
    bytes: z.int().nullable(),
    rows: z.int().describe('So far.'),
    progress: z.object({ done: z.int(), of: z.int() }).describe('Tables.'),
    createdAt: instant,
    expiresAt: instant,
  })
  .openapi('WorkspaceExport')

function view(row: ExportRow, now: number): z.infer<typeof exportSchema> {
  const tables = exportTables(row)
  const next = tables.indexOf(row.nextTable as (typeof tables)[number])
  const over = row.expiresAt <= now && row.state !== 'failed'
  return {
    ...{ id: row.id, state: over ? 'expired' : row.state, orderedBy: row.orderedBy, bytes: row.bytes },
    rows: Object.values(row.counts).reduce((sum, count) => sum + count, 0),
    progress: { done: next === -1 ? tables.length : next, of: tables.length },
    ...{ createdAt: isoTime(row.createdAt), expiresAt: isoTime(row.expiresAt) },
  }
}

const order = createRoute({
  ...needsFresh('privacy'),
  method: 'post',
  path: '/workspace-exports',
  operationId: 'orderWorkspaceExport',
  summary: 'Order a copy of the whole workspace',
  description:
    'Everything that can be handed over, by the catalogue. Built in the background; one at a time.',
  tags,
  responses: {
    202: jsonAnswer('It is being built.', exportSchema),
    ...refusals('unauthorized', 'forbidden', 'step_up_needed', 'frozen', 'too_many_requests'),
  },
})

const list = createRoute({
  ...needsScope('privacy'),
  method: 'get',
  path: '/workspace-exports',
  operationId: 'readWorkspaceExports',
  summary: 'List copies of the workspace',
  tags,
  responses: {
    200: jsonAnswer(
      'Newest first.',
      z.object({ data: z.array(exportSchema) }).openapi('WorkspaceExportList'),
    ),
    ...refusals('unauthorized', 'forbidden'),
  },
})

/** Typed as any text: the library takes every type that ends in `json` for one JSON value. */
const ndjson: string = 'application/x-ndjson'

const take = createRoute({
  ...needsFresh('privacy'),
  method: 'get',
  path: '/workspace-exports/{id}/file',
  operationId: 'takeWorkspaceExport',
  summary: 'Take a copy of the workspace',
  description:
    'Opened while it is sent. `zip`: a file of JSON lines for each table, and the files of messages. `ndjson`: all rows, each with its table; ' +
    'the last line says that nothing was cut off. Whoever was erased since is not in it.',
  tags,
  request: {
    params,
    query: z.strictObject({ format: z.enum(['zip', 'ndjson']).default('zip') }),
  },
  responses: {
    200: {
      description: 'The copy.',
      content: { 'application/zip': { schema: z.any() }, [ndjson]: { schema: z.any() } },
    },
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'step_up_needed', 'frozen', 'not_found'),
  },
})

export const takeout = openApiRoom<DoorEnv>()
  .openapi(order, async (c) => {
    if (c.var.principal.frozen) throw new Problem('frozen')
    const world = worldOf(c)
    const row = await orderExport(world, c.var.principal)
    if (!row) throw new Problem('too_many_requests', { headers: { 'retry-after': '86400' } })
    c.executionCtx.waitUntil(buildNow(world, row.accountId))
    return c.json(view(row, world.now), 202)
  })
  .openapi(list, async (c) => {
    const rows = await exportsQuery(database(c.env.DB), c.var.principal.accountId)
    return c.json({ data: rows.map((row) => view(row, Date.now())) }, 200)
  })
  .openapi(take, async (c) => {
    if (c.var.principal.frozen) throw new Problem('frozen')
    const world = worldOf(c)
    const { accountId } = c.var.principal
    const db = database(c.env.DB)
    const row = await exportQuery(db, accountId, c.req.valid('param').id).get()
    if (row?.state !== 'ready' || row.expiresAt <= world.now) throw new Problem('not_found')
    const { format } = c.req.valid('query')
    const entry = { accountId, actor: actorOf(c.var.principal), action: 'export.take', subject: row.id }
    await writeBatch(db, [entryInsert(db, { ...entry, reason: format, at: world.now })])
    return c.body(openExport(world, row, format), 200, headersOf(row, format)) as never
  })

/** A small one is ready before anybody has looked; whatever does not end here is the queue's and the cron's. */
async function buildNow(world: World, accountId: string): Promise<void> {
  try {
    await exportsDue(world, accountId)
  } catch (cause) {
    log('warn', 'export.failed', { accountId, error: errorName(cause) })
  }
}

const headersOf = (row: ExportRow, format: 'zip' | 'ndjson'): Record<string, string> => ({
  'content-type': format === 'zip' ? 'application/zip' : ndjson,
  'content-disposition': `attachment; filename="workspace-${isoTime(row.createdAt).slice(0, 10)}.${format}"`,
  'cache-control': 'no-store',
})
