// Goal 2: how fast events reach the database, against peers that insert before they answer. Run by run.ts.

import { contest, differences, legCells, legColumns, rates, warmAll, withRunning } from '../contest.ts'
import type { Leg, LegPlan } from '../leg.ts'
import { expressPg, expressPgMultiRow, whatsappApiJsPg } from '../peer.ts'
import { postgresPrograms } from '../postgres.ts'
import { hasWrk } from '../processes.ts'
import { type Bench, emptyReport, goal, type Report } from '../report.ts'
import { median, pairedRatios, withSpread } from '../stats.ts'
import type { Running, Target } from '../targets.ts'

const columns = ['target', 'connections', 'updates stored per second', 'against the subject', ...legColumns]

interface Trial {
  plan: LegPlan
  /** Least multiple of the best durable peer. */
  least: number
}

const stored = (legs: Leg[]): number[] => rates(legs, 'handledRate')

/** Adds the rows of one trial to the report; answers how many times the best of `judges` the subject is. */
function addTrial(report: Report, targets: Target[], legs: Leg[][], plan: LegPlan, judges: Target[]): number {
  const own = legs[0] ?? []
  let best = Number.POSITIVE_INFINITY
  for (const [i, target] of targets.entries()) {
    const theirs = legs[i] ?? []
    const ratios = pairedRatios(stored(theirs), stored(own))
    report.rows.push([
      target.name,
      String(plan.connections),
      withSpread(stored(theirs), 0),
      withSpread(ratios, 2),
      ...legCells(theirs),
    ])
    if (judges.includes(target)) best = Math.min(best, median(pairedRatios(stored(own), stored(theirs))))
  }
  return best
}

async function runTrials(
  bench: Bench,
  title: string,
  targets: Target[],
  judges: Target[],
  trials: Trial[],
): Promise<Report> {
  const report: Report = { title, columns, rows: [], goals: [], notes: [], raw: {} }
  const raw: Record<string, Leg[][]> = {}
  await withRunning(targets, async (running: Running[]) => {
    await warmAll(running, Math.min(2, bench.seconds))
    for (const { plan, least } of trials) {
      const legs = await contest(running, plan, bench.rounds)
      raw[plan.connections] = legs
      const multiple = addTrial(report, targets, legs, plan, judges)
      const missing = differences(legs[0] ?? [])
      if (Number.isFinite(multiple)) {
        report.goals.push(
          goal(
            multiple >= least,
            `${plan.connections} connections: ${multiple.toFixed(2)} × the durable peer, goal ≥ ${least}`,
          ),
        )
      }
      report.goals.push(
        goal(missing === '0', `${plan.connections} connections: stored equals acknowledged (${missing})`),
      )
    }
  })
  if (judges.length === 0) report.notes.push('PostgreSQL is not installed: no peers, no multiples')
  return { ...report, raw }
}

export async function handled(bench: Bench): Promise<Report[]> {
  const single = 'Handled, sustained, in the database: one update per body'
  const batched = 'Handled, sustained, in the database: 100 updates per body'
  if (!hasWrk) return [emptyReport(`${single} / ${batched}`, 'left out: wrk is not installed')]
  const hasPeers = postgresPrograms() !== undefined
  const peers = hasPeers ? [expressPg, whatsappApiJsPg] : []
  const { seconds, subject } = bench
  const one = await runTrials(bench, single, [subject, ...peers], peers, [
    { plan: { connections: 16, seconds, updatesPerBody: 1 }, least: 1 },
    { plan: { connections: 64, seconds, updatesPerBody: 1 }, least: 1.5 },
  ])
  const withMultiRow = hasPeers ? [...peers, expressPgMultiRow] : []
  const hundred = await runTrials(bench, batched, [subject, ...withMultiRow], hasPeers ? [expressPg] : [], [
    { plan: { connections: 16, seconds, updatesPerBody: 100 }, least: 5 },
  ])
  if (hasPeers) {
    hundred.notes.push(
      'the goal is against one INSERT per update; the peer with one INSERT per body is shown beside it',
      'whatsapp-api-js looks at the first update of a body only: the others are acknowledged and lost',
    )
  }
  return [one, hundred]
}
