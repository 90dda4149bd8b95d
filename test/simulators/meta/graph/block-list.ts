// The people whom a number has blocked. Called by the router. Source: Meta’s documentation, codes 139100 and 139101.

import { refusal, webhookError } from '../errors.ts'
import type { Json, Person, PhoneNumber } from '../state.ts'
import { type Call, missing, needProduct, ownNumber } from './call.ts'
import { page } from './fields.ts'

type BlockEntry = { input: string; person: Person | null }

function blockEntries(call: Call, number: PhoneNumber): BlockEntry[] {
  const given = call.body.block_users
  if (!Array.isArray(given) || given.length === 0) throw missing('block_users')
  const { world } = call.sim
  const businessId = world.businessOf(number).id
  return given.map((one: { user?: unknown; user_id?: unknown }) => {
    if (typeof one.user_id === 'string')
      return { input: one.user_id, person: world.personByUserId(businessId, one.user_id) }
    if (typeof one.user !== 'string') throw missing('block_users[].user')
    return { input: one.user, person: world.personByPhone(one.user.replace(/\D/g, '')) }
  })
}

function entryJson(call: Call, number: PhoneNumber, { input, person }: BlockEntry): Json {
  if (!person) return { input }
  const { world } = call.sim
  if (input.includes('.')) return { input, user_id: world.userId(person, world.businessOf(number).id) }
  return { input, wa_id: person.phone }
}

/** Only people who wrote within 24 hours; what failed comes with HTTP 400 beside what worked. */
export function blockUsers(call: Call): Json {
  const number = ownNumber(call, call.id)
  needProduct(call)
  const { world } = call.sim
  const added: Json[] = []
  const failed: Json[] = []
  for (const entry of blockEntries(call, number)) {
    const wrote =
      entry.person && world.now() - world.pair(number.id, entry.person.id).lastInboundAt < 86_400_000
    if (entry.person && wrote) {
      if (!number.blocked.includes(entry.person.id)) number.blocked.push(entry.person.id)
      added.push(entryJson(call, number, entry))
    } else failed.push({ ...entryJson(call, number, entry), errors: [webhookError(139101)] })
  }
  world.touch()
  const users: Json = { added_users: added, ...(failed.length > 0 ? { failed_users: failed } : {}) }
  const answer = { messaging_product: 'whatsapp', block_users: users }
  if (failed.length > 0) throw refusal(139100, undefined, { beside: answer })
  return answer
}

export function unblockUsers(call: Call): Json {
  const number = ownNumber(call, call.id)
  needProduct(call)
  const entries = blockEntries(call, number)
  const ids = entries.map((entry) => entry.person?.id)
  number.blocked = number.blocked.filter((id) => !ids.includes(id))
  call.sim.world.touch()
  return {
    messaging_product: 'whatsapp',
    block_users: { removed_users: entries.map((entry) => entryJson(call, number, entry)) },
  }
}

export function blockedUsers(call: Call): Json {
  const number = ownNumber(call, call.id)
  const { world } = call.sim
  const businessId = world.businessOf(number).id
  return page(call, number.blocked, (id) => {
    const person = world.state.people.get(id)
    if (!person) return {}
    const phone = world.visiblePhone(person)
    return {
      messaging_product: 'whatsapp',
      ...(phone === null ? {} : { wa_id: phone }),
      user_id: world.userId(person, businessId),
    }
  })
}
