// Takes other people's data out of what is handed to somebody: shared contact cards, people in groups, numbers and addresses
// inside texts, ids of members and keys. The person's own data and who the business is stay. Pure. Called by
// package-build.ts. Source: GDPR Art. 15(4).
//
// A name that somebody only mentions in a sentence cannot be told from any other word: it stays, and the package says so.

import { d1, type TableName } from '../../db/catalog.ts'
import { type Known, redactText } from './package-text.ts'
import { marker } from './package-words.ts'

export type { Known }

type Loose = Record<string, unknown>

/** `row`: the exported columns of one row of `table`, opened. */
export function redactRow(table: TableName, row: Loose, known: Known): Loose {
  const columns = d1[table].columns as Record<string, { category: string }>
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const category = columns[column]?.category
      if (table === 'rawEvents' && column === 'payload') return [column, redactEvent(value, known)]
      if (category === 'content') return [column, redactValue(value, known)]
      return [column, category === 'metadata' && typeof value === 'string' ? redactIds(value, known) : value]
    }),
  )
}

/** A kept event is whole JSON or a piece of it; out of a piece nobody can be taken. */
function redactEvent(payload: unknown, known: Known): unknown {
  if (typeof payload !== 'string') return redactValue(payload, known)
  return payload === '' ? payload : marker.event
}

/** Of content as it is sealed: text, or what Meta sent and the API was given. */
export function redactValue(value: unknown, known: Known, key = '', beside: Loose = {}): unknown {
  if (typeof value === 'string') return redactString(value, known, key, beside)
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 1_000_000 && !harmless.has(key)
      ? redactNumber(value, known)
      : value
  if (Array.isArray(value)) return value.map((item) => redactValue(item, known, key, beside))
  return typeof value === 'object' && value !== null ? redactObject(value as Loose, known, key) : value
}

/** Values of Meta's and ours that look like numbers of people and never are. */
const harmless: ReadonlySet<string> = new Set([
  ...['timestamp', 'sha256', 'mime_type', 'currency', 'latitude', 'longitude', 'code', 'time', 'at'],
  ...['phone_number_id', 'phoneNumberId', 'display_phone_number', 'displayPhoneNumber', 'wabaId', 'waba_id'],
  ...['catalog_id', 'product_retailer_id', 'item_price', 'quantity', 'amount', 'offset'],
])
/** Who somebody is, whole. */
const naming =
  /^(?:from|to|wa_id|user_id|phone|bsuid|username|(?:from|to|recipient|parent|from_parent)_?(?:user_)?id|author|sender|.*participant.*)$/i

function redactString(value: string, known: Known, key: string, beside: Loose): string {
  if (harmless.has(key)) return value
  if (naming.test(key)) return isKnown(value, known) ? value : marker.person
  if (key === 'group_id') return marker.group
  if (value.startsWith('wamid.'))
    return hiddenNumbers(value).every((one) => isKnown(one, known)) ? value : marker.message
  // The id and the address of a file are Meta's.
  if ((key === 'id' || key === 'url') && 'mime_type' in beside) return value
  return redactIds(redactText(value, known), known)
}

const redactNumber = (value: number, known: Known): unknown =>
  isKnown(String(value), known) ? value : marker.number

/** People of ours are named by ids: `mem_…`, `key_…`, as the ledger writes them too. */
const redactIds = (text: string, { ids }: Known): string =>
  text.replace(/\b(?:(?:key|member|contact|visitor):)?(mem|key|cnt|vis)_[0-9a-z_]+/g, (found) =>
    ids.includes(found) || ids.includes(found.slice(found.indexOf(':') + 1)) ? found : marker.person,
  )

function redactObject(value: Loose, known: Known, key: string): unknown {
  if (isCard(value)) return cardIsKnown(value, known) ? value : marker.person
  const who = Object.entries(value).filter(([name, one]) => identifying.has(name) && isText(one))
  const mine = who.some(([, one]) => isKnown(String(one), known))
  // A contact block, a message or a participant of somebody else: all of it is theirs.
  if ((who.length > 0 || /participant|^contacts$/i.test(key)) && !mine) return marker.person
  const card = Array.isArray(value.body) && value.body.some(isCard)
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      if (mine && /parent_user_id$/.test(name)) return [name, one]
      // What a person would read of a card is the name on it.
      const ofCard =
        card && name === 'text' && !(value.body as Loose[]).every((own) => cardIsKnown(own, known))
      return [name, ofCard ? marker.person : redactValue(one, known, name, value)]
    }),
  )
}

/** What says whom an object is about. */
const identifying: ReadonlySet<string> = new Set([
  'from',
  'from_user_id',
  'wa_id',
  'user_id',
  'phone',
  'bsuid',
])
const isText = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number'

const isCard = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false
  const { name } = value as Loose
  return (
    ['phones', 'emails', 'addresses', 'vcard'].some((part) => part in value) ||
    (typeof name === 'object' && name !== null && 'formatted_name' in name)
  )
}

/** A person's own card, or the business's: every number in it is one of theirs, and there is one. */
function cardIsKnown(card: Loose, known: Known): boolean {
  const phones = Array.isArray(card.phones) ? (card.phones as Loose[]) : []
  const written = phones.flatMap((one) => [one?.phone, one?.wa_id]).filter(isText)
  const others = typeof card.vcard === 'string' && redactText(card.vcard, known) !== card.vcard
  return written.length > 0 && !others && written.every((one) => isKnown(String(one), known))
}

/** One of the person's or the business's own numbers, addresses, names or ids, however it is spelled. */
function isKnown(value: string, known: Known): boolean {
  const plain = value.trim().replace(/^@/, '')
  if (known.ids.includes(plain) || known.emails.includes(plain.toLowerCase())) return true
  const digits = plain.replace(/\D/g, '')
  return digits.length >= 7 && /^[\d\s+().-]+$/.test(plain) && redactText(plain, known) === plain
}

/** A WhatsApp message id holds the number of whom the chat is with: its length, then the digits. */
function hiddenNumbers(wamid: string): string[] {
  let bytes: string
  try {
    bytes = atob(wamid.slice('wamid.'.length).replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return []
  }
  return [...bytes.matchAll(/\d{7,20}/g)].flatMap(({ 0: run, index }) => {
    const length = bytes.charCodeAt(index - 1)
    return index > 0 && length >= 7 && length <= run.length ? [run.slice(0, length)] : []
  })
}
