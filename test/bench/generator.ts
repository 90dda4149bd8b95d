// Starts a load generator as a Node process of its own, on the load's core, so that the bench's other work is
// not in its measurements. The order goes in by argument, the result comes back over IPC. Called by sections.

import { fileURLToPath } from 'node:url'
import { loadCore, onCore, startChild } from './processes.ts'
import type { Identity, SendDoors } from './targets.ts'

export interface ArrivalsOrder {
  url: string
  identity: Identity
  run: string
  perSecond: number
  seconds: number
}

export interface Arrivals {
  sent: number
  failed: number
  /** Not sent because too many were waiting for an answer; any makes the percentiles worthless. */
  dropped: number
  /** From the scheduled time to the answer. */
  p50Ms: number
  p99Ms: number
  /** How late the generator itself was, at its p99: if not small, the generator is the bottleneck. */
  lateMs: number
}

export interface PairsOrder extends SendDoors {
  recipients: string[]
  pairs: number
}

export interface Pairs {
  directMs: number[]
  proxiedMs: number[]
  /** First answer that was not a success, if any: then the numbers are worthless. */
  fault?: string
}

function generate<Result>(file: string, order: unknown): Promise<Result> {
  const program = fileURLToPath(new URL(file, import.meta.url))
  const [command, args] = onCore(loadCore, process.execPath, [program, JSON.stringify(order)])
  const child = startChild(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  return new Promise((resolve, reject) => {
    child.process.once('message', (result) => resolve(result as Result))
    child.process.once('close', (code) => reject(new Error(`${file} ended with ${code} and no result`)))
  })
}

export const arrivals = (order: ArrivalsOrder): Promise<Arrivals> => generate('./generate-arrivals.ts', order)
export const sendPairs = (order: PairsOrder): Promise<Pairs> => generate('./generate-pairs.ts', order)
