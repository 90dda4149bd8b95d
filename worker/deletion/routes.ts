// Doors of the deletion walk: a business about its people and itself, anybody with a code, owners with the secret of a
// mail, the operator, and Meta. Mounted by app.ts.

import type { Context } from 'hono'
import { Hono } from 'hono'
import { database } from '../../db/client.ts'
import { actorOf, type DoorEnv } from '../audit/principal.ts'
import { codeOf } from '../custody/codes.ts'
import { loadPlatformRef } from '../custody/sealing.ts'
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
import { worldOf } from '../ground/world.ts'
import {
  decideMember,
  decideWorkspace,
  forgetContacts,
  forgetMember,
  forgetWorkspace,
  type MemberRefusal,
  ownContacts,
} from './forget.ts'
import { answerDataDeletion, answerDeauthorize } from './meta-callbacks.ts'
import { approveDeletion, cancelDeletion } from './owners.ts'
import { previewDeletion } from './preview.ts'
import {
  bulkBody,
  bulkSchema,
  deletionPage,
  deletionSchema,
  deletionView,
  dryRunQuery,
  followedSchema,
  openedSchema,
  openedView,
  previewSchema,
  workspaceBody,
} from './shapes.ts'
import { deletionQuery, deletionsQuery, workspaceDeletionQuery } from './status.ts'

const storesOf = (c: Context<DoorEnv>) => ({
  db: database(c.env.DB),
  keepers: c.env.KEEPER,
  files: c.env.FILES,
})

const tags = ['Deletions']
const accepted = jsonAnswer(
  'The deletion runs, or stood already: the same request has the same code.',
  openedSchema,
)
const counted = jsonAnswer('What would go and what would stay (`dryRun=true`).', previewSchema)

const deleteContact = createRoute({
  ...needsScope('deletions'),
  method: 'post',
  path: '/contacts/{id}/deletion',
  operationId: 'deleteContact',
  summary: 'Erase a contact',
  description:
    'At once nothing is sent to this person and nothing about them is shown. Then keys are destroyed and rows deleted; it cannot be cancelled. A person who writes again later is a new contact.',
  tags,
  request: { params: idParam('cnt_1a3c5e7g9j1m3p5r7t9w1y3a5c'), query: dryRunQuery },
  responses: {
    200: counted,
    202: accepted,
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'not_found'),
  },
})

