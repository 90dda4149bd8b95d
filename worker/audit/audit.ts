// The ledger's writer: one entry per change or refusal, inserted in the same batch as what it tells. Ids are opaque.

import { type Database, type Statement, schema } from '../../db/client.ts'
import { newId } from '../ground/ids.ts'

export type AuditEntry = {
  /** Only where the same thing must enter the ledger once, however often it is tried: a second batch with it fails. */
  id?: string
  accountId: string
  /** `key:{id}`, `operator`, `meta` or `system`. */
  actor: string
  /** noun.verb, as `key.create` or `send.refuse`. */
  action: string
  /** The id of what it happened to. */
  subject: string
  reason?: string | undefined
  at: number
}

export const entryInsert = (db: Database, entry: AuditEntry): Statement =>
  db.insert(schema.auditEntries).values({ id: newId('aud'), ...entry })
