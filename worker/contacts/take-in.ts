// One piece of a list of contacts is taken in: load facts, decide about each row, write one batch. The rows are never kept; the
// list remembers how far it is, and that moves with what was counted, so a piece that comes twice changes nothing. Called by
// import-routes.ts. Why: docs/decisions/0040.

import { and, eq, sql } from 'drizzle-orm'
import {
  among,
  assertion,
  type Database,
  database,
  rowsInsert,
  type Statement,
  schema,
  writeBatch,
} from '../../db/client.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { type ConsentRow, consentFactsQuery, consentsInsert } from '../consent/record.ts'
import { type Purpose, standingOf } from '../consent/standing.ts'
import { contactsUpsert } from '../conversations/record.ts'
import { sha256 } from '../crypto/digest.ts'
import {
  type AccountKeys,
  keeperOf,
  keyedDigest,
  type SubjectAnswer,
  sealColumn,
} from '../custody/sealing.ts'
import { idFrom, newId } from '../ground/ids.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { announce } from '../live/announce.ts'
import { otherSpellings } from '../meta/send-recipient.ts'
import { sealConsent } from './consents.ts'
import { importedVersion } from './correct.ts'
import { fieldsQuery } from './fields.ts'
import { type Evidence, type ImportRow, importQuery, openEvidence } from './imports.ts'
import { type GivenRow, type ParsedRow, parseRow, type RowFault } from './rows.ts'
import { sealValue, type ValueRow, valuesUpsert } from './values-record.ts'

const { contacts, holds, imports } = schema

type Known = Extract<SubjectAnswer, { state: 'known' }>
type ContactRow = typeof contacts.$inferSelect
/** A row that is taken in, and the contact as it stands; undefined: nobody yet. */
type Taken = { row: ParsedRow; person: Known; standing: ContactRow | undefined }
/** By the place in the piece. */
type Verdicts = Map<number, { fault: RowFault } | Taken>

export type TakenIn = { import: ImportRow; faults: [row: number, fault: RowFault][] }
export type TakeRefusal =
  | { reason: 'unknown' | 'closed' }
  | { reason: 'elsewhere'; position: number }
  | { reason: 'beyond' }

/** `from`: how many rows came before this piece. A piece that was taken in already answers as it stands. */
export async function takeIn(
  world: World,
  principal: Principal,
  id: string,
  { from, rows }: { from: number; rows: GivenRow[] },
): Promise<Result<TakenIn, TakeRefusal>> {
  const { env, now } = world
  const db = database(env.DB)
  const { accountId } = principal
  const list = await importQuery(db, accountId, id).get()
  const evidence = list && (await openEvidence(env.KEEPER, list, now))
  if (!list || !evidence) return refused({ reason: 'unknown' })
  if (list.state !== 'open') return refused({ reason: 'closed' })
  if (from + rows.length > list.total) return refused({ reason: 'beyond' })
  if (from + rows.length <= list.position)
    return ok({ import: list, faults: faultsIn(list, from, rows.length) })
  if (from !== list.position) return refused({ reason: 'elsewhere', position: list.position })
  const { account, verdicts } = await judge(world, accountId, rows, list.purpose)
  const statements = await statementsOf(db, { principal, list, evidence, account, now }, verdicts)
  const moved = advanced(list, verdicts, rows.length)
  try {
    await writeBatch(db, [...positionUpdate(db, list, moved), ...statements])
  } catch (cause) {
    // The same piece may have come twice at once: one of them moved the position.
    const again = await importQuery(db, accountId, id).get()
    if (!again || again.position === list.position) throw cause
    return takeIn(world, principal, id, { from, rows })
  }
  await announce(env, accountId, [{ kind: 'imports' }])
  return ok({ import: { ...list, ...moved }, faults: faultsIn({ ...list, ...moved }, from, rows.length) })
}

const faultsIn = ({ report }: ImportRow, from: number, count: number): TakenIn['faults'] =>
  (report as TakenIn['faults']).filter(([row]) => row > from && row <= from + count)

/** What would become of these rows; makes nobody. */
export async function preview(
  world: World,
  accountId: string,
  rows: GivenRow[],
  purpose: Purpose,
): Promise<('add' | 'update' | RowFault)[]> {
  const { found, verdicts } = await look(world, accountId, rows, purpose)
  return rows.map((_, i) => {
    const verdict = verdicts.get(i)
    if (verdict && 'fault' in verdict) return verdict.fault
    return found.get(i)?.standing ? 'update' : 'add'
  })
}

