// The first steps: is it time, and what is there. Called through steps.ts.

import { and, eq, isNull, sql } from 'drizzle-orm'
import { assertion, schema, statement, writeBatch } from '../../db/client.ts'
import { keptPlaces } from '../../db/reach.ts'
import { entryInsert } from '../audit/audit.ts'
import { codeOf } from '../custody/codes.ts'
import { keeperOf, loadPlatformRef } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { mailTexts } from '../mail/templates.ts'
import { needleKey, statusUrl } from './code.ts'
import { factsOf, linkedMember, subjectOf } from './facts.ts'
import { type Counts, countAll, takeInventory } from './inventory.ts'
import { cancelDeletion, loadOwners, mailOwners, resignationUpdate } from './owners.ts'
import { digestNeedles } from './residue-needles.ts'
import { restrictions } from './row.ts'
import { sealFor } from './secret.ts'
import type { Outcome, StepContext } from './step.ts'
import { tellStands } from './tell.ts'

const { deletions, numbers, wabas } = schema

/** Waits for the second owner and for the end of the cooling-off. The beginning is one conditional statement. */
export async function verifyStep(context: StepContext): Promise<Outcome> {
  const { deletion, env, settings, now } = context
  if (deletion.state === 'waiting_approval') {
    const endsAt = deletion.requestedAt + limits.approvalMs
    if (now < endsAt) return { to: 'again', inMs: endsAt - now, waits: true }
    await cancelDeletion({ env, settings, now }, deletion, 'system')
    return { to: 'end' }
  }
  if (deletion.startedAt !== null) return { to: 'next' }
  const until = deletion.coolingUntil ?? now
  if (now < until) return coolOff(context, until)
  return begin(context)
}

/** The owners hear of it once more two days before. */
async function coolOff(context: StepContext, until: number): Promise<Outcome> {
  const { db, env, deletion, job, now, settings } = context
  const remindAt = until - limits.remindMs
  if (now < remindAt) return { to: 'again', inMs: remindAt - now, waits: true }
  if (!job.facts.reminded) {
    const { accountId } = deletion
    const code = codeOf(await loadPlatformRef(env.KEEPER), deletion.id)
    const text = mailTexts.deletionStartsSoon({ startsAt: until, statusUrl: statusUrl(settings, code) })
    await writeBatch(db, await mailOwners(context, db, accountId, 'deletion_soon', text))
    job.facts.reminded = true
  }
  return { to: 'again', inMs: until - now, waits: true }
}

async function begin({ db, deletion, now }: StepContext): Promise<Outcome> {
  const { id, accountId } = deletion
  await writeBatch(db, [
    db
      .update(deletions)
      .set({ state: 'running', startedAt: now })
      .where(and(eq(deletions.id, id), eq(deletions.state, 'cooling_off'), isNull(deletions.startedAt))),
    assertion(db, sql`changes() = 1`),
    entryInsert(db, { accountId, actor: 'system', action: 'deletion.begin', subject: id, at: now }),
  ])
  return { to: 'next' }
}

/** Counts, and seals what to search for afterwards. The first inventory stands, however often this is walked. */
export async function freezeStep(context: StepContext): Promise<Outcome> {
  const { env, db, deletion, job, journal, now } = context
  const facts = factsOf(context)
  if (facts.before) return { to: 'next', counts: shownOf(facts.before) }
  await writeBatch(db, await freezeStatements(context))
  await tellStands(env, deletion)
  if (deletion.scope === 'contact') facts.ids = await samePerson(context)
  if (deletion.scope === 'member' || deletion.scope === 'visitor') facts.ids = [deletion.subjectId]
  if (deletion.scope === 'meta_user') await linkFacts(context)
  const stores = { db, keepers: env.KEEPER, files: env.FILES }
  const subject = subjectOf(context)
  const [own, owned] = await db.batch([
    db.select({ id: wabas.wabaId }).from(wabas).where(eq(wabas.accountId, deletion.accountId)),
    db
      .select({ id: numbers.phoneNumberId })
      .from(numbers)
      // One that the business disconnected may be another's by now.
      .where(and(eq(numbers.accountId, deletion.accountId), isNull(numbers.disconnectedAt))),
  ])
  facts.wabaIds = own.map(({ id }) => id)
  facts.phoneNumberIds = owned.map(({ id }) => id)
  const inventory = await takeInventory(stores, subject, now)
  facts.digests = inventory.digests
  const salt = needleKey(await loadPlatformRef(env.KEEPER), job.id)
  journal.putNeedles(job.id, digestNeedles(salt, inventory), now)
  journal.putInventory(job.id, await sealFor(env, job.id, 'inventory', inventory))
  facts.before = await countAll(stores, subject)
  if (facts.soleOwner) facts.before.meta_links = 1
  return { to: 'next', counts: shownOf(facts.before) }
}

/** What was there and goes. */
const shownOf = (before: Counts): Counts =>
  Object.fromEntries(Object.entries(before).filter(([place, count]) => count > 0 && !keptPlaces.has(place)))

/** Under every id that rows of this person may still have. */
async function samePerson({ env, deletion }: StepContext): Promise<string[]> {
  const asked = deletion.subjectId
  const [held] = await keeperOf(env.KEEPER, deletion.accountId).inventoryOf([asked])
  return [...new Set([asked, ...(held ? [held.owner, ...held.losers] : [])])]
}

/** Nobody uses the workspace from here on: its keys end, also those made while it cooled off. */
async function freezeStatements({ db, deletion, now }: StepContext) {
  const { accountId, scope } = deletion
  const revoke = statement(
    db,
    sql`UPDATE api_keys SET revoked_at = ${now} WHERE account_id = ${accountId} AND revoked_at IS NULL`,
  )
  return [
    ...restrictions(db, deletion, deletion.verifiedAt ?? now),
    ...(scope === 'workspace' ? [revoke] : []),
  ]
}

/** Whom Meta means: the member who linked that Facebook account. The only owner of a workspace stays its owner. */
async function linkFacts(context: StepContext): Promise<void> {
  const facts = factsOf(context)
  const memberId = await linkedMember(context)
  facts.ids = memberId === undefined ? [] : [memberId]
  if (memberId === undefined) return
  facts.soleOwner = await staysOwner(context, memberId)
  if (facts.soleOwner) facts.ids = []
}

/** An owner resigns before being erased; the only one cannot. */
async function staysOwner({ db, deletion }: StepContext, memberId: string): Promise<boolean> {
  await writeBatch(db, [resignationUpdate(db, deletion.accountId, memberId)])
  return (await loadOwners(db, deletion.accountId)).some(({ id }) => id === memberId)
}
