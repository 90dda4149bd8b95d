// Doors of the data processing agreement. Mounted by app.ts.

import { database } from '../../db/client.ts'
import type { DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  instant,
  isoTime,
  jsonAnswer,
  jsonBody,
  needsScope,
  openApiRoom,
  refusals,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { type Agreement, accept, currentVersion, loadAgreements } from './agreements.ts'

const tags = ['Privacy']
const line = z.string().trim().min(2).max(200)

const agreementSchema = z
  .object({
    id: z.string(),
    version: z.string(),
    hash: z.string().describe('SHA-256 of the text.'),
    signatory: z.object({ name: z.string(), title: z.string() }).nullable(),
    acceptedBy: z.string().describe('As in the ledger.'),
    at: instant,
  })
  .openapi('Agreement')

const agreementsSchema = z
  .object({
    current: z
      .object({
        version: z.string(),
        hash: z.string(),
        effective: z.string(),
        summary: z.string(),
        url: z.string(),
      })
      .describe('The version in force.'),
    accepted: z.boolean().describe('Whether the version in force was accepted.'),
    data: z.array(agreementSchema).describe('Newest first.'),
  })
  .openapi('Agreements')

const listAgreements = createRoute({
  ...needsScope('privacy'),
  method: 'get',
  path: '/agreements',
  operationId: 'readAgreements',
  summary: 'The data processing agreement and who accepted it',
  tags,
  responses: {
    200: jsonAnswer('The agreement.', agreementsSchema),
    ...refusals('unauthorized', 'forbidden'),
  },
})

const acceptAgreement = createRoute({
  ...needsScope('privacy'),
  method: 'post',
  path: '/agreements',
  operationId: 'acceptAgreement',
  summary: 'Accept the data processing agreement',
  description: 'By somebody who may bind the business. Version and hash are those that were read.',
  tags,
  request: {
    body: jsonBody(
      z
        .strictObject({
          version: z.string().max(16).openapi({ example: '1' }),
          hash: z.string().regex(/^[0-9a-f]{64}$/),
          name: line.describe('Of the signatory.'),
          title: line.describe('What makes them a signatory.'),
        })
        .openapi('AgreementAcceptance'),
    ),
  },
  responses: {
    201: jsonAnswer('Accepted.', agreementsSchema),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'conflict', 'too_large', 'unsupported_media'),
  },
})

const view = ({ at, ...rest }: Agreement) => ({ ...rest, at: isoTime(at) })

async function standing(env: Env, accountId: string, now: number): Promise<z.infer<typeof agreementsSchema>> {
  const { version, hash, effective, summary } = currentVersion(now)
  const found = await loadAgreements(database(env.DB), env.KEEPER, accountId, now)
  return {
    current: { version, hash, effective, summary, url: `/dpa/${version}` },
    accepted: found.some((one) => one.version === version && one.hash === hash),
    data: found.map(view),
  }
}

export const agreements = openApiRoom<DoorEnv>()
  .openapi(listAgreements, async (c) =>
    c.json(await standing(c.env, c.var.principal.accountId, Date.now()), 200),
  )
  .openapi(acceptAgreement, async (c) => {
    const world = { db: database(c.env.DB), keepers: c.env.KEEPER, now: Date.now() }
    const accepted = await accept(world, c.var.principal, c.req.valid('json'))
    if (!accepted.ok) throw new Problem(accepted.reason, { detail: accepted.detail })
    return c.json(await standing(c.env, c.var.principal.accountId, world.now), 201)
  })