/** Who is there already and what stands against each row. Rows without a verdict are of people nobody knows yet. */
async function look({ env, now }: World, accountId: string, rows: GivenRow[], purpose: Purpose) {
  const db = database(env.DB)
  const standing = (await fieldsQuery(db, accountId)).filter(({ retiredAt }) => retiredAt === null)
  const fields = new Map(standing.map((field) => [field.id, field]))
  const verdicts: Verdicts = new Map()
  const parsed = new Map<number, ParsedRow>()
  const seen = new Set<string>()
  for (const [i, given] of rows.entries()) {
    const read = parseRow(given, fields)
    if (!read.ok) verdicts.set(i, { fault: read.fault })
    else if (seen.has(read.row.phone)) verdicts.set(i, { fault: 'twice' })
    else {
      seen.add(read.row.phone)
      parsed.set(i, read.row)
    }
  }
  const { account, people } = await whoAre(env, accountId, parsed, now)
  const facts = await factsOf(
    db,
    accountId,
    [...people.values()].flatMap((one) => (one.state === 'known' ? one.contactId : [])),
  )
  const found = new Map<number, { person: Known; standing: ContactRow | undefined }>()
  for (const [i, person] of people) {
    if (person.state === 'erased' || (person.state === 'absent' && person.erasedBefore !== undefined))
      verdicts.set(i, { fault: 'left_alone' })
    if (person.state !== 'known') continue
    const fault = facts.against(person.contactId, purpose)
    if (fault) verdicts.set(i, { fault })
    else found.set(i, { person, standing: facts.rows.get(person.contactId) })
  }
  return { account, parsed, found, verdicts }
}

/** Known under one spelling of a number is known; erased under one is erased. */
async function whoAre(env: Env, accountId: string, parsed: ReadonlyMap<number, ParsedRow>, now: number) {
  const asked = [...parsed].flatMap(([i, { phone }]) =>
    [phone, ...otherSpellings(phone)].map((one) => ({ i, query: { phone: one, at: now, create: false } })),
  )
  const { account, subjects } = await keeperOf(env.KEEPER, accountId).resolve(asked.map(({ query }) => query))
  const people = new Map<number, SubjectAnswer>()
  for (const [j, { i }] of asked.entries()) {
    const answer = subjects[j] as SubjectAnswer
    const before = people.get(i)
    if (!before || weight(answer) > weight(before)) people.set(i, answer)
  }
  return { account, people }
}

const weight = (answer: SubjectAnswer): number =>
  answer.state === 'known' ? 3 : answer.state === 'erased' ? 2 : answer.erasedBefore === undefined ? 0 : 1

async function factsOf(db: Database, accountId: string, ids: string[]) {
  const [rows, standing, consents] = await db.batch([
    db
      .select()
      .from(contacts)
      .where(and(eq(contacts.accountId, accountId), sql`${contacts.id} IN ${among(ids)}`)),
    db
      .select({ id: holds.subjectId, kind: holds.kind })
      .from(holds)
      .where(
        and(
          eq(holds.accountId, accountId),
          sql`${holds.subjectId} IN ${among(ids)} AND (${holds.liftedAt} IS NULL OR ${holds.liftedAt} < ${holds.at})`,
        ),
      ),
    consentFactsQuery(db, accountId, ids),
  ])
  const held = new Set(standing.map(({ id, kind }) => `${kind} ${id}`))
  const own = Map.groupBy(consents, ({ contactId }) => contactId)
  return {
    rows: new Map(rows.map((row) => [row.id, row])),
    against: (id: string, purpose: Purpose): RowFault | undefined => {
      if (held.has(`restricted ${id}`)) return 'left_alone'
      const withdrawn = standingOf(own.get(id) ?? [], purpose).state === 'withdrawn'
      return withdrawn || held.has(`objected ${id}`) ? 'objected' : undefined
    },
  }
}

/** The same, with a contact made for everybody who is new. Of somebody who was erased meanwhile none is made. */
async function judge(world: World, accountId: string, rows: GivenRow[], purpose: Purpose) {
  const { env, now } = world
  const { account, parsed, found, verdicts } = await look(world, accountId, rows, purpose)
  const absent = [...parsed].filter(([i]) => !verdicts.has(i) && !found.has(i))
  const queries = absent.map(([, { phone }]) => ({ phone, at: now, create: true, afresh: false }))
  const { subjects } = await keeperOf(env.KEEPER, accountId).resolve(queries)
  for (const [j, [i]] of absent.entries()) {
    const person = subjects[j] as SubjectAnswer
    if (person.state === 'known') found.set(i, { person, standing: undefined })
    else verdicts.set(i, { fault: 'left_alone' })
  }
  for (const [i, one] of found) verdicts.set(i, { row: parsed.get(i) as ParsedRow, ...one })
  return { account, verdicts }
}

