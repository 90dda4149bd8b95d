// What is written about a message before it leaves: the person, the conversation and the message itself, sealed, with
// the status `unknown`. Whatever happens afterwards, it is on record that it may have been sent. Called by send.ts.

import { sql } from 'drizzle-orm'
import { assertion, type Database, type Statement, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf } from '../audit/principal.ts'
import { type MessageContent, readableText, sortKey } from '../conversations/content.ts'
import {
  contactsUpsert,
  conversationId,
  conversationsUpsert,
  messagesInsert,
} from '../conversations/record.ts'
import { wordsDueUpsert } from '../conversations/terms.ts'
import type { SealKey } from '../crypto/seal.ts'
import { type AccountKeys, keeperOf, keyedDigest, sealColumn } from '../custody/sealing.ts'
import type { Outgoing } from '../meta/send-message.ts'
import { type OwnNumber, type SendFacts, subjectOf, type Who } from './facts.ts'
import { fileStatements } from './file.ts'
import { groundOf } from './ground-of.ts'
import type { Outside } from './outside.ts'

/** A message on its way. `record` is missing for read receipts and for groups, which have no reader of their own. */
export type Sending = {
  number: OwnNumber
  account: AccountKeys
  outgoing: Outgoing
  holds: SendFacts['holds']
  record?: { messageId: string; conversationId: string; contactId: string; key: SealKey }
}

/** How it is recorded: on its way, or as one that waits, with what else belongs into the batch. */
export type Recording = {
  status: 'unknown' | 'waiting'
  more: (record: NonNullable<Sending['record']>) => Promise<Statement[]>
}
const atOnce: Recording = { status: 'unknown', more: async () => [] }

/** Undefined when the person was erased between the look and the write: then nothing was written. */
export async function recordSending(
  out: Outside,
  outgoing: Outgoing,
  messageId: string,
  facts: SendFacts,
  who: Who,
  recording: Recording = atOnce,
): Promise<Sending | undefined> {
  const number = facts.number as OwnNumber
  const sending: Sending = { number, account: who.account, outgoing, holds: facts.holds }
  if (outgoing.kind === 'message') return recordMessage(out, sending, messageId, facts, who, recording)
  if (outgoing.kind === 'group') {
    const entry = {
      accountId: out.principal.accountId,
      actor: actorOf(out.principal),
      action: 'send.group',
      subject: number.id,
      at: out.now(),
    }
    await writeBatch(out.db, [entryInsert(out.db, entry)])
  }
  return sending
}

async function recordMessage(
  out: Outside,
  sending: Sending,
  messageId: string,
  facts: SendFacts,
  who: Who,
  { status, more }: Recording,
): Promise<Sending | undefined> {
  const { account, number, outgoing } = sending
  const contact = await contactOf(out, outgoing, who)
  if (!contact) return undefined
  const { contactId, key } = contact
  const at = out.now()
  const own = { accountId: out.principal.accountId, contactId }
  const conversation = {
    id: conversationId(number.id, contactId),
    ...own,
    numberId: number.id,
    createdAt: at,
    lastMessageAt: at,
    userLastAt: null,
  }
  const content: MessageContent = {
    ...maybe('text', facts.templateText ?? readableText(outgoing.type, outgoing.payload)),
    ...maybe('body', outgoing.payload),
    ...maybe('replyTo', outgoing.replyTo),
  }
  const message = {
    id: messageId,
    ...own,
    numberId: number.id,
    conversationId: conversation.id,
    ref: null,
    wamid: null,
    direction: 'out' as const,
    origin: 'api' as const,
    precedence: 9,
    type: /^[a-z_]{1,40}$/.test(outgoing.type) ? outgoing.type : 'unknown',
    content: await sealColumn(key, 'messages', 'content', messageId, JSON.stringify(content)),
    at,
    sortKey: sortKey(at, at),
    receivedAt: at,
    status,
    statusAt: at,
    sentBy: actorOf(out.principal),
    ...groundOf(facts.gates),
  }
  const record = { messageId, conversationId: conversation.id, contactId, key }
  const besides = await more(record)
  const file = await fileStatements(out.db, outgoing, { ...own, messageId, numberId: number.id, key, at })
  const due = { conversationId: conversation.id, ...own, fromKey: message.sortKey, dueAt: at }
  await writeBatch(out.db, [
    // A contact we have met keeps what was heard of it from Meta.
    ...(facts.met ? [] : [await contactUpsert(out, account, key, contactId, outgoing.recipient, at)]),
    conversationsUpsert(out.db, [conversation]),
    // A message with a file has the id of its upload: of two that send one file, the second fails before anything left.
    ...(file.length > 0 ? [isUnsent(out.db, messageId)] : []),
    messagesInsert(out.db, [message]),
    ...file,
    wordsDueUpsert(out.db, [due]),
    ...besides,
  ])
  return { ...sending, record }
}

const isUnsent = (db: Database, messageId: string): Statement =>
  assertion(db, sql`NOT EXISTS (SELECT 1 FROM messages WHERE id = ${messageId})`)

const maybe = <K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { [key in K]?: V }

/** A contact is made only here, once every gate has let the message pass. */
async function contactOf(
  out: Outside,
  outgoing: Outgoing,
  who: Who,
): Promise<{ contactId: string; key: SealKey } | undefined> {
  if (who.contact?.state === 'known') return who.contact
  const subject = subjectOf(outgoing.recipient)
  if (!subject) throw new Error('a message without a recipient passed the gates')
  const { subjects } = await keeperOf(out.env.KEEPER, out.principal.accountId).resolve([
    { ...subject, at: out.now(), create: true },
  ])
  const made = subjects[0]
  return made?.state === 'known' ? made : undefined
}

/** The row of a contact of whom we know nothing but where they are reached. */
async function contactUpsert(
  out: Outside,
  account: AccountKeys,
  key: SealKey,
  id: string,
  recipient: Outgoing['recipient'],
  at: number,
): Promise<Statement> {
  const row = { id, accountId: out.principal.accountId, createdAt: at, lastSeenAt: at }
  const [field, value] =
    recipient?.kind === 'phone'
      ? ['phone', recipient.digits]
      : recipient?.kind === 'user'
        ? ['bsuid', recipient.bsuid]
        : []
  if (field === undefined || value === undefined) return contactsUpsert(out.db, [row])
  const version = `${String(at).padStart(13, '0')}:${keyedDigest(account, field, value).slice(0, 8)}`
  const sealed = await sealColumn(key, 'contacts', field, id, value)
  return contactsUpsert(out.db, [{ ...row, [field]: sealed, [`${field}Version`]: version }])
}
