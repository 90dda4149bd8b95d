// The way to the library that signs people in: it is imported when somebody asks, so that it is a file of its own in what is
// deployed, and no webhook and no API key ever waits for it. Called by the signin walk.

import type { Settings } from '../ground/settings.ts'

export const loadLibrary = async (env: Env, settings: Settings) =>
  (await import('./library.ts')).openLibrary(env, settings)
