// The walk that connects a WhatsApp account by hand: ask Meta → take the account → record the number → subscribe.
// Called by routes.ts. May be walked again at any time: with a new token it renews the connection.
// Source: WhatsApp Business Account phone numbers and subscribed_apps (Graph API).

import { z } from 'zod'
import { type Database, writeBatch } from '../../db/client.ts'
import {
  claimWaba,
  connectionHoldsLift,
  loadNumber,
  type NumberView,
  numberIdOf,
  numberUpsert,
} from '../accounts/numbers.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import type { SealKey } from '../crypto/seal.ts'
import { type Keepers, keeperOf, sealColumn } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { Settings } from '../ground/settings.ts'
import { classify } from '../meta/failure.ts'
import { callGraph, type Fetch, type GraphAnswer, type GraphCall } from '../meta/graph.ts'

export type Connection = { wabaId: string; phoneNumberId: string; accessToken: string }
export type World = { db: Database; keepers: Keepers; settings: Settings; fetch: Fetch; now: number }
export type NotConnected = { reason: 'number_taken' | 'connect_refused' | 'meta_unreachable'; detail: string }

type MetaNumber = { id: string; display_phone_number: string; verified_name: string }

export async function connectNumber(
  world: World,
  principal: Principal,
  asked: Connection,
): Promise<Result<NumberView, NotConnected>> {
  const listed = await loadMetaNumber(world, asked)
  if (!listed.ok) return listed
  const { accountId } = principal
  const detail = 'Another workspace has this WhatsApp account or number.'
  const taken = refused({ reason: 'number_taken' as const, detail })
  const standing = await loadNumber(world.db, asked.phoneNumberId)
  if (standing && standing.accountId !== accountId) return taken
  const { account } = await keeperOf(world.keepers, accountId).resolve([])
  const token = await sealColumn(account.seal, 'wabas', 'token', asked.wabaId, asked.accessToken)
  // Kept before anything else can fail: a token that was given once is not asked for again.
  const claim = { wabaId: asked.wabaId, accountId, token, connectedAt: world.now }
  if (!(await claimWaba(world.db, claim))) return taken
  const id = standing?.id ?? numberIdOf(accountId, asked.phoneNumberId)
  const view = viewOf(id, asked, listed.value, world.now)
  await recordNumber(world, principal, account.seal, view)
  const call = {
    method: 'POST',
    path: `${asked.wabaId}/subscribed_apps`,
    route: '/{waba}/subscribed_apps',
  } as const
  const subscribed = await callMeta(world, asked, call)
  return subscribed.kind === 'answered' ? ok(view) : refusalOf(subscribed)
}

/** The number, the end of the holds a new connection ends, and the ledger's entry, in one batch. */
async function recordNumber(
  world: World,
  principal: Principal,
  key: SealKey,
  view: NumberView,
): Promise<void> {
  const { db, now } = world
  const { accountId } = principal
  const seal = (column: string, plain: string | null) =>
    sealColumn(key, 'numbers', column, view.id, plain ?? '')
  const displayPhoneNumber = await seal('display_phone_number', view.displayPhoneNumber)
  const verifiedName = await seal('verified_name', view.verifiedName)
  const entry = { accountId, actor: actorOf(principal), action: 'number.connect', subject: view.id, at: now }
  await writeBatch(db, [
    numberUpsert(db, { ...view, accountId, displayPhoneNumber, verifiedName, pin: null, registeredAt: null }),
    connectionHoldsLift(db, accountId, view.wabaId, now),
    entryInsert(db, entry),
  ])
}

const viewOf = (id: string, asked: Connection, found: MetaNumber, now: number): NumberView => ({
  id,
  wabaId: asked.wabaId,
  phoneNumberId: asked.phoneNumberId,
  displayPhoneNumber: found.display_phone_number,
  verifiedName: found.verified_name,
  connectedAt: now,
})

const numbersPage = z.looseObject({
  data: z.array(
    z.looseObject({ id: z.string(), display_phone_number: z.string(), verified_name: z.string().catch('') }),
  ),
  paging: z
    .looseObject({
      next: z.string().optional(),
      cursors: z.looseObject({ after: z.string().optional() }).optional(),
    })
    .optional(),
})

/** A WhatsApp account has at most 25 numbers unless Meta raised it; five pages of a hundred end a list that does not. */
const pages = 5

/** Only what Meta lists under this account with this token is believed; the caller's ids alone prove nothing. */
async function loadMetaNumber(world: World, asked: Connection): Promise<Result<MetaNumber, NotConnected>> {
  const listing = {
    method: 'GET',
    path: `${asked.wabaId}/phone_numbers`,
    route: '/{waba}/phone_numbers',
  } as const
  let after: string | undefined
  for (let page = 0; page < pages; page++) {
    const query = {
      fields: 'id,display_phone_number,verified_name',
      limit: '100',
      ...(after === undefined ? {} : { after }),
    }
    const answer = await callMeta(world, asked, { ...listing, query })
    if (answer.kind !== 'answered') return refusalOf(answer)
    const parsed = numbersPage.safeParse(answer.json)
    if (!parsed.success)
      return refused({
        reason: 'meta_unreachable',
        detail: 'Meta answered with something else than a list of numbers.',
      })
    const found = parsed.data.data.find(({ id }) => id === asked.phoneNumberId)
    if (found) return ok(found)
    after = parsed.data.paging?.next === undefined ? undefined : parsed.data.paging.cursors?.after
    if (after === undefined) break
  }
  return refused({
    reason: 'connect_refused',
    detail: 'This WhatsApp account does not have that phone number.',
  })
}

type MetaCall = Pick<GraphCall, 'method' | 'path' | 'route' | 'query'>

function callMeta(world: World, asked: Connection, call: MetaCall): Promise<GraphAnswer> {
  const { graphOrigin: origin, graphVersion: version, appSecrets } = world.settings
  const proof = appSecrets[0] === undefined ? {} : { appSecret: appSecrets[0] }
  const { accessToken: token } = asked
  return callGraph({
    ...call,
    ...proof,
    origin,
    version,
    token,
    timeoutMs: limits.connectTimeoutMs,
    fetch: world.fetch,
  })
}

/** Meta's own words may quote the token or a number: the caller gets the code and our remedy for it. */
function refusalOf(answer: Exclude<GraphAnswer, { kind: 'answered' }>): { ok: false } & NotConnected {
  if (answer.kind === 'unclear')
    return refused({
      reason: 'meta_unreachable',
      detail: 'Meta gave no clear answer. Nothing is lost: connect again.',
    })
  const { code, transient } = answer.error
  const { action, remedy } = classify(code, transient)
  const reason =
    action === 'retry_later' || action === 'slow_down'
      ? ('meta_unreachable' as const)
      : ('connect_refused' as const)
  return refused({ reason, detail: `Meta answered with error ${code ?? 'unknown'}. ${remedy}` })
}
