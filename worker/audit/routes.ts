// Doors of the ledger: a workspace reads its entries, newest first, and takes all of them with their seals. Mounted by
// app.ts.

import { database } from '../../db/client.ts'
import {
  createRoute,
  cutPage,
  instant,
  isoTime,
  jsonAnswer,
  needsScope,
  openApiRoom,
  pageQuery,
  pageSchema,
  refusals,
  timeKey,
  z,
} from '../ground/openapi.ts'
import { exportLedger } from './export.ts'
import { type EntryRow, entriesQuery } from './ledger.ts'
import { actorOf, type DoorEnv } from './principal.ts'

const entrySchema = z
  .object({
    id: z.string().openapi({ example: 'aud_3c5e7g9j1m3p5r7t9w1y3a5c7e' }),
    actor: z.string().describe('`member:{id}`, `key:{id}`, `operator`, `meta` or `system`: never a name.'),
    action: z.string().openapi({ example: 'key.create' }),
    subject: z.string().describe('The id of what it happened to.'),
    reason: z.string().nullable(),
    at: instant.describe('When it happened; Meta’s clock for what Meta told.'),
    recordedAt: instant.describe('When it was written down, by our clock. The chain goes by this.'),
  })
  .openapi('AuditEntry')

const entryPage = pageSchema('AuditEntryPage', entrySchema)

const entryView = ({ id, actor, action, subject, reason, at, recordedAt }: EntryRow) => ({
  id,
  actor,
  action,
  subject,
  reason,
  at: isoTime(at),
  recordedAt: isoTime(recordedAt),
})

const moment = z.iso.datetime().transform((text) => Date.parse(text))
const entriesQuerySchema = pageQuery(timeKey).extend({
  action: z
    .string()
    .regex(/^[a-z_]{1,40}(\.[a-z_]{1,40})?$/)
    .optional()
    .openapi({ description: 'A whole action, or its noun.', example: 'key.create' }),
  actor: z.string().max(80).optional().openapi({ description: 'As the entries name it.' }),
  from: moment.optional().openapi({ type: 'string', description: 'Recorded at this instant or later.' }),
  to: moment.optional().openapi({ type: 'string', description: 'Recorded before this instant.' }),
})

const listOwn = createRoute({
  // What everybody of the workspace may: it is about themselves.
  ...needsScope('numbers:read'),
  method: 'get',
  path: '/audit/own',
  operationId: 'listOwnAuditEntries',
  summary: 'Read what the ledger says of what you did',
  description:
    'Newest first: signing in, proofs, and everything else that was done as this member or with this key.',
  tags: ['Audit'],
  request: { query: pageQuery(timeKey) },
  responses: {
    200: jsonAnswer('A page of entries.', entryPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'not_found'),
  },
})

const listEntries = createRoute({
  ...needsScope('audit'),
  method: 'get',
  path: '/audit',
  operationId: 'listAuditEntries',
  summary: 'List the audit ledger',
  description: 'Newest first, all of it or what the filters leave.',
  tags: ['Audit'],
  request: { query: entriesQuerySchema },
  responses: {
    200: jsonAnswer('A page of entries.', entryPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden'),
  },
})

/** Typed as any text: the library takes every type that ends in `json` for one JSON value. */
const ndjson: string = 'application/x-ndjson'

const exportEntries = createRoute({
  ...needsScope('audit'),
  method: 'get',
  path: '/audit/export',
  operationId: 'exportAudit',
  summary: 'Export the audit ledger with its seals',
  description:
    'Oldest first, one JSON value a line: entries as they are hashed (instants in epoch milliseconds), `seal` after each sealed day, `end` at the end. The head of a day is SHA-256 over the head before it and the day’s lines, each followed by a line feed; it is also the day’s leaf in the transparency log.',
  tags: ['Audit'],
  responses: {
    200: { description: 'The ledger.', content: { [ndjson]: { schema: z.string() } } },
    ...refusals('unauthorized', 'forbidden'),
  },
})

export const audit = openApiRoom<DoorEnv>()
  .openapi(listEntries, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const { accountId } = c.var.principal
    const found = await entriesQuery(database(c.env.DB), accountId, { limit, cursor }, filter)
    const { rows, next } = cutPage(found, limit, (row) => [row.recordedAt, row.id])
    return c.json({ data: rows.map(entryView), next }, 200)
  })
  .openapi(listOwn, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { principal } = c.var
    const own = { actor: actorOf(principal) }
    const found = await entriesQuery(database(c.env.DB), principal.accountId, { limit, cursor }, own)
    const { rows, next } = cutPage(found, limit, (row) => [row.recordedAt, row.id])
    return c.json({ data: rows.map(entryView), next }, 200)
  })
  .openapi(exportEntries, (c) =>
    c.body(exportLedger(database(c.env.DB), c.var.principal.accountId, Date.now()), 200, {
      'content-type': ndjson,
    }),
  )
