// A business that signs up: a new portfolio, account and number, and the code that Meta's window hands over.
// Called by control/app.ts. Source: Meta’s documentation (PARTNER_ADDED, PARTNER_APP_INSTALLED).

import { Hono } from 'hono'
import { newCode } from '../graph/oauth.ts'
import { numericId } from '../ids.ts'
import type { Sim } from '../sim.ts'
import type { Json } from '../state.ts'
import { defaultTemplates } from '../templates-default.ts'
import { addBusiness } from '../world-build.ts'
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

function signUp(sim: Sim, body: Json): Json {
  const { state } = sim.world
  const known = textOf(body, 'waba_id')
  const waba = known === null ? undefined : state.wabas.get(known)
  if (known !== null && !waba) throw new BadControl(`waba_id: there is no account ${known}`)
  if (waba) {
    const code = newCode(sim, waba.businessId, [waba.id], textOf(body, 'code') ?? undefined)
    return {
      code: code.value,
      waba_id: waba.id,
      phone_number_id: waba.numberIds[0] ?? null,
      business_id: waba.businessId,
    }
  }
  const name = textOf(body, 'name') ?? 'New Business'
  const ids = { business: numericId('503'), waba: numericId('203'), number: numericId('303') }
  const display = textOf(body, 'display_phone_number') ?? `+34 9${numericId('1', 8)}`
  const coexistence = body.coexistence === true
  addBusiness(state, {
    id: ids.business,
    name,
    token: '',
    wabas: [
      {
        id: ids.waba,
        name,
        subscribed: false,
        templates: defaultTemplates,
        numbers: [
          {
            id: ids.number,
            displayPhoneNumber: display,
            verifiedName: name,
            registered: coexistence,
            coexistence,
          },
        ],
      },
    ],
  })
  const code = newCode(sim, ids.business, [ids.waba], textOf(body, 'code') ?? undefined)
  if (body.announce !== false) announcePartner(sim, ids.waba, ids.business)
  return {
    code: code.value,
    waba_id: ids.waba,
    phone_number_id: ids.number,
    business_id: ids.business,
    display_phone_number: display,
  }
}

export function signupRoutes(sim: Sim): Hono {
  const app = new Hono()
  app.post('/signup', async (c) => c.json(signUp(sim, await controlBody(c))))
  return app
}
