// Doors of the accounts room: API keys, members, and the operator's door that opens a workspace. Mounted by app.ts.

import { createMiddleware } from 'hono/factory'
import { database } from '../../db/client.ts'
import type { DoorEnv } from '../audit/principal.ts'
import { equalSecret } from '../crypto/hmac.ts'
import {
  createRoute,
  cutPage,
  idParam,
  jsonAnswer,
  jsonBody,
  needsFresh,
  needsScope,
  openApiRoom,
  pageQuery,
  refusals,
  timeKey,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { announce, hangUp } from '../live/announce.ts'
import { createAccount } from './accounts.ts'
import { bearerToken } from './auth.ts'
import { createKey, keysQuery, revokeKey } from './keys.ts'
import { addMember, membersQuery, openMembers } from './members.ts'
import {
  beyondCreator,
  createdKeySchema,
  createdKeyView,
  keyPage,
  keyView,
  memberPage,
  memberSchema,
  memberView,
  newKeyBody,
  newMemberBody,
  newWorkspaceBody,
  openedWorkspaceSchema,
} from './shapes.ts'

const tags = ['Keys']

const listKeys = createRoute({
  ...needsScope('keys'),
  method: 'get',
  path: '/keys',
  operationId: 'listKeys',
  summary: 'List API keys',
  description: 'Newest first, revoked ones included. The keys themselves are not kept and cannot be shown.',
  tags,
  request: { query: pageQuery(timeKey) },
  responses: {
    200: jsonAnswer('A page of keys.', keyPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden'),
  },
})

const createKeyRoute = createRoute({
  ...needsFresh('keys'),
  method: 'post',
  path: '/keys',
  operationId: 'createKey',
  summary: 'Create an API key',
  description:
    'A key can be given only scopes that the caller has: of the calling key, or of the role of the member. It acts for that member, and does what their role may do while it stands.',
  tags,
  request: { body: jsonBody(newKeyBody) },
  responses: {
    201: jsonAnswer('The key, shown once.', createdKeySchema),
    ...refusals(
      'bad_request',
      'unauthorized',
      'forbidden',
      'step_up_needed',
      'too_large',
      'unsupported_media',
    ),
  },
})

const revokeKeyRoute = createRoute({
  ...needsFresh('keys'),
  method: 'delete',
  path: '/keys/{id}',
  operationId: 'revokeKey',
  summary: 'Revoke an API key',
  description: 'Takes effect with the next request and cannot be undone. Revoking twice is the same as once.',
  tags,
  request: { params: idParam('key_2k7v9m3c5t8x1z4b6n0q2s4d6f') },
  responses: {
    204: { description: 'The key is revoked.' },
    ...refusals('unauthorized', 'forbidden', 'step_up_needed', 'not_found'),
  },
})

export const keys = openApiRoom<DoorEnv>()
  .openapi(listKeys, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const found = await keysQuery(database(c.env.DB), c.var.principal.accountId, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.createdAt, row.id])
    return c.json({ data: rows.map(keyView), next }, 200)
  })
  .openapi(createKeyRoute, async (c) => {
    const created = await createKey(database(c.env.DB), c.var.principal, c.req.valid('json'), Date.now())
    if (!created.ok) throw new Problem('forbidden', { detail: beyondCreator(created.missing) })
    await announce(c.env, c.var.principal.accountId, [{ kind: 'keys' }])
    return c.json(createdKeyView(created.value), 201)
  })
  .openapi(revokeKeyRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { accountId } = c.var.principal
    const known = await revokeKey(database(c.env.DB), c.var.principal, id, Date.now())
    if (!known) throw new Problem('not_found')
    await hangUp(c.env, accountId, `key:${id}`)
    await announce(c.env, accountId, [{ kind: 'keys' }])
    return c.body(null, 204)
  })

const listMembers = createRoute({
  ...needsScope('members'),
  method: 'get',
  path: '/members',
  operationId: 'listMembers',
  summary: 'List the members of the workspace',
  description: 'Oldest first.',
  tags: ['Members'],
  request: { query: pageQuery(timeKey) },
  responses: {
    200: jsonAnswer('A page of members.', memberPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden'),
  },
})

const addMemberRoute = createRoute({
  ...needsFresh('members'),
  method: 'post',
  path: '/members',
  operationId: 'addMember',
  summary: 'Add a member',
  description:
    'Only an owner adds an owner. Whoever signs in with the address is this member; see invitations for asking first. `metaUserId` is kept as a keyed digest and nothing else: it lets a deletion request that the person makes at Meta find its way here.',
  tags: ['Members'],
  request: { body: jsonBody(newMemberBody) },
  responses: {
    201: jsonAnswer('The member.', memberSchema),
    ...refusals(
      'bad_request',
      'unauthorized',
      'forbidden',
      'step_up_needed',
      'conflict',
      'too_large',
      'unsupported_media',
    ),
  },
})

export const members = openApiRoom<DoorEnv>()
  .openapi(listMembers, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { accountId } = c.var.principal
    const found = await membersQuery(database(c.env.DB), accountId, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.createdAt, row.id])
    const opened = await openMembers(c.env.KEEPER, accountId, rows, Date.now())
    return c.json({ data: opened.map(memberView), next }, 200)
  })
  .openapi(addMemberRoute, async (c) => {
    const body = c.req.valid('json')
    const added = await addMember(database(c.env.DB), c.env.KEEPER, c.var.principal, body, Date.now())
    if (added.ok) return c.json(memberView(added.value), 201)
    if (added.reason === 'linked')
      throw new Problem('conflict', { detail: 'This Facebook user id belongs to a member already.' })
    if (added.reason === 'member_already')
      throw new Problem('conflict', { detail: 'This address is a member of the workspace already.' })
    throw new Problem('forbidden', { detail: 'Only an owner adds an owner.' })
  })

/** Without the operator key there is no door here: the answer is that of an address that does not exist. */
export const onlyOperator = createMiddleware<DoorEnv>(async (c, next) => {
  const given = bearerToken(c.req.header('authorization')) ?? ''
  if (!equalSecret(given, c.var.settings.operatorKey ?? '')) throw new Problem('not_found')
  await next()
})

const openWorkspace = createRoute({
  method: 'post',
  path: '/workspaces',
  operationId: 'openWorkspace',
  summary: 'Open a workspace',
  description:
    'For whoever operates this gateway. Answers 404 without the operator key, and when none is configured.',
  tags: ['Operator'],
  security: [{ operatorKey: [] }],
  request: { body: jsonBody(newWorkspaceBody) },
  responses: {
    201: jsonAnswer('The workspace and its first key.', openedWorkspaceSchema),
    ...refusals('bad_request', 'not_found', 'too_large', 'unsupported_media'),
  },
})

export const operator = openApiRoom<DoorEnv>().openapi(openWorkspace, async (c) => {
  const opened = await createAccount(database(c.env.DB), c.env.KEEPER, c.req.valid('json'), Date.now())
  return c.json(opened, 201)
})
