// Everything held about one contact, as its business may read it: one JSON document that is written while it is read.
// Called by routes.ts.
//
//   { "contact": id, "exportedAt": instant, "tables": { "contacts": [ … ], "messages": [ … ], … }, "files": [ … ], "complete": true }

import { sql } from 'drizzle-orm'
import type { TableName } from '../../db/catalog.ts'
import { schema } from '../../db/client.ts'
import { reachOf, type Subject } from '../../db/reach.ts'
import { encoded, objectsOf } from '../copies/objects.ts'
import { type ReadingStores, readTable, tablesOf, writeDocument } from '../copies/reading.ts'
import { streamOf } from '../crypto/chunks.ts'

export type ExportStores = ReadingStores & { files: R2Bucket }

/** Undefined when the account has no such contact. Restricted contacts are exported as any other. */
export async function exportContact(
  stores: ExportStores,
  accountId: string,
  contactId: string,
  now: number,
): Promise<ReadableStream<Uint8Array> | undefined> {
  const subject: Subject = { scope: 'contact', accountId, ids: [contactId] }
  const where = reachOf('contacts', subject)
  const found = await stores.db.get<{ n: number }>(sql`SELECT 1 AS n FROM ${schema.contacts} WHERE ${where}`)
  if (!found) return undefined
  const head = { contact: contactId, exportedAt: new Date(now).toISOString() }
  const tables = tablesOf(subject).map((name): [TableName, AsyncIterable<unknown[]>] => [
    name,
    readTable(stores, subject, name, now),
  ])
  const files = filesOf(stores, accountId, contactId)
  return streamOf(encoded(writeDocument(head, tables, files)))
}

async function* filesOf(
  stores: ExportStores,
  accountId: string,
  contactId: string,
): AsyncGenerator<unknown[]> {
  for await (const page of mediaOf(stores, accountId, contactId))
    yield page.map((object) => ({
      name: nameOf(object),
      bytes: object.size,
      storedAt: object.uploaded.toISOString(),
    }))
}

/** The last part: the message that a file belongs to. */
export const nameOf = ({ key }: R2Object): string => key.slice(key.lastIndexOf('/') + 1)

/** The files of a contact: under its own name, and under the names of those that were merged into it. */
export async function* mediaOf(
  { db, files }: Pick<ExportStores, 'db' | 'files'>,
  accountId: string,
  contactId: string,
): AsyncGenerator<R2Object[], void, void> {
  yield* objectsOf(files, `media/${accountId}/${contactId}/`)
  const inherited = await db.all<{ id: string; holder: string }>(
    sql`SELECT message_id AS id, holder_id AS holder FROM media WHERE account_id = ${accountId}
      AND contact_id = ${contactId} AND holder_id != ${contactId} AND state = 'kept' ORDER BY rowid`,
  )
  for (const { id, holder } of inherited) {
    const object = await files.head(`media/${accountId}/${holder}/${id}`)
    if (object) yield [object]
  }
}
