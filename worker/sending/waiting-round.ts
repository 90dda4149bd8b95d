// Lets go what waited, in the order in which it was said to each person, each message once: lease → gates → is the token taken
// again → `unknown` → Meta → record. Who dies before `unknown` was written has sent nothing, and another round sends it; who
// dies after it may have, and nobody sends it again. Run by the cron, and by the queue when a number is connected again.

import { and, asc, eq, lte, sql } from 'drizzle-orm'
import { database, type Statement, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { systemPrincipal } from '../audit/principal.ts'
import { openColumns } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { World } from '../ground/world.ts'
import { announce } from '../live/announce.ts'
import { classify } from '../meta/failure.ts'
import { callGraph, type GraphAnswer } from '../meta/graph.ts'
import { fields, parseJson } from '../meta/json.ts'
import { type Outgoing, parseOutgoing } from '../meta/send-message.ts'
import { outcome } from './conclude.ts'
import { loadFacts, loadWho, type SendFacts, type Who } from './facts.ts'
import { decide } from './gates.ts'
import { type Injected, type Outside, outside, usual } from './outside.ts'
import { reconnectStatements } from './reconnect.ts'
import type { Sending } from './record.ts'
import { appSecretOf, handOver } from './send.ts'
import { backToWaiting, tokenDied, waitsFor } from './waiting.ts'

const { messages, numbers, waitingSends } = schema

type Row = typeof waitingSends.$inferSelect
/** What became of one that waited; `later`: nothing, it waits on. */
type Became = 'sent' | 'failed' | 'later'
/** What this round learned of WhatsApp accounts: whether Meta takes their tokens. */
type Learned = Map<string, GraphAnswer>

/** Of one account, whatever hour it is; else of all, those that are due. Returns how many left or failed. */
export async function sendWaiting(
  { env, settings, now }: World,
  accountId?: string,
  injected: Partial<Injected> = {},
): Promise<number> {
  const db = database(env.DB)
  const due = accountId === undefined ? lte(waitingSends.nextAt, now) : eq(waitingSends.accountId, accountId)
  const rows = await db
    .select()
    .from(waitingSends)
    .where(due)
    .orderBy(asc(waitingSends.createdAt), sql`rowid`)
    .limit(limits.waitingBatch)
  const accounts = new Set(rows.map((row) => row.accountId))
  let done = 0
  for (const id of accounts) {
    const works: Promise<unknown>[] = []
    const later = (work: Promise<unknown>) => void works.push(work)
    const context = { env, settings, principal: systemPrincipal(id), later }
    const out = outside(context, { ...usual, now: () => now, ...injected })
    const learned: Learned = new Map()
    for (const row of rows.filter((one) => one.accountId === id)) {
      if ((await sendOne(out, row, learned)) !== 'later') done++
    }
    await Promise.allSettled(works)
  }
  return done
}

async function sendOne(out: Outside, row: Row, learned: Learned): Promise<Became> {
  try {
    if (!(await lease(out, row))) return 'later'
    const became = await release(out, row, learned)
    if (became !== 'later') await tell(out, row)
    return became
  } catch (cause) {
    log('warn', 'waiting.failed', { messageId: row.messageId, error: errorName(cause) })
    return 'later'
  }
}

/** False when somebody else has it, or something said to this person before it has not left. */
async function lease(out: Outside, row: Row): Promise<boolean> {
  const now = out.now()
  const until = now + limits.waitingLeaseMs
  const leased = await out.db
    .update(waitingSends)
    .set({ leasedUntil: until, nextAt: until })
    .where(
      sql`message_id = ${row.messageId} AND account_id = ${row.accountId} AND (leased_until IS NULL OR leased_until <= ${now})
        AND NOT EXISTS (SELECT 1 FROM waiting_sends b WHERE b.account_id = waiting_sends.account_id
          AND b.contact_id = waiting_sends.contact_id AND b.number_id = waiting_sends.number_id
          AND (b.created_at, b.rowid) < (waiting_sends.created_at, waiting_sends.rowid))`,
    )
    .returning({ messageId: waitingSends.messageId })
  return leased.length > 0
}

async function release(out: Outside, row: Row, learned: Learned): Promise<Became> {
  const { accountId, messageId } = row
  const message = await out.db
    .select({ status: messages.status, conversationId: messages.conversationId })
    .from(messages)
    .where(and(eq(messages.id, messageId), eq(messages.accountId, accountId)))
    .get()
  if (message?.status !== 'waiting') {
    // Erased, or handed over by somebody who did not live to say so.
    await writeBatch(out.db, [rowErase(out, row)])
    return 'failed'
  }
  const body = await openBody(out, row)
  const phoneNumberId = await phoneNumberOf(out, row)
  if (!body || phoneNumberId === undefined) return fail(out, row, 133010, 'number')
  const outgoing = parseOutgoing(body, messageId)
  const who = await loadWho(out, outgoing.recipient)
  const facts = await loadFacts(out, phoneNumberId, outgoing, who, { edge: 'messages' })
  const decision = decide(facts.gates)
  if (!decision.ok) return fail(out, row, decision.refusal.code, decision.refusal.gate)
  if (!(await isTaken(out, facts, learned))) {
    return out.now() > row.createdAt + limits.waitingMs
      ? fail(out, row, 190, 'reconnect')
      : waitOn(out, row, limits.waitingProbeMs)
  }
  return hand(out, { ...row, conversationId: message.conversationId }, outgoing, facts, who)
}

/** While no hold stands nobody has to be asked. Where one does, a small question tells whether the token is taken again. */
async function isTaken(out: Outside, facts: SendFacts, learned: Learned): Promise<boolean> {
  const number = facts.number as NonNullable<SendFacts['number']>
  if (!waitsFor(facts.holds, number.wabaId)) return true
  const known = learned.get(number.wabaId)
  if (known) return known.kind === 'answered'
  const answer = await callGraph({
    origin: out.settings.graphOrigin,
    version: out.settings.graphVersion,
    path: number.phoneNumberId,
    method: 'GET',
    query: { fields: 'id' },
    token: number.token,
    ...appSecretOf(out),
    timeoutMs: out.times.graphTimeoutMs,
    fetch: out.fetch,
    route: '{number}',
  })
  learned.set(number.wabaId, answer)
  if (answer.kind !== 'answered') return false
  await writeBatch(out.db, reconnectStatements(out, number.wabaId, facts.holds, answer))
  return true
}

async function hand(
  out: Outside,
  row: Row & { conversationId: string },
  outgoing: Outgoing,
  facts: SendFacts,
  who: Who,
): Promise<Became> {
  const { accountId, messageId, conversationId, contactId } = row
  if (who.contact?.state !== 'known') return fail(out, row, 131026, 'erased')
  const number = facts.number as NonNullable<SendFacts['number']>
  const record = { messageId, conversationId, contactId, key: who.contact.key }
  const sending: Sending = { number, account: who.account, outgoing, holds: facts.holds, record }
  const waiting = and(
    eq(messages.id, messageId),
    eq(messages.accountId, accountId),
    eq(messages.status, 'waiting'),
  )
  const begun = await out.db
    .update(messages)
    .set({ status: 'unknown', statusAt: out.now() })
    .where(waiting)
    .returning({ id: messages.id })
  if (begun.length === 0) return 'later'
  const graph = await handOver(out, { version: out.settings.graphVersion, edge: 'messages' }, sending)
  if (notSent(graph)) {
    await writeBatch(out.db, [
      backToWaiting(out.db, accountId, messageId, out.now()),
      waitUpdate(out, row, tokenDied(graph) ? limits.waitingProbeMs : limits.waitingAgainMs),
      ...reconnectStatements(out, number.wabaId, sending.holds, graph),
    ])
    return 'later'
  }
  await writeBatch(out.db, [...(await outcome(out, sending, graph)), rowErase(out, row)])
  return graph.kind === 'rejected' ? 'failed' : 'sent'
}

/** Meta surely sent nothing, and may take it another time. */
function notSent(graph: GraphAnswer): boolean {
  if (tokenDied(graph)) return true
  return graph.kind === 'rejected' && classify(graph.error.code, graph.error.transient).class === 'S'
}

async function fail(out: Outside, row: Row, errorCode: number, gate: string): Promise<Became> {
  const { accountId, messageId, numberId, actor } = row
  const at = out.now()
  const here = and(
    eq(messages.id, messageId),
    eq(messages.accountId, accountId),
    eq(messages.status, 'waiting'),
  )
  const entry = { accountId, actor, action: 'send.refuse', subject: numberId, reason: gate, at }
  await writeBatch(out.db, [
    out.db.update(messages).set({ status: 'failed', statusAt: at, errorCode }).where(here),
    rowErase(out, row),
    entryInsert(out.db, entry),
  ])
  return 'failed'
}

async function waitOn(out: Outside, row: Row, forMs: number): Promise<Became> {
  await writeBatch(out.db, [waitUpdate(out, row, forMs)])
  return 'later'
}

const here = ({ messageId, accountId }: Row) =>
  and(eq(waitingSends.messageId, messageId), eq(waitingSends.accountId, accountId))
const waitUpdate = (out: Outside, row: Row, forMs: number): Statement =>
  out.db
    .update(waitingSends)
    .set({ leasedUntil: null, nextAt: out.now() + forMs })
    .where(here(row))
const rowErase = (out: Outside, row: Row): Statement => out.db.delete(waitingSends).where(here(row))

async function openBody(out: Outside, row: Row): Promise<Record<string, unknown> | undefined> {
  const column = {
    table: 'waiting_sends',
    column: 'content',
    rowId: row.messageId,
    sealed: row.content,
  }
  const [text] = await openColumns(out.env.KEEPER, row.accountId, [column], out.now())
  const parsed = text === undefined ? undefined : parseJson(text)
  return parsed && { ...fields(parsed.value) }
}

async function phoneNumberOf(out: Outside, { numberId, accountId }: Row): Promise<string | undefined> {
  const own = and(eq(numbers.id, numberId), eq(numbers.accountId, accountId))
  return (await out.db.select({ id: numbers.phoneNumberId }).from(numbers).where(own).get())?.id
}

/** Browsers that show the conversation look at the message again. */
async function tell(out: Outside, { accountId, messageId }: Row): Promise<void> {
  const message = and(eq(messages.id, messageId), eq(messages.accountId, accountId))
  const found = await out.db.select({ conversationId: messages.conversationId }).from(messages).where(message)
  const changes = found.map(({ conversationId }) => ({ kind: 'message' as const, conversationId, messageId }))
  await announce(out.env, accountId, changes)
}
