// Doors of the onboarding walk: the numbers of a workspace, connecting one by hand, disconnecting one. Mounted by app.ts.

import { database } from '../../db/client.ts'
import { numbersQuery, openNumbers } from '../accounts/numbers.ts'
import type { DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  cutPage,
  idKey,
  idParam,
  jsonAnswer,
  jsonBody,
  needsFresh,
  needsScope,
  openApiRoom,
  pageQuery,
  pageSchema,
  refusals,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { announce } from '../live/announce.ts'
import { connectNumber } from './connect.ts'
import { disconnectNumber } from './disconnect.ts'
import { visit } from './doctor.ts'
import {
  loadShown,
  metaId,
  numberExample,
  numberSchema,
  refuseFrozen,
  tags,
  view,
  worldOf,
} from './shapes.ts'

const connectBody = z
  .strictObject({
    wabaId: metaId('201500300400500').describe('WhatsApp Business Account id.'),
    phoneNumberId: metaId('301600700800900'),
    accessToken: z
      .string()
      .regex(/^[\x21-\x7e]{8,2048}$/, 'Not an access token')
      .describe(
        'A business token of Meta that can manage and message with this account. Kept sealed; never shown.',
      )
      .openapi({ example: 'EAAG…' }),
  })
  .openapi('NewNumber')

const listNumbers = createRoute({
  ...needsScope('numbers:read'),
  method: 'get',
  path: '/numbers',
  operationId: 'listNumbers',
  summary: 'List numbers',
  description: 'Numbers that were disconnected stay in the list: what was said with them does, too.',
  tags,
  request: { query: pageQuery(idKey) },
  responses: {
    200: jsonAnswer('A page of numbers.', pageSchema('NumberPage', numberSchema)),
    ...refusals('bad_request', 'unauthorized', 'forbidden'),
  },
})

const getNumber = createRoute({
  ...needsScope('numbers:read'),
  method: 'get',
  path: '/numbers/{id}',
  operationId: 'getNumber',
  summary: 'Read one number',
  tags,
  request: { params: idParam(numberExample) },
  responses: {
    200: jsonAnswer('The number.', numberSchema),
    ...refusals('unauthorized', 'forbidden', 'not_found'),
  },
})

const connect = createRoute({
  ...needsScope('numbers:write'),
  method: 'post',
  path: '/numbers',
  operationId: 'connectNumber',
  summary: 'Connect a number',
  description:
    'Meta is asked whether the token reaches this account and number, then the app is subscribed to its webhooks. ' +
    'Calling it again is safe; with a new token it renews the connection.',
  tags,
  request: { body: jsonBody(connectBody) },
  responses: {
    201: jsonAnswer('The number is connected.', numberSchema),
    ...refusals(
      'bad_request',
      'unauthorized',
      'forbidden',
      'frozen',
      'number_taken',
      'too_large',
      'unsupported_media',
      'connect_refused',
      'meta_unreachable',
    ),
  },
})

const disconnect = createRoute({
  ...needsFresh('numbers:write'),
  method: 'delete',
  path: '/numbers/{id}',
  operationId: 'disconnectNumber',
  summary: 'Disconnect a number',
  description:
    'Nothing is sent or received with it any more. With the last number of a WhatsApp account its token is destroyed ' +
    'and Meta is told to send nothing. What was said stays.',
  tags,
  request: { params: idParam(numberExample) },
  responses: {
    200: jsonAnswer('The number as it stands now.', numberSchema),
    ...refusals('unauthorized', 'forbidden', 'step_up_needed', 'frozen', 'not_found'),
  },
})

export const numbers = openApiRoom<DoorEnv>()
  .openapi(listNumbers, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { accountId } = c.var.principal
    const found = await numbersQuery(database(c.env.DB), accountId, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.id])
    return c.json(
      { data: (await openNumbers(c.env.KEEPER, accountId, rows, Date.now())).map(view), next },
      200,
    )
  })
  .openapi(getNumber, async (c) => {
    const { accountId } = c.var.principal
    const { number } = await loadShown(worldOf(c), accountId, c.req.valid('param').id)
    return c.json(view(number), 200)
  })
  .openapi(connect, async (c) => {
    refuseFrozen(c.var.principal)
    const world = worldOf(c)
    const { accountId } = c.var.principal
    const connected = await connectNumber(world, c.var.principal, c.req.valid('json'))
    if (!connected.ok) throw new Problem(connected.reason, { detail: connected.detail })
    const { number } = await loadShown(world, accountId, connected.value)
    c.executionCtx.waitUntil(visit(world, accountId, number.wabaId))
    c.executionCtx.waitUntil(c.env.ERRANDS.send({ of: 'waiting', accountId }))
    return c.json(view(number), 201)
  })
  .openapi(disconnect, async (c) => {
    refuseFrozen(c.var.principal)
    const world = worldOf(c)
    const { accountId } = c.var.principal
    const { id } = c.req.valid('param')
    if (!(await disconnectNumber(world, c.var.principal, id))) throw new Problem('not_found')
    await announce(c.env, accountId, [{ kind: 'number', numberId: id }])
    return c.json(view((await loadShown(world, accountId, id)).number), 200)
  })
