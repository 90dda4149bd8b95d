// What a business noted about one contact, field by field: sealed under the contact's key together with the name and purpose of
// the field, so that a copy of somebody's data can be read without ours. Statement builders and reads. Called by detail.ts,
// fields.ts and take-in.ts.

import { and, asc, eq, sql } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema } from '../../db/client.ts'
import type { SealKey } from '../crypto/seal.ts'
import { type Keepers, openColumns, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { isoTime } from '../ground/openapi.ts'

const { customValues } = schema

export type ValueRow = typeof customValues.$inferSelect
/** Sealed as JSON under `custom_values.content:{id}`. */
type ValueContent = { field: string; purpose: string; value: string }

export const valuesQuery = (db: Database, accountId: string, contactId: string) =>
  db
    .select()
    .from(customValues)
    .where(and(eq(customValues.accountId, accountId), eq(customValues.contactId, contactId)))
    .orderBy(asc(customValues.fieldId))

/** In the order given. */
export async function openValues(keepers: Keepers, accountId: string, rows: ValueRow[], now: number) {
  const opened = await openColumns(
    keepers,
    accountId,
    rows.map(({ id, content }) => ({
      table: 'custom_values',
      column: 'content',
      rowId: id,
      sealed: content,
    })),
    now,
  )
  return rows.map(({ fieldId, updatedAt }, i) => {
    const text = opened[i]
    const value = text === undefined ? null : (JSON.parse(text) as ValueContent).value
    return { fieldId, value, updatedAt: isoTime(updatedAt) }
  })
}

export type Noted = {
  contactId: string
  key: SealKey
  field: { id: string; name: string; purpose: string }
  value: string
}

export async function sealValue(accountId: string, noted: Noted, now: number): Promise<ValueRow> {
  const { contactId, key, field, value } = noted
  const id = newId('cva')
  const content: ValueContent = { field: field.name, purpose: field.purpose, value }
  return {
    ...{ id, accountId, contactId, fieldId: field.id, updatedAt: now },
    content: await sealColumn(key, 'custom_values', 'content', id, JSON.stringify(content)),
  }
}

/** The newer value stands. A value opens only under the id that it was sealed for, so the id goes with it. */
export const valuesUpsert = (db: Database, rows: ValueRow[]): Statement =>
  rowsInsert(
    db,
    customValues,
    rows,
    sql`ON CONFLICT (account_id, contact_id, field_id) DO UPDATE SET id = excluded.id, content = excluded.content,
      updated_at = excluded.updated_at WHERE excluded.updated_at >= updated_at`,
  )
