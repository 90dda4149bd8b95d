// Open loop: posts events at a fixed rate whatever the target does, and measures each from its scheduled
// time, so that a stalled target cannot slow the clock down. A process of its own, started by generator.ts.

import { Agent } from 'node:http'
import { bodyOf, type Signed } from './bodies.ts'
import type { Arrivals, ArrivalsOrder } from './generator.ts'
import { post } from './post.ts'
import { percentile } from './stats.ts'

const mostWaiting = 2_000
const mostArrivals = 200_000
const mostSockets = 256
const spinMs = 3
/** Share of the arrivals at the start that are sent but not counted: connections open, code compiles. */
const warmUpShare = 0.15

/** A timer is only exact to the millisecond, so the last stretch is spun; answers are read while spinning. */
async function until(dueAt: number): Promise<void> {
  for (let left = dueAt - performance.now(); left > 0; left = dueAt - performance.now()) {
    const delayMs = left - spinMs
    await new Promise<void>((resolve) => {
      if (delayMs > 0) setTimeout(resolve, delayMs)
      else setImmediate(resolve)
    })
  }
}

async function run(order: ArrivalsOrder): Promise<Arrivals> {
  const { identity, perSecond } = order
  const total = Math.min(mostArrivals, Math.max(1, Math.floor(perSecond * order.seconds)))
  const bodies: Signed[] = Array.from({ length: total }, (_, i) => bodyOf(identity, order.run, i, 1))
  const agent = new Agent({ keepAlive: true, maxSockets: mostSockets, scheduling: 'lifo' })
  const url = new URL(order.url)
  const tookMs: number[] = []
  const lateMs: number[] = []
  const open = new Set<Promise<void>>()
  let sent = 0
  let failed = 0
  let dropped = 0
  const start = performance.now() + 20
  const firstCounted = start + order.seconds * 1_000 * warmUpShare
  const send = (signed: Signed, dueAt: number) => {
    sent += 1
    if (dueAt >= firstCounted) lateMs.push(performance.now() - dueAt)
    const sending: Promise<void> = post(agent, url, { 'x-hub-signature-256': signed.signature }, signed.body)
      .then(({ status }) => {
        if (status !== 200) failed += 1
        else if (dueAt >= firstCounted) tookMs.push(performance.now() - dueAt)
      })
      .catch(() => {
        failed += 1
      })
      .finally(() => open.delete(sending))
    open.add(sending)
  }
  for (const [i, signed] of bodies.entries()) {
    const dueAt = start + (i * 1_000) / perSecond
    await until(dueAt)
    if (open.size < mostWaiting) send(signed, dueAt)
    else dropped += 1
  }
  await Promise.all(open)
  agent.destroy()
  return {
    sent,
    failed,
    dropped,
    p50Ms: percentile(tookMs, 0.5),
    p99Ms: percentile(tookMs, 0.99),
    lateMs: percentile(lateMs, 0.99),
  }
}

process.on('disconnect', () => process.exit(0))
const result = await run(JSON.parse(process.argv[2] ?? '') as ArrivalsOrder)
process.send?.(result, () => process.exit(0))
