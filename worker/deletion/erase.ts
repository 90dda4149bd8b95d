// The eraser's hands: rows of D1 by the catalogue, in bounded chunks, and objects of R2. Every call does a little and
// says what; calling again goes on where it stopped, and calling when nothing is left does nothing. Called by steps.ts
// and restore.ts.

import { type SQL, sql } from 'drizzle-orm'
import { d1, type TableName } from '../../db/catalog.ts'
import { among, type Database, schema, statement } from '../../db/client.ts'
import { type Place, placesOf, reachOf, type Subject } from '../../db/reach.ts'
import { type Keepers, openColumns } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'

type Stores = { db: Database; files: R2Bucket }

export type Erased = { counts: Record<string, number>; more: boolean }

/** Deletes up to limits.eraseRows rows, children before parents. `more` is false when a whole pass found nothing left. */
export async function eraseRows(db: Database, subject: Subject): Promise<Erased> {
  const counts: Record<string, number> = {}
  let room: number = limits.eraseRows
  for (const place of placesOf(subject)) {
    if (place.kept) continue
    while (room > 0) {
      const most = Math.min(room, limits.eraseChunkRows)
      const startedAt = Date.now()
      const rows = await eraseChunk(db, place, most)
      if (rows === 0) break
      // Where there is much, the database belongs to all others for as long as it has just belonged to this.
      if (rows === most) await scheduler.wait(Date.now() - startedAt)
      counts[place.name] = (counts[place.name] ?? 0) + rows
      room -= rows
    }
    if (room <= 0) return { counts, more: true }
  }
  return { counts, more: false }
}

async function eraseChunk(db: Database, { name, where }: Place, rows: number): Promise<number> {
  const table = sql.raw(name)
  const erase = sql`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${where} LIMIT ${rows})`
  const [result] = await db.batch([statement(db, erase)])
  return (result as unknown as D1Result).meta.changes
}

/** Deletes what stands of the subject in R2. An object that is gone already counts for nothing. */
export async function eraseFiles({ db, files }: Stores, subject: Subject): Promise<Erased> {
  const counts: Record<string, number> = {}
  for (const { place, prefix } of filePrefixes(subject)) {
    const page = await files.list({ prefix, limit: limits.eraseFiles })
    if (page.objects.length === 0) continue
    await files.delete(page.objects.map(({ key }) => key))
    counts[place] = (counts[place] ?? 0) + page.objects.length
  }
  const inherited = await eraseInherited({ db, files }, subject)
  if (inherited > 0) counts['media/'] = (counts['media/'] ?? 0) + inherited
  return { counts, more: Object.keys(counts).length > 0 }
}

/**
 * What came before two contacts were merged stands under the name of the one that is no more. The objects go first, then the row
 * says that nothing is there: a run that breaks off in between finds them again.
 */
async function eraseInherited({ db, files }: Stores, subject: Subject): Promise<number> {
  if (subject.scope !== 'contact') return 0
  const { accountId } = subject
  const rows = await db.all<{ id: string; holder: string }>(
    sql`SELECT message_id AS id, holder_id AS holder FROM media WHERE ${inherited(subject)} LIMIT ${limits.eraseFiles}`,
  )
  if (rows.length === 0) return 0
  await files.delete(rows.map(({ id, holder }) => `media/${accountId}/${holder}/${id}`))
  const ids = among(rows.map(({ id }) => id))
  await db.batch([
    statement(
      db,
      sql`UPDATE media SET holder_id = contact_id WHERE account_id = ${accountId} AND message_id IN ${ids}`,
    ),
  ])
  return rows.length
}

/** Rows whose object does not stand under the prefixes of these contacts. */
const inherited = ({ accountId, ids }: Extract<Subject, { ids: string[] }>): SQL =>
  sql`account_id = ${accountId} AND contact_id IN ${among(ids)} AND holder_id NOT IN ${among(ids)}`

/** Media are a contact's; packages to take along may be anybody's. */
const filePlaces = {
  workspace: ['media/', 'export/'],
  contact: ['media/', 'export/'],
  member: ['export/'],
  visitor: ['export/'],
}

/** `place`: as the catalogue calls it. */
const filePrefixes = (subject: Subject): { place: string; prefix: string }[] =>
  filePlaces[subject.scope].flatMap((place) => {
    const own = `${place}${subject.accountId}/`
    return subject.scope === 'workspace'
      ? { place, prefix: own }
      : subject.ids.map((id) => ({ place, prefix: `${own}${id}/` }))
  })

