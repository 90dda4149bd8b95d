// The data processing agreement of a workspace: which version is to be accepted, and who accepted which. Called by routes.ts.

import { and, desc, eq } from 'drizzle-orm'
import { type Database, schema, writeBatch } from '../../db/client.ts'
import { type DocumentVersion, documents } from '../../db/documents.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { type Keepers, keeperOf, openColumns, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { ok, type Result, refused } from '../ground/result.ts'

const { agreements } = schema

export type Signatory = { name: string; title: string }
export type Agreement = {
  id: string
  version: string
  hash: string
  acceptedBy: string
  at: number
  /** Null when it does not open any more. */
  signatory: Signatory | null
}

/** The newest that is in force, else the first there is. */
export function currentVersion(now: number, known: readonly DocumentVersion[] = documents): DocumentVersion {
  const own = known.filter(({ document }) => document === 'dpa')
  const found = own.findLast(({ effective }) => Date.parse(effective) <= now) ?? own[0]
  if (!found) throw new Error('there is no data processing agreement')
  return found
}

/** Newest first. */
export async function loadAgreements(
  db: Database,
  keepers: Keepers,
  accountId: string,
  now: number,
): Promise<Agreement[]> {
  const rows = await db
    .select()
    .from(agreements)
    .where(eq(agreements.accountId, accountId))
    .orderBy(desc(agreements.at), desc(agreements.id))
  const sealed = rows.map(({ id, content }) => ({
    table: 'agreements',
    column: 'content',
    rowId: id,
    sealed: content,
  }))
  const opened = await openColumns(keepers, accountId, sealed, now)
  return rows.map(({ id, version, hash, acceptedBy, at }, i) => ({
    ...{ id, version, hash, acceptedBy, at },
    signatory: opened[i] === undefined ? null : (JSON.parse(opened[i]) as Signatory),
  }))
}

export type NotAccepted = { reason: 'conflict'; detail: string }

/** Each version once. Who signs is sealed under the account's key: the evidence outlives the membership. */
export async function accept(
  { db, keepers, now }: { db: Database; keepers: Keepers; now: number },
  principal: Principal,
  { version, hash, ...signatory }: Signatory & { version: string; hash: string },
  known: readonly DocumentVersion[] = documents,
): Promise<Result<{ id: string }, NotAccepted>> {
  const { accountId } = principal
  const current = currentVersion(now, known)
  if (current.version !== version || current.hash !== hash)
    return refused({ reason: 'conflict', detail: `Version ${current.version} is to be accepted.` })
  const standing = await db
    .select({ id: agreements.id })
    .from(agreements)
    .where(and(eq(agreements.accountId, accountId), eq(agreements.version, version)))
    .get()
  if (standing) return refused({ reason: 'conflict', detail: 'This version is accepted already.' })
  const id = newId('agr')
  const { account } = await keeperOf(keepers, accountId).resolve([])
  const content = await sealColumn(account.seal, 'agreements', 'content', id, JSON.stringify(signatory))
  const acceptedBy = actorOf(principal)
  const row = { id, accountId, version, hash, acceptedBy, content, at: now }
  const entry = {
    accountId,
    actor: acceptedBy,
    action: 'agreement.accept',
    subject: id,
    reason: `dpa ${version}`,
  }
  // Of two at once, the second fails whole: no conflict clause.
  const insert = db.insert(agreements).values(row)
  await writeBatch(db, [insert, entryInsert(db, { ...entry, at: now })])
  return ok({ id })
}
