// Doors of the notices: ending a subscription by the secret of a mail, by a person on the page or by a mail program in one
// click, and what the operator may see. Mounted by app.ts under /api/v1/public and /api/v1/operator.

import { database } from '../../db/client.ts'
import { documents } from '../../db/documents.ts'
import type { DoorEnv } from '../audit/principal.ts'
import { createRoute, jsonAnswer, jsonBody, openApiRoom, refusals, z } from '../ground/openapi.ts'
import { endSubscription } from '../visitors/subscriptions.ts'
import { loadSummary, summarySchema } from './summary.ts'

const token = z.string().max(64)
const ended = jsonAnswer(
  'Nothing is sent by this subscription any more. The same answer for a secret that ends none.',
  z.object({ ended: z.literal(true) }),
)
const shared = { method: 'post' as const, tags: ['Subscriptions'], security: [] }

const end = createRoute({
  ...shared,
  path: '/subscriptions/end',
  operationId: 'endSubscription',
  summary: 'End a subscription by the secret of a mail',
  request: { body: jsonBody(z.strictObject({ token })) },
  responses: { 200: ended, ...refusals('bad_request', 'too_large', 'unsupported_media') },
})

const endByMail = createRoute({
  ...shared,
  path: '/subscriptions/{token}/end',
  operationId: 'endSubscriptionByMail',
  summary: 'End a subscription in one click, for mail programs (RFC 8058)',
  description: 'The address of List-Unsubscribe. The body, `List-Unsubscribe=One-Click`, is not looked at.',
  request: { params: z.object({ token: token.openapi({ param: { name: 'token', in: 'path' } }) }) },
  responses: { 200: ended, ...refusals('bad_request', 'too_large') },
})

export const publicSubscriptions = openApiRoom<DoorEnv>()
  .openapi(end, async (c) => {
    await endSubscription(database(c.env.DB), c.req.valid('json').token)
    return c.json({ ended: true as const }, 200)
  })
  .openapi(endByMail, async (c) => {
    await endSubscription(database(c.env.DB), c.req.valid('param').token)
    return c.json({ ended: true as const }, 200)
  })

const readNotices = createRoute({
  method: 'get',
  path: '/notices',
  operationId: 'readNotices',
  summary: 'How each version of the public documents stands, and who was told of it',
  tags: ['Operator'],
  security: [{ operatorKey: [] }],
  responses: { 200: jsonAnswer('Every version, oldest first.', summarySchema), ...refusals('not_found') },
})

export const operatorNotices = openApiRoom<DoorEnv>().openapi(readNotices, async (c) =>
  c.json(await loadSummary(database(c.env.DB), documents), 200),
)
