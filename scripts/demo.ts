// The two businesses of the local demo, as the simulated Meta knows them. Called by local.ts and test/support/stack.ts.

import { monsoon, panaderia } from '../test/simulators/meta/cast.ts'
import type { SeedBusiness } from './seed.ts'

function fromCast(business: typeof panaderia | typeof monsoon, ownerEmail: string): SeedBusiness {
  const { name, token, wabas } = business
  const waba = wabas[0]
  const number = waba?.numbers[0]
  if (!waba || !number) throw new Error(`${name} has no number`)
  const { id: phoneNumberId, displayPhoneNumber } = number
  return { name, ownerEmail, token, wabaId: waba.id, phoneNumberId, displayPhoneNumber }
}

export const demoBusinesses: SeedBusiness[] = [
  // One of each: requests of the one's contacts go through at once, about the other's it decides.
  { ...fromCast(panaderia, 'owner@panaderia-sol.example'), letsThrough: true },
  fromCast(monsoon, 'owner@monsoon-books.example'),
]

/** Of Facebook Login for Business at the simulated Meta, whose sign-up window opens with any. */
export const demoConfigId = '701800900100200'
