// The walk through Meta's own window (Embedded Signup): state → code becomes a token → token kept → which accounts does it
// reach → account taken → numbers recorded → webhooks, registration, history. From the second step on it can be walked
// again without the code, by the browser, by the cron or by the doctor's repairs. Called by signup-routes.ts and the cron.
// Source: Embedded Signup v4, coexistence (Meta).

import { writeBatch } from '../../db/client.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { NotConnected, World } from './ask.ts'
import { loadMetaAccount, type MetaAccount } from './assets.ts'
import { type Attempt, holdToken, loadUnfinished, takeAttempt, tokenReleaseUpdate } from './attempt.ts'
import { type Connector, keepAccount, keepNumbers } from './keep.ts'
import { finishNumber, type Step, step, subscribe } from './steps.ts'
import { exchangeCode, inspectToken, type TokenFacts, tokenFault } from './token.ts'

/** What the browser hands over. The ids are hints: what is connected is what the token reaches. */
export type Completion = {
  state: string
  code: string
  wabaId?: string | undefined
  phoneNumberId?: string | undefined
}
export type Connected = { wabaIds: string[]; numberIds: string[]; steps: Step[] }

export async function completeSignup(
  world: World,
  principal: Principal,
  asked: Completion,
): Promise<Result<Connected, NotConnected>> {
  const attempt = await takeAttempt(world, principal, asked.state, asked.wabaId)
  if (!attempt) return refused({ reason: 'signup_closed', detail: 'Open the page again and begin anew.' })
  if (attempt.token === undefined) {
    const exchanged = await exchangeCode(world, asked.code)
    if (!exchanged.ok) return exchanged
    attempt.token = exchanged.value
    await holdToken(world, attempt, exchanged.value)
  }
  const by = { accountId: principal.accountId, actor: actorOf(principal) }
  return connectAttempt(world, by, attempt, asked.phoneNumberId)
}

/** Takes up what was interrupted between the token and the record. Run by the cron. Returns how many were finished. */
export async function resumeSignups(world: World): Promise<number> {
  let finished = 0
  for (const attempt of await loadUnfinished(world)) {
    try {
      const by = { accountId: attempt.accountId, actor: `member:${attempt.memberId}` }
      const connected = await connectAttempt(world, by, attempt, undefined)
      if (connected.ok) finished++
      else if (connected.reason !== 'meta_unreachable') await giveUp(world, attempt, connected.detail)
    } catch (cause) {
      log('warn', 'signup.not_resumed', { accountId: attempt.accountId, error: errorName(cause) })
    }
  }
  return finished
}

async function connectAttempt(
  world: World,
  by: Connector,
  attempt: Attempt,
  phoneNumberId: string | undefined,
): Promise<Result<Connected, NotConnected>> {
  const { token } = attempt
  if (token === undefined) return giveUp(world, attempt, 'The token cannot be opened. Connect again.')
  const inspected = await inspectToken(world, token)
  if (!inspected.ok) return inspected
  const fault = tokenFault(inspected.value, world.settings.appId)
  if (fault !== undefined) return giveUp(world, attempt, fault)
  const reached = await loadReached(world, token, inspected.value, attempt.wabaId, phoneNumberId)
  if (!reached.ok) return reached
  return record(world, by, attempt, inspected.value, reached.value)
}

/** A token that can connect nothing is not kept. */
async function giveUp(world: World, { digest }: Attempt, detail: string) {
  await writeBatch(world.db, [tokenReleaseUpdate(world, digest)])
  return refused({ reason: 'connect_refused' as const, detail })
}

const elsewhere = 'The token that Meta gave does not reach the account and number that the window named.'

/** The accounts that this sign-up is about, as Meta shows them to the token. */
async function loadReached(
  world: World,
  token: string,
  { targets }: TokenFacts,
  named: string | null,
  phoneNumberId: string | undefined,
): Promise<Result<MetaAccount[], NotConnected>> {
  if (named !== null && targets && !targets.includes(named))
    return refused({ reason: 'connect_refused', detail: elsewhere })
  const wabaIds = named === null ? (targets ?? []).slice(0, limits.signupAccounts) : [named]
  const accounts: MetaAccount[] = []
  for (const wabaId of wabaIds) {
    const account = await loadMetaAccount(world, token, wabaId)
    if (!account.ok)
      return named !== null && account.reason === 'connect_refused'
        ? refused({ reason: 'connect_refused', detail: elsewhere })
        : account
    accounts.push(account.value)
  }
  const listed = accounts.some(({ numbers }) => numbers.some(({ id }) => id === phoneNumberId))
  if (phoneNumberId !== undefined && !listed) return refused({ reason: 'connect_refused', detail: elsewhere })
  if (accounts.length > 0) return ok(accounts)
  return refused({
    reason: 'connect_refused',
    detail:
      'Meta did not say which WhatsApp account was chosen. Open the window again and go to its last page.',
  })
}

/** All accounts are taken before anything of them is recorded, so that a crash between is taken up again by the token. */
async function record(
  world: World,
  by: Connector,
  attempt: Attempt,
  { expiresAt }: TokenFacts,
  reached: MetaAccount[],
): Promise<Result<Connected, NotConnected>> {
  const token = attempt.token as string
  const steps = [step('token', 'done', 'Meta gave a token, which is kept sealed.')]
  const own: MetaAccount[] = []
  for (const account of reached) {
    const way = account.numbers.some(({ shared }) => shared) ? ('coexistence' as const) : ('signup' as const)
    const { wabaId, businessId } = account
    const claim = { wabaId, token, way, tokenExpiresAt: expiresAt, businessId }
    if (await keepAccount(world, by.accountId, claim)) own.push(account)
  }
  if (own.length === 0) {
    await writeBatch(world.db, [tokenReleaseUpdate(world, attempt.digest)])
    return refused({ reason: 'number_taken', detail: 'Another workspace has this WhatsApp account.' })
  }
  const numberIds: string[] = []
  for (const [i, account] of own.entries()) {
    const last = i === own.length - 1 ? [tokenReleaseUpdate(world, attempt.digest)] : []
    const { kept, taken } = await keepNumbers(world, by, account.wabaId, account.numbers, last)
    numberIds.push(...kept.map(({ id }) => id))
    steps.push(step('account', 'done', 'The WhatsApp account is connected.'))
    steps.push(...taken.map(() => step('number', 'failed', 'Another workspace has one of its numbers.')))
    if (account.numbers.length === 0)
      steps.push(
        step('number', 'skipped', 'It has no number yet. Add one in WhatsApp Manager, then look again.'),
      )
    steps.push(await subscribe(world, token, account.wabaId))
    for (const one of kept) steps.push(...(await finishNumber(world, by.accountId, token, one)))
  }
  return ok({ wabaIds: own.map(({ wabaId }) => wabaId), numberIds, steps })
}
