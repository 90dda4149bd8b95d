// Doors of the rights of people: what is held about a contact, to hand over. Mounted by app.ts.

import { database, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  idParam,
  instant,
  jsonAnswer,
  needsScope,
  openApiRoom,
  refusals,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { exportContact } from './export.ts'
import { isRestricted } from './restriction.ts'

const rows = z.array(z.record(z.string(), z.unknown()))

const exportSchema = z
  .object({
    contact: z.string().openapi({ example: 'cnt_1a3c5e7g9j1m3p5r7t9w1y3a5c' }),
    exportedAt: instant,
    tables: z
      .record(z.string(), rows)
      .describe('By kind of data; every row with everything that is exported.'),
    files: z
      .array(z.object({ name: z.string(), bytes: z.int(), storedAt: instant }))
      .describe('Media that is held.'),
    complete: z.literal(true).describe('Comes last: without it the document was cut off.'),
  })
  .openapi('ContactExport')

const exportOne = createRoute({
  // Nothing in it is masked.
  ...needsScope('conversations:read', 'identifiers:read'),
  method: 'get',
  path: '/contacts/{id}/export',
  operationId: 'exportContact',
  summary: 'Export everything held about a contact',
  description:
    'One JSON document, sent while it is read. Nothing in it is masked: a member needs `identifiers:read`. A contact whose deletion was asked for can be exported until it is erased; one who asked that their data be left alone gets it themselves, and nobody else does.',
  tags: ['Contacts'],
  request: { params: idParam('cnt_1a3c5e7g9j1m3p5r7t9w1y3a5c') },
  responses: {
    200: jsonAnswer('The export.', exportSchema),
    ...refusals('unauthorized', 'forbidden', 'not_found'),
  },
})

export const rights = openApiRoom<DoorEnv>().openapi(exportOne, async (c) => {
  const { accountId } = c.var.principal
  const { id } = c.req.valid('param')
  const db = database(c.env.DB)
  const now = Date.now()
  if (await isRestricted(db, accountId, id)) throw new Problem('not_found')
  const stores = { db, keepers: c.env.KEEPER, files: c.env.FILES }
  const document = await exportContact(stores, accountId, id, now)
  if (!document) throw new Problem('not_found')
  const actor = actorOf(c.var.principal)
  await writeBatch(db, [
    entryInsert(db, { accountId, actor, action: 'contact.export', subject: id, at: now }),
  ])
  return c.body(document, 200, { 'content-type': 'application/json' }) as never
})
