// Asks somebody who does not trust the eraser. What is found is removed by nobody: it stands on the receipt and in the
// log, because a place that was not catalogued is a defect that a person has to see. Called through steps.ts, and by the
// operator's door for another look at any time.

import { keeperOf, platformAccount } from '../custody/sealing.ts'
import { log } from '../ground/log.ts'
import { loadPlatformRef, needleKey } from './code.ts'
import { factsOf } from './facts.ts'
import {
  addFindings,
  type ResidueCursor,
  type ResiduePage,
  type ResidueWorld,
  scanResidue,
} from './residue.ts'
import { type Inventory, needlesOf, searchByDigest } from './residue-needles.ts'
import { openFor } from './secret.ts'
import type { Outcome, StepContext } from './step.ts'

/** The account's own key, while it has one, and the platform's. */
async function worldOf(env: Env, accountId: string): Promise<ResidueWorld> {
  const keepers = [...new Set([accountId, platformAccount])]
  const answers = await Promise.all(keepers.map((name) => keeperOf(env.KEEPER, name).resolve([])))
  return { env, keys: answers.map(({ account }) => account.seal) }
}

export async function residueStep(context: StepContext): Promise<Outcome> {
  const { env, deletion, job, journal, now } = context
  const facts = factsOf(context)
  if (facts.scannedAt !== undefined) return { to: 'next', counts: facts.found ?? {} }
  const sealed = journal.inventory(job.id)
  const inventory = sealed && (await openFor<Inventory>(env, job.id, 'inventory', sealed))
  const target = {
    accountId: deletion.accountId,
    // A receipt was given before and this Eraser has been set back: then there are only digests to search with.
    needles: inventory ? needlesOf(inventory) : await needlesAgain(context),
    erasedAt: facts.at as number,
  }
  const cursor = facts.scan as ResidueCursor | undefined
  const page = await scanResidue(await worldOf(env, deletion.accountId), target, cursor)
  const so = addFindings({ searched: facts.searched ?? {}, found: facts.found ?? {} }, page)
  facts.searched = so.searched
  facts.found = so.found
  facts.scan = page.cursor
  if (page.cursor) return { to: 'again', inMs: 0, counts: page.found }
  facts.scannedAt = now
  const found = Object.values(so.found).reduce((total, count) => total + count, 0)
  if (found > 0) log('error', 'deletion.residue', { accountId: deletion.accountId, count: found })
  return { to: 'next', counts: so.found }
}

async function needlesAgain({ env, job, journal }: StepContext) {
  const digests = journal.needles(job.id)
  if (!digests) throw new Error('nothing is kept to search with')
  return searchByDigest(needleKey(await loadPlatformRef(env.KEEPER), job.id), digests)
}

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
