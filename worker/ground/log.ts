// Structured logs. Only the fields named here can be written, and none of them is for personal data: no bodies, no
// names, no phone numbers, no tokens. The type refuses a new field, `scrub` refuses values that are not of our own
// vocabulary, and test/worker/ground/log.test.ts refuses a call that logs anything but what it lists.

export type LogFields = {
  outcome?: string
  reason?: string
  code?: string | number
  status?: number
  method?: string
  /** A route pattern, never a path with ids in it. */
  route?: string
  accountId?: string
  numberId?: string
  messageId?: string
  shard?: string
  count?: number
  bytes?: number
  attempts?: number
  durationMs?: number
  /** The class of an error and where it came from; never its message, which may quote input. */
  error?: string
}

const shape = /^[\w .:,/{}()<>*-]{0,300}$/
/** Seven or more digits in a row (with separators) look like a phone number. */
const phoneLike = /\d(?:[ .()/-]{0,3}\d){6,}/
/** An id of ours is random: it may happen to hold seven digits in a row. */
const ownId = /^[a-z]{3}_(?:[0-9a-z]{26}|[\w-]{43})$/
/** Counts, sizes, durations and Meta's codes stay below; phone numbers and instants do not. */
const numberMax = 999_999_999

function scrub(value: string | number): string | number {
  const own =
    typeof value === 'number'
      ? Math.abs(value) <= numberMax
      : ownId.test(value) || (shape.test(value) && !phoneLike.test(value))
  return own ? value : '[withheld]'
}

/** Writes one JSON line. Values that do not look like our own vocabulary are withheld. */
export function log(level: 'info' | 'warn' | 'error', event: string, fields: LogFields = {}): void {
  const line: Record<string, string | number> = { level, event }
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) line[name] = scrub(value)
  console[level](JSON.stringify(line))
}

/** What a log may say of an error: its class and the first frame of ours, as `TypeError at receive.ts`. */
export function errorName(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  const frame = /([\w-]+\.(?:ts|mjs|js)):\d+/.exec((cause.stack ?? '').replace(cause.message, ''))
  return frame ? `${cause.name} at ${frame[1]}` : cause.name
}
