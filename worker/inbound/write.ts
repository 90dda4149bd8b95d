// Drafts become sealed rows, rows become one batch. Called by receive.ts.

import { sql } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema, statement } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { holdInsert, holdLiftInsert } from '../audit/holds.ts'
import type { CodeWish } from '../consent/keywords.ts'
import { type NewWish, wishesInsert } from '../consent/wishes.ts'
import { type FileRow, filesInsert, sealWaitingFile } from '../conversations/files.ts'
import { type MergeFacts, mergeStatements, preferencesInsert } from '../conversations/merge.ts'
import {
  type ChangeRow,
  type ContactRow,
  changesInsert,
  contactsUpsert,
  conversationsUpsert,
  derivedUpdate,
  type MessageRow,
  messagesInsert,
  statusesInsert,
} from '../conversations/record.ts'
import { wordsDueUpsert } from '../conversations/terms.ts'
import { sealColumn } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { changeUpsert, nextCategoryUpdate, templateId } from '../templates/record.ts'
import { alteredStatements, duesOf } from './beside.ts'
import { type ContactDraft, type MessageDraft, type Plan, precedence, type RawDraft } from './drafts.ts'

const { rawEvents } = schema

type RawRow = typeof rawEvents.$inferInsert
export type SealedRows = {
  contacts: ContactRow[]
  messages: MessageRow[]
  files: Partial<FileRow>[]
  changes: ChangeRow[]
  raws: RawRow[]
  settled: { id: string; accountId: string; ref: string; wamid: string | null }[]
  wishes: NewWish[]
}

/**
 * `versions`: what each contact's fields stand at, so that a value heard again is not sealed again. `digest`: of a code, asked
 * only when a message carried one.
 */
export async function sealRows(
  plan: Plan,
  versions: Map<string, Record<string, string>>,
  digest: (wish: CodeWish) => Promise<string>,
): Promise<SealedRows> {
  const [contacts, messages, files, changes, raws, settled, wishes] = await Promise.all([
    Promise.all([...plan.contacts.values()].map((draft) => sealContact(draft, versions.get(draft.id) ?? {}))),
    Promise.all(plan.messages.map(sealMessage)),
    Promise.all(plan.messages.flatMap((draft) => sealFile(draft) ?? [])),
    Promise.all(
      plan.changes.map(async ({ key, content, ...row }) => ({
        ...row,
        content:
          content === null ? null : await sealColumn(key, 'message_changes', 'content', row.ref, content),
      })),
    ),
    Promise.all(plan.raws.map(sealRaw)),
    Promise.all(
      plan.settled.map(async ({ key, messageId, ...row }) => ({
        ...row,
        id: messageId,
        wamid: key ? await sealColumn(key, 'messages', 'wamid', messageId, row.wamid) : null,
      })),
    ),
    Promise.all(
      plan.wishes.map(async ({ wish, ...row }) => ({
        ...row,
        kind: wish.kind,
        language: wish.language,
        codeDigest: wish.kind === 'code' ? await digest(wish) : null,
      })),
    ),
  ])
  return { contacts, messages, files, changes, raws: raws.flat(), settled, wishes }
}

async function sealContact(draft: ContactDraft, standing: Record<string, string>): Promise<ContactRow> {
  const field = async (name: 'name' | 'username' | 'phone' | 'bsuid') => {
    const heard = draft.fields.get(name)
    if (!heard) return { sealed: null, version: '' }
    const unchanged = standing[name]?.slice(14) === heard.version.slice(14)
    return {
      sealed: unchanged ? null : await sealColumn(draft.key, 'contacts', name, draft.id, heard.value),
      version: heard.version,
    }
  }
  const [name, username, phone, bsuid] = await Promise.all([
    field('name'),
    field('username'),
    field('phone'),
    field('bsuid'),
  ])
  return {
    id: draft.id,
    accountId: draft.accountId,
    name: name.sealed,
    nameVersion: name.version,
    username: username.sealed,
    usernameVersion: username.version,
    phone: phone.sealed,
    phoneVersion: phone.version,
    bsuid: bsuid.sealed,
    bsuidVersion: bsuid.version,
    createdAt: draft.createdAt,
    lastSeenAt: draft.lastSeenAt,
  }
}

async function sealMessage({ key, content, file: _, origin, ...row }: MessageDraft): Promise<MessageRow> {
  const sealed = await sealColumn(key, 'messages', 'content', row.id, content)
  const status = row.direction === 'in' ? ('received' as const) : ('unknown' as const)
  return { ...row, origin, precedence: precedence(origin), content: sealed, status, statusAt: row.at }
}

function sealFile({ file, id, key, receivedAt: at, ...draft }: MessageDraft) {
  const { accountId, contactId, numberId, direction } = draft
  return (
    file &&
    sealWaitingFile({ messageId: id, accountId, contactId, numberId, direction, key, content: file, at })
  )
}

