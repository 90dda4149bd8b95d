// The door of the live feed: who is let in hears ids of what changes, and asks the API. Mounted by app.ts. A browser cannot set
// headers on a WebSocket, so its workspace stands in the address, and its Origin has to be ours: any page can open a line.

import type { DoorEnv, Principal } from '../audit/principal.ts'
import { createRoute, needsScope, openApiRoom, refusals, z } from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { listenerHeader } from './header.ts'
import type { Listener } from './standing.ts'

const query = z.object({
  workspace: z.string().max(64).optional(),
  after: z.string().max(16).optional(),
  epoch: z.string().max(64).optional(),
})

/** Everybody of the workspace may listen; what each hears is a matter of their scopes. */
const { security, middleware } = needsScope('numbers:read')

const listen = createRoute({
  method: 'get',
  path: '/live',
  operationId: 'openLive',
  summary: 'Hear what changes',
  description:
    'A WebSocket. It says `{"type":"hello","seq","epoch"}`, then `{"type":"changes","seq","changes"}` with kinds and ids, as far as your scopes show them; read the rest from the API. After a lost line come back with `after` and `epoch` of the last word: what you missed is told, or `{"type":"reset","seq","epoch"}` says that it cannot be, and you read everything again. `ping` is answered with `pong`. Closed with 4001 when you may no longer listen.',
  tags: ['Live'],
  security,
  request: {
    query,
  },
  responses: {
    101: { description: 'The line is open.' },
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'frozen', 'not_found'),
  },
})

const listenerOf = (principal: Principal): Listener => ({
  keyId: principal.keyId,
  sessionId: principal.session?.id,
  memberId: principal.member?.id,
  role: principal.member?.role,
  scopes: [...principal.scopes],
  since: Date.now(),
})

const room = openApiRoom<DoorEnv>()
// An answer of 101 is no answer that a typed client reads: the door is described, and opened, by itself.
room.openAPIRegistry.registerPath(listen)

export const live = room.get('/live', middleware, async (c) => {
  const { principal, settings } = c.var
  const asked = query.safeParse(c.req.query())
  if (!asked.success) throw new Problem('bad_request')
  const { workspace, after, epoch } = asked.data
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
    throw new Problem('bad_request', { detail: 'This is a WebSocket.' })
  if (principal.session && !settings.pageOrigins.includes(c.req.header('origin') ?? ''))
    throw new Problem('forbidden')
  if (workspace !== undefined && workspace !== principal.accountId) throw new Problem('not_found')
  if (principal.frozen) throw new Problem('frozen')
  const address = new URL('https://feed/')
  if (after !== undefined) address.searchParams.set('after', after)
  if (epoch !== undefined) address.searchParams.set('epoch', epoch)
  const headers = { upgrade: 'websocket', [listenerHeader]: JSON.stringify(listenerOf(principal)) }
  return c.env.FEED.getByName(principal.accountId).fetch(address, { headers })
})
