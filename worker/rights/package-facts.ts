// Who a package is about and who answers for the data in it: what has to be known before anything is read out. Called by
// package-build.ts.

import { and, asc, eq } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import { operator } from '../../db/operator.ts'
import type { Subject } from '../../db/reach.ts'
import { type Keepers, openColumns, type Sealed } from '../custody/sealing.ts'
import type { Known } from './package-redact.ts'

const { accounts, contacts, members, numbers, visitors } = schema

export type PackageSubject = Extract<Subject, { scope: 'contact' | 'member' | 'visitor' }>

export type PackageFacts = {
  known: Known
  /** How the person is addressed: a name where there is one. */
  person: { name: string | null; phone: string | null; email: string | null }
  controller: { kind: 'business' | 'us'; name: string; contact: string | null; numbers: string[] }
  /** By id, how the numbers of the business are called. */
  numberNames: Map<string, string>
}

type Own = { name?: string; phone?: string; email?: string; ids: string[] }

/** Undefined when there is no such person, or nothing of them opens any more. */
export async function loadFacts(
  db: Database,
  keepers: Keepers,
  subject: PackageSubject,
  now: number,
): Promise<PackageFacts | undefined> {
  const open = (columns: Sealed[]) => openColumns(keepers, subject.accountId, columns, now)
  const own = await loadOwn(db, open, subject)
  if (!own) return undefined
  const ofBusiness = subject.scope === 'visitor' ? undefined : await loadBusiness(db, open, subject.accountId)
  const businessNumbers = ofBusiness?.numbers ?? []
  const controls = subject.scope === 'contact' && ofBusiness
  return {
    known: {
      numbers: [own.phone, ...businessNumbers.map(({ digits }) => digits)].flatMap((one) => digitsOf(one)),
      ids: [...subject.ids, ...own.ids, ...own.ids.flatMap(digitsOf), ...(ofBusiness?.ids ?? [])],
      emails: [operator.contact, operator.grievance, ...(own.email ? [own.email.toLowerCase()] : [])],
    },
    person: { name: own.name ?? null, phone: own.phone ?? null, email: own.email ?? null },
    controller: controls
      ? {
          kind: 'business',
          name: ofBusiness.name,
          contact: null,
          numbers: businessNumbers.map(({ digits }) => `+${digits}`),
        }
      : { kind: 'us', name: operator.name, contact: operator.contact, numbers: [] },
    numberNames: new Map(businessNumbers.map(({ id, name, digits }) => [id, `${name} (+${digits})`])),
  }
}

const digitsOf = (text: string | undefined): string[] => {
  const digits = text?.replace(/\D/g, '') ?? ''
  return digits.length >= 7 ? [digits] : []
}

type Open = (columns: Sealed[]) => Promise<(string | undefined)[]>

async function loadOwn(db: Database, open: Open, subject: PackageSubject): Promise<Own | undefined> {
  const [id = ''] = subject.ids
  if (subject.scope === 'contact') return loadContact(db, open, subject.accountId, id)
  const [row] =
    subject.scope === 'member'
      ? await db
          .select({ email: members.email })
          .from(members)
          .where(and(eq(members.accountId, subject.accountId), eq(members.id, id)))
      : await db.select({ email: visitors.email }).from(visitors).where(eq(visitors.id, id))
  const table = subject.scope === 'member' ? 'members' : 'visitors'
  const [email] = row ? await open([{ table, column: 'email', rowId: id, sealed: row.email }]) : []
  return email === undefined ? undefined : { email, ids: [] }
}

async function loadContact(
  db: Database,
  open: Open,
  accountId: string,
  id: string,
): Promise<Own | undefined> {
  const [row] = await db
    .select()
    .from(contacts)
    .where(and(eq(contacts.accountId, accountId), eq(contacts.id, id)))
  if (!row) return undefined
  const [name, phone, bsuid, username] = await open(
    (['name', 'phone', 'bsuid', 'username'] as const).map((column) => ({
      table: 'contacts',
      column,
      rowId: id,
      sealed: row[column],
    })),
  )
  const ids = [bsuid, username].filter((one) => one !== undefined)
  // Somebody is known by a number or a user id; with neither, their key is gone.
  if (phone === undefined && bsuid === undefined) return undefined
  return { ids, ...(name === undefined ? {} : { name }), ...(phone === undefined ? {} : { phone }) }
}

async function loadBusiness(db: Database, open: Open, accountId: string) {
  const [[account], rows] = await db.batch([
    db.select({ name: accounts.name }).from(accounts).where(eq(accounts.id, accountId)),
    db.select().from(numbers).where(eq(numbers.accountId, accountId)).orderBy(asc(numbers.id)),
  ])
  const sealed = rows.flatMap((row) => [
    { table: 'numbers', column: 'display_phone_number', rowId: row.id, sealed: row.displayPhoneNumber },
    { table: 'numbers', column: 'verified_name', rowId: row.id, sealed: row.verifiedName },
  ])
  const opened = await open(sealed)
  return {
    name: account?.name ?? '',
    numbers: rows.flatMap(({ id }, i) => {
      const digits = opened[2 * i]?.replace(/\D/g, '')
      return digits === undefined ? [] : [{ id, digits, name: opened[2 * i + 1] ?? '' }]
    }),
    ids: rows.flatMap(({ phoneNumberId, wabaId }) => [phoneNumberId, wabaId]),
  }
}
