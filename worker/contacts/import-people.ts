// Who is behind the rows of a list: who is known, who is not to be kept, who is new. Called by take-in.ts and, for a look that
// writes nothing, by import-routes.ts.

import { and, eq, sql } from 'drizzle-orm'
import { among, type Database, database, schema } from '../../db/client.ts'
import { consentFactsQuery } from '../consent/record.ts'
import { type Purpose, standingOf } from '../consent/standing.ts'
import type { ContactRow } from '../conversations/list-contacts.ts'
import { keeperOf, type SubjectAnswer } from '../custody/sealing.ts'
import type { World } from '../ground/world.ts'
import { otherSpellings } from '../meta/send-recipient.ts'
import { fieldsQuery } from './fields.ts'
import { type GivenRow, type ParsedRow, parseRow, type RowFault } from './rows.ts'

const { contacts, holds } = schema

type Known = Extract<SubjectAnswer, { state: 'known' }>
/** A row that is taken in, and the contact as it stands; undefined: nobody yet. */
export type Taken = { row: ParsedRow; person: Known; standing: ContactRow | undefined }
/** By the place in the piece. */
export type Verdicts = Map<number, { fault: RowFault } | Taken>

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
export async function judge(world: World, accountId: string, rows: GivenRow[], purpose: Purpose) {
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
