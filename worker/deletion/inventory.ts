// What is there before anything is erased: counted by the catalogue, and, sealed, what to search for afterwards. Frozen
// once; no later step reads what an earlier one has deleted. Called by steps.ts and, for dry runs, by routes.ts.

import { and, desc, eq, getTableColumns, getTableName, is, sql } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { among, type Database, schema } from '../../db/client.ts'
import { countRows, type Subject } from '../../db/reach.ts'
import { scopeNames } from '../audit/principal.ts'
import { type Keepers, keeperOf, openColumns, type Sealed } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { countFiles } from './erase.ts'
import type { Inventory } from './residue-needles.ts'

const { contacts, letters, members, messages, numbers, visitors, wabas } = schema

export type Stores = { db: Database; keepers: Keepers; files: R2Bucket }
/** Rows, objects, keys and digests by place. */
export type Counts = Record<string, number>

/** The owners of keys that die with the subject; undefined when all of the account's do. */
export const ownersOf = (subject: Subject): string[] | undefined =>
  subject.scope === 'workspace' ? undefined : subject.ids

export async function countAll({ db, keepers, files }: Stores, subject: Subject): Promise<Counts> {
  const owners = ownersOf(subject)
  const [rows, objects, held] = await Promise.all([
    countRows(db, subject),
    countFiles({ db, files }, subject),
    owners === undefined
      ? keeperOf(keepers, subject.accountId).census()
      : keeperOf(keepers, subject.accountId).inventoryOf(owners),
  ])
  const sum = (of: 'keys' | 'identities') => held.reduce((total, one) => total + one[of], 0)
  return { ...rows, ...objects, 'keeper.keys': sum('keys'), 'keeper.identities': sum('identities') }
}

/** Words of our own: a person who is called `System`, or wrote one of our scopes, is not found by them. */
const ownWords: ReadonlySet<string> = new Set(
  [
    ...Object.values(schema).flatMap((table) =>
      is(table, SQLiteTable)
        ? [
            getTableName(table),
            ...Object.values(getTableColumns(table)).flatMap(({ name, enumValues }) => [
              name,
              ...(enumValues ?? []),
            ]),
          ]
        : [],
    ),
    ...scopeNames,
    ...['system', 'operator', 'meta', 'platform', 'contact', 'deletion', 'account', 'member', 'number'],
  ].map((word) => word.toLowerCase()),
)

const foreign = (words: string[]): string[] =>
  words.filter((word) => !ownWords.has(word.trim().toLowerCase()))

const none: Inventory = { names: [], usernames: [], phones: [], userIds: [], samples: [], digests: [] }

/** In clear: seal it at once. `secrets` are the tokens of a workspace, for letting go of Meta. */
export async function takeInventory(
  { db, keepers }: Stores,
  subject: Subject,
  now: number,
): Promise<Inventory> {
  const owners = ownersOf(subject) ?? []
  const digests = (await keeperOf(keepers, subject.accountId).inventoryOf(owners)).flatMap(
    (one) => one.digests,
  )
  const open = (columns: Sealed[]) => openColumns(keepers, subject.accountId, columns, now)
  if (subject.scope === 'member') {
    const rows = await db
      .select()
      .from(members)
      .where(and(eq(members.accountId, subject.accountId), sql`${members.id} IN ${among(subject.ids)}`))
    const emails = await open(
      rows.map((row) => ({ table: 'members', column: 'email', rowId: row.id, sealed: row.email })),
    )
    return { ...none, samples: known(emails), digests }
  }
  if (subject.scope === 'visitor')
    return { ...none, samples: await visitorWords(db, open, subject.ids), digests }
  const people = await loadPeople(db, subject)
  const [names, usernames, phones, userIds] = await Promise.all(
    (['name', 'username', 'phone', 'bsuid'] as const).map((column) =>
      open(people.map((row) => ({ table: 'contacts', column, rowId: row.id, sealed: row[column] }))),
    ),
  )
  const samples = [
    ...(await sampleTexts(
      db,
      open,
      subject,
      people.map((row) => row.id),
    )),
    ...(subject.scope === 'workspace' ? await businessWords(db, open, subject.accountId) : []),
  ]
  return {
    names: foreign(known(names ?? [])),
    usernames: foreign(known(usernames ?? [])),
    phones: known(phones ?? []),
    userIds: known(userIds ?? []),
    samples: foreign(samples),
    digests,
  }
}

