// Public doors of the transparency log, and the keys that verify what the gateway signs. No account is needed, and none
// is named: leaves are hashes. Mounted by app.ts.

import type { Context } from 'hono'
import { limits } from '../ground/limits.ts'
import { createRoute, jsonAnswer, openApiRoom, refusals, z } from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import type { Settings } from '../ground/settings.ts'
import { loadCheckpoint, loadConsistency, loadInclusion, loadLeaves, publicKeys } from './client.ts'

type LogDoor = { Bindings: Env; Variables: { settings: Settings } }

const shared = { method: 'get' as const, tags: ['Transparency log'], security: [] }

/** A whole number in decimal digits and no other spelling. */
const count = (example: number, description: string) =>
  z
    .string()
    .regex(/^(0|[1-9]\d{0,14})$/, 'A whole number')
    .transform(Number)
    .openapi({ type: 'integer', minimum: 0, example, description })

const leafHex = z.string().regex(/^[0-9a-f]{64}$/, 'A SHA-256 in lower-case hex')
const leaf = leafHex.openapi({
  description: 'Hex SHA-256: of a receipt’s JWS, of a policy, of a sealed day.',
})
const hashes = z.array(z.string()).describe('SHA-256 hashes in base64, from the leaf towards the root.')
const checkpointText = z.string().openapi({
  description: 'C2SP tlog-checkpoint in a signed note: origin, size, root, signature.',
  example:
    'connect.example/log\n3\nZmFrZSByb290IG9mIHRocmVlIGxlYXZlcyBpbiBkb2Nz\n\n— connect.example/log …\n',
})

const readCheckpoint = createRoute({
  ...shared,
  path: '/public/log/checkpoint',
  operationId: 'readLogCheckpoint',
  summary: 'Read the signed head of the log',
  description:
    'How many leaves the log holds and the root over them, signed with a key of /.well-known/jwks.json.',
  responses: {
    200: { description: 'The checkpoint.', content: { 'text/plain': { schema: checkpointText } } },
  },
})

const proveInclusion = createRoute({
  ...shared,
  path: '/public/log/inclusion',
  operationId: 'proveLogInclusion',
  summary: 'Prove that the log holds a leaf',
  request: {
    query: z.strictObject({
      leaf,
      size: count(3, 'The tree to prove it in; the present one when not said.').optional(),
    }),
  },
  responses: {
    200: jsonAnswer(
      'The proof (RFC 9162, 2.1.3) and the checkpoint it leads to.',
      z
        .object({ index: z.int(), size: z.int(), leaf: leafHex, proof: hashes, checkpoint: checkpointText })
        .openapi('LogInclusion'),
    ),
    ...refusals('bad_request', 'not_found'),
  },
})

const proveConsistency = createRoute({
  ...shared,
  path: '/public/log/consistency',
  operationId: 'proveLogConsistency',
  summary: 'Prove that the log only grew',
  request: {
    query: z.strictObject({
      from: count(1, 'The size of the older tree.'),
      to: count(3, 'The size of the newer tree, at most that of the log.'),
    }),
  },
  responses: {
    200: jsonAnswer(
      'The proof (RFC 9162, 2.1.4).',
      z.object({ from: z.int(), to: z.int(), proof: hashes }).openapi('LogConsistency'),
    ),
    ...refusals('bad_request'),
  },
})

const pageRows = count(limits.logPageLeaves, `Leaves in one page, ${limits.logPageLeaves} at most.`)
  .refine((rows) => rows >= 1 && rows <= limits.logPageLeaves, `From 1 to ${limits.logPageLeaves}`)
  .default(limits.logPageLeaves)

const readLeaves = createRoute({
  ...shared,
  path: '/public/log/leaves',
  operationId: 'readLogLeaves',
  summary: 'Read the leaves of the log',
  description: 'Oldest first. Whoever keeps them can compute every root by himself.',
  request: {
    query: z.strictObject({ from: count(0, 'The first index.').default(0), limit: pageRows }),
  },
  responses: {
    200: jsonAnswer(
      'A page of leaves.',
      z
        .object({
          data: z.array(
            z.object({ index: z.int(), kind: z.enum(['receipt', 'policy', 'audit']), leaf: leafHex }),
          ),
          size: z.int().describe('Leaves in the log.'),
          next: z.int().nullable().describe('`from` of the next page; null at the end.'),
        })
        .openapi('LogLeaves'),
    ),
    ...refusals('bad_request'),
  },
})

export const transparencyLog = openApiRoom<LogDoor>()
  .openapi(readCheckpoint, async (c) =>
    c.text(await loadCheckpoint({ env: c.env, settings: c.var.settings }), 200),
  )
  .openapi(proveInclusion, async (c) => {
    const query = c.req.valid('query')
    const found = await loadInclusion({ env: c.env, settings: c.var.settings }, query.leaf, query.size)
    if (!found) throw new Problem('not_found')
    return c.json(found, 200)
  })
  .openapi(proveConsistency, async (c) => {
    const { from, to } = c.req.valid('query')
    const proof = await loadConsistency(c, from, to)
    if (!proof.ok)
      throw new Problem('bad_request', { detail: 'from must not be above to, nor to above the size.' })
    return c.json({ from, to, proof: proof.value }, 200)
  })
  .openapi(readLeaves, async (c) => {
    const { from, limit } = c.req.valid('query')
    const { size, leaves } = await loadLeaves(c, from, limit)
    const data = leaves.map(({ index, kind, hash }) => ({ index, kind, leaf: hash }))
    const end = from + leaves.length
    return c.json({ data, size, next: leaves.length > 0 && end < size ? end : null }, 200)
  })

/** `/.well-known/jwks.json`: every key that signs or has signed receipts and checkpoints. */
export const jwks = async (c: Context<LogDoor>) =>
  c.json({ keys: await publicKeys(c.var.settings) }, 200, { 'cache-control': 'public, max-age=300' })
