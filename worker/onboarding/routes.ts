// Doors of the onboarding walk: the numbers of a workspace, and connecting one by hand. Mounted by app.ts.

import { database } from '../../db/client.ts'
import { type NumberView, numberQuery, numbersQuery, openNumbers } from '../accounts/numbers.ts'
import type { DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  cutPage,
  idKey,
  idParam,
  instant,
  isoTime,
  jsonAnswer,
  jsonBody,
  needsScope,
  openApiRoom,
  pageQuery,
  pageSchema,
  refusals,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { connectNumber } from './connect.ts'

const tags = ['Numbers']
const metaId = (example: string) =>
  z
    .string()
    .regex(/^\d{5,32}$/, 'An id of Meta is made of digits')
    .openapi({ example })

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

const numberSchema = z
  .object({
    id: z.string().openapi({ example: 'num_4c6e8g0j2m4p6r8t0w2y4a6c8e' }),
    wabaId: z.string().openapi({ example: '201500300400500' }),
    phoneNumberId: z
      .string()
      .describe('Meta’s id: the one in /vNN.N/{phone-number-id}/messages.')
      .openapi({ example: '301600700800900' }),
    displayPhoneNumber: z.string().nullable().openapi({ example: '+34 911 22 23 33' }),
    verifiedName: z.string().nullable().openapi({ example: 'Panaderia Sol' }),
    connectedAt: instant,
  })
  .openapi('Number')

const view = (number: NumberView) => ({ ...number, connectedAt: isoTime(number.connectedAt) })

const listNumbers = createRoute({
  ...needsScope('numbers:read'),
  method: 'get',
  path: '/numbers',
  operationId: 'listNumbers',
  summary: 'List connected numbers',
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
  request: { params: idParam('num_4c6e8g0j2m4p6r8t0w2y4a6c8e') },
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
      'number_taken',
      'too_large',
      'unsupported_media',
      'connect_refused',
      'meta_unreachable',
    ),
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
    const row = await numberQuery(database(c.env.DB), accountId, c.req.valid('param').id).get()
    const [number] = await openNumbers(c.env.KEEPER, accountId, row ? [row] : [], Date.now())
    if (!number) throw new Problem('not_found')
    return c.json(view(number), 200)
  })
  .openapi(connect, async (c) => {
    const { settings, principal } = c.var
    const world = {
      db: database(c.env.DB),
      keepers: c.env.KEEPER,
      settings,
      fetch: (url: string, init?: RequestInit) => fetch(url, init),
      now: Date.now(),
    }
    const connected = await connectNumber(world, principal, c.req.valid('json'))
    if (!connected.ok) throw new Problem(connected.reason, { detail: connected.detail })
    return c.json(view(connected.value), 201)
  })