/** What of the subject stands in R2, by place, at most about `limits.countFiles`. */
export async function countFiles({ db, files }: Stores, subject: Subject): Promise<Record<string, number>> {
  const counts: Record<string, number> = Object.fromEntries(
    filePlaces[subject.scope].map((place) => [place, 0]),
  )
  for (const { place, prefix } of filePrefixes(subject)) {
    let cursor: string | undefined
    do {
      const page = await files.list({ prefix, ...(cursor === undefined ? {} : { cursor }) })
      counts[place] = (counts[place] ?? 0) + page.objects.length
      cursor = page.truncated ? page.cursor : undefined
    } while (cursor !== undefined && (counts[place] ?? 0) < limits.countFiles)
  }
  if (subject.scope !== 'contact') return counts
  const elsewhere = await db.get<{ n: number }>(
    sql`SELECT count(*) AS n FROM media WHERE ${inherited(subject)} AND state IN ('kept', 'uploaded')`,
  )
  return { ...counts, 'media/': (counts['media/'] ?? 0) + (elsewhere?.n ?? 0) }
}

/**
 * Mails with a code that have not left yet hold the address under no key of its own: those to the addresses of the subject
 * go, too.
 */
export async function eraseCodeMails(db: Database, subject: Subject): Promise<Erased> {
  const where = reachOf('challenges', subject)
  if (!where) return { counts: {}, more: false }
  const erase = sql`DELETE FROM mails WHERE challenge_id IN (SELECT id FROM challenges WHERE ${where})`
  const [result] = await db.batch([statement(db, erase)])
  const { changes } = (result as unknown as D1Result).meta
  return { counts: changes > 0 ? { mails: changes } : {}, more: false }
}

/** Tables that speak of people they do not name. A second one must bring its own way of opening its rows. */
const speaking = (Object.keys(d1) as TableName[]).filter((table) => 'mayMention' in d1[table])

/**
 * Kept events that name no contact may still speak of one: opens them and deletes those that hold one of `words`
 * (phone numbers and user ids as Meta writes them). `after` is the last id that was looked at; `next` is undefined at the end.
 */
export async function eraseMentions(
  db: Database,
  keepers: Keepers,
  accountId: string,
  words: string[],
  after: string,
  now: number,
): Promise<{ erased: number; next: string | undefined }> {
  if (speaking.join() !== 'rawEvents') throw new Error('only raw_events can be read for mentions')
  const { rawEvents } = schema
  const rows = await db
    .select({ id: rawEvents.id, part: rawEvents.part, payload: rawEvents.payload })
    .from(rawEvents)
    .where(sql`${rawEvents.accountId} = ${accountId} AND ${rawEvents.contactId} IS NULL AND ${rawEvents.id} IN (
      SELECT DISTINCT id FROM raw_events WHERE account_id = ${accountId} AND contact_id IS NULL
        AND id > ${after} ORDER BY id LIMIT ${limits.mentionRows})`)
    .orderBy(rawEvents.id, rawEvents.part)
  const opened = await openColumns(
    keepers,
    accountId,
    rows.map(({ id, part, payload }) => ({
      table: 'raw_events',
      column: 'payload',
      rowId: `${id}/${part}`,
      sealed: payload,
    })),
    now,
  )
  const texts = new Map<string, string>()
  rows.forEach(({ id }, i) => texts.set(id, `${texts.get(id) ?? ''}${opened[i] ?? ''}`))
  const spoken = [...texts].flatMap(([id, text]) => (words.some((word) => text.includes(word)) ? [id] : []))
  if (spoken.length > 0)
    await db.batch([
      statement(
        db,
        sql`DELETE FROM raw_events WHERE account_id = ${accountId} AND id IN (SELECT value FROM json_each(${JSON.stringify(spoken)}))`,
      ),
    ])
  return { erased: spoken.length, next: rows.at(-1)?.id }
}

/**
 * Where nothing is left to search with: every kept event of the account that names no contact and had come by then.
 * They are kept for some days only, to look into what went wrong.
 */
export async function eraseUnnamed(db: Database, accountId: string, until: number): Promise<number> {
  const erase = sql`DELETE FROM raw_events WHERE account_id = ${accountId} AND contact_id IS NULL AND received_at <= ${until}`
  const [result] = await db.batch([statement(db, erase)])
  return (result as unknown as D1Result).meta.changes
}
