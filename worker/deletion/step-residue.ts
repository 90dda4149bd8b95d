// Asks somebody who does not trust the eraser. What is found is removed by nobody: it stands on the receipt and in the
// log, because a place that was not catalogued is a defect that a person has to see. Called through steps.ts, and by the
// operator's door for another look at any time.

import { keeperOf, loadPlatformRef, platformAccount } from '../custody/sealing.ts'
import { log } from '../ground/log.ts'
import { needleKey } from './code.ts'
import { factsOf } from './facts.ts'
import type { Facts } from './journal.ts'
import {
  addFindings,
  type ResidueCursor,
  type ResiduePage,
  type ResidueWorld,
  scanResidue,
} from './residue.ts'
import { type Inventory, type Needles, needlesOf, searchByDigest } from './residue-needles.ts'
import { openFor } from './secret.ts'
import type { Outcome, StepContext } from './step.ts'

/** The account's own key, while it has one, and the platform's. */
async function worldOf(env: Env, accountId: string): Promise<ResidueWorld> {
  const keepers = [...new Set([accountId, platformAccount])]
  const answers = await Promise.all(keepers.map((name) => keeperOf(env.KEEPER, name).resolve([])))
  return { env, keys: answers.map(({ account }) => account.seal) }
}

/** Nothing was known: there is nothing to look for. */
const nothingKnown = (context: StepContext): boolean =>
  context.deletion.scope !== 'workspace' && (factsOf(context).ids ?? []).length === 0

export const residueStep = async (context: StepContext): Promise<Outcome> =>
  ((await residueTogether([context])) as [Outcome])[0]

/**
 * One search for all of these, a bounded part a call. While nothing is found it is the search of each; as soon as
 * something is, each searches again by itself, so that it stands on the right receipt.
 */
export async function residueTogether(contexts: StepContext[]): Promise<Outcome[]> {
  const searching = contexts.filter((context) => !nothingKnown(context))
  const [first] = searching
  if (!first) return contexts.map(() => ({ to: 'skip' }))
  const { env, deletion, now } = first
  const all = searching.map(factsOf)
  const needles = await needlesFor(searching)
  if (!needles) {
    for (const [i, facts] of all.entries()) startAlone(facts, (searching[i] as StepContext).job.id)
    return contexts.map((context) => (nothingKnown(context) ? { to: 'skip' } : { to: 'again', inMs: 0 }))
  }
  const target = {
    accountId: deletion.accountId,
    needles,
    erasedAt: Math.max(...all.map((facts) => facts.at as number)),
  }
  const page = await scanResidue(
    await worldOf(env, deletion.accountId),
    target,
    factsOf(first).scan as ResidueCursor | undefined,
  )
  const found = sumOf(page.found)
  for (const [i, facts] of all.entries()) {
    if (found > 0 && all.length > 1) startAlone(facts, (searching[i] as StepContext).job.id)
    else note(facts, page, first.job.id, now)
  }
  if (found > 0 && all.length === 1)
    log('error', 'deletion.residue', { accountId: deletion.accountId, count: found })
  const go: Outcome =
    factsOf(first).scannedAt === undefined
      ? { to: 'again', inMs: 0, counts: all.length === 1 ? page.found : {} }
      : { to: 'next', counts: page.found }
  return contexts.map((context) => (nothingKnown(context) ? { to: 'skip' } : go))
}

function note(facts: Facts, page: ResiduePage, group: string, now: number): void {
  const so = addFindings({ searched: facts.searched ?? {}, found: facts.found ?? {} }, page)
  facts.searched = so.searched
  facts.found = so.found
  facts.searchGroup ??= group
  facts.scan = page.cursor
  if (!page.cursor) facts.scannedAt = now
}

function startAlone(facts: Facts, id: string): void {
  facts.searchGroup = id
  facts.searched = {}
  facts.found = {}
  delete facts.scan
}

/**
 * What to search for. Without its inventory a deletion has given its receipt before, and this Eraser was set back: then
 * there are only digests to search with, and it searches alone (undefined: they are several).
 */
async function needlesFor(searching: StepContext[]): Promise<Needles | undefined> {
  const inventories = (await Promise.all(searching.map(inventoryOf))).filter((one) => one !== undefined)
  if (inventories.length === searching.length) return needlesOf(joined(inventories))
  const [{ env, job, journal }, ...others] = searching as [StepContext, ...StepContext[]]
  if (others.length > 0) return undefined
  const digests = journal.needles(job.id)
  if (!digests) throw new Error('nothing is kept to search with')
  return searchByDigest(needleKey(await loadPlatformRef(env.KEEPER), job.id), digests)
}

async function inventoryOf({ env, job, journal }: StepContext): Promise<Inventory | undefined> {
  const sealed = journal.inventory(job.id)
  return sealed && openFor<Inventory>(env, job.id, 'inventory', sealed)
}

const joined = (inventories: Inventory[]): Inventory => ({
  names: inventories.flatMap((one) => one.names),
  usernames: inventories.flatMap((one) => one.usernames),
  phones: inventories.flatMap((one) => one.phones),
  userIds: inventories.flatMap((one) => one.userIds),
  samples: inventories.flatMap((one) => one.samples),
  digests: inventories.flatMap((one) => one.digests),
})

const sumOf = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0)

/** A bounded part of the same search, with nothing but keyed digests; goes on from the cursor of the part before. */
export async function searchAgain(
  env: Env,
  deletion: { id: string; accountId: string; erasedAt: number | null },
  digests: string[],
  cursor: ResidueCursor | undefined,
): Promise<ResiduePage> {
  const salt = needleKey(await loadPlatformRef(env.KEEPER), deletion.id)
  const target = {
    accountId: deletion.accountId,
    needles: searchByDigest(salt, digests),
    erasedAt: deletion.erasedAt ?? 0,
  }
  return scanResidue(await worldOf(env, deletion.accountId), target, cursor)
}
