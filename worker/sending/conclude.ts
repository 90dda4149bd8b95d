// What Meta's answer means, for the caller and for our record: accepted, refused, or nobody knows. Nothing here sends
// again: a message that may be on its way stays `unknown` until a status, the late answer or message_history settles
// it. Called by send.ts. Source: send messages, error codes (Meta).

import { and, eq } from 'drizzle-orm'
import { type Statement, schema, writeBatch } from '../../db/client.ts'
import { sortKey } from '../conversations/content.ts'
import {
  changesInsert,
  derivedUpdate,
  messageId as heardId,
  statusesInsert,
} from '../conversations/record.ts'
import { keeperOf, messageRef, sealColumn } from '../custody/sealing.ts'
import { errorName, log } from '../ground/log.ts'
import { announce } from '../live/announce.ts'
import { classify } from '../meta/failure.ts'
import type { GraphAnswer } from '../meta/graph.ts'
import { fields, items, text } from '../meta/json.ts'
import type { Claim } from './idempotency.ts'
import { type Outside, refuse, type TextAnswer } from './outside.ts'
import { reconnectStatements } from './reconnect.ts'
import type { Sending } from './record.ts'
import { scrub } from './scrub.ts'

const { messages } = schema

/**
 * The answer leaves while its record is being written: the message itself is on record since before the call, and our
 * id in its statuses would settle it if this write were lost.
 */
export async function conclude(
  out: Outside,
  sending: Sending,
  graph: GraphAnswer,
  claim: Claim,
): Promise<TextAnswer> {
  const answer = answerOf(out, sending, graph)
  const statements = [...(await outcome(out, sending, graph)), ...(await claim.keep(answer))]
  const written = writeTwice(out, statements).then(() => tell(out, sending))
  out.later(written)
  if (out.awaitsRecord) await written
  if (graph.kind === 'answered') out.later(linkSpelling(out, sending, graph.json))
  if (graph.kind === 'unclear' && graph.late) out.later(settleLate(out, sending, graph.late))
  return answer
}

async function settleLate(out: Outside, sending: Sending, late: Promise<GraphAnswer>): Promise<void> {
  const graph = await late
  if (graph.kind === 'unclear') return
  await writeTwice(out, await outcome(out, sending, graph))
  await tell(out, sending)
}

/** Browsers that show the conversation look at the message again. */
export async function tell(out: Outside, { record }: Sending): Promise<void> {
  if (!record) return
  const { conversationId, messageId } = record
  await announce(out.env, out.principal.accountId, [{ kind: 'message', conversationId, messageId }])
}

/** Meta names the phone in its own spelling: both are the same person, whose reply comes under Meta's. */
async function linkSpelling(out: Outside, { outgoing }: Sending, json: unknown): Promise<void> {
  const waId = text(fields(items(fields(json).contacts)[0]).wa_id)
  const { recipient } = outgoing
  if (recipient?.kind !== 'phone' || waId === undefined || waId === recipient.digits) return
  try {
    const link = { phone: recipient.digits, before: { phone: waId }, at: out.now(), create: true }
    await keeperOf(out.env.KEEPER, out.principal.accountId).resolve([link])
  } catch (cause) {
    log('warn', 'send.not_linked', { accountId: out.principal.accountId, error: errorName(cause) })
  }
}

/** Never throws: the caller has their answer, and the message stays `unknown` rather than wrong. */
async function writeTwice(out: Outside, statements: Statement[]): Promise<void> {
  try {
    await writeBatch(out.db, statements).catch(() => writeBatch(out.db, statements))
  } catch (cause) {
    log('error', 'send.not_recorded', { accountId: out.principal.accountId, error: errorName(cause) })
  }
}

/** What Meta's answer changes of the record. */
export async function outcome(out: Outside, sending: Sending, graph: GraphAnswer): Promise<Statement[]> {
  const hold = reconnectStatements(out, sending.number.wabaId, sending.holds, graph)
  if (!sending.record || graph.kind === 'unclear') return hold
  if (graph.kind === 'answered') return [...(await accepted(out, sending, wamidOf(graph.json))), ...hold]
  const { mayHaveSent } = classify(graph.error.code, graph.error.transient)
  const here = and(eq(messages.id, sending.record.messageId), eq(messages.status, 'unknown'))
  const errorCode = graph.error.code ?? null
  const failed = mayHaveSent ? { errorCode } : { status: 'failed' as const, statusAt: out.now(), errorCode }
  return [out.db.update(messages).set(failed).where(here), ...hold]
}

