// What a walk needs of the world around one request or one tick of the clock. Made at the doors and in index.ts.

import type { Settings } from './settings.ts'

export type World = { env: Env; settings: Settings; now: number }

/** The world of one request, from what every door finds on its context. */
export const worldOf = (c: { env: Env; var: { settings: Settings } }): World => ({
  env: c.env,
  settings: c.var.settings,
  now: Date.now(),
})
