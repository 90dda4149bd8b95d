// Doors of retention: what is kept how long, and the rules of the business about it. Mounted by app.ts.

import { retentionClasses } from '../../db/catalog.ts'
import { database } from '../../db/client.ts'
import type { DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  instant,
  isoTime,
  isoTimeOrNull,
  jsonAnswer,
  jsonBody,
  needsFresh,
  needsScope,
  openApiRoom,
  refusals,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { loadMap, type MappedTable, otherPlaces } from './data-map.ts'
import { classNames, countDue, loadRetention, type Retention, setRule } from './rules.ts'

const tags = ['Privacy']
const classParam = z.object({
  class: z.enum(classNames).openapi({ param: { name: 'class', in: 'path' }, example: 'messages' }),
})

const retentionSchema = z
  .object({
    class: z.enum(classNames),
    title: z.string(),
    what: z.string(),
    days: z.int().nullable().describe('In force now; null: until it is deleted.'),
    bounds: z.object({ minDays: z.int(), maxDays: z.int() }),
    life: z.int().nullable().describe('Without a rule of yours.'),
    rule: z.object({ days: z.int(), updatedAt: instant, updatedBy: z.string() }).nullable(),
    rows: z.int(),
    oldestAt: instant.nullable(),
  })
  .openapi('Retention')

const view = ({ class: name, rule, days, rows, oldestAt }: Retention): z.infer<typeof retentionSchema> => {
  const { title, what, minDays, maxDays, life } = retentionClasses[name]
  return {
    ...{ class: name, title, what, days, bounds: { minDays, maxDays }, life, rows },
    rule: rule ? { days: rule.days, updatedAt: isoTime(rule.updatedAt), updatedBy: rule.updatedBy } : null,
    oldestAt: isoTimeOrNull(oldestAt),
  }
}

const listRetention = createRoute({
  ...needsScope('privacy'),
  method: 'get',
  path: '/retention',
  operationId: 'readRetention',
  summary: 'How long what is kept',
  tags,
  responses: {
    200: jsonAnswer('Every class.', z.object({ data: z.array(retentionSchema) }).openapi('RetentionList')),
    ...refusals('unauthorized', 'forbidden'),
  },
})

const previewRule = createRoute({
  ...needsScope('privacy'),
  method: 'get',
  path: '/retention/{class}/preview',
  operationId: 'previewRetention',
  summary: 'What a rule would delete now',
  tags,
  request: {
    params: classParam,
    query: z.strictObject({ days: z.coerce.number().int().min(1).max(36_500) }),
  },
  responses: {
    200: jsonAnswer('How many rows.', z.object({ rows: z.int() }).openapi('RetentionPreview')),
    ...refusals('bad_request', 'unauthorized', 'forbidden'),
  },
})

const putRule = createRoute({
  ...needsFresh('privacy'),
  method: 'put',
  path: '/retention/{class}',
  operationId: 'setRetention',
  summary: 'Set how long a class is kept',
  description:
    'Within the bounds of the class; null takes the rule back. What is older is deleted within the hour and does not come back. ' +
    'Spared is whoever asked for restriction, and whom a legal hold is about.',
  tags,
  request: {
    params: classParam,
    body: jsonBody(z.strictObject({ days: z.int().nullable() }).openapi('RetentionRule')),
  },
  responses: {
    200: jsonAnswer('The class as it stands now.', retentionSchema),
    ...refusals(
      'bad_request',
      'unauthorized',
      'forbidden',
      'step_up_needed',
      'too_large',
      'unsupported_media',
    ),
  },
})

const columnSchema = z.object({
  label: z.string(),
  category: z.string(),
  whose: z.string(),
  sealed: z.union([z.string(), z.literal(false)]),
  exported: z.boolean(),
})

const mapSchema = z
  .object({
    tables: z.array(
      z.object({
        table: z.string(),
        title: z.string(),
        section: z.int().nullable(),
        purpose: z.string(),
        basis: z.string(),
        days: z.int().nullable().describe('Null: until it is deleted.'),
        when: z.string().nullable().describe('The condition under which the days run.'),
        erase: z.string(),
        rows: z.int(),
        oldestAt: instant.nullable(),
        columns: z.array(columnSchema),
      }),
    ),
    places: z
      .array(
        z.object({
          store: z.string(),
          name: z.string(),
          place: z.string(),
          category: z.string(),
          whose: z.string(),
          sealed: z.union([z.string(), z.literal(false)]),
          life: z.string(),
          erase: z.string(),
        }),
      )
      .describe('Outside of the database.'),
  })
  .openapi('DataMap')

const getMap = createRoute({
  ...needsScope('privacy'),
  method: 'get',
  path: '/data-map',
  operationId: 'getDataMap',
  summary: 'Where what data is, why, and how long',
  description: 'The catalogue that the policy, exports and deletions are made from, with what is there now.',
  tags,
  responses: { 200: jsonAnswer('Every place.', mapSchema), ...refusals('unauthorized', 'forbidden') },
})

const tableView = ({ life, oldestAt, ...table }: MappedTable) => ({
  ...table,
  days: life === 'erasure' ? null : life.days,
  when: life === 'erasure' ? null : (life.when ?? null),
  oldestAt: isoTimeOrNull(oldestAt),
})

export const retention = openApiRoom<DoorEnv>()
  .openapi(listRetention, async (c) => {
    const found = await loadRetention(database(c.env.DB), c.var.principal.accountId)
    return c.json({ data: found.map(view) }, 200)
  })
  .openapi(previewRule, async (c) => {
    const { class: name } = c.req.valid('param')
    const { days } = c.req.valid('query')
    const { accountId } = c.var.principal
    return c.json({ rows: await countDue(database(c.env.DB), accountId, name, days, Date.now()) }, 200)
  })
  .openapi(getMap, async (c) => {
    const tables = await loadMap(database(c.env.DB), c.var.principal.accountId)
    return c.json({ tables: tables.map(tableView), places: [...otherPlaces] }, 200)
  })
  .openapi(putRule, async (c) => {
    const { class: name } = c.req.valid('param')
    const db = database(c.env.DB)
    const set = await setRule(db, c.var.principal, name, c.req.valid('json').days, Date.now())
    if (!set.ok) throw new Problem('bad_request', { errors: [{ path: 'days', message: set.detail }] })
    const found = await loadRetention(db, c.var.principal.accountId)
    return c.json(view(found.find((one) => one.class === name) as Retention), 200)
  })
