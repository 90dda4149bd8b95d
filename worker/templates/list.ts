// Reads of the templates of a workspace. Called by the upkeep walk. An account has some hundreds at most.

import { and, asc, eq, ne, sql } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import type { IdKey, Page } from '../ground/openapi.ts'

const { templates } = schema

export type TemplateFilter = {
  /** Words of the name or of the text. */
  q?: string | undefined
  status?: string | undefined
  category?: string | undefined
  language?: string | undefined
  wabaId?: string | undefined
}

/** By name and language, one row more than the page. The cursor is the id of the last row, whose place is looked up. */
export function templatesQuery(
  db: Database,
  accountId: string,
  filter: TemplateFilter,
  { limit, cursor }: Page<IdKey>,
) {
  const { q, status, category, language, wabaId } = filter
  const needle = q?.trim().toLowerCase()
  return db
    .select()
    .from(templates)
    .where(
      and(
        eq(templates.accountId, accountId),
        status === undefined ? ne(templates.status, 'DELETED') : eq(templates.status, status),
        category === undefined ? undefined : eq(templates.category, category),
        language === undefined ? undefined : eq(templates.language, language),
        wabaId === undefined ? undefined : eq(templates.wabaId, wabaId),
        needle
          ? sql`(instr(lower(${templates.name}), ${needle.replace(/\s+/g, '_')}) > 0 OR instr(lower(${templates.components}), ${needle}) > 0)`
          : undefined,
        cursor &&
          sql`(${templates.name}, ${templates.language}, ${templates.id}) >
            (SELECT name, language, id FROM templates WHERE id = ${cursor[0]} AND account_id = ${accountId})`,
      ),
    )
    .orderBy(asc(templates.name), asc(templates.language), asc(templates.id))
    .limit(limit + 1)
}

export const templateQuery = (db: Database, accountId: string, id: string) =>
  db
    .select()
    .from(templates)
    .where(and(eq(templates.id, id), eq(templates.accountId, accountId)))
