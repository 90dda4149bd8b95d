// What the steps ask of a deletion and of what the journal keeps about it. Called by the step files.

import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import type { Subject } from '../../db/reach.ts'
import type { Counts } from './inventory.ts'
import type { Facts } from './journal.ts'
import type { StepContext } from './step.ts'

export const factsOf = (context: StepContext): Facts => context.job.facts

/** Whose data this deletion is about, as the catalogue reaches it. */
export function subjectOf({ deletion, job }: StepContext): Subject {
  const { accountId, scope } = deletion
  const ids = job.facts.ids ?? []
  if (scope === 'workspace') return { scope, accountId }
  return { scope: scope === 'meta_user' ? 'member' : scope, accountId, ids }
}

/** The member behind a Facebook user id, while there is one. */
export async function linkedMember({ db, deletion }: StepContext): Promise<string | undefined> {
  const { metaLinks } = schema
  const link = await db.select().from(metaLinks).where(eq(metaLinks.digest, deletion.subjectId)).get()
  return link?.accountId === deletion.accountId ? link.memberId : undefined
}

export function addCounts(into: Counts, more: Counts): Counts {
  for (const [place, count] of Object.entries(more)) into[place] = (into[place] ?? 0) + count
  return into
}
