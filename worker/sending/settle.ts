// Asks Meta about messages whose status never came. Run by cron; it never sends. Source: message_history (Meta, v23+).

import { and, eq, gte, isNotNull, lte, sql } from 'drizzle-orm'
import { database, type Statement, schema, writeBatch } from '../../db/client.ts'
import { derivedUpdate, type StatusRow, statusesInsert } from '../conversations/record.ts'
import { openColumns } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { Settings } from '../ground/settings.ts'
import { callGraph, type Fetch } from '../meta/graph.ts'
import { fields, instant, items, text } from '../meta/json.ts'

const { messages, numbers, wabas } = schema
const known = ['sent', 'delivered', 'read', 'played', 'failed'] as const

type Open = {
  id: string
  accountId: string
  ref: string | null
  wamid: string | null
  contactId: string
  wabaId: string
  phoneNumberId: string
  token: string
}

/** Looks at a random few of them, so that one that never settles keeps no other from its turn. Returns how many settled. */
export async function settle(
  env: Env,
  settings: Settings,
  now: number,
  fetch: Fetch = (input, init) => globalThis.fetch(input, init),
): Promise<number> {
  const db = database(env.DB)
  const open: Open[] = await db
    .select({
      id: messages.id,
      accountId: messages.accountId,
      ref: messages.ref,
      wamid: messages.wamid,
      contactId: messages.contactId,
      wabaId: numbers.wabaId,
      phoneNumberId: numbers.phoneNumberId,
      token: wabas.token,
    })
    .from(messages)
    .innerJoin(numbers, and(eq(numbers.id, messages.numberId), eq(numbers.accountId, messages.accountId)))
    .innerJoin(wabas, and(eq(wabas.wabaId, numbers.wabaId), eq(wabas.accountId, messages.accountId)))
    .where(
      and(
        // In words, not as parameters: only so does the planner see that the partial index fits.
        sql`${messages.status} IN ('unknown', 'accepted')`,
        lte(messages.at, now - limits.settleAfterMs),
        gte(messages.at, now - limits.settleUntilMs),
        eq(messages.direction, 'out'),
        isNotNull(messages.wamid),
        isNotNull(messages.ref),
      ),
    )
    .orderBy(sql`random()`)
    .limit(limits.settleBatch)
  const settled = await Promise.all(open.map((message) => settleOne(env, settings, fetch, message, now)))
  return settled.filter(Boolean).length
}

async function settleOne(
  env: Env,
  settings: Settings,
  fetch: Fetch,
  message: Open,
  now: number,
): Promise<boolean> {
  try {
    const statements = await ask(env, settings, fetch, message, now)
    await writeBatch(database(env.DB), statements)
    return statements.length > 0
  } catch (cause) {
    log('warn', 'settle.failed', { messageId: message.id, error: errorName(cause) })
    return false
  }
}

async function ask(
  env: Env,
  settings: Settings,
  fetch: Fetch,
  message: Open,
  now: number,
): Promise<Statement[]> {
  const { accountId } = message
  const [wamid, token] = await openColumns(
    env.KEEPER,
    accountId,
    [
      { table: 'messages', column: 'wamid', rowId: message.id, sealed: message.wamid },
      { table: 'wabas', column: 'token', rowId: message.wabaId, sealed: message.token },
    ],
    now,
  )
  if (wamid === undefined || token === undefined || message.ref === null) return []
  const answer = await callGraph({
    origin: settings.graphOrigin,
    version: settings.graphVersion,
    path: `${message.phoneNumberId}/message_history`,
    method: 'GET',
    query: { message_id: wamid, fields: 'id,message_id,events{delivery_status,timestamp}' },
    token,
    ...(settings.appSecrets[0] === undefined ? {} : { appSecret: settings.appSecrets[0] }),
    timeoutMs: limits.graphTimeoutMs,
    fetch,
    route: '{number}/message_history',
  })
  if (answer.kind !== 'answered') return []
  const db = database(env.DB)
  const rows = parseHistory(answer.json, wamid).map((event) => ({
    accountId,
    ref: message.ref as string,
    participant: '',
    contactId: message.contactId,
    receivedAt: now,
    errorCode: null,
    ...event,
  }))
  return rows.length === 0 ? [] : [statusesInsert(db, rows), ...derivedUpdate(db, accountId, [message.ref])]
}

/** The delivery states of this message that Meta reports; states it names otherwise (accepted, pending) are left out. */
export function parseHistory(json: unknown, wamid: string): Pick<StatusRow, 'status' | 'at'>[] {
  return items(fields(json).data).flatMap((entry) => {
    if (text(fields(entry).message_id) !== wamid) return []
    return items(fields(fields(entry).events).data).flatMap((event) => {
      const status = known.find((name) => name === text(fields(event).delivery_status)?.toLowerCase())
      const stamp = fields(event).timestamp
      const at = instant(stamp) ?? Date.parse(text(stamp) ?? '')
      return status && Number.isFinite(at) ? [{ status, at }] : []
    })
  })
}
