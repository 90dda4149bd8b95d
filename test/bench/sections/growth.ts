// Goal 5: the ingest rate with a million messages stored, against that of an empty store. Run by run.ts.

import { contest, differences, legCells, legColumns, rates, warmAll, withRunning } from '../contest.ts'
import type { Leg } from '../leg.ts'
import { hasWrk } from '../processes.ts'
import { type Bench, emptyReport, goal, type Report } from '../report.ts'
import { median, pairedRatios, withSpread } from '../stats.ts'

const title = 'Growth: a million messages stored, against none'
const leastShare = 0.9
const stored = { full: 1_000_000, quick: 100_000 }

function addRows(report: Report, connections: number, filled: number, empty: Leg[], full: Leg[]): void {
  const shares = pairedRatios(rates(full, 'handledRate'), rates(empty, 'handledRate'))
  const share = median(shares)
  const at = `${connections} connections`
  const rowOf = (before: string, legs: Leg[], shareCell: string) => {
    const perSecond = withSpread(rates(legs, 'handledRate'), 0)
    return [before, String(connections), perSecond, shareCell, ...legCells(legs)]
  }
  report.rows.push(
    rowOf('the warm-up', empty, '1.00'),
    rowOf(`${filled} and more`, full, withSpread(shares, 2)),
  )
  report.goals.push(
    goal(share >= leastShare, `${at}: ${share.toFixed(2)} of the empty store, goal ≥ ${leastShare}`),
    goal(differences(full) === '0', `${at}: stored equals acknowledged (${differences(full)})`),
  )
}

export async function growth(bench: Bench): Promise<Report> {
  if (!hasWrk) return emptyReport(title, 'left out: wrk is not installed')
  const { subject, rounds, seconds } = bench
  return withRunning([subject, subject], async (running) => {
    const fill = running[1]?.fill
    if (!fill) return emptyReport(title, `left out: ${subject.name} cannot be filled`)
    await warmAll(running, Math.min(2, seconds))
    console.error('  filling')
    const filled = await fill(bench.quick ? stored.quick : stored.full)
    const report: Report = {
      title,
      columns: ['stored before', 'connections', 'updates stored per second', 'share of empty', ...legColumns],
      rows: [],
      goals: [],
      notes: bench.quick ? [`quick: ${filled} stored instead of ${stored.full}`] : [],
      raw: {},
    }
    const raw: Record<string, Leg[][]> = {}
    for (const connections of [16, 64]) {
      const legs = await contest(running, { connections, seconds, updatesPerBody: 1 }, rounds)
      raw[connections] = legs
      addRows(report, connections, filled, legs[0] ?? [], legs[1] ?? [])
    }
    return { ...report, raw }
  })
}
