// By when a request must be answered: the strictest of the laws that may apply and of our own promise. Pure; the numbers are
// rows of db/clocks.ts. Called by requests.ts. Source: compliance of each row; months as GDPR counts them, in UTC.

import { type Clock, clocks, promise, type RegimeName } from '../../db/clocks.ts'
import { dayMs } from '../ground/limits.ts'

export type RequestType = 'access' | 'export' | 'delete' | 'correct' | 'object' | 'restrict'

export type Due = {
  dueAt: number
  /** When silence of a business lets the request through, and when it is reminded of that. */
  letThroughAt: number
  remindAt: number
  /** The rows it was computed from, as `gdpr@1 dpdp@1`. */
  regimes: string
}

const kindOf = (type: RequestType): 'access' | 'other' =>
  type === 'access' || type === 'export' ? 'access' : 'other'

/** The same day so many months later, or the last day of that month. */
export function addMonths(at: number, months: number): number {
  const from = new Date(at)
  const to = new Date(at)
  to.setUTCDate(1)
  to.setUTCMonth(to.getUTCMonth() + months)
  const last = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate()
  to.setUTCDate(Math.min(from.getUTCDate(), last))
  return to.getTime()
}

/**
 * The rows that stand on this day for these regimes, the newest version of each. Without `regimes` all of them: where nobody
 * said where a person lives, the strictest law is theirs.
 */
export function applicableClocks(at: number, regimes?: readonly RegimeName[], rows = clocks): Clock[] {
  const standing = rows.filter(
    (row) => Date.parse(row.effectiveFrom) <= at && (regimes === undefined || regimes.includes(row.regime)),
  )
  return [...Map.groupBy(standing, (row) => row.regime).values()].map((versions) =>
    versions.reduce((newest, row) => (row.version > newest.version ? row : newest)),
  )
}

export function decideDue(
  type: RequestType,
  receivedAt: number,
  regimes?: readonly RegimeName[],
  rows: readonly Clock[] = clocks,
): Due {
  const kind = kindOf(type)
  const own = receivedAt + (kind === 'access' ? promise.accessDays : promise.otherDays) * dayMs
  const applicable = applicableClocks(receivedAt, regimes, rows)
  const dueAt = Math.min(own, ...applicable.flatMap((row) => dueBy(row, kind, receivedAt) ?? []))
  const letThroughAt = dueAt - promise.letThroughBeforeDays * dayMs
  return {
    dueAt,
    letThroughAt,
    remindAt: letThroughAt - promise.remindBeforeDays * dayMs,
    regimes: applicable.map(({ regime, version }) => `${regime}@${version}`).join(' '),
  }
}

/** Undefined where the law names no number for this kind. */
function dueBy({ kinds, unit }: Clock, kind: 'access' | 'other', at: number): number | undefined {
  const length = kinds[kind]
  if (length === undefined) return undefined
  return unit === 'month' ? addMonths(at, length) : at + length * dayMs
}

/** The rows that a request names; those that no longer exist are left out. */
export const clocksNamed = (regimes: string): Clock[] =>
  regimes
    .split(' ')
    .flatMap((name) => clocks.find(({ regime, version }) => `${regime}@${version}` === name) ?? [])
