// One measured stretch of load on one target: load, wait until all is stored, count. And the order in which
// legs of several targets follow each other. Called by the sections.

import { join } from 'node:path'
import { newRun } from './bodies.ts'
import { temporaryFolder } from './cleanup.ts'
import { type Pool, writePool } from './pool.ts'
import { cpuMs, memoryMib, pinToServer } from './processes.ts'
import type { Running } from './targets.ts'
import { type Load, runWrk } from './wrk.ts'

export interface LegPlan {
  connections: number
  seconds: number
  updatesPerBody: number
}

export interface Leg extends Load {
  /** Updates a second. */
  acknowledgedRate: number
  /** Updates a second until the last one was in the database; undefined for a target that keeps nothing. */
  handledRate?: number
  /** Acknowledged minus stored: positive is lost. */
  missing?: number
  /** Server CPU time per update in µs, storing included. */
  cpuMicros: number
  memoryMib?: number
}

const pollMs = 50
const stalledMs = 15_000
const firstGuess = { single: 12_000, batched: 250 }

const lastRate = new WeakMap<Running, Map<string, number>>()

function recordsFor(running: Running, plan: LegPlan): number {
  const guess = plan.updatesPerBody === 1 ? firstGuess.single : firstGuess.batched
  const known = lastRate.get(running)?.get(`${plan.connections}/${plan.updatesPerBody}`)
  return Math.ceil(plan.seconds * (known === undefined ? guess : known * 1.5)) + plan.connections
}

function remember(running: Running, plan: LegPlan, bodiesPerSecond: number): void {
  const rates = lastRate.get(running) ?? new Map<string, number>()
  lastRate.set(running, rates.set(`${plan.connections}/${plan.updatesPerBody}`, bodiesPerSecond))
}

/**
 * Waits until `expected` messages are stored or none has been added for a while; answers the number and when.
 * The time is that of asking, not of the answer: a slow count on a big table is no part of the target's work.
 */
export async function drained(
  stored: () => Promise<number>,
  expected: number,
): Promise<{ count: number; at: number }> {
  let at = performance.now()
  let count = await stored()
  while (count < expected && performance.now() - at < stalledMs) {
    await new Promise((resolve) => setTimeout(resolve, pollMs))
    const askedAt = performance.now()
    const now = await stored()
    if (now !== count) at = askedAt
    count = now
  }
  return { count, at }
}

interface Stored {
  before: number
  after: number
  /** From the last answer until the last message was stored. */
  drainMs: number
}

/** Loads, and counts from the very moment all is answered: wrk itself takes a while longer to end. */
async function loadAndCount(
  running: Running,
  plan: LegPlan,
  pool: Pool,
): Promise<{ load: Load; end?: Stored }> {
  const { stored, webhookUrl } = running
  const before = (await stored?.()) ?? 0
  let quietAt = performance.now()
  let draining: Promise<{ count: number; at: number }> | undefined
  const load = await runWrk(new URL(webhookUrl).origin, pool, plan, (issued) => {
    quietAt = performance.now()
    const expected = before + issued * plan.updatesPerBody
    if (stored && !running.storesFirst) draining = drained(stored, expected)
  })
  if (!stored) return { load }
  if (running.storesFirst) return { load, end: { before, after: await stored(), drainMs: 0 } }
  const { count, at } = await (draining ?? drained(stored, before + load.acknowledged * plan.updatesPerBody))
  return { load, end: { before, after: count, drainMs: Math.max(0, at - quietAt) } }
}

export async function runLeg(running: Running, plan: LegPlan): Promise<Leg> {
  const folder = temporaryFolder('pool')
  const pool = writePool(join(folder.path, 'requests'), {
    identity: running.identity,
    run: newRun(),
    records: recordsFor(running, plan),
    updatesPerBody: plan.updatesPerBody,
  })
  pinToServer(running.pids)
  const cpuBefore = cpuMs(running.pids)
  const { load, end } = await loadAndCount(running, plan, pool)
  const acknowledged = load.acknowledged * plan.updatesPerBody
  const cpuMicros = ((cpuMs(running.pids) - cpuBefore) * 1_000) / acknowledged
  const memory = memoryMib(running.pids)
  await folder.remove()
  remember(running, plan, (load.acknowledged / load.elapsedMs) * 1_000)
  const leg: Leg = { ...load, acknowledgedRate: (acknowledged / load.elapsedMs) * 1_000, cpuMicros }
  if (memory !== undefined) leg.memoryMib = memory
  if (!end) return leg
  const count = end.after - end.before
  leg.handledRate = (count / (load.elapsedMs + end.drainMs)) * 1_000
  leg.missing = acknowledged - count
  return leg
}

/** Runs every contender once per round, in turning order, so that drift of the machine falls on all. */
export async function alternate<T>(rounds: number, contenders: (() => Promise<T>)[]): Promise<T[][]> {
  const results: T[][] = contenders.map(() => [])
  for (let round = 0; round < rounds; round++) {
    const order = contenders.map((_, i) => i)
    if (round % 2 === 1) order.reverse()
    for (const i of order) {
      const contender = contenders[i]
      if (contender) results[i]?.push(await contender())
    }
  }
  return results
}

/** Fills caches, compiles, and makes every contact known. Not counted. */
export async function warmUp(running: Running, seconds: number): Promise<void> {
  await runLeg(running, { connections: 16, seconds, updatesPerBody: 1 })
  await runLeg(running, { connections: 64, seconds, updatesPerBody: 1 })
}
