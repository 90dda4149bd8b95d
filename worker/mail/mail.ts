// The outbox, and the one place that sends: a mail is a row, sealed under the key of whom it goes to, written in the batch
// that it tells of. The cron sends what is due, as text and HTML. The address is read from that person when the mail leaves,
// so one who was erased gets none. Called by walks (mailInsert) and index.ts (deliverMails).

import { and, asc, eq, lte } from 'drizzle-orm'
import { type Database, database, rowsInsert, type Statement, schema } from '../../db/client.ts'
import { operator } from '../../db/operator.ts'
import { type Keepers, keeperOf, openColumns, platformAccount, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { Settings } from '../ground/settings.ts'
import type { MailText } from './templates.ts'

const { mails, members, visitors } = schema

/** Whom a mail goes to. An address that nobody has proven stands in the mail itself, and goes with it. */
export type To =
  | { accountId: string; memberId: string }
  | { visitorId: string }
  /** `challengeId`: the code or the invitation that it carries. */
  | { challengeId: string; address: string }
  /** To the operator, about this person: sealed as theirs, and gone with them. */
  | { operatorAbout: { accountId: string; memberId: string } | { visitorId: string } }
  | 'operator'

/**
 * `kind`: the sort of mail, as `deletion_requested`; it stands in clear. `replyTo`: an address that answers go to instead of
 * the operator's, as that of a letter's writer. `headers`: such as List-Unsubscribe.
 */
export type NewMail = MailText & {
  to: To
  kind: string
  replyTo?: string
  headers?: Record<string, string>
}

type Content = MailText & { address?: string; replyTo?: string; headers?: Record<string, string> }

/** A mail and the statement that puts it into the outbox; it leaves within a minute of the commit. */
export async function newMail(
  db: Database,
  keepers: Keepers,
  { to, kind, subject, text, html, replyTo, headers }: NewMail,
  now: number,
): Promise<{ id: string; statement: Statement }> {
  const id = newId('mai')
  const own = rowOf(to)
  const key = await keyOf(keepers, own.accountId, own.memberId ?? own.visitorId)
  const content: Content = {
    subject,
    text,
    html,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(headers === undefined ? {} : { headers }),
    ...addressIn(to),
  }
  const sealed = await sealColumn(key, 'mails', 'content', id, JSON.stringify(content))
  // Not a builder of drizzle's: that is a promise to whoever awaits it, and would run here instead of in the batch.
  return {
    id,
    statement: rowsInsert(db, mails, [{ id, ...own, kind, content: sealed, nextAt: now, createdAt: now }]),
  }
}

export const mailInsert = async (...args: Parameters<typeof newMail>): Promise<Statement> =>
  (await newMail(...args)).statement

function addressIn(to: To): { address?: string } {
  if (to === 'operator') return {}
  if ('operatorAbout' in to) return { address: operator.contact }
  return 'address' in to ? { address: to.address } : {}
}

function rowOf(
  to: To,
): Pick<typeof mails.$inferSelect, 'accountId' | 'memberId' | 'visitorId' | 'challengeId'> {
  const none = { accountId: platformAccount, memberId: null, visitorId: null, challengeId: null }
  if (to === 'operator') return none
  if ('operatorAbout' in to) return rowOf(to.operatorAbout)
  if ('memberId' in to) return { ...none, accountId: to.accountId, memberId: to.memberId }
  if ('visitorId' in to) return { ...none, visitorId: to.visitorId }
  return { ...none, challengeId: to.challengeId }
}

/** The recipient's own key, so that the mail goes with them; the platform's where there is nobody yet. */
async function keyOf(keepers: Keepers, accountId: string, owner: string | null) {
  const keeper = keeperOf(keepers, accountId)
  return owner === null ? (await keeper.resolve([])).account.seal : keeper.keyFor(owner)
}

export type Delivered = { sent: number; failed: number; dropped: number }

/** Sends what is due, a bounded number; with `id` only that one. One that fails keeps no other from leaving. */
export async function deliverMails(
  env: Env,
  settings: Settings,
  now: number,
  id?: string,
): Promise<Delivered> {
  const db = database(env.DB)
  const counts: Delivered = { sent: 0, failed: 0, dropped: 0 }
  for (const mail of await dueQuery(db, now, id)) {
    if (await lease(db, mail, now)) counts[await deliver(env, db, settings, mail, now)] += 1
  }
  return counts
}

type Due = Awaited<ReturnType<typeof dueQuery>>[number]

export const dueQuery = (db: Database, now: number, id?: string) =>
  db
    .select({
      id: mails.id,
      accountId: mails.accountId,
      memberId: mails.memberId,
      visitorId: mails.visitorId,
      challengeId: mails.challengeId,
      content: mails.content,
      kind: mails.kind,
      attempts: mails.attempts,
      nextAt: mails.nextAt,
      createdAt: mails.createdAt,
      memberEmail: members.email,
      visitorEmail: visitors.email,
    })
    .from(mails)
    .leftJoin(members, and(eq(members.id, mails.memberId), eq(members.accountId, mails.accountId)))
    .leftJoin(visitors, eq(visitors.id, mails.visitorId))
    .where(and(lte(mails.nextAt, now), id === undefined ? undefined : eq(mails.id, id)))
    .orderBy(asc(mails.nextAt))
    .limit(limits.mailBatch)

/**
 * Moves the next try before this one is made: two crons that meet send one mail, and a crash in between sends it again
 * later rather than never. After the last try there is no next.
 */
async function lease(db: Database, { id, attempts, nextAt }: Due, now: number): Promise<boolean> {
  const wait = limits.mailRetryMs[attempts]
  const taken = await db
    .update(mails)
    .set({ attempts: attempts + 1, nextAt: wait === undefined ? null : now + wait })
    .where(and(eq(mails.id, id), eq(mails.nextAt, nextAt as number), eq(mails.attempts, attempts)))
    .returning({ id: mails.id })
  return taken.length > 0
}

async function deliver(
  env: Env,
  db: Database,
  settings: Settings,
  mail: Due,
  now: number,
): Promise<keyof Delivered> {
  try {
    const opened = await openMail(env.KEEPER, mail, now)
    if (!opened || isOver(mail, now)) {
      await db.delete(mails).where(eq(mails.id, mail.id))
      return 'dropped'
    }
    await env.MAIL.send({ from: parseSender(settings.mailFrom), ...opened })
  } catch (cause) {
    log('warn', 'mail.failed', { error: errorName(cause) })
    return 'failed'
  }
  // An address that nobody has proven is not kept a moment longer than it takes to write to it.
  if (mail.challengeId !== null) await db.delete(mails).where(eq(mails.id, mail.id))
  else await db.update(mails).set({ sentAt: now, nextAt: null }).where(eq(mails.id, mail.id))
  return 'sent'
}

/** A code that no longer works is not sent. */
const isOver = ({ challengeId, kind, createdAt }: Due, now: number): boolean =>
  challengeId !== null && kind !== 'invitation' && createdAt + limits.mailCodeMs <= now

/** Undefined when the recipient is gone. */
async function openMail(keepers: Keepers, mail: Due, now: number) {
  const { memberId, visitorId, challengeId } = mail
  const [member, visitor, content] = await openColumns(
    keepers,
    mail.accountId,
    [
      { table: 'members', column: 'email', rowId: memberId ?? '', sealed: mail.memberEmail },
      { table: 'visitors', column: 'email', rowId: visitorId ?? '', sealed: mail.visitorEmail },
      { table: 'mails', column: 'content', rowId: mail.id, sealed: mail.content },
    ],
    now,
  )
  if (content === undefined) return undefined
  const { address, replyTo = operator.contact, ...words } = JSON.parse(content) as Content
  const known = address ?? (memberId === null ? visitor : member)
  const to = (memberId ?? visitorId ?? challengeId) ? known : operator.contact
  return to === undefined ? undefined : { to, replyTo, ...words }
}

/** `Name <address>` or an address, as the platform takes it. */
export function parseSender(text: string): string | EmailAddress {
  const [, name, email] = /^\s*(.*?)\s*<([^<>\s]+)>\s*$/.exec(text) ?? []
  if (email === undefined) return text.trim()
  return name ? { name: name.replace(/^"(.*)"$/, '$1'), email } : email
}
