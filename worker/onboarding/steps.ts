// What follows once a token is kept: webhooks, registration, and for numbers shared with the WhatsApp Business app the one
// request for its contacts and its history. Each step may be walked again, needs no code of Meta's window, and says in a
// sentence how it went. Called by signup.ts, look.ts and repair.ts. Source: subscribed_apps, register, smb_app_data (Meta).

import { and, eq } from 'drizzle-orm'
import { schema, writeBatch } from '../../db/client.ts'
import { openColumns } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import type { GraphAnswer } from '../meta/graph.ts'
import { askMeta, type NotAnswered, sayRefusal, type World } from './ask.ts'
import type { Kept } from './keep.ts'
import { keepPin } from './keep.ts'

const { numbers } = schema

export type StepName =
  | 'token'
  | 'account'
  | 'number'
  | 'subscription'
  | 'registration'
  | 'contacts'
  | 'history'
export type Step = {
  step: StepName
  state: 'done' | 'failed' | 'skipped'
  sentence: string
  /** The number it is about; null when it is about the account. */
  numberId: string | null
}

export const step = (
  name: StepName,
  state: Step['state'],
  sentence: string,
  numberId: string | null = null,
): Step => ({ step: name, state, sentence, numberId })

/** Our app at the account, without a callback of its own: an override of an earlier provider is removed with it. */
export const askSubscribe = (world: World, token: string, wabaId: string): Promise<GraphAnswer> =>
  askMeta(world, token, {
    method: 'POST',
    path: `${wabaId}/subscribed_apps`,
    route: '/{waba}/subscribed_apps',
  })

export async function subscribe(world: World, token: string, wabaId: string): Promise<Step> {
  const answer = await askSubscribe(world, token, wabaId)
  return answer.kind === 'answered'
    ? step('subscription', 'done', 'Messages to this account come here.')
    : step('subscription', 'failed', `Meta does not send its messages here yet. ${sayRefusal(answer)}`)
}

/** What a number still needs, by what Meta said of it. */
export async function finishNumber(
  world: World,
  accountId: string,
  token: string,
  { id, meta }: Kept,
): Promise<Step[]> {
  if (meta.shared) return syncApp(world, accountId, token, id)
  if (meta.status === 'CONNECTED') {
    await numberUpdate(world, accountId, id, { registeredAt: world.now })
    return [step('registration', 'skipped', 'It was registered already and stays as it is.', id)]
  }
  return [await register(world, accountId, token, { id, phoneNumberId: meta.id })]
}

export const newPin = (): string => {
  // As many of each: what is above the last whole million is drawn again.
  for (;;) {
    const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1))
    if (drawn < 4_294_000_000) return String(drawn % 1_000_000).padStart(6, '0')
  }
}

type Own = { id: string; phoneNumberId: string }

/**
 * Registers the number with the Cloud API. Meta allows ten tries in 72 hours, so nothing here tries twice, and nobody calls
 * this without a person who asked. `pin`: the one that the number has already.
 */
export async function register(
  world: World,
  accountId: string,
  token: string,
  { id, phoneNumberId }: Own,
  pin?: string,
): Promise<Step> {
  if (pin !== undefined) await numberUpdate(world, accountId, id, { pin: null })
  await keepPin(world, accountId, id, pin ?? newPin())
  const kept = await loadPin(world, accountId, id)
  if (kept === undefined) return step('registration', 'failed', 'Its PIN cannot be opened. Type it.', id)
  const answer = await askMeta(world, token, {
    method: 'POST',
    path: `${phoneNumberId}/register`,
    route: '/{number}/register',
    body: JSON.stringify({ messaging_product: 'whatsapp', pin: kept }),
  })
  if (answer.kind === 'answered') {
    await numberUpdate(world, accountId, id, { registeredAt: world.now })
    return step('registration', 'done', 'It is registered, with a PIN that is kept sealed.', id)
  }
  // The PIN that was drawn is not the number's.
  if (wrongPin(answer)) await numberUpdate(world, accountId, id, { pin: null })
  return step('registration', 'failed', sayRegistration(answer, pin !== undefined), id)
}

