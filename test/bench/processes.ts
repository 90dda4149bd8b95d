// Child processes and what the kernel knows about them (CPU time, memory, cores). Used by targets, load
// generators and legs. Reads /proc: on another system than Linux the numbers are absent, never guessed.

import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { assertGoing, onEnd } from './cleanup.ts'

export interface Child {
  process: ChildProcess
  pid: number
  /** Asks it to end, waits until it has, and kills it after five seconds. */
  stop(): Promise<void>
}

const patienceMs = 5_000

/** `politely` is the signal upon which the program ends in good order. */
export function startChild(
  command: string,
  args: string[],
  options: SpawnOptions,
  politely: NodeJS.Signals = 'SIGTERM',
): Child {
  assertGoing()
  const child = spawn(command, args, options)
  const closed = new Promise<void>((resolve) =>
    child.once('close', () => resolve()).once('error', () => resolve()),
  )
  const stop = onEnd(
    async () => {
      if (child.pid === undefined) return
      if (child.exitCode === null && child.signalCode === null) child.kill(politely)
      const killer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      await closed
      clearTimeout(killer)
    },
    () => child.kill(politely),
  )
  child.once('close', () => void stop())
  if (child.pid === undefined) throw new Error(`cannot start ${command}`)
  return { process: child, pid: child.pid, stop }
}

const hasCommand = (name: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export const hasWrk = hasCommand('wrk')
/** Server on the first core, load on the second. Without two cores or without taskset nothing is pinned. */
export const canPin = hasCommand('taskset') && availableParallelism() > 1
export const serverCore = 0
export const loadCore = 1

/** The command line that runs `command` on one core, when that is possible here. */
export const onCore = (core: number, command: string, args: string[]): [string, string[]] =>
  canPin ? ['taskset', ['-c', String(core), command, ...args]] : [command, args]

function procFile(pid: number | string, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return undefined
  }
}

/** Fields of /proc/pid/stat after the command name, which may itself hold spaces and parentheses. */
const statOf = (pid: number): string[] => {
  const stat = procFile(pid, 'stat')
  return stat === undefined ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** The processes and everything below them. */
export function withDescendants(roots: number[]): number[] {
  let every: string[] = []
  try {
    every = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return roots
  }
  const parentOf = new Map(every.map((name) => [Number(name), Number(statOf(Number(name))[1] ?? 0)]))
  const family = new Set(roots)
  for (let before = 0; before !== family.size; ) {
    before = family.size
    for (const [pid, parent] of parentOf) if (family.has(parent)) family.add(pid)
  }
  return [...family]
}

/** The workerd processes this process has started, for targets that run miniflare in here. */
export const ownWorkerds = (): number[] =>
  withDescendants([process.pid]).filter((pid) => procFile(pid, 'comm')?.trim() === 'workerd')

/** Moves processes, with all their threads and children, to the server's core. */
export function pinToServer(roots: number[]): void {
  if (!canPin) return
  for (const pid of withDescendants(roots)) {
    try {
      execFileSync('taskset', ['-a', '-c', '-p', String(serverCore), String(pid)], { stdio: 'ignore' })
    } catch {
      // it ended between listing and pinning
    }
  }
}

const tickMs = 10

/** CPU time in ms, user and system, of the processes and everything below them; NaN without /proc. */
export function cpuMs(roots: number[]): number {
  if (procFile('self', 'stat') === undefined) return Number.NaN
  let ticks = 0
  for (const pid of withDescendants(roots)) {
    const stat = statOf(pid)
    ticks += Number(stat[11] ?? 0) + Number(stat[12] ?? 0)
  }
  return ticks * tickMs
}

/** Proportional memory in MiB, shared pages divided among their users; undefined where nobody says. */
export function memoryMib(roots: number[]): number | undefined {
  let kib = 0
  for (const pid of withDescendants(roots)) {
    kib += Number(/^Pss:\s+(\d+)/m.exec(procFile(pid, 'smaps_rollup') ?? '')?.[1] ?? 0)
  }
  return kib === 0 ? undefined : kib / 1024
}
