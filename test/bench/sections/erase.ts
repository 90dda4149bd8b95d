// Forgetting somebody with many messages: how fast their rows go, against a plain DELETE of as many, and what another
// business feels of it. Run by run.ts.

import { newRun } from '../bodies.ts'
import { withRunning } from '../contest.ts'
import { type Arrivals, arrivals } from '../generator.ts'
import { type Bench, emptyReport, goal, type Report } from '../report.ts'
import { median, pairedRatios, withSpread } from '../stats.ts'
import type { Erased, Erasing, Running } from '../targets.ts'

const title = 'Forgetting somebody with many messages'
/** What another business sends meanwhile: a small part of capacity, so that what it feels is the erasure. */
const perSecond = 100
/** So long the neighbour is measured at least and at most. */
const leg = { least: 4, most: 55 }
/** The neighbour's p99 may grow by this, whichever is more. */
const allowed = { factor: 3, ms: 50 }

interface Round {
  plain: Erased
  erased: Erased
  alone: Arrivals
  meanwhile: Arrivals
}

const rate = ({ rows, ms }: Erased): number => (rows * 1_000) / ms

const neighbourOf = (running: Running, { neighbour }: Erasing, seconds: number): Promise<Arrivals> =>
  arrivals({ url: running.webhookUrl, identity: neighbour, run: newRun(), perSecond, seconds })

/** The neighbour is measured for as long as the erasure takes by the look of the plain deletion, first without it. */
async function measure(running: Running, erasing: Erasing, rows: number): Promise<Round> {
  console.error(`  planting twice ${rows} messages`)
  const [first, second] = [await erasing.plant(rows), await erasing.plant(rows)]
  const plain = await erasing.plainDelete(first)
  console.error(`  deleted plainly: ${plain.rows} rows in ${(plain.ms / 1_000).toFixed(1)} s`)
  const seconds = Math.min(leg.most, Math.max(leg.least, plain.ms / 1_000))
  const alone = await neighbourOf(running, erasing, seconds)
  let shown = 0
  const [erased, meanwhile] = await Promise.all([
    erasing.forget(second, (gone) => {
      if (gone > shown) console.error(`  ${gone} rows are gone`)
      shown = Math.max(shown, gone)
    }),
    neighbourOf(running, erasing, seconds),
  ])
  return { plain, erased, alone, meanwhile }
}

const neighbourRow = (name: string, runs: Arrivals[]): string[] => [
  name,
  '-',
  '-',
  withSpread(
    runs.map(({ p50Ms }) => p50Ms),
    1,
  ),
  withSpread(
    runs.map(({ p99Ms }) => p99Ms),
    1,
  ),
  String(runs.reduce((sum, { failed, dropped }) => sum + failed + dropped, 0)),
]

function eraseRow(name: string, done: Erased[], plain: Erased[]): string[] {
  const shares = pairedRatios(done.map(rate), plain.map(rate))
  return [name, withSpread(done.map(rate), 0), withSpread(shares, 2), '-', '-', '-']
}

function reportOf(bench: Bench, rounds: Round[]): Report {
  const alone = rounds.map((round) => round.alone)
  const meanwhile = rounds.map((round) => round.meanwhile)
  const plain = rounds.map((round) => round.plain)
  const erased = rounds.map((round) => round.erased)
  const before = median(alone.map(({ p99Ms }) => p99Ms))
  const during = median(meanwhile.map(({ p99Ms }) => p99Ms))
  const most = Math.max(before * allowed.factor, before + allowed.ms)
  const isClean = meanwhile.every(({ failed, dropped }) => failed + dropped === 0)
  const isWhole = erased.every((one, i) => one.rows === plain[i]?.rows)
  return {
    title: `${title}: ${bench.messages}`,
    columns: ['what', 'rows per second', 'share of plain', 'p50 ms', 'p99 ms', 'failed or dropped'],
    rows: [
      eraseRow('plain DELETE in chunks', plain, plain),
      eraseRow(`forgotten by ${bench.subject.name}`, erased, plain),
      neighbourRow('webhooks of a neighbour, alone', alone),
      neighbourRow('webhooks of a neighbour, meanwhile', meanwhile),
    ],
    goals: [
      goal(isWhole, 'every message is gone'),
      goal(
        during <= most && isClean,
        `the neighbour's p99 is ${during.toFixed(1)} ms meanwhile, ${before.toFixed(1)} ms alone, goal ≤ ${most.toFixed(1)} ms`,
      ),
    ],
    notes: [
      `the neighbour sends ${perSecond} webhooks per second; measured from the scheduled time`,
      'the plain deletion starts in the bench and goes through the simulator of D1 as the Worker does',
    ],
    raw: rounds,
  }
}

export async function erase(bench: Bench): Promise<Report> {
  return withRunning([bench.subject], async ([running]) => {
    const erasing = running?.erasing
    if (!running || !erasing) return emptyReport(title, `left out: ${bench.subject.name} forgets nobody`)
    await neighbourOf(running, erasing, 2)
    const rounds: Round[] = []
    for (let round = 0; round < Math.min(3, bench.rounds); round++)
      rounds.push(await measure(running, erasing, bench.messages))
    return reportOf(bench, rounds)
  })
}
