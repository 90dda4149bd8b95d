// Goal 1: how fast an event is durably acknowledged, as a share of the floor. Run by run.ts.

import { contest, differences, legCells, legColumns, rates, warmAll, withRunning } from '../contest.ts'
import { floor } from '../floor.ts'
import type { Leg } from '../leg.ts'
import { hasWrk } from '../processes.ts'
import { type Bench, emptyReport, goal, type Report } from '../report.ts'
import { median, pairedRatios, withSpread } from '../stats.ts'

const title = 'Acknowledged, as a share of the floor'
const leastShare = [
  { connections: 16, share: 0.4 },
  { connections: 64, share: 0.5 },
]

function rowOf(name: string, connections: number, legs: Leg[], floorLegs: Leg[]): string[] {
  const ratios = pairedRatios(rates(legs, 'acknowledgedRate'), rates(floorLegs, 'acknowledgedRate'))
  return [
    name,
    String(connections),
    withSpread(rates(legs, 'acknowledgedRate'), 0),
    withSpread(ratios, 2),
    ...legCells(legs),
  ]
}

export async function acknowledge(bench: Bench): Promise<Report> {
  if (!hasWrk) return emptyReport(title, 'left out: wrk is not installed')
  const { subject, rounds, seconds } = bench
  return withRunning([floor, subject], async (running) => {
    await warmAll(running, Math.min(2, seconds))
    const report: Report = {
      title,
      columns: ['target', 'connections', 'per second', 'share of the floor', ...legColumns],
      rows: [],
      goals: [],
      notes: ['per second: median of the rounds (lowest–highest); ratios are taken round by round'],
      raw: {},
    }
    const raw: Record<string, { floor: Leg[]; subject: Leg[] }> = {}
    for (const { connections, share } of leastShare) {
      const [floorLegs = [], legs = []] = await contest(
        running,
        { connections, seconds, updatesPerBody: 1 },
        rounds,
      )
      raw[connections] = { floor: floorLegs, subject: legs }
      report.rows.push(
        rowOf(floor.name, connections, floorLegs, floorLegs),
        rowOf(subject.name, connections, legs, floorLegs),
      )
      const measured = median(
        pairedRatios(rates(legs, 'acknowledgedRate'), rates(floorLegs, 'acknowledgedRate')),
      )
      report.goals.push(
        goal(
          measured >= share,
          `${connections} connections: ${measured.toFixed(2)} of the floor, goal ≥ ${share.toFixed(2)}`,
        ),
        goal(
          differences(legs) === '0',
          `${connections} connections: stored equals acknowledged (${differences(legs)})`,
        ),
      )
    }
    return { ...report, raw }
  })
}
