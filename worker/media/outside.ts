// What the media walk needs of the world besides its bindings: Meta, and the time. Tests bring their own.

import type { Settings } from '../ground/settings.ts'
import type { Fetch } from '../meta/graph.ts'

export type Outside = { env: Env; settings: Settings; now: () => number; fetch: Fetch; timeoutMs: number }
export type Injected = Partial<Pick<Outside, 'now' | 'fetch' | 'timeoutMs'>>
