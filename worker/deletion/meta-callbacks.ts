// What Meta asks about the people who connected their business with us: a person wants their data deleted, or took the
// app's access back. Also the ids of people that Meta hands over as a list. Called by routes.ts. Source: Meta’s documentation.
//
// Nothing is done, and nothing learned, without a valid signature. What is acknowledged is durable; what cannot be
// recorded is 503, so that Meta asks again.

import { sql } from 'drizzle-orm'
import { type Database, database } from '../../db/client.ts'
import { loadMetaUserDigest, metaLinkQuery, metaUserDigest } from '../accounts/members.ts'
import { fromUtf8 } from '../crypto/bytes.ts'
import { keeperOf, platformAccount } from '../custody/sealing.ts'
import { readCapped, secureHeaders } from '../ground/http.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import { type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { fields, parseJson, text } from '../meta/json.ts'
import { type SignedRequest, type SignedRequestFault, verifySignedRequest } from '../meta/signed-request.ts'
import { recordDeauthorize } from './deauthorize.ts'
import { type OpenedDeletion, requestDeletion } from './request.ts'
import type { DeletionDoor } from './row.ts'

type Fault = SignedRequestFault | 'too_large' | 'cut' | 'encoding'

const statusOf: Record<Fault, 400 | 403 | 413 | 415> = {
  malformed: 400,
  cut: 400,
  mismatch: 403,
  algorithm: 403,
  expired: 403,
  from_future: 403,
  too_large: 413,
  encoding: 415,
}

/** All that a stranger is told; why exactly stands in the log. */
const said = { 400: 'malformed', 403: 'refused', 413: 'too large', 415: 'unsupported encoding' } as const

function answer(status: number, body: unknown): Response {
  const headers = { ...secureHeaders, 'content-type': 'application/json', 'cache-control': 'no-store' }
  return new Response(JSON.stringify(body), { status, headers })
}

/**
 * Opens a deletion and answers `{ url, confirmation_code }`; the same person again gets the same code, and so does
 * somebody we know nothing of.
 */
export const answerDataDeletion = (world: World, request: Request): Promise<Response> =>
  answerSigned(world, request, async ({ userId, issuedAt }) => {
    const subjectId = await loadMetaUserDigest(world.env.KEEPER, userId)
    const { url, code } = await openFor(world, database(world.env.DB), subjectId, 'meta', issuedAt + 999)
    return { url, confirmation_code: code }
  })

/** Notes that the person's grant has ended; somebody we do not know gets the same bytes. See docs/decisions/0019. */
export const answerDeauthorize = (world: World, request: Request): Promise<Response> =>
  answerSigned(world, request, async (signed) => {
    await recordDeauthorize(world, signed)
    return { status: 'ok' }
  })

async function answerSigned(
  world: World,
  request: Request,
  act: (signed: SignedRequest) => Promise<unknown>,
): Promise<Response> {
  const signed = await readSigned(world, request)
  if (!signed.ok) {
    const { reason } = signed
    const status = statusOf[reason]
    log('warn', 'callback.refused', { status, reason })
    return answer(status, { error: said[status] })
  }
  try {
    return answer(200, await act(signed.value))
  } catch (cause) {
    log('error', 'callback.not_recorded', { status: 503, error: errorName(cause) })
    return answer(503, { error: 'unavailable' })
  }
}

/** As Meta sends it: a form with one field. JSON with the same field is read, too. */
async function readSigned(
  { settings, now }: World,
  request: Request,
): Promise<Result<SignedRequest, { reason: Fault }>> {
  if (request.headers.has('content-encoding')) return refused({ reason: 'encoding' })
  const type = /^[^;]*/
    .exec(request.headers.get('content-type') ?? '')?.[0]
    .trim()
    .toLowerCase()
  if (type !== 'application/x-www-form-urlencoded' && type !== 'application/json')
    return refused({ reason: 'encoding' })
  const body = await readCapped(request, limits.signedRequestBytes)
  if (!body.ok) return body
  const given = type === 'application/json' ? inJson(body.value) : inForm(body.value)
  return given === undefined
    ? refused({ reason: 'malformed' })
    : verifySignedRequest(given, settings.appSecrets, now)
}

const inJson = (bytes: Uint8Array): string | undefined =>
  text(fields(parseJson(fromUtf8(bytes))?.value).signed_request)

/** Undefined unless the field stands there once. */
function inForm(bytes: Uint8Array): string | undefined {
  const given = new URLSearchParams(fromUtf8(bytes)).getAll('signed_request')
  return given.length === 1 ? given[0] : undefined
}

export type Imported = {
  /** Of the deletion of the id at the same place in the list. */
  code: string
  /** True when the same was asked before. */
  known: boolean
}

/** One deletion for each id, in the order given. The same list again opens nothing. Throws when one cannot be recorded. */
export async function importMetaDeletions(world: World, ids: readonly string[]): Promise<Imported[]> {
  const db = database(world.env.DB)
  const { account } = await keeperOf(world.env.KEEPER, platformAccount).resolve([])
  const digests = ids.map((id) => metaUserDigest(account, id))
  const distinct = [...new Set(digests)]
  const opened = new Map<string, OpenedDeletion>()
  for (let from = 0; from < distinct.length; from += limits.importSideBySide)
    await Promise.all(
      distinct.slice(from, from + limits.importSideBySide).map(async (digest) => {
        opened.set(digest, await openFor(world, db, digest, 'import'))
      }),
    )
  return digests.map((digest, i) => {
    const { code, fresh } = opened.get(digest) as OpenedDeletion
    return { code, known: !fresh || digests.indexOf(digest) < i }
  })
}

async function openFor(
  world: World,
  db: Database,
  subjectId: string,
  door: DeletionDoor & ('meta' | 'import'),
  /** Meta's clock shows whole seconds. */
  askedAt?: number,
) {
  const accountId = await loadAccountOf(db, subjectId)
  const actor = door === 'meta' ? 'meta' : 'operator'
  return requestDeletion(world, {
    accountId,
    scope: 'meta_user',
    subjectId,
    door,
    actor,
    ...(askedAt === undefined ? {} : { askedAt }),
  })
}

/**
 * The account a Facebook user belongs to, or belonged to when their deletion was asked for: once the link is erased
 * only that request still tells, and the same person must find the same code. It steps from account to account through
 * the index, so it costs as many reads as there are accounts, not deletions.
 */
async function loadAccountOf(db: Database, digest: string): Promise<string> {
  const link = await metaLinkQuery(db, digest).get()
  if (link) return link.accountId
  const [earlier] = await db.all<{ account_id: string }>(sql`
    WITH RECURSIVE asked (id) AS (
      SELECT min(account_id) FROM deletions
      UNION ALL SELECT (SELECT min(account_id) FROM deletions WHERE account_id > asked.id) FROM asked WHERE asked.id IS NOT NULL)
    SELECT deletions.account_id FROM asked CROSS JOIN deletions
    WHERE deletions.account_id = asked.id AND deletions.subject_id = ${digest} AND deletions.scope = 'meta_user'
    ORDER BY deletions.requested_at DESC LIMIT 1`)
  return earlier?.account_id ?? platformAccount
}
