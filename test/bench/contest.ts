// Starts targets side by side, warms them, and runs a body of measurements over them. Called by the sections.

import { takeSignals } from './cleanup.ts'
import { alternate, type Leg, type LegPlan, runLeg, warmUp } from './leg.ts'
import { pinToServer } from './processes.ts'
import { median, withSpread } from './stats.ts'
import type { Running, Target } from './targets.ts'

/** All targets run during `work` and are stopped after it, whatever happens. */
export async function withRunning<T>(
  targets: Target[],
  work: (running: Running[]) => Promise<T>,
): Promise<T> {
  const running: Running[] = []
  try {
    for (const target of targets) {
      console.error(`  starting ${target.name}`)
      const started = await target.start()
      takeSignals()
      running.push(started)
      pinToServer(started.pids)
    }
    return await work(running)
  } finally {
    for (const one of running.reverse()) await one.stop()
  }
}

export async function warmAll(running: Running[], seconds: number): Promise<void> {
  for (const one of running) await warmUp(one, seconds)
}

/** Legs of all targets in turn; answers one list of legs per target, in the order given. */
export async function contest(running: Running[], plan: LegPlan, rounds: number): Promise<Leg[][]> {
  console.error(`  ${rounds} rounds, ${plan.connections} connections, ${plan.updatesPerBody} per body`)
  return alternate(
    rounds,
    running.map((one) => () => runLeg(one, plan)),
  )
}

export const rates = (legs: Leg[], of: 'acknowledgedRate' | 'handledRate'): number[] =>
  legs.map((leg) => leg[of] ?? Number.NaN)

/** Sum over the legs, where a surplus in one must not hide a loss in another. */
export const differences = (legs: Leg[]): string => {
  if (legs.every(({ missing }) => missing === undefined)) return '-'
  const lost = legs.reduce((sum, { missing = 0 }) => sum + Math.max(0, missing), 0)
  const surplus = legs.reduce((sum, { missing = 0 }) => sum + Math.max(0, -missing), 0)
  return surplus === 0 ? String(lost) : `${lost} (and ${surplus} more stored than acknowledged)`
}

export const faults = (legs: Leg[]): string =>
  String(legs.reduce((sum, { refused, broken }) => sum + refused + broken, 0))

const shown = (value: number): string => (Number.isFinite(value) ? value.toFixed(0) : '-')

/** Cells every ingest table has: answers, latency, CPU, memory, losses. */
export const legCells = (legs: Leg[]): string[] => [
  median(legs.map(({ p50Ms }) => p50Ms)).toFixed(1),
  median(legs.map(({ p99Ms }) => p99Ms)).toFixed(0),
  withSpread(
    legs.map(({ cpuMicros }) => cpuMicros),
    0,
  ),
  shown(median(legs.map(({ memoryMib }) => memoryMib ?? Number.NaN))),
  differences(legs),
  faults(legs),
]

export const legColumns = ['p50 ms', 'p99 ms', 'CPU µs each', 'MiB', 'acknowledged − stored', 'faults']
