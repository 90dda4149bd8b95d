// The labels of a workspace, sealed under its own key: a business may write into a label what it likes. Called by
// label-routes.ts.

import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import { type Database, database, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { type Keepers, keeperOf, openColumns, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import { announce } from '../live/announce.ts'

const { conversationLabels, labels } = schema

export const labelColours = [
  'grey',
  'red',
  'orange',
  'yellow',
  'green',
  'teal',
  'blue',
  'purple',
  'pink',
] as const
export type LabelColour = (typeof labelColours)[number]
export type Label = { id: string; name: string; colour: LabelColour; createdAt: number }

export type LabelRow = typeof labels.$inferSelect

export function labelsQuery(db: Database, accountId: string, { limit, cursor }: Page<TimeKey>) {
  const after: SQL | undefined =
    cursor && sql`(${labels.createdAt}, ${labels.id}) > (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(labels)
    .where(and(eq(labels.accountId, accountId), after))
    .orderBy(asc(labels.createdAt), asc(labels.id))
    .limit(limit + 1)
}

/** In the order given. */
export async function openLabels(
  keepers: Keepers,
  accountId: string,
  rows: LabelRow[],
  now: number,
): Promise<Label[]> {
  const names = await openColumns(
    keepers,
    accountId,
    rows.map((row) => ({ table: 'labels', column: 'name', rowId: row.id, sealed: row.name })),
    now,
  )
  return rows.map(({ id, colour, createdAt }, i) => ({
    id,
    name: names[i] ?? '',
    colour: colour as LabelColour,
    createdAt,
  }))
}

type Who = { accountId: string; actor: string }

const sealName = async (env: Env, accountId: string, id: string, name: string): Promise<string> => {
  const { account } = await keeperOf(env.KEEPER, accountId).resolve([])
  return sealColumn(account.seal, 'labels', 'name', id, name)
}

/** Undefined when there are as many as there may be. */
export async function createLabel(
  env: Env,
  { accountId, actor }: Who,
  { name, colour }: { name: string; colour: LabelColour },
  now: number,
): Promise<Label | undefined> {
  const db = database(env.DB)
  const standing = await labelsQuery(db, accountId, { limit: limits.labels })
  if (standing.length >= limits.labels) return undefined
  const id = newId('lbl')
  const row = { id, accountId, name: await sealName(env, accountId, id, name), colour, createdAt: now }
  await writeBatch(db, [
    db.insert(labels).values(row),
    entryInsert(db, { accountId, actor, action: 'label.create', subject: id, at: now }),
  ])
  await announce(env, accountId, [{ kind: 'labels' }])
  return { id, name, colour, createdAt: now }
}

const labelIs = (accountId: string, id: string) => and(eq(labels.id, id), eq(labels.accountId, accountId))

/** Undefined when there is no such label. */
export async function changeLabel(
  env: Env,
  { accountId, actor }: Who,
  id: string,
  change: { name?: string | undefined; colour?: LabelColour | undefined },
  now: number,
): Promise<Label | undefined> {
  const db = database(env.DB)
  const standing = await db.select().from(labels).where(labelIs(accountId, id)).get()
  if (!standing) return undefined
  const set = {
    ...(change.name === undefined ? {} : { name: await sealName(env, accountId, id, change.name) }),
    ...(change.colour === undefined ? {} : { colour: change.colour }),
  }
  await writeBatch(db, [
    ...(Object.keys(set).length > 0 ? [db.update(labels).set(set).where(labelIs(accountId, id))] : []),
    entryInsert(db, { accountId, actor, action: 'label.change', subject: id, at: now }),
  ])
  await announce(env, accountId, [{ kind: 'labels' }])
  const [label] = await openLabels(env.KEEPER, accountId, [{ ...standing, ...set }], now)
  return label
}

/** False when there is no such label. Conversations that had it lose it. */
export async function eraseLabel(
  env: Env,
  { accountId, actor }: Who,
  id: string,
  now: number,
): Promise<boolean> {
  const db = database(env.DB)
  if (!(await db.select({ id: labels.id }).from(labels).where(labelIs(accountId, id)).get())) return false
  await writeBatch(db, [
    db
      .delete(conversationLabels)
      .where(sql`${conversationLabels.accountId} = ${accountId} AND ${conversationLabels.labelId} = ${id}`),
    db.delete(labels).where(labelIs(accountId, id)),
    entryInsert(db, { accountId, actor, action: 'label.erase', subject: id, at: now }),
  ])
  await announce(env, accountId, [{ kind: 'labels' }])
  return true
}
