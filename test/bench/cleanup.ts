// What must be undone when a bench ends, by any way: return, failure or Ctrl-C. Called by everything that starts
// a process or makes a temporary folder; run.ts calls `undoAll` last.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Pending {
  undo(): Promise<void>
  atOnce: (() => void) | undefined
}

const pending: Pending[] = []
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
let ending: Promise<void> | undefined

export const isEnding = (): boolean => ending !== undefined

/** For whoever is about to start something: nothing may be started that nobody would stop. */
export function assertGoing(): void {
  if (isEnding()) throw new Error('the bench is ending')
}

/**
 * Registers an undo; the returned function runs it early, and at most once. `atOnce` is what can be done instead
 * when the process ends without waiting.
 */
export function onEnd(undo: () => Promise<void> | void, atOnce?: () => void): () => Promise<void> {
  let undone: Promise<void> | undefined
  const run = async () => {
    await undo()
    pending.splice(pending.indexOf(entry), 1)
  }
  const entry: Pending = {
    undo: () => {
      undone ??= run()
      return undone
    },
    atOnce,
  }
  pending.push(entry)
  return entry.undo
}

/** Runs what is still registered, newest first; a failing undo does not stop the others. */
export function undoAll(): Promise<void> {
  ending ??= (async () => {
    for (const { undo } of [...pending].reverse()) {
      await undo().catch((error: unknown) => console.error('cleanup:', error))
    }
  })()
  return ending
}

/** A folder below the system's temporary folder, removed at the end. */
export function temporaryFolder(name: string): { path: string; remove(): Promise<void> } {
  assertGoing()
  const path = mkdtempSync(join(tmpdir(), `softivum-bench-${name}-`))
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  return { path, remove: onEnd(remove, remove) }
}

function onSignal(signal: NodeJS.Signals): void {
  if (isEnding()) return
  console.error(`\n${signal}: stopping what was started`)
  void undoAll().finally(() => process.exit(130))
}

/** To be repeated after a target has started: miniflare adds listeners of its own, which end the process at once. */
export function takeSignals(): void {
  for (const signal of signals) process.removeAllListeners(signal).on(signal, onSignal)
}

process.on('exit', () => {
  for (const { atOnce } of [...pending].reverse()) atOnce?.()
})
