// A row in every table for one person of one business, made from the schema and the catalogue: a new table is filled by
// itself, or the test that fills fails. Called by the tests of the deletion walk.

import { env } from 'cloudflare:workers'
import { getTableColumns, getTableName } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { d1, type TableName } from '../../db/catalog.ts'
import { database, rowsInsert, schema, writeBatch } from '../../db/client.ts'
import type { SealKey } from '../../worker/crypto/seal.ts'
import { keeperOf, sealColumn } from '../../worker/custody/sealing.ts'
import type { Business, Person } from './cast.ts'
import { drain } from './intake.ts'
import { messageChange, postChanges, textMessage } from './webhooks.ts'

export const sqlName = (table: TableName): string => getTableName(schema[table] as SQLiteTable)

/** Tables in which nobody has rows. */
export const ownerless = (Object.keys(d1) as TableName[]).filter((table) =>
  Object.values(d1[table].reach).every((reach) => reach === null),
)

export type Filled = {
  contactId: string
  memberId: string
  /** What stands in every row that was made for this person and in nobody else's. */
  tag: string
  /** What her rows can be told by: ids of hers, phone and user id in clear. */
  words: string[]
}

type Keys = { contact: SealKey; account: SealKey; member: SealKey }
type World = {
  business: Business
  contactId: string
  memberId: string
  tag: string
  keys: Keys
  person: Person
}

/** Ids that a row of one table carries of a row of another. */
const links: Partial<Record<TableName, Record<string, TableName>>> = {
  deletionOwners: { deletionId: 'deletions' },
  deletionBlocks: { deletionId: 'deletions' },
  deletionSteps: { deletionId: 'deletions' },
  receipts: { deletionId: 'deletions' },
  idempotencyKeys: { messageId: 'messages' },
  messages: { conversationId: 'conversations' },
}

/** What the schema does not say by itself. */
const chosen: Partial<Record<TableName, Record<string, (world: World) => unknown>>> = {
  accounts: { id: ({ business }) => business.accountId },
  members: { id: ({ memberId }) => memberId, role: () => 'agent' },
  contacts: { id: ({ contactId }) => contactId },
  // A request that stands would be the answer to the one that the test makes.
  deletions: { state: () => 'cancelled', subjectId: ({ contactId }) => contactId },
  holds: { subjectId: ({ contactId }) => contactId, liftedAt: () => 2 },
  intakeCounts: {
    counterKey: ({ business }) => business.phoneNumberId,
    day: ({ tag }) => `2020-01-01 ${tag}`,
  },
  rawEvents: { part: () => 0, outcome: () => 'handled' },
  auditEntries: { subject: ({ contactId }) => contactId },
}

function plainOf(world: World, table: TableName, property: string, column: SQLiteColumn): unknown {
  const { business, contactId, memberId, tag } = world
  const own = chosen[table]?.[property]
  if (own) return own(world)
  const of = links[table]?.[property]
  if (of) return `${sqlName(of)}-${tag}`
  if (property === 'accountId') return business.accountId
  if (property === 'contactId') return contactId
  if (property === 'memberId') return memberId
  if (column.enumValues?.length) return column.enumValues[0]
  if (property === 'id') return `${sqlName(table)}-${tag}`
  if (/^(nextAt|.*Version)$/.test(property)) return column.notNull ? '' : null
  if (column.dataType === 'boolean') return 0
  if (column.columnType.includes('Json') || column.dataType === 'json') return '[]'
  if (column.columnType.includes('Integer') || column.dataType === 'number') return 1
  return `${property}-${tag}`
}

async function rowOf(world: World, table: TableName): Promise<Record<string, unknown>> {
  const columns = getTableColumns(schema[table] as SQLiteTable) as Record<string, SQLiteColumn>
  const row: Record<string, unknown> = {}
  for (const [property, column] of Object.entries(columns))
    row[property] = plainOf(world, table, property, column)
  const [first] = Object.keys(columns)
  const rowId = table === 'rawEvents' ? `${row.id}/0` : String(row.id ?? row.ref ?? row[first as string])
  const { tag, person, keys } = world
  for (const [property, column] of Object.entries(columns)) {
    const { sealed } = (d1[table].columns as Record<string, { sealed: string | false }>)[property] as {
      sealed: string | false
    }
    if (!sealed) continue
    const key = sealed.startsWith('contact')
      ? keys.contact
      : sealed.startsWith('member')
        ? keys.member
        : keys.account
    // The business's own words are not hers: to search for her must not find them.
    const hers = { text: `words of ${person.name} ${tag}`, wamid: `wamid.filled.${tag}` }
    const plain = JSON.stringify(key === keys.account ? { text: 'words of the business' } : hers)
    row[property] = await sealColumn(key, sqlName(table), column.name, rowId, plain)
  }
  return row
}

/** She writes for real, then every table, R2 and the kept events hold something of hers. */
export async function fill(business: Business, person: Person, memberId: string): Promise<Filled> {
  const db = database(env.DB)
  const tag = `${business.accountId.slice(4)}-${person.bsuid?.slice(-4)}`
  const at = 1_795_305_600
  await postChanges(
    business,
    messageChange(business, person, textMessage(`wamid.real.${tag}`, `hola de ${person.name} ${tag}`, at)),
  )
  await drain(business)
  const keeper = keeperOf(env.KEEPER, business.accountId)
  const query = { phone: person.phone as string, bsuid: person.bsuid as string, at: at * 1000, create: false }
  const { account, subjects } = await keeper.resolve([query])
  const [known] = subjects
  if (known?.state !== 'known') throw new Error('the person who wrote is not known')
  const { contactId } = known
  const member = await keeper.keyFor(memberId)
  const keys = { contact: known.key, account: account.seal, member }
  const world: World = { business, person, contactId, memberId, tag, keys }
  for (const table of Object.keys(d1) as TableName[]) {
    if (ownerless.includes(table)) continue
    await writeBatch(db, [rowsInsert(db, schema[table] as SQLiteTable, [await rowOf(world, table)])])
  }
  const mention = {
    ...(await rowOf(world, 'rawEvents')),
    id: `mention-${tag}`,
    contactId: null,
    payload: await sealColumn(
      account.seal,
      'raw_events',
      'payload',
      `mention-${tag}/0`,
      JSON.stringify({ seen: { wa_id: person.phone, user_id: person.bsuid } }),
    ),
  }
  const dead = { ...(await rowOf(world, 'rawEvents')), id: `dead-${tag}`, outcome: 'dead' as const }
  for (const row of [mention, dead]) await writeBatch(db, [rowsInsert(db, schema.rawEvents, [row])])
  await env.FILES.put(`media/${business.accountId}/${contactId}/${tag}`, `sealed media ${tag}`)
  return {
    contactId,
    memberId,
    tag,
    words: [contactId, memberId, tag, person.phone as string, person.bsuid as string],
  }
}

/** Tables of the catalogue without a row that has one of the words. */
export async function unfilled(words: string[]): Promise<string[]> {
  const missing: string[] = []
  for (const table of Object.keys(d1) as TableName[]) {
    if (ownerless.includes(table)) continue
    const { results } = await env.DB.prepare(`SELECT * FROM "${sqlName(table)}"`).all()
    const texts = results.map((row) => JSON.stringify(row))
    if (!texts.some((text) => words.some((word) => text.includes(word)))) missing.push(table)
  }
  return missing
}
