// Doors of somebody who is signed in about themselves: this session, their browsers, their passkeys. Mounted by app.ts; the
// doors that sign in are the signin walk's.

import { database } from '../../db/client.ts'
import type { DoorEnv, SignedIn } from '../audit/principal.ts'
import {
  createRoute,
  cutPage,
  idParam,
  jsonAnswer,
  jsonBody,
  needsFreshSession,
  needsSession,
  openApiRoom,
  pageQuery,
  refusals,
  timeKey,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { hangUp } from '../live/announce.ts'
import { passkeysQuery, removePasskey, renamePasskey } from './passkeys.ts'
import { sessionCookie, tokenIn } from './session-cookie.ts'
import {
  browserPage,
  browserView,
  hereView,
  ownNameBody,
  passkeyBody,
  passkeyPage,
  passkeySchema,
  passkeyView,
  sessionSchema,
} from './session-shapes.ts'
import { endSession, loadHere, renewSession, sessionsQuery } from './sessions.ts'
import { changeMember } from './workspaces.ts'

const tags = ['Session']

const readSession = createRoute({
  ...needsSession(),
  method: 'get',
  path: '/session',
  operationId: 'readSession',
  summary: 'Read who is signed in',
  description:
    'The workspace named by `x-workspace`, or the one joined last. Where one is no member of it, as where there is none, workspace and member are null.',
  tags,
  responses: {
    200: jsonAnswer('Who, where, and what they may do there.', sessionSchema),
    ...refusals('unauthorized', 'forbidden'),
  },
})

const changeSession = createRoute({
  ...needsSession(),
  method: 'patch',
  path: '/session',
  operationId: 'changeOwnName',
  summary: 'Say what colleagues call you',
  description: 'In this workspace.',
  tags,
  request: { body: jsonBody(ownNameBody) },
  responses: {
    200: jsonAnswer('The session as it is now.', sessionSchema),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'not_found', 'too_large', 'unsupported_media'),
  },
})

const signOut = createRoute({
  ...needsSession(),
  method: 'delete',
  path: '/session',
  operationId: 'signOut',
  summary: 'Sign out',
  tags,
  responses: { 204: { description: 'The session is over.' }, ...refusals('unauthorized', 'forbidden') },
})

const listSessions = createRoute({
  ...needsSession(),
  method: 'get',
  path: '/sessions',
  operationId: 'listSessions',
  summary: 'List the browsers you are signed in with',
  description: 'The one signed in last comes first.',
  tags,
  request: { query: pageQuery(timeKey) },
  responses: {
    200: jsonAnswer('A page of browsers.', browserPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden'),
  },
})

const revokeSession = createRoute({
  ...needsSession(),
  method: 'delete',
  path: '/sessions/{id}',
  operationId: 'revokeSession',
  summary: 'Sign a browser out',
  description: 'Takes effect with its next request.',
  tags,
  request: { params: idParam('ses_6d8f0h2k4n6q8s0v2x4z6b8d0f') },
  responses: {
    204: { description: 'The browser is signed out.' },
    ...refusals('unauthorized', 'forbidden', 'not_found'),
  },
})

const listPasskeys = createRoute({
  ...needsSession(),
  method: 'get',
  path: '/passkeys',
  operationId: 'listPasskeys',
  summary: 'List your passkeys',
  description: 'Newest first.',
  tags,
  request: { query: pageQuery(timeKey) },
  responses: {
    200: jsonAnswer('A page of passkeys.', passkeyPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden'),
  },
})

const renamePasskeyRoute = createRoute({
  ...needsSession(),
  method: 'patch',
  path: '/passkeys/{id}',
  operationId: 'renamePasskey',
  summary: 'Rename a passkey',
  tags,
  request: { params: idParam('psk_8f0h2k4n6q8s0v2x4z6b8d0f2h'), body: jsonBody(passkeyBody) },
  responses: {
    200: jsonAnswer('The passkey.', passkeySchema),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'not_found', 'too_large', 'unsupported_media'),
  },
})

const removePasskeyRoute = createRoute({
  ...needsFreshSession(),
  method: 'delete',
  path: '/passkeys/{id}',
  operationId: 'removePasskey',
  summary: 'Remove a passkey',
  description: 'It opens nothing any more. Signing in by a code from your mail always works.',
  tags,
  request: { params: idParam('psk_8f0h2k4n6q8s0v2x4z6b8d0f2h') },
  responses: {
    204: { description: 'The passkey is removed.' },
    ...refusals('unauthorized', 'forbidden', 'step_up_needed', 'not_found'),
  },
})

/** In every workspace that this browser could listen in. */
const hangUpEverywhere = (env: Env, { memberships }: SignedIn, id: string) =>
  Promise.all(memberships.map(({ accountId }) => hangUp(env, accountId, `session:${id}`)))

export const ownSession = openApiRoom<DoorEnv>()
  .openapi(readSession, async (c) => {
    const { signedIn, principal, settings } = c.var
    const now = Date.now()
    if (await renewSession(database(c.env.DB), signedIn, now))
      c.header('set-cookie', sessionCookie(settings, tokenIn(settings, c.req.header('cookie'))))
    return c.json(hereView(await loadHere(c.env, signedIn, principal, now)), 200)
  })
  .openapi(changeSession, async (c) => {
    const { signedIn, principal } = c.var
    // Without a workspace there is nobody who could call one anything.
    const own = principal.member?.id
    if (own === undefined) throw new Problem('not_found')
    const now = Date.now()
    await changeMember(c.env, principal, own, c.req.valid('json'), now)
    return c.json(hereView(await loadHere(c.env, signedIn, principal, now)), 200)
  })
  .openapi(signOut, async (c) => {
    const { signedIn, settings } = c.var
    const { id } = signedIn.session
    await endSession(database(c.env.DB), signedIn, id, Date.now())
    await hangUpEverywhere(c.env, signedIn, id)
    c.header('set-cookie', sessionCookie(settings))
    return c.body(null, 204)
  })
  .openapi(listSessions, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { id, userId } = c.var.signedIn.session
    const found = await sessionsQuery(database(c.env.DB), userId, Date.now(), { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.createdAt.getTime(), row.id])
    return c.json({ data: rows.map((row) => browserView(row, id)), next }, 200)
  })
  .openapi(revokeSession, async (c) => {
    const { id } = c.req.valid('param')
    if (!(await endSession(database(c.env.DB), c.var.signedIn, id, Date.now())))
      throw new Problem('not_found')
    await hangUpEverywhere(c.env, c.var.signedIn, id)
    return c.body(null, 204)
  })
  .openapi(listPasskeys, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const found = await passkeysQuery(database(c.env.DB), c.var.signedIn.session.userId, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.createdAt?.getTime() ?? 0, row.id])
    return c.json({ data: rows.map(passkeyView), next }, 200)
  })
  .openapi(renamePasskeyRoute, async (c) => {
    const { id } = c.req.valid('param')
    const renamed = await renamePasskey(database(c.env.DB), c.var.signedIn, id, c.req.valid('json').name)
    if (!renamed) throw new Problem('not_found')
    return c.json(passkeyView(renamed), 200)
  })
  .openapi(removePasskeyRoute, async (c) => {
    const { id } = c.req.valid('param')
    if (!(await removePasskey(database(c.env.DB), c.var.signedIn, id, Date.now())))
      throw new Problem('not_found')
    return c.body(null, 204)
  })
