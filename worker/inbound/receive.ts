// The inbound walk: events that are durable in the journal become rows in D1. Load facts once → decide → seal → one
// batch. Called by the intake for segments and by letters.ts for events that are tried again.

import { type Database, database, type Statement, writeBatch } from '../../db/client.ts'
import type { CodeWish } from '../consent/keywords.ts'
import { loadMerge, type MergeFacts, mergedConversations, openLosers } from '../conversations/merge.ts'
import { keeperOf, platformAccount } from '../custody/sealing.ts'
import type { Errand } from '../ground/errands.ts'
import { errorName, log } from '../ground/log.ts'
import { chatCodeDigest } from '../proofs/codes.ts'
import { wakeMedia } from './beside.ts'
import { countsUpsert } from './counts.ts'
import type { ContactDraft, Facts, Plan } from './drafts.ts'
import { forgetDirectory, loadDirectory, loadFacts } from './facts.ts'
import { letterStatements, lettersErase, loadDue, loadLetters } from './letters.ts'
import { decide } from './plan.ts'
import { type Arrival, type Directory, readEvent } from './reading.ts'
import { tell } from './tell.ts'
import { planStatements, sealRows } from './write.ts'

/** Statements that commit together with these arrivals: how far the journal is handled. */
export type Progress = (db: Database, arrivals: number) => Statement[]

/**
 * Handles all arrivals, in order, in as few batches as possible. When a batch fails it is halved until the event that
 * fails stands alone; that one becomes a letter and the rest goes on. Throws only when nothing can be written at all:
 * then nothing after the last committed batch has happened, and the caller tries again later.
 */
export async function receive(
  env: Env,
  appId: string,
  arrivals: Arrival[],
  progress: Progress,
  now: number,
): Promise<void> {
  const db = database(env.DB)
  const handleRange = async (from: number, to: number): Promise<void> => {
    const part = arrivals.slice(from, to)
    try {
      await handle(env, db, appId, part, progress(db, to), now)
    } catch (cause) {
      if (to - from > 1) {
        const middle = from + Math.ceil((to - from) / 2)
        await handleRange(from, middle)
        await handleRange(middle, to)
        return
      }
      log('warn', 'inbound.event_failed', { error: errorName(cause) })
      await writeBatch(db, [...(await letter(env, db, part[0] as Arrival, cause, now)), ...progress(db, to)])
    }
  }
  if (arrivals.length > 0) await handleRange(0, arrivals.length)
}

async function letter(
  env: Env,
  db: Database,
  arrival: Arrival,
  cause: unknown,
  now: number,
): Promise<Statement[]> {
  return letterStatements(env, db, await loadDirectory(db, [arrival], now), arrival, errorName(cause), now)
}

/** Tries letters again. Returns how many there were. */
export async function replay(env: Env, appId: string, ids: string[], now: number): Promise<number> {
  const arrivals = await loadLetters(env, ids, now)
  await receive(env, appId, arrivals, () => [], now)
  return arrivals.length
}

/** The cron's part: every letter whose time has come. */
export async function replayDue(env: Env, appId: string, now: number): Promise<number> {
  return replay(env, appId, await loadDue(database(env.DB), now), now)
}

async function handle(
  env: Env,
  db: Database,
  appId: string,
  arrivals: Arrival[],
  after: Statement[],
  now: number,
  again = true,
): Promise<void> {
  const directory = await loadDirectory(db, arrivals, now)
  const readings = arrivals.map((arrival) => readEvent(arrival, directory, appId))
  const facts = await loadFacts(db, env.KEEPER, arrivals, readings, now)
  // A number of an erased account may be somebody else's by now.
  if (again && forgetDirectory(facts.closed)) return handle(env, db, appId, arrivals, after, now, false)
  const plan = decide(arrivals, readings, facts)
  const merges = await absorb(env, db, plan, now)
  const rows = await sealRows(plan, facts.versions, (wish) => digestOf(env, wish))
  await writeBatch(db, [
    ...lettersErase(db, arrivals),
    ...planStatements(db, plan, rows, merges, now),
    ...countsUpsert(db, arrivals, plan.outcomes, unowned(facts, directory)),
    ...after,
  ])
  await Promise.all([
    ...merges.map(({ merge }) => keeperOf(env.KEEPER, merge.accountId).absorbed(merge.losers)),
    tell(env, db, plan, merges),
    wakeErrands(env, new Set(plan.wishes.map(({ accountId }) => accountId))),
    wakeMedia(env, plan),
  ])
}

async function digestOf(env: Env, { purpose, code }: CodeWish): Promise<string> {
  const { account } = await keeperOf(env.KEEPER, platformAccount).resolve([])
  return chatCodeDigest(account, purpose, code)
}

/** Somebody asked for something. What was lost on this way, the cron finds in the rows. */
async function wakeErrands(env: Env, accountIds: ReadonlySet<string>): Promise<void> {
  await Promise.all(
    [...accountIds].map(async (accountId) => {
      try {
        await env.ERRANDS.send({ of: 'wishes', accountId } satisfies Errand)
      } catch (cause) {
        log('warn', 'wishes.not_woken', { accountId, error: errorName(cause) })
      }
    }),
  )
}

/** Under both names that a counter may have: a number's, or a WABA's. */
const unowned = ({ buried, closed }: Facts, directory: Directory): Set<string> =>
  new Set(
    [...buried.keys()]
      .filter((id) => {
        const accountId = directory.number(id)?.accountId ?? directory.account(id)
        return accountId === undefined || closed.has(accountId)
      })
      .flatMap((id) => [id, `waba:${id}`]),
  )

/** Brings what the losers of a merge hold into the plan of the winner. Rare: most batches merge nobody. */
async function absorb(env: Env, db: Database, plan: Plan, now: number): Promise<MergeFacts[]> {
  return Promise.all(
    [...plan.merges].map(async ([winner, { accountId, losers }]) => {
      const facts = await loadMerge(db, { accountId, winner, losers })
      const draft = plan.contacts.get(winner) as ContactDraft
      for (const loser of await openLosers(env.KEEPER, facts, now)) {
        draft.createdAt = Math.min(draft.createdAt, loser.createdAt)
        draft.lastSeenAt = Math.max(draft.lastSeenAt, loser.lastSeenAt)
        for (const { field, value, version } of loser.fields) {
          if (version > (draft.fields.get(field)?.version ?? '')) draft.fields.set(field, { value, version })
        }
      }
      for (const row of mergedConversations(facts)) {
        const held = plan.conversations.get(row.id) ?? row
        plan.conversations.set(row.id, {
          ...row,
          createdAt: Math.min(row.createdAt, held.createdAt),
          lastMessageAt: Math.max(row.lastMessageAt, held.lastMessageAt),
          userLastAt: Math.max(row.userLastAt ?? 0, held.userLastAt ?? 0) || null,
        })
      }
      const touched = plan.touched.get(accountId) ?? new Set<string>()
      for (const ref of facts.touched) touched.add(ref)
      plan.touched.set(accountId, touched)
      return facts
    }),
  )
}
