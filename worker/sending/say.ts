// What the gateway itself has to say to somebody in the chat: about their own request, on behalf of the business they wrote to.
// It goes the way of every other message: gates, record, Meta, record. Composed in worker/hands.ts.

import { and, eq, inArray } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { systemPrincipal } from '../audit/principal.ts'
import { keeperOf, keyedDigest, openColumns } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { World } from '../ground/world.ts'
import { classify } from '../meta/failure.ts'
import { fields } from '../meta/json.ts'
import { parseOutgoing } from '../meta/send-message.ts'
import { type Injected, type Outside, outside, type TextAnswer, usual } from './outside.ts'
import { send } from './send.ts'

const { contacts, idempotencyKeys, messages, numbers } = schema

/** Whom, and on which number. */
export type Listener = { accountId: string; numberId: string; contactId: string }
/** `later`: nobody knows yet, or Meta asks to wait; the same call again may get it through. `never`: it cannot be said. */
export type Said = 'said' | 'later' | 'never'

/**
 * Says a text within the open window, even to somebody who is to be left alone: it answers what they asked. Once for one `key`,
 * however often it is called; when Meta gave no clear answer, only after the message has gone a while without any status.
 */
export const sayWith =
  (injected: Partial<Injected> = {}) =>
  async (world: World, to: Listener, text: string, key: string): Promise<Said> => {
    const works: Promise<unknown>[] = []
    const { env, settings } = world
    const principal = systemPrincipal(to.accountId)
    const later = (work: Promise<unknown>) => void works.push(work)
    // Nobody waits here for an answer that comes too late: its status tells.
    const own = { ...usual, ...injected, times: { ...usual.times, ...injected.times, graphLateMs: 0 } }
    const out = outside({ env, settings, principal, later }, own)
    try {
      return await sayOnce(out, to, text, key)
    } catch (cause) {
      log('warn', 'say.failed', { accountId: to.accountId, error: errorName(cause) })
      return 'later'
    } finally {
      await Promise.allSettled(works)
    }
  }

async function sayOnce(out: Outside, to: Listener, text: string, key: string): Promise<Said> {
  // No caller can send such a key: theirs are printable ASCII.
  const keys = Array.from({ length: limits.sayTries }, (_, i) => `say·${i}·${key}`)
  const turn = await turnOf(out, keys)
  if (typeof turn === 'string') return turn
  const address = await addressOf(out, to)
  if (!address) return 'never'
  const messageId = newId('msg')
  const { recipient, phoneNumberId } = address
  const body = { messaging_product: 'whatsapp', ...recipient, type: 'text', text: { body: text } }
  const answer = await send(out, {
    version: out.settings.graphVersion,
    edge: 'messages',
    answersRequest: true,
    phoneNumberId,
    outgoing: { ...parseOutgoing(body, messageId), payload: { body: withoutCodes(text) } },
    messageId,
    idempotencyKey: turn.key,
    fingerprint: turn.key,
  })
  return meaningOf(answer)
}

/**
 * What the conversation keeps. The link in an answer is the person's alone: with its code a request can be taken back, and the
 * business reads the conversation.
 */
const withoutCodes = (text: string): string =>
  text.replace(/(\/(?:data-deletion|rights)\/)[0-9a-z]{26}\b/gi, '$1…')

/** Which key this try goes under; or how it stands, when another try is not to be made. */
async function turnOf(out: Outside, keys: string[]): Promise<Said | { key: string }> {
  const { accountId } = out.principal
  const { account } = await keeperOf(out.env.KEEPER, accountId).resolve([])
  const digests = keys.map((key) => keyedDigest(account, 'idempotency', key))
  const tried = await out.db
    .select({
      digest: idempotencyKeys.digest,
      answered: idempotencyKeys.status,
      at: idempotencyKeys.createdAt,
      status: messages.status,
    })
    .from(idempotencyKeys)
    .leftJoin(messages, and(eq(messages.id, idempotencyKeys.messageId), eq(messages.accountId, accountId)))
    .where(and(eq(idempotencyKeys.accountId, accountId), inArray(idempotencyKeys.digest, digests)))
  for (const { answered, status, at } of tried) {
    if (answered === 200 || (status !== null && status !== 'unknown' && status !== 'failed')) return 'said'
    if (status !== 'failed' && at > out.now() - limits.sayAgainMs) return 'later'
  }
  const taken = new Set(tried.map(({ digest }) => digest))
  const key = keys.find((_, i) => !taken.has(digests[i] as string))
  return key === undefined ? 'never' : { key }
}

/** Undefined when the number or the person is not there any more. */
async function addressOf(out: Outside, { accountId, numberId, contactId }: Listener) {
  const [[number], [contact]] = await out.db.batch([
    out.db
      .select({ phoneNumberId: numbers.phoneNumberId })
      .from(numbers)
      .where(and(eq(numbers.id, numberId), eq(numbers.accountId, accountId))),
    out.db
      .select({ phone: contacts.phone, bsuid: contacts.bsuid })
      .from(contacts)
      .where(and(eq(contacts.id, contactId), eq(contacts.accountId, accountId))),
  ])
  if (!number || !contact) return undefined
  const columns = (['phone', 'bsuid'] as const).map((column) => ({
    table: 'contacts',
    column,
    rowId: contactId,
    sealed: contact[column],
  }))
  const [phone, bsuid] = await openColumns(out.env.KEEPER, accountId, columns, out.now())
  if (phone === undefined && bsuid === undefined) return undefined
  return {
    phoneNumberId: number.phoneNumberId,
    recipient: phone === undefined ? { recipient: bsuid } : { to: phone },
  }
}

function meaningOf({ status, body }: TextAnswer): Said {
  if (status === 200) return 'said'
  const error = fields(fields(JSON.parse(body)).error)
  if (error.gate !== 'meta') return error.gate === 'idempotency' ? 'later' : 'never'
  // Without a code of Meta's own: no answer came.
  if (status >= 500) return 'later'
  const { action } = classify(Number(error.code), error.is_transient === true)
  return action === 'slow_down' || action === 'retry_later' ? 'later' : 'never'
}
