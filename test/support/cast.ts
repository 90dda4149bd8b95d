// The fixed cast of every test: two businesses, three people, all invented. Who they are at Meta is said once, in
// test/simulators/meta/cast.ts; here stand the ids that the gateway gives them.

import * as meta from '../simulators/meta/cast.ts'
import type { BusinessSetup, NumberSetup, WabaSetup } from '../simulators/meta/options.ts'

export type Business = {
  accountId: string
  name: string
  wabaId: string
  numberId: string
  phoneNumberId: string
  /** Digits alone, as webhooks write it. */
  displayPhoneNumber: string
  token: string
}

function business(accountId: string, numberId: string, { name, token, wabas }: BusinessSetup): Business {
  const [{ id: wabaId, numbers }] = wabas as [WabaSetup]
  const [number] = numbers as [NumberSetup]
  const displayPhoneNumber = number.displayPhoneNumber.replace(/\D/g, '')
  return { accountId, name, wabaId, numberId, phoneNumberId: number.id, displayPhoneNumber, token }
}

export const sol = business('acc_sol', 'num_sol', meta.panaderia)
export const monsoon = business('acc_monsoon', 'num_monsoon', meta.monsoon)

export type Person = { name?: string; phone?: string; bsuid?: string; username?: string }

/** Everybody's user id is the one that Panaderia Sol is shown. */
const bsuid = ({ userIds }: { userIds: Record<string, string> }) => userIds[meta.panaderia.id] as string

export const ana = { name: meta.ana.name, phone: meta.ana.phone, bsuid: bsuid(meta.ana) }
export const ravi = { name: meta.ravi.name, phone: meta.ravi.phone, bsuid: bsuid(meta.ravi) }
/** Adopted a username; her phone is never shown. */
export const mei = { name: meta.mei.name, username: meta.mei.username, bsuid: bsuid(meta.mei) }
