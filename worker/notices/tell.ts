// Who has to be told of a material version, who has been, and the mails. One notice for each person and version, written in
// the batch that puts its mail into the outbox. Called by announce.ts.

import { type SQL, sql } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema, statement, writeBatch } from '../../db/client.ts'
import { loadPlatformRef } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { World } from '../ground/world.ts'
import { type NewMail, newMail } from '../mail/mail.ts'
import { mailTexts } from '../mail/templates.ts'
import { subscriptionToken } from '../visitors/subscriptions.ts'
import { type KnownVersion, noticeMs } from './versions.ts'

type Recipient = { id: string; accountId: string; kind: 'member' | 'visitor' }

/** Every member of every workspace; of subprocessors also whoever asked to be told. `since`: from when on they count. */
const recipients = (document: KnownVersion['document']): SQL => {
  const members = sql`SELECT id, account_id, created_at AS since, 'member' AS kind FROM members`
  const subscribers = sql`SELECT visitor_id AS id, account_id, created_at AS since, 'visitor' AS kind
    FROM subscriptions WHERE list = 'subprocessors'`
  return document === 'subprocessors' ? sql`${members} UNION ALL ${subscribers}` : members
}

/** Those who have no notice yet. Once all who were there are told, only who came since is looked for. */
export const untoldQuery = ({ document, version, seenAt, toldAt }: KnownVersion): SQL => {
  const since = toldAt === null ? 0 : (seenAt ?? 0) - limits.noticeOverlapMs
  return sql`SELECT r.id, r.account_id AS accountId, r.kind FROM (${recipients(document)}) r
    WHERE r.since >= ${since} AND NOT EXISTS (SELECT 1 FROM notices n
      WHERE n.document = ${document} AND n.version = ${version} AND n.recipient_id = r.id)`
}

/**
 * Mails some of them, at most `room`, and says how many. Which ones is left to chance: one whose mail cannot be written keeps
 * nobody else from theirs.
 */
export async function tell(world: World, db: Database, version: KnownVersion, room: number): Promise<number> {
  if (room <= 0) return 0
  const untold = await db.all<Recipient>(sql`${untoldQuery(version)} ORDER BY random() LIMIT ${room}`)
  if (untold.length === 0) return 0
  const platformRef = await loadPlatformRef(world.env.KEEPER)
  const told = await Promise.all(untold.map((to) => noticeOf(world, db, version, to, platformRef)))
  await writeBatch(db, told.flat())
  return told.filter((statements) => statements.length > 0).length
}

/** Nothing for somebody whose key is gone: they are being erased. */
async function noticeOf(
  world: World,
  db: Database,
  version: KnownVersion,
  to: Recipient,
  platformRef: Uint8Array,
): Promise<Statement[]> {
  const { env, now } = world
  try {
    const mail = await newMail(db, env.KEEPER, contentOf(world, version, to, platformRef), now)
    const { document, version: of } = version
    const row = { document, version: of, accountId: to.accountId, recipientId: to.id, mailId: mail.id }
    // Fails the batch when somebody has told them meanwhile: nobody gets two mails.
    return [rowsInsert(db, schema.notices, [{ ...row, queuedAt: now }], sql``), mail.statement]
  } catch (cause) {
    log('warn', 'notice.skipped', { error: errorName(cause) })
    return []
  }
}

function contentOf(
  { settings, now }: World,
  { document, version, summary, effectiveAt }: KnownVersion,
  to: Recipient,
  platformRef: Uint8Array,
): NewMail {
  const { publicOrigin } = settings
  const ofMember = { accountId: to.accountId, memberId: to.id }
  const facts = {
    changes: [summary],
    effectiveAt: Math.max(effectiveAt, now + noticeMs),
    differenceUrl: `${publicOrigin}/${document}/compare/${Number(version) - 1}-${version}`,
  }
  if (document !== 'subprocessors') {
    const policyUrl = `${publicOrigin}/${document}/${version}`
    const text = mailTexts.policyChanged({ ...facts, document, version, policyUrl })
    return { to: ofMember, kind: 'policy_changed', ...text }
  }
  const listUrl = `${publicOrigin}/subprocessors/${version}`
  if (to.kind === 'member')
    return {
      to: ofMember,
      kind: 'subprocessors_changed',
      ...mailTexts.subprocessorsChanged({ ...facts, listUrl }),
    }
  const token = subscriptionToken(platformRef, to.id)
  const endUrl = `${publicOrigin}/subprocessors/unsubscribe/${token}`
  // RFC 8058: a mail program can end the subscription by itself, with one POST.
  const headers = {
    'List-Unsubscribe': `<${publicOrigin}/api/v1/public/subscriptions/${token}/end>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }
  const text = mailTexts.subprocessorsChanged({ ...facts, listUrl, endUrl })
  return { to: { visitorId: to.id }, kind: 'subprocessors_changed', headers, ...text }
}

export function settledQueries(now: number): SQL[] {
  const open = sql`sent_at IS NULL AND failed_at IS NULL`
  const mail = sql`SELECT m.sent_at FROM mails m WHERE m.id = notices.mail_id`
  return [
    sql`UPDATE notices SET sent_at = (${mail})
      WHERE ${open} AND EXISTS (${mail} AND m.sent_at IS NOT NULL)`,
    sql`UPDATE notices SET failed_at = ${now}
      WHERE ${open} AND NOT EXISTS (${mail} AND (m.sent_at IS NOT NULL OR m.next_at IS NOT NULL))`,
  ]
}

/** Mails that left, and mails that never will: given up, or dropped because there is nobody any more. */
export async function settleNotices(db: Database, now: number): Promise<void> {
  await writeBatch(
    db,
    settledQueries(now).map((query) => statement(db, query)),
  )
}

/**
 * When the last of those who were there when the version became known was told, or could not be reached; undefined while
 * one of them waits. Without anybody: now.
 */
export async function loadTold(
  db: Database,
  { document, version, seenAt }: KnownVersion,
  now: number,
): Promise<number | undefined> {
  const found = await db.get<{ due: number; told: number; last: number | null }>(
    sql`SELECT count(*) AS due, count(told) AS told, max(told) AS last FROM (
      SELECT coalesce(n.sent_at, n.failed_at) AS told FROM (${recipients(document)}) r
      LEFT JOIN notices n ON n.document = ${document} AND n.version = ${version} AND n.recipient_id = r.id
      WHERE r.since <= ${seenAt})`,
  )
  return found.due === found.told ? (found.last ?? now) : undefined
}
