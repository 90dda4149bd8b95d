// Goal 4: what sending through the proxy adds to the simulator's own answer. Run by run.ts.

import { Agent } from 'node:http'
import { contactCount, newRun, phoneOf, signedBody, updateOf } from '../bodies.ts'
import { withRunning } from '../contest.ts'
import { type Pairs, sendPairs } from '../generator.ts'
import { drained } from '../leg.ts'
import { post } from '../post.ts'
import { type Bench, emptyReport, goal, type Report } from '../report.ts'
import { median, percentile, withSpread } from '../stats.ts'
import type { Running } from '../targets.ts'

const title = 'Sending through the proxy'
const mostAddedMs = 3
const perBody = 100

/** Every recipient writes first: a free-form answer is only allowed within a day after that. */
async function openWindows(running: Running): Promise<void> {
  const agent = new Agent({ keepAlive: true })
  const run = newRun()
  const before = (await running.stored?.()) ?? 0
  for (let first = 0; first < contactCount; first += perBody) {
    const updates = Array.from({ length: perBody }, (_, i) => updateOf(running.identity, run, first + i))
    const { body, signature } = signedBody(running.identity, updates)
    await post(agent, new URL(running.webhookUrl), { 'x-hub-signature-256': signature }, body)
  }
  agent.destroy()
  if (running.stored) await drained(running.stored, before + contactCount)
}

const addedMs = ({ directMs, proxiedMs }: Pairs): number => median(proxiedMs) - median(directMs)

function reportOf(bench: Bench, rounds: Pairs[]): Report {
  const rowOf = (name: string, pick: (pairs: Pairs) => number[]) => [
    name,
    withSpread(
      rounds.map((pairs) => percentile(pick(pairs), 0.5)),
      2,
    ),
    withSpread(
      rounds.map((pairs) => percentile(pick(pairs), 0.99)),
      2,
    ),
  ]
  const added = median(rounds.map(addedMs))
  return {
    title,
    columns: ['way', 'p50 ms', 'p99 ms'],
    rows: [
      rowOf('straight to the simulator', ({ directMs }) => directMs),
      rowOf(`through ${bench.subject.name}`, ({ proxiedMs }) => proxiedMs),
      ['added, median', withSpread(rounds.map(addedMs), 2), '-'],
    ],
    goals: [
      goal(added <= mostAddedMs, `adds ${added.toFixed(2)} ms at the median, goal ≤ ${mostAddedMs} ms`),
    ],
    notes: [
      `${rounds.length} rounds of ${rounds[0]?.directMs.length ?? 0} pairs, one send at a time, ways in turn`,
    ],
    raw: rounds,
  }
}

export async function send(bench: Bench): Promise<Report> {
  return withRunning([bench.subject], async ([running]) => {
    const doors = running?.send
    if (!running || !doors) return emptyReport(title, `left out: ${bench.subject.name} cannot send here`)
    await openWindows(running)
    const pairs = bench.quick ? 60 : 150
    const rounds: Pairs[] = []
    for (let round = 0; round < bench.rounds; round++) {
      const first = (round * pairs) % contactCount
      const recipients = Array.from({ length: contactCount }, (_, i) => phoneOf((first + i) % contactCount))
      const result = await sendPairs({ ...doors, recipients, pairs })
      if (result.fault !== undefined) return emptyReport(title, `no numbers: ${result.fault}`)
      rounds.push(result)
    }
    return reportOf(bench, rounds)
  })
}
