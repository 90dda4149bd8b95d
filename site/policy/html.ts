// Canonical Markdown to HTML, for pages without script: headings get anchors, tables a frame that can be scrolled by
// keyboard where they are wider than the screen. Our own words only: nothing is sanitised here.

import { Marked, type Tokens } from 'marked'
import { sections } from './sections.ts'

export type Heading = { id: string; text: string; level: number }

/** Of a section of the policy the word its file is called by, else the heading's own: stays when sections move. */
export function anchorOf(heading: string): string {
  const words = heading.replace(/^\d+\. /, '')
  const section = sections.find(({ title }) => title === words)
  if (section) return section.file.slice(3)
  return words
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

export const headingsOf = (markdown: string, level = 2): Heading[] =>
  [...markdown.matchAll(/^(#+) (.+)$/gm)]
    .map(([, marks = '', text = '']) => ({ id: anchorOf(text), text, level: marks.length }))
    .filter((heading) => heading.level === level)

/** One page's worth of HTML. `about`: what a table is called that stands before the first heading. */
export function html(markdown: string, about = 'Table'): string {
  let under = about
  let tables = 0
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        under = text
        tables = 0
        return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
      table({ header, rows }: Tokens.Table) {
        tables += 1
        const label = escaped(tables === 1 ? under : `${under}, table ${tables}`)
        const cells = (row: Tokens.TableCell[]) =>
          row.map(({ tokens }) => `<td>${this.parser.parseInline(tokens)}</td>`).join('')
        const head = header
          .map(({ tokens }) => `<th scope="col">${this.parser.parseInline(tokens)}</th>`)
          .join('')
        const body = rows.map((row) => `<tr>${cells(row)}</tr>`).join('')
        const inner = `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`
        // Three columns of ours fit on every screen.
        if (header.length < 4) return `${inner}\n`
        return `<div class="scroll" role="region" aria-label="${label}" tabindex="0">${inner}</div>\n`
      },
    },
  })
  return marked.parse(markdown, { async: false })
}
