// What of Meta belongs to the caller's account, and which id of a path is whose. Called by proxy.ts and media.ts.

import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { openToken, type StandingHold, standingHolds } from './facts.ts'
import type { Outside } from './outside.ts'

const { numbers, wabas } = schema

export type Waba = { wabaId: string; token: string | null }
export type Assets = {
  numbers: { phoneNumberId: string; wabaId: string }[]
  /** Oldest first; the token is still sealed. */
  wabas: Waba[]
  holds: StandingHold[]
  /** `foreign` belongs to another account and is answered like what does not exist; `unknown` only Meta knows. */
  kind: 'number' | 'waba' | 'foreign' | 'unknown'
}

export async function loadAssets(out: Outside, id: string): Promise<Assets> {
  const { accountId } = out.principal
  const { db } = out
  const [ownNumbers, ownWabas, holds, foreignNumbers, foreignWabas] = await db.batch([
    db
      .select({ phoneNumberId: numbers.phoneNumberId, wabaId: numbers.wabaId })
      .from(numbers)
      .where(and(eq(numbers.accountId, accountId), isNull(numbers.disconnectedAt)))
      .orderBy(asc(numbers.id)),
    db
      .select({ wabaId: wabas.wabaId, token: wabas.token })
      .from(wabas)
      .where(eq(wabas.accountId, accountId))
      .orderBy(asc(wabas.connectedAt), asc(wabas.wabaId)),
    standingHolds(db, accountId),
    db
      .select({ one: sql`1` })
      .from(numbers)
      .where(
        and(eq(numbers.phoneNumberId, id), ne(numbers.accountId, accountId), isNull(numbers.disconnectedAt)),
      ),
    db
      .select({ one: sql`1` })
      .from(wabas)
      .where(and(eq(wabas.wabaId, id), ne(wabas.accountId, accountId))),
  ])
  const kind = ownNumbers.some((one) => one.phoneNumberId === id)
    ? 'number'
    : ownWabas.some((one) => one.wabaId === id)
      ? 'waba'
      : foreignNumbers.length + foreignWabas.length > 0
        ? 'foreign'
        : 'unknown'
  return { numbers: ownNumbers, wabas: ownWabas, holds, kind }
}

export const wabaOfNumber = (assets: Assets, phoneNumberId: string): Waba | undefined => {
  const wabaId = assets.numbers.find((one) => one.phoneNumberId === phoneNumberId)?.wabaId
  return assets.wabas.find((one) => one.wabaId === wabaId)
}

/** The accounts whose token may open this path, with their tokens opened; those without one are left out. */
export async function tokensOf(
  out: Outside,
  candidates: Waba[],
): Promise<{ wabaId: string; token: string }[]> {
  const opened = await Promise.all(
    candidates.map(async ({ wabaId, token }) => ({ wabaId, token: await openToken(out, wabaId, token) })),
  )
  return opened.flatMap(({ wabaId, token }) => (token === undefined ? [] : [{ wabaId, token }]))
}
