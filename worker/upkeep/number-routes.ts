// Doors of a number at Meta: its standing, its profile, its usage. Mounted by app.ts.

import { database } from '../../db/client.ts'
import { numberQuery } from '../accounts/numbers.ts'
import type { DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  idParam,
  jsonAnswer,
  jsonBody,
  needsScope,
  openApiRoom,
  refusals,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { askingOf } from './graph.ts'
import { newProfileBody, profileSchema, standingSchema, usageSchema } from './number-shapes.ts'
import { changePicture, changeProfile, loadProfile, loadStanding, type NotAsked } from './numbers.ts'
import { givenFile, sampleBody } from './sample-body.ts'
import { loadUsage } from './usage.ts'

const tags = ['Numbers']
const params = idParam('num_4c6e8g0j2m4p6r8t0w2y4a6c8e')
const reading = [
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'meta_refused',
  'meta_unreachable',
] as const

const getStanding = createRoute({
  ...needsScope('numbers:read'),
  method: 'get',
  path: '/numbers/{id}/standing',
  operationId: 'getNumberStanding',
  summary: 'How a number stands at Meta',
  tags,
  request: { params },
  responses: { 200: jsonAnswer('As Meta says now.', standingSchema), ...refusals(...reading) },
})

const getProfile = createRoute({
  ...needsScope('profile'),
  method: 'get',
  path: '/numbers/{id}/profile',
  operationId: 'getNumberProfile',
  summary: 'Read the business profile of a number',
  tags,
  request: { params },
  responses: { 200: jsonAnswer('The profile.', profileSchema), ...refusals(...reading) },
})

const patchProfile = createRoute({
  ...needsScope('profile'),
  method: 'patch',
  path: '/numbers/{id}/profile',
  operationId: 'changeNumberProfile',
  summary: 'Change the business profile of a number',
  tags,
  request: { params, body: jsonBody(newProfileBody) },
  responses: {
    200: jsonAnswer('The profile as Meta has it now.', profileSchema),
    ...refusals('bad_request', ...reading, 'too_large', 'unsupported_media'),
  },
})

const putPicture = createRoute({
  ...needsScope('profile'),
  method: 'put',
  path: '/numbers/{id}/profile/picture',
  operationId: 'changeNumberPicture',
  summary: 'Change the picture of a number',
  description:
    'The bytes of a JPEG or PNG are the body, its type the Content-Type. Meta shows it as a square.',
  tags,
  request: { params, ...sampleBody },
  responses: {
    200: jsonAnswer('The profile as Meta has it now.', profileSchema),
    ...refusals('bad_request', ...reading, 'too_large', 'file_refused'),
  },
})

const getUsage = createRoute({
  ...needsScope('analytics:read'),
  method: 'get',
  path: '/numbers/{id}/usage',
  operationId: 'getNumberUsage',
  summary: 'How much a number was used',
  description: 'The last 30 days, and this month’s free service messages.',
  tags,
  request: { params },
  responses: {
    200: jsonAnswer('By day.', usageSchema),
    ...refusals('unauthorized', 'forbidden', 'not_found'),
  },
})

export const numberUpkeep = openApiRoom<DoorEnv>()
  .openapi(getStanding, async (c) => {
    const standing = await loadStanding(askingOf(c), c.var.principal.accountId, c.req.valid('param').id)
    if (!standing.ok) throw problemOf(standing)
    return c.json(standing.value, 200)
  })
  .openapi(getProfile, async (c) => {
    const profile = await loadProfile(askingOf(c), c.var.principal.accountId, c.req.valid('param').id)
    if (!profile.ok) throw problemOf(profile)
    return c.json(profile.value, 200)
  })
  .openapi(patchProfile, async (c) => {
    const { id } = c.req.valid('param')
    const profile = await changeProfile(askingOf(c), c.var.principal, id, c.req.valid('json'))
    if (!profile.ok) throw problemOf(profile)
    return c.json(profile.value, 200)
  })
  .openapi(putPicture, async (c) => {
    const given = await givenFile(c.req.raw)
    const profile = await changePicture(askingOf(c), c.var.principal, c.req.valid('param').id, given)
    if (!profile.ok) throw problemOf(profile)
    return c.json(profile.value, 200)
  })
  .openapi(getUsage, async (c) => {
    const db = database(c.env.DB)
    const { accountId } = c.var.principal
    const number = await numberQuery(db, accountId, c.req.valid('param').id).get()
    if (!number) throw new Problem('not_found')
    return c.json(await loadUsage(db, accountId, number.id, Date.now()), 200)
  })

const problemOf = (refusal: NotAsked): Problem =>
  refusal.reason === 'not_found'
    ? new Problem('not_found')
    : new Problem(refusal.reason, { detail: refusal.detail })
