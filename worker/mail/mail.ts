// The outbox: a mail is a row, sealed under the key of the member it goes to, written in the batch that it tells of.
// The cron sends what is due. The address is read from the member when the mail leaves, so an erased member gets none.
// Called by walks (mailInsert) and index.ts (deliverMails).

import { and, asc, eq, lte } from 'drizzle-orm'
import { type Database, database, rowsInsert, type Statement, schema } from '../../db/client.ts'
import { type Keepers, keeperOf, openColumns, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { Settings } from '../ground/settings.ts'
import type { MailText } from './templates.ts'

const { mails, members } = schema

/** `kind`: the sort of mail, as `deletion_requested`; it stands in clear. */
export type NewMail = MailText & { accountId: string; memberId: string; kind: string }

/** The statement that puts a mail into the outbox; it leaves within a minute of the commit. */
export async function mailInsert(
  db: Database,
  keepers: Keepers,
  { accountId, memberId, kind, subject, text }: NewMail,
  now: number,
): Promise<Statement> {
  const id = newId('mai')
  const key = await keeperOf(keepers, accountId).keyFor(memberId)
  const content = await sealColumn(key, 'mails', 'content', id, JSON.stringify({ subject, text }))
  // Not a builder of drizzle's: that is a promise to whoever awaits it, and would run here instead of in the batch.
  return rowsInsert(db, mails, [{ id, accountId, memberId, kind, content, nextAt: now, createdAt: now }])
}

export type Delivered = { sent: number; failed: number; dropped: number }

/** Sends what is due, a bounded number. One that fails keeps no other from leaving. */
export async function deliverMails(env: Env, settings: Settings, now: number): Promise<Delivered> {
  const db = database(env.DB)
  const counts: Delivered = { sent: 0, failed: 0, dropped: 0 }
  for (const mail of await dueQuery(db, now)) {
    if (await lease(db, mail, now)) counts[await deliver(env, db, settings, mail, now)] += 1
  }
  return counts
}

type Due = Awaited<ReturnType<typeof dueQuery>>[number]

export const dueQuery = (db: Database, now: number) =>
  db
    .select({
      id: mails.id,
      accountId: mails.accountId,
      memberId: mails.memberId,
      content: mails.content,
      attempts: mails.attempts,
      nextAt: mails.nextAt,
      email: members.email,
    })
    .from(mails)
    .leftJoin(members, and(eq(members.id, mails.memberId), eq(members.accountId, mails.accountId)))
    .where(lte(mails.nextAt, now))
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
    const [to, content] = await openColumns(
      env.KEEPER,
      mail.accountId,
      [
        { table: 'members', column: 'email', rowId: mail.memberId, sealed: mail.email },
        { table: 'mails', column: 'content', rowId: mail.id, sealed: mail.content },
      ],
      now,
    )
    if (to === undefined || content === undefined) {
      await db.delete(mails).where(eq(mails.id, mail.id))
      return 'dropped'
    }
    const { subject, text } = JSON.parse(content) as Pick<MailText, 'subject' | 'text'>
    await env.MAIL.send({ from: parseSender(settings.mailFrom), to, subject, text })
  } catch (cause) {
    log('warn', 'mail.failed', { error: errorName(cause) })
    return 'failed'
  }
  await db.update(mails).set({ sentAt: now, nextAt: null }).where(eq(mails.id, mail.id))
  return 'sent'
}

/** `Name <address>` or an address, as the platform takes it. */
export function parseSender(text: string): string | EmailAddress {
  const [, name, email] = /^\s*(.*?)\s*<([^<>\s]+)>\s*$/.exec(text) ?? []
  if (email === undefined) return text.trim()
  return name ? { name: name.replace(/^"(.*)"$/, '$1'), email } : email
}
