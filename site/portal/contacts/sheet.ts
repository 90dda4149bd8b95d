// A file as it is read: what its columns are, and the rows that are sent. Pure. Called by the steps of the import.

import {
  type Csv,
  type Encoding,
  encodingOf,
  isText,
  parseCsv,
  type Separator,
  separatorOf,
  textOf,
} from './csv.ts'

/** What a column is: nothing, the phone number, the name, or a field by its id. */
export type Meaning = '' | 'phone' | 'name' | `fld_${string}`

/** Everything that decides how bytes become rows. Goes with the import, so that it can be taken up again. */
export type Reading = {
  encoding: Encoding
  separator: Separator
  header: boolean
  meanings: Meaning[]
  /** Digits, or nothing. */
  country: string
}

export type Sheet = { name: string; bytes: Uint8Array; fingerprint: string; csv: Csv; reading: Reading }
export type SentRow = { phone?: string; name?: string; fields?: Record<string, string> }

/** Undefined: it is no text. */
export async function openSheet(file: File): Promise<Sheet | undefined> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const fingerprint = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const encoding = encodingOf(bytes)
  if (!isText(bytes, encoding)) return undefined
  const text = textOf(bytes, encoding)
  const separator = separatorOf(text)
  const csv = parseCsv(text, separator)
  const header = looksLikeHeader(csv.rows[0]?.cells ?? [])
  const reading = { encoding, separator, header, meanings: guessMeanings(csv), country: '' }
  return { name: file.name, bytes, fingerprint, csv, reading }
}

/** The same bytes, read in another way. Columns keep their meaning where there are as many. */
export function reread(sheet: Sheet, change: Partial<Reading>): Sheet {
  const reading = { ...sheet.reading, ...change }
  const again = change.encoding !== undefined || change.separator !== undefined
  if (!again) return { ...sheet, reading }
  const csv = parseCsv(textOf(sheet.bytes, reading.encoding), reading.separator)
  const same = widthOf(csv) === reading.meanings.length
  return { ...sheet, csv, reading: { ...reading, meanings: same ? reading.meanings : guessMeanings(csv) } }
}

export const widthOf = ({ rows }: Csv): number =>
  rows.slice(0, 200).reduce((most, { cells }) => Math.max(most, cells.length), 0)

export const dataOf = ({ csv, reading }: Sheet) => (reading.header ? csv.rows.slice(1) : csv.rows)

const digitsIn = (cell: string): number => cell.replace(/\D/g, '').length
const looksLikePhone = (cell: string): boolean => digitsIn(cell) >= 7 && /^[\d\s().+/-]+$/.test(cell.trim())
/** Names of columns have no numbers. */
const looksLikeHeader = (cells: string[]): boolean => cells.length > 0 && !cells.some(looksLikePhone)

const phoneWords = /phone|tel|mobil|móvil|movil|whatsapp|handy|número|numero|number|celular|cell/i
const nameWords = /^(?:full.?)?(?:name|nombre|nom|nome|naam|imię|isim)\b/i

function guessMeanings(csv: Csv): Meaning[] {
  const width = widthOf(csv)
  const [head] = csv.rows
  const sample = csv.rows.slice(1, 20)
  const columns = Array.from({ length: width }, (_, at) => ({
    title: head?.cells[at] ?? '',
    phones: sample.filter(({ cells }) => looksLikePhone(cells[at] ?? '')).length,
  }))
  const titled = columns.findIndex(({ title, phones }) => phoneWords.test(title) && phones > 0)
  const most = columns.reduce((best, one, at) => (one.phones > (columns[best]?.phones ?? 0) ? at : best), 0)
  const phone = titled >= 0 ? titled : (columns[most]?.phones ?? 0) > 0 ? most : -1
  const name = columns.findIndex(({ title }, at) => at !== phone && nameWords.test(title.trim()))
  return columns.map((_, at) => (at === phone ? 'phone' : at === name ? 'name' : ''))
}

/** What is named as a field is that field, whatever the case. Nothing is taken from a column that means something. */
export function matchFields(sheet: Sheet, fields: readonly { id: string; name: string }[]): Sheet {
  const { meanings, header } = sheet.reading
  if (!header || meanings.some((meaning) => meaning.startsWith('fld_'))) return sheet
  const plain = (name: string) => name.trim().toLocaleLowerCase()
  const found = new Set<string>()
  const matched = meanings.map((meaning, at) => {
    const title = plain(sheet.csv.rows[0]?.cells[at] ?? '')
    const field = fields.find(({ id, name }) => plain(name) === title && !found.has(id))
    if (meaning !== '' || !field) return meaning
    found.add(field.id)
    return field.id as Meaning
  })
  return found.size > 0 ? reread(sheet, { meanings: matched }) : sheet
}

/** With the country code in front, where one is given and the number has none. */
function withCountry(phone: string, country: string): string {
  const bare = phone.trim()
  if (country === '' || bare === '' || /^(?:\+|00)/.test(bare)) return bare
  return `+${country}${bare.replace(/^[\s(]*0/, '')}`
}

/** In the order of the file. Empty cells are left out. */
export const sentRows = (sheet: Sheet): SentRow[] =>
  dataOf(sheet).map(({ cells }) => {
    const row: SentRow = {}
    const fields: Record<string, string> = {}
    for (const [at, meaning] of sheet.reading.meanings.entries()) {
      const cell = cells[at] ?? ''
      if (meaning === '' || cell.trim() === '') continue
      if (meaning === 'phone') row.phone = withCountry(cell, sheet.reading.country)
      else if (meaning === 'name') row.name = cell
      else fields[meaning] = cell
    }
    return Object.keys(fields).length > 0 ? { ...row, fields } : row
  })
