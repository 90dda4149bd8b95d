// Doors of the doctor: what was found at a number, looking again, mending. Mounted by app.ts.

import type { DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  idParam,
  instant,
  isoTime,
  jsonAnswer,
  jsonBody,
  needsScope,
  openApiRoom,
  refusals,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import type { World } from './ask.ts'
import { checkupsQuery, visit } from './doctor.ts'
import { type CheckName, checks } from './doctor-decide.ts'
import { repairs, sayFinding } from './doctor-words.ts'
import { repair } from './repair.ts'
import { loadShown, numberExample, pin, refuseFrozen, tags, worldOf } from './shapes.ts'

const checkupSchema = z
  .object({
    check: z.enum(checks),
    about: z.enum(['number', 'account']),
    state: z.enum(['ok', 'warning', 'broken', 'unknown']),
    sentence: z.string().openapi({ example: 'Meta accepts the token, and it does not end.' }),
    press: z.string().nullable().describe('What to press; null when nothing can be done from here.'),
    repair: z
      .enum(repairs)
      .nullable()
      .describe('Which repair that is. `reconnect` needs Meta’s window or a new token.'),
    at: instant.describe('When it was looked at.'),
    sinceAt: instant.describe('Since when it is so.'),
  })
  .openapi('Checkup')
const checkupsSchema = z.object({ data: z.array(checkupSchema) }).openapi('Checkups')

const listCheckups = createRoute({
  ...needsScope('numbers:read'),
  method: 'get',
  path: '/numbers/{id}/checkups',
  operationId: 'readCheckups',
  summary: 'What the doctor found',
  tags,
  request: { params: idParam(numberExample) },
  responses: {
    200: jsonAnswer(
      'Everything that was looked at, as it was found last. Empty before the first visit.',
      checkupsSchema,
    ),
    ...refusals('unauthorized', 'forbidden', 'not_found'),
  },
})

const runCheckups = createRoute({
  ...needsScope('numbers:write'),
  method: 'post',
  path: '/numbers/{id}/checkups',
  operationId: 'runCheckups',
  summary: 'Let the doctor look now',
  description: 'Webhooks that are missing are subscribed again on the way.',
  tags,
  request: { params: idParam(numberExample) },
  responses: {
    200: jsonAnswer('What was found.', checkupsSchema),
    ...refusals('unauthorized', 'forbidden', 'frozen', 'not_found'),
  },
})

const repairBody = z
  .strictObject({
    check: z.enum(repairs).describe('The `repair` of a finding.'),
    pin: pin.optional().describe('For `registration` and `pin`: the one the number has, or shall have.'),
  })
  .openapi('NewRepair')

const runRepair = createRoute({
  ...needsScope('numbers:write'),
  method: 'post',
  path: '/numbers/{id}/repairs',
  operationId: 'repairNumber',
  summary: 'Mend what the doctor found',
  tags,
  request: { params: idParam(numberExample), body: jsonBody(repairBody) },
  responses: {
    200: jsonAnswer(
      'What was done, and what the doctor finds now.',
      z.object({ sentence: z.string(), data: z.array(checkupSchema) }),
    ),
    ...refusals(
      'bad_request',
      'unauthorized',
      'forbidden',
      'frozen',
      'not_found',
      'too_large',
      'unsupported_media',
      'repair_refused',
    ),
  },
})

/** In the order in which the doctor looks. */
async function checkupsOf(world: World, accountId: string, number: { id: string; wabaId: string }) {
  const rows = await checkupsQuery(world, accountId, [number.id, number.wabaId])
  const data = rows.map(({ assetId, check, state, facts, at, sinceAt }) => ({
    check: check as CheckName,
    about: assetId === number.id ? ('number' as const) : ('account' as const),
    state,
    ...sayFinding({ check: check as CheckName, state, facts: facts as never }),
    at: isoTime(at),
    sinceAt: isoTime(sinceAt),
  }))
  return data.sort((a, b) => checks.indexOf(a.check) - checks.indexOf(b.check))
}

export const doctor = openApiRoom<DoorEnv>()
  .openapi(listCheckups, async (c) => {
    const world = worldOf(c)
    const { accountId } = c.var.principal
    const { row } = await loadShown(world, accountId, c.req.valid('param').id)
    return c.json({ data: await checkupsOf(world, accountId, row) }, 200)
  })
  .openapi(runCheckups, async (c) => {
    const world = worldOf(c)
    const { accountId } = c.var.principal
    refuseFrozen(c.var.principal)
    const { row } = await loadShown(world, accountId, c.req.valid('param').id)
    if (row.disconnectedAt === null) await visit(world, accountId, row.wabaId)
    return c.json({ data: await checkupsOf(world, accountId, row) }, 200)
  })
  .openapi(runRepair, async (c) => {
    const world = worldOf(c)
    const { principal } = c.var
    refuseFrozen(principal)
    const { row } = await loadShown(world, principal.accountId, c.req.valid('param').id)
    const done = await repair(world, principal, row, c.req.valid('json'))
    if (!done.ok) throw new Problem(done.reason, { detail: done.detail })
    return c.json({ sentence: done.value, data: await checkupsOf(world, principal.accountId, row) }, 200)
  })
