// Doors of the conversations room: contacts, conversations and their messages, to read. Mounted by app.ts.

import { createMiddleware } from 'hono/factory'
import { database } from '../../db/client.ts'
import type { DoorEnv } from '../audit/principal.ts'
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
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { type ContactView, contactQuery, contactsQuery, openContacts } from './list-contacts.ts'
import { conversationQuery, conversationsQuery, openConversations } from './list-conversations.ts'
import { loadMessages, openMessages } from './list-messages.ts'
import {
  contactPage,
  contactSchema,
  contactView,
  conversationPage,
  conversationSchema,
  conversationView,
  messagePage,
  messageView,
} from './shapes.ts'

const listAnswers = refusals('bad_request', 'unauthorized', 'forbidden')
const oneAnswers = refusals('unauthorized', 'forbidden', 'not_found')

const listConversations = createRoute({
  ...needsScope('conversations:read'),
  method: 'get',
  path: '/conversations',
  operationId: 'listConversations',
  summary: 'List conversations',
  description: 'The one with the newest message first.',
  tags: ['Conversations'],
  request: { query: pageQuery(timeKey) },
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

const listContacts = createRoute({
  ...needsScope('conversations:read'),
  method: 'get',
  path: '/contacts',
  operationId: 'listContacts',
  summary: 'List contacts',
  description: 'The one heard of last first.',
  tags: ['Contacts'],
  request: { query: pageQuery(timeKey) },
  responses: { 200: jsonAnswer('A page of contacts.', contactPage), ...listAnswers },
})

const getContact = createRoute({
  ...needsScope('conversations:read'),
  method: 'get',
  path: '/contacts/{id}',
  operationId: 'getContact',
  summary: 'Read one contact',
  tags: ['Contacts'],
  request: { params: idParam('cnt_1a3c5e7g9j1m3p5r7t9w1y3a5c') },
  responses: { 200: jsonAnswer('The contact.', contactSchema), ...oneAnswers },
})

/** Of a workspace that is being deleted nothing about people is shown. */
const unlessFrozen = createMiddleware<DoorEnv>(async (c, next) => {
  if (c.var.principal.frozen) throw new Problem('frozen')
  await next()
})

const room = openApiRoom<DoorEnv>()
room.use('/conversations', unlessFrozen)
room.use('/conversations/*', unlessFrozen)
room.use('/contacts', unlessFrozen)
room.use('/contacts/:id{cnt_[^/]+}', unlessFrozen)

export const conversations = room
  .openapi(listConversations, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { accountId } = c.var.principal
    const found = await conversationsQuery(database(c.env.DB), accountId, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.lastMessageAt, row.id])
    const opened = await openConversations(c.env.KEEPER, accountId, rows, Date.now())
    return c.json({ data: opened.map(conversationView), next }, 200)
  })
  .openapi(getConversation, async (c) => {
    const { accountId } = c.var.principal
    const row = await conversationQuery(database(c.env.DB), accountId, c.req.valid('param').id).get()
    const [conversation] = await openConversations(c.env.KEEPER, accountId, row ? [row] : [], Date.now())
    if (!conversation) throw new Problem('not_found')
    return c.json(conversationView(conversation), 200)
  })
  .openapi(listMessages, async (c) => {
    const page = c.req.valid('query')
    const { accountId } = c.var.principal
    const found = await loadMessages(database(c.env.DB), accountId, c.req.valid('param').id, page)
    if (!found) throw new Problem('not_found')
    const { rows, next } = cutPage(found.rows, page.limit, (row) => [row.sortKey, row.id])
    const opened = await openMessages(c.env.KEEPER, accountId, rows, found.changes, Date.now())
    return c.json({ data: opened.map(messageView), next }, 200)
  })
  .openapi(listContacts, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { accountId } = c.var.principal
    const found = await contactsQuery(database(c.env.DB), accountId, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.lastSeenAt, row.id])
    const opened = await openContacts(c.env.KEEPER, accountId, rows, Date.now())
    return c.json({ data: rows.map((row, i) => contactView(row, opened[i] as ContactView)), next }, 200)
  })
  .openapi(getContact, async (c) => {
    const { accountId } = c.var.principal
    const row = await contactQuery(database(c.env.DB), accountId, c.req.valid('param').id).get()
    if (!row) throw new Problem('not_found')
    const [contact] = await openContacts(c.env.KEEPER, accountId, [row], Date.now())
    return c.json(contactView(row, contact as ContactView), 200)
  })
