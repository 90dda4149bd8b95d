// Troubles that a test has asked for: the next calls that match go wrong in the way named.
// Called by the Graph door, the send walk and the courier. Source: Meta’s documentation (the same error
// may come at once, later, or both) and section 7 (time-outs that were sent all the same).

import { refusal } from './errors.ts'
import { traceId } from './ids.ts'
import { pause, type Sim } from './sim.ts'
import type { Fault } from './state.ts'
import type { World } from './world.ts'

export const callFaults = ['error', 'hang', 'cut', 'cut-body', 'html', 'empty', 'delay']
export const sendFaults = ['failed']
export const webhookFaults = ['webhook-lost', 'webhook-delay', 'webhook-badsig', 'webhook-duplicate']

/** The connection ends without an answer. A server destroys the socket; in process the call rejects. */
export class ConnectionCut extends Error {
  constructor() {
    super('connection cut by the simulator')
  }
}

function matches(fault: Fault, method: string, target: string): boolean {
  if (fault.method !== null && fault.method.toUpperCase() !== method) return false
  if (fault.path === null) return true
  const pattern = /^\/(.+)\/([a-z]*)$/s.exec(fault.path)
  if (pattern && /[\\^$*+?()[\]{}|]/.test(pattern[1] ?? ''))
    return new RegExp(pattern[1] ?? '', pattern[2]).test(target)
  return target.includes(fault.path)
}

/** Takes one use of the first fault of these kinds that fits. */
export function takeFault(world: World, kinds: string[], method: string, target: string): Fault | null {
  const fault = world.state.faults.find(
    (one) => kinds.includes(one.kind) && one.next > 0 && matches(one, method, target),
  )
  if (!fault) return null
  fault.next -= 1
  if (fault.next === 0) world.state.faults = world.state.faults.filter((one) => one !== fault)
  world.touch()
  return fault
}

const htmlPage =
  '<!DOCTYPE html><html lang="en"><head><title>Facebook | Error</title></head><body><h1>Sorry, something went wrong.</h1>' +
  "<p>We're working on it and we'll get it fixed as soon as we can.</p></body></html>"

function brokenBody(): ReadableStream<Uint8Array> {
  let pulls = 0
  return new ReadableStream({
    pull(controller) {
      pulls += 1
      if (pulls === 1) controller.enqueue(new TextEncoder().encode('{"messaging_product":"what'))
      else controller.error(new ConnectionCut())
    },
  })
}

/** The answer of a call that goes wrong, or null where it was only delayed. */
export async function faultAnswer(sim: Sim, fault: Fault): Promise<Response | null> {
  if (fault.kind !== 'hang' && fault.delayMs > 0) await pause(sim, fault.delayMs)
  switch (fault.kind) {
    case 'error': {
      const error = refusal(fault.code, fault.details ?? undefined, {
        ...(fault.status === null ? {} : { status: fault.status }),
        ...(fault.message === null ? {} : { message: fault.message }),
        ...(fault.subcode === null ? {} : { subcode: fault.subcode }),
        ...(fault.transient ? { transient: true } : {}),
      })
      return Response.json(error.toJson(), { status: error.status })
    }
    case 'hang':
      await pause(sim, fault.delayMs || 120_000)
      throw new ConnectionCut()
    case 'cut':
      throw new ConnectionCut()
    case 'cut-body':
      return new Response(brokenBody(), { status: 200, headers: { 'Content-Type': 'application/json' } })
    case 'html':
      return new Response(htmlPage, {
        status: fault.status ?? 502,
        headers: { 'Content-Type': 'text/html; charset=utf-8', 'X-FB-Trace-ID': traceId() },
      })
    case 'empty':
      return new Response('', {
        status: fault.status ?? 200,
        headers: { 'Content-Type': 'application/json' },
      })
    default:
      return null
  }
}
