// Messages that wait for their number: while Meta does not take its token, what is sent from our own door is kept, sealed, and
// shown as `waiting`. waiting-round.ts lets it go. Called by send.ts. The Cloud API door never waits: its callers decide by
// Meta's errors.

import { and, eq, sql } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema, writeBatch } from '../../db/client.ts'
import { actorOf } from '../audit/principal.ts'
import { sealColumn } from '../custody/sealing.ts'
import { classify } from '../meta/failure.ts'
import type { GraphAnswer } from '../meta/graph.ts'
import type { Outgoing } from '../meta/send-message.ts'
import { tell } from './conclude.ts'
import type { SendFacts, StandingHold, Who } from './facts.ts'
import type { Claim, Keyed } from './idempotency.ts'
import type { Outside, TextAnswer } from './outside.ts'
import { reconnectStatements } from './reconnect.ts'
import { recordSending, type Sending } from './record.ts'

const { messages, waitingSends } = schema

/** The part of a request that matters to waiting. */
type Waitable = Keyed & { outgoing: Outgoing; mayWait?: Record<string, unknown> }

/** Meta takes the token no more: nothing was sent. */
export const tokenDied = (graph: GraphAnswer): boolean =>
  graph.kind === 'rejected' && classify(graph.error.code, graph.error.transient).action === 'reconnect'

export const waitsFor = (holds: readonly StandingHold[], wabaId: string): boolean =>
  holds.some(({ kind, subjectId }) => kind === 'reconnect' && subjectId === wabaId)

/** Its number waits for a token, or something said to this person before it does: nobody is overtaken. */
export async function mustWait(
  out: Outside,
  request: Waitable,
  { number, holds }: SendFacts,
  { contact }: Who,
): Promise<boolean> {
  if (!request.mayWait || !number || request.outgoing.kind !== 'message') return false
  if (waitsFor(holds, number.wabaId)) return true
  if (contact?.state !== 'known') return false
  const before = await out.db
    .select({ one: sql`1` })
    .from(waitingSends)
    .where(
      and(
        eq(waitingSends.accountId, out.principal.accountId),
        eq(waitingSends.contactId, contact.contactId),
        eq(waitingSends.numberId, number.id),
      ),
    )
    .limit(1)
  return before.length > 0
}

/** Undefined when the person was erased meanwhile. */
export async function recordWaiting(
  out: Outside,
  request: Waitable,
  facts: SendFacts,
  who: Who,
  claim: Claim,
): Promise<TextAnswer | undefined> {
  const answer = waitingAnswer(request.messageId)
  const sending = await recordSending(out, request.outgoing, request.messageId, facts, who, {
    status: 'waiting',
    more: async (record) => [
      await waitingInsert(out, request, facts.number?.id as string, record),
      ...(await claim.keep(answer)),
    ],
  })
  // The queue looks at once: the token may be taken again, and only the turn of this message be missing.
  if (!sending) return undefined
  out.later(tell(out, sending))
  out.later(out.env.ERRANDS.send({ of: 'waiting', accountId: out.principal.accountId }))
  return answer
}

/** This very message found out that the token is dead: nothing of it was sent, so it waits as all that follow. */
export async function waitAfterAll(
  out: Outside,
  request: Waitable,
  sending: Sending,
  graph: GraphAnswer,
  claim: Claim,
): Promise<TextAnswer> {
  const record = sending.record as NonNullable<Sending['record']>
  const answer = waitingAnswer(request.messageId)
  await writeBatch(out.db, [
    backToWaiting(out.db, out.principal.accountId, record.messageId, out.now()),
    await waitingInsert(out, request, sending.number.id, record),
    ...reconnectStatements(out, sending.number.wabaId, sending.holds, graph),
    ...(await claim.keep(answer)),
  ])
  out.later(tell(out, sending))
  return answer
}

export const backToWaiting = (db: Database, accountId: string, messageId: string, at: number): Statement =>
  db
    .update(messages)
    .set({ status: 'waiting', statusAt: at })
    .where(and(eq(messages.id, messageId), eq(messages.accountId, accountId), eq(messages.status, 'unknown')))

async function waitingInsert(
  out: Outside,
  { messageId, mayWait }: Waitable,
  numberId: string,
  { contactId, key }: NonNullable<Sending['record']>,
): Promise<Statement> {
  const at = out.now()
  const row = {
    messageId,
    accountId: out.principal.accountId,
    numberId,
    contactId,
    content: await sealColumn(key, 'waiting_sends', 'content', messageId, JSON.stringify(mayWait)),
    actor: actorOf(out.principal),
    createdAt: at,
    nextAt: at,
  }
  return rowsInsert(out.db, waitingSends, [row])
}

/** As Meta would have answered, but for the status. */
const waitingAnswer = (id: string): TextAnswer => ({
  status: 200,
  body: JSON.stringify({ messaging_product: 'whatsapp', messages: [{ id, message_status: 'waiting' }] }),
})
