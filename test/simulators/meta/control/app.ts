// The control API under /_sim: what tests, the demo and the phone page ask of the simulator.
// Called by meta.ts. No authentication: it is for the machine it runs on.

import { Hono } from 'hono'
import { GraphError } from '../errors.ts'
import type { Sim } from '../sim.ts'
import { BadControl } from './body.ts'
import { chatRoutes } from './chat.ts'
import { deliveryRoutes } from './deliveries.ts'
import { faultRoutes } from './faults.ts'
import { lookRoutes } from './look.ts'
import { messageRoutes } from './messages.ts'
import { peopleRoutes } from './people.ts'
import { signupRoutes } from './signup.ts'
import { worldRoutes } from './world.ts'

export function controlApp(sim: Sim): Hono {
  const app = new Hono()
  app.onError((cause, c) => {
    if (cause instanceof BadControl) return c.json({ error: cause.message }, 400)
    if (cause instanceof GraphError) return c.json(cause.toJson(), 400)
    throw cause
  })
  app.use('*', async (c, next) => {
    // Any web page could post to a local port; none of them may play Meta.
    if (c.req.header('Sec-Fetch-Site') === 'cross-site') return c.json({ error: 'not for other sites' }, 403)
    await next()
    c.header('Cache-Control', 'no-store')
    return
  })
  for (const routes of [
    messageRoutes,
    deliveryRoutes,
    faultRoutes,
    lookRoutes,
    chatRoutes,
    peopleRoutes,
    signupRoutes,
    worldRoutes,
  ]) {
    app.route('/', routes(sim))
  }
  app.get('/', (c) =>
    c.json({
      data: [
        ...new Set(
          app.routes.filter((one) => one.method !== 'ALL').map((one) => `${one.method} ${one.path}`),
        ),
      ],
    }),
  )
  app.all('*', (c) => c.json({ error: `no such control: ${c.req.method} ${c.req.path}` }, 404))
  return app
}
