// Asking for trouble. Called by control/app.ts; taken by faults.ts.

import { Hono } from 'hono'
import { callFaults, sendFaults, webhookFaults } from '../faults.ts'
import { numericId } from '../ids.ts'
import type { Sim } from '../sim.ts'
import type { Fault, Json } from '../state.ts'
import { BadControl, controlBody, textOf } from './body.ts'

function faultOf(body: Json): Fault {
  const kind = textOf(body, 'kind') ?? 'error'
  const kinds = [...callFaults, ...sendFaults, ...webhookFaults]
  if (!kinds.includes(kind)) throw new BadControl(`kind must be one of ${kinds.join(', ')}`)
  const status = body.status === undefined ? null : Number(body.status)
  return {
    id: numericId('3', 8),
    kind,
    method: textOf(body, 'method'),
    path: textOf(body, 'path'),
    next: Math.max(1, Number(body.next ?? 1)),
    code: Number(body.code ?? 131000),
    status,
    message: textOf(body, 'message'),
    details: textOf(body, 'details'),
    subcode: body.subcode === undefined ? null : Number(body.subcode),
    delayMs: Number(body.delayMs ?? body.delay_ms ?? 0),
    afterEffect: body.afterEffect === true || body.after_effect === true,
    transient: body.transient === true,
  }
}

export function faultRoutes(sim: Sim): Hono {
  const app = new Hono()
  const { world } = sim
  app.get('/faults', (c) => c.json({ data: world.state.faults }))
  app.post('/faults', async (c) => {
    const fault = faultOf(await controlBody(c))
    world.state.faults.push(fault)
    world.touch()
    return c.json(fault)
  })
  app.delete('/faults', (c) => {
    world.state.faults = []
    world.touch()
    return c.json({ ok: true })
  })
  app.delete('/faults/:id', (c) => {
    world.state.faults = world.state.faults.filter((one) => one.id !== c.req.param('id'))
    world.touch()
    return c.json({ ok: true })
  })
  return app
}
