// What the steps of one deletion tell each other: opaque ids, instants and counts, kept in the journal. Called by the
// step files.

import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import type { Subject } from '../../db/reach.ts'
import type { Counts } from './inventory.ts'
import type { StepContext } from './step.ts'

export type Facts = {
  /** The contacts or members; empty when nobody is known. */
  ids?: string[]
  /** A Facebook user whose only workspace they own: the membership stays, see `kept` on the receipt. */
  soleOwner?: boolean
  before?: Counts
  digests?: string[]
  phoneNumberIds?: string[]
  wabaIds?: string[]
  /** The instant of the erasure: what happened until then is gone, what happens later is a new beginning. */
  at?: number
  seq?: number
  keys?: string[]
  mention?: { after: string } | undefined
  mentionsDone?: boolean
  /** Rows that landed between the first pass and the last. */
  late?: Counts
  quietUntil?: number
  /** Those that began to search together go on together. */
  searchGroup?: string
  scan?: unknown
  searched?: Counts
  found?: Counts
  scannedAt?: number
  shreddedAt?: number
  meta?: 'not concerned' | 'proven' | 'pending' | 'gave up'
  /** How letting go of Meta ended; `meta` says so when the tokens are destroyed. */
  detached?: 'proven' | 'gave up' | undefined
  detachUntil?: number
  detachNextAt?: number
  goneBy?: number
  receipts?: { live?: { jws: string; leaf: string }; final?: { jws: string; leaf: string } }
}

export const factsOf = (context: StepContext): Facts => context.job.facts as Facts

/** Whose data this deletion is about, as the catalogue reaches it. */
export function subjectOf({ deletion, job }: StepContext): Subject {
  const { accountId, scope } = deletion
  const ids = (job.facts as Facts).ids ?? []
  if (scope === 'workspace') return { scope, accountId }
  return { scope: scope === 'contact' ? 'contact' : 'member', accountId, ids }
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
