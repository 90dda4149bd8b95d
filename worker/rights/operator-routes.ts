// Doors of whoever operates this gateway, for what members and visitors asked and a person has to do: those requests are ours to
// answer. What contacts asked is their business's. Mounted by app.ts under /api/v1/operator.

import type { Context } from 'hono'
import { database } from '../../db/client.ts'
import type { DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  cutPage,
  idParam,
  jsonAnswer,
  jsonBody,
  openApiRoom,
  pageQuery,
  refusals,
  timeKey,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import type { Result } from '../ground/result.ts'
import { worldOf } from '../ground/world.ts'
import { writeMessage } from './conversation.ts'
import type { Hands } from './hands.ts'
import { type By, finishRequest, refuseRequest } from './requests.ts'
import { ourRequestQuery, ourRequestsQuery, type RequestRow } from './row.ts'
import { messageBody, messageSchema, operatorRefuseBody, ourRequestPage, ourRequestSchema } from './shapes.ts'
import { tellPerson } from './tell.ts'
import { loadOurView, messageView, ourRequestView } from './view.ts'

const shared = { tags: ['Operator'], security: [{ operatorKey: [] }] }
const example = { params: idParam('rgt_7d2f4h6j8k0m1n3p5q7r9s1t3v') }
const standing = jsonAnswer('How it stands now.', ourRequestSchema)
const badBody = ['bad_request', 'too_large', 'unsupported_media'] as const

const list = createRoute({
  ...shared,
  method: 'get',
  path: '/requests',
  operationId: 'listOwnRequests',
  summary: 'List what members and visitors asked of us and is not done',
  description: 'Oldest first.',
  request: { query: pageQuery(timeKey) },
  responses: {
    200: jsonAnswer('A page of requests.', ourRequestPage),
    ...refusals('bad_request', 'not_found'),
  },
})

const readOne = createRoute({
  ...shared,
  method: 'get',
  path: '/requests/{id}',
  operationId: 'readOwnRequest',
  summary: 'Read one, with what was written about it',
  request: example,
  responses: { 200: standing, ...refusals('not_found') },
})

const write = createRoute({
  ...shared,
  method: 'post',
  path: '/requests/{id}/messages',
  operationId: 'writeOwnRequestMessage',
  summary: 'Answer the person, by mail and on the page of the request',
  request: { ...example, body: jsonBody(messageBody) },
  responses: {
    201: jsonAnswer('What was written.', messageSchema),
    ...refusals('not_found', 'conflict', ...badBody),
  },
})

const finish = createRoute({
  ...shared,
  method: 'post',
  path: '/requests/{id}/done',
  operationId: 'finishOwnRequest',
  summary: 'Say that it is done',
  request: example,
  responses: { 200: standing, ...refusals('not_found', 'conflict') },
})

const refuse = createRoute({
  ...shared,
  method: 'post',
  path: '/requests/{id}/refuse',
  operationId: 'refuseOwnRequest',
  summary: 'Refuse it, with a reason of the list',
  request: { ...example, body: jsonBody(operatorRefuseBody) },
  responses: { 200: standing, ...refusals('not_found', 'conflict', ...badBody) },
})

const us: By = { party: 'us', actor: 'operator' }

export const operatorRights = (hands: Hands) =>
  openApiRoom<DoorEnv>()
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const found = await ourRequestsQuery(database(c.env.DB), { limit, cursor })
      const { rows, next } = cutPage(found, limit, (row) => [row.receivedAt, row.id])
      return c.json({ data: rows.map(ourRequestView), next }, 200)
    })
    .openapi(readOne, async (c) => {
      const row = await requestOf(c, c.req.valid('param').id)
      return c.json(await loadOurView(worldOf(c), row), 200)
    })
    .openapi(write, async (c) => {
      const row = await requestOf(c, c.req.valid('param').id)
      const { text } = c.req.valid('json')
      const written = await writeMessage(worldOf(c), row, 'us', text)
      if (!written.ok) throw new Problem('conflict', { detail: 'The person was erased.' })
      await tellPerson(worldOf(c), hands, row, { kind: 'message', text })
      return c.json(messageView(written.value), 201)
    })
    .openapi(finish, async (c) => {
      const row = await requestOf(c, c.req.valid('param').id)
      const done = moved(await finishRequest(worldOf(c), hands, row, us))
      return c.json(await loadOurView(worldOf(c), done), 200)
    })
    .openapi(refuse, async (c) => {
      const row = await requestOf(c, c.req.valid('param').id)
      const refused = moved(await refuseRequest(worldOf(c), hands, row, c.req.valid('json').reason, us))
      return c.json(await loadOurView(worldOf(c), refused), 200)
    })

async function requestOf(c: Context<DoorEnv>, id: string): Promise<RequestRow> {
  const row = await ourRequestQuery(database(c.env.DB), id).get()
  if (!row) throw new Problem('not_found')
  return row
}

function moved(result: Result<RequestRow>): RequestRow {
  if (result.ok) return result.value
  throw new Problem('conflict', { detail: 'The request does not stand so that this is possible.' })
}
