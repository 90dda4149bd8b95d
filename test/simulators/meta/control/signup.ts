// A business that signs up: a new portfolio, account and number, and the code that Meta's window hands over.
// Called by control/app.ts. Source: Meta’s documentation (PARTNER_ADDED, PARTNER_APP_INSTALLED).

import { Hono } from 'hono'
import { newCode } from '../graph/oauth.ts'
import { numericId } from '../ids.ts'
import type { Sim } from '../sim.ts'
import type { Json, TokenKind } from '../state.ts'
import { defaultTemplates } from '../templates-default.ts'
import { addBusiness, newNumber } from '../world-build.ts'
import { BadControl, controlBody, textOf } from './body.ts'

function announcePartner(sim: Sim, wabaId: string, businessId: string): void {
  for (const event of ['PARTNER_ADDED', 'PARTNER_APP_INSTALLED']) {
    const installed = event === 'PARTNER_APP_INSTALLED' ? { partner_app_id: sim.options.appId } : {}
    // The entry carries the partner's own portfolio, not the account: Meta's trap.
    sim.courier.enqueue({
      dueAt: sim.world.now(),
      entryId: '601900100200300',
      wabaId: null,
      numberId: null,
      field: 'account_update',
      timed: true,
      value: { event, waba_info: { waba_id: wabaId, owner_business_id: businessId, ...installed } },
    })
  }
}

const kindOf = (body: Json): TokenKind => ({
  expires: body.expires === true,
  flat: body.flat === true,
  otherApp: body.other_app === true,
  ...(typeof body.lacking === 'string' ? { lacking: body.lacking } : {}),
})

function signUp(sim: Sim, body: Json): Json {
  const { state } = sim.world
  const known = textOf(body, 'waba_id')
  const waba = known === null ? undefined : state.wabas.get(known)
  if (known !== null && !waba) throw new BadControl(`waba_id: there is no account ${known}`)
  const given = textOf(body, 'code') ?? undefined
  if (waba) {
    const code = newCode(sim, waba.businessId, [waba.id], given, kindOf(body))
    return {
      code: code.value,
      waba_id: waba.id,
      phone_number_id: waba.numberIds[0] ?? null,
      business_id: waba.businessId,
    }
  }
  const made = newBusiness(sim, body)
  const code = newCode(sim, made.business_id, [made.waba_id], given, kindOf(body))
  if (body.announce !== false) announcePartner(sim, made.waba_id, made.business_id)
  return { code: code.value, ...made }
}

/** `only_waba`: it has no number yet. `pin`: its number has a two-step PIN already. */
function newBusiness(sim: Sim, body: Json) {
  const name = textOf(body, 'name') ?? 'New Business'
  const ids = { business: numericId('503'), waba: numericId('203'), number: numericId('303') }
  const display = textOf(body, 'display_phone_number') ?? `+34 9${numericId('1', 8)}`
  const coexistence = body.coexistence === true
  const pin = textOf(body, 'pin')
  const number = {
    id: ids.number,
    displayPhoneNumber: display,
    verifiedName: name,
    registered: coexistence,
    coexistence,
    ...(pin === null ? {} : { pin }),
  }
  const numbers = body.only_waba === true ? [] : [number]
  const waba = { id: ids.waba, name, subscribed: false, templates: defaultTemplates, numbers }
  addBusiness(sim.world.state, { id: ids.business, name, token: '', wabas: [waba] })
  const made = sim.world.state.numbers.get(ids.number)
  if (made) {
    made.onboardedAt = sim.world.now()
    made.historyDeclined = body.history === false
  }
  return {
    waba_id: ids.waba,
    phone_number_id: made ? ids.number : null,
    business_id: ids.business,
    display_phone_number: made ? display : null,
  }
}

/** A number that is added to an account in WhatsApp Manager, after the sign-up. */
function addNumber(sim: Sim, body: Json): Json {
  const waba = sim.world.state.wabas.get(textOf(body, 'waba_id') ?? '')
  if (!waba) throw new BadControl('waba_id: there is no such account')
  const displayPhoneNumber = textOf(body, 'display_phone_number') ?? `+34 9${numericId('1', 8)}`
  const number = newNumber(
    { id: numericId('303'), displayPhoneNumber, verifiedName: waba.name, registered: false },
    waba.id,
  )
  sim.world.state.numbers.set(number.id, number)
  waba.numberIds.push(number.id)
  sim.world.touch()
  return { phone_number_id: number.id, display_phone_number: displayPhoneNumber }
}

export function signupRoutes(sim: Sim): Hono {
  const app = new Hono()
  app.post('/signup', async (c) => c.json(signUp(sim, await controlBody(c))))
  app.post('/numbers', async (c) => c.json(addNumber(sim, await controlBody(c))))
  return app
}
