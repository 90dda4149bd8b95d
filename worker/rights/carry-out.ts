// What a granted request does. Each way may be walked again: a deletion that stands is found, a hold that stands is placed
// again, a mail is written in the batch that notes it. What fails is tried again by errands.ts. Called by it and by requests.ts.

import { and, eq, inArray } from 'drizzle-orm'
import { type Database, database, type Statement, schema } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { holdInsert } from '../audit/holds.ts'
import { contactTermsErase } from '../conversations/terms.ts'
import { dayMs, limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { World } from '../ground/world.ts'
import type { Hands } from './hands.ts'
import { deletionState, isSoleOwner, moveRequest, type RequestRow } from './row.ts'
import { mailOperator, mailOwners, tellPerson } from './tell.ts'

const { members, requests, subscriptions } = schema

/** The request as it stands afterwards. Never throws: what went wrong is logged and comes again. */
export async function carryOut(world: World, hands: Hands, row: RequestRow): Promise<RequestRow> {
  if (row.state !== 'granted') return row
  try {
    return (await ways[row.type](world, database(world.env.DB), hands, row)) ?? row
  } catch (cause) {
    log('warn', 'request.not_carried_out', { error: errorName(cause) })
    return row
  }
}

type Way = (world: World, db: Database, hands: Hands, row: RequestRow) => Promise<RequestRow | undefined>

const close = (now: number) => ({ state: 'done' as const, closedAt: now, nextAt: null })
const entryOf = (
  db: Database,
  { accountId, id: subject }: RequestRow,
  action: string,
  at: number,
  reason?: string,
) => entryInsert(db, { accountId, actor: 'system', action, subject, reason, at })

const erase: Way = async (world, db, hands, row) => {
  if (row.deletionId !== null) return followDeletion(world, db, row)
  const { now } = world
  const { accountId, subjectKind: scope, subjectId, type } = row
  if (scope === 'member' && (await isSoleOwner(db, accountId, subjectId)))
    return refuseSoleOwner(world, db, hands, row)
  const door = row.door === 'chat' ? 'chat' : row.door === 'mail' ? 'form' : 'api'
  const resigns = scope === 'member' && (await isOwner(db, subjectId))
  const asked = { accountId, scope, subjectId, door, actor: 'person', resigns } as const
  const { id: deletionId } = await hands.forget(world, asked)
  const nextAt = now + (limits.requestRetryMs[0] as number)
  return moveRequest(db, row, { deletionId, nextAt, attempts: 0 }, [
    entryOf(db, row, 'request.carry_out', now, type),
  ])
}

const isOwner = async (db: Database, id: string): Promise<boolean> =>
  (await db.select({ role: members.role }).from(members).where(eq(members.id, id)).get())?.role === 'owner'

async function refuseSoleOwner(world: World, db: Database, hands: Hands, row: RequestRow) {
  const { now } = world
  const closed = { state: 'refused', refusal: 'sole_owner', closedAt: now, nextAt: null } as const
  const refused = await moveRequest(db, row, closed, [entryOf(db, row, 'request.refuse', now, 'sole_owner')])
  if (refused) await tellPerson(world, hands, refused, { kind: 'refused' })
  return refused
}

/** Done when live data is gone. Whatever else this person had asked for is then about nothing. Nobody can call it off any more. */
async function followDeletion({ now }: World, db: Database, row: RequestRow) {
  const deletion = await deletionState(db, row.deletionId as string).get()
  if (deletion?.state === 'erased' || deletion?.state === 'completed')
    return moveRequest(db, row, close(now), [
      entryOf(db, row, 'request.finish', now),
      othersUpdate(db, row, now),
    ])
  return row
}

const othersUpdate = (db: Database, { accountId, subjectId }: RequestRow, now: number): Statement =>
  db
    .update(requests)
    .set({ state: 'refused', refusal: 'not_held', closedAt: now, nextAt: null })
    .where(
      and(
        eq(requests.accountId, accountId),
        eq(requests.subjectId, subjectId),
        inArray(requests.state, ['waiting', 'granted']),
      ),
    )

const restrict: Way = (world, db, _, row) =>
  row.subjectKind === 'contact' ? hold(world, db, row, 'restricted') : leaveToUs(world, db, row)

const object: Way = ({ now, ...world }, db, _, row) => {
  if (row.subjectKind === 'contact') return hold({ ...world, now }, db, row, 'objected')
  if (row.subjectKind === 'member') return leaveToUs({ ...world, now }, db, row)
  // All that we send to somebody without an account is what they subscribed to.
  return moveRequest(db, row, close(now), [
    db.delete(subscriptions).where(eq(subscriptions.visitorId, row.subjectId)),
    entryOf(db, row, 'request.finish', now),
  ])
}

function hold({ now }: World, db: Database, row: RequestRow, kind: 'restricted' | 'objected') {
  const { accountId, subjectId } = row
  return moveRequest(db, row, close(now), [
    holdInsert(db, { accountId, subjectId, kind, reason: 'request', at: now }),
    ...(kind === 'restricted' ? [contactTermsErase(db, accountId, subjectId)] : []),
    entryOf(db, row, 'request.finish', now, kind),
  ])
}

/** A person of ours does it and says when it is done. */
const leaveToUs = async (world: World, db: Database, row: RequestRow) =>
  moveRequest(db, row, { nextAt: null }, await mailOperator(world, db, row))

/** The business corrects it and says so; it is told what it has to do. */
const correct: Way = async (world, db, _, row) => {
  if (row.subjectKind !== 'contact') return leaveToUs(world, db, row)
  return moveRequest(db, row, { nextAt: null }, await mailOwners(world, db, row, 'requestToDo'))
}

/** The person has a package prepared when they want it; after a while the request has been answered either way. */
const handOver: Way = ({ now }, db, _, row) => {
  const until = (row.decidedAt ?? row.receivedAt) + limits.requestOpenDays * dayMs
  return now < until
    ? moveRequest(db, row, { nextAt: until, attempts: 0 })
    : moveRequest(db, row, close(now), [entryOf(db, row, 'request.finish', now)])
}

const ways: Record<RequestRow['type'], Way> = {
  access: handOver,
  export: handOver,
  delete: erase,
  correct,
  object,
  restrict,
}