async function accepted(out: Outside, sending: Sending, wamid: string | undefined): Promise<Statement[]> {
  if (!sending.record || wamid === undefined) return []
  const { db } = out
  const { accountId } = out.principal
  const { messageId, key } = sending.record
  const ref = messageRef(sending.account, sending.number.phoneNumberId, wamid)
  const at = out.now()
  const sealed = await sealColumn(key, 'messages', 'wamid', messageId, wamid)
  const status = {
    accountId,
    ref,
    status: 'accepted' as const,
    participant: '',
    contactId: sending.record.contactId,
    at,
    errorCode: null,
    receivedAt: at,
  }
  const change = await reactionChange(out, sending, ref, at)
  return [
    // An echo may have told of this very message before Meta's answer did.
    db.delete(messages).where(and(eq(messages.accountId, accountId), eq(messages.id, heardId(ref)))),
    db.update(messages).set({ ref, wamid: sealed }).where(eq(messages.id, messageId)),
    statusesInsert(db, [status]),
    ...(change ? [changesInsert(db, [change])] : []),
    // A status may have come before the answer, too.
    ...derivedUpdate(db, accountId, [ref]),
  ]
}

/** A reaction stands beside the message it is about, as those of the other side do. */
async function reactionChange(out: Outside, sending: Sending, ref: string, at: number) {
  const { outgoing, record } = sending
  if (outgoing.type !== 'reaction' || !record) return undefined
  const target = text(fields(outgoing.payload).message_id)
  if (target === undefined) return undefined
  const emoji = text(fields(outgoing.payload).emoji)
  const content = JSON.stringify({ text: emoji, body: outgoing.payload })
  return {
    accountId: out.principal.accountId,
    ref,
    targetRef: messageRef(sending.account, sending.number.phoneNumberId, target),
    kind: 'reaction' as const,
    direction: 'out' as const,
    contactId: record.contactId,
    content:
      emoji === undefined ? null : await sealColumn(record.key, 'message_changes', 'content', ref, content),
    at,
    sortKey: sortKey(at, at),
    receivedAt: at,
  }
}

const wamidOf = (json: unknown): string | undefined => text(fields(items(fields(json).messages)[0]).id)

/** Meta's JSON, without what must not leave; errors with our gate and remedy beside Meta's fields. */
export function answerOf(out: Outside, sending: Sending, graph: GraphAnswer): TextAnswer {
  if (graph.kind === 'unclear') return unclearAnswer(sending, graph.reason)
  const { outgoing, number } = sending
  const scrubbing = {
    token: number.token,
    graphOrigin: out.settings.graphOrigin,
    publicOrigin: out.settings.publicOrigin,
  }
  const headers: Record<string, string> =
    graph.usage === undefined ? {} : { 'x-business-use-case-usage': graph.usage }
  if (graph.kind === 'rejected') {
    return {
      status: graph.status,
      body: scrub(explained(graph, sending.record?.messageId), scrubbing),
      headers,
    }
  }
  // We put a plus in front of the number; the caller finds its own spelling again in `input`.
  const { recipient } = outgoing
  const spelling =
    recipient?.kind === 'phone' ? new Map([[`+${recipient.digits}`, recipient.given]]) : undefined
  return { status: graph.status, body: scrub(graph.text, scrubbing, spelling), headers }
}

/** `is_transient` is taken back where a repeat could send twice: SDKs repeat by it. */
export function explained(graph: Extract<GraphAnswer, { kind: 'rejected' }>, messageId?: string): string {
  const { action, mayHaveSent, remedy } = classify(graph.error.code, graph.error.transient)
  const error = {
    ...fields(graph.json.error),
    ...(messageId !== undefined && mayHaveSent ? { is_transient: false } : {}),
    gate: 'meta',
    action,
    remedy,
    ...(messageId === undefined ? {} : { message_id: messageId }),
  }
  return JSON.stringify({ ...graph.json, error })
}

function unclearAnswer(sending: Sending, reason: string): TextAnswer {
  const timeout = reason === 'timeout'
  const repeatable = sending.outgoing.kind === 'receipt'
  const maybe = repeatable ? '' : ' The message may have been sent.'
  return refuse({
    gate: 'meta',
    status: timeout ? 504 : 502,
    code: 131000,
    title: 'Something went wrong',
    details: `${timeout ? 'Meta did not answer in time.' : 'Meta gave no answer that can be read.'}${maybe}`,
    remedy: repeatable
      ? 'Send this again.'
      : 'Do not send this again: wait for its status, which says whether it went out.',
    transient: repeatable,
    messageId: sending.record?.messageId,
  })
}
