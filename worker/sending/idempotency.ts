// `Idempotency-Key`: the same key and request get the first answer again, byte for byte, for 24 hours, also while the
// first call is still under way. A call that was lost on its way is never made again. Called by send.ts.
// Shape of the header: IETF draft-ietf-httpapi-idempotency-key-header-07.

import { and, eq, isNull, lte } from 'drizzle-orm'
import { type Statement, schema, writeBatch } from '../../db/client.ts'
import { type AccountKeys, keeperOf, keyedDigest, openColumns, sealColumn } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import type { Refusal } from '../meta/send-error.ts'
import { type Outside, refuse, type TextAnswer } from './outside.ts'

const { idempotencyKeys } = schema

export type Keyed = {
  /** As the client sent it; undefined without the header. */
  idempotencyKey: string | undefined
  /** Method, path and body: what makes two requests the same. */
  fingerprint: string
  messageId: string
}

/** What the walk owes the key: to say when nothing can be taken back, and to keep its answer in its own batch. */
export type Claim = { handedOver: boolean; keep: (answer: TextAnswer) => Promise<Statement[]> }

/** Undefined for a key of more than 255 characters, or with anything but printable ASCII. */
export const parseKey = (header: string): string | undefined =>
  header.length <= limits.idempotencyKeyChars && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(header)
    ? header
    : undefined

export async function once(
  out: Outside,
  account: AccountKeys,
  request: Keyed,
  run: (claim: Claim) => Promise<TextAnswer>,
): Promise<TextAnswer> {
  if (request.idempotencyKey === undefined) return run({ handedOver: false, keep: async () => [] })
  const digest = keyedDigest(account, 'idempotency', request.idempotencyKey)
  const requestDigest = keyedDigest(account, 'request', request.fingerprint)
  const { row, isFirst } = await claimRow(out, digest, requestDigest, request.messageId)
  if (row.requestDigest !== requestDigest) return refuse(otherRequest)
  if (!isFirst) return awaitAnswer(out, row)
  const claim: Claim = {
    handedOver: false,
    keep: (answer) => answerUpdate(out, account, digest, request.messageId, answer),
  }
  try {
    return await run(claim)
  } catch (cause) {
    // Nothing has left: the same key may try again at once.
    if (!claim.handedOver) await release(out, digest, request.messageId)
    throw cause
  }
}

type Row = typeof idempotencyKeys.$inferSelect

const keyIs = (out: Outside, digest: string) =>
  and(eq(idempotencyKeys.accountId, out.principal.accountId), eq(idempotencyKeys.digest, digest))

/**
 * One transaction: a key past its life makes room, the first caller's row stands, everybody reads it. Whose it is, the insert
 * tells: a message that has a file has the same id in every call.
 */
async function claimRow(
  out: Outside,
  digest: string,
  requestDigest: string,
  messageId: string,
): Promise<{ row: Row; isFirst: boolean }> {
  const now = out.now()
  const row = { accountId: out.principal.accountId, digest, requestDigest, messageId, createdAt: now }
  const [, made, found] = await out.db.batch([
    out.db
      .delete(idempotencyKeys)
      .where(and(keyIs(out, digest), lte(idempotencyKeys.createdAt, now - limits.idempotencyLifeMs))),
    out.db
      .insert(idempotencyKeys)
      .values(row)
      .onConflictDoNothing()
      .returning({ messageId: idempotencyKeys.messageId }),
    out.db.select().from(idempotencyKeys).where(keyIs(out, digest)),
  ])
  return { row: found[0] as Row, isFirst: made.length > 0 }
}

/** The message that the first call with this key was about. */
export async function claimedMessage(out: Outside, key: string): Promise<string | undefined> {
  const { account } = await keeperOf(out.env.KEEPER, out.principal.accountId).resolve([])
  const row = await out.db
    .select({ messageId: idempotencyKeys.messageId })
    .from(idempotencyKeys)
    .where(keyIs(out, keyedDigest(account, 'idempotency', key)))
    .get()
  return row?.messageId
}

async function answerUpdate(
  out: Outside,
  account: AccountKeys,
  digest: string,
  messageId: string,
  answer: TextAnswer,
): Promise<Statement[]> {
  const rowId = `${out.principal.accountId}/${digest}`
  const sealed = await sealColumn(account.seal, 'idempotency_keys', 'answer', rowId, answer.body)
  const mine = and(keyIs(out, digest), eq(idempotencyKeys.messageId, messageId))
  return [out.db.update(idempotencyKeys).set({ status: answer.status, answer: sealed }).where(mine)]
}

async function release(out: Outside, digest: string, messageId: string): Promise<void> {
  const mine = and(
    keyIs(out, digest),
    eq(idempotencyKeys.messageId, messageId),
    isNull(idempotencyKeys.status),
  )
  await writeBatch(out.db, [out.db.delete(idempotencyKeys).where(mine)])
}

/** Waits for the first call, but neither longer than the limit nor for a call that must have been lost. */
async function awaitAnswer(out: Outside, first: Row): Promise<TextAnswer> {
  const { idempotencyPollMs, idempotencyWaitMs, idempotencyLeaseMs } = out.times
  const until = Math.min(out.now() + idempotencyWaitMs, first.createdAt + idempotencyLeaseMs)
  let row: Row | undefined = first
  while (row && row.status === null && out.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, idempotencyPollMs))
    row = await out.db.select().from(idempotencyKeys).where(keyIs(out, first.digest)).get()
  }
  const body = row?.status == null ? undefined : await openAnswer(out, row)
  if (row?.status == null || body === undefined) return refuse(lostCall(first.messageId))
  return { status: row.status, body, headers: { 'idempotency-replayed': 'true' } }
}

async function openAnswer(out: Outside, row: Row): Promise<string | undefined> {
  const rowId = `${row.accountId}/${row.digest}`
  const [body] = await openColumns(
    out.env.KEEPER,
    row.accountId,
    [{ table: 'idempotency_keys', column: 'answer', rowId, sealed: row.answer }],
    out.now(),
  )
  return body
}

const otherRequest: Refusal = {
  gate: 'idempotency',
  status: 422,
  code: 100,
  title: 'Invalid parameter',
  details: 'This Idempotency-Key was used for another request.',
  remedy: 'Use a new key for a new request, and the same bytes for the same one.',
}

const lostCall = (messageId: string): Refusal => ({
  gate: 'idempotency',
  status: 504,
  code: 131000,
  title: 'Something went wrong',
  details: 'The first call with this Idempotency-Key has not answered. The message may have been sent.',
  remedy: 'Do not send this again: wait for the status of message_id.',
  transient: false,
  messageId,
})
