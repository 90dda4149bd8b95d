// What machine a bench ran on; printed above its tables by run.ts.

import { execFileSync } from 'node:child_process'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { workerdBinary } from './floor.ts'
import { postgresPrograms } from './postgres.ts'
import { canPin, hasWrk, loadCore, serverCore } from './processes.ts'

const firstLine = (command: string, args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8' }).split('\n')[0]?.trim() ?? ''

export function machineFacts(): Record<string, string> {
  const processors = cpus()
  const model = processors[0]?.model.trim() || 'unknown'
  const gib = Math.round(totalmem() / 2 ** 30)
  const postgres = postgresPrograms()
  return {
    system: `${type()} ${release()}`,
    processor: `${model}, ${processors.length} cores, ${gib} GiB`,
    'load average before': loadavg()
      .map((value) => value.toFixed(2))
      .join(' '),
    node: process.version,
    workerd: firstLine(workerdBinary(), ['--version']),
    wrk: hasWrk ? 'installed' : 'not installed: everything that needs load is left out',
    postgresql:
      postgres === undefined
        ? 'not installed: the peers are left out'
        : firstLine(`${postgres}/postgres`, ['--version']),
    cores: canPin
      ? `server pinned to core ${serverCore}, load to core ${loadCore}`
      : 'nothing is pinned (one core, or no taskset): server and load disturb each other',
  }
}
