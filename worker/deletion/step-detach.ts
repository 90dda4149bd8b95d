// Letting go of Meta, without holding up anything else: what Meta does not answer today is asked again for days, while
// everything of ours is erased. The tokens wait sealed under a key of their own. Called through steps.ts and eraser.ts.

import { and, eq, isNull } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { openColumns } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { type Attachment, detach } from './detach.ts'
import { factsOf } from './facts.ts'
import type { Facts } from './journal.ts'
import { destroySecret, openFor, sealFor } from './secret.ts'
import type { Outcome, StepContext } from './step.ts'

/** Of the journal's inventories, the one that holds tokens. */
const tokensOf = (jobId: string): string => `${jobId}/tokens`

export async function detachStep(context: StepContext): Promise<Outcome> {
  const { deletion, env, job, journal, now } = context
  const facts = factsOf(context)
  if (deletion.scope !== 'workspace') {
    facts.meta = 'not concerned'
    return { to: 'skip' }
  }
  if (facts.meta === undefined) {
    const attached = await loadAttachments(context)
    facts.meta = attached.length === 0 ? 'not concerned' : 'pending'
    facts.detachUntil = now + limits.detachForMs
    facts.detachNextAt = now
    journal.putInventory(tokensOf(job.id), await sealFor(env, job.id, 'detach', attached))
  }
  await tryDetach(context)
  return { to: 'next', counts: { 'whatsapp accounts': facts.wabaIds?.length ?? 0 } }
}

async function loadAttachments({ db, env, deletion, now }: StepContext): Promise<Attachment[]> {
  const { numbers, wabas } = schema
  const [accounts, owned] = await db.batch([
    db.select().from(wabas).where(eq(wabas.accountId, deletion.accountId)),
    db
      .select()
      .from(numbers)
      .where(and(eq(numbers.accountId, deletion.accountId), isNull(numbers.disconnectedAt))),
  ])
  const columns = accounts.map((row) => ({
    table: 'wabas',
    column: 'token',
    rowId: row.wabaId,
    sealed: row.token,
  }))
  const tokens = await openColumns(env.KEEPER, deletion.accountId, columns, now)
  return accounts.flatMap(({ wabaId }, i) => {
    const token = tokens[i]
    const phoneNumberIds = owned.filter((row) => row.wabaId === wabaId).map((row) => row.phoneNumberId)
    return token === undefined ? [] : [{ wabaId, token, phoneNumberIds, deregister: deletion.deregister }]
  })
}

/**
 * One round over what is still attached. When everything is proven, or the time is over, the tokens are destroyed.
 * Sets `detachNextAt` when there is another round.
 */
export async function tryDetach(context: StepContext): Promise<void> {
  const { env, job, journal, now } = context
  const facts = factsOf(context)
  if (facts.meta !== 'pending' || now < (facts.detachNextAt ?? 0)) return
  facts.detached ??= await askMeta(context)
  if (facts.detached === undefined) return
  // Before the tokens are gone: whoever comes after a crash could not ask again.
  journal.put(job)
  await destroySecret(env, job.id, 'detach')
  journal.dropInventory(tokensOf(job.id))
  facts.meta = facts.detached
  delete facts.detachNextAt
}

/** How it ended; undefined when there is another round. */
async function askMeta(context: StepContext): Promise<Facts['detached']> {
  const { env, settings, fetch, job, journal, now } = context
  const facts = factsOf(context)
  const sealed = journal.inventory(tokensOf(job.id))
  const held = sealed && (await openFor<Attachment[]>(env, job.id, 'detach', sealed))
  const left: Attachment[] = []
  for (const one of held ?? []) if ((await detach(settings, fetch, one)) === 'unclear') left.push(one)
  if (held && left.length === 0) return 'proven'
  if (!held || now >= (facts.detachUntil ?? 0)) return 'gave up'
  const round = job.facts.detachRound ?? 0
  job.facts.detachRound = round + 1
  facts.detachNextAt = now + (limits.stepRetryMs[Math.min(round, limits.stepRetryMs.length - 1)] as number)
  journal.putInventory(tokensOf(job.id), await sealFor(env, job.id, 'detach', left))
  return undefined
}
