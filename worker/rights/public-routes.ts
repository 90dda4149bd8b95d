// Doors of people without an account: codes that prove an address or a WhatsApp account, requests by their code, the contact
// form. What is held about anybody shows only to who has proven to be them. Mounted by app.ts under /api/v1/public, which counts
// calls by network address: a page that calls these doors for a visitor passes `cf-connecting-ip` on.

import type { Context } from 'hono'
import { database } from '../../db/client.ts'
import type { DoorEnv } from '../audit/principal.ts'
import { chatMessage } from '../consent/keywords.ts'
import { createRoute, isoTime, jsonAnswer, jsonBody, openApiRoom, refusals } from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { worldOf } from '../ground/world.ts'
import { deliverMails, newMail } from '../mail/mail.ts'
import { mailTexts } from '../mail/templates.ts'
import { checkMailCode, issueChatCode, issueMailCode, type Purpose } from '../proofs/codes.ts'
import { writeMessage } from './conversation.ts'
import type { Hands } from './hands.ts'
import { takeLetter } from './letter.ts'
import { carryOutProven, openProven, type Proven, subscribeProven } from './proven.ts'
import { withdrawRequest } from './requests.ts'
import { type RequestRow, requestByCode } from './row.ts'
import {
  challengeParam,
  chatCodeBody,
  chatCodeSchema,
  codeParam,
  letterBody,
  mailCodeBody,
  mailCodeSchema,
  mailProofBody,
  messageBody,
  messageSchema,
  provenSchema,
  publicRequestSchema,
} from './shapes.ts'
import { loadPublicView, messageView } from './view.ts'

const tags = ['Requests']
const shared = { tags, security: [] }
const badBody = ['bad_request', 'too_large', 'unsupported_media', 'too_many_requests'] as const
const takenLetter = { description: 'Taken. The same answer for what a machine filled in, which is not kept.' }

const askMailCode = createRoute({
  ...shared,
  method: 'post',
  path: '/mail-codes',
  operationId: 'askMailCode',
  summary: 'Have a code sent to an e-mail address',
  description:
    'Six digits, good for ten minutes, five tries and one use. A mail is sent and the answer is the same whether anything is held about the address or not.',
  request: { body: jsonBody(mailCodeBody) },
  responses: { 202: jsonAnswer('The mail is on its way.', mailCodeSchema), ...refusals(...badBody) },
})

const proveMailCode = createRoute({
  ...shared,
  method: 'post',
  path: '/mail-codes/{id}',
  operationId: 'proveMailCode',
  summary: 'Prove an e-mail address by its code',
  description:
    'What was asked for is opened for every workspace that the address is a member of, and for what was written to us from it. Nobody else learns which there are.',
  request: { params: challengeParam, body: jsonBody(mailProofBody) },
  responses: {
    200: jsonAnswer('The address is proven.', provenSchema),
    ...refusals('code_refused', ...badBody),
  },
})

const askChatCode = createRoute({
  ...shared,
  method: 'post',
  path: '/chat-codes',
  operationId: 'askChatCode',
  summary: 'A code to send to a business in the chat',
  description:
    'Sent from somebody’s own WhatsApp, it proves that the account is theirs. Good for an hour and one use. The answer is the same whether the number is one of ours or not.',
  request: { body: jsonBody(chatCodeBody) },
  responses: { 201: jsonAnswer('The code and the link.', chatCodeSchema), ...refusals(...badBody) },
})

const readRequest = createRoute({
  ...shared,
  method: 'get',
  path: '/requests/{code}',
  operationId: 'readRequestStatus',
  summary: 'Follow a request by its code',
  description: 'An unknown code answers like any address that is not there.',
  request: { params: codeParam },
  responses: { 200: jsonAnswer('How it stands.', publicRequestSchema), ...refusals('not_found') },
})

const writeAbout = createRoute({
  ...shared,
  method: 'post',
  path: '/requests/{code}/messages',
  operationId: 'writeAboutRequest',
  summary: 'Write to whoever answers the request',
  request: { params: codeParam, body: jsonBody(messageBody) },
  responses: {
    201: jsonAnswer('What was written.', messageSchema),
    ...refusals('not_found', 'conflict', ...badBody),
  },
})

const withdraw = createRoute({
  ...shared,
  method: 'post',
  path: '/requests/{code}/withdraw',
  operationId: 'withdrawRequest',
  summary: 'Take a request back',
  description: 'While nothing was done. Twice is once.',
  request: { params: codeParam },
  responses: {
    200: jsonAnswer('How it stands.', publicRequestSchema),
    ...refusals('not_found', 'conflict', 'too_many_requests'),
  },
})

const writeLetter = createRoute({
  ...shared,
  method: 'post',
  path: '/letters',
  operationId: 'writeLetter',
  summary: 'Write to us',
  tags: ['Letters'],
  request: { body: jsonBody(letterBody) },
  responses: { 202: takenLetter, ...refusals(...badBody) },
})

