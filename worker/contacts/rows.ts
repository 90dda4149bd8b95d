// One row of a list as it may be taken in, or why not. Pure. Called by take-in.ts.

import { limits } from '../ground/limits.ts'
import { type FieldShape, parseValue } from './values.ts'

export type GivenRow = {
  phone?: string | undefined
  name?: string | undefined
  fields?: Record<string, string> | undefined
}
export type KnownField = FieldShape & { id: string; name: string; purpose: string }
export type ParsedRow = {
  /** Digits with the country code. */
  phone: string
  name: string | undefined
  values: { field: KnownField; value: string }[]
}

/** Why a row is not taken in. `left_alone` is said of everybody who is not to be kept here, whatever the reason. */
export const rowFaults = [
  'no_phone',
  'bad_phone',
  'bad_name',
  'bad_value',
  'twice',
  'objected',
  'left_alone',
] as const
export type RowFault = (typeof rowFaults)[number]

/** Blanks, dots, dashes, brackets and slashes fall out; so do the plus and the two zeros that mean it. */
export function parsePhone(given: string): string | undefined {
  const bare = given.normalize('NFKC').replace(/[\s().\-‐‑–/]/g, '')
  const digits = bare.replace(/^(?:\+|00)/, '')
  // No country code begins with a zero; E.164 ends at fifteen digits.
  return /^[1-9]\d{7,14}$/.test(digits) ? digits : undefined
}

/** Letters as they are written; what cannot be seen or steers the direction of text is none of a name's. */
export function parseName(given: string): string | undefined {
  const name = given.normalize('NFC').replace(/\s+/g, ' ').trim()
  return name.length > limits.contactNameChars || /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(name)
    ? undefined
    : name
}

export function parseRow(
  row: GivenRow,
  fields: ReadonlyMap<string, KnownField>,
): { ok: true; row: ParsedRow } | { ok: false; fault: RowFault } {
  const fault = (reason: RowFault) => ({ ok: false, fault: reason }) as const
  if (!row.phone?.trim()) return fault('no_phone')
  const phone = parsePhone(row.phone)
  if (phone === undefined) return fault('bad_phone')
  const name = parseName(row.name ?? '')
  if (name === undefined) return fault('bad_name')
  const values: ParsedRow['values'] = []
  for (const [id, given] of Object.entries(row.fields ?? {})) {
    if (given.trim() === '') continue
    const field = fields.get(id)
    const value = field && parseValue(field, given)
    if (!field || value === undefined || value.length > limits.fieldValueChars) return fault('bad_value')
    values.push({ field, value })
  }
  return { ok: true, row: { phone, name: name === '' ? undefined : name, values } }
}
