// Words and facts become one canonical text in Markdown: a paragraph, a list item and a row of a table are each one line.
// That text is what a version holds and what its hash is of. Pure; called by scripts/policy.ts, tests and the page about
// cookies.

import type { DocumentName } from '../../db/documents.ts'
import { fill } from './directives.ts'
import { type Facts, facts as ours } from './facts.ts'
import { reviewed } from './house-parts.ts'
import { sections } from './sections.ts'

/** The files of site/content/legal by their path below it, without the ending: `privacy/01-identity`, `terms`. */
export type Words = Readonly<Record<string, string>>

const standsAlone = /^(#|\||- |\d+\. |> )/

/** One line for each paragraph, item and row, whatever the width the words were written at. */
function canonical(text: string): string {
  const blocks = text.split(/\n\s*\n/).map((block) => {
    const lines: string[] = []
    for (const line of block.split('\n').map((each) => each.trim()))
      if (lines.length === 0 || standsAlone.test(line)) lines.push(line)
      else lines.push(`${lines.pop()} ${line}`)
    return lines.join('\n')
  })
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function wordsOf(words: Words, file: string): string {
  const text = words[file]
  if (text === undefined) throw new Error(`site/content/legal/${file}.md is missing`)
  return text
}

function privacy(words: Words, facts: Facts): string {
  const part = (file: string) => fill(`${file}.md`, wordsOf(words, `privacy/${file}`), facts)
  const close = facts.operator.legalReview === null ? part('disclaimer') : reviewed(facts)
  return [
    part('preamble'),
    ...sections.map(({ file, title }, i) => `## ${i + 1}. ${title}\n\n${part(file)}`),
    `## Disclaimer\n\n${close}`,
  ].join('\n\n')
}

/** The text that the words and the facts of today make. */
export function compile(document: DocumentName | 'cookies', words: Words, facts: Facts = ours): string {
  const text =
    document === 'privacy' ? privacy(words, facts) : fill(`${document}.md`, wordsOf(words, document), facts)
  return canonical(text)
}
