// Doors to a package for whoever has the code of a request: have it prepared, take it. Mounted by app.ts under
// /api/v1/public. A code that is unknown, of another kind of request, or not granted, answers like an address that is not there.

import { database, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import type { DoorEnv } from '../audit/principal.ts'
import { errorName, log } from '../ground/log.ts'
import { createRoute, instant, isoTime, jsonAnswer, openApiRoom, refusals, z } from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { type World, worldOf } from '../ground/world.ts'
import {
  buildDue,
  mayPrepare,
  mayTake,
  openPackage,
  orderPackage,
  type PackageRow,
  packageOf,
  packageView,
} from './package.ts'
import { importPublicKey } from './package-seal.ts'
import { type RequestRow, requestByCode } from './row.ts'

const code = z.object({
  code: z
    .string()
    .max(64)
    .openapi({ param: { name: 'code', in: 'path' }, example: '7d2f4h6j8k0m1n3p5q7r9s1t3v' }),
})
const coordinate = z.string().regex(/^[\w-]{43}$/)
const publicKey = z
  .object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate })
  .openapi('PackageKey')
const packageSchema = z
  .object({
    state: z.enum(['building', 'ready', 'failed', 'expired']),
    expiresAt: instant,
    bytes: z.int().nullable(),
    encrypted: z.boolean().describe('To the key that was sent with the order; docs/export-format.md.'),
  })
  .openapi('Package')
const tags = ['Requests']

const prepare = createRoute({
  method: 'post',
  path: '/requests/{code}/package',
  operationId: 'preparePackage',
  summary: 'Have the data of a granted request prepared',
  description:
    'A ZIP with a readable page, JSON and media. With a public key it is encrypted to it, and only its private half opens it. A new order replaces the one before.',
  tags,
  security: [],
  request: {
    params: code,
    body: {
      required: false,
      content: { 'application/json': { schema: z.strictObject({ publicKey: publicKey.optional() }) } },
    },
  },
  responses: {
    202: jsonAnswer('It is being prepared.', packageSchema),
    ...refusals('bad_request', 'not_found', 'too_many_requests', 'restoring'),
  },
})

const take = createRoute({
  method: 'get',
  path: '/requests/{code}/package',
  operationId: 'takePackage',
  summary: 'Take a package that is ready',
  tags,
  security: [],
  request: { params: code },
  responses: {
    200: {
      description: 'The package, for seven days after it was built.',
      content: {
        'application/zip': { schema: z.any() },
        'application/vnd.softivum.package': { schema: z.any() },
      },
    },
    ...refusals('not_found', 'restoring'),
  },
})

const hidden = { 'cache-control': 'no-store', 'x-robots-tag': 'noindex' }

export const packageRoom = openApiRoom<DoorEnv>()
  .openapi(prepare, async (c) => {
    const world = worldOf(c)
    const request = await requestOf(world, c.req.valid('param').code)
    if (!mayPrepare(request)) throw new Problem('not_found')
    const { publicKey: key } = c.req.valid('json') ?? {}
    if (key && !(await importPublicKey(key)))
      throw new Problem('bad_request', { detail: 'publicKey is no point on P-256.' })
    const row = await orderPackage(world, request, key)
    if (!row) throw new Problem('too_many_requests', { headers: { 'retry-after': '86400' } })
    c.executionCtx.waitUntil(buildNow(world, row.accountId))
    const view = packageView(row, world.now)
    return c.json({ ...view, expiresAt: isoTime(view.expiresAt) }, 202, hidden)
  })
  .openapi(take, async (c) => {
    const world = worldOf(c)
    const request = await requestOf(world, c.req.valid('param').code)
    const row = await packageOf(database(c.env.DB), request.id)
    if (!mayTake(request, row, world.now)) throw new Problem('not_found')
    const bytes = await openPackage(world, row)
    if (!bytes) throw new Problem('not_found')
    await noteTaken(world, request)
    return c.body(bytes, 200, { ...headersOf(row), ...hidden }) as never
  })

async function requestOf({ env }: World, own: string): Promise<RequestRow> {
  const request = await requestByCode(database(env.DB), own).get()
  if (!request) throw new Problem('not_found')
  return request
}

/** A small one is ready before the person has looked; whatever does not end here is the queue's and the cron's. */
async function buildNow(world: World, accountId: string): Promise<void> {
  try {
    await buildDue(world, accountId)
  } catch (cause) {
    log('warn', 'package.failed', { error: errorName(cause) })
  }
}

function noteTaken({ env, now }: World, { accountId, id }: RequestRow): Promise<void> {
  const db = database(env.DB)
  const entry = { accountId, actor: 'person', action: 'package.take', subject: id, at: now }
  return writeBatch(db, [entryInsert(db, entry)])
}

function headersOf({ publicKey: key, createdAt }: PackageRow): Record<string, string> {
  const name = `your-data-${isoTime(createdAt).slice(0, 10)}${key === null ? '.zip' : '.package'}`
  return {
    'content-type': key === null ? 'application/zip' : 'application/vnd.softivum.package',
    'content-disposition': `attachment; filename="${name}"`,
  }
}