const wrongPin = (answer: GraphAnswer): boolean => answer.kind === 'rejected' && answer.error.code === 133005

function sayRegistration(answer: NotAnswered, typed: boolean): string {
  if (answer.kind === 'unclear')
    return 'Meta gave no clear answer to the registration. The doctor tells whether it went through.'
  if (wrongPin(answer))
    return typed
      ? 'This PIN is not the right one.'
      : 'This number has a two-step PIN already. Type it, and it is registered.'
  if (answer.error.code === 133016)
    return 'It was registered too often: Meta allows it again 72 hours after the first try.'
  return `It is not registered. ${sayRefusal(answer)}`
}

const loadPin = async (world: World, accountId: string, id: string): Promise<string | undefined> => {
  const here = and(eq(numbers.id, id), eq(numbers.accountId, accountId))
  const row = await world.db.select({ pin: numbers.pin }).from(numbers).where(here).get()
  const column = { table: 'numbers', column: 'pin', rowId: id, sealed: row?.pin ?? null }
  return (await openColumns(world.env.KEEPER, accountId, [column], world.now))[0]
}

/** A PIN that Meta has taken takes the place of the one before. */
export async function setPin(world: World, accountId: string, id: string, pin: string): Promise<void> {
  await numberUpdate(world, accountId, id, { pin: null })
  await keepPin(world, accountId, id, pin)
}

const syncs = [
  ['contacts', 'smb_app_state_sync', 'stateSyncAt'],
  ['history', 'history', 'historySyncAt'],
] as const

/** Contacts first, then history; each once, and within a day of connecting. */
async function syncApp(world: World, accountId: string, token: string, id: string): Promise<Step[]> {
  const here = and(eq(numbers.id, id), eq(numbers.accountId, accountId))
  const row = await world.db.select().from(numbers).where(here).get()
  if (!row) return []
  const steps: Step[] = [
    step('registration', 'skipped', 'It stays registered with the WhatsApp Business app.', id),
  ]
  for (const [name, kind, column] of syncs) {
    if (row[column] !== null) {
      steps.push(step(name, 'skipped', 'Meta was asked for this before; it gives it once.', id))
    } else if (world.now > row.connectedAt + limits.historySyncMs) {
      steps.push(step(name, 'failed', 'Meta gives this only within a day of connecting.', id))
    } else steps.push(await sync(world, accountId, token, row, name, kind, column))
  }
  return steps
}

async function sync(
  world: World,
  accountId: string,
  token: string,
  own: Own,
  name: 'contacts' | 'history',
  kind: string,
  column: 'stateSyncAt' | 'historySyncAt',
): Promise<Step> {
  const answer = await askMeta(world, token, {
    method: 'POST',
    path: `${own.phoneNumberId}/smb_app_data`,
    route: '/{number}/smb_app_data',
    body: JSON.stringify({ messaging_product: 'whatsapp', sync_type: kind }),
  })
  const code = answer.kind === 'rejected' ? answer.error.code : undefined
  if (answer.kind === 'answered' || code === 2593107) {
    await numberUpdate(world, accountId, own.id, { [column]: world.now })
    const what = name === 'contacts' ? 'The contacts of the app' : 'What was said in the app before'
    return step(name, 'done', `${what} will come in the next hours.`, own.id)
  }
  if (code === 2593109)
    return step(name, 'failed', 'It was not shared when the number was connected.', own.id)
  const why =
    code === 2593108 ? 'Meta gives this only within a day of connecting.' : sayRefusal(answer as NotAnswered)
  return step(name, 'failed', why, own.id)
}

type Change = Partial<
  Pick<typeof numbers.$inferInsert, 'pin' | 'registeredAt' | 'stateSyncAt' | 'historySyncAt'>
>

async function numberUpdate(world: World, accountId: string, id: string, change: Change): Promise<void> {
  const here = and(eq(numbers.id, id), eq(numbers.accountId, accountId))
  await writeBatch(world.db, [world.db.update(numbers).set(change).where(here)])
}
