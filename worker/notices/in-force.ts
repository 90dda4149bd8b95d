// Which version of a document its address shows. Called by app.ts for every reader of /privacy and /terms, who get their page
// whatever happens to the database: what cannot be read in time is what was known before, else what needs no notice.

import { type Database, database, schema } from '../../db/client.ts'
import type { DocumentName, DocumentVersion } from '../../db/documents.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import { decideInForce, joinVersions, type Recorded } from './versions.ts'

/** `rows` is undefined until the database has answered once. */
type Held = { rows: Recorded[] | undefined; until: number }

const held = new WeakMap<Env, Held>()

/** `later`: keeps what is under way alive after the answer. `patience`: resolves when a reader has waited enough. */
export type Clock = {
  now: number
  later: (work: Promise<unknown>) => void
  patience: () => Promise<unknown>
}

/** The version in force: as it is recorded; else the newest that needs no notice and whose date has come; else the first. */
export async function loadInForce(
  env: Env,
  documents: readonly DocumentVersion[],
  document: DocumentName,
  clock: Clock,
): Promise<string> {
  const rows = (await loadRows(env, clock)) ?? []
  const versions = joinVersions(documents, rows, document)
  const recorded = versions.findLast(({ inForceAt }) => inForceAt !== null)
  const found = recorded ?? decideInForce(versions, clock.now) ?? versions[0]
  if (!found) throw new Error('a document without a version')
  return found.version
}

/** Asks once a minute. An answer that comes late is for the next reader. */
async function loadRows(env: Env, { now, later, patience }: Clock): Promise<Recorded[] | undefined> {
  const known = held.get(env)
  if (known && known.until > now) return known.rows
  const keep = (rows?: Recorded[]) =>
    void held.set(env, { rows: rows ?? held.get(env)?.rows, until: now + limits.inForceCacheMs })
  const asked = ask(env).then(keep)
  later(asked)
  await Promise.race([asked, patience().then(() => keep())])
  return held.get(env)?.rows
}

async function ask(env: Env): Promise<Recorded[] | undefined> {
  try {
    return await versionsQuery(database(env.DB))
  } catch (cause) {
    log('warn', 'document.unread', { error: errorName(cause) })
    return undefined
  }
}

const versionsQuery = (db: Database) => db.select().from(schema.documentVersions)
