// The world as a whole: settings, clock, reset, state. Called by control/app.ts.

import { Hono } from 'hono'
import { isObject } from '../graph/rules.ts'
import type { Sim } from '../sim.ts'
import type { Json, Settings } from '../state.ts'
import { BadControl, controlBody, numberOf, textOf } from './body.ts'

function alike(name: string, known: unknown, value: unknown): boolean {
  if (name === 'managementPerHour') return value === null || typeof value === 'number'
  return typeof known === typeof value && Array.isArray(known) === Array.isArray(value)
}

function change(settings: Settings, body: Json): void {
  const target = settings as unknown as Json
  for (const [name, value] of Object.entries(body)) {
    if (!(name in target)) throw new BadControl(`there is no setting ${name}`)
    if (!alike(name, target[name], value)) {
      throw new BadControl(`${name} must be like ${JSON.stringify(target[name])}`)
    }
    target[name] = value
  }
}

/** What stands where: enough for a person or a test to find its way, no tokens. */
function summary(sim: Sim): Json {
  const { state } = sim.world
  return {
    now: sim.world.now(),
    app: { id: sim.options.appId, callback_url: state.app.callbackUrl, fields: state.app.fields },
    settings: state.settings,
    businesses: [...state.businesses.values()],
    wabas: [...state.wabas.values()],
    numbers: [...state.numbers.values()].map(({ pin, ...number }) => ({ ...number, pin: pin !== null })),
    people: [...state.people.values()].slice(0, 200),
    groups: [...state.groups.values()],
    counts: {
      sent: state.sent.size,
      received: state.received.size,
      media: state.media.size,
      pending: state.pending.length,
      deliveries: state.deliveries.size,
      waiting: [...state.deliveries.values()].filter((one) => one.state === 'pending').length,
      requests: state.requests.length,
      mailbox: state.mailbox.length,
      faults: state.faults.length,
    },
  }
}

function setCallback(sim: Sim, body: Json): void {
  const url = textOf(body, 'callback_url')
  if (body.callback_url !== undefined) sim.world.state.app.callbackUrl = url
  if (Array.isArray(body.fields)) sim.world.state.app.fields = body.fields.map(String)
  if (body.fields === null) sim.world.state.app.fields = null
}

/** Changes of a number or account that in real life come from Meta's own desks. */
function changeThing(sim: Sim, body: Json): Json {
  const wabaId = textOf(body, 'waba_id')
  const waba = wabaId === null ? undefined : sim.world.state.wabas.get(wabaId)
  if (waba) {
    if (typeof body.locked === 'boolean') waba.locked = body.locked
    if (typeof body.subscribed === 'boolean') waba.subscribed = body.subscribed
    if (body.funding_id !== undefined) waba.fundingId = textOf(body, 'funding_id')
    return { ...waba }
  }
  const number = numberOf(sim, textOf(body, 'phone_number_id'))
  if (typeof body.registered === 'boolean') number.registered = body.registered
  if (typeof body.coexistence === 'boolean') number.coexistence = body.coexistence
  if (body.throughput_mps !== undefined) number.throughputMps = Number(body.throughput_mps)
  if (body.name_status !== undefined) number.nameStatus = String(body.name_status)
  if (body.messaging_limit !== undefined) number.messagingLimit = String(body.messaging_limit)
  if (body.pin !== undefined) number.pin = textOf(body, 'pin')
  if (body.quality_rating !== undefined) number.qualityRating = String(body.quality_rating)
  return {
    id: number.id,
    registered: number.registered,
    coexistence: number.coexistence,
    throughput_mps: number.throughputMps,
  }
}

function changeTemplate(sim: Sim, body: Json): Json {
  const name = textOf(body, 'name')
  const id = textOf(body, 'id')
  const found = [...sim.world.state.templates.values()].filter(
    (one) => one.id === id || (id === null && one.name === name),
  )
  if (found.length === 0) throw new BadControl('there is no such template')
  for (const one of found) if (typeof body.status === 'string') one.status = body.status
  return { data: found }
}

function changeToken(sim: Sim, body: Json): void {
  const token = sim.world.state.tokens.get(textOf(body, 'token') ?? '')
  if (!token) throw new BadControl('there is no such token')
  if (typeof body.revoked === 'boolean') token.revoked = body.revoked
  if (body.expires_at !== undefined) token.expiresAt = Number(body.expires_at)
  if (Array.isArray(body.scopes)) token.scopes = body.scopes.map(String)
}

function changeSettings(sim: Sim, { callback_url, fields, ...rest }: Json): Json {
  setCallback(sim, {
    ...(callback_url === undefined ? {} : { callback_url }),
    ...(fields === undefined ? {} : { fields }),
  })
  change(sim.world.settings, rest)
  const { app } = sim.world.state
  return { ...sim.world.settings, callback_url: app.callbackUrl, fields: app.fields }
}

export function worldRoutes(sim: Sim): Hono {
  const app = new Hono()
  const { world } = sim
  app.get('/state', (c) => c.json(summary(sim)))
  app.get('/settings', (c) => c.json(world.settings))
  app.post('/settings', async (c) => {
    const settings = changeSettings(sim, await controlBody(c))
    world.touch()
    sim.courier.wake()
    return c.json(settings)
  })
  app.post('/things', async (c) => {
    const changed = changeThing(sim, await controlBody(c))
    world.touch()
    return c.json(changed)
  })
  app.post('/templates', async (c) => {
    const changed = changeTemplate(sim, await controlBody(c))
    world.touch()
    return c.json(changed)
  })
  app.post('/tokens', async (c) => {
    changeToken(sim, await controlBody(c))
    world.touch()
    return c.json({ ok: true })
  })
  app.post('/clock', async (c) => {
    const body = await controlBody(c)
    const ms = Number(body.advanceMs ?? body.advance_ms ?? 0)
    if (!Number.isFinite(ms)) throw new BadControl('advanceMs must be a number')
    world.state.clockOffsetMs += ms
    world.touch()
    await sim.courier.tick()
    return c.json({ now: world.now() })
  })
  app.post('/reset', async (c) => {
    const body = await controlBody(c)
    const { callbackUrl } = world.state.app
    world.reset()
    sim.rates.forget()
    if (isObject(body) && body.keepCallback !== false) world.state.app.callbackUrl = callbackUrl
    return c.json({ ok: true })
  })
  return app
}