const known = (values: (string | undefined)[]): string[] =>
  [...new Set(values.filter((value) => value !== undefined && value !== ''))] as string[]

/** Of a workspace, those heard of last: to search for everybody would take as long as everybody's data is large. */
const loadPeople = (db: Database, subject: Subject) =>
  db
    .select()
    .from(contacts)
    .where(
      and(
        eq(contacts.accountId, subject.accountId),
        subject.scope === 'workspace' ? undefined : sql`${contacts.id} IN ${among(subject.ids)}`,
      ),
    )
    .orderBy(desc(contacts.lastSeenAt))
    .limit(limits.inventoryContacts)

type Open = (columns: Sealed[]) => Promise<(string | undefined)[]>

/** Not of templates: their words stand in the list of templates, too, and are nobody's own. */
async function sampleTexts(db: Database, open: Open, subject: Subject, ids: string[]): Promise<string[]> {
  const rows = await db
    .select({ id: messages.id, content: messages.content, wamid: messages.wamid })
    .from(messages)
    .where(
      sql`${messages.accountId} = ${subject.accountId} AND ${messages.conversationId} IN (
        SELECT id FROM conversations WHERE account_id = ${subject.accountId} AND contact_id IN ${among(ids)})
        AND ${messages.type} <> 'template'`,
    )
    .limit(limits.inventorySamples)
  const contents = await open(
    rows.map((row) => ({ table: 'messages', column: 'content', rowId: row.id, sealed: row.content })),
  )
  const wamids = await open(
    rows.map((row) => ({ table: 'messages', column: 'wamid', rowId: row.id, sealed: row.wamid })),
  )
  return [...known(contents).flatMap(textAndName), ...known(wamids)]
}

function textAndName(content: string): string[] {
  const { text, wamid } = JSON.parse(content) as { text?: string; wamid?: string }
  return [text, wamid].filter((value) => value !== undefined)
}

/** Their address, and some of what they wrote. */
async function visitorWords(db: Database, open: Open, ids: string[]): Promise<string[]> {
  const [own, written] = await db.batch([
    db
      .select()
      .from(visitors)
      .where(sql`${visitors.id} IN ${among(ids)}`),
    db
      .select()
      .from(letters)
      .where(sql`${letters.visitorId} IN ${among(ids)}`)
      .limit(limits.inventorySamples),
  ])
  const emails = own.map((row) => ({ table: 'visitors', column: 'email', rowId: row.id, sealed: row.email }))
  const contents = written.map((row) => ({
    table: 'letters',
    column: 'content',
    rowId: row.id,
    sealed: row.content,
  }))
  const [addresses, texts] = await Promise.all([open(emails), open(contents)])
  return [...known(addresses), ...known(texts).flatMap(textAndName)]
}

/** What only this business has: its token, its number, the addresses of its people. */
async function businessWords(db: Database, open: Open, accountId: string): Promise<string[]> {
  const [tokens, own, people] = await db.batch([
    db.select().from(wabas).where(eq(wabas.accountId, accountId)),
    db.select().from(numbers).where(eq(numbers.accountId, accountId)),
    db.select().from(members).where(eq(members.accountId, accountId)),
  ])
  return known(
    await open([
      ...tokens.map((row) => ({ table: 'wabas', column: 'token', rowId: row.wabaId, sealed: row.token })),
      ...own.map((row) => ({
        table: 'numbers',
        column: 'display_phone_number',
        rowId: row.id,
        sealed: row.displayPhoneNumber,
      })),
      ...people.map((row) => ({ table: 'members', column: 'email', rowId: row.id, sealed: row.email })),
    ]),
  )
}
