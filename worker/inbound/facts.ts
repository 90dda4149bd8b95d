// Loads what the plan needs to know: whose number it is, who the people are, what has been seen. At most two D1 calls
// and one Keeper call per account, whatever the size of the batch.

import { sql } from 'drizzle-orm'
import { among, type Database, schema } from '../../db/client.ts'
import { messagesOf } from '../conversations/record.ts'
import { assetDigest } from '../custody/assets.ts'
import {
  type AccountKeys,
  type Keepers,
  keeperOf,
  loadPlatformRef,
  messageRef,
  platformAccount,
  type SubjectAnswer,
} from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { fields, text } from '../meta/json.ts'
import { type Facts, marks, rawId } from './drafts.ts'
import { type Arrival, accountOf, type Directory, type Owner, type Reading, subjectOf } from './reading.ts'

const { assetTombstones, contacts, messageChanges, messageStatuses, messages, numbers, rawEvents, wabas } =
  schema

type Cached<T> = { value: T; until: number }
/** Only what was found: a number that connects is known with its first event. */
const knownNumbers = new Map<string, Cached<Owner>>()
const knownWabas = new Map<string, Cached<string>>()

const fresh = <T>(held: Map<string, Cached<T>>, id: string, now: number): T | undefined => {
  const found = held.get(id)
  return found && found.until > now ? found.value : undefined
}

/** Whose numbers and WABAs these are. No call while everything asked for was found a moment ago. */
export async function loadDirectory(db: Database, arrivals: Arrival[], now: number): Promise<Directory> {
  const phoneIds = new Set(arrivals.flatMap(({ event }) => event.phoneNumberId ?? []))
  const wabaIds = new Set(
    arrivals
      .flatMap(({ event }) => [event.entryId, text(fields(event.item.waba_info).waba_id) ?? ''])
      .filter((id) => id !== ''),
  )
  const newPhones = [...phoneIds].filter((id) => !fresh(knownNumbers, id, now))
  const newWabas = [...wabaIds].filter((id) => !fresh(knownWabas, id, now))
  if (newPhones.length + newWabas.length > 0) await learn(db, newPhones, newWabas, now)
  return { number: (id) => fresh(knownNumbers, id, now), account: (id) => fresh(knownWabas, id, now) }
}

async function learn(db: Database, phoneIds: string[], wabaIds: string[], now: number): Promise<void> {
  const [numberRows, wabaRows] = await db.batch([
    db
      .select({ id: numbers.id, accountId: numbers.accountId, phoneNumberId: numbers.phoneNumberId })
      .from(numbers)
      .where(sql`${numbers.phoneNumberId} IN ${among(phoneIds)} AND ${numbers.disconnectedAt} IS NULL`),
    db
      .select({ wabaId: wabas.wabaId, accountId: wabas.accountId })
      .from(wabas)
      .where(sql`${wabas.wabaId} IN ${among(wabaIds)}`),
  ])
  const until = now + limits.directoryCacheMs
  for (const { id, accountId, phoneNumberId } of numberRows)
    knownNumbers.set(phoneNumberId, { value: { accountId, numberId: id, phoneNumberId }, until })
  for (const { wabaId, accountId } of wabaRows) knownWabas.set(wabaId, { value: accountId, until })
}

/** What was known of these accounts is asked anew. False when nothing was. */
export function forgetDirectory(accountIds: ReadonlySet<string>): boolean {
  const before = knownNumbers.size + knownWabas.size
  for (const [id, { value }] of knownNumbers) if (accountIds.has(value.accountId)) knownNumbers.delete(id)
  for (const [id, { value }] of knownWabas) if (accountIds.has(value)) knownWabas.delete(id)
  return knownNumbers.size + knownWabas.size < before
}

let digests = new Map<string, string>()
let digestsUntil = 0

/** Values in clear are held no longer than keys are. */
function recentDigests(now: number): Map<string, string> {
  if (digestsUntil <= now || digests.size > limits.keyCacheEntries) {
    digests = new Map()
    digestsUntil = now + limits.keyCacheMs
  }
  return digests
}

