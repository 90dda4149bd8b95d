// Who a send is for, from `to`, `recipient` and `recipient_type`. Called by the send walk.
// Source: Meta’s documentation: both given, `to` wins; a business-scoped id in `to` answers 200 and is lost.

import { refusal } from '../errors.ts'
import { callingCodeOf, userIdPattern } from '../ids.ts'
import type { Group, Json, Person, PhoneNumber } from '../state.ts'
import type { World } from '../world.ts'
import { missing } from './call.ts'

export type Recipient =
  | { via: 'phone'; input: string; waId: string; person: Person }
  | { via: 'user'; input: string; userId: string; person: Person | null }
  | { via: 'group'; input: string; group: Group }
  | { via: 'lost'; input: string; waId: string }

function toPhone(world: World, number: PhoneNumber, input: string): Recipient {
  const plain = input.replace(/[\s().-]/g, '')
  if (!/^\+?\d{5,15}$/.test(plain)) {
    if (/^[A-Z]{2}\./i.test(input)) return { via: 'lost', input, waId: input.replace(/\D/g, '') }
    throw refusal(131009, "Parameter 'to' is not a valid phone number")
  }
  const bare = plain.replace('+', '')
  const prefixed = !plain.startsWith('+') && world.settings.prependCountryCode
  const person = world.personByPhone(prefixed ? `${callingCodeOf(number.digits)}${bare}` : bare)
  return { via: 'phone', input, waId: person.phone ?? bare, person }
}

export function recipientOf(world: World, number: PhoneNumber, body: Json): Recipient {
  const { to, recipient } = body
  const kind = body.recipient_type ?? 'individual'
  if (kind !== 'individual' && kind !== 'group') {
    throw refusal(100, undefined, {
      message: `(#100) Param recipient_type must be one of {INDIVIDUAL, GROUP} - got "${String(kind)}".`,
    })
  }
  for (const [name, value] of Object.entries({ to, recipient })) {
    if (value !== undefined && typeof value !== 'string') {
      throw refusal(100, undefined, { message: `(#100) Param ${name} must be a string.` })
    }
  }
  if (kind === 'group') {
    if (typeof to !== 'string' || to === '') throw missing('to')
    const group = world.state.groups.get(to)
    if (!group || group.numberId !== number.id)
      throw refusal(131009, "Parameter 'to' is not a group of this phone number")
    return { via: 'group', input: to, group }
  }
  if (typeof to === 'string' && to !== '') return toPhone(world, number, to)
  if (typeof recipient !== 'string' || recipient === '') throw missing('to')
  if (!userIdPattern.test(recipient))
    throw refusal(131009, "Parameter 'recipient' is not a valid business-scoped user id")
  const person = world.personByUserId(world.businessOf(number).id, recipient)
  return { via: 'user', input: recipient, userId: recipient, person }
}
