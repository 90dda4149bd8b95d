// Carries out the rules of businesses: what is past its time goes, with everything that hangs on it, in bounded batches. Run by
// the cron; a rule that is not done goes on in the next minute. Nobody is touched whose data a court or the person themselves
// wants kept: a standing block of deletions, or a restriction.

import { and, asc, eq, lt, sql } from 'drizzle-orm'
import type { RetentionClass } from '../../db/catalog.ts'
import {
  among,
  type Database,
  database,
  type Statement,
  schema,
  statement,
  writeBatch,
} from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { dayMs, limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import { announce } from '../live/announce.ts'
import { classQueries } from './classes.ts'
import type { RuleRow } from './rules.ts'

const { retentionRules } = schema

export type RuleSwept = { accountId: string; class: RetentionClass; rows: number; done: boolean }

/** One rule that fails keeps no other from its turn. */
export async function sweepRules(env: Env, now: number): Promise<RuleSwept[]> {
  const db = database(env.DB)
  const due = await db
    .select()
    .from(retentionRules)
    .where(lt(retentionRules.sweptAt, now - limits.ruleEveryMs))
    .orderBy(asc(retentionRules.sweptAt))
    .limit(limits.ruleBatch)
  const swept: RuleSwept[] = []
  for (const rule of due) {
    try {
      if (!(await moveSweptAt(db, rule, rule.sweptAt, now))) continue
      const result = await carryOut(env, db, rule, now)
      if (!result.done) await moveSweptAt(db, rule, now, rule.sweptAt)
      swept.push(result)
    } catch (cause) {
      log('warn', 'retention.failed', { accountId: rule.accountId, error: errorName(cause) })
    }
  }
  return swept
}

/** False when the rule was changed, or another run has it. */
async function moveSweptAt(db: Database, rule: RuleRow, from: number, to: number): Promise<boolean> {
  const own = and(
    eq(retentionRules.accountId, rule.accountId),
    eq(retentionRules.class, rule.class),
    eq(retentionRules.sweptAt, from),
    eq(retentionRules.days, rule.days),
  )
  const moved = await db
    .update(retentionRules)
    .set({ sweptAt: to })
    .where(own)
    .returning({ days: retentionRules.days })
  return moved.length > 0
}

async function carryOut(env: Env, db: Database, rule: RuleRow, now: number): Promise<RuleSwept> {
  const { accountId, class: name } = rule
  const result: RuleSwept = { accountId, class: name, rows: 0, done: true }
  const spared = await loadSpared(db, accountId, now)
  if (spared === 'all') return result
  const query = classQueries[name].due(accountId, now - rule.days * dayMs, spared)
  for (let chunk = 0; chunk < limits.ruleChunks; chunk++) {
    const rows = await db.all<Due>(sql`${query} LIMIT ${limits.ruleRows}`)
    if (rows.length > 0) await erasers[name](env, db, accountId, rows)
    result.rows += rows.length
    result.done = rows.length < limits.ruleRows
    if (result.done) break
  }
  if (result.rows > 0) {
    const reason = `${result.rows} older than ${rule.days} days`
    const entry = { accountId, actor: 'system', action: 'retention.sweep', subject: name, reason, at: now }
    await writeBatch(db, [entryInsert(db, entry)])
  }
  return result
}

/** Contacts whose data stays for now; `all` when the whole workspace is under a block. */
async function loadSpared(db: Database, accountId: string, now: number): Promise<string[] | 'all'> {
  const rows = await db.all<{ id: string }>(
    sql`SELECT coalesce((SELECT d.subject_id FROM deletions d WHERE d.id = b.deletion_id AND d.account_id = ${accountId}), b.deletion_id) AS id
        FROM deletion_blocks b WHERE b.lifted_at IS NULL AND b.ends_at > ${now}
      UNION SELECT h.subject_id AS id FROM holds h WHERE h.account_id = ${accountId} AND h.kind = 'restricted'
        AND (h.lifted_at IS NULL OR h.lifted_at < h.at)`,
  )
  const ids = rows.map(({ id }) => id)
  return ids.includes(accountId) ? 'all' : ids
}

type Due = {
  id: string
  ref: string | null
  conversation_id: string
  message_id: string
  holder_id: string
  state: string
}
type Eraser = (env: Env, db: Database, accountId: string, rows: Due[]) => Promise<void>

const erasers: Record<RetentionClass, Eraser> = {
  messages: eraseMessages,
  media: eraseFiles,
  notes: async (env, db, accountId, rows) => {
    const ids = among(rows.map(({ id }) => id))
    await writeBatch(db, [
      statement(db, sql`DELETE FROM notes WHERE account_id = ${accountId} AND id IN ${ids}`),
    ])
    await tell(env, accountId, rows)
  },
  audit: (_, db, accountId, rows) => erase(db, 'audit_entries', accountId, rows),
  raw_events: (_, db, accountId, rows) => erase(db, 'raw_events', accountId, rows),
}

const erase = (
  db: Database,
  table: 'audit_entries' | 'raw_events',
  accountId: string,
  rows: Due[],
): Promise<void> =>
  writeBatch(db, [
    statement(
      db,
      sql`DELETE FROM ${sql.raw(table)} WHERE account_id = ${accountId} AND id IN ${among(rows.map(({ id }) => id))}`,
    ),
  ])

/** The object first: a row without its object can be deleted again, an object without a row is found by nobody. */
async function eraseMessages(env: Env, db: Database, accountId: string, rows: Due[]): Promise<void> {
  const ids = among(rows.map(({ id }) => id))
  const refs = among(rows.flatMap(({ ref }) => ref ?? []))
  const files = await db.all<Due>(
    sql`SELECT message_id, holder_id FROM media WHERE account_id = ${accountId} AND message_id IN ${ids}`,
  )
  await deleteObjects(env, accountId, files)
  const own = (table: string, column: string, among: typeof ids): Statement =>
    statement(
      db,
      sql`DELETE FROM ${sql.raw(table)} WHERE account_id = ${accountId} AND ${sql.raw(column)} IN ${among}`,
    )
  await writeBatch(db, [
    own('media', 'message_id', ids),
    own('search_terms', 'subject_id', ids),
    own('wishes', 'message_id', ids),
    own('waiting_sends', 'message_id', ids),
    own('message_statuses', 'ref', refs),
    own('message_changes', 'target_ref', refs),
    own('messages', 'id', ids),
  ])
  await tell(env, accountId, rows)
}

/** What was not sent yet goes whole; of what belongs to a message, the row stays and says what became of the file. */
async function eraseFiles(env: Env, db: Database, accountId: string, rows: Due[]): Promise<void> {
  await deleteObjects(env, accountId, rows)
  const ids = (uploaded: boolean) =>
    among(rows.filter(({ state }) => (state === 'uploaded') === uploaded).map((row) => row.message_id))
  await writeBatch(db, [
    statement(db, sql`DELETE FROM media WHERE account_id = ${accountId} AND message_id IN ${ids(true)}`),
    statement(
      db,
      sql`UPDATE media SET state = 'gone', reason = 'retention', content = '', bytes = NULL, next_at = NULL
        WHERE account_id = ${accountId} AND message_id IN ${ids(false)}`,
    ),
  ])
}

const deleteObjects = async (env: Env, accountId: string, files: Due[]): Promise<void> => {
  if (files.length > 0)
    await env.FILES.delete(files.map((row) => `media/${accountId}/${row.holder_id}/${row.message_id}`))
}

function tell(env: Env, accountId: string, rows: Due[]): Promise<void> {
  const conversations = new Set(rows.map((row) => row.conversation_id))
  return announce(
    env,
    accountId,
    [...conversations].map((conversationId) => ({ kind: 'conversation', conversationId })),
  )
}
