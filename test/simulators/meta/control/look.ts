// Looking at what happened: what was sent, asked and mailed. Called by control/app.ts.

import { Hono } from 'hono'
import { numericId } from '../ids.ts'
import type { Sim } from '../sim.ts'
import type { Json, SentMessage } from '../state.ts'
import { controlBody } from './body.ts'

function shown(message: SentMessage): Json {
  return {
    id: message.id,
    phone_number_id: message.numberId,
    to: message.to,
    recipient: message.recipient,
    person: message.personId,
    group_id: message.groupId,
    type: message.type,
    payload: message.payload,
    rendered: message.rendered,
    at: message.at,
    category: message.category,
    statuses: message.statuses,
    delivered: message.delivered,
    dropped: message.via === 'lost',
  }
}

export function lookRoutes(sim: Sim): Hono {
  const app = new Hono()
  const { world } = sim
  app.get('/outbox', (c) => {
    const number = c.req.query('phone_number_id')
    const to = c.req.query('to')?.replace(/\D/g, '')
    const found = [...world.state.sent.values()].filter((one) => {
      return (!number || one.numberId === number) && (!to || one.to?.replace(/\D/g, '') === to)
    })
    return c.json({ data: found.slice(-Number(c.req.query('limit') ?? 1000)).map(shown) })
  })
  app.get('/received', (c) => {
    const number = c.req.query('phone_number_id')
    const found = [...world.state.received.values()].filter((one) => !number || one.numberId === number)
    return c.json({ data: found.slice(-Number(c.req.query('limit') ?? 1000)) })
  })
  app.get('/requests', (c) => {
    const limit = Number(c.req.query('limit') ?? 200)
    return c.json({ data: world.state.requests.slice(-limit).reverse() })
  })
  app.delete('/requests', (c) => {
    world.state.requests = []
    return c.json({ ok: true })
  })
  app.get('/mailbox', (c) => {
    const to = c.req.query('to')
    const mails = [...world.state.mailbox]
      .reverse()
      .filter((mail) => !to || JSON.stringify(mail.to ?? '').includes(to))
    return c.json({ data: mails })
  })
  app.post('/mailbox', async (c) => {
    const mail = { ...(await controlBody(c)), id: numericId('6', 10), at: world.now() }
    world.state.mailbox.push(mail)
    if (world.state.mailbox.length > sim.options.logLimit) world.state.mailbox.shift()
    world.touch()
    return c.json(mail)
  })
  app.delete('/mailbox', (c) => {
    world.state.mailbox = []
    world.touch()
    return c.json({ ok: true })
  })
  return app
}
