// A mail is said once, as a list of plain blocks, and rendered twice: as text and as HTML with the same words. Whatever
// somebody else chose (a name, an address, a message) stays words: it can neither begin a header nor become markup.
// Pure. Called by the templates.

import { operator } from '../../db/operator.ts'

/** A string is a paragraph. `quote`: what somebody else wrote, with its lines. */
export type Block =
  | string
  | { label: string; url: string }
  | { label: string; code: string }
  | { list: string[] }
  | { quote: string }

/** `privacy`: about somebody's rights, so that it also says where to complain. */
export type Mail = { subject: string; blocks: (Block | undefined)[]; privacy?: boolean }

export type MailText = { subject: string; text: string; html: string }

const lineWidth = 76

export function renderMail({ subject, blocks, privacy = false }: Mail): MailText {
  const said = blocks.filter((block) => block !== undefined)
  const title = oneLine(subject)
  return {
    subject: title,
    text: [...said.map(textOf), signature(privacy).map(words).join('\n')].join('\n\n'),
    html: page(title, [...said.map(htmlOf), signed(privacy)].join('\n')),
  }
}

// Joiners stay, since names in several scripts need them; what turns the direction of the words around it does not.
const invisible = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2060-\u206f\ufff9-\ufffb]/gu

/** On one line, without what a reader cannot see: it may stand in a header. */
export const oneLine = (said: string): string => said.replace(invisible, ' ').replace(/\s+/g, ' ').trim()

const lines = (said: string): string[] =>
  said
    .trim()
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map(oneLine)

/** Undefined for what is no web address, which is then shown as words only. */
const webUrl = (url: string): string | undefined =>
  /^https?:\/\/[^\s<>"]+$/.test(url) && oneLine(url) === url ? url : undefined

// Text: a URL and a code alone on their line, so that every client makes the one a link and offers the other.

function textOf(block: Block): string {
  if (typeof block === 'string') return wrap(oneLine(block))
  if ('url' in block) return `${wrap(`${oneLine(block.label)}:`)}\n${oneLine(block.url)}`
  if ('code' in block) return `${wrap(`${oneLine(block.label)}:`)}\n${oneLine(block.code)}`
  if ('list' in block) return block.list.map((item) => wrap(oneLine(item), '- ', '  ')).join('\n')
  return lines(block.quote)
    .map((line) => wrap(line, '> '))
    .join('\n')
}

function wrap(said: string, first = '', next = first): string {
  const rows: string[] = []
  let row = ''
  for (const word of said.split(' ')) {
    if (row !== '' && first.length + row.length + 1 + word.length > lineWidth) {
      rows.push(row)
      row = word
    } else row = row === '' ? word : `${row} ${word}`
  }
  return [...rows, row].map((part, i) => `${i === 0 ? first : next}${part}`.trimEnd()).join('\n')
}

// HTML: no colour of its own, so that it is dark where the reader's client is; nothing is loaded.

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (said: string): string => said.replace(/[&<>"']/g, (sign) => escapes[sign] as string)

const codeStyle = 'font-family:ui-monospace,monospace;font-size:1.75em;letter-spacing:.12em'
const quoteStyle = 'margin:0 0 1em;padding-inline-start:1em;border-inline-start:3px solid currentColor'

function htmlOf(block: Block): string {
  if (typeof block === 'string') return `<p>${escaped(oneLine(block))}</p>`
  if ('url' in block) return `<p>${escaped(oneLine(block.label))}:<br>${anchor(block.url)}</p>`
  if ('code' in block)
    return `<p>${escaped(oneLine(block.label))}:<br><strong style="${codeStyle}">${escaped(oneLine(block.code))}</strong></p>`
  if ('list' in block)
    return `<ul>${block.list.map((item) => `<li>${escaped(oneLine(item))}</li>`).join('')}</ul>`
  return `<blockquote dir="auto" style="${quoteStyle}">${lines(block.quote).map(escaped).join('<br>')}</blockquote>`
}

function anchor(url: string): string {
  const href = webUrl(url)
  const shown = escaped(oneLine(url))
  return href === undefined ? shown : `<a href="${escaped(href)}">${shown}</a>`
}

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en" style="color-scheme:light dark">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
</head>
<body style="margin:0;padding:24px 16px">
<div style="max-width:36em;margin:0 auto;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;overflow-wrap:anywhere">
${body}
</div>
</body>
</html>
`

/** Under every mail. A second part is an address to write to. */
const signature = (privacy: boolean): [string, string?][] => [
  [operator.service],
  ...(privacy
    ? [['Complaints about how a request was handled:', operator.grievance] as [string, string]]
    : []),
  ['Questions:', operator.contact],
]

const words = (line: [string, string?]): string => line.join(' ')

const signed = (privacy: boolean): string => {
  const rows = signature(privacy).map(([said, address]) =>
    address === undefined
      ? escaped(said)
      : `${escaped(said)} <a href="mailto:${escaped(address)}">${escaped(address)}</a>`,
  )
  return `<p style="margin-top:2em;padding-top:1em;border-top:1px solid currentColor">${rows.join('<br>')}</p>`
}
