// What a person changes about themselves, and about the offers they get. Called by control/app.ts.

import { Hono } from 'hono'
import type { Sim } from '../sim.ts'
import type { Person, PhoneNumber } from '../state.ts'
import { controlBody, numberOf, personNamed, textOf } from './body.ts'

/** The person stops or resumes marketing in WhatsApp's own menu. Source: Meta’s documentation, user_preferences. */
function setPreference(sim: Sim, number: PhoneNumber, person: Person, stop: boolean): void {
  const { world } = sim
  world.pair(number.id, person.id).stoppedMarketing = stop
  const phone = world.visiblePhone(person)
  const ids = {
    ...(phone === null ? {} : { wa_id: phone }),
    user_id: world.userId(person, world.businessOf(number).id),
  }
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: number.digits, phone_number_id: number.id },
    contacts: [
      {
        profile: { name: person.name, ...(person.username === null ? {} : { username: person.username }) },
        ...ids,
      },
    ],
    user_preferences: [
      {
        ...ids,
        detail: `User requested to ${stop ? 'stop' : 'resume'} marketing messages`,
        category: 'marketing_messages',
        value: stop ? 'stop' : 'resume',
        timestamp: Math.floor(world.now() / 1000),
      },
    ],
  }
  sim.courier.enqueue({
    dueAt: world.now(),
    entryId: number.wabaId,
    wabaId: number.wabaId,
    numberId: number.id,
    field: 'user_preferences',
    timed: false,
    value,
  })
}

export function peopleRoutes(sim: Sim): Hono {
  const app = new Hono()
  app.post('/people', async (c) => {
    const body = await controlBody(c)
    const person = personNamed(sim, textOf(body, 'person') ?? '')
    if (typeof body.hide_phone === 'boolean') person.hidesPhone = body.hide_phone
    if (typeof body.name === 'string') person.name = body.name
    if (typeof body.username === 'string') person.username = body.username
    sim.world.touch()
    return c.json(person)
  })
  app.post('/preferences', async (c) => {
    const body = await controlBody(c)
    const number = numberOf(sim, textOf(body, 'phone_number_id'))
    setPreference(sim, number, personNamed(sim, textOf(body, 'person') ?? ''), body.value !== 'resume')
    return c.json({ ok: true })
  })
  return app
}
