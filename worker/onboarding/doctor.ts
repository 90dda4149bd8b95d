// The doctor's visit to a WhatsApp account and its numbers: renew a token that ends → ask Meta → subscribe again where that
// is lacking → judge → record findings and the hold → tell the browsers. After connecting, once a day, and when somebody
// asks. Called by the doors and the cron.

import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { rowsInsert, type Statement, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { holdInsert, holdLiftInsert } from '../audit/holds.ts'
import { keeperOf, sealColumn } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import { announce } from '../live/announce.ts'
import type { World } from './ask.ts'
import {
  type AccountFacts,
  decideAccount,
  decideLife,
  decideNumber,
  type Finding,
  type NumberFacts,
} from './doctor-decide.ts'
import { callbackOf, heardSubscribed, lookAtAccount, lookAtNumber } from './doctor-facts.ts'
import { type Held, loadHeld } from './look.ts'
import { askSubscribe } from './steps.ts'
import { renewToken } from './token.ts'

const { checkups, holds, numbers, wabas } = schema

type OwnNumber = typeof numbers.$inferSelect

/** Nothing when the workspace has no such account. Any number of visits at once do no harm. */
export async function visit(world: World, accountId: string, wabaId: string): Promise<void> {
  const first = await loadHeld(world, accountId, wabaId)
  if (!first) return
  const held = await renewed(world, first)
  const own = await world.db
    .select()
    .from(numbers)
    .where(and(eq(numbers.accountId, accountId), eq(numbers.wabaId, wabaId), isNull(numbers.disconnectedAt)))
  const account = await accountFacts(world, held)
  const judged = await Promise.all(own.map((number) => numberFacts(world, held, number)))
  const findings = [
    ...decideAccount(account).map((finding) => ({ assetId: wabaId, ...finding })),
    ...judged.flatMap((facts, i) =>
      decideNumber(facts).map((finding) => ({ assetId: (own[i] as OwnNumber).id, ...finding })),
    ),
  ]
  const life = await lifeStatements(world, accountId, wabaId, decideLife(account, judged))
  await writeBatch(world.db, [findingsUpsert(world, accountId, findings), ...life.statements])
  await announce(
    world.env,
    accountId,
    own.map(({ id }) => ({ kind: 'number', numberId: id })),
  )
  if (life.lifted) await world.env.ERRANDS.send({ of: 'waiting', accountId })
}

/** A token of sixty days lives on while Meta gives new ones; the old one is good until the new one is kept. */
async function renewed(world: World, held: Held): Promise<Held> {
  const { row, token } = held
  const ends = row.tokenExpiresAt
  if (token === undefined || ends === null || ends > world.now + limits.tokenRenewMs || ends <= world.now)
    return held
  return (await renewHeld(world, held)) ?? held
}

/** Undefined when Meta gave no other token. */
export async function renewHeld(world: World, { row, token }: Held): Promise<Held | undefined> {
  const { accountId, wabaId } = row
  const renewedOne = token === undefined ? undefined : await renewToken(world, token)
  if (!renewedOne?.ok) return undefined
  const { account } = await keeperOf(world.env.KEEPER, accountId).resolve([])
  const sealed = await sealColumn(account.seal, 'wabas', 'token', wabaId, renewedOne.value)
  // Sixty days, as was asked for; the next visit reads the exact day.
  const change = { token: sealed, tokenExpiresAt: world.now + limits.tokenLifeMs }
  const same = and(eq(wabas.wabaId, wabaId), eq(wabas.accountId, accountId), eq(wabas.token, row.token))
  const entry = { accountId, actor: 'system', action: 'waba.renew', subject: wabaId, at: world.now }
  await writeBatch(world.db, [world.db.update(wabas).set(change).where(same), entryInsert(world.db, entry)])
  return loadHeld(world, accountId, wabaId)
}

async function accountFacts(
  world: World,
  { row, token }: Held,
): Promise<AccountFacts & { refused: boolean }> {
  const base = { now: world.now, callback: callbackOf(world), tokenKept: token !== undefined, refused: false }
  const nothing = { token: undefined, account: undefined, subscribed: undefined, app: undefined }
  if (token === undefined) return { ...base, ...nothing, templates: undefined }
  const look = await lookAtAccount(world, token, row.wabaId)
  if (look.token && look.token.expiresAt !== row.tokenExpiresAt && look.token.valid)
    await writeBatch(world.db, [
      world.db
        .update(wabas)
        .set({ tokenExpiresAt: look.token.expiresAt })
        .where(and(eq(wabas.wabaId, row.wabaId), eq(wabas.accountId, row.accountId))),
    ])
  if (!look.subscribed || look.subscribed.ours) return { ...base, ...look }
  return { ...base, ...look, subscribed: await subscribeAgain(world, { row, token }) }
}

/** The one thing that is mended without asking: what people write must arrive. */
async function subscribeAgain(world: World, { row, token }: Held): Promise<AccountFacts['subscribed']> {
  const { accountId, wabaId } = row
  const answer = await askSubscribe(world, token as string, wabaId)
  if (answer.kind === 'answered') {
    const entry = { accountId, actor: 'system', action: 'waba.subscribe', subject: wabaId, at: world.now }
    await writeBatch(world.db, [entryInsert(world.db, entry)])
  }
  return heardSubscribed(world, token as string, wabaId)
}

async function numberFacts(world: World, { token }: Held, own: OwnNumber): Promise<NumberFacts> {
  return {
    now: world.now,
    number: token === undefined ? undefined : await lookAtNumber(world, token, own.phoneNumberId),
    pinKept: own.pin !== null,
    connectedAt: own.connectedAt,
    synced: own.stateSyncAt !== null && own.historySyncAt !== null,
  }
}

function findingsUpsert(
  world: World,
  accountId: string,
  findings: (Finding & { assetId: string })[],
): Statement {
  const rows = findings.map(({ assetId, check, state, facts }) => ({
    accountId,
    assetId,
    check,
    state,
    facts: JSON.stringify(facts) as never,
    at: world.now,
    sinceAt: world.now,
  }))
  // A visit that began earlier and ends later does not overwrite what was found since.
  const newer = sql`ON CONFLICT DO UPDATE SET facts = excluded.facts, at = excluded.at, state = excluded.state,
    since_at = CASE WHEN state = excluded.state THEN since_at ELSE excluded.at END WHERE excluded.at >= at`
  return rowsInsert(world.db, checkups, rows, newer)
}

type Life = { statements: Statement[]; lifted: boolean }

async function lifeStatements(
  world: World,
  accountId: string,
  wabaId: string,
  life: 'dead' | 'alive' | 'unknown',
): Promise<Life> {
  if (life === 'unknown') return { statements: [], lifted: false }
  const here = and(eq(holds.accountId, accountId), eq(holds.subjectId, wabaId), eq(holds.kind, 'reconnect'))
  const standing = await world.db
    .select({ one: sql`1` })
    .from(holds)
    .where(and(here, sql`(lifted_at IS NULL OR lifted_at < at)`))
  const stands = standing.length > 0
  if (stands === (life === 'dead')) return { statements: [], lifted: false }
  const { db, now: at } = world
  const hold = { accountId, subjectId: wabaId, kind: 'reconnect' as const, reason: 'doctor', at }
  const entry = { accountId, actor: 'system', subject: wabaId, at }
  return life === 'dead'
    ? {
        statements: [
          holdInsert(db, hold),
          entryInsert(db, { ...entry, action: 'waba.reconnect', reason: 'doctor' }),
        ],
        lifted: false,
      }
    : {
        statements: [holdLiftInsert(db, hold), entryInsert(db, { ...entry, action: 'waba.reconnected' })],
        lifted: true,
      }
}

/** A few accounts that nobody has looked at for a day. Run by the cron. Returns how many were visited. */
export async function visitDue(world: World): Promise<number> {
  const before = world.now - limits.doctorEveryMs
  const due = await world.db
    .select({ accountId: wabas.accountId, wabaId: wabas.wabaId })
    .from(wabas)
    .where(
      sql`NOT EXISTS (SELECT 1 FROM checkups c WHERE c.account_id = wabas.account_id AND c.asset_id = wabas.waba_id
          AND c.check_name = 'token' AND c.at > ${before})
        AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.account_id = wabas.account_id AND h.subject_id = wabas.account_id
          AND h.kind IN ('frozen', 'suspended') AND (h.lifted_at IS NULL OR h.lifted_at < h.at))`,
    )
    // One that always fails keeps no other from its turn.
    .orderBy(sql`random()`)
    .limit(limits.doctorBatch)
  for (const { accountId, wabaId } of due) {
    try {
      await visit(world, accountId, wabaId)
    } catch (cause) {
      log('warn', 'doctor.failed', { accountId, error: errorName(cause) })
    }
  }
  return due.length
}

/** What was found at a number and at its account, as it stands. */
export const checkupsQuery = (world: World, accountId: string, assetIds: string[]) =>
  world.db
    .select()
    .from(checkups)
    .where(and(eq(checkups.accountId, accountId), inArray(checkups.assetId, assetIds)))
