// The Cloud API under /vNN.N/, opened by app.ts, which has put settings and (for a valid key) the principal on the
// context. `proxyWith` lets tests bring their own fetch, clock and patience.

import { Hono } from 'hono'
import type { DoorEnv } from '../audit/principal.ts'
import { enter } from './door.ts'
import { type Injected, outside, usual } from './outside.ts'

/** As at Meta, a call without a version is served by one that we choose; some SDKs make such calls. */
export const cloudApiPaths = ['/:version{v\\d{1,3}\\.\\d}/*', '/:object{\\d{5,32}}/*']

export const proxyWith = (injected: Partial<Injected> = {}) =>
  new Hono<DoorEnv>().on('ALL', cloudApiPaths, async (c) => {
    const later = (work: Promise<unknown>) => c.executionCtx.waitUntil(work)
    const caller = outside(
      { env: c.env, settings: c.var.settings, principal: c.var.principal, later },
      { ...usual, ...injected },
    )
    const answering = enter(caller, c.req.param('version') ?? c.var.settings.graphVersion, c.req.raw)
    // A caller who hangs up must not stop a message between Meta and our record.
    later(answering)
    const { status, body, headers } = await answering
    const usualHeaders = { 'content-type': 'application/json; charset=UTF-8', 'cache-control': 'no-store' }
    return new Response(body, { status, headers: { ...usualHeaders, ...headers } })
  })

export const proxy = proxyWith()