export async function loadFacts(
  db: Database,
  keepers: Keepers,
  arrivals: Arrival[],
  readings: Reading[],
  now: number,
): Promise<Facts> {
  const people = await loadPeople(keepers, readings)
  const platformRef = await loadPlatformRef(keepers)
  const refs = readings.map((reading, i) => {
    const keys = people.keys.get(accountOf(reading) ?? platformAccount) as AccountKeys
    if (reading.as === 'message') return messageRef(keys, reading.owner.phoneNumberId, reading.message.wamid)
    if (reading.as === 'status') return messageRef(keys, reading.owner.phoneNumberId, reading.status.wamid)
    return rawId(keys, (arrivals[i] as Arrival).event)
  })
  const facts: Facts = {
    ...people,
    refs,
    seen: new Set(),
    waiting: new Set(),
    versions: new Map(),
    buried: new Map(),
    digests: recentDigests(now),
  }
  await loadSeen(db, arrivals, readings, facts, platformRef)
  return facts
}

/** One call per account, the accounts side by side; the answers return to the places of their questions. */
async function loadPeople(
  keepers: Keepers,
  readings: Reading[],
): Promise<Pick<Facts, 'keys' | 'subjects' | 'closed'>> {
  const places = new Map<string, number[]>()
  readings.forEach((reading, i) => {
    const accountId = accountOf(reading) ?? platformAccount
    places.set(accountId, [...(places.get(accountId) ?? []), i])
  })
  const keys = new Map<string, AccountKeys>()
  const closed = new Set<string>()
  const subjects: (SubjectAnswer | undefined)[] = new Array(readings.length)
  await Promise.all(
    [...places].map(async ([accountId, indexes]) => {
      const asked = indexes.flatMap((i) => {
        const query = subjectOf(readings[i] as Reading)
        return query ? [{ i, query }] : []
      })
      const answer = await keeperOf(keepers, accountId).resolve(asked.map(({ query }) => query))
      keys.set(accountId, answer.account)
      if (answer.closedAt !== undefined) closed.add(accountId)
      asked.forEach(({ i }, j) => {
        subjects[i] = answer.subjects[j]
      })
    }),
  )
  return { keys, subjects, closed }
}

/** Which of the numbers and WABAs of these events belonged to a workspace that was erased. */
function buriedAssets(db: Database, arrivals: Arrival[], facts: Facts, platformRef: Uint8Array): Read[] {
  const ids = [...new Set(arrivals.flatMap(({ event }) => [event.phoneNumberId ?? event.entryId]))]
  const byDigest = new Map(ids.map((id) => [assetDigest(platformRef, id), id]))
  return [
    {
      query: db
        .select()
        .from(assetTombstones)
        .where(sql`${assetTombstones.digest} IN ${among([...byDigest.keys()])}`),
      note: (rows: { digest: string; at: number }[]) => {
        for (const row of rows) facts.buried.set(byDigest.get(row.digest) as string, row.at)
      },
    },
  ]
}

async function loadSeen(
  db: Database,
  arrivals: Arrival[],
  readings: Reading[],
  facts: Facts,
  platformRef: Uint8Array,
): Promise<void> {
  const wanted = { message: new Map<string, string[]>(), status: new Map<string, string[]>() }
  const rawIds: string[] = []
  readings.forEach((reading, i) => {
    if (reading.as !== 'message' && reading.as !== 'status') {
      rawIds.push(facts.refs[i] as string)
      return
    }
    const group = wanted[reading.as]
    const refs = group.get(reading.owner.accountId) ?? []
    refs.push(facts.refs[i] as string)
    group.set(reading.owner.accountId, refs)
  })
  const contactIds = [
    ...new Set(facts.subjects.flatMap((subject) => (subject?.state === 'known' ? subject.contactId : []))),
  ]
  const reads = [
    ...[...wanted.message].flatMap(([accountId, refs]) => [
      seenMessages(db, accountId, refs, facts),
      seenChanges(db, accountId, refs, facts),
      waitingChanges(db, accountId, refs, facts),
      waitingStatuses(db, accountId, refs, facts),
    ]),
    ...[...wanted.status].map(([accountId, refs]) => seenStatuses(db, accountId, refs, facts)),
    ...(rawIds.length > 0 ? [seenRaws(db, rawIds, facts)] : []),
    ...(contactIds.length > 0 ? [versionsOf(db, contactIds, facts)] : []),
    ...buriedAssets(db, arrivals, facts, platformRef),
  ]
  const [first, ...rest] = reads
  if (!first) return
  const answers = await db.batch([first.query, ...rest.map((read) => read.query)])
  reads.forEach((read, i) => read.note(answers[i] as never))
}

