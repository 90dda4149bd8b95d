// Meta's door, and what a business may see of what came through it. At the door: the handshake and the signed events. What is not signed changes nothing and learns nothing; what is
// signed is answered 200 once it is durable, whatever is in it. Source: create-webhook-endpoint (Meta’s documentation).

import { Hono } from 'hono'
import { database } from '../../db/client.ts'
import type { DoorEnv } from '../audit/principal.ts'
import { equalSecret } from '../crypto/hmac.ts'
import { readCapped, secureHeaders } from '../ground/http.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import {
  createRoute,
  cutPage,
  idParam,
  jsonAnswer,
  needsScope,
  openApiRoom,
  refusals,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { cutByShard } from '../meta/shard.ts'
import { parseSignature, verifySignature } from '../meta/signature.ts'
import { commitBody } from './commit.ts'
import { lettersQuery, loadHealth, loadLetterOutcome, loadOwnNumber } from './health.ts'
import { replay } from './receive.ts'
import {
  healthSchema,
  healthView,
  letterPage,
  letterParams,
  letterQuery,
  letterView,
  replaySchema,
} from './shapes.ts'

const bare = { ...secureHeaders, 'cache-control': 'no-store' }
const empty = (status: 200 | 401 | 403 | 413 | 400 | 503) => new Response(null, { status, headers: bare })

export const webhooks = new Hono<DoorEnv>()

webhooks.get('/', (c) => {
  const { 'hub.mode': mode, 'hub.verify_token': token = '', 'hub.challenge': challenge = '' } = c.req.query()
  const known = token.length <= limits.verifyTokenChars && equalSecret(token, c.var.settings.verifyToken)
  const plain = challenge.length <= limits.challengeChars && /^[\w-]+$/.test(challenge)
  if (mode !== 'subscribe' || !known || !plain) return empty(403)
  return c.text(challenge, 200, bare)
})

webhooks.post('/', async (c) => {
  const refuse = (status: 400 | 401 | 413, reason: string) => {
    log('warn', 'webhook.refused', { status, reason })
    return empty(status)
  }
  const signature = parseSignature(c.req.raw.headers.get('x-hub-signature-256'))
  if (!signature.ok) return refuse(401, signature.reason)
  const body = await readCapped(c.req.raw, limits.webhookBodyBytes)
  if (!body.ok) return refuse(body.reason === 'too_large' ? 413 : 400, body.reason)
  if (!verifySignature(body.value, signature.value, c.var.settings.appSecrets)) return refuse(401, 'mismatch')
  try {
    await journal(c.env, body.value, Date.now())
    return empty(200)
  } catch (cause) {
    // Not durable is not acknowledged: Meta sends the whole body again.
    log('error', 'webhook.not_durable', { status: 503, error: errorName(cause) })
    return empty(503)
  }
})

async function journal(env: Env, bytes: Uint8Array, receivedAt: number): Promise<void> {
  await Promise.all(
    cutByShard(bytes).map((piece) =>
      commitBody(piece.shard, { receivedAt, bytes: piece.bytes }, (frames) =>
        env.INTAKE.getByName(piece.shard).append(frames),
      ),
    ),
  )
}

const tags = ['Numbers']
const numberId = 'num_4c6e8g0j2m4p6r8t0w2y4a6c8e'

const getHealth = createRoute({
  ...needsScope('numbers:read'),
  method: 'get',
  path: '/numbers/{id}/health',
  operationId: 'getNumberHealth',
  summary: 'See how a number’s events have fared',
  description: 'What arrived equals what was handled plus what is named otherwise.',
  tags,
  request: { params: idParam(numberId) },
  responses: {
    200: jsonAnswer('Counters, lag and holds.', healthSchema),
    ...refusals('unauthorized', 'forbidden', 'not_found'),
  },
})

const listLetters = createRoute({
  ...needsScope('numbers:read'),
  method: 'get',
  path: '/numbers/{id}/dead-letters',
  operationId: 'listDeadLetters',
  summary: 'List events that could not be handled',
  description: 'Newest first. With `outcome=retry`, those that will be tried again by themselves.',
  tags,
  request: { params: idParam(numberId), query: letterQuery },
  responses: {
    200: jsonAnswer('A page of letters.', letterPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'not_found'),
  },
})

const replayLetter = createRoute({
  ...needsScope('numbers:write'),
  method: 'post',
  path: '/numbers/{id}/dead-letters/{letterId}/replay',
  operationId: 'replayDeadLetter',
  summary: 'Try an event again',
  tags,
  request: { params: letterParams },
  responses: {
    200: jsonAnswer('What became of it.', replaySchema),
    ...refusals('unauthorized', 'forbidden', 'not_found'),
  },
})

async function ownNumber(env: Env, accountId: string, id: string) {
  const number = await loadOwnNumber(database(env.DB), accountId, id)
  if (!number) throw new Problem('not_found')
  return number
}

export const numberHealth = openApiRoom<DoorEnv>()
  .openapi(getHealth, async (c) => {
    const { accountId } = c.var.principal
    const number = await ownNumber(c.env, accountId, c.req.valid('param').id)
    return c.json(
      healthView(
        number.id,
        await loadHealth(database(c.env.DB), c.env.INTAKE, accountId, number, Date.now()),
      ),
      200,
    )
  })
  .openapi(listLetters, async (c) => {
    const { accountId } = c.var.principal
    const number = await ownNumber(c.env, accountId, c.req.valid('param').id)
    const { limit, cursor, outcome } = c.req.valid('query')
    const found = await lettersQuery(database(c.env.DB), accountId, number.phoneNumberId, outcome, {
      limit,
      cursor,
    })
    const { rows, next } = cutPage(found, limit, (row) => [row.receivedAt, row.id])
    return c.json({ data: rows.map(letterView), next }, 200)
  })
  .openapi(replayLetter, async (c) => {
    const { accountId } = c.var.principal
    const { id, letterId } = c.req.valid('param')
    const number = await ownNumber(c.env, accountId, id)
    const db = database(c.env.DB)
    if (!(await loadLetterOutcome(db, accountId, number.phoneNumberId, letterId)))
      throw new Problem('not_found')
    await replay(c.env, c.var.settings.appId, [letterId], Date.now())
    const still = await loadLetterOutcome(db, accountId, number.phoneNumberId, letterId)
    return c.json({ id: letterId, settled: still === undefined }, 200)
  })
