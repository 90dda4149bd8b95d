// What is said from the inbox: to a conversation instead of an address, answering with our message instead of Meta's JSON. It
// goes the way of every send: gates, idempotency, record, Meta, record. Called by inbox-routes.ts.

import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import { database, schema } from '../../db/client.ts'
import type { MessageContent } from '../conversations/content.ts'
import { shownConversationQuery } from '../conversations/state.ts'
import { openColumns, type Sealed } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { fields, parseJson, text } from '../meta/json.ts'
import { parseOutgoing } from '../meta/send-message.ts'
import { claimedMessage } from './idempotency.ts'
import type { Outside, TextAnswer } from './outside.ts'
import { send } from './send.ts'

const { contacts, media, messages, numbers } = schema

/** `payload` is Meta's, under the key of the type. `replyTo` and `mediaId` are our ids. */
export type Words = {
  type: string
  payload: unknown
  replyTo?: string | undefined
  mediaId?: string | undefined
}

export type Refusals =
  | { reason: 'not_found' }
  /** What the message answers, or its file, is not of this conversation. */
  | { reason: 'no_such_message' | 'no_such_file' }
  | { reason: 'refused'; gate: string; remedy: string; detail: string | undefined }

/** Where a conversation leads, in clear. */
type Address = { phoneNumberId: string; recipient: { to: string } | { recipient: string } | undefined }
/** What the words name, in clear: the wamid that is answered, Meta's id of the file. */
type Named = { wamid: string | undefined; file: NamedFile | undefined }
type NamedFile = { id: string; filename: string | undefined; voice: boolean; sent: boolean }

/** The id of the message: it is on record, whatever Meta said. */
export async function sayInto(
  out: Outside,
  conversationId: string,
  words: Words,
  key: string | undefined,
): Promise<Result<string, Refusals>> {
  const address = await loadAddress(out, conversationId)
  if (!address) return refused({ reason: 'not_found' })
  const named = await loadNamed(out, conversationId, words)
  if (words.replyTo !== undefined && named.wamid === undefined) return refused({ reason: 'no_such_message' })
  if (words.mediaId !== undefined && !(await maySend(out, named.file, key)))
    return refused({ reason: 'no_such_file' })
  // The file is kept under the id of the message it is sent with.
  const messageId = words.mediaId ?? newId('msg')
  const body = bodyOf(address, words, named)
  const sent = send(out, {
    version: out.settings.graphVersion,
    edge: 'messages',
    phoneNumberId: address.phoneNumberId,
    outgoing: parseOutgoing(body, messageId),
    mayWait: body,
    messageId,
    idempotencyKey: key,
    fingerprint: `POST conversations/${conversationId}/messages\n${JSON.stringify(words)}`,
  })
  const answer = await unlessTaken(out, sent, words.mediaId)
  if (!answer) return refused({ reason: 'no_such_file' })
  const replayed = answer.headers?.['idempotency-replayed'] !== undefined
  const said = replayed && key !== undefined ? await claimedMessage(out, key) : messageId
  return meaningOf(answer, said ?? messageId)
}

/** A file is sent once; whoever asks again with the same key is told what became of it. */
async function maySend(out: Outside, file: NamedFile | undefined, key: string | undefined): Promise<boolean> {
  if (!file?.sent) return file !== undefined
  return key !== undefined && (await claimedMessage(out, key)) !== undefined
}

/** Undefined when somebody else sent the file in the same moment: then nothing left. */
async function unlessTaken(
  out: Outside,
  sent: Promise<TextAnswer>,
  mediaId: string | undefined,
): Promise<TextAnswer | undefined> {
  try {
    return await sent
  } catch (cause) {
    if (mediaId === undefined) throw cause
    const own = and(eq(messages.id, mediaId), eq(messages.accountId, out.principal.accountId))
    if ((await out.db.$count(messages, own)) > 0) return undefined
    throw cause
  }
}

function bodyOf(address: Address, { type, payload }: Words, { wamid, file }: Named): Record<string, unknown> {
  const own = file
    ? { ...fields(payload), id: file.id, ...fileName(type, payload, file.filename), ...spoken(type, file) }
    : payload
  return {
    messaging_product: 'whatsapp',
    ...address.recipient,
    type,
    [type]: own,
    ...(wamid === undefined ? {} : { context: { message_id: wamid } }),
  }
}

/** Only a document shows its name. */
const fileName = (type: string, payload: unknown, filename: string | undefined) =>
  type === 'document' && filename !== undefined && text(fields(payload).filename) === undefined
    ? { filename }
    : {}

const spoken = (type: string, { voice }: NamedFile) => (type === 'audio' && voice ? { voice } : {})

async function loadAddress(out: Outside, conversationId: string): Promise<Address | undefined> {
  const { accountId } = out.principal
  const { db } = out
  const conversation = await shownConversationQuery(db, accountId, conversationId).get()
  if (!conversation) return undefined
  const { contactId, numberId } = conversation
  const [[number], [contact]] = await db.batch([
    db
      .select({ phoneNumberId: numbers.phoneNumberId })
      .from(numbers)
      .where(and(eq(numbers.id, numberId), eq(numbers.accountId, accountId))),
    db
      .select({ phone: contacts.phone, bsuid: contacts.bsuid })
      .from(contacts)
      .where(and(eq(contacts.id, contactId), eq(contacts.accountId, accountId))),
  ])
  if (!contact) return undefined
  const columns = (['phone', 'bsuid'] as const).map((column) => ({
    table: 'contacts',
    column,
    rowId: contactId,
    sealed: contact[column],
  }))
  const [phone, bsuid] = await openColumns(out.env.KEEPER, accountId, columns, out.now())
  const recipient =
    phone !== undefined ? { to: phone } : bsuid !== undefined ? { recipient: bsuid } : undefined
  // A number that was disconnected is refused at its gate.
  return { phoneNumberId: number?.phoneNumberId ?? '0', recipient }
}

