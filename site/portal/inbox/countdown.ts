// The 24 hours after a person's last word, as the composer shows them. Pure.

export type Window =
  | { state: 'open'; leftMs: number; isShort: boolean }
  /** Closed, or never opened. */
  | { state: 'closed' }

const hourMs = 3_600_000

export function windowNow(windowClosesAt: string | null, now: number): Window {
  const leftMs = windowClosesAt === null ? 0 : Date.parse(windowClosesAt) - now
  return leftMs > 0 ? { state: 'open', leftMs, isShort: leftMs <= 2 * hourMs } : { state: 'closed' }
}

/** When what is shown changes next: by the minute, and by the second in the last one. Undefined once it is closed. */
export function nextTickMs(window: Window): number | undefined {
  if (window.state === 'closed') return undefined
  if (window.leftMs <= 60_000) return Math.min(window.leftMs, 1_000)
  return window.leftMs % 60_000 || 60_000
}