/** A kept event as rows: its payload in pieces, because D1 bounds a value. */
export async function sealRaw({ key, payload, ...row }: RawDraft): Promise<RawRow[]> {
  const count = Math.max(1, Math.ceil(payload.length / limits.rawPartChars))
  return Promise.all(
    Array.from({ length: count }, async (_, part) => {
      const piece = payload.slice(part * limits.rawPartChars, (part + 1) * limits.rawPartChars)
      return {
        ...row,
        part,
        payload: await sealColumn(key, 'raw_events', 'payload', `${row.id}/${part}`, piece),
      }
    }),
  )
}

/** Statements for any amount of rows, each within what D1 takes as one value. */
export function inStatements<T extends object>(rows: T[], build: (rows: T[]) => Statement): Statement[] {
  const groups: T[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const row of rows) {
    const own = Object.values(row).reduce(
      (sum: number, value) => sum + (typeof value === 'string' ? value.length : 16),
      0,
    )
    if (size + own > limits.statementChars) {
      groups.push([])
      size = 0
    }
    size += own
    groups.at(-1)?.push(row)
  }
  return groups.map(build)
}

/** The order matters: parents and merges first, then what lands on them, then what is derived. */
export function planStatements(
  db: Database,
  plan: Plan,
  rows: SealedRows,
  merges: MergeFacts[],
  now: number,
): Statement[] {
  return [
    ...inStatements(rows.contacts, (list) => contactsUpsert(db, list)),
    ...inStatements([...plan.conversations.values()], (list) => conversationsUpsert(db, list)),
    ...merges.flatMap((merge) => mergeStatements(db, merge)),
    ...inStatements(rows.messages, (list) => messagesInsert(db, list)),
    ...inStatements(rows.files, (list) => filesInsert(db, list)),
    ...inStatements(duesOf(plan, now), (list) => wordsDueUpsert(db, list)),
    ...(rows.settled.length > 0 ? settledUpdate(db, rows.settled) : []),
    ...inStatements(plan.statuses, (list) => statusesInsert(db, list)),
    ...inStatements(rows.changes, (list) => changesInsert(db, list)),
    ...inStatements(plan.preferences, (list) => preferencesInsert(db, list)),
    ...inStatements(rows.wishes, (list) => wishesInsert(db, list)),
    ...plan.holds.flatMap((hold) => holdStatements(db, hold)),
    ...plan.templates.flatMap((template) => templateStatements(db, template)),
    ...inStatements(rows.raws, (list) => rawsUpsert(db, list)),
    ...[...plan.touched].flatMap(([accountId, refs]) => derivedUpdate(db, accountId, [...refs])),
    ...alteredStatements(db, plan, now),
  ]
}

/**
 * A status that names one of our own sends tells us its wamid, even when Meta's answer to the send never came. An echo
 * of the same message gives way to our row.
 */
function settledUpdate(db: Database, list: SealedRows['settled']): Statement[] {
  const data = JSON.stringify(list.map((row) => [row.id, row.accountId, row.ref, row.wamid]))
  return [
    statement(
      db,
      sql`UPDATE OR IGNORE messages SET ref = told.ref, wamid = told.wamid
      FROM (SELECT value ->> 0 AS id, value ->> 1 AS account_id, value ->> 2 AS ref, value ->> 3 AS wamid FROM json_each(${data})) AS told
      WHERE messages.id = told.id AND messages.account_id = told.account_id AND messages.ref IS NULL`,
    ),
    statement(
      db,
      sql`DELETE FROM messages WHERE id IN (SELECT 'msg_' || (value ->> 2) FROM json_each(${data}))
      AND EXISTS (SELECT 1 FROM messages own WHERE own.origin = 'api' AND own.account_id = messages.account_id AND own.ref = messages.ref)`,
    ),
  ]
}

function holdStatements(db: Database, hold: Plan['holds'][number]): Statement[] {
  const { accountId, wabaId: subjectId, kind, reason, at } = hold
  const row = { accountId, subjectId, kind, reason, at }
  const action = hold.stands ? 'hold.place' : 'hold.lift'
  return [
    hold.stands ? holdInsert(db, row) : holdLiftInsert(db, row),
    entryInsert(db, {
      accountId: hold.accountId,
      actor: 'meta',
      action,
      subject: hold.wabaId,
      reason: `${hold.kind}: ${hold.reason}`,
      at: hold.at,
    }),
  ]
}

function templateStatements(db: Database, { accountId, at, change }: Plan['templates'][number]): Statement[] {
  const { status, quality, category, next, components } = change
  const told = status ?? quality ?? category ?? (components ? 'components' : `next ${next?.category}`)
  const subject = templateId(accountId, change.wabaId, change.metaId)
  return [
    next ? nextCategoryUpdate(db, accountId, change, at) : changeUpsert(db, accountId, change, at),
    entryInsert(db, { accountId, actor: 'meta', action: 'template.change', subject, reason: told, at }),
  ]
}

/** A letter that fails again is written over itself; anything else that stands already stays as it is. */
export const rawsUpsert = (db: Database, rows: RawRow[]): Statement =>
  rowsInsert(
    db,
    rawEvents,
    rows,
    sql`ON CONFLICT DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason,
    attempts = excluded.attempts, next_at = excluded.next_at, payload = excluded.payload WHERE raw_events.outcome IN ('retry', 'dead')`,
  )
