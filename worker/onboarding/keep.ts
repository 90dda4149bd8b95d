// What a connection writes: the account with its token, then its numbers. Called by connect.ts, signup.ts and look.ts.

import { and, eq, isNull } from 'drizzle-orm'
import { type Statement, schema, writeBatch } from '../../db/client.ts'
import {
  claimWaba,
  connectionHoldsLift,
  loadNumber,
  numberIdOf,
  numberUpsert,
  type Way,
} from '../accounts/numbers.ts'
import { entryInsert } from '../audit/audit.ts'
import { keeperOf, sealColumn } from '../custody/sealing.ts'
import type { World } from './ask.ts'
import type { MetaNumber } from './assets.ts'

export type Claim = {
  wabaId: string
  token: string
  way: Way
  tokenExpiresAt: number | null
  businessId: string | null
}
/** Who connects, as the ledger names them. */
export type Connector = { accountId: string; actor: string }

const accountSeal = async (world: World, accountId: string) =>
  (await keeperOf(world.env.KEEPER, accountId).resolve([])).account.seal

/** Takes the account for this workspace, token and all, or renews it; false when another workspace has it. */
export async function keepAccount(world: World, accountId: string, claim: Claim): Promise<boolean> {
  const key = await accountSeal(world, accountId)
  const token = await sealColumn(key, 'wabas', 'token', claim.wabaId, claim.token)
  return claimWaba(world.db, { ...claim, accountId, token, connectedAt: world.now })
}

export type Kept = { id: string; meta: MetaNumber }

/**
 * The numbers that are not another workspace's, the end of the holds that a new connection ends, and the ledger's entries,
 * in one batch with what else is to be written.
 */
export async function keepNumbers(
  world: World,
  by: Connector,
  wabaId: string,
  found: MetaNumber[],
  more: Statement[] = [],
): Promise<{ kept: Kept[]; taken: MetaNumber[] }> {
  const { db, now } = world
  const { accountId, actor } = by
  const key = await accountSeal(world, accountId)
  const standing = await Promise.all(found.map(({ id }) => loadNumber(db, id)))
  const taken = found.filter((_, i) => (standing[i]?.accountId ?? accountId) !== accountId)
  const kept = found.flatMap((meta, i) =>
    taken.includes(meta) ? [] : [{ id: standing[i]?.id ?? numberIdOf(accountId, meta.id), meta }],
  )
  const statements = await Promise.all(
    kept.map(async ({ id, meta }) => {
      const seal = (column: string, plain: string) => sealColumn(key, 'numbers', column, id, plain)
      const row = {
        id,
        accountId,
        wabaId,
        phoneNumberId: meta.id,
        displayPhoneNumber: await seal('display_phone_number', meta.displayPhoneNumber),
        verifiedName: await seal('verified_name', meta.verifiedName),
        connectedAt: now,
      }
      const entry = { accountId, actor, action: 'number.connect', subject: id, at: now }
      return [numberUpsert(db, row), entryInsert(db, entry)]
    }),
  )
  const account =
    kept.length > 0 ? [] : [{ accountId, actor, action: 'waba.connect', subject: wabaId, at: now }]
  await writeBatch(db, [
    ...statements.flat(),
    ...account.map((entry) => entryInsert(db, entry)),
    connectionHoldsLift(db, accountId, wabaId, now),
    ...more,
  ])
  return { kept, taken }
}

/**
 * The PIN of a number, sealed before Meta hears of it: a PIN that Meta knows and we do not locks the number. The first one
 * stands, whoever else registers at the same time.
 */
export async function keepPin(world: World, accountId: string, numberId: string, pin: string): Promise<void> {
  const { numbers } = schema
  const sealed = await sealColumn(await accountSeal(world, accountId), 'numbers', 'pin', numberId, pin)
  const here = and(eq(numbers.id, numberId), eq(numbers.accountId, accountId), isNull(numbers.pin))
  await writeBatch(world.db, [world.db.update(numbers).set({ pin: sealed }).where(here)])
}
