// Doors of a workspace about itself and the people in it. Mounted by app.ts.

import { database } from '../../db/client.ts'
import type { DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  cutPage,
  idParam,
  jsonAnswer,
  jsonBody,
  needsFresh,
  needsScope,
  needsSession,
  openApiRoom,
  pageQuery,
  refusals,
  timeKey,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { announce, hangUp } from '../live/announce.ts'
import { membersQuery, openMembers } from './members.ts'
import { colleaguePage, ownedWorkspaceSchema, workspaceBody, workspaceSchema } from './session-shapes.ts'
import { memberChangeBody, memberSchema, memberView } from './shapes.ts'
import { changeMember, makeWorkspace, renameWorkspace, workspaceQuery } from './workspaces.ts'

const tags = ['Workspace']

const createWorkspace = createRoute({
  ...needsSession(),
  method: 'post',
  path: '/workspaces',
  operationId: 'createWorkspace',
  summary: 'Make a workspace',
  description: 'Whoever makes it owns it. No workspace is needed for this.',
  tags,
  request: { body: jsonBody(workspaceBody) },
  responses: {
    201: jsonAnswer('The workspace.', ownedWorkspaceSchema),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'conflict', 'too_large', 'unsupported_media'),
  },
})

const readWorkspace = createRoute({
  ...needsScope('numbers:read'),
  method: 'get',
  path: '/workspace',
  operationId: 'readWorkspace',
  summary: 'Read the workspace',
  tags,
  responses: {
    200: jsonAnswer('The workspace.', workspaceSchema),
    ...refusals('unauthorized', 'forbidden', 'not_found'),
  },
})

const changeWorkspace = createRoute({
  ...needsScope('workspace:write'),
  method: 'patch',
  path: '/workspace',
  operationId: 'changeWorkspace',
  summary: 'Rename the workspace',
  tags,
  request: { body: jsonBody(workspaceBody) },
  responses: {
    200: jsonAnswer('The workspace.', workspaceSchema),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'not_found', 'too_large', 'unsupported_media'),
  },
})

const changeMemberRoute = createRoute({
  ...needsFresh('members'),
  method: 'patch',
  path: '/members/{id}',
  operationId: 'changeMember',
  summary: 'Change the role or the name of a member',
  description:
    'Takes effect with the next request of the member and of the keys they made. Only an owner makes owners or changes them, and the only owner stays one.',
  tags,
  request: { params: idParam('mem_3b5d7f9h1k3n5q7s9v1x3z5b7d'), body: jsonBody(memberChangeBody) },
  responses: {
    200: jsonAnswer('The member.', memberSchema),
    ...refusals(
      'bad_request',
      'unauthorized',
      'forbidden',
      'step_up_needed',
      'owner_needed',
      'not_found',
      'sole_owner',
      'too_large',
      'unsupported_media',
    ),
  },
})

const listColleagues = createRoute({
  ...needsScope('conversations:read'),
  method: 'get',
  path: '/colleagues',
  operationId: 'listColleagues',
  summary: 'List the people of the workspace by name',
  description: 'Whom a conversation can be given to. Addresses are not told.',
  tags,
  request: { query: pageQuery(timeKey) },
  responses: {
    200: jsonAnswer('A page of colleagues.', colleaguePage),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'not_found'),
  },
})

const notChanged = {
  unknown: new Problem('not_found'),
  owner_needed: new Problem('owner_needed'),
  sole_owner: new Problem('sole_owner', {
    detail: 'The only owner stays an owner.',
    remedy: 'Make somebody else an owner first.',
  }),
}

const notMade = {
  too_many: 'You are a member of too many workspaces already.',
  no_address: 'Sign in once more by a code, so that the owner can be written to.',
} as const

export const workspaces = openApiRoom<DoorEnv>()
  .openapi(createWorkspace, async (c) => {
    const made = await makeWorkspace(c.env, c.var.signedIn, c.req.valid('json').name, Date.now())
    if (!made.ok) throw new Problem('conflict', { detail: notMade[made.reason] })
    return c.json(made.value, 201)
  })
  .openapi(readWorkspace, async (c) => {
    const found = await workspaceQuery(database(c.env.DB), c.var.principal.accountId).get()
    if (!found) throw new Problem('not_found')
    return c.json(found, 200)
  })
  .openapi(changeWorkspace, async (c) => {
    const { accountId: id } = c.var.principal
    const { name } = c.req.valid('json')
    await renameWorkspace(database(c.env.DB), c.var.principal, name, Date.now())
    await announce(c.env, id, [{ kind: 'workspace' }])
    return c.json({ id, name }, 200)
  })
  .openapi(changeMemberRoute, async (c) => {
    const { accountId } = c.var.principal
    const { id } = c.req.valid('param')
    const now = Date.now()
    const changed = await changeMember(c.env, c.var.principal, id, c.req.valid('json'), now)
    if (!changed.ok) throw notChanged[changed.reason]
    // Whoever has another role hears other things: they come back with it.
    if (c.req.valid('json').role !== undefined) await hangUp(c.env, accountId, `member:${id}`)
    await announce(c.env, accountId, [{ kind: 'members' }])
    const [member] = await openMembers(c.env.KEEPER, accountId, [changed.value], now)
    if (!member) throw new Problem('not_found')
    return c.json(memberView(member), 200)
  })
  .openapi(listColleagues, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { accountId } = c.var.principal
    const found = await membersQuery(database(c.env.DB), accountId, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.createdAt, row.id])
    const opened = await openMembers(c.env.KEEPER, accountId, rows, Date.now())
    return c.json({ data: opened.map(({ id, name, role }) => ({ id, name, role })), next }, 200)
  })
