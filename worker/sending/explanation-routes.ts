// The door that explains a message. Mounted by app.ts.

import type { DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  idParam,
  instant,
  isoTime,
  isoTimeOrNull,
  jsonAnswer,
  needsScope,
  openApiRoom,
  refusals,
  unlessFrozen,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { loadExplanation } from './explanation.ts'

const explanationSchema = z
  .object({
    basis: z.object({ kind: z.string(), name: z.string(), sentence: z.string() }),
    window: z
      .object({ state: z.enum(['open', 'closed']), until: instant.nullable(), sentence: z.string() })
      .nullable()
      .describe('As it was when the message was sent; null for those you received.'),
    gates: z.array(z.object({ gate: z.string(), state: z.enum(['passed', 'not needed']) })),
    attempts: z.array(z.object({ at: instant, sentence: z.string() })),
    statuses: z.array(z.object({ status: z.string(), at: instant })),
    sentBy: z.string().nullable(),
    failure: z
      .object({ code: z.int().nullable(), title: z.string(), meaning: z.string(), remedy: z.string() })
      .nullable(),
    price: z.object({ category: z.string(), sentence: z.string() }).nullable(),
    retention: z.object({ until: instant.nullable(), sentence: z.string() }),
    meta: z.object({ until: instant, sentence: z.string() }),
  })
  .openapi('Explanation')

const getExplanation = createRoute({
  ...needsScope('conversations:read'),
  method: 'get',
  path: '/messages/{id}/explanation',
  operationId: 'explainMessage',
  summary: 'Why a message is here',
  description: 'On what ground it was sent, what the gates saw, what became of it, and until when it stays.',
  tags: ['Conversations'],
  request: { params: idParam('msg_3f5h7k9n1q3s5v7x9z1b3d5f7h') },
  responses: {
    200: jsonAnswer('The explanation.', explanationSchema),
    ...refusals('unauthorized', 'forbidden', 'not_found'),
  },
})

const room = openApiRoom<DoorEnv>()
room.use('/messages/:id/explanation', unlessFrozen)

export const explanations = room.openapi(getExplanation, async (c) => {
  const { accountId } = c.var.principal
  const found = await loadExplanation(c.env, accountId, c.req.valid('param').id, Date.now())
  if (!found) throw new Problem('not_found')
  const { message, explanation } = found
  const { window, attempts, retention, meta } = explanation
  const view = {
    ...explanation,
    window: window && { ...window, until: isoTimeOrNull(window.until) },
    attempts: attempts.map(({ at, sentence }) => ({ at: isoTime(at), sentence })),
    statuses: message.statuses.map(({ status, at }) => ({ status, at: isoTime(at) })),
    sentBy: message.sentBy,
    failure: message.failure,
    retention: { ...retention, until: isoTimeOrNull(retention.until) },
    meta: { ...meta, until: isoTime(meta.until) },
  }
  return c.json(view, 200)
})
