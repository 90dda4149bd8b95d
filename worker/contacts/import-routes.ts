// Doors for lists of contacts: the browser reads the file and sends its rows in pieces. Mounted by app.ts.

import type { Context } from 'hono'
import { database } from '../../db/client.ts'
import type { DoorEnv } from '../audit/principal.ts'
import {
  aboutPeople,
  createRoute,
  cutPage,
  idParam,
  jsonAnswer,
  jsonBody,
  openApiRoom,
  pageQuery,
  refusals,
  timeKey,
  type z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { worldOf } from '../ground/world.ts'
import { preview } from './import-people.ts'
import {
  importPage,
  importReportSchema,
  importSchema,
  newImportBody,
  previewBody,
  previewSchema,
  rowsBody,
  takenSchema,
} from './import-shapes.ts'
import { closeImport, type ImportRow, importQuery, importsQuery, openImport, openImports } from './imports.ts'
import { type TakeRefusal, takeIn } from './take-in.ts'

const tags = ['Imports']
const known = ['unauthorized', 'forbidden', 'frozen'] as const
const unknown = [...known, 'not_found'] as const
const badBody = ['bad_request', 'too_large', 'unsupported_media'] as const
const one = { params: idParam('imp_2b4d6f8h0k2n4q6s8v0x2z4b6d') }

const list = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'get',
  path: '/imports',
  operationId: 'listImports',
  summary: 'List the lists that were taken in',
  description: 'Newest first.',
  tags,
  request: { query: pageQuery(timeKey) },
  responses: { 200: jsonAnswer('A page of imports.', importPage), ...refusals('bad_request', ...known) },
})

const open = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'post',
  path: '/imports',
  operationId: 'openImport',
  summary: 'Open an import',
  description: 'With the evidence that everybody on the list agreed. Rows are sent afterwards, in pieces.',
  tags,
  request: { body: jsonBody(newImportBody) },
  responses: { 201: jsonAnswer('The import.', importSchema), ...refusals(...known, ...badBody, 'conflict') },
})

const previewRoute = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'post',
  path: '/imports/preview',
  operationId: 'previewImport',
  summary: 'See what would become of rows',
  description: 'Writes nothing.',
  tags,
  request: { body: jsonBody(previewBody) },
  responses: { 200: jsonAnswer('For each row.', previewSchema), ...refusals(...known, ...badBody) },
})

const read = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'get',
  path: '/imports/{id}',
  operationId: 'readImport',
  summary: 'Read an import and its report',
  tags,
  request: one,
  responses: { 200: jsonAnswer('The import.', importReportSchema), ...refusals(...unknown) },
})

const rowsRoute = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'post',
  path: '/imports/{id}/rows',
  operationId: 'importRows',
  summary: 'Send a piece of the rows',
  description: 'At most 200. They are not kept. A piece that was taken in already changes nothing.',
  tags,
  request: { ...one, body: jsonBody(rowsBody) },
  responses: {
    200: jsonAnswer('How it stands.', takenSchema),
    ...refusals(...unknown, ...badBody, 'conflict'),
  },
})

const finish = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'post',
  path: '/imports/{id}/completion',
  operationId: 'finishImport',
  summary: 'Close an import whose rows were all sent',
  tags,
  request: one,
  responses: { 200: jsonAnswer('The import.', importReportSchema), ...refusals(...unknown, 'conflict') },
})

const cancel = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'delete',
  path: '/imports/{id}',
  operationId: 'cancelImport',
  summary: 'Cancel an import',
  description: 'Whoever was taken in stays.',
  tags,
  request: one,
  responses: { 200: jsonAnswer('The import.', importReportSchema), ...refusals(...unknown, 'conflict') },
})

type Door = Context<DoorEnv>

export const contactImports = openApiRoom<DoorEnv>()
  .openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { accountId } = c.var.principal
    const found = await importsQuery(database(c.env.DB), accountId, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.createdAt, row.id])
    return c.json({ data: await openImports(c.env.KEEPER, accountId, rows, Date.now()), next }, 200)
  })
  .openapi(open, async (c) => {
    const opened = await openImport(worldOf(c), c.var.principal, c.req.valid('json'))
    if (opened.ok) return c.json(await shown(c, opened.value), 201)
    throw opened.reason === 'future'
      ? new Problem('bad_request', { errors: [{ path: 'date', message: 'This lies in the future' }] })
      : new Problem('conflict', { detail: 'Too many imports are open. Finish or cancel one first.' })
  })
  .openapi(previewRoute, async (c) => {
    const { purpose, rows } = c.req.valid('json')
    return c.json({ data: await preview(worldOf(c), c.var.principal.accountId, rows, purpose) }, 200)
  })
  .openapi(read, async (c) => {
    const { accountId } = c.var.principal
    const row = await importQuery(database(c.env.DB), accountId, c.req.valid('param').id).get()
    if (!row) throw new Problem('not_found')
    return c.json(await reported(c, row), 200)
  })
  .openapi(rowsRoute, async (c) => {
    const taken = await takeIn(worldOf(c), c.var.principal, c.req.valid('param').id, c.req.valid('json'))
    if (!taken.ok) throw takeProblem(taken)
    const faults = taken.value.faults.map(([row, fault]) => ({ row, fault }))
    return c.json({ import: await shown(c, taken.value.import), faults }, 200)
  })
  .openapi(finish, async (c) => c.json(await closed(c, c.req.valid('param').id, 'done'), 200))
  .openapi(cancel, async (c) => c.json(await closed(c, c.req.valid('param').id, 'cancelled'), 200))

async function shown(c: Door, row: ImportRow): Promise<z.infer<typeof importSchema>> {
  const [one] = await openImports(c.env.KEEPER, row.accountId, [row], Date.now())
  return one as z.infer<typeof importSchema>
}

async function reported(c: Door, row: ImportRow): Promise<z.infer<typeof importReportSchema>> {
  const faults = row.report.map(([at, fault]) => ({ row: at, fault }))
  return { ...(await shown(c, row)), faults } as z.infer<typeof importReportSchema>
}

async function closed(c: Door, id: string, state: 'done' | 'cancelled') {
  const done = await closeImport(worldOf(c), c.var.principal, id, state)
  if (done.ok) return reported(c, done.value)
  switch (done.reason) {
    case 'unknown':
      throw new Problem('not_found')
    case 'closed':
      throw new Problem('conflict', { detail: 'The import is closed.' })
    case 'unfinished':
      throw new Problem('conflict', { detail: 'Rows are missing. Send them, or cancel the import.' })
  }
}

function takeProblem(refusal: TakeRefusal): Problem {
  switch (refusal.reason) {
    case 'unknown':
      return new Problem('not_found')
    case 'closed':
      return new Problem('conflict', { detail: 'The import is closed.' })
    case 'elsewhere':
      return new Problem('conflict', { detail: `The next piece begins after row ${refusal.position}.` })
    case 'beyond':
      return new Problem('bad_request', { detail: 'These are more rows than were announced.' })
  }
}
