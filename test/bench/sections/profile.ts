// Where the CPU time of one event goes. Run by run.ts.

import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { type Share, sharesOf } from '../attribution.ts'
import { takeSignals } from '../cleanup.ts'
import { profileAll } from '../inspector.ts'
import { type Leg, runLeg, warmUp } from '../leg.ts'
import { hasWrk } from '../processes.ts'
import { type Bench, emptyReport, type Report } from '../report.ts'

const mostRows = 25

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const sum = (shares: Share[]): number => shares.reduce((total, { micros }) => total + micros, 0)

/** What the process spent and no isolate was entered: sockets, HTTP parsing, SQLite's writes, the kernel. */
function withOutside(shares: Share[], cpuMicros: number): Share[] {
  const outside = cpuMicros - sum(shares)
  if (outside <= 0) return shares
  return [
    ...shares,
    {
      group: 'outside of isolates',
      name: '(native)',
      source: 'workerd, kernel',
      samples: 0,
      micros: outside,
    },
  ]
}

function reportsOf(
  bench: Bench,
  shares: Share[],
  leg: Leg,
  plan: { connections: number; updatesPerBody: number },
): Report[] {
  const events = leg.acknowledged
  const total = sum(shares)
  const cells = (micros: number) => [`${((100 * micros) / total).toFixed(1)} %`, (micros / events).toFixed(1)]
  const byGroup = Map.groupBy(shares, ({ group }) => group)
  const groups = [...byGroup]
    .map(([group, members]) => ({ group, micros: sum(members) }))
    .sort((a, b) => b.micros - a.micros)
  const what = `${bench.subject.name}, ${plan.connections} connections, ${plan.updatesPerBody} per body`
  return [
    {
      title: `Where the time of one event goes, by group: ${what}`,
      columns: ['group', 'share', 'µs an event'],
      rows: groups.map(({ group, micros }) => [group, ...cells(micros)]),
      goals: [],
      notes: [
        `${events} events, ${(total / events).toFixed(0)} µs of CPU each`,
        'the profiler itself slows the target, so read shares, not rates',
      ],
      raw: groups,
    },
    {
      title: `Where the time of one event goes, by function: ${what}`,
      columns: ['group', 'function', 'source', 'share', 'µs an event'],
      rows: [...shares]
        .sort((a, b) => b.micros - a.micros)
        .slice(0, mostRows)
        .map(({ group, name, source, micros }) => [group, name, source, ...cells(micros)]),
      goals: [],
      notes: ['self time; native code is counted for the function that called it'],
      raw: shares,
    },
  ]
}

export async function profile(bench: Bench): Promise<Report[]> {
  if (!hasWrk) return [emptyReport('Where the time of one event goes', 'left out: wrk is not installed')]
  const inspectorPort = await freePort()
  const running = await bench.subject.start({ inspectorPort })
  takeSignals()
  try {
    await warmUp(running, Math.min(2, bench.seconds))
    const reports: Report[] = []
    for (const [connections, updatesPerBody] of [
      [16, 1],
      [64, 1],
      [16, 100],
    ] as const) {
      const plan = { connections, seconds: bench.seconds, updatesPerBody }
      const { result, isolates } = await profileAll(inspectorPort, () => runLeg(running, plan))
      const shares = withOutside(sharesOf(isolates), result.cpuMicros * result.acknowledged)
      reports.push(...reportsOf(bench, shares, result, plan))
    }
    return reports
  } finally {
    await running.stop()
  }
}
