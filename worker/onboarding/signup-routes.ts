// Doors of Meta's own window: an attempt, what came of it, and the WhatsApp accounts that were connected. Mounted by app.ts.

import { wabasQuery } from '../accounts/numbers.ts'
import type { DoorEnv, Principal } from '../audit/principal.ts'
import {
  createRoute,
  instant,
  isoTime,
  isoTimeOrNull,
  jsonAnswer,
  jsonBody,
  needsScope,
  openApiRoom,
  refusals,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import type { Result } from '../ground/result.ts'
import { announce } from '../live/announce.ts'
import { sdkOf } from '../meta/sdk.ts'
import type { NotConnected, World } from './ask.ts'
import { openAttempt } from './attempt.ts'
import { visit } from './doctor.ts'
import { lookForNumbers } from './look.ts'
import { connectedSchema, connectedView, metaId, refuseFrozen, tags, worldOf } from './shapes.ts'
import { type Connected, completeSignup } from './signup.ts'

const attemptSchema = z
  .object({
    state: z.string().describe('Stands for this attempt; goes back with the code, once.'),
    appId: z.string().openapi({ example: '401700800900100' }),
    configId: z.string().openapi({ example: '701800900100200' }),
    sdkUrl: z.url().describe('The script that opens the window.'),
    graphVersion: z.string().openapi({ example: 'v25.0' }),
    expiresAt: instant,
    coexistence: z.boolean().describe('Numbers of the WhatsApp Business app can be shared with it.'),
  })
  .openapi('SignupAttempt')

const beginSignup = createRoute({
  ...needsScope('numbers:write'),
  method: 'post',
  path: '/signup/attempts',
  operationId: 'beginSignup',
  summary: 'Begin to connect through Meta’s window',
  description:
    'For a member in a browser: the attempt belongs to both, is used once, and is open fifteen minutes.',
  tags,
  responses: {
    201: jsonAnswer('What the window is opened with.', attemptSchema),
    ...refusals('unauthorized', 'forbidden', 'frozen', 'not_offered'),
  },
})

const completeBody = z
  .strictObject({
    state: z.string().min(1).max(128),
    code: z.string().regex(/^[\x21-\x7e]{1,4096}$/, 'Not a code'),
    wabaId: metaId('201500300400500').optional(),
    phoneNumberId: metaId('301600700800900').optional(),
    coexistence: z.boolean().optional().describe('As the window said; what Meta says of the number decides.'),
  })
  .openapi('SignupCompletion')

const completion = createRoute({
  ...needsScope('numbers:write'),
  method: 'post',
  path: '/signup/attempts/completion',
  operationId: 'completeSignup',
  summary: 'Connect with the code of Meta’s window',
  description:
    'The ids are hints: what is connected is what Meta shows to the token. Steps that fail can be walked again without ' +
    'the code: the doctor of the number says which, and what to press.',
  tags,
  request: { body: jsonBody(completeBody) },
  responses: {
    201: jsonAnswer('What is connected now, and how each step went.', connectedSchema),
    ...refusals(
      'bad_request',
      'unauthorized',
      'forbidden',
      'frozen',
      'signup_closed',
      'number_taken',
      'too_large',
      'unsupported_media',
      'connect_refused',
      'meta_unreachable',
    ),
  },
})

const accountSchema = z
  .object({
    wabaId: z.string().openapi({ example: '201500300400500' }),
    way: z.enum(['manual', 'signup', 'coexistence']),
    connectedAt: instant,
    tokenExpiresAt: instant.nullable(),
    numbers: z.int().describe('How many of its numbers are connected.'),
  })
  .openapi('WhatsAppAccount')

const listAccounts = createRoute({
  ...needsScope('numbers:read'),
  method: 'get',
  path: '/whatsapp-accounts',
  operationId: 'readWhatsAppAccounts',
  summary: 'List connected WhatsApp accounts',
  description: 'One that was connected before it had a number is here, and in no list of numbers.',
  tags,
  responses: {
    200: jsonAnswer('All of them.', z.object({ data: z.array(accountSchema) })),
    ...refusals('unauthorized', 'forbidden'),
  },
})

const lookAgain = createRoute({
  ...needsScope('numbers:write'),
  method: 'post',
  path: '/whatsapp-accounts/{id}/numbers',
  operationId: 'lookForNumbers',
  summary: 'Look for numbers of a WhatsApp account',
  description:
    'Connects those that came since, and walks every step that is still open. One that was disconnected on purpose stays so.',
  tags,
  request: {
    params: z.object({ id: metaId('201500300400500').openapi({ param: { name: 'id', in: 'path' } }) }),
  },
  responses: {
    200: jsonAnswer('What is connected now, and how each step went.', connectedSchema),
    ...refusals(
      'bad_request',
      'unauthorized',
      'forbidden',
      'frozen',
      'not_found',
      'number_taken',
      'connect_refused',
      'meta_unreachable',
    ),
  },
})

async function shown(
  world: World,
  { accountId }: Principal,
  connected: Result<Connected, NotConnected>,
  later: (work: Promise<unknown>) => void,
) {
  if (!connected.ok) throw new Problem(connected.reason, { detail: connected.detail })
  const { wabaIds, numberIds } = connected.value
  later(Promise.all(wabaIds.map((wabaId) => visit(world, accountId, wabaId))))
  later(world.env.ERRANDS.send({ of: 'waiting', accountId }))
  later(
    announce(
      world.env,
      accountId,
      numberIds.map((numberId) => ({ kind: 'number', numberId })),
    ),
  )
  return connectedView(world, accountId, connected.value)
}

export const signup = openApiRoom<DoorEnv>()
  .openapi(beginSignup, async (c) => {
    const { settings, principal } = c.var
    refuseFrozen(principal)
    const { appId, configId, graphVersion } = settings
    if (configId === undefined) throw new Problem('not_offered')
    const attempt = await openAttempt(worldOf(c), principal)
    if (!attempt)
      throw new Problem('forbidden', { detail: 'Only a member in a browser can open Meta’s window.' })
    const { state, expiresAt } = attempt
    const sdkUrl = sdkOf(settings.graphOrigin)
    const how = { appId, configId, sdkUrl, graphVersion, coexistence: true }
    return c.json({ state, ...how, expiresAt: isoTime(expiresAt) }, 201)
  })
  .openapi(completion, async (c) => {
    const { principal } = c.var
    refuseFrozen(principal)
    const world = worldOf(c)
    const connected = await completeSignup(world, principal, c.req.valid('json'))
    return c.json(await shown(world, principal, connected, (work) => c.executionCtx.waitUntil(work)), 201)
  })
  .openapi(listAccounts, async (c) => {
    const rows = await wabasQuery(worldOf(c).db, c.var.principal.accountId)
    const data = rows.map(({ wabaId, way, connectedAt, tokenExpiresAt, numbers }) => ({
      ...{ wabaId, way, numbers },
      connectedAt: isoTime(connectedAt),
      tokenExpiresAt: isoTimeOrNull(tokenExpiresAt),
    }))
    return c.json({ data }, 200)
  })
  .openapi(lookAgain, async (c) => {
    const { principal } = c.var
    refuseFrozen(principal)
    const world = worldOf(c)
    const connected = await lookForNumbers(world, principal, c.req.valid('param').id)
    if (!connected) throw new Problem('not_found')
    return c.json(await shown(world, principal, connected, (work) => c.executionCtx.waitUntil(work)), 200)
  })
