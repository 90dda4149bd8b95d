// Goal 3: how soon the answer comes at half of capacity, and how soon a message is visible. Run by run.ts.

import { Agent } from 'node:http'
import { contactCount, newRun, phoneOf, signedBody, updateOf } from '../bodies.ts'
import { warmAll, withRunning } from '../contest.ts'
import { floor } from '../floor.ts'
import { type Arrivals, arrivals } from '../generator.ts'
import { alternate, drained, runLeg } from '../leg.ts'
import { post } from '../post.ts'
import { hasWrk } from '../processes.ts'
import { type Bench, emptyReport, goal, type Report } from '../report.ts'
import { median, percentile, withSpread } from '../stats.ts'
import type { Running } from '../targets.ts'

const mostP99Ms = 50
const mostVisibleMs = 200
const pollMs = 4
const givenUpMs = 5_000

/** What it can take without falling behind: the lower of what it acknowledges and what it stores. */
async function capacityOf(running: Running, seconds: number): Promise<number> {
  const measured: number[] = []
  for (let round = 0; round < 3; round++) {
    const leg = await runLeg(running, { connections: 64, seconds, updatesPerBody: 1 })
    measured.push(Math.min(leg.acknowledgedRate, leg.handledRate ?? leg.acknowledgedRate))
  }
  return median(measured)
}

async function openLoop(running: Running, perSecond: number, seconds: number): Promise<Arrivals> {
  const before = (await running.stored?.()) ?? 0
  const result = await arrivals({
    url: running.webhookUrl,
    identity: running.identity,
    run: newRun(),
    perSecond,
    seconds,
  })
  if (running.stored) await drained(running.stored, before + result.sent - result.failed)
  return result
}

function answerRow(name: string, perSecond: number, runs: Arrivals[]): string[] {
  const failures = runs.reduce((sum, { failed, dropped }) => sum + failed + dropped, 0)
  return [
    name,
    String(Math.round(perSecond)),
    withSpread(
      runs.map(({ p50Ms }) => p50Ms),
      1,
    ),
    withSpread(
      runs.map(({ p99Ms }) => p99Ms),
      1,
    ),
    withSpread(
      runs.map(({ lateMs }) => lateMs),
      1,
    ),
    String(failures),
  ]
}

async function answers(
  bench: Bench,
  [floorRunning, running]: [Running, Running],
): Promise<{ report: Report; half: number }> {
  const half = (await capacityOf(running, bench.seconds)) / 2
  const floorHalf = (await capacityOf(floorRunning, bench.seconds)) / 2
  const [own = [], sameRate = [], floorOwn = []] = await alternate(bench.rounds, [
    () => openLoop(running, half, bench.seconds),
    () => openLoop(floorRunning, half, bench.seconds),
    () => openLoop(floorRunning, floorHalf, bench.seconds),
  ])
  const p99 = median(own.map(({ p99Ms }) => p99Ms))
  const isClean = own.every(({ failed, dropped }) => failed + dropped === 0)
  return {
    half,
    report: {
      title: 'Latency of the answer at half of capacity, open loop',
      columns: [
        'target',
        'arrivals per second',
        'p50 ms',
        'p99 ms',
        'generator late, p99 ms',
        'failed or dropped',
      ],
      rows: [
        answerRow(bench.subject.name, half, own),
        answerRow(`${floor.name}, same rate`, half, sameRate),
        answerRow(`${floor.name}, half of its own`, floorHalf, floorOwn),
      ],
      goals: [goal(p99 <= mostP99Ms && isClean, `p99 ${p99.toFixed(1)} ms, goal ≤ ${mostP99Ms} ms`)],
      notes: [
        'measured from the scheduled time',
        'compare tails with the floor: the same garbage collection and the same generator disturb both',
      ],
      raw: { half, floorHalf, own, sameRate, floorOwn },
    },
  }
}

/** Posts one message of somebody new and asks until the API shows it. Undefined when it never did. */
async function visibleAfter(running: Running, agent: Agent, contact: number): Promise<number | undefined> {
  const update = updateOf(running.identity, newRun(), 0, contact)
  const { body, signature } = signedBody(running.identity, [update])
  const startedAt = performance.now()
  await post(agent, new URL(running.webhookUrl), { 'x-hub-signature-256': signature }, body)
  while (performance.now() - startedAt < givenUpMs) {
    if (await running.seen?.(phoneOf(contact), update.wamid)) return performance.now() - startedAt
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  return undefined
}

async function probe(running: Running, first: number, probes: number): Promise<(number | undefined)[]> {
  const agent = new Agent({ keepAlive: true })
  const found: (number | undefined)[] = []
  for (let i = 0; i < probes; i++) found.push(await visibleAfter(running, agent, first + i))
  agent.destroy()
  return found
}

const isNumber = (value: number | undefined): value is number => value !== undefined

async function visibility(bench: Bench, running: Running, half: number): Promise<Report> {
  const title = 'From the POST to visible in the API'
  if (!running.seen) return emptyReport(title, `left out: ${bench.subject.name} has no API here`)
  const probes = bench.quick ? 20 : 60
  await probe(running, contactCount, 5)
  const idle = await probe(running, contactCount + 100, probes)
  // under load the new conversation would leave the first page of the list at once: these are already known
  let isLoaded = true
  const load = openLoop(running, half, bench.seconds * 2).finally(() => {
    isLoaded = false
  })
  const loaded: (number | undefined)[] = []
  while (isLoaded && loaded.length < probes)
    loaded.push(...(await probe(running, contactCount + 100 + loaded.length, 1)))
  await load
  const rowOf = (name: string, found: (number | undefined)[]) => {
    const times = found.filter(isNumber)
    const cells = [percentile(times, 0.5), percentile(times, 0.99), Math.max(...times)].map((value) =>
      value.toFixed(0),
    )
    return [name, String(found.length), ...cells, String(found.length - times.length)]
  }
  const all = [...idle, ...loaded]
  const worst = percentile(all.filter(isNumber), 0.99)
  return {
    title,
    columns: ['load', 'probes', 'p50 ms', 'p99 ms', 'slowest ms', 'never seen'],
    rows: [rowOf('none', idle), rowOf(`${Math.round(half)} per second`, loaded)],
    goals: [
      goal(
        all.every(isNumber) && worst <= mostVisibleMs,
        `p99 ${worst.toFixed(0)} ms, goal ≤ ${mostVisibleMs} ms`,
      ),
    ],
    notes: [
      'without load each probe is the first message of a new contact, under load the second',
      `asked every ${pollMs} ms, the asking included`,
    ],
    raw: { idle, loaded },
  }
}

export async function latency(bench: Bench): Promise<Report[]> {
  if (!hasWrk)
    return [emptyReport('Latency', 'left out: capacity is measured with wrk, which is not installed')]
  return withRunning([floor, bench.subject], async ([floorRunning, running]) => {
    if (!floorRunning || !running) throw new Error('nothing runs')
    await warmAll([floorRunning, running], Math.min(2, bench.seconds))
    const { report, half } = await answers(bench, [floorRunning, running])
    return [report, await visibility(bench, running, half)]
  })
}
