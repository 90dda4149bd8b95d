// Fields of a business: what it notes about its contacts, and why. One without a purpose cannot be made; one that is no longer
// used is retired, because what was noted in it is still somebody's. Called by field-routes.ts and take-in.ts.

import { and, asc, eq, sql } from 'drizzle-orm'
import { type Database, database, schema, writeBatch } from '../../db/client.ts'
import type { Principal } from '../audit/principal.ts'
import { contactQuery } from '../conversations/list-contacts.ts'
import { keeperOf } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import { isoTime, isoTimeOrNull } from '../ground/openapi.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { announce } from '../live/announce.ts'
import { entryOf } from './held.ts'
import { type FieldKind, parseValue } from './values.ts'
import { sealValue, valuesUpsert } from './values-record.ts'

const { customFields, customValues } = schema

export type FieldRow = typeof customFields.$inferSelect

/** Oldest first: the order in which a business thought of them. Never more than some hundreds. */
export const fieldsQuery = (db: Database, accountId: string) =>
  db
    .select({
      id: customFields.id,
      accountId: customFields.accountId,
      name: customFields.name,
      kind: customFields.kind,
      choices: customFields.choices,
      purpose: customFields.purpose,
      createdAt: customFields.createdAt,
      retiredAt: customFields.retiredAt,
      values: sql<number>`(SELECT count(*) FROM custom_values v WHERE v.account_id = ${accountId} AND v.field_id = custom_fields.id)`,
    })
    .from(customFields)
    .where(eq(customFields.accountId, accountId))
    .orderBy(asc(customFields.createdAt), asc(customFields.id))

export const fieldQuery = (db: Database, accountId: string, id: string) =>
  db
    .select()
    .from(customFields)
    .where(and(eq(customFields.accountId, accountId), eq(customFields.id, id)))

export const fieldView = ({ accountId: _, ...field }: FieldRow & { values: number }) => ({
  ...field,
  createdAt: isoTime(field.createdAt),
  retiredAt: isoTimeOrNull(field.retiredAt),
})

type NewField = { name: string; kind: FieldKind; choices?: string[] | undefined; purpose: string }
export type FieldRefusal = { reason: 'unknown' | 'choices' | 'too_many' | 'taken' }

/** A choice has choices, each once; nothing else has any. */
const choicesFit = (kind: FieldKind, choices: readonly string[] | null | undefined): boolean =>
  kind === 'choice'
    ? choices !== undefined && choices !== null && new Set(choices).size === choices.length
    : (choices ?? null) === null

export async function createField(
  { env, now }: World,
  principal: Principal,
  { name, kind, choices, purpose }: NewField,
): Promise<Result<FieldRow & { values: number }, FieldRefusal>> {
  const db = database(env.DB)
  const { accountId } = principal
  if (!choicesFit(kind, choices)) return refused({ reason: 'choices' })
  const standing = (await fieldsQuery(db, accountId)).filter(({ retiredAt }) => retiredAt === null)
  if (standing.length >= limits.customFields) return refused({ reason: 'too_many' })
  if (standing.some((field) => sameName(field.name, name))) return refused({ reason: 'taken' })
  const id = newId('fld')
  const row = {
    ...{ id, accountId, name, kind, choices: choices ?? null, purpose },
    ...{ createdAt: now, retiredAt: null },
  }
  await writeBatch(db, [db.insert(customFields).values(row), entryOf(db, principal, 'field.create', id, now)])
  await announce(env, accountId, [{ kind: 'workspace' }])
  return ok({ ...row, values: 0 })
}

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

type Change = {
  name?: string | undefined
  purpose?: string | undefined
  choices?: string[] | undefined
  retired?: boolean | undefined
}

export async function changeField(
  { env, now }: World,
  principal: Principal,
  id: string,
  change: Change,
): Promise<Result<void, FieldRefusal>> {
  const db = database(env.DB)
  const { accountId } = principal
  const fields = await fieldsQuery(db, accountId)
  const field = fields.find((one) => one.id === id)
  if (!field) return refused({ reason: 'unknown' })
  const choices = change.choices ?? field.choices
  if (!choicesFit(field.kind, choices)) return refused({ reason: 'choices' })
  const to = {
    name: change.name ?? field.name,
    purpose: change.purpose ?? field.purpose,
    choices,
    retiredAt:
      change.retired === undefined ? field.retiredAt : change.retired ? (field.retiredAt ?? now) : null,
  }
  const others = fields.filter((one) => one.id !== id && one.retiredAt === null)
  if (to.retiredAt === null && others.some((one) => sameName(one.name, to.name)))
    return refused({ reason: 'taken' })
  if (to.retiredAt === null && others.length >= limits.customFields) return refused({ reason: 'too_many' })
  const what = Object.keys(change).sort().join(', ')
  await writeBatch(db, [
    db
      .update(customFields)
      .set(to)
      .where(and(eq(customFields.accountId, accountId), eq(customFields.id, id))),
    entryOf(db, principal, 'field.change', id, now, what),
  ])
  await announce(env, accountId, [{ kind: 'workspace' }])
  return ok(undefined)
}

export type ValueRefusal = { reason: 'unknown' | 'does_not_fit' | 'retired' }

export async function noteValue(
  { env, now }: World,
  principal: Principal,
  { contactId, fieldId, value: given }: { contactId: string; fieldId: string; value: string },
): Promise<Result<void, ValueRefusal>> {
  const db = database(env.DB)
  const { accountId } = principal
  const [[contact], [field]] = await db.batch([
    contactQuery(db, accountId, contactId),
    fieldQuery(db, accountId, fieldId),
  ])
  if (!contact || !field) return refused({ reason: 'unknown' })
  if (field.retiredAt !== null) return refused({ reason: 'retired' })
  const value = parseValue(field, given)
  if (value === undefined) return refused({ reason: 'does_not_fit' })
  const key = await keeperOf(env.KEEPER, accountId)
    .keyFor(contactId)
    .catch(() => undefined)
  if (!key) return refused({ reason: 'unknown' })
  const row = await sealValue(accountId, { contactId, key, field, value }, now)
  await writeBatch(db, [
    valuesUpsert(db, [row]),
    entryOf(db, principal, 'contact.note', contactId, now, fieldId),
  ])
  await announce(env, accountId, [{ kind: 'contact', contactId }])
  return ok(undefined)
}

/** Also out of a field that is retired. Twice is the same as once. */
export async function dropValue(
  { env, now }: World,
  principal: Principal,
  { contactId, fieldId }: { contactId: string; fieldId: string },
): Promise<Result<void, { reason: 'unknown' }>> {
  const db = database(env.DB)
  const { accountId } = principal
  const [[contact], [field]] = await db.batch([
    contactQuery(db, accountId, contactId),
    fieldQuery(db, accountId, fieldId),
  ])
  if (!contact || !field) return refused({ reason: 'unknown' })
  await writeBatch(db, [
    db
      .delete(customValues)
      .where(
        and(
          eq(customValues.accountId, accountId),
          eq(customValues.contactId, contactId),
          eq(customValues.fieldId, fieldId),
        ),
      ),
    entryOf(db, principal, 'contact.unnote', contactId, now, fieldId),
  ])
  await announce(env, accountId, [{ kind: 'contact', contactId }])
  return ok(undefined)
}
