// What the doctor can mend at Meta when a person presses for it. Each repair is one call that may be made again; afterwards
// the doctor looks once more. Called by doctor-routes.ts.

import { writeBatch } from '../../db/client.ts'
import type { ShownNumber } from '../accounts/numbers.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { GraphAnswer } from '../meta/graph.ts'
import { askMeta, sayRefusal, type World } from './ask.ts'
import { renewHeld, visit } from './doctor.ts'
import { lookAtNumber } from './doctor-facts.ts'
import type { Repair } from './doctor-words.ts'
import { type Held, loadHeld } from './look.ts'
import { askSubscribe, finishNumber, newPin, register, setPin } from './steps.ts'

export type NotRepaired = { reason: 'repair_refused'; detail: string }
type Repaired = Result<string, NotRepaired>
type Asked = { check: Repair; pin?: string | undefined }

const no = (detail: string) => refused({ reason: 'repair_refused' as const, detail })
const answered = (answer: GraphAnswer, sentence: string): Repaired =>
  answer.kind === 'answered' ? ok(sentence) : no(sayRefusal(answer))

/** The sentence of what was done. The doctor has looked again when it returns. */
export async function repair(
  world: World,
  principal: Principal,
  number: ShownNumber,
  { check, pin }: Asked,
): Promise<Repaired> {
  const { accountId } = principal
  const held = await loadHeld(world, accountId, number.wabaId)
  if (!held || number.disconnectedAt !== null) return no('This number is not connected any more.')
  const done = await mend(world, held, number, check, pin)
  const entry = { accountId, actor: actorOf(principal), action: 'number.repair', subject: number.id }
  const reason = done.ok ? check : `${check}: refused`
  await writeBatch(world.db, [entryInsert(world.db, { ...entry, reason, at: world.now })])
  await visit(world, accountId, number.wabaId)
  return done
}

async function mend(
  world: World,
  held: Held,
  number: ShownNumber,
  check: Repair,
  pin: string | undefined,
): Promise<Repaired> {
  const { token, row } = held
  const { accountId, phoneNumberId, wabaId } = number
  if (check === 'reconnect' || token === undefined)
    return no('Only a new token mends this: connect the account again.')
  switch (check) {
    case 'token':
      return (await renewHeld(world, { row, token }))
        ? ok('Meta gave a new token.')
        : no('Meta gave no new token. Connect the account again.')
    case 'subscription':
      return answered(await askSubscribe(world, token, wabaId), 'Meta sends its messages here.')
    case 'callback':
      return removeOverrides(world, token, wabaId, phoneNumberId)
    case 'registration': {
      const one = await register(world, accountId, token, number, pin)
      return one.state === 'failed' ? no(one.sentence) : ok(one.sentence)
    }
    case 'pin':
      return renewPin(world, token, number, pin)
    case 'history':
      return askHistory(world, token, number)
  }
}

/** The number's own callback and that of its account; what is left is the app's. */
async function removeOverrides(
  world: World,
  token: string,
  wabaId: string,
  phoneNumberId: string,
): Promise<Repaired> {
  const body = JSON.stringify({ webhook_configuration: { override_callback_uri: '' } })
  const call = { method: 'POST', path: phoneNumberId, route: '/{number}', body } as const
  const [own, account] = await Promise.all([askMeta(world, token, call), askSubscribe(world, token, wabaId)])
  return own.kind === 'answered'
    ? answered(account, 'No other address takes its messages.')
    : answered(own, '')
}

/** Meta sets it without asking for the one before. */
async function renewPin(
  world: World,
  token: string,
  { id, accountId, phoneNumberId }: ShownNumber,
  pin = newPin(),
): Promise<Repaired> {
  const body = JSON.stringify({ pin })
  const answer = await askMeta(world, token, {
    method: 'POST',
    path: phoneNumberId,
    route: '/{number}',
    body,
  })
  if (answer.kind !== 'answered') return no(sayRefusal(answer))
  await setPin(world, accountId, id, pin)
  return ok('A PIN is set, and kept sealed.')
}

async function askHistory(world: World, token: string, number: ShownNumber): Promise<Repaired> {
  const heard = await lookAtNumber(world, token, number.phoneNumberId)
  if (!heard?.shared) return no('This number is not shared with the WhatsApp Business app.')
  const meta = {
    id: number.phoneNumberId,
    displayPhoneNumber: '',
    verifiedName: '',
    status: heard.status,
    shared: true,
  }
  const steps = await finishNumber(world, number.accountId, token, { id: number.id, meta })
  const failed = steps.find(({ state }) => state === 'failed')
  return failed ? no(failed.sentence) : ok('Contacts and history were asked for.')
}
