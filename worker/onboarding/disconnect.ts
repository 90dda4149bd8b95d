// The walk that disconnects a number: let go of Meta, when it is the last number of its account → destroy the token → record.
// What was said stays; the number gate refuses to send. Called by routes.ts. Source: subscribed_apps (Graph API).

import { and, eq, inArray, isNull, ne, sql } from 'drizzle-orm'
import { schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { askMeta, type World } from './ask.ts'
import { loadHeld } from './look.ts'

const { checkups, numbers, wabas } = schema

/** False when the workspace has no such number that is connected. */
export async function disconnectNumber(world: World, principal: Principal, id: string): Promise<boolean> {
  const { db, now } = world
  const { accountId } = principal
  const here = and(eq(numbers.id, id), eq(numbers.accountId, accountId), isNull(numbers.disconnectedAt))
  const row = await db.select().from(numbers).where(here).get()
  if (!row) return false
  const others = and(
    eq(numbers.accountId, accountId),
    eq(numbers.wabaId, row.wabaId),
    isNull(numbers.disconnectedAt),
    ne(numbers.id, id),
  )
  const last = (await db.$count(numbers, others)) === 0
  const held = last ? await loadHeld(world, accountId, row.wabaId) : undefined
  if (held?.token !== undefined) await unsubscribe(world, row.wabaId, held.token)
  const entry = { accountId, actor: actorOf(principal), action: 'number.disconnect', subject: id, at: now }
  const gone = last ? [id, row.wabaId] : [id]
  await writeBatch(db, [
    db.update(numbers).set({ disconnectedAt: now, pin: null, registeredAt: null }).where(here),
    db.delete(checkups).where(and(eq(checkups.accountId, accountId), inArray(checkups.assetId, gone))),
    // Unless another of its numbers was connected meanwhile.
    db.delete(wabas).where(
      sql`${wabas.wabaId} = ${row.wabaId} AND ${wabas.accountId} = ${accountId} AND NOT EXISTS (SELECT 1 FROM numbers n
        WHERE n.account_id = ${accountId} AND n.waba_id = ${row.wabaId} AND n.disconnected_at IS NULL)`,
    ),
    entryInsert(db, entry),
  ])
  return true
}

/**
 * While the token is still here. Our copy of it is destroyed whatever Meta answers; it is not revoked there, because one
 * token opens every account that this business gave to this app.
 */
async function unsubscribe(world: World, wabaId: string, token: string): Promise<void> {
  const path = `${wabaId}/subscribed_apps`
  await askMeta(world, token, { method: 'DELETE', path, route: '/{waba}/subscribed_apps' })
}
