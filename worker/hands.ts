// The rights walk's hands in other walks, put together where everything is known. Used by app.ts and index.ts.

import { requestDeletion } from './deletion/request.ts'
import type { Hands } from './rights/hands.ts'
import { sayWith } from './sending/say.ts'

/** Tests bring their own fetch, clock and patience. */
export const handsWith = (injected: Parameters<typeof sayWith>[0] = {}): Hands => ({
  forget: requestDeletion,
  say: sayWith(injected),
})

export const hands = handsWith()