type Read = { query: Parameters<Database['batch']>[0][number]; note: (rows: never) => void }

const seenMessages = (db: Database, accountId: string, refs: string[], facts: Facts): Read => ({
  query: db
    .select({ ref: messages.ref, precedence: messages.precedence })
    .from(messages)
    .where(sql`${messages.accountId} = ${accountId} AND ${messages.id} IN ${messagesOf(accountId, refs)}`),
  note: (rows: { ref: string; precedence: number }[]) => {
    // Our own sends carry precedence 9: anything heard of them is a repeat.
    for (const row of rows)
      facts.seen.add(`${marks.message(accountId, row.ref)}/${Math.min(row.precedence, 3)}`)
  },
})

const seenChanges = (db: Database, accountId: string, refs: string[], facts: Facts): Read => ({
  query: db
    .select({ ref: messageChanges.ref })
    .from(messageChanges)
    .where(sql`${messageChanges.accountId} = ${accountId} AND ${messageChanges.ref} IN ${among(refs)}`),
  note: (rows: { ref: string }[]) => {
    for (const row of rows) facts.seen.add(`${marks.message(accountId, row.ref)}/3`)
  },
})

const waitingChanges = (db: Database, accountId: string, refs: string[], facts: Facts): Read => ({
  query: db
    .select({ ref: messageChanges.targetRef })
    .from(messageChanges)
    .where(sql`${messageChanges.accountId} = ${accountId} AND ${messageChanges.targetRef} IN ${among(refs)}`),
  note: (rows: { ref: string }[]) => {
    for (const row of rows) facts.waiting.add(row.ref)
  },
})

const waitingStatuses = (db: Database, accountId: string, refs: string[], facts: Facts): Read => ({
  query: db
    .select({ ref: messageStatuses.ref })
    .from(messageStatuses)
    .where(sql`${messageStatuses.accountId} = ${accountId} AND ${messageStatuses.ref} IN ${among(refs)}`),
  note: (rows: { ref: string }[]) => {
    for (const row of rows) facts.waiting.add(row.ref)
  },
})

const seenStatuses = (db: Database, accountId: string, refs: string[], facts: Facts): Read => ({
  query: db
    .select({
      ref: messageStatuses.ref,
      status: messageStatuses.status,
      participant: messageStatuses.participant,
    })
    .from(messageStatuses)
    .where(sql`${messageStatuses.accountId} = ${accountId} AND ${messageStatuses.ref} IN ${among(refs)}`),
  note: (rows: { ref: string; status: string; participant: string }[]) => {
    for (const row of rows) facts.seen.add(marks.status(accountId, row.ref, row.status, row.participant))
  },
})

const seenRaws = (db: Database, ids: string[], facts: Facts): Read => ({
  query: db
    .select({ id: rawEvents.id })
    .from(rawEvents)
    .where(sql`${rawEvents.id} IN ${among(ids)} AND ${rawEvents.part} = 0`),
  note: (rows: { id: string }[]) => {
    for (const row of rows) facts.seen.add(marks.raw(row.id))
  },
})

const versionsOf = (db: Database, ids: string[], facts: Facts): Read => ({
  query: db
    .select({
      id: contacts.id,
      name: contacts.nameVersion,
      username: contacts.usernameVersion,
      phone: contacts.phoneVersion,
      bsuid: contacts.bsuidVersion,
    })
    .from(contacts)
    .where(sql`${contacts.id} IN ${among(ids)}`),
  note: (rows: ({ id: string } & Record<'name' | 'username' | 'phone' | 'bsuid', string>)[]) => {
    for (const { id, ...versions } of rows) facts.versions.set(id, versions)
  },
})
