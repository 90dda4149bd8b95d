// What stands in the queue ERRANDS: that a workspace has something to look at. Never what; the rows say that, and the cron
// finds them when a message was lost. Written by walks, read by index.ts.

/**
 * `wishes`: messages that asked for something. `requests`: requests that can go on. `packages`: packages to build. `exports`:
 * copies of workspaces to go on with. `waiting`: messages that waited for a number that is connected again.
 */
export type Errand = { of: 'wishes' | 'requests' | 'packages' | 'exports' | 'waiting'; accountId: string }
