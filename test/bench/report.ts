// What a section hands back, and how it is printed and written. Used by run.ts and every section.

import type { Target } from './targets.ts'

export interface Bench {
  subject: Target
  /** Length of one leg. */
  seconds: number
  /** Legs of each target in a comparison. */
  rounds: number
  quick: boolean
  /** Of whoever is forgotten. */
  messages: number
}

export interface Report {
  title: string
  columns: string[]
  rows: string[][]
  /** Each goal with what was measured, for example `met: …`. */
  goals: string[]
  /** What was left out, and what the reader must know. */
  notes: string[]
  /** Everything the table was made from. */
  raw: unknown
}

export const emptyReport = (title: string, reason: string): Report => ({
  title,
  columns: [],
  rows: [],
  goals: [],
  notes: [reason],
  raw: null,
})

export const goal = (isMet: boolean, text: string): string => `${isMet ? 'met' : 'NOT MET'}: ${text}`

export function markdown(report: Report): string {
  const lines = [`## ${report.title}`, '']
  const widths = report.columns.map((column, i) =>
    Math.max(column.length, ...report.rows.map((row) => row[i]?.length ?? 0)),
  )
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  if (report.rows.length > 0) {
    lines.push(
      line(report.columns),
      line(widths.map((width) => '-'.repeat(width))),
      ...report.rows.map(line),
      '',
    )
  }
  for (const text of [...report.goals, ...report.notes]) lines.push(`- ${text}`)
  return `${lines.join('\n')}\n`
}
