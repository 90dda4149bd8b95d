// Reading what a control call was given. Called by every control route.

import type { Context } from 'hono'
import { isObject } from '../graph/rules.ts'
import type { Sim } from '../sim.ts'
import type { Json, Person, PhoneNumber } from '../state.ts'
import { parseExact } from '../webhooks/render.ts'
import { addPerson } from '../world-build.ts'

/** The caller's mistake, answered with 400 and these words. */
export class BadControl extends Error {}

/** A JSON object; an empty body is an empty object. Big integers stay exact. */
export async function controlBody(c: Context): Promise<Json> {
  const text = await c.req.text()
  if (text.trim() === '') return {}
  let parsed: unknown
  try {
    parsed = parseExact(text)
  } catch {
    throw new BadControl('the body is not JSON')
  }
  if (!isObject(parsed)) throw new BadControl('the body is not a JSON object')
  return parsed
}

export function textOf(body: Json, name: string): string | null {
  const value = body[name]
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  throw new BadControl(`${name} must be text`)
}

export function numberOf(sim: Sim, id: string | null): PhoneNumber {
  const number = id === null ? undefined : sim.world.state.numbers.get(id)
  if (!number) throw new BadControl(`phone_number_id: there is no number ${id ?? '(none given)'}`)
  return number
}

function pickPerson(sim: Sim, number: PhoneNumber, body: Json): Person | null {
  const { world } = sim
  const businessId = world.businessOf(number).id
  const named = textOf(body, 'person')
  const from = textOf(body, 'from')?.replace(/\D/g, '') ?? null
  const userId = textOf(body, 'user_id')
  if (named !== null) {
    const person = world.state.people.get(named)
    if (!person) throw new BadControl(`person: there is nobody called ${named}`)
    return person
  }
  if (userId !== null) {
    const known = world.personByUserId(businessId, userId)
    if (known) return known
    if (from === null) {
      const country = userId.slice(0, 2)
      return addPerson(world.state, {
        id: userId,
        name: 'Someone',
        country,
        userIds: { [businessId]: userId },
      })
    }
    const person = world.personByPhone(from)
    world.state.personByUserId.delete(`${businessId}/${person.userIds[businessId]}`)
    person.userIds[businessId] = userId
    world.state.personByUserId.set(`${businessId}/${userId}`, person.id)
    return person
  }
  return from === null ? null : world.personByPhone(from)
}

/** Who writes: `person`, `from` (digits) or `user_id`; unknown ones are made. */
export function personOf(sim: Sim, number: PhoneNumber, body: Json): Person {
  const person = pickPerson(sim, number, body) ?? [...sim.world.state.people.values()][0]
  if (!person) throw new BadControl('from: say who writes')
  const name = textOf(body, 'name')
  const username = textOf(body, 'username')
  if (name !== null) person.name = name
  if (username !== null) person.username = username
  if (typeof body.hide_phone === 'boolean') person.hidesPhone = body.hide_phone
  return person
}

/** Somebody who exists already. */
export function personNamed(sim: Sim, id: string | undefined): Person {
  const person = sim.world.state.people.get(id ?? '')
  if (!person) throw new BadControl('person: nobody of that name')
  return person
}
