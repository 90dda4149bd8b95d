// A request as it stands in the database: how it is found, how it is moved. Called by everything else in this folder.

import { and, asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { assertion, type Database, type Statement, schema, writeBatch } from '../../db/client.ts'
import { codeDigest, codeOf } from '../custody/codes.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import type { Settings } from '../ground/settings.ts'
import type { Standing } from './states.ts'

const { accounts, deletions, members, requestRules, requests } = schema

export type RequestRow = typeof requests.$inferSelect
export type RequestRefusal = { reason: 'unknown' | 'not_now' }

/** Where the person follows it. Deletions have had a page of their own before there were other requests. */
export const requestUrl = ({ publicOrigin }: Settings, code: string, type: RequestRow['type']): string =>
  `${publicOrigin}/${type === 'delete' ? 'data-deletion' : 'rights'}/${code}`

export const requestCode = (platformRef: Uint8Array, { id }: Pick<RequestRow, 'id'>): string =>
  codeOf(platformRef, id)

export const requestByCode = (db: Database, code: string) =>
  db
    .select()
    .from(requests)
    .where(eq(requests.codeDigest, codeDigest(code)))

/** What a business sees: what its contacts asked of it. What its members asked is between them and us. */
const ofBusiness = (accountId: string) =>
  and(eq(requests.accountId, accountId), eq(requests.subjectKind, 'contact'))

export const businessRequestQuery = (db: Database, accountId: string, id: string) =>
  db
    .select()
    .from(requests)
    .where(and(eq(requests.id, id), ofBusiness(accountId)))

/** Newest first. */
export function businessRequestsQuery(
  db: Database,
  accountId: string,
  { limit, cursor, state }: Page<TimeKey> & { state?: RequestRow['state'] | undefined },
) {
  const after: SQL | undefined =
    cursor && sql`(${requests.receivedAt}, ${requests.id}) < (${cursor[0]}, ${cursor[1]})`
  const standing = state === undefined ? undefined : eq(requests.state, state)
  return db
    .select()
    .from(requests)
    .where(and(ofBusiness(accountId), standing, after))
    .orderBy(desc(requests.receivedAt), desc(requests.id))
    .limit(limit + 1)
}

/** What members and visitors asked: ours to answer. */
const ours = inArray(requests.subjectKind, ['member', 'visitor'])

export const ourRequestQuery = (db: Database, id: string) =>
  db
    .select()
    .from(requests)
    .where(and(eq(requests.id, id), ours))

/** Not done yet, oldest first. */
export const ourRequestsQuery = (db: Database, { limit, cursor }: Page<TimeKey>) =>
  db
    .select()
    .from(requests)
    .where(
      and(
        ours,
        eq(requests.state, 'granted'),
        cursor && sql`(${requests.receivedAt}, ${requests.id}) > (${cursor[0]}, ${cursor[1]})`,
      ),
    )
    .orderBy(asc(requests.receivedAt), asc(requests.id))
    .limit(limit + 1)

export const requestById = (db: Database, id: string) => db.select().from(requests).where(eq(requests.id, id))

export const standingOf = ({ state, type, subjectKind, deletionId }: RequestRow): Standing => ({
  state,
  type,
  subjectKind,
  begun: deletionId !== null,
})

/**
 * Moves a request that still stands as it was loaded, together with what belongs to it. Undefined when somebody else was
 * first; then nothing of it was written.
 */
export async function moveRequest(
  db: Database,
  row: RequestRow,
  to: Partial<RequestRow>,
  more: Statement[] = [],
): Promise<RequestRow | undefined> {
  const asLoaded = sql`${requests.id} = ${row.id} AND ${requests.state} = ${row.state}
    AND ${requests.attempts} = ${row.attempts} AND ${requests.nextAt} IS ${row.nextAt}
    AND ${requests.deletionId} IS ${row.deletionId}`
  try {
    await writeBatch(db, [
      db.update(requests).set(to).where(asLoaded),
      assertion(db, sql`changes() = 1`),
      ...more,
    ])
  } catch (cause) {
    const now = await db.select({ id: requests.id }).from(requests).where(asLoaded).get()
    if (now) throw cause
    return undefined
  }
  return { ...row, ...to }
}

/** Whether this member is the one owner the workspace has. */
export async function isSoleOwner(db: Database, accountId: string, memberId: string): Promise<boolean> {
  const owners = await db
    .select({ id: members.id })
    .from(members)
    .where(and(eq(members.accountId, accountId), eq(members.role, 'owner')))
  return owners.length === 1 && owners[0]?.id === memberId
}

export const deletionState = (db: Database, id: string) =>
  db
    .select({ state: deletions.state, erasedAt: deletions.erasedAt })
    .from(deletions)
    .where(eq(deletions.id, id))

/** What a business wants done with requests of its contacts: it decides, unless it has said otherwise. */
export async function loadRule(db: Database, accountId: string): Promise<'at_once' | 'decide'> {
  const row = await db.select().from(requestRules).where(eq(requestRules.accountId, accountId)).get()
  return row?.letThrough ?? 'decide'
}

export const loadWorkspaceName = async (db: Database, accountId: string): Promise<string | undefined> =>
  (await db.select({ name: accounts.name }).from(accounts).where(eq(accounts.id, accountId)).get())?.name
