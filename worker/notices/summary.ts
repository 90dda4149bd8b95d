// How each version stands and who was told of it, for the operator. Called by routes.ts.

import { sql } from 'drizzle-orm'
import type { Database } from '../../db/client.ts'
import type { DocumentVersion } from '../../db/documents.ts'
import { isoTime, isoTimeOrNull, z } from '../ground/openapi.ts'
import { loadVersions } from './announce.ts'
import { untoldQuery } from './tell.ts'
import { decideToTell, type KnownVersion } from './versions.ts'

const optionalInstant = z.iso.datetime().nullable()

export const summarySchema = z
  .object({
    data: z.array(
      z.object({
        document: z.enum(['privacy', 'terms', 'subprocessors', 'dpa']),
        version: z.string(),
        material: z.boolean(),
        effectiveAt: z.iso.datetime().describe('Not in force before.'),
        announcedAt: optionalInstant.describe('When this gateway first knew it.'),
        inLog: z.boolean().describe('The transparency log holds its hash.'),
        toTell: z.int().describe('People whose mail has not left.'),
        told: z.int(),
        failed: z.int().describe('People whose mail could not be delivered.'),
        toldAt: optionalInstant.describe('When the last of those who had to be told was told.'),
        inForceAt: optionalInstant,
      }),
    ),
  })
  .openapi('NoticeSummary')

type Counts = { document: string; version: string; open: number; told: number; failed: number }

/** Of every version that this build has, oldest first within a document. */
export async function loadSummary(db: Database, documents: readonly DocumentVersion[]) {
  const counts = await db.all<Counts>(
    sql`SELECT document, version, count(*) - count(coalesce(sent_at, failed_at)) AS open, count(sent_at) AS told,
      count(failed_at) AS failed FROM notices GROUP BY document, version`,
  )
  const lists = await loadVersions(db, documents)
  const views = lists.flatMap((versions) => {
    const toTell = new Set(decideToTell(versions))
    return versions.map(async (one) => {
      const own = counts.find(({ document, version }) => document === one.document && version === one.version)
      return viewOf(one, own, toTell.has(one) ? await countUntold(db, one) : 0)
    })
  })
  return { data: await Promise.all(views) }
}

async function countUntold(db: Database, version: KnownVersion): Promise<number> {
  const found = await db.get<{ people: number }>(
    sql`SELECT count(*) AS people FROM (${untoldQuery(version)})`,
  )
  return found.people
}

const viewOf = (one: KnownVersion, counts: Counts | undefined, untold: number) => ({
  document: one.document,
  version: one.version,
  material: one.material,
  effectiveAt: isoTime(one.effectiveAt),
  announcedAt: isoTimeOrNull(one.seenAt),
  inLog: one.leaf !== null,
  toTell: untold + (counts?.open ?? 0),
  told: counts?.told ?? 0,
  failed: counts?.failed ?? 0,
  toldAt: isoTimeOrNull(one.toldAt),
  inForceAt: isoTimeOrNull(one.inForceAt),
})
