// The customer service window: for 24 hours after a person's last message or call to a number, the business may answer
// freely; afterwards only with a template. Pure. Called by the sending gates. Source: messaging limits (Meta).

import { limits } from '../ground/limits.ts'

export type Window = { state: 'open'; until: number } | { state: 'closed'; since: number | undefined }

/** `userLastAt` is the time of the event at Meta, not of its arrival; undefined or null when they never wrote. */
export function windowAt(userLastAt: number | null | undefined, now: number): Window {
  if (userLastAt === null || userLastAt === undefined) return { state: 'closed', since: undefined }
  const until = userLastAt + limits.windowMs
  return until > now ? { state: 'open', until } : { state: 'closed', since: until }
}
