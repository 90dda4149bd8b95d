// One piece of a list of contacts is taken in: load facts, decide about each row, write one batch. The rows are never kept; the
// list remembers how far it is, and that moves with what was counted, so a piece that comes twice changes nothing. Called by
// import-routes.ts. Why: docs/decisions/0040.

import { and, eq, sql } from 'drizzle-orm'
import {
  assertion,
  type Database,
  database,
  rowsInsert,
  type Statement,
  schema,
  writeBatch,
} from '../../db/client.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { type ConsentRow, consentsInsert } from '../consent/record.ts'
import { contactsUpsert } from '../conversations/record.ts'
import { personTerms } from '../conversations/terms.ts'
import { sha256 } from '../crypto/digest.ts'
import { type AccountKeys, keyedDigest, sealColumn } from '../custody/sealing.ts'
import { idFrom, newId } from '../ground/ids.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { announce } from '../live/announce.ts'
import { sealConsent } from './consents.ts'
import { importedVersion } from './correct.ts'
import { judge, type Taken, type Verdicts } from './import-people.ts'
import { type Evidence, type ImportRow, importQuery, openEvidence } from './imports.ts'
import type { GivenRow, RowFault } from './rows.ts'
import { sealValue, type ValueRow, valuesUpsert } from './values-record.ts'

const { imports } = schema

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

type Into = { principal: Principal; list: ImportRow; evidence: Evidence; account: AccountKeys; now: number }

/** Found at once, also while there is no conversation that the index would be made from. */
const foundBy = ({ account, principal: { accountId }, now }: Into, { row, person, standing }: Taken) =>
  standing && (standing.name !== null || row.name === undefined)
    ? []
    : personTerms(account, accountId, person.contactId, standing?.createdAt ?? now, {
        name: row.name ?? null,
        username: null,
        phone: standing ? null : row.phone,
      })

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
  const terms = taken.flatMap((one) => foundBy(into, one))
  return [
    contactsUpsert(db, people),
    consentsInsert(db, consents),
    ...(noted.length > 0 ? [valuesUpsert(db, noted)] : []),
    ...(terms.length > 0 ? [rowsInsert(db, schema.searchTerms, terms)] : []),
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
  // A day is told by its noon: the same day wherever it is read.
  const at = Math.min(Date.parse(`${date}T12:00:00.000Z`), now)
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
