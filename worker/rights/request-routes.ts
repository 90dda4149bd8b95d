// Doors of a business for what the people it talks to have asked of it: it is who answers. Mounted by app.ts.

import type { Context } from 'hono'
import { database } from '../../db/client.ts'
import { actorOf, type DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  cutPage,
  idParam,
  jsonAnswer,
  jsonBody,
  needsScope,
  openApiRoom,
  refusals,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import type { Result } from '../ground/result.ts'
import { worldOf } from '../ground/world.ts'
import { writeMessage } from './conversation.ts'
import type { Hands } from './hands.ts'
import { type By, finishRequest, grantRequest, refuseRequest } from './requests.ts'
import { liftRestriction } from './restriction.ts'
import {
  businessRequestQuery,
  businessRequestsQuery,
  loadRule,
  type RequestRefusal,
  type RequestRow,
} from './row.ts'
import { saveRule } from './rules.ts'
import {
  messageBody,
  messageSchema,
  refuseBody,
  requestPage,
  requestSchema,
  requestsQuerySchema,
  ruleBody,
} from './shapes.ts'
import { tellPerson } from './tell.ts'
import { loadBusinessView, messageView, requestView } from './view.ts'

const tags = ['Requests']
const forKey = needsScope('deletions')
const unknown = ['unauthorized', 'forbidden', 'not_found'] as const
const example = idParam('rgt_7d2f4h6j8k0m1n3p5q7r9s1t3v')
const standing = jsonAnswer('How it stands now.', requestSchema)

const listRequests = createRoute({
  ...forKey,
  method: 'get',
  path: '/requests',
  operationId: 'listRequests',
  summary: 'List what your contacts have asked for',
  description: 'Newest first.',
  tags,
  request: { query: requestsQuerySchema },
  responses: {
    200: jsonAnswer('A page of requests.', requestPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden'),
  },
})

const readRequest = createRoute({
  ...forKey,
  method: 'get',
  path: '/requests/{id}',
  operationId: 'readRequest',
  summary: 'Read one request, with what was written about it',
  tags,
  request: { params: example },
  responses: { 200: standing, ...refusals(...unknown) },
})

const grant = createRoute({
  ...forKey,
  method: 'post',
  path: '/requests/{id}/grant',
  operationId: 'grantRequest',
  summary: 'Grant a request',
  description:
    'It is carried out at once. A correction is yours to make: say that it is done when it is. A deletion cannot be cancelled.',
  tags,
  request: { params: example },
  responses: { 200: standing, ...refusals(...unknown, 'conflict') },
})

const refuse = createRoute({
  ...forKey,
  method: 'post',
  path: '/requests/{id}/refuse',
  operationId: 'refuseRequest',
  summary: 'Refuse a request, with a reason of the list',
  description:
    'The person reads the reason in words and where to complain. Granting again is not possible; they can ask again.',
  tags,
  request: { params: example, body: jsonBody(refuseBody) },
  responses: {
    200: standing,
    ...refusals(...unknown, 'conflict', 'bad_request', 'too_large', 'unsupported_media'),
  },
})

const write = createRoute({
  ...forKey,
  method: 'post',
  path: '/requests/{id}/messages',
  operationId: 'writeRequestMessage',
  summary: 'Write to the person who asked',
  description:
    'They read it on the page of their request, and are told so in the chat where that is possible.',
  tags,
  request: { params: example, body: jsonBody(messageBody) },
  responses: {
    201: jsonAnswer('What was written.', messageSchema),
    ...refusals(...unknown, 'conflict', 'bad_request', 'too_large', 'unsupported_media'),
  },
})

const finish = createRoute({
  ...forKey,
  method: 'post',
  path: '/requests/{id}/done',
  operationId: 'finishRequest',
  summary: 'Say that a granted correction or access is done',
  tags,
  request: { params: example },
  responses: { 200: standing, ...refusals(...unknown, 'conflict') },
})

const readRules = createRoute({
  ...forKey,
  method: 'get',
  path: '/request-rules',
  operationId: 'readRequestRules',
  summary: 'Whether requests wait for your decision',
  tags,
  responses: { 200: jsonAnswer('The rule.', ruleBody), ...refusals('unauthorized', 'forbidden') },
})

const writeRules = createRoute({
  ...forKey,
  method: 'put',
  path: '/request-rules',
  operationId: 'writeRequestRules',
  summary: 'Decide about requests, or let them through at once',
  description: 'For requests that come from now on.',
  tags,
  request: { body: jsonBody(ruleBody) },
  responses: {
    200: jsonAnswer('The rule.', ruleBody),
    ...refusals('unauthorized', 'forbidden', 'bad_request', 'too_large', 'unsupported_media'),
  },
})

const lift = createRoute({
  ...forKey,
  method: 'delete',
  path: '/contacts/{id}/restriction',
  operationId: 'liftRestriction',
  summary: 'End the restriction that a contact asked for',
  description: 'The person is told first. A restriction because of a deletion is not ended by this.',
  tags: ['Contacts'],
  request: { params: idParam('cnt_1a3c5e7g9j1m3p5r7t9w1y3a5c') },
  responses: {
    204: { description: 'The contact is shown and can be written to again.' },
    ...refusals(...unknown),
  },
})

type Door = Context<DoorEnv>

const by = (c: Door): By => ({ party: 'business', actor: actorOf(c.var.principal) })

export const businessRights = (hands: Hands) =>
  openApiRoom<DoorEnv>()
    .openapi(listRequests, async (c) => {
      const { limit, cursor, state } = c.req.valid('query')
      const { accountId } = c.var.principal
      const found = await businessRequestsQuery(database(c.env.DB), accountId, { limit, cursor, state })
      const { rows, next } = cutPage(found, limit, (row) => [row.receivedAt, row.id])
      return c.json({ data: rows.map(requestView), next }, 200)
    })
    .openapi(readRequest, async (c) => {
      const row = await requestOf(c, c.req.valid('param').id)
      return c.json(await loadBusinessView(worldOf(c), row), 200)
    })
    .openapi(grant, async (c) => {
      const row = await requestOf(c, c.req.valid('param').id)
      const granted = moved(await grantRequest(worldOf(c), hands, row, by(c)))
      return c.json(await loadBusinessView(worldOf(c), granted), 200)
    })
    .openapi(refuse, async (c) => {
      const row = await requestOf(c, c.req.valid('param').id)
      const { reason } = c.req.valid('json')
      const refusedRow = moved(await refuseRequest(worldOf(c), hands, row, reason, by(c)))
      return c.json(await loadBusinessView(worldOf(c), refusedRow), 200)
    })
    .openapi(write, async (c) => {
      const row = await requestOf(c, c.req.valid('param').id)
      const world = worldOf(c)
      const { text } = c.req.valid('json')
      const written = await writeMessage(world, row, 'business', text)
      if (!written.ok) throw new Problem('conflict', { detail: 'The person was erased.' })
      await tellPerson(world, hands, row, { kind: 'message', text })
      return c.json(messageView(written.value), 201)
    })
    .openapi(finish, async (c) => {
      const row = await requestOf(c, c.req.valid('param').id)
      const done = moved(await finishRequest(worldOf(c), hands, row, by(c)))
      return c.json(await loadBusinessView(worldOf(c), done), 200)
    })
    .openapi(readRules, async (c) => {
      const letThrough = await loadRule(database(c.env.DB), c.var.principal.accountId)
      return c.json({ letThrough }, 200)
    })
    .openapi(writeRules, async (c) => {
      const { letThrough } = c.req.valid('json')
      const { principal } = c.var
      await saveRule(worldOf(c), principal.accountId, letThrough, actorOf(principal))
      return c.json({ letThrough }, 200)
    })
    .openapi(lift, async (c) => {
      const { principal } = c.var
      const { id } = c.req.valid('param')
      const lifted = await liftRestriction(worldOf(c), hands, principal.accountId, id, actorOf(principal))
      if (!lifted.ok) throw new Problem('not_found')
      return c.body(null, 204)
    })

async function requestOf(c: Door, id: string): Promise<RequestRow> {
  const row = await businessRequestQuery(database(c.env.DB), c.var.principal.accountId, id).get()
  if (!row) throw new Problem('not_found')
  return row
}

function moved(result: Result<RequestRow, RequestRefusal>): RequestRow {
  if (result.ok) return result.value
  throw new Problem('conflict', { detail: 'The request does not stand so that this is possible.' })
}
