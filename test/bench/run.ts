// `npm run bench [section…]`: measures the goals of speed side by side in one run and prints a table for
// each.
//
//   --quick          shorter legs and fewer rounds: for looking, not for quoting
//   --subject NAME   gateway (default) or d1-first
//   --seconds N      length of a leg        --rounds N   legs of each target in a comparison
//   --messages N     of whom `erase` forgets (100,000)
//
// Sections: acknowledge handled latency send growth erase portal profile. Without any, all of them.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { assertGoing, isEnding, takeSignals, undoAll } from './cleanup.ts'
import { d1First } from './d1-first.ts'
import { machineFacts } from './facts.ts'
import { gateway } from './gateway.ts'
import { canPin, loadCore } from './processes.ts'
import { type Bench, emptyReport, markdown, type Report } from './report.ts'
import { acknowledge } from './sections/acknowledge.ts'
import { erase } from './sections/erase.ts'
import { growth } from './sections/growth.ts'
import { handled } from './sections/handled.ts'
import { latency } from './sections/latency.ts'
import { portal } from './sections/portal.ts'
import { profile } from './sections/profile.ts'
import { send } from './sections/send.ts'
import type { Target } from './targets.ts'

type Section = (bench: Bench) => Promise<Report | Report[]>

const sections = new Map<string, Section>([
  ['acknowledge', acknowledge],
  ['handled', handled],
  ['latency', latency],
  ['send', send],
  ['growth', growth],
  ['erase', erase],
  ['portal', portal],
  ['profile', profile],
])
const subjects = new Map<string, Target>([
  ['gateway', gateway],
  ['d1-first', d1First],
])
const lengths = { full: { seconds: 4, rounds: 5 }, quick: { seconds: 1, rounds: 2 } }
const limits = { seconds: 60, rounds: 50, messages: 2_000_000 }
const output = new URL('../../.local/', import.meta.url)

function bounded(name: keyof typeof limits, given: string | undefined, otherwise: number): number {
  const value = given === undefined ? otherwise : Number(given)
  if (!(value > 0 && value <= limits[name]))
    throw new Error(`--${name} must be above 0 and at most ${limits[name]}`)
  return value
}

function parseCommandLine(): { bench: Bench; chosen: string[] } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      subject: { type: 'string', default: 'gateway' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      messages: { type: 'string' },
    },
  })
  const unknown = positionals.find((name) => !sections.has(name))
  if (unknown !== undefined)
    throw new Error(`no section ${unknown}; there are ${[...sections.keys()].join(', ')}`)
  const subject = subjects.get(values.subject)
  if (!subject) throw new Error(`no subject ${values.subject}; there are ${[...subjects.keys()].join(', ')}`)
  const length = values.quick ? lengths.quick : lengths.full
  const bench: Bench = {
    subject,
    quick: values.quick,
    seconds: bounded('seconds', values.seconds, length.seconds),
    rounds: bounded('rounds', values.rounds, length.rounds),
    messages: Math.ceil(bounded('messages', values.messages, values.quick ? 20_000 : 100_000)),
  }
  return { bench, chosen: positionals.length > 0 ? positionals : [...sections.keys()] }
}

/** What runs in this process, and all it starts until it is pinned elsewhere, stays off the server's core. */
function leaveServerCore(): void {
  if (canPin)
    execFileSync('taskset', ['-a', '-c', '-p', String(loadCore), String(process.pid)], { stdio: 'ignore' })
}

async function runSection(name: string, bench: Bench): Promise<Report[]> {
  console.error(`${name} …`)
  try {
    return [await (sections.get(name) as Section)(bench)].flat()
  } catch (error) {
    assertGoing()
    process.exitCode = 1
    return [emptyReport(name, `failed: ${error instanceof Error ? error.message : String(error)}`)]
  }
}

async function main(): Promise<void> {
  const { bench, chosen } = parseCommandLine()
  const facts = machineFacts()
  leaveServerCore()
  console.log(`# Bench of ${bench.subject.name}\n`)
  for (const [name, value] of Object.entries(facts)) console.log(`- ${name}: ${value}`)
  console.log(
    `- ${bench.rounds} rounds of ${bench.seconds} s${bench.rounds < 5 ? '; too few to quote' : ''}\n`,
  )
  const reports: Report[] = []
  for (const name of chosen) {
    assertGoing()
    const made = await runSection(name, bench)
    reports.push(...made)
    for (const report of made) console.log(markdown(report))
  }
  mkdirSync(output, { recursive: true })
  const file = fileURLToPath(new URL('bench.json', output))
  const { seconds, rounds, quick, subject } = bench
  const at = new Date().toISOString()
  writeFileSync(
    file,
    `${JSON.stringify({ at, facts, subject: subject.name, seconds, rounds, quick, reports }, null, 2)}\n`,
  )
  console.log(`Written to ${file}`)
}

takeSignals()
try {
  await main()
} catch (error) {
  if (!isEnding()) console.error(error instanceof Error ? error.message : error)
  process.exitCode = isEnding() ? 130 : 1
} finally {
  await undoAll()
}
// miniflare's and pg's idle sockets would keep the process for a while
process.exit()
