// The parts that every message webhook shares: metadata and contacts. Called by inbound and statuses.
// Source: Meta’s documentation (what is omitted when the phone is hidden).

import type { Json, Person, PhoneNumber } from '../state.ts'
import type { World } from '../world.ts'

export function metadata(number: PhoneNumber): Json {
  return { display_phone_number: number.digits, phone_number_id: number.id }
}

type ContactNeeds = { name: boolean; username: boolean; phone?: string | null }

/** One entry of `contacts`. An unknown phone is left out, never empty. */
export function contactOf(world: World, number: PhoneNumber, person: Person, needs: ContactNeeds): Json {
  const phone = needs.phone ?? world.visiblePhone(person)
  const profile: Json = {}
  if (needs.name) profile.name = person.name
  if (needs.username && person.username !== null) profile.username = person.username
  return {
    ...(needs.name || needs.username ? { profile } : {}),
    ...(phone === null ? {} : { wa_id: phone }),
    user_id: world.userId(person, world.businessOf(number).id),
  }
}
