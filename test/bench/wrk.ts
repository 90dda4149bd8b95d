// Runs wrk, closed loop with keep-alive, over a fresh pool of signed bodies. Called by leg.ts.

import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Pool } from './pool.ts'
import { loadCore, onCore, startChild } from './processes.ts'

export interface Load {
  issued: number
  /** Answered with a status below 400. */
  acknowledged: number
  refused: number
  broken: number
  /** From the first request to the last answer. */
  elapsedMs: number
  p50Ms: number
  p99Ms: number
}

const script = fileURLToPath(new URL('./wrk.lua', import.meta.url))
// time after the last request within which answers may still come; wrk is interrupted once they all have
const graceSeconds = 20

function parse(line: string): Load {
  const seen = JSON.parse(line) as Record<string, number>
  const field = (name: string): number => seen[name] ?? 0
  return {
    issued: field('issued'),
    acknowledged: field('answered') - field('refused'),
    refused: field('refused'),
    broken: field('broken'),
    elapsedMs: field('elapsedMs'),
    p50Ms: field('p50Ms'),
    p99Ms: field('p99Ms'),
  }
}

/** `onQuiet` is called with what was issued, the moment the last answer has come; wrk itself ends later. */
export async function runWrk(
  origin: string,
  pool: Pool,
  load: { seconds: number; connections: number },
  onQuiet: (issued: number) => void,
): Promise<Load> {
  const { seconds, connections } = load
  const [command, args] = onCore(loadCore, 'wrk', [
    '-t1',
    `-c${connections}`,
    `-d${Math.ceil(seconds) + graceSeconds}s`,
    '--timeout',
    '15s',
    '-s',
    script,
    origin,
    '--',
    pool.path,
    String(pool.recordBytes),
    String(pool.records),
    String(seconds),
    String(connections),
  ])
  const child = startChild(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const { stdout, stderr } = child.process
  if (stdout === null || stderr === null) throw new Error('wrk has no output')
  let said = ''
  let result: Load | undefined
  createInterface(stderr).on('line', (line) => {
    if (!line.startsWith('quiet ')) said += `${line}\n`
    else {
      onQuiet(Number(line.slice(6)))
      child.process.kill('SIGINT')
    }
  })
  createInterface(stdout).on('line', (line) => {
    if (line.startsWith('bench ')) result = parse(line.slice(6))
  })
  await new Promise((resolve) => child.process.once('close', resolve))
  if (result === undefined) throw new Error(`wrk gave no result: ${said}`)
  return result
}
