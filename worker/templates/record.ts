// The templates of a workspace as rows: statements for what Meta tells in its list, in webhooks, and after a change of ours.
// Each fact has the time it was heard, and the newest wins in any order. Called by walks.

import { eq, type SQL, sql } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema, statement } from '../../db/client.ts'
import { sha256 } from '../crypto/digest.ts'
import { idFrom } from '../ground/ids.ts'
import type { TemplateChange } from '../meta/template-update.ts'

const { templates } = schema

export type TemplateRow = typeof templates.$inferSelect

/** The same from the list and from a webhook, whichever comes first. */
export const templateId = (accountId: string, wabaId: string, metaId: string): string =>
  idFrom('tpl', sha256(`${accountId}/${wabaId}/${metaId}`))

/** Meta's clock counts seconds: what was read may be a second older than an event that says so. */
export const readAt = (now: number): number => Math.floor(now / 1000) * 1000 - 1000

export type Listed = Pick<
  TemplateRow,
  'wabaId' | 'metaId' | 'name' | 'language' | 'category' | 'status' | 'quality' | 'reason' | 'components'
>

const newest = (column: string, at: string): SQL =>
  sql.raw(
    `${column} = CASE WHEN excluded.${at} >= templates.${at} THEN excluded.${column} ELSE templates.${column} END`,
  )
const latest = (at: string): SQL => sql.raw(`${at} = max(templates.${at}, excluded.${at})`)

const merged = sql.join(
  [
    ...['status', 'reason', 'detail'].map((column) => newest(column, 'status_at')),
    newest('quality', 'quality_at'),
    ...['category', 'next_category', 'next_category_at'].map((column) => newest(column, 'category_at')),
    newest('components', 'components_at'),
    ...['status_at', 'quality_at', 'category_at', 'components_at', 'updated_at', 'synced_at'].map(latest),
    sql.raw('name = excluded.name, language = excluded.language'),
  ],
  sql`, `,
)

type Insert = typeof templates.$inferInsert
const upsert = (db: Database, rows: Insert[]): Statement =>
  rowsInsert(
    db,
    templates,
    rows.map((row) => ({ ...row, components: JSON.stringify(row.components) as never })),
    sql`ON CONFLICT (waba_id, meta_id) DO UPDATE SET ${merged} WHERE templates.account_id = excluded.account_id`,
  )

/** As Meta's list says, read at `now`. What Meta says of a refusal in words stays where the refusal is the same. */
export function listedUpsert(db: Database, accountId: string, listed: Listed[], now: number): Statement {
  const at = readAt(now)
  return upsert(
    db,
    listed.map((row) => ({
      id: templateId(accountId, row.wabaId, row.metaId),
      accountId,
      ...row,
      detail: null,
      nextCategory: null,
      nextCategoryAt: null,
      statusAt: at,
      qualityAt: at,
      categoryAt: at,
      componentsAt: at,
      editedAt: null,
      updatedAt: at,
      syncedAt: now,
    })),
  )
}

/** What Meta no longer lists, as a list begun at `now` shows. */
export const unlistedErase = (db: Database, accountId: string, wabaId: string, now: number): Statement =>
  statement(
    db,
    sql`DELETE FROM templates WHERE account_id = ${accountId} AND waba_id = ${wabaId} AND synced_at < ${now} AND status_at < ${readAt(now)}`,
  )

/** What a webhook says; of a template that is not here yet, everything but its components. */
export function changeUpsert(db: Database, accountId: string, change: TemplateChange, at: number): Statement {
  const { wabaId, metaId, name, language, status, quality, category, next, components } = change
  const heard = (is: unknown) => (is === undefined ? -1 : at)
  return upsert(db, [
    {
      id: templateId(accountId, wabaId, metaId),
      accountId,
      wabaId,
      metaId,
      name,
      language,
      category: category ?? 'UNKNOWN',
      status: status ?? 'UNKNOWN',
      quality: quality ?? null,
      reason: change.reason ?? null,
      detail: change.detail ?? null,
      nextCategory: next?.category ?? null,
      nextCategoryAt: next?.at ?? null,
      components: components ?? [],
      statusAt: heard(status),
      qualityAt: heard(quality),
      categoryAt: heard(category),
      componentsAt: heard(components),
      editedAt: null,
      updatedAt: at,
      syncedAt: 0,
    },
  ])
}

/** The notice of a coming category: it changes nothing yet. */
export const nextCategoryUpdate = (
  db: Database,
  accountId: string,
  { wabaId, metaId, next }: TemplateChange,
  at: number,
): Statement =>
  statement(
    db,
    sql`UPDATE templates SET next_category = ${next?.category ?? null}, next_category_at = ${next?.at ?? null}, updated_at = max(updated_at, ${at})
      WHERE account_id = ${accountId} AND waba_id = ${wabaId} AND meta_id = ${metaId} AND category_at <= ${at}`,
  )

export const templateErase = (db: Database, accountId: string, id: string): Statement =>
  db.delete(templates).where(sql`${eq(templates.id, id)} AND ${eq(templates.accountId, accountId)}`)
