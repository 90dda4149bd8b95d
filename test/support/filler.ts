// A row in every table for one person of one business, made from the schema and the catalogue: a new table is filled by
// itself, or the test that fills fails. The same person is a contact, a member, and somebody who wrote to us without an
// account. Called by the tests of the deletion walk.

import { env } from 'cloudflare:workers'
import { getTableColumns, getTableName } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { d1, type TableName } from '../../db/catalog.ts'
import { database, rowsInsert, schema, writeBatch } from '../../db/client.ts'
import type { SealKey } from '../../worker/crypto/seal.ts'
import { keeperOf, platformAccount, sealColumn } from '../../worker/custody/sealing.ts'
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
  visitorId: string
  /** What stands in every row that was made for this person and in nobody else's. */
  tag: string
  /** What her rows can be told by: ids of hers, phone and user id in clear. */
  words: string[]
  /** The same for her rows as a member who signs in. */
  memberWords: string[]
  /** The same for her rows as somebody without an account. */
  visitorWords: string[]
}

/** Keys by who they belong to; in the platform's Keeper for a visitor. */
type Keys = { person: SealKey; account: SealKey; member: SealKey; platform: SealKey }
type World = {
  business: Pick<Business, 'accountId' | 'phoneNumberId'>
  /** Who the rows are about, where a table does not say what sort of person. */
  subjectId: string
  subjectKind: 'contact' | 'member' | 'visitor'
  contactId: string
  memberId: string | null
  visitorId: string | null
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
  conversationStates: { conversationId: 'conversations' },
  conversationLabels: { conversationId: 'conversations' },
  notes: { conversationId: 'conversations' },
  drafts: { conversationId: 'conversations' },
  searchTerms: { conversationId: 'conversations' },
  searchCursors: { conversationId: 'conversations' },
  members: { userId: 'users' },
  sessions: { userId: 'users' },
  passkeys: { userId: 'users' },
}

/** What the schema does not say by itself. */
const chosen: Partial<Record<TableName, Record<string, (world: World) => unknown>>> = {
  accounts: { id: ({ business }) => business.accountId },
  members: { id: ({ memberId }) => memberId, role: () => 'agent' },
  invitations: { emailDigest: ({ tag }) => `emailDigest-${tag}` },
  verifications: { identifier: ({ tag }) => `sign-in-otp-email-${tag}` },
  visitors: { id: ({ visitorId }) => visitorId },
  challenges: {
    id: ({ memberId, visitorId, tag }) => `cha_${visitorId ?? memberId}_${tag}`,
    targetDigest: ({ tag }) => `emailDigest-${tag}`,
  },
  requests: { subjectKind: ({ subjectKind }) => subjectKind },
  notices: { recipientId: ({ memberId, visitorId }) => visitorId ?? memberId },
  mails: { challengeId: () => null },
  contacts: { id: ({ contactId }) => contactId },
  // A request that stands would be the answer to the one that the test makes.
  deletions: { state: () => 'cancelled' },
  holds: { subjectId: ({ contactId }) => contactId, liftedAt: () => 2 },
  intakeCounts: {
    counterKey: ({ business }) => business.phoneNumberId,
    day: ({ tag }) => `2020-01-01 ${tag}`,
  },
  rawEvents: { part: () => 0, outcome: () => 'handled' },
  auditEntries: { subject: ({ contactId }) => contactId },
  retentionRules: { updatedBy: () => 'system' },
}

function plainOf(world: World, table: TableName, property: string, column: SQLiteColumn): unknown {
  const { business, contactId, memberId, visitorId, subjectId, tag } = world
  const own = chosen[table]?.[property]
  if (own) return own(world)
  const of = links[table]?.[property]
  if (of) return `${sqlName(of)}-${tag}`
  if (property === 'accountId') return business.accountId
  if (property === 'contactId') return contactId
  if (property === 'memberId') return memberId
  if (property === 'visitorId') return visitorId
  if (property === 'subjectId') return subjectId
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
    const key = keyOf(keys, sealed, table)
    // The business's own words are not hers: to search for her must not find them.
    const hers = { text: `words of ${person.name} ${tag}`, wamid: `wamid.filled.${tag}` }
    const others = { text: table === 'challenges' ? 'words of a form' : 'words of the business' }
    const plain = JSON.stringify(key === keys.account || key === keys.platform ? others : hers)
    row[property] = await sealColumn(key, sqlName(table), column.name, rowId, plain)
  }
  return row
}

