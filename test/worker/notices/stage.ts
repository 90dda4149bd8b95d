// Documents with invented versions, and a world whose mails are looked at. Called by the tests of the notices.

import { env } from 'cloudflare:workers'
import { writeBatch } from '../../../db/client.ts'
import type { DocumentName, DocumentVersion } from '../../../db/documents.ts'
import { hex } from '../../../worker/crypto/bytes.ts'
import { sha256 } from '../../../worker/crypto/digest.ts'
import { keeperOf, loadPlatformRef, platformAccount, sealColumn } from '../../../worker/custody/sealing.ts'
import { settingsOf } from '../../../worker/env.ts'
import { deliverMails } from '../../../worker/mail/mail.ts'
import { announce } from '../../../worker/notices/announce.ts'
import {
  subscribeInsert,
  subscriptionDigest,
  subscriptionToken,
} from '../../../worker/visitors/subscriptions.ts'
import { rowsOf } from '../../support/intake.ts'
import { db } from '../api/stage.ts'

export const settings = settingsOf(env)
/** When the world of these tests begins; everything is told in days after it. */
export const start = Date.UTC(2027, 0, 1)

export const version = (
  document: DocumentName,
  number: number,
  own: Partial<DocumentVersion> = {},
): DocumentVersion => ({
  document,
  version: String(number),
  hash: hex(sha256(`${document} ${number}`)),
  announced: '2027-01-01',
  effective: '2027-01-01',
  material: number > 1,
  summary: `What version ${number} of ${document} changes.`,
  ...own,
})

export type Sent = { to: string; subject: string; text: string; headers?: Record<string, string> }

/** Takes every mail, but those to an address that refuses. */
export const mailbox = (refuses: (to: string) => boolean = () => false) => {
  const sent: Sent[] = []
  const MAIL = {
    send: async (mail: Sent) => {
      if (refuses(mail.to)) throw new TypeError('refused')
      sent.push(mail)
      return { messageId: 'x' }
    },
  } as unknown as SendEmail
  return { sent, world: { ...env, MAIL } as Env }
}

/** One minute of the cron: what it does about documents, then the mails that are due. */
export async function minute(documents: DocumentVersion[], now: number, world: Env = env) {
  const done = await announce({ env: world, settings, now }, documents)
  await deliverMails(world, settings, now)
  return done
}

export const versionRow = async (document: DocumentName, number: number) =>
  (await rowsOf('document_versions')).find(
    (row) => row.document === document && row.version === String(number),
  )

export async function addMember(accountId: string, name: string, createdAt: number): Promise<string> {
  const id = `mem_${name}`
  const key = await keeperOf(env.KEEPER, accountId).keyFor(id)
  const email = await sealColumn(key, 'members', 'email', id, `${name}@example.com`)
  await env.DB.prepare(
    "INSERT INTO members (id, account_id, role, email, created_at) VALUES (?, ?, 'agent', ?, ?)",
  )
    .bind(id, accountId, email, createdAt)
    .run()
  return id
}

/** Somebody without an account, who proved the address. Answers the secret that ends it. */
export async function subscribe(name: string, now: number): Promise<string> {
  const id = `vis_${name}`
  const key = await keeperOf(env.KEEPER, platformAccount).keyFor(id)
  const email = await sealColumn(key, 'visitors', 'email', id, `${name}@example.org`)
  await env.DB.prepare('INSERT OR IGNORE INTO visitors VALUES (?, ?, ?, ?, ?, ?)')
    .bind(id, platformAccount, email, `digest of ${name}`, now, now)
    .run()
  const token = subscriptionToken(await loadPlatformRef(env.KEEPER), id)
  await writeBatch(db, [subscribeInsert(db, id, subscriptionDigest(token), now)])
  return token
}

export const emptyTables = ['document_versions', 'notices', 'mails', 'members', 'subscriptions', 'visitors']
