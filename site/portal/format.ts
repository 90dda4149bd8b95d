// Dates, numbers, sizes and lists as the reader's browser writes them. Pure but for the locale. Called by every screen.

const locale = navigator.languages

const day = 86_400_000

const formats = {
  time: new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }),
  weekday: new Intl.DateTimeFormat(locale, { weekday: 'short' }),
  date: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }),
  dateOfYear: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }),
  full: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }),
  ago: new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' }),
  number: new Intl.NumberFormat(locale),
  list: new Intl.ListFormat(locale, { type: 'conjunction' }),
}

type Instant = string | number | Date
const millis = (at: Instant): number => new Date(at).getTime()
const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0)
/** Whole days of the calendar between two instants. */
const daysBetween = (from: number, to: number): number => Math.round((midnight(to) - midnight(from)) / day)

export const number = (value: number): string => formats.number.format(value)
export const list = (parts: string[]): string => formats.list.format(parts)
export const time = (at: Instant): string => formats.time.format(millis(at))
/** Nothing left out: for the title of a short one. */
export const fullTime = (at: Instant): string => formats.full.format(millis(at))

export function date(at: Instant, now = Date.now()): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return (sameYear ? formats.date : formats.dateOfYear).format(millis(at))
}

/** As a list of conversations has it: the time today, the day of the week in the last six days, else the date. */
export function shortTime(at: Instant, now = Date.now()): string {
  const days = daysBetween(millis(at), now)
  if (days === 0) return time(at)
  return days > 0 && days < 7 ? formats.weekday.format(millis(at)) : date(at, now)
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * day],
  ['month', 30 * day],
  ['day', day],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** “3 minutes ago”, “in 2 days”, “now”. */
export function relative(at: Instant, now = Date.now()): string {
  const ms = millis(at) - now
  const [unit, size] =
    steps.find(([, size]) => Math.abs(ms) >= size) ?? (['second', Number.POSITIVE_INFINITY] as const)
  return formats.ago.format(size === Number.POSITIVE_INFINITY ? 0 : Math.trunc(ms / size), unit)
}

const unit = (value: number, name: string): string =>
  new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: name,
    unitDisplay: name === 'byte' ? 'long' : 'short',
    maximumFractionDigits: 1,
  }).format(value)

/** “23 hr, 4 min”: the two largest parts. */
export function duration(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  const parts: [number, string][] = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ]
  const from = parts.findIndex(([value]) => value > 0)
  if (from < 0) return unit(minutes, 'minute')
  return parts
    .slice(from, from + 2)
    .filter(([value]) => value > 0)
    .map(([value, name]) => unit(value, name))
    .join(' ')
}

const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte']

/** In steps of 1024, as Meta counts its limits: 5 MB is said as 5 MB. */
export function bytes(count: number): string {
  const step = Math.min(sizes.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(count, 1)) / 10)))
  return unit(count / 1024 ** step, sizes[step] as string)
}