async function loadNamed(out: Outside, conversationId: string, words: Words): Promise<Named> {
  if (words.replyTo === undefined && words.mediaId === undefined) return { wamid: undefined, file: undefined }
  const { accountId } = out.principal
  const { db } = out
  const [[answered], [file]] = await db.batch([
    db
      .select({ id: messages.id, wamid: messages.wamid, content: messages.content })
      .from(messages)
      .where(
        and(
          eq(messages.id, words.replyTo ?? ''),
          eq(messages.accountId, accountId),
          eq(messages.conversationId, conversationId),
        ),
      ),
    db
      .select({ id: media.messageId, content: media.content, state: media.state })
      .from(media)
      .where(
        and(
          eq(media.messageId, words.mediaId ?? ''),
          eq(media.accountId, accountId),
          eq(media.direction, 'out'),
          inArray(media.state, ['uploaded', 'kept']),
          sql`(${media.contactId}, ${media.numberId}) = (SELECT contact_id, number_id FROM conversations
            WHERE id = ${conversationId} AND account_id = ${accountId})`,
        ),
      ),
  ])
  const opened = await openColumns(
    out.env.KEEPER,
    accountId,
    [
      ...wamidCells(answered),
      { table: 'media', column: 'content', rowId: file?.id ?? '', sealed: file?.content ?? null },
    ],
    out.now(),
  )
  const content = fields(parseJson(opened[2] ?? '')?.value)
  const id = text(content.id)
  return {
    wamid: wamidIn(opened),
    file:
      id === undefined
        ? undefined
        : {
            id,
            filename: text(content.filename),
            voice: content.voice === true,
            sent: file?.state !== 'uploaded',
          },
  }
}

type WamidRow = { id: string; wamid: string | null; content: string | null }

/** One we sent has its wamid in a column, one that was heard in its content. */
const wamidCells = (row: WamidRow | undefined): Sealed[] =>
  (['wamid', 'content'] as const).map((column) => ({
    table: 'messages',
    column,
    rowId: row?.id ?? '',
    sealed: row?.[column] ?? null,
  }))

const wamidIn = ([wamid, content]: (string | undefined)[]): string | undefined =>
  wamid ?? (content === undefined ? undefined : (JSON.parse(content) as MessageContent).wamid)

/** A message that is on record is told by its status, also when it failed; what is not on record was refused by us. */
function meaningOf({ status, body }: TextAnswer, messageId: string): Result<string, Refusals> {
  if (status === 200) return ok(messageId)
  const error = fields(fields(parseJson(body)?.value).error)
  const recorded = text(error.message_id)
  if (recorded !== undefined) return ok(recorded)
  return refused({
    reason: 'refused',
    gate: text(error.gate) ?? 'meta',
    remedy: text(error.remedy) ?? 'Try again in a little while.',
    detail: text(fields(error.error_data).details) ?? text(error.message),
  })
}

/** `react`: an emoji, or null to take it back. */
export async function react(
  out: Outside,
  conversationId: string,
  { messageId, emoji }: { messageId: string; emoji: string | null },
  key: string | undefined,
): Promise<Result<string, Refusals>> {
  const { wamid } = await loadNamed(out, conversationId, { type: '', payload: undefined, replyTo: messageId })
  if (wamid === undefined) return refused({ reason: 'no_such_message' })
  const payload = { message_id: wamid, emoji: emoji ?? '' }
  return sayInto(out, conversationId, { type: 'reaction', payload }, key)
}

/**
 * Tells the person that what they wrote was read, and with `typing` that somebody is writing. Nothing to tell when they have
 * written nothing. False when there is no such conversation.
 */
export async function tellRead(out: Outside, conversationId: string, typing: boolean): Promise<boolean> {
  const { accountId } = out.principal
  const address = await loadAddress(out, conversationId)
  if (!address) return false
  const newest = await newestHeard(out, conversationId)
  const opened = await openColumns(out.env.KEEPER, accountId, wamidCells(newest), out.now())
  const wamid = newest && wamidIn(opened)
  if (wamid === undefined) return true
  const messageId = newId('msg')
  const body = {
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: wamid,
    ...(typing ? { typing_indicator: { type: 'text' } } : {}),
  }
  await send(out, {
    version: out.settings.graphVersion,
    edge: 'messages',
    phoneNumberId: address.phoneNumberId,
    outgoing: parseOutgoing(body, messageId),
    messageId,
    idempotencyKey: undefined,
    fingerprint: '',
  })
  return true
}

const newestHeard = (out: Outside, conversationId: string) =>
  database(out.env.DB)
    .select({ id: messages.id, wamid: messages.wamid, content: messages.content })
    .from(messages)
    .where(
      and(
        eq(messages.accountId, out.principal.accountId),
        eq(messages.conversationId, conversationId),
        eq(messages.direction, 'in'),
      ),
    )
    .orderBy(desc(messages.sortKey), desc(messages.id))
    .limit(1)
    .get()