type Door = Context<DoorEnv>

const tooMany = () => new Problem('too_many_requests', { headers: { 'retry-after': '3600' } })

export const publicRights = (hands: Hands) =>
  openApiRoom<DoorEnv>()
    .openapi(askMailCode, async (c) => {
      const { type: purpose, email, language } = c.req.valid('json')
      const issued = await sendCode(c, { purpose, email, language })
      return c.json({ id: issued.id, expiresAt: isoTime(issued.expiresAt) }, 202)
    })
    .openapi(proveMailCode, async (c) => {
      const checked = await checkMailCode(worldOf(c), c.req.valid('param').id, c.req.valid('json').code)
      if (!checked.ok) throw new Problem('code_refused')
      const { purpose } = checked.value
      if (purpose !== 'subscribe') {
        const opened = await openFor(c, hands, { ...checked.value, type: purpose })
        return c.json({ purpose, requests: opened.map(provenView) }, 200)
      }
      await subscribeProven(worldOf(c), checked.value.email)
      return c.json({ purpose, requests: [], subscribed: true as const }, 200)
    })
    .openapi(askChatCode, async (c) => {
      const { type, number, language } = c.req.valid('json')
      const issued = await issueChatCode(worldOf(c), { purpose: type, number, language })
      if (!issued.ok) throw tooMany()
      const { code, expiresAt } = issued.value
      const text = chatMessage(type, code, language)
      const waUrl = `https://wa.me/${number}?text=${encodeURIComponent(text)}`
      const phoneUrl = simulatedPhone(c.var.settings.graphOrigin, number, text)
      return c.json({ code, text, waUrl, phoneUrl, expiresAt: isoTime(expiresAt) }, 201)
    })
    .openapi(readRequest, async (c) => {
      const row = await requestOf(c, c.req.valid('param').code)
      return c.json(await loadPublicView(worldOf(c), row), 200, { 'x-robots-tag': 'noindex' })
    })
    .openapi(writeAbout, async (c) => {
      const row = await requestOf(c, c.req.valid('param').code)
      const written = await writeMessage(worldOf(c), row, 'person', c.req.valid('json').text)
      if (written.ok) return c.json(messageView(written.value), 201)
      if (written.reason === 'too_many') throw tooMany()
      throw new Problem('conflict', { detail: 'Nobody answers this request any more.' })
    })
    .openapi(withdraw, async (c) => {
      const row = await requestOf(c, c.req.valid('param').code)
      const withdrawn = await withdrawRequest(worldOf(c), hands, row)
      if (!withdrawn.ok)
        throw new Problem('conflict', { detail: 'This request cannot be taken back any more.' })
      return c.json(await loadPublicView(worldOf(c), withdrawn.value), 200)
    })
    .openapi(writeLetter, async (c) => {
      const { website, name, ...letter } = c.req.valid('json')
      if (website !== '') return c.body(null, 202)
      const taken = await takeLetter(worldOf(c), { ...letter, name: name || undefined })
      if (!taken.ok) throw tooMany()
      later(c, taken.value.mailId)
      return c.body(null, 202)
    })

/** On one's own machine no link opens WhatsApp: the simulated Meta has a phone that reads the same parameters. */
function simulatedPhone(graphOrigin: string, number: string, text: string): string | null {
  const { hostname, origin } = new URL(graphOrigin)
  return hostname === '127.0.0.1' || hostname === 'localhost'
    ? `${origin}/?to=${number}&text=${encodeURIComponent(text)}`
    : null
}

/** At once: whoever waits for a code does not wait for the cron. */
function later(c: Door, mailId: string): void {
  c.executionCtx.waitUntil(deliverMails(c.env, c.var.settings, Date.now(), mailId))
}

async function sendCode(c: Door, asked: { purpose: Purpose; email: string; language: string }) {
  const world = worldOf(c)
  const issued = await issueMailCode(world, asked, ({ id, code, address }) =>
    newMail(
      database(c.env.DB),
      c.env.KEEPER,
      {
        to: { challengeId: id, address },
        kind: 'mail_code',
        ...mailTexts.mailCode({ code, purpose: asked.purpose }),
      },
      world.now,
    ),
  )
  if (!issued.ok) throw tooMany()
  later(c, issued.value.mailId)
  return issued.value
}

async function openFor(
  c: Door,
  hands: Hands,
  asked: { type: RequestRow['type']; email: string; language: string },
): Promise<Proven[]> {
  const world = worldOf(c)
  const opened = await openProven(world, asked)
  c.executionCtx.waitUntil(carryOutProven(world, hands, opened))
  return opened
}

const provenView = ({ code, type, about, workspace, url }: Proven) => ({
  code,
  type,
  about,
  workspace,
  statusUrl: url,
})

async function requestOf(c: Door, code: string): Promise<RequestRow> {
  const row = await requestByCode(database(c.env.DB), code).get()
  if (!row) throw new Problem('not_found')
  return row
}
