// The simulated Meta: one web-standard app for tests, benches and the local demo.
// Called by tests (`meta.fetch`), by miniflare's outbound service, and by serve.ts. Source: Meta’s documentation.
// As strict as Meta in what it accepts, as messy as Meta in what it sends.

import { Hono } from 'hono'
import * as cast from './cast.ts'
import { controlApp } from './control/app.ts'
import { ConnectionCut, callFaults, faultAnswer, takeFault } from './faults.ts'
import { downloadMedia } from './graph/media.ts'
import { Rates } from './graph/rates.ts'
import { answerGraph } from './graph/router.ts'
import { logRequest, safeBody, safePath } from './log.ts'
import { type MetaOptions, resolveOptions } from './options.ts'
import { phoneApp } from './phone/app.ts'
import type { Sim } from './sim.ts'
import { Courier } from './webhooks/courier.ts'
import { World } from './world.ts'

export type Meta = {
  app: Hono
  fetch: (request: Request) => Promise<Response>
  world: World
  /** Posts every webhook that waits, due or not, and resolves when all were answered. */
  flush: () => Promise<{ updates: number; deliveries: number }>
  /** Moves the clock and does what falls due. */
  advance: (ms: number) => Promise<void>
  /** Resolves when no webhook is on its way. */
  idle: () => Promise<void>
  reset: () => void
}

/** Answers one Graph call, unless a fault was asked for. */
async function graph(sim: Sim, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const startedAt = sim.world.now()
  const began = performance.now()
  const log = (status: number, code: number | null, body: string, fault: string | null): void =>
    logRequest(sim, {
      at: startedAt,
      method: request.method,
      path: safePath(url),
      status,
      code,
      tookMs: Math.round((performance.now() - began) * 10) / 10,
      body: safeBody(body),
      fault,
    })
  const fault = takeFault(sim.world, callFaults, request.method, `${url.pathname}${url.search}`)
  // Some calls do their work although the caller never hears of it.
  let outcome = fault?.afterEffect ? await answerGraph(sim, request, url, sim.origin) : null
  try {
    const broken = fault ? await faultAnswer(sim, fault) : null
    if (fault && broken) {
      const body = outcome?.body ?? (await request.text().catch(() => ''))
      log(broken.status, fault.kind === 'error' ? fault.code : null, body, fault.kind)
      return broken
    }
  } catch (cause) {
    log(0, null, outcome?.body ?? '', fault?.kind ?? null)
    throw cause
  }
  outcome ??= await answerGraph(sim, request, url, sim.origin)
  log(outcome.response.status, outcome.code, outcome.body, fault?.kind ?? null)
  return outcome.response
}

/** The bytes of a file, unless a fault was asked for. */
async function download(sim: Sim, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const fault = takeFault(sim.world, callFaults, 'GET', `${pathname}${search}`)
  return (fault && (await faultAnswer(sim, fault))) ?? downloadMedia(sim, request)
}

/** A new world. Nothing is shared between two of them. */
export function createMeta(given: MetaOptions = {}): Meta {
  const options = resolveOptions(given, { ...cast.app, businesses: cast.businesses, people: cast.people })
  const world = new World(options)
  const courier = new Courier(options, world)
  const sim: Sim = { options, world, courier, rates: new Rates(), origin: 'http://127.0.0.1' }
  const app = new Hono()
  app.onError((cause) => {
    // A cut connection has no answer: the server that runs this app ends the socket.
    if (cause instanceof ConnectionCut) throw cause
    console.error('meta simulator:', cause)
    return Response.json({ error: String(cause) }, { status: 500 })
  })
  app.route('/_sim', controlApp(sim))
  app.route('/', phoneApp(sim))
  app.get('/whatsapp_business/attachments/', (c) => download(sim, c.req.raw))
  app.all('*', (c) => graph(sim, c.req.raw))
  return {
    app,
    fetch: async (request) => {
      sim.origin = options.origin ?? new URL(request.url).origin
      return app.fetch(request)
    },
    world,
    flush: () => courier.flush(),
    idle: () => courier.idle(),
    advance: async (ms) => {
      world.state.clockOffsetMs += ms
      world.touch()
      await courier.tick()
    },
    reset: () => {
      world.reset()
      sim.rates.forget()
    },
  }
}
