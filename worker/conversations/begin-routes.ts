// The door that begins a conversation. Mounted by app.ts.

import type { DoorEnv } from '../audit/principal.ts'
import {
  aboutPeople,
  createRoute,
  idParam,
  jsonAnswer,
  jsonBody,
  openApiRoom,
  refusals,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { beginConversation } from './begin.ts'

const postConversation = createRoute({
  ...aboutPeople('messages:send'),
  method: 'post',
  path: '/contacts/{id}/conversations',
  operationId: 'beginConversation',
  summary: 'Begin a conversation',
  description:
    'Of a number with a contact; where there is one already, that one is answered. Nothing is sent by it, and who has written nothing within 24 hours can be sent a template alone.',
  tags: ['Conversations'],
  request: {
    params: idParam('cnt_1a3c5e7g9j1m3p5r7t9w1y3a5c'),
    body: jsonBody(
      z
        .strictObject({ numberId: z.string().max(64).describe('Of yours, from listNumbers.') })
        .openapi('NewConversation'),
    ),
  },
  responses: {
    200: jsonAnswer(
      'Where it is. What is in it is read by its own doors.',
      z
        .object({ id: z.string().openapi({ example: 'cnv_5b7d9f1h3k5n7q9s1v3x5z7b9d' }) })
        .openapi('BegunConversation'),
    ),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'frozen', 'not_found', 'conflict'),
  },
})

export const beginning = openApiRoom<DoorEnv>().openapi(postConversation, async (c) => {
  const { accountId } = c.var.principal
  const { numberId } = c.req.valid('json')
  const between = { accountId, contactId: c.req.valid('param').id, numberId }
  const begun = await beginConversation(c.env, between, Date.now())
  if (!begun.ok && begun.reason === 'no_such_number')
    throw new Problem('bad_request', { detail: 'numberId names no number of this workspace.' })
  if (!begun.ok && begun.reason === 'disconnected')
    throw new Problem('conflict', { detail: 'This number was disconnected. Connect it again first.' })
  if (!begun.ok) throw new Problem('not_found')
  return c.json({ id: begun.value }, 200)
})
