// From a new version of a public document to the day it is in force: known → in the transparency log → everybody is mailed →
// the notice period has run → in force. Run by the cron; each minute does what can be done, and all of it may be done twice.
// The pages ask in-force.ts what came of it.

import { and, eq, isNull, sql } from 'drizzle-orm'
import {
  assertion,
  type Database,
  database,
  rowsInsert,
  schema,
  statement,
  writeBatch,
} from '../../db/client.ts'
import type { DocumentVersion } from '../../db/documents.ts'
import { entryInsert } from '../audit/audit.ts'
import { platformAccount } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { log } from '../ground/log.ts'
import type { World } from '../ground/world.ts'
import { appendLeaf } from '../transparency/client.ts'
import { loadTold, settleNotices, tell } from './tell.ts'
import { decideInForce, decideToTell, documentNames, joinVersions, type KnownVersion } from './versions.ts'

const { documentVersions } = schema

/** What one minute did. `toldOf`: notices that were queued. */
export type Announced = { known: number; logged: number; toldOf: number; inForce: number }

export async function announce(world: World, documents: readonly DocumentVersion[]): Promise<Announced> {
  const { env, now } = world
  const db = database(env.DB)
  const known = await recordKnown(db, documents, now)
  await settleNotices(db, now)
  const toldOf = await tellAll(world, db, documents)
  // A log that cannot be reached holds up what takes effect, and no mail.
  const logged = await recordLeaves(env, db)
  let inForce = 0
  for (const versions of await loadVersions(db, documents))
    inForce += await recordInForce(db, decideInForce(versions, now), now)
  return { known, logged, toldOf, inForce }
}

/** A bounded number of people, whichever document they are told of. */
async function tellAll(world: World, db: Database, documents: readonly DocumentVersion[]): Promise<number> {
  let room: number = limits.noticeBatch
  for (const versions of await loadVersions(db, documents)) {
    for (const version of decideToTell(versions)) {
      room -= await tell(world, db, version, room)
      if (version.toldAt === null) await recordTold(db, version, world.now)
    }
  }
  return limits.noticeBatch - room
}

/** One list for each document. */
export async function loadVersions(
  db: Database,
  documents: readonly DocumentVersion[],
): Promise<KnownVersion[][]> {
  const rows = await db.select().from(documentVersions)
  return documentNames(documents).map((document) => joinVersions(documents, rows, document))
}

/** A row for each version that has none. Its text is never another afterwards. */
async function recordKnown(
  db: Database,
  documents: readonly DocumentVersion[],
  now: number,
): Promise<number> {
  const rows = await db.select().from(documentVersions)
  const rowOf = (one: DocumentVersion) =>
    rows.find(({ document, version }) => document === one.document && version === one.version)
  for (const one of documents) {
    if ((rowOf(one)?.hash ?? one.hash) !== one.hash)
      log('error', 'document.altered', { route: `${one.document}/${one.version}` })
  }
  const fresh = documents.filter((one) => rowOf(one) === undefined)
  if (fresh.length === 0) return 0
  const seen = fresh.map(({ document, version, hash, material, effective }) => ({
    ...{ document, version, hash, material, effectiveAt: Date.parse(effective), seenAt: now },
  }))
  await writeBatch(db, [
    // Not DO NOTHING: of two crons that meet, one writes, with its entries.
    rowsInsert(db, documentVersions, seen, sql``),
    ...fresh.map((one) => entry(db, one, 'document.announce', now)),
  ])
  return fresh.length
}

/** The log first, then the row that says so: who is interrupted in between finds the leaf where it put it. */
async function recordLeaves(env: Env, db: Database): Promise<number> {
  const rows = await db.select().from(documentVersions).where(isNull(documentVersions.leaf))
  for (const { document, version, hash } of rows) {
    await appendLeaf(env, 'policy', hash)
    await db
      .update(documentVersions)
      .set({ leaf: hash })
      .where(and(eq(documentVersions.document, document), eq(documentVersions.version, version)))
  }
  return rows.length
}

/** Set once, when the last of those who were there when the version became known was told. */
async function recordTold(db: Database, version: KnownVersion, now: number): Promise<void> {
  const toldAt = await loadTold(db, version, now)
  if (toldAt === undefined) return
  await writeBatch(db, [
    onceUpdate(db, version, 'told_at', toldAt),
    assertion(db, sql`changes() = 1`),
    entry(db, version, 'document.told', now),
  ])
}

/** Set once; never before the log holds the text. */
async function recordInForce(db: Database, version: KnownVersion | undefined, now: number): Promise<number> {
  if (!version || version.inForceAt !== null || version.leaf === null) return 0
  await writeBatch(db, [
    onceUpdate(db, version, 'in_force_at', now),
    assertion(db, sql`changes() = 1`),
    entry(db, version, 'document.in_force', now),
  ])
  return 1
}

const onceUpdate = (
  db: Database,
  { document, version }: KnownVersion,
  column: 'told_at' | 'in_force_at',
  at: number,
) =>
  statement(
    db,
    sql`UPDATE document_versions SET ${sql.raw(column)} = ${at}
      WHERE document = ${document} AND version = ${version} AND ${sql.raw(column)} IS NULL`,
  )

const entry = (
  db: Database,
  { document, version }: Pick<DocumentVersion, 'document' | 'version'>,
  action: string,
  at: number,
) =>
  entryInsert(db, {
    ...{ accountId: platformAccount, actor: 'system', action },
    ...{ subject: `${document}/${version}`, at },
  })
