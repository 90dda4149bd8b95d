// What a step of a deletion is given and what it may answer. Called by steps.ts and the step files.

import type { Database } from '../../db/client.ts'
import type { Settings } from '../ground/settings.ts'
import type { Fetch } from '../meta/graph.ts'
import type { Job, Journal } from './journal.ts'
import type { DeletionRow } from './row.ts'

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
