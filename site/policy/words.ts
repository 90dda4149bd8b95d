// Small words for the computed parts of the texts: lists, lengths of time, tables in Markdown. Pure.

/** A sentence that can stand in a cell of a table. */
const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim()

/** A table in Markdown, one row to a line: a row that changes is a line that changes. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export const bullets = (items: string[]): string => items.map((item) => `- ${item}`).join('\n')

/** `a, b and c`. */
export const listed = (items: string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const units: [string, number][] = [
  ['day', 24 * 60 * 60 * 1000],
  ['hour', 60 * 60 * 1000],
  ['minute', 60 * 1000],
  ['second', 1000],
]

export const counted = (count: number, unit: string): string =>
  `${count.toLocaleString('en-GB')} ${unit}${count === 1 ? '' : 's'}`

/** `600000` becomes `10 minutes`: the greatest unit that it is a whole number of. */
export function duration(ms: number): string {
  const [unit, length] = units.find(([, each]) => ms >= each && ms % each === 0) ?? ['millisecond', 1]
  return ms === 24 * 60 * 60 * 1000 ? '24 hours' : counted(ms / length, unit)
}

const long = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

/** `2026-11-23` becomes `23 November 2026`. */
export const dateWords = (iso: string): string => long.format(new Date(`${iso}T00:00:00Z`))

/** Groups in the order in which their first member came. */
export function grouped<T>(items: T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return [...groups]
}
