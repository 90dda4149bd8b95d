// Doors of the conversations room: conversations and their messages, to read. Mounted by app.ts.

import { database } from '../../db/client.ts'
import { type DoorEnv, type Principal, seesIdentifiers } from '../audit/principal.ts'
import {
  createRoute,
  cutPage,
  idParam,
  jsonAnswer,
  needsScope,
  openApiRoom,
  pageQuery,
  refusals,
  textKey,
  timeKey,
  unlessFrozen,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import {
  type ConversationFilter,
  conversationQuery,
  conversationsQuery,
  openConversations,
} from './list-conversations.ts'
import { loadMessage, loadMessages, openMessages } from './list-messages.ts'
import {
  conversationPage,
  conversationSchema,
  conversationView,
  messagePage,
  messageSchema,
  messageView,
} from './shapes.ts'

const listAnswers = refusals('bad_request', 'unauthorized', 'forbidden')
const oneAnswers = refusals('unauthorized', 'forbidden', 'not_found')

const filterQuery = pageQuery(timeKey).extend({
  state: z
    .enum(['open', 'closed', 'all'])
    .default('all')
    .openapi({ description: 'What was closed is open again once the person writes.' }),
  assignee: z
    .string()
    .max(64)
    .optional()
    .openapi({ description: '`me`, `none`, or the id of a member.', example: 'me' }),
  label: z.string().max(64).optional().openapi({ description: 'The id of a label.' }),
  unread: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: '`true`: only those with unread messages.' }),
})

const listConversations = createRoute({
  ...needsScope('conversations:read'),
  method: 'get',
  path: '/conversations',
  operationId: 'listConversations',
  summary: 'List conversations',
  description: 'The one with the newest message first.',
  tags: ['Conversations'],
  request: { query: filterQuery },
  responses: { 200: jsonAnswer('A page of conversations.', conversationPage), ...listAnswers },
})

const getConversation = createRoute({
  ...needsScope('conversations:read'),
  method: 'get',
  path: '/conversations/{id}',
  operationId: 'getConversation',
  summary: 'Read one conversation',
  tags: ['Conversations'],
  request: { params: idParam('cnv_5b7d9f1h3k5n7q9s1v3x5z7b9d') },
  responses: { 200: jsonAnswer('The conversation.', conversationSchema), ...oneAnswers },
})

const order = z
  .enum(['oldest', 'newest'])
  .default('oldest')
  .openapi({ description: 'Which message comes first.' })

const listMessages = createRoute({
  ...needsScope('conversations:read'),
  method: 'get',
  path: '/conversations/{id}/messages',
  operationId: 'listMessages',
  summary: 'List the messages of a conversation',
  description:
    'Oldest first, or newest first with `order=newest`; a cursor belongs to the order it came from.',
  tags: ['Conversations'],
  request: { params: idParam('cnv_5b7d9f1h3k5n7q9s1v3x5z7b9d'), query: pageQuery(textKey).extend({ order }) },
  responses: {
    200: jsonAnswer('A page of messages.', messagePage),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'not_found'),
  },
})

const getMessage = createRoute({
  ...needsScope('conversations:read'),
  method: 'get',
  path: '/messages/{id}',
  operationId: 'getMessage',
  summary: 'Read one message',
  tags: ['Conversations'],
  request: { params: idParam('msg_3f5h7k9n1q3s5v7x9z1b3d5f7h') },
  responses: { 200: jsonAnswer('The message.', messageSchema), ...oneAnswers },
})

const room = openApiRoom<DoorEnv>()
room.use('/conversations', unlessFrozen)
room.use('/conversations/*', unlessFrozen)
room.use('/messages/*', unlessFrozen)

const readerOf = ({ accountId, member }: Principal) => ({ accountId, memberId: member?.id })

/** `me` of a key that acts for nobody is nobody's. */
const assigneeOf = (assignee: string | undefined, { member }: Principal): ConversationFilter['assignee'] => {
  if (assignee === undefined) return undefined
  if (assignee === 'none') return { id: null }
  return { id: assignee === 'me' ? (member?.id ?? '') : assignee }
}

export const conversations = room
  .openapi(listConversations, async (c) => {
    const { unread, assignee, ...page } = c.req.valid('query')
    const { principal } = c.var
    const db = database(c.env.DB)
    const filter = { ...page, unread: unread === 'true', assignee: assigneeOf(assignee, principal) }
    const found = await conversationsQuery(db, principal.accountId, filter)
    const { rows, next } = cutPage(found, page.limit, (row) => [row.lastMessageAt, row.id])
    const opened = await openConversations(c.env, db, readerOf(principal), rows, Date.now())
    const seen = seesIdentifiers(principal)
    return c.json({ data: opened.map((one) => conversationView(one, seen)), next }, 200)
  })
  .openapi(getConversation, async (c) => {
    const { principal } = c.var
    const db = database(c.env.DB)
    const rows = await conversationQuery(db, principal.accountId, c.req.valid('param').id)
    const [conversation] = await openConversations(c.env, db, readerOf(principal), rows, Date.now())
    if (!conversation) throw new Problem('not_found')
    return c.json(conversationView(conversation, seesIdentifiers(principal)), 200)
  })
  .openapi(listMessages, async (c) => {
    const page = c.req.valid('query')
    const { accountId } = c.var.principal
    const found = await loadMessages(database(c.env.DB), accountId, c.req.valid('param').id, page)
    if (!found) throw new Problem('not_found')
    const { rows, next } = cutPage(found.rows, page.limit, (row) => [row.sortKey, row.id])
    const opened = await openMessages(c.env, accountId, rows, found.about, Date.now())
    const seen = seesIdentifiers(c.var.principal)
    return c.json({ data: opened.map((one) => messageView(one, seen)), next }, 200)
  })
  .openapi(getMessage, async (c) => {
    const { accountId } = c.var.principal
    const message = await loadMessage(c.env, accountId, c.req.valid('param').id, Date.now())
    if (!message) throw new Problem('not_found')
    return c.json(messageView(message, seesIdentifiers(c.var.principal)), 200)
  })
