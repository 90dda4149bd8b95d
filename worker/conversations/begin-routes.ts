// The door that begins a conversation. Mounted by app.ts.

import { database } from '../../db/client.ts'
import { type DoorEnv, seesIdentifiers } from '../audit/principal.ts'
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
import { conversationQuery, openConversations } from './list-conversations.ts'
import { conversationSchema, conversationView } from './shapes.ts'

const postConversation = createRoute({
  ...aboutPeople('messages:send'),
  method: 'post',
  path: '/contacts/{id}/conversations',
  operationId: 'beginConversation',
  summary: 'Begin a conversation',
  description:
    'Of a number with a contact; where there is one already, it is answered. Nothing is sent by it, and who has written nothing within 24 hours can be sent a template alone.',
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
    200: jsonAnswer('The conversation.', conversationSchema),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'frozen', 'not_found', 'conflict'),
  },
})

export const beginning = openApiRoom<DoorEnv>().openapi(postConversation, async (c) => {
  const { principal } = c.var
  const { accountId } = principal
  const { numberId } = c.req.valid('json')
  const now = Date.now()
  const begun = await beginConversation(
    c.env,
    { accountId, contactId: c.req.valid('param').id, numberId },
    now,
  )
  if (!begun.ok && begun.reason === 'no_such_number')
    throw new Problem('bad_request', { detail: 'numberId names no number of this workspace.' })
  if (!begun.ok && begun.reason === 'disconnected')
    throw new Problem('conflict', { detail: 'This number was disconnected. Connect it again first.' })
  if (!begun.ok) throw new Problem('not_found')
  const db = database(c.env.DB)
  const rows = await conversationQuery(db, accountId, begun.value)
  const who = { accountId, memberId: principal.member?.id }
  const [conversation] = await openConversations(c.env, db, who, rows, now)
  if (!conversation) throw new Problem('not_found')
  return c.json(conversationView(conversation, seesIdentifiers(principal)), 200)
})
