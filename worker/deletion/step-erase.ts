// Rows, objects and mentions go, in chunks; then, when what was under way has landed, once more. Called through steps.ts.

import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { limits } from '../ground/limits.ts'
import { eraseCodeMails, eraseFiles, eraseMentions, eraseRows, eraseUnnamed } from './erase.ts'
import { addCounts, factsOf, subjectOf } from './facts.ts'
import type { Counts } from './inventory.ts'
import type { Inventory } from './residue-needles.ts'
import { openFor } from './secret.ts'
import type { Outcome, StepContext } from './step.ts'
import { drainIntake } from './step-shred.ts'
import { eraseFeed } from './tell.ts'

export async function eraseStep(context: StepContext): Promise<Outcome> {
  const { counts, more } = await eraseSome(context)
  if (!more) await eraseFeed(context.env, context.deletion, factsOf(context).ids ?? [])
  return more ? { to: 'again', inMs: 0, counts } : { to: 'next', counts }
}

/** One bounded amount of work. */
async function eraseSome(context: StepContext): Promise<{ counts: Counts; more: boolean }> {
  const { db, env, deletion } = context
  const subject = subjectOf(context)
  const counts: Counts = {}
  if (deletion.scope === 'meta_user') addCounts(counts, await eraseLink(context))
  if (subject.scope !== 'workspace' && subject.ids.length === 0) return { counts, more: false }
  if (subject.scope === 'contact' && !(await eraseSomeMentions(context, counts)))
    return { counts, more: true }
  const files = await eraseFiles({ db, files: env.FILES }, subject)
  addCounts(counts, files.counts)
  if (files.more) return { counts, more: true }
  addCounts(counts, (await eraseCodeMails(db, subject)).counts)
  const rows = await eraseRows(db, subject)
  return { counts: addCounts(counts, rows.counts), more: rows.more }
}

/** The link between a Facebook account and a member is Meta's data; it goes even where the membership stays. */
async function eraseLink({ db, deletion }: StepContext): Promise<Counts> {
  const { metaLinks } = schema
  const gone = await db.delete(metaLinks).where(eq(metaLinks.digest, deletion.subjectId)).returning()
  return gone.length === 0 ? {} : { meta_links: gone.length }
}

/** True when everything that names nobody has been read. */
async function eraseSomeMentions(context: StepContext, counts: Counts): Promise<boolean> {
  const { db, env, deletion, job, journal, now } = context
  const facts = factsOf(context)
  if (facts.mentionsDone) return true
  const sealed = journal.inventory(job.id)
  const inventory = sealed && (await openFor<Inventory>(env, job.id, 'inventory', sealed))
  if (!inventory) {
    // A receipt was given before, and what to search for destroyed: this Eraser has been set back.
    const unnamed = await eraseUnnamed(db, deletion.accountId, facts.at as number)
    if (unnamed > 0) addCounts(counts, { raw_events: unnamed })
    facts.mentionsDone = true
    return true
  }
  const words = [...inventory.phones, ...inventory.userIds]
  const found = await eraseMentions(db, env.KEEPER, deletion.accountId, words, facts.mention ?? '', now)
  if (found.erased > 0) addCounts(counts, { raw_events: found.erased })
  facts.mention = found.next
  facts.mentionsDone = found.next === undefined
  return facts.mentionsDone
}

/**
 * A batch that had asked for keys before the tombstone may still write after it. So: whatever waits is handled, some
 * seconds pass, and everything is erased again until a pass finds nothing.
 */
export async function drainStep(context: StepContext): Promise<Outcome> {
  const { deletion, now } = context
  const facts = factsOf(context)
  if (deletion.scope !== 'workspace' && (facts.ids ?? []).length === 0) return { to: 'skip' }
  if (facts.quietUntil === undefined) {
    await drainIntake(context)
    facts.quietUntil = now + limits.quietMs
    return { to: 'again', inMs: limits.quietMs, waits: true }
  }
  await drainIntake(context)
  facts.mentionsDone = false
  delete facts.mention
  const late: Counts = {}
  for (let more = true; more; ) {
    const pass = await eraseSome(context)
    addCounts(late, pass.counts)
    more = pass.more
  }
  facts.late = addCounts(facts.late ?? {}, late)
  await eraseFeed(context.env, deletion, facts.ids ?? [])
  return Object.keys(late).length > 0
    ? { to: 'again', inMs: limits.quietMs, counts: late, waits: true }
    : { to: 'next' }
}