/** A mail is its member's; what else is about a person is a contact's, or the visitor's. */
function keyOf(keys: Keys, sealed: string, table: TableName): SealKey {
  if (table === 'challenges') return keys.platform
  if (sealed.startsWith('member') || (sealed === 'person key' && table === 'mails')) return keys.member
  return sealed === 'account key' ? keys.account : keys.person
}

/** She writes for real, then every table, R2 and the kept events hold something of hers. */
export async function fill(business: Business, person: Person, memberId: string): Promise<Filled> {
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
  const platform = (await keeperOf(env.KEEPER, platformAccount).resolve([])).account.seal
  const keys = { person: known.key, account: account.seal, member, platform }
  const world: World = {
    business,
    person,
    contactId,
    memberId,
    visitorId: null,
    subjectId: contactId,
    subjectKind: 'contact',
    tag,
    keys,
  }
  for (const table of Object.keys(d1) as TableName[]) {
    if (ownerless.includes(table) || visitorsOnly(table)) continue
    await insert(world, table)
  }
  // Her address as a member: codes that went to it are found by it.
  await env.DB.prepare('UPDATE members SET email_digest = ?, user_id = ? WHERE id = ?')
    .bind(`emailDigest-${tag}`, `users-${tag}`, memberId)
    .run()
  const asMember: World = {
    ...world,
    tag: `staff-${person.bsuid?.slice(-4)}-${business.accountId.slice(4)}`,
    subjectId: memberId,
    subjectKind: 'member',
    keys: { ...keys, person: member },
  }
  for (const table of ofAnybody) await insert(asMember, table)
  const visitor = await fillVisitor(world, `guest-${person.bsuid?.slice(-4)}-${business.accountId.slice(4)}`)
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
  for (const row of [mention, dead]) await writeBatch(db(), [rowsInsert(db(), schema.rawEvents, [row])])
  await env.FILES.put(`media/${business.accountId}/${contactId}/${tag}`, `sealed media ${tag}`)
  await env.FILES.put(`export/${business.accountId}/${contactId}/${tag}`, `sealed package ${tag}`)
  await env.FILES.put(`export/${business.accountId}/${memberId}/package`, 'sealed package')
  return {
    contactId,
    memberId,
    ...visitor,
    tag,
    memberWords: [memberId, `users-${tag}`, `email-${tag}`, `emailDigest-${tag}`],
    words: [contactId, memberId, tag, person.phone as string, person.bsuid as string],
  }
}

/** What a contact, a member and a visitor have rows of in the same table. */
const ofAnybody = ['requests', 'requestMessages', 'packages'] as const
const visitorsOnly = (table: TableName): boolean => {
  const { workspace, contact, member } = d1[table].reach
  return workspace === null && contact === null && member === null
}

const insert = async (world: World, table: TableName): Promise<void> =>
  writeBatch(db(), [rowsInsert(db(), schema[table] as SQLiteTable, [await rowOf(world, table)])])
const db = () => database(env.DB)

/** Her as somebody without an account, in every table that knows visitors. */
async function fillVisitor(world: World, tag: string): Promise<Pick<Filled, 'visitorId' | 'visitorWords'>> {
  const visitorId = `vis_${tag}`
  const keeper = keeperOf(env.KEEPER, platformAccount)
  const own = await keeper.keyFor(visitorId)
  const { account } = await keeper.resolve([])
  const asVisitor: World = {
    ...world,
    business: { accountId: platformAccount, phoneNumberId: '' },
    contactId: '',
    memberId: null,
    visitorId,
    subjectId: visitorId,
    subjectKind: 'visitor',
    tag,
    keys: { person: own, account: account.seal, member: own, platform: account.seal },
  }
  for (const table of Object.keys(d1) as TableName[])
    if (d1[table].reach.visitor) await insert(asVisitor, table)
  await env.FILES.put(`export/${platformAccount}/${visitorId}/${tag}`, `sealed package ${tag}`)
  return { visitorId, visitorWords: [visitorId, tag] }
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
