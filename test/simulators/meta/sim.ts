// What every handler of the simulator is given: the world, and the two ways in which it reaches out.
// Called by createMeta, which makes the one Sim.

import type { Rates } from './graph/rates.ts'
import type { ResolvedOptions } from './options.ts'
import type { Courier } from './webhooks/courier.ts'
import type { World } from './world.ts'

export type Sim = {
  options: ResolvedOptions
  world: World
  courier: Courier
  rates: Rates /** Where the last call reached us; names us where no origin is set. */
  origin: string
}

/** Resolves after so many milliseconds of the injected schedule. */
export function pause(sim: { options: ResolvedOptions }, delayMs: number): Promise<void> {
  return new Promise((resolve) => sim.options.schedule(resolve, delayMs))
}
