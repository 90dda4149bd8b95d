// Doors of somebody who is not signed in: a code, a passkey, an invitation. Mounted by app.ts under /api/v1/public, which counts
// calls by network address. What is answered is the same whether an address is known or not.

import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { seenBy } from '../accounts/device.ts'
import { loadLibrary } from '../accounts/library-door.ts'
import { sessionCookie } from '../accounts/session-cookie.ts'
import type { DoorEnv } from '../audit/principal.ts'
import { createRoute, isoTime, jsonAnswer, jsonBody, openApiRoom, refusals } from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { worldOf } from '../ground/world.ts'
import { deliverMails } from '../mail/mail.ts'
import { join, openInvitation } from './join.ts'
import {
  arrivedSchema,
  arrivedView,
  ceremonySchema,
  codeBody,
  codeSentSchema,
  openInvitationSchema,
  openInvitationView,
  passkeyAnswerBody,
  proofBody,
  signInBody,
  tokenParam,
} from './shapes.ts'
import { type Arrived, arrive, sendCode, signInByCode } from './sign-in.ts'

/** A page of another site must not sign its visitors in as somebody else. */
const ownPage = createMiddleware<DoorEnv>(async (c, next) => {
  const origin = c.req.header('origin')
  if (origin !== undefined && !c.var.settings.pageOrigins.includes(origin))
    throw new Problem('foreign_origin')
  await next()
})

const tags = ['Sign-in']
const shared = { tags, security: [], middleware: ownPage }
const badBody = ['bad_request', 'too_large', 'unsupported_media', 'too_many_requests'] as const
const sent = jsonAnswer('A mail is on its way.', codeSentSchema)
const arrived = jsonAnswer('Signed in: the cookie is in this answer.', arrivedSchema)

const askCode = createRoute({
  ...shared,
  method: 'post',
  path: '/sign-in/codes',
  operationId: 'askSignInCode',
  summary: 'Have a code for signing in sent to an address',
  description:
    'Six digits, good for ten minutes, five tries and one use; one asked for later ends it. The answer and the mail are the same whether the address is known or not: whoever comes for the first time signs up with it.',
  request: { body: jsonBody(codeBody) },
  responses: { 202: sent, ...refusals('foreign_origin', ...badBody) },
})

const signIn = createRoute({
  ...shared,
  method: 'post',
  path: '/sign-in',
  operationId: 'signIn',
  summary: 'Sign in by a code',
  request: { body: jsonBody(signInBody) },
  responses: { 200: arrived, ...refusals('code_refused', 'foreign_origin', ...badBody) },
})

const askPasskey = createRoute({
  ...shared,
  method: 'post',
  path: '/sign-in/passkey/options',
  operationId: 'askPasskey',
  summary: 'Begin to sign in by a passkey',
  responses: {
    200: jsonAnswer('What the browser is asked.', ceremonySchema),
    ...refusals('foreign_origin', 'too_many_requests'),
  },
})

const signInByPasskey = createRoute({
  ...shared,
  method: 'post',
  path: '/sign-in/passkey',
  operationId: 'signInByPasskey',
  summary: 'Sign in by a passkey',
  request: { body: jsonBody(passkeyAnswerBody) },
  responses: { 200: arrived, ...refusals('code_refused', 'foreign_origin', ...badBody) },
})

const readInvitation = createRoute({
  ...shared,
  method: 'get',
  path: '/invitations/{token}',
  operationId: 'readInvitation',
  summary: 'See what an invitation is to',
  description:
    'One that is unknown, accepted, revoked or past its life answers like any address that is not there.',
  request: { params: tokenParam },
  responses: { 200: jsonAnswer('The invitation.', openInvitationSchema), ...refusals('not_found') },
})

const askInvitationCode = createRoute({
  ...shared,
  method: 'post',
  path: '/invitations/{token}/codes',
  operationId: 'askInvitationCode',
  summary: 'Have a code sent to the address that was invited',
  request: { params: tokenParam },
  responses: { 202: sent, ...refusals('not_found', 'foreign_origin', 'too_many_requests') },
})

const acceptInvitation = createRoute({
  ...shared,
  method: 'post',
  path: '/invitations/{token}',
  operationId: 'acceptInvitation',
  summary: 'Join a workspace, and sign in',
  description:
    'The link may have been passed on: the code shows that whoever joins reads the mails of the address.',
  request: { params: tokenParam, body: jsonBody(proofBody) },
  responses: { 200: arrived, ...refusals('code_refused', 'not_found', 'foreign_origin', ...badBody) },
})

type Door = Context<DoorEnv>

/** The mail leaves while the answer is on its way. */
async function send(c: Door, email: string) {
  const issued = await sendCode(worldOf(c), email)
  if (!issued.ok) throw new Problem('too_many_requests', { headers: { 'retry-after': '600' } })
  c.executionCtx.waitUntil(deliverMails(c.env, c.var.settings, Date.now(), issued.value.mailId))
  return { expiresAt: isoTime(issued.value.expiresAt) }
}

function enter(c: Door, here: Arrived | undefined) {
  if (!here) throw new Problem('code_refused')
  c.header('set-cookie', sessionCookie(c.var.settings, here.token))
  return arrivedView(here)
}

async function invitationOf(c: Door, token: string) {
  const opened = await openInvitation(worldOf(c), token)
  if (!opened) throw new Problem('not_found')
  return opened
}

export const publicSignIn = openApiRoom<DoorEnv>()
  .openapi(askCode, async (c) => c.json(await send(c, c.req.valid('json').email), 202))
  .openapi(signIn, async (c) => {
    const here = await signInByCode(worldOf(c), seenBy(c.req.raw), c.req.valid('json'))
    return c.json(enter(c, here), 200)
  })
  .openapi(askPasskey, async (c) => {
    const library = await loadLibrary(c.env, c.var.settings)
    return c.json(await library.askPasskey(), 200)
  })
  .openapi(signInByPasskey, async (c) => {
    const library = await loadLibrary(c.env, c.var.settings)
    const begun = await library.beginByPasskey(c.req.valid('json'), seenBy(c.req.raw))
    return c.json(enter(c, begun && (await arrive(worldOf(c), begun, 'passkey'))), 200)
  })
  .openapi(readInvitation, async (c) =>
    c.json(openInvitationView(await invitationOf(c, c.req.valid('param').token)), 200),
  )
  .openapi(askInvitationCode, async (c) => {
    const { invitation } = await invitationOf(c, c.req.valid('param').token)
    return c.json(await send(c, invitation.address), 202)
  })
  .openapi(acceptInvitation, async (c) => {
    const opened = await invitationOf(c, c.req.valid('param').token)
    const here = await join(worldOf(c), seenBy(c.req.raw), opened, c.req.valid('json').code)
    return c.json(enter(c, here), 200)
  })
