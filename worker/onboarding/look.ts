// Looks once more which numbers a connected WhatsApp account has, and connects those that are new: an account may be
// connected before it has any, and a sign-up may have been interrupted. Needs no code of Meta's window. Called by the doors.

import { and, eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { openColumns } from '../custody/sealing.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { NotConnected, World } from './ask.ts'
import { loadMetaNumbers } from './assets.ts'
import { keepNumbers } from './keep.ts'
import type { Connected } from './signup.ts'
import { finishNumber, type Step, step, subscribe } from './steps.ts'

const { numbers, wabas } = schema

export type Held = { row: typeof wabas.$inferSelect; token: string | undefined }

/** The WhatsApp account of this workspace with its token; undefined when it has no such account. */
export async function loadHeld(world: World, accountId: string, wabaId: string): Promise<Held | undefined> {
  const here = and(eq(wabas.wabaId, wabaId), eq(wabas.accountId, accountId))
  const row = await world.db.select().from(wabas).where(here).get()
  if (!row) return undefined
  const column = { table: 'wabas', column: 'token', rowId: wabaId, sealed: row.token }
  const [token] = await openColumns(world.env.KEEPER, accountId, [column], world.now)
  return { row, token }
}

/** Whoever disconnected a number connects it again by naming it; a look at its account is no wish to have it back. */
async function loadDisconnected({ db }: World, accountId: string): Promise<Set<string>> {
  const rows = await db
    .select({ id: numbers.phoneNumberId, at: numbers.disconnectedAt })
    .from(numbers)
    .where(eq(numbers.accountId, accountId))
  const connected = new Set(rows.filter(({ at }) => at === null).map(({ id }) => id))
  return new Set(rows.map(({ id }) => id).filter((id) => !connected.has(id)))
}

/** Undefined when the workspace has no such account. */
export async function lookForNumbers(
  world: World,
  principal: Principal,
  wabaId: string,
): Promise<Result<Connected, NotConnected> | undefined> {
  const held = await loadHeld(world, principal.accountId, wabaId)
  if (!held) return undefined
  const { token } = held
  if (token === undefined) return refused({ reason: 'connect_refused', detail: 'Connect the account again.' })
  const listed = await loadMetaNumbers(world, token, wabaId)
  if (!listed.ok) return listed
  const steps: Step[] = []
  const by = { accountId: principal.accountId, actor: actorOf(principal) }
  const left = await loadDisconnected(world, by.accountId)
  const wanted = listed.value.filter(({ id }) => !left.has(id))
  const { kept, taken } =
    wanted.length > 0 ? await keepNumbers(world, by, wabaId, wanted) : { kept: [], taken: [] }
  for (const { id, displayPhoneNumber } of listed.value)
    if (left.has(id))
      steps.push(
        step(
          'number',
          'skipped',
          `${displayPhoneNumber} was disconnected here. To have it back, connect it by hand or in Meta’s window.`,
        ),
      )
  steps.push(...taken.map(() => step('number', 'failed', 'Another workspace has one of its numbers.')))
  if (listed.value.length === 0)
    steps.push(
      step('number', 'skipped', 'It has no number yet. Add one in WhatsApp Manager, then look again.'),
    )
  steps.push(await subscribe(world, token, wabaId))
  for (const one of kept) steps.push(...(await finishNumber(world, by.accountId, token, one)))
  return ok({ wabaIds: [wabaId], numberIds: kept.map(({ id }) => id), steps })
}
