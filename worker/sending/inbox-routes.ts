// Doors of the sending walk for the inbox: say, react, show typing, tell that something was read. Mounted by app.ts.
// `inboxWith` lets tests bring their own fetch, clock and patience.

import type { Context } from 'hono'
import { actorOf, type DoorEnv, seesIdentifiers } from '../audit/principal.ts'
import { loadMessage } from '../conversations/list-messages.ts'
import { messageSchema, messageView } from '../conversations/shapes.ts'
import { changeState } from '../conversations/state.ts'
import {
  createRoute,
  idParam,
  jsonAnswer,
  jsonBody,
  needsScope,
  openApiRoom,
  refusals,
  unlessFrozen,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import type { Result } from '../ground/result.ts'
import { parseKey } from './idempotency.ts'
import { type Refusals, react, sayInto, tellRead } from './inbox.ts'
import { type Injected, outside, usual } from './outside.ts'

const conversation = idParam('cnv_5b7d9f1h3k5n7q9s1v3x5z7b9d')
const keyHeader = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .openapi({ description: 'The same key sends once and gets the same answer, for 24 hours.' }),
})
const sendAnswers = refusals('bad_request', 'unauthorized', 'forbidden', 'not_found', 'send_refused')
const tellAnswers = refusals('unauthorized', 'forbidden', 'not_found')

const types = [
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contacts',
  'interactive',
  'template',
] as const

const file = z.looseObject({ caption: z.string().optional(), link: z.string().optional() })

const newMessage = z
  .strictObject({
    type: z.enum(types),
    replyTo: z.string().max(64).optional().describe('Our id of the message this one answers.'),
    mediaId: z.string().max(64).optional().describe('Of a file that was uploaded to this conversation.'),
    text: z.looseObject({ body: z.string() }).optional(),
    image: file.optional(),
    video: file.optional(),
    audio: file.optional(),
    document: file.extend({ filename: z.string().optional() }).optional(),
    sticker: file.optional(),
    location: z.looseObject({ latitude: z.number(), longitude: z.number() }).optional(),
    contacts: z.array(z.looseObject({})).optional(),
    interactive: z.looseObject({ type: z.string() }).optional(),
    template: z.looseObject({ name: z.string(), language: z.looseObject({ code: z.string() }) }).optional(),
  })
  .openapi('NewMessage')

const postMessage = createRoute({
  ...needsScope('messages:send'),
  method: 'post',
  path: '/conversations/{id}/messages',
  operationId: 'sendMessage',
  summary: 'Send a message',
  description:
    'Meta’s payload under the key of the type, without the address: the conversation knows it. 202 answers the message as it stands on record, also when Meta refused it; `send_refused` says which of our gates is shut.',
  tags: ['Conversations'],
  request: { params: conversation, headers: keyHeader, body: jsonBody(newMessage) },
  responses: { 202: jsonAnswer('The message.', messageSchema), ...sendAnswers },
})

const postReaction = createRoute({
  ...needsScope('messages:send'),
  method: 'post',
  path: '/conversations/{id}/reactions',
  operationId: 'react',
  summary: 'React to a message',
  tags: ['Conversations'],
  request: {
    params: conversation,
    headers: keyHeader,
    body: jsonBody(
      z
        .strictObject({
          messageId: z.string().max(64),
          emoji: z.string().min(1).max(32).nullable().describe('null takes your reaction back.'),
        })
        .openapi('NewReaction'),
    ),
  },
  responses: { 202: jsonAnswer('The reaction as a message.', messageSchema), ...sendAnswers },
})

const postTyping = createRoute({
  ...needsScope('messages:send'),
  method: 'post',
  path: '/conversations/{id}/typing',
  operationId: 'showTyping',
  summary: 'Show that you are writing',
  description: 'For up to 25 seconds. WhatsApp marks what the person wrote as read with it.',
  tags: ['Conversations'],
  request: { params: conversation },
  responses: { 204: { description: 'Meta was told.' }, ...tellAnswers },
})

const postReceipt = createRoute({
  ...needsScope('messages:send'),
  method: 'post',
  path: '/conversations/{id}/receipt',
  operationId: 'sendReadReceipt',
  summary: 'Tell the person that you have read',
  description: 'Up to the newest message; it is read for the whole team, too.',
  tags: ['Conversations'],
  request: { params: conversation },
  responses: { 204: { description: 'Meta was told.' }, ...tellAnswers },
})

type Out = Context<DoorEnv>

/** Reads Meta's answer back, so it waits until that is on record. */
const outsideOf = (c: Out, injected: Injected) =>
  outside(
    {
      env: c.env,
      settings: c.var.settings,
      principal: c.var.principal,
      later: (work) => c.executionCtx.waitUntil(work),
      awaitsRecord: true,
    },
    injected,
  )

function keyOf(c: Out): string | undefined {
  const header = c.req.header('idempotency-key')
  const key = header === undefined ? undefined : parseKey(header)
  if (header !== undefined && key === undefined)
    throw new Problem('bad_request', {
      detail: 'The Idempotency-Key is not 1 to 255 printable ASCII characters.',
    })
  return key
}

const missing = {
  no_such_message: 'There is no such message in this conversation, or Meta has not named it yet.',
  no_such_file: 'mediaId names no file that was uploaded to this conversation.',
}

/** Our message as it stands on record. */
async function said(c: Out, result: Result<string, Refusals>) {
  if (!result.ok) {
    if (result.reason === 'not_found') throw new Problem('not_found')
    if (result.reason !== 'refused') throw new Problem('bad_request', { detail: missing[result.reason] })
    const { gate, remedy, detail } = result
    throw new Problem('send_refused', { gate, remedy, ...(detail === undefined ? {} : { detail }) })
  }
  const { principal } = c.var
  const message = await loadMessage(c.env, principal.accountId, result.value, Date.now())
  if (!message) throw new Problem('not_found')
  return messageView(message, seesIdentifiers(principal))
}

export function inboxWith(injected: Partial<Injected> = {}) {
  const world = { ...usual, ...injected }
  const room = openApiRoom<DoorEnv>()
  for (const path of ['messages', 'reactions', 'typing', 'receipt'])
    room.use(`/conversations/:id/${path}`, unlessFrozen)
  return room
    .openapi(postMessage, async (c) => {
      const { type, replyTo, mediaId, ...parts } = c.req.valid('json')
      const words = { type, payload: parts[type], replyTo, mediaId }
      const saying = sayInto(outsideOf(c, world), c.req.valid('param').id, words, keyOf(c))
      // Whoever closes the page must not stop a message between Meta and our record.
      c.executionCtx.waitUntil(saying)
      return c.json(await said(c, await saying), 202)
    })
    .openapi(postReaction, async (c) => {
      const reacting = react(outsideOf(c, world), c.req.valid('param').id, c.req.valid('json'), keyOf(c))
      c.executionCtx.waitUntil(reacting)
      return c.json(await said(c, await reacting), 202)
    })
    .openapi(postTyping, async (c) => {
      if (!(await tellRead(outsideOf(c, world), c.req.valid('param').id, true)))
        throw new Problem('not_found')
      return c.body(null, 204)
    })
    .openapi(postReceipt, async (c) => {
      const { id: conversationId } = c.req.valid('param')
      const { principal } = c.var
      if (!(await tellRead(outsideOf(c, world), conversationId, false))) throw new Problem('not_found')
      const place = { accountId: principal.accountId, conversationId, actor: actorOf(principal) }
      await changeState(c.env, place, { read: true }, Date.now())
      return c.body(null, 204)
    })
}

export const inbox = inboxWith()