type Into = { principal: Principal; list: ImportRow; evidence: Evidence; account: AccountKeys; now: number }

async function statementsOf(db: Database, into: Into, verdicts: Verdicts): Promise<Statement[]> {
  const taken = [...verdicts.values()].filter((verdict) => 'row' in verdict)
  if (taken.length === 0) return []
  const { accountId } = into.principal
  const [people, consents, values] = await Promise.all([
    Promise.all(taken.map((one) => contactRow(into, one))),
    Promise.all(taken.map((one) => consentRow(into, one))),
    Promise.all(taken.map((one) => valueRows(accountId, one, into.now))),
  ])
  const noted = values.flat()
  return [
    contactsUpsert(db, people),
    consentsInsert(db, consents),
    ...(noted.length > 0 ? [valuesUpsert(db, noted)] : []),
    rowsInsert(
      db,
      schema.auditEntries,
      taken.map(({ person }) => ({
        ...{ id: newId('aud'), accountId, actor: actorOf(into.principal), action: 'contact.import' },
        ...{ subject: person.contactId, reason: into.list.id, at: into.now },
      })),
    ),
  ]
}

/** A name out of a list fills a gap and gives way to every other. */
async function contactRow({ account, list: { accountId }, now }: Into, { row, person, standing }: Taken) {
  const { contactId: id, key } = person
  const phone = standing?.phone ? undefined : row.phone
  const seal = (column: 'name' | 'phone', value: string | undefined) =>
    value === undefined ? null : sealColumn(key, 'contacts', column, id, value)
  const [name, sealedPhone] = await Promise.all([seal('name', row.name), seal('phone', phone)])
  return {
    ...{ id, accountId },
    ...{ name, nameVersion: row.name === undefined ? '' : importedVersion(account, 'name', now, row.name) },
    ...{ username: null, usernameVersion: '', bsuid: null, bsuidVersion: '' },
    ...{
      phone: sealedPhone,
      phoneVersion: phone === undefined ? '' : importedVersion(account, 'phone', now, phone),
    },
    createdAt: standing?.createdAt ?? now,
    lastSeenAt: standing?.lastSeenAt ?? now,
  }
}

/** The same evidence about the same person is one row, whichever list it came with. */
async function consentRow(
  { principal, list, evidence, account, now }: Into,
  { person }: Taken,
): Promise<ConsentRow> {
  const { accountId, purpose } = list
  const { text, where, source: how, date } = evidence
  const about = JSON.stringify([person.contactId, purpose, how, date, text, where ?? ''])
  const id = idFrom('cns', sha256(keyedDigest(account, 'consent', about)))
  const row = {
    id,
    accountId,
    contactId: person.contactId,
    recordedAt: now,
    recordedBy: actorOf(principal),
    importId: list.id,
  }
  const at = Date.parse(`${date}T00:00:00.000Z`)
  return sealConsent(person.key, row, { purpose, state: 'given', source: 'import', at, text, where, how })
}

const valueRows = (accountId: string, { row, person }: Taken, now: number): Promise<ValueRow[]> =>
  Promise.all(
    row.values.map(({ field, value }) =>
      sealValue(accountId, { contactId: person.contactId, key: person.key, field, value }, now),
    ),
  )

function advanced(list: ImportRow, verdicts: Verdicts, count: number) {
  const all = [...verdicts].sort(([a], [b]) => a - b)
  const faults = all.flatMap(([i, verdict]): [number, string][] =>
    'fault' in verdict ? [[list.position + i + 1, verdict.fault]] : [],
  )
  const taken = all.flatMap(([, verdict]) => ('row' in verdict ? verdict : []))
  const added = taken.filter(({ standing }) => standing === undefined).length
  return {
    position: list.position + count,
    added: list.added + added,
    updated: list.updated + taken.length - added,
    refused: list.refused + faults.length,
    report: [...list.report, ...faults],
  }
}

/** Only from where it was read: whoever comes second writes nothing at all. */
const positionUpdate = (
  db: Database,
  { id, accountId, position }: ImportRow,
  moved: Partial<ImportRow>,
): Statement[] => [
  db
    .update(imports)
    .set(moved)
    .where(
      and(
        eq(imports.accountId, accountId),
        eq(imports.id, id),
        eq(imports.state, 'open'),
        eq(imports.position, position),
      ),
    ),
  assertion(db, sql`changes() = 1`),
]