const deleteContacts = createRoute({
  ...needsFresh('deletions'),
  method: 'post',
  path: '/contacts/deletions',
  operationId: 'deleteContacts',
  summary: 'Erase up to 1,000 contacts',
  description: 'Each has a deletion of its own. Null where the workspace has no such contact.',
  tags,
  request: { body: jsonBody(bulkBody), query: dryRunQuery },
  responses: {
    200: counted,
    202: jsonAnswer('In the order asked.', bulkSchema),
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

const deleteMember = createRoute({
  ...needsFresh('members'),
  method: 'post',
  path: '/members/{id}/deletion',
  operationId: 'deleteMember',
  summary: 'Erase a member',
  description:
    'The address and the keys of this member go; conversations stay with the workspace. An owner is erased by themselves, signed in or with a key of their own, and never the only one.',
  tags,
  request: { params: idParam('mem_1a3c5e7g9j1m3p5r7t9w1y3a5c'), query: dryRunQuery },
  responses: {
    200: counted,
    202: accepted,
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'step_up_needed', 'not_found', 'sole_owner'),
  },
})

const deleteWorkspace = createRoute({
  ...needsFresh('workspace:delete'),
  method: 'post',
  path: '/deletion',
  operationId: 'deleteWorkspace',
  summary: 'Erase the whole workspace',
  description:
    'For an owner who is signed in, or with a key older than 72 hours. Every owner is told by mail; where there is another one, another must approve. Then it cools off for seven days and can be cancelled, then everything goes.',
  tags,
  request: { body: { ...jsonBody(workspaceBody), required: false }, query: dryRunQuery },
  responses: {
    200: counted,
    202: accepted,
    ...refusals(
      'bad_request',
      'unauthorized',
      'forbidden',
      'step_up_needed',
      'owner_needed',
      'key_too_fresh',
      'too_large',
      'unsupported_media',
    ),
  },
})

const cancelWorkspace = createRoute({
  ...needsScope('workspace:delete'),
  method: 'delete',
  path: '/deletion',
  operationId: 'cancelWorkspaceDeletion',
  summary: 'Take the deletion of the workspace back',
  description: 'By any owner, until erasing begins.',
  tags,
  responses: {
    200: jsonAnswer('The cancelled deletion.', deletionSchema),
    ...refusals('unauthorized', 'forbidden', 'owner_needed', 'not_found', 'past_return'),
  },
})

const approveWorkspace = createRoute({
  ...needsFresh('workspace:delete'),
  method: 'post',
  path: '/deletion/approval',
  operationId: 'approveWorkspaceDeletion',
  summary: 'Approve the deletion of the workspace',
  description: 'By another owner than the one who asked, signed in or with a key older than 72 hours.',
  tags,
  responses: {
    200: jsonAnswer('The approved deletion.', deletionSchema),
    ...refusals(
      'unauthorized',
      'forbidden',
      'step_up_needed',
      'owner_needed',
      'key_too_fresh',
      'not_found',
      'conflict',
    ),
  },
})

const listDeletions = createRoute({
  ...needsScope('deletions'),
  method: 'get',
  path: '/deletions',
  operationId: 'listDeletions',
  summary: 'List deletions',
  description: 'Newest first.',
  tags,
  request: { query: pageQuery(timeKey) },
  responses: {
    200: jsonAnswer('A page of deletions.', deletionPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden'),
  },
})

const getDeletion = createRoute({
  ...needsScope('deletions'),
  method: 'get',
  path: '/deletions/{id}',
  operationId: 'getDeletion',
  summary: 'Read one deletion',
  tags,
  request: { params: idParam('del_7d2f4h6j8k0m1n3p5q7r9s1t3v') },
  responses: {
    200: jsonAnswer('The deletion.', followedSchema),
    ...refusals('unauthorized', 'forbidden', 'not_found'),
  },
})

export const deletionRoom = openApiRoom<DoorEnv>()
  .openapi(deleteContact, async (c) => {
    const { id } = c.req.valid('param')
    const { accountId } = c.var.principal
    if (c.req.valid('query').dryRun === 'true') {
      if (!(await ownContacts(c.env, accountId, [id])).has(id)) throw new Problem('not_found')
      return c.json(await previewDeletion(storesOf(c), { scope: 'contact', accountId, ids: [id] }), 200)
    }
    const [opened] = await forgetContacts(worldOf(c), c.var.principal, [id])
    if (!opened) throw new Problem('not_found')
    return c.json(openedView(opened), 202)
  })
  .openapi(deleteContacts, async (c) => {
    const { ids } = c.req.valid('json')
    const { accountId } = c.var.principal
    if (c.req.valid('query').dryRun === 'true') {
      const own = await ownContacts(c.env, accountId, ids)
      return c.json(await previewDeletion(storesOf(c), { scope: 'contact', accountId, ids: [...own] }), 200)
    }
    const opened = await forgetContacts(worldOf(c), c.var.principal, ids)
    const data = ids.map((contactId, i) => {
      const deletion = opened[i]
      return { contactId, deletion: deletion ? openedView(deletion) : null }
    })
    return c.json({ data }, 202)
  })
  .openapi(deleteMember, async (c) => {
    const { id } = c.req.valid('param')
    const { accountId } = c.var.principal
    const allowed = await decideMember(c.env, c.var.principal, id)
    if (!allowed.ok) throw memberProblem(allowed.reason)
    if (c.req.valid('query').dryRun === 'true')
      return c.json(await previewDeletion(storesOf(c), { scope: 'member', accountId, ids: [id] }), 200)
    const opened = await forgetMember(worldOf(c), c.var.principal, id)
    if (!opened.ok) throw memberProblem(opened.reason)
    return c.json(openedView(opened.value), 202)
  })
  .openapi(deleteWorkspace, async (c) => {
    const { accountId } = c.var.principal
    const allowed = decideWorkspace(c.var.principal, Date.now())
    if (!allowed.ok) throw new Problem(allowed.reason)
    if (c.req.valid('query').dryRun === 'true')
      return c.json(await previewDeletion(storesOf(c), { scope: 'workspace', accountId }), 200)
    const opened = await forgetWorkspace(worldOf(c), c.var.principal, c.req.valid('json').deregister ?? false)
    if (!opened.ok) throw new Problem(opened.reason)
    return c.json(openedView(opened.value), 202)
  })
  .openapi(cancelWorkspace, async (c) => {
    const deletion = await workspaceDeletion(c)
    const done = await cancelDeletion(worldOf(c), deletion, actorOf(c.var.principal))
    if (!done.ok) throw new Problem('past_return')
    return c.json(deletionView(done.value), 200)
  })
  .openapi(approveWorkspace, async (c) => {
    const allowed = decideWorkspace(c.var.principal, Date.now())
    if (!allowed.ok) throw new Problem(allowed.reason)
    const done = await approveDeletion(worldOf(c), await workspaceDeletion(c), allowed.value)
    if (!done.ok) throw new Problem('conflict', { detail: notApproved[done.reason] })
    return c.json(deletionView(done.value), 200)
  })
  .openapi(listDeletions, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const found = await deletionsQuery(database(c.env.DB), c.var.principal.accountId, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.requestedAt, row.id])
    return c.json({ data: rows.map(deletionView), next }, 200)
  })
  .openapi(getDeletion, async (c) => {
    const { id } = c.req.valid('param')
    const row = await deletionQuery(database(c.env.DB), c.var.principal.accountId, id).get()
    if (!row) throw new Problem('not_found')
    const code = codeOf(await loadPlatformRef(c.env.KEEPER), row.id)
    return c.json(
      { ...deletionView(row), code, statusUrl: `${c.var.settings.publicOrigin}/data-deletion/${code}` },
      200,
    )
  })

const memberProblem = (reason: MemberRefusal): Problem =>
  reason === 'not_yourself'
    ? new Problem('forbidden', {
        detail: 'An owner is erased by themselves, by nobody else. Make them something else first.',
      })
    : new Problem(reason === 'unknown' ? 'not_found' : reason)

const notApproved = {
  unknown: 'You became an owner after this deletion was requested.',
  own_request: 'Whoever asked cannot approve: another owner must.',
  not_waiting: 'This deletion does not wait for an approval.',
  past_return: 'Erasing has begun.',
} as const

async function workspaceDeletion(c: Context<DoorEnv>) {
  const { accountId, member } = c.var.principal
  if (member?.role !== 'owner') throw new Problem('owner_needed')
  const deletion = await workspaceDeletionQuery(database(c.env.DB), accountId).get()
  if (!deletion) throw new Problem('not_found')
  return deletion
}

/** Meta's `signed_request` callbacks, under /webhooks/meta. */
export const metaCallbacks = new Hono<DoorEnv>()
  .post('/data-deletion', (c) => answerDataDeletion(worldOf(c), c.req.raw))
  .post('/deauthorize', (c) => answerDeauthorize(worldOf(c), c.req.raw))
