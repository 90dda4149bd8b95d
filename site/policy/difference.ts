// What changed between two texts, paragraph by paragraph and within one word by word. Pure; called by the page that
// compares versions, scripts/policy.ts and tests.

import { diffArrays, diffWordsWithSpace } from 'diff'

export type Part = { kind: 'same' | 'removed' | 'added'; text: string }
/** A paragraph, list item or row that is not the same in both, with the heading it stands under. */
export type Change = { under: string; parts: Part[] }

type Line = { under: string; text: string }

/** Reads as text: no marks for strength, no pipes; a link keeps where it leads. */
const plain = (line: string): string =>
  line
    .replace(/^\|\s*|\s*\|$/g, '')
    .replace(/(?<!\\)\|/g, '·')
    .replaceAll('\\|', '|')
    .replace(/\*\*|`/g, '')
    .replace(/^(#+|-|>) /, '')
    .replace(/\[([^\]]*)\]\(mailto:\1\)/g, '$1')
    .replace(/\[([^\]]*)\]\(([^)]*)\)/g, '$1 ($2)')

function linesOf(text: string): Line[] {
  let under = ''
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('#')) under = plain(line)
    return line === '' || /^\|( --- \|)+$/.test(line) ? [] : [{ under, text: plain(line) }]
  })
}

const words = (text: string) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])

/** Whether one is likely a new wording of the other: they share a third of their words. */
function kin(a: string, b: string): boolean {
  const [left, right] = [words(a), words(b)]
  return left.intersection(right).size * 3 >= Math.max(left.size, right.size)
}

const within = (before: string, after: string): Part[] =>
  diffWordsWithSpace(before, after).map(({ added, removed, value }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value,
  }))

/** Pairs what went with what came in its place, in order; what has no partner stands alone. */
function pair(gone: Line[], come: Line[]): Change[] {
  const changes: Change[] = []
  const rest = [...come]
  for (const { under, text } of gone) {
    const i = rest.findIndex((line) => kin(text, line.text))
    if (i < 0) {
      changes.push({ under, parts: [{ kind: 'removed', text }] })
      continue
    }
    for (const line of rest.splice(0, i)) changes.push(alone(line))
    const partner = rest.shift() as Line
    changes.push({ under: partner.under, parts: within(text, partner.text) })
  }
  return [...changes, ...rest.map(alone)]
}

const alone = ({ under, text }: Line): Change => ({ under, parts: [{ kind: 'added', text }] })

/** Nothing when both say the same. */
export function changesBetween(before: string, after: string): Change[] {
  const runs = diffArrays(linesOf(before), linesOf(after), {
    comparator: (a, b) => a.text === b.text,
  })
  return runs.flatMap((run, i) => {
    if (run.removed) return pair(run.value, runs[i + 1]?.added ? (runs[i + 1]?.value ?? []) : [])
    return run.added && !runs[i - 1]?.removed ? run.value.map(alone) : []
  })
}

const marks = { same: ['', ''], removed: ['[-', '-]'], added: ['{+', '+}'] } as const

/** A change on a terminal: `[-7-]{+14+} days`. */
export const changeText = ({ parts }: Change): string =>
  parts.map(({ kind, text }) => `${marks[kind][0]}${text}${marks[kind][1]}`).join('')
