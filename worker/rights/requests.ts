// A request of a person about their own data, from the proof of who asks to its end. Each step is one batch with its entry in
// the ledger; a step that is taken twice, or by two at once, is taken once. Called by the doors, errands.ts and chat.ts.

import { and, eq, sql } from 'drizzle-orm'
import { type Database, database, rowsInsert, type Statement, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { codeDigest } from '../custody/codes.ts'
import { loadPlatformRef } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { errorName, log } from '../ground/log.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { announce } from '../live/announce.ts'
import { carryOut } from './carry-out.ts'
import { decideDue } from './clocks.ts'
import type { Hands } from './hands.ts'
import type { RefusalCode } from './refusals.ts'
import {
  isSoleOwner,
  loadRule,
  moveRequest,
  type RequestRefusal,
  type RequestRow,
  requestById,
  requestCode,
  requestUrl,
  standingOf,
} from './row.ts'
import { may, opensAs, type Party, stateAfter } from './states.ts'
import { mailOwners, receivedMail, tellPerson } from './tell.ts'

const { requests } = schema

export type AskedRequest = Pick<
  RequestRow,
  'accountId' | 'subjectKind' | 'subjectId' | 'type' | 'door' | 'language'
>
export type OpenedRequest = {
  id: string
  /** 26 letters and digits, 128 bits: whoever has it may follow the request. */
  code: string
  url: string
  /** False when the same request stood already. */
  fresh: boolean
  state: RequestRow['state']
  dueAt: number
  /** The mail with its link, to a member or a visitor: sent by the caller before anything is erased. */
  mailId: string | undefined
}

/**
 * Opens the request, or finds the one that stands: of one kind about one person there is one at a time. Whoever calls this has
 * made sure that the person who asks is the one it is about. With `id` it is opened once, even when it has ended meanwhile.
 * It is durable when this resolves. What was granted is carried out by runErrands, which is woken for a contact; for our own
 * people the caller runs it when their mail has left, and the cron if the caller does not.
 * `waitMs`: what is granted on the spot begins only so much later, unless somebody brings it forward.
 */
export async function openRequest(
  world: World,
  asked: AskedRequest,
  { id, waitMs = 0 }: { id?: string; waitMs?: number } = {},
): Promise<OpenedRequest> {
  const db = database(world.env.DB)
  const ref = await loadPlatformRef(world.env.KEEPER)
  const standing = await loadStanding(db, asked, id)
  if (standing) return openedOf(world, ref, standing, false)
  const row = await newRow(world, db, ref, asked, id ?? newId('rgt'), waitMs)
  const received = await receivedMail(world, db, row)
  try {
    await writeBatch(db, [
      ...(await openingStatements(world, db, row)),
      ...(received ? [received.statement] : []),
    ])
  } catch (cause) {
    // The same was asked at the same moment: that one stands.
    const theirs = await loadStanding(db, asked, id)
    if (theirs) return openedOf(world, ref, theirs, false)
    throw cause
  }
  await announce(world.env, row.accountId, [{ kind: 'requests' }])
  if (row.subjectKind === 'contact' && row.state === 'granted' && waitMs === 0)
    await wake(world.env, row.accountId)
  return openedOf(world, ref, row, true, received?.id)
}

function openedOf(
  { settings }: World,
  ref: Uint8Array,
  row: RequestRow,
  fresh: boolean,
  mailId?: string,
): OpenedRequest {
  const code = requestCode(ref, row)
  const { id, state, dueAt, type } = row
  return { id, code, url: requestUrl(settings, code, type), fresh, state, dueAt, mailId }
}

async function loadStanding(db: Database, asked: AskedRequest, id: string | undefined) {
  const own = id === undefined ? undefined : await requestById(db, id).get()
  if (own) return own
  return db
    .select()
    .from(requests)
    .where(
      and(
        eq(requests.accountId, asked.accountId),
        eq(requests.subjectId, asked.subjectId),
        eq(requests.type, asked.type),
        sql`${requests.state} IN ('waiting', 'granted')`,
      ),
    )
    .get()
}

async function newRow(
  { now }: World,
  db: Database,
  ref: Uint8Array,
  asked: AskedRequest,
  id: string,
  waitMs: number,
): Promise<RequestRow> {
  const { accountId, subjectKind, subjectId, type } = asked
  const rule = subjectKind === 'contact' ? await loadRule(db, accountId) : 'at_once'
  const sole = subjectKind === 'member' && type === 'delete' && (await isSoleOwner(db, accountId, subjectId))
  const state = sole ? 'refused' : opensAs(subjectKind, type, rule)
  const due = decideDue(type, now)
  const decided = state === 'waiting' ? null : now
  return {
    id,
    ...asked,
    codeDigest: codeDigest(requestCode(ref, { id })),
    state,
    regimes: due.regimes,
    receivedAt: now,
    dueAt: due.dueAt,
    letThroughAt: state === 'waiting' ? due.letThroughAt : null,
    remindedAt: null,
    decidedAt: decided,
    decidedBy: decided === null ? null : subjectKind === 'contact' ? 'rule' : 'system',
    refusal: sole ? 'sole_owner' : null,
    deletionId: null,
    closedAt: sole ? now : null,
    attempts: 0,
    nextAt: state === 'waiting' ? due.remindAt : sole ? null : now + waitMs,
  }
}

async function openingStatements(world: World, db: Database, row: RequestRow): Promise<Statement[]> {
  const { accountId, id: subject, type: reason } = row
  const entry = { accountId, actor: 'person', action: 'request.open', subject, reason, at: world.now }
  const mails = row.state === 'waiting' ? await mailOwners(world, db, row, 'requestWaits') : []
  return [rowsInsert(db, requests, [row], sql``), entryInsert(db, entry), ...mails]
}

/** Should the message be lost, the cron finds the row. */
export async function wake(env: Env, accountId: string): Promise<void> {
  try {
    await env.ERRANDS.send({ of: 'requests', accountId })
  } catch (cause) {
    log('warn', 'request.not_woken', { error: errorName(cause) })
  }
}

type Moved = Promise<Result<RequestRow, RequestRefusal>>
/** Who does it: the party, and as the ledger names them. */
export type By = { party: Party; actor: string }

/** The business, or its silence, lets it through; it is carried out at once, and by the cron if that fails. */
export async function grantRequest(world: World, hands: Hands, row: RequestRow, { party, actor }: By): Moved {
  if (!may(party, 'grant', standingOf(row))) return refused({ reason: 'not_now' })
  const { now } = world
  const to = { state: stateAfter('grant'), decidedAt: now, decidedBy: actor, nextAt: now, attempts: 0 }
  const granted = await stepInto(world, row, to, { actor, action: 'request.grant' })
  if (!granted) return refused({ reason: 'not_now' })
  await tellPerson(world, hands, granted, { kind: 'granted' })
  return ok(await carryOut(world, hands, granted))
}

export async function refuseRequest(
  world: World,
  hands: Hands,
  row: RequestRow,
  refusal: RefusalCode,
  { party, actor }: By,
): Moved {
  if (!may(party, 'refuse', standingOf(row))) return refused({ reason: 'not_now' })
  const { now } = world
  const closed = { refusal, closedAt: now, nextAt: null, decidedAt: now, decidedBy: actor }
  const entry = { actor, action: 'request.refuse', reason: refusal }
  const refusedRow = await stepInto(world, row, { state: stateAfter('refuse'), ...closed }, entry)
  if (!refusedRow) return refused({ reason: 'not_now' })
  await tellPerson(world, hands, refusedRow, { kind: 'refused' })
  return ok(refusedRow)
}

/**
 * By the person, who hears of it where they asked: the code alone does it, and somebody else may have read that. Doing it twice
 * is doing it once.
 */
export async function withdrawRequest(world: World, hands: Hands, row: RequestRow): Moved {
  if (row.state === 'withdrawn') return ok(row)
  if (!may('person', 'withdraw', standingOf(row))) return refused({ reason: 'not_now' })
  const closed = { state: stateAfter('withdraw'), closedAt: world.now, nextAt: null }
  const withdrawn = await stepInto(world, row, closed, { actor: 'person', action: 'request.withdraw' })
  if (!withdrawn) return refused({ reason: 'not_now' })
  await tellPerson(world, hands, withdrawn, { kind: 'withdrawn' })
  return ok(withdrawn)
}

/** What was asked for has been done. */
export async function finishRequest(
  world: World,
  hands: Hands,
  row: RequestRow,
  { party, actor }: By,
): Moved {
  if (!may(party, 'finish', standingOf(row))) return refused({ reason: 'not_now' })
  const closed = { state: stateAfter('finish'), closedAt: world.now, nextAt: null }
  const done = await stepInto(world, row, closed, { actor, action: 'request.finish' })
  if (!done) return refused({ reason: 'not_now' })
  await tellPerson(world, hands, done, { kind: 'done' })
  return ok(done)
}

async function stepInto(
  { env, now }: World,
  row: RequestRow,
  to: Partial<RequestRow>,
  entry: { actor: string; action: string; reason?: string },
): Promise<RequestRow | undefined> {
  const db = database(env.DB)
  const { accountId, id: subject } = row
  const moved = await moveRequest(db, row, to, [entryInsert(db, { accountId, subject, ...entry, at: now })])
  if (moved) await announce(env, accountId, [{ kind: 'requests' }])
  return moved
}
