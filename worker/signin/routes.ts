// Doors of somebody who is signed in and says once more that it is them, adds a passkey, or asks others to join. Mounted by
// app.ts.

import type { Context } from 'hono'
import { database, writeBatch } from '../../db/client.ts'
import { invitationsQuery, openInvitations } from '../accounts/invitations.ts'
import { loadLibrary } from '../accounts/library-door.ts'
import { tokenIn } from '../accounts/session-cookie.ts'
import { addressOf, entriesOf } from '../accounts/sessions.ts'
import type { DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  cutPage,
  idParam,
  isoTime,
  jsonAnswer,
  jsonBody,
  needsFresh,
  needsFreshSession,
  needsScope,
  needsSession,
  openApiRoom,
  pageQuery,
  refusals,
  timeKey,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { worldOf } from '../ground/world.ts'
import { announce } from '../live/announce.ts'
import { deliverMails } from '../mail/mail.ts'
import { invite, revokeInvitation } from './join.ts'
import {
  ceremonySchema,
  codeSentSchema,
  invitationBody,
  invitationPage,
  invitationSchema,
  invitationView,
  newPasskeyBody,
  passkeyAddedSchema,
  passkeyAnswerBody,
  proofBody,
  provenSchema,
} from './shapes.ts'
import { proveByCode, proveByPasskey, sendCode } from './sign-in.ts'

const session = { ...needsSession(), tags: ['Session'] }
const members = { tags: ['Members'] }
const signedInBody = [
  'bad_request',
  'unauthorized',
  'forbidden',
  'too_large',
  'unsupported_media',
  'too_many_requests',
] as const
const ceremony = jsonAnswer('What the browser is asked.', ceremonySchema)
const proven = jsonAnswer('Proven, from now on for ten minutes.', provenSchema)

const askProofCode = createRoute({
  ...session,
  method: 'post',
  path: '/session/proof/codes',
  operationId: 'askProofCode',
  summary: 'Have a code sent to your address, to confirm something dangerous',
  responses: {
    202: jsonAnswer('A mail is on its way.', codeSentSchema),
    ...refusals('unauthorized', 'forbidden', 'not_found', 'too_many_requests'),
  },
})

const prove = createRoute({
  ...session,
  method: 'post',
  path: '/session/proof',
  operationId: 'proveSession',
  summary: 'Say once more that it is you, by a code',
  request: { body: jsonBody(proofBody) },
  responses: { 200: proven, ...refusals('code_refused', ...signedInBody) },
})

const askProofPasskey = createRoute({
  ...session,
  method: 'post',
  path: '/session/proof/passkey/options',
  operationId: 'askProofPasskey',
  summary: 'Begin to say once more that it is you, by a passkey',
  responses: { 200: ceremony, ...refusals('unauthorized', 'forbidden', 'too_many_requests') },
})

const proveByPasskeyRoute = createRoute({
  ...session,
  method: 'post',
  path: '/session/proof/passkey',
  operationId: 'proveSessionByPasskey',
  summary: 'Say once more that it is you, by a passkey',
  request: { body: jsonBody(passkeyAnswerBody) },
  responses: { 200: proven, ...refusals('code_refused', ...signedInBody) },
})

const askNewPasskey = createRoute({
  ...needsFreshSession(),
  method: 'post',
  path: '/passkeys/options',
  operationId: 'askNewPasskey',
  summary: 'Begin to add a passkey',
  tags: ['Session'],
  responses: {
    200: ceremony,
    ...refusals('unauthorized', 'forbidden', 'step_up_needed', 'not_found', 'too_many_requests'),
  },
})

const addPasskey = createRoute({
  ...needsFreshSession(),
  method: 'post',
  path: '/passkeys',
  operationId: 'addPasskey',
  summary: 'Add a passkey',
  description: 'For a member of some workspace: somebody without one is forgotten within a day.',
  tags: ['Session'],
  request: { body: jsonBody(newPasskeyBody) },
  responses: {
    201: jsonAnswer('The passkey.', passkeyAddedSchema),
    ...refusals('code_refused', 'step_up_needed', 'not_found', ...signedInBody),
  },
})

const listInvitations = createRoute({
  ...needsScope('members'),
  ...members,
  method: 'get',
  path: '/invitations',
  operationId: 'listInvitations',
  summary: 'List invitations that can still be accepted',
  description: 'Newest first.',
  request: { query: pageQuery(timeKey) },
  responses: {
    200: jsonAnswer('A page of invitations.', invitationPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'not_found'),
  },
})

const createInvitation = createRoute({
  ...needsFresh('members'),
  ...members,
  method: 'post',
  path: '/invitations',
  operationId: 'createInvitation',
  summary: 'Invite somebody by mail',
  description:
    'The link is good for seven days, once, and only together with a code that goes to the same address. Only an owner invites an owner. Inviting again ends the invitation before.',
  request: { body: jsonBody(invitationBody) },
  responses: {
    201: jsonAnswer('The invitation.', invitationSchema),
    ...refusals('step_up_needed', 'owner_needed', 'not_found', 'conflict', ...signedInBody),
  },
})

const revokeInvitationRoute = createRoute({
  ...needsScope('members'),
  ...members,
  method: 'delete',
  path: '/invitations/{id}',
  operationId: 'revokeInvitation',
  summary: 'Take an invitation back',
  request: { params: idParam('inv_4c6e8g0j2m4p6r8t0w2y4a6c8e') },
  responses: {
    204: { description: 'The link leads nowhere any more.' },
    ...refusals('unauthorized', 'forbidden', 'not_found'),
  },
})

type Door = Context<DoorEnv>

/** So many tries a minute of one person, whatever is tried. */
async function seldom(c: Door): Promise<void> {
  const { success } = await c.env.RATE.limit({ key: `proof ${c.var.signedIn.session.userId}` })
  if (!success) throw new Problem('too_many_requests', { headers: { 'retry-after': '60' } })
}

function later(c: Door, mailId: string): void {
  c.executionCtx.waitUntil(deliverMails(c.env, c.var.settings, Date.now(), mailId))
}

/** The door let this cookie in, so its token is there. */
const ownToken = (c: Door): string => tokenIn(c.var.settings, c.req.header('cookie')) ?? ''

const notInvited = {
  member_already: new Problem('conflict', { detail: 'This address is a member of the workspace already.' }),
  too_many: new Problem('too_many_requests', { headers: { 'retry-after': '3600' } }),
  owner_needed: new Problem('owner_needed'),
}

/** What the authenticator shows is for the person alone: the library has no name to give it. */
const namedFor = (options: Record<string, unknown>, address: string) => ({
  ...options,
  user: { ...(options.user as object), name: address, displayName: address },
})

export const signInRoom = openApiRoom<DoorEnv>()
  .openapi(askProofCode, async (c) => {
    await seldom(c)
    const address = await addressOf(c.env, c.var.signedIn, Date.now())
    if (address === undefined) throw new Problem('not_found')
    const issued = await sendCode(worldOf(c), address)
    if (!issued.ok) throw new Problem('too_many_requests', { headers: { 'retry-after': '600' } })
    later(c, issued.value.mailId)
    return c.json({ expiresAt: isoTime(issued.value.expiresAt) }, 202)
  })
  .openapi(prove, async (c) => {
    await seldom(c)
    const world = worldOf(c)
    if (!(await proveByCode(world, c.var.signedIn, c.req.valid('json').code)))
      throw new Problem('code_refused')
    return c.json({ provenAt: isoTime(world.now) }, 200)
  })
  .openapi(askProofPasskey, async (c) => {
    await seldom(c)
    const library = await loadLibrary(c.env, c.var.settings)
    return c.json(await library.askPasskey(ownToken(c)), 200)
  })
  .openapi(proveByPasskeyRoute, async (c) => {
    await seldom(c)
    const world = worldOf(c)
    if (!(await proveByPasskey(world, c.var.signedIn, c.req.valid('json')))) throw new Problem('code_refused')
    return c.json({ provenAt: isoTime(world.now) }, 200)
  })
  .openapi(askNewPasskey, async (c) => {
    await seldom(c)
    const address = await addressOf(c.env, c.var.signedIn, Date.now())
    if (address === undefined || c.var.signedIn.memberships.length === 0) throw new Problem('not_found')
    const library = await loadLibrary(c.env, c.var.settings)
    const { options, ticket } = await library.askNewPasskey(ownToken(c))
    return c.json({ options: namedFor(options, address), ticket }, 200)
  })
  .openapi(addPasskey, async (c) => {
    await seldom(c)
    const { name, ...answered } = c.req.valid('json')
    const { memberships } = c.var.signedIn
    if (memberships.length === 0) throw new Problem('not_found')
    const library = await loadLibrary(c.env, c.var.settings)
    const id = await library.addPasskey(ownToken(c), answered, name)
    if (id === undefined) throw new Problem('code_refused')
    const entry = { action: 'passkey.add', subject: id, at: Date.now() }
    await writeBatch(database(c.env.DB), entriesOf(database(c.env.DB), memberships, entry))
    return c.json({ id, name }, 201)
  })
  .openapi(listInvitations, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { accountId } = c.var.principal
    const now = Date.now()
    const found = await invitationsQuery(database(c.env.DB), accountId, now, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.createdAt, row.id])
    const opened = await openInvitations(c.env.KEEPER, accountId, rows, now)
    return c.json({ data: opened.map(invitationView), next }, 200)
  })
  .openapi(createInvitation, async (c) => {
    const made = await invite(worldOf(c), c.var.principal, {
      ...c.req.valid('json'),
      from: c.req.header('origin'),
    })
    if (!made.ok) throw notInvited[made.reason]
    later(c, made.value.mailId)
    await announce(c.env, c.var.principal.accountId, [{ kind: 'members' }])
    return c.json(invitationView(made.value.invitation), 201)
  })
  .openapi(revokeInvitationRoute, async (c) => {
    const done = await revokeInvitation(worldOf(c), c.var.principal, c.req.valid('param').id)
    if (!done) throw new Problem('not_found')
    await announce(c.env, c.var.principal.accountId, [{ kind: 'members' }])
    return c.body(null, 204)
  })
