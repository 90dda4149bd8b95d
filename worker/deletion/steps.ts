// The steps of a deletion, in order. Each may be walked again at any point and ends in the same state; what a later
// step needs stands in `facts` or in the sealed inventory, never in what an earlier step has erased. Called by eraser.ts.
// Why: docs/decisions/0020.

import type { Step } from './step.ts'
import { detachStep } from './step-detach.ts'
import { drainStep, eraseStep } from './step-erase.ts'
import { freezeStep, verifyStep } from './step-freeze.ts'
import { backupsStep, finalStep, receiptStep } from './step-proof.ts'
import { residueStep } from './step-residue.ts'
import { quietStep, shredStep, tombstoneStep, turnStep } from './step-shred.ts'

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

/** From here on the database shows the deletion as done. */
export const receiptGiven: number = steps.findIndex(([name]) => name === 'receipt') + 1
