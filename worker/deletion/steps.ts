// The steps of a deletion, in order. Each may be walked again at any point and ends in the same state; what a later
// step needs stands in `facts` or in the sealed inventory, never in what an earlier step has erased. Called by eraser.ts.
// Design: §8; compliance §8.

import type { Database } from '../../db/client.ts'
import type { Settings } from '../ground/settings.ts'
import type { Fetch } from '../meta/graph.ts'
import type { Job, Journal } from './journal.ts'
import type { DeletionRow } from './request.ts'
import { detachStep } from './step-detach.ts'
import { drainStep, eraseStep } from './step-erase.ts'
import { freezeStep, verifyStep } from './step-freeze.ts'
import { backupsStep, finalStep, receiptStep } from './step-proof.ts'
import { residueStep } from './step-residue.ts'
import { quietStep, shredStep, tombstoneStep, turnStep } from './step-shred.ts'

export type StepContext = {
  env: Env
  db: Database
  settings: Settings
  fetch: Fetch
  now: number
  deletion: DeletionRow
  job: Job
  journal: Journal
}

/**
 * `next`: done. `again`: call once more in `inMs`, with the facts as they are now. `skip`: does not concern this scope.
 * `waits` marks a wait for the clock or for somebody, which is no failure.
 */
export type Outcome =
  | { to: 'next'; counts?: Record<string, number> }
  | { to: 'again'; inMs: number; counts?: Record<string, number>; waits?: boolean }
  | { to: 'skip' }
  /** The deletion has ended: cancelled, or done. */
  | { to: 'end' }

export type Step = (context: StepContext) => Promise<Outcome>

export const steps = [
  ['verify', verifyStep],
  ['freeze', freezeStep],
  ['detach', detachStep],
  ['quiet', quietStep],
  ['tombstone', tombstoneStep],
  ['shred', shredStep],
  ['erase', eraseStep],
  ['drain', drainStep],
  ['residue', residueStep],
  ['receipt', receiptStep],
  ['turn', turnStep],
  ['backups', backupsStep],
  ['final', finalStep],
] as const satisfies [string, Step][]

export type StepName = (typeof steps)[number][0]

/** From here on nothing can be stopped: somebody's key may be gone already. */
export const noReturn: number = steps.findIndex(([name]) => name === 'tombstone')
