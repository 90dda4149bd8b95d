// Which rows of a workspace a rule is about, class by class: what there is, and what is past its time. Builders of reads, for
// rules.ts and rule-sweep.ts. Every one begins with the account.

import { type SQL, sql } from 'drizzle-orm'
import type { RetentionClass } from '../../db/catalog.ts'
import { among } from '../../db/client.ts'

type ClassQueries = {
  /** One row: `rows`, and `oldest` (epoch ms) or null. */
  standing: (accountId: string) => SQL
  /** Rows older than `before` (epoch ms), but for those of the people who are spared. */
  due: (accountId: string, before: number, spared: readonly string[]) => SQL
}

/** Messages are found by their place in the conversation, which begins with the second and is in the index. */
const second = (before: number): string => String(Math.floor(before / 1000)).padStart(10, '0')

const unless = (spared: readonly string[]): SQL =>
  spared.length === 0 ? sql`` : sql`AND contact_id NOT IN ${among(spared)}`

export const classQueries: Record<RetentionClass, ClassQueries> = {
  messages: {
    standing: (accountId) =>
      sql`SELECT count(*) AS rows, CAST(substr(min(sort_key), 1, 10) AS INTEGER) * 1000 AS oldest FROM messages WHERE account_id = ${accountId}`,
    due: (accountId, before, spared) =>
      sql`SELECT id, ref, conversation_id FROM messages WHERE account_id = ${accountId} AND sort_key < ${second(before)} ${unless(spared)}`,
  },
  media: {
    standing: (accountId) =>
      sql`SELECT count(*) AS rows, min(created_at) AS oldest FROM media WHERE account_id = ${accountId} AND state IN ('kept', 'uploaded')`,
    due: (accountId, before, spared) =>
      sql`SELECT message_id, holder_id, state FROM media WHERE account_id = ${accountId} AND created_at < ${before} AND state <> 'gone' ${unless(spared)}`,
  },
  notes: {
    standing: (accountId) =>
      sql`SELECT count(*) AS rows, min(at) AS oldest FROM notes WHERE account_id = ${accountId}`,
    due: (accountId, before, spared) =>
      sql`SELECT id, conversation_id FROM notes WHERE account_id = ${accountId} AND at < ${before} ${unless(spared)}`,
  },
  audit: {
    standing: (accountId) =>
      sql`SELECT count(*) AS rows, min(recorded_at) AS oldest FROM audit_entries WHERE account_id = ${accountId}`,
    due: (accountId, before) =>
      sql`SELECT id FROM audit_entries WHERE account_id = ${accountId} AND recorded_at < ${before}`,
  },
  raw_events: {
    standing: (accountId) =>
      sql`SELECT count(*) AS rows, min(received_at) AS oldest FROM raw_events WHERE account_id = ${accountId}`,
    due: (accountId, before, spared) =>
      sql`SELECT id FROM raw_events WHERE account_id = ${accountId} AND received_at < ${before} ${spared.length === 0 ? sql`` : sql`AND (contact_id IS NULL OR contact_id NOT IN ${among(spared)})`}`,
  },
}
