// Doors of the conversations room: how the team deals with a conversation, and its labels. Mounted by app.ts.

import { database } from '../../db/client.ts'
import { actorOf, type DoorEnv, seesIdentifiers } from '../audit/principal.ts'
import { limits } from '../ground/limits.ts'
import {
  createRoute,
  cutPage,
  idParam,
  jsonAnswer,
  jsonBody,
  needsScope,
  openApiRoom,
  pageQuery,
  refusals,
  timeKey,
  unlessFrozen,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { changeLabel, createLabel, eraseLabel, labelColours, labelsQuery, openLabels } from './labels.ts'
import { conversationQuery, openConversations } from './list-conversations.ts'
import { conversationSchema, conversationView, labelPage, labelSchema, labelView } from './shapes.ts'
import { changeState, setLabel } from './state.ts'

const conversationId = idParam('cnv_5b7d9f1h3k5n7q9s1v3x5z7b9d')
const labelId = idParam('lbl_1a3c5e7g9j1m3p5r7t9w1y3a5c')
const oneAnswers = refusals('unauthorized', 'forbidden', 'not_found')
const changeAnswers = refusals('bad_request', 'unauthorized', 'forbidden', 'not_found')

const patchConversation = createRoute({
  ...needsScope('conversations:write'),
  method: 'patch',
  path: '/conversations/{id}',
  operationId: 'patchConversation',
  summary: 'Assign, close or read a conversation',
  tags: ['Conversations'],
  request: {
    params: conversationId,
    body: jsonBody(
      z
        .strictObject({
          assigneeId: z.string().max(64).nullable().optional().describe('A member; null: nobody.'),
          closed: z.boolean().optional(),
          read: z
            .union([z.boolean(), z.string().max(64)])
            .optional()
            .describe(
              'true: all that is here; an id: up to this message; false: unread again. For the whole team.',
            ),
        })
        .openapi('ConversationChange'),
    ),
  },
  responses: { 200: jsonAnswer('The conversation as it is now.', conversationSchema), ...changeAnswers },
})

const labelPath = z.object({
  id: z.string().openapi({ param: { name: 'id', in: 'path' }, example: 'cnv_5b7d9f1h3k5n7q9s1v3x5z7b9d' }),
  labelId: z
    .string()
    .openapi({ param: { name: 'labelId', in: 'path' }, example: 'lbl_1a3c5e7g9j1m3p5r7t9w1y3a5c' }),
})

const putLabel = createRoute({
  ...needsScope('conversations:write'),
  method: 'put',
  path: '/conversations/{id}/labels/{labelId}',
  operationId: 'putConversationLabel',
  summary: 'Put a label on a conversation',
  tags: ['Conversations'],
  request: { params: labelPath },
  responses: { 204: { description: 'It has the label.' }, ...oneAnswers },
})

const deleteLabelOf = createRoute({
  ...needsScope('conversations:write'),
  method: 'delete',
  path: '/conversations/{id}/labels/{labelId}',
  operationId: 'deleteConversationLabel',
  summary: 'Take a label off a conversation',
  tags: ['Conversations'],
  request: { params: labelPath },
  responses: { 204: { description: 'It has the label no longer.' }, ...oneAnswers },
})

const listLabels = createRoute({
  ...needsScope('conversations:read'),
  method: 'get',
  path: '/labels',
  operationId: 'listLabels',
  summary: 'List labels',
  description: `The oldest first; there are at most ${limits.labels}.`,
  tags: ['Conversations'],
  request: { query: pageQuery(timeKey) },
  responses: {
    200: jsonAnswer('A page of labels.', labelPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden'),
  },
})

const name = z.string().trim().min(1).max(limits.labelChars)
const colour = z.enum(labelColours)

const postLabel = createRoute({
  ...needsScope('conversations:write'),
  method: 'post',
  path: '/labels',
  operationId: 'createLabel',
  summary: 'Make a label',
  tags: ['Conversations'],
  request: { body: jsonBody(z.strictObject({ name, colour }).openapi('NewLabel')) },
  responses: {
    201: jsonAnswer('The label.', labelSchema),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'conflict'),
  },
})

const patchLabel = createRoute({
  ...needsScope('conversations:write'),
  method: 'patch',
  path: '/labels/{id}',
  operationId: 'changeLabel',
  summary: 'Rename or recolour a label',
  tags: ['Conversations'],
  request: {
    params: labelId,
    body: jsonBody(
      z.strictObject({ name: name.optional(), colour: colour.optional() }).openapi('LabelChange'),
    ),
  },
  responses: { 200: jsonAnswer('The label as it is now.', labelSchema), ...changeAnswers },
})

const deleteLabel = createRoute({
  ...needsScope('conversations:write'),
  method: 'delete',
  path: '/labels/{id}',
  operationId: 'deleteLabel',
  summary: 'Delete a label',
  description: 'Every conversation that has it loses it.',
  tags: ['Conversations'],
  request: { params: labelId },
  responses: { 204: { description: 'It is gone.' }, ...oneAnswers },
})

const refusalWords = {
  no_such_member: 'assigneeId names no member of this workspace.',
  no_such_message: 'read names no message of this conversation.',
}

const room = openApiRoom<DoorEnv>()
room.use('/conversations/:id', unlessFrozen)
room.use('/conversations/:id/labels/*', unlessFrozen)

export const conversationStates = room
  .openapi(patchConversation, async (c) => {
    const { id } = c.req.valid('param')
    const { principal } = c.var
    const place = { accountId: principal.accountId, conversationId: id, actor: actorOf(principal) }
    const refusal = await changeState(c.env, place, c.req.valid('json'), Date.now())
    if (refusal === 'not_found') throw new Problem('not_found')
    if (refusal) throw new Problem('bad_request', { detail: refusalWords[refusal] })
    const db = database(c.env.DB)
    const rows = await conversationQuery(db, principal.accountId, id)
    const who = { accountId: principal.accountId, memberId: principal.member?.id }
    const [conversation] = await openConversations(c.env, db, who, rows, Date.now())
    if (!conversation) throw new Problem('not_found')
    return c.json(conversationView(conversation, seesIdentifiers(principal)), 200)
  })
  .openapi(putLabel, async (c) => {
    const { id, labelId } = c.req.valid('param')
    const { principal } = c.var
    const place = { accountId: principal.accountId, conversationId: id, actor: actorOf(principal) }
    if (!(await setLabel(c.env, place, labelId, true, Date.now()))) throw new Problem('not_found')
    return c.body(null, 204)
  })
  .openapi(deleteLabelOf, async (c) => {
    const { id, labelId } = c.req.valid('param')
    const { principal } = c.var
    const place = { accountId: principal.accountId, conversationId: id, actor: actorOf(principal) }
    if (!(await setLabel(c.env, place, labelId, false, Date.now()))) throw new Problem('not_found')
    return c.body(null, 204)
  })
  .openapi(listLabels, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { accountId } = c.var.principal
    const found = await labelsQuery(database(c.env.DB), accountId, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.createdAt, row.id])
    const opened = await openLabels(c.env.KEEPER, accountId, rows, Date.now())
    return c.json({ data: opened.map(labelView), next }, 200)
  })
  .openapi(postLabel, async (c) => {
    const who = { accountId: c.var.principal.accountId, actor: actorOf(c.var.principal) }
    const label = await createLabel(c.env, who, c.req.valid('json'), Date.now())
    if (!label) throw new Problem('conflict', { detail: `There are ${limits.labels} labels already.` })
    return c.json(labelView(label), 201)
  })
  .openapi(patchLabel, async (c) => {
    const who = { accountId: c.var.principal.accountId, actor: actorOf(c.var.principal) }
    const label = await changeLabel(c.env, who, c.req.valid('param').id, c.req.valid('json'), Date.now())
    if (!label) throw new Problem('not_found')
    return c.json(labelView(label), 200)
  })
  .openapi(deleteLabel, async (c) => {
    const who = { accountId: c.var.principal.accountId, actor: actorOf(c.var.principal) }
    if (!(await eraseLabel(c.env, who, c.req.valid('param').id, Date.now()))) throw new Problem('not_found')
    return c.body(null, 204)
  })
