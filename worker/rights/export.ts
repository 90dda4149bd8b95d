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
  const files = filesOf(stores.files, `media/${accountId}/${contactId}/`)
  return streamOf(encoded(writeDocument(head, tables, files)))
}

async function* filesOf(files: R2Bucket, prefix: string): AsyncGenerator<unknown[]> {
  for await (const page of objectsOf(files, prefix))
    yield page.map(({ key, size, uploaded }) => ({
      name: key.slice(prefix.length),
      bytes: size,
      storedAt: uploaded.toISOString(),
    }))
}
