// The same data as a page that a person reads: what the sheet says, the conversation as a conversation, the rest as tables.
// One file without script that needs nothing beside it. Everything is escaped. Pure. Called by package-build.ts.

import type { TableName } from '../../db/catalog.ts'
import type { Sheet } from './package-document.ts'
import { style } from './package-style.ts'
import { titleOf } from './package-words.ts'

export type PageRow = Record<string, unknown>
export type PageTables = Iterable<[table: TableName, pages: AsyncIterable<PageRow[]>]>
/** `path` inside of the package; null when it is not in there, and `note` says why. */
export type PackagedFile = {
  name: string
  type: string
  bytes: number
  storedAt: string
  path: string | null
  note: string | null
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char] as string)

/** The page in pieces. `names`: how the numbers of the business are called, by id. */
export async function* writePage(
  sheet: Sheet,
  tables: PageTables,
  files: readonly PackagedFile[],
  names: ReadonlyMap<string, string>,
): AsyncGenerator<string, void, void> {
  yield opening(sheet)
  const empty: string[] = []
  for (const [table, pages] of tables) {
    const section = table === 'messages' ? talk(sheet, pages, files, names) : listing(pages, names)
    let any = false
    for await (const piece of section) {
      if (!any) yield `<h2>${escaped(titleOf(table))}</h2>\n`
      any = true
      yield piece
    }
    if (!any) empty.push(titleOf(table))
  }
  yield fileList(files)
  if (empty.length > 0)
    yield `<h2>Nothing is held of this</h2>\n<ul>${empty.map((one) => `<li>${escaped(one)}</li>`).join('')}</ul>\n`
  yield meaning(sheet)
  yield '</main>\n</body>\n</html>\n'
}

const pairs = (all: [string, string | null][]): string =>
  `<dl>${all.flatMap(([name, value]) => (value ? [`<dt>${name}</dt><dd dir="auto">${escaped(value)}</dd>`] : [])).join('')}</dl>\n`

function opening({ about, controller, service, preparedAt, request }: Sheet): string {
  const title = `Your data at ${controller.name}`
  const roles =
    controller.kind === 'business'
      ? `${controller.name} answers for this data. ${service.name}, operated by ${service.operator} (${service.country}), keeps it on its behalf.`
      : `${service.operator} (${service.country}), which operates ${service.name}, answers for this data.`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(roles)} The same data stands in <a href="data.json">data.json</a>, for machines.</p>
${pairs([
  ['Name', about.name],
  ['Phone number', about.phone === null ? null : `+${about.phone.replace(/^\+/, '')}`],
  ['E-mail', about.email],
  ['Asked for', `${request.type}, on ${readableTime(request.receivedAt)}`],
  ['Prepared', readableTime(preparedAt)],
  ['Questions', controller.contact ?? (controller.numbers.join(', ') || null)],
])}`
}

const readableTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
const isInstant = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)
const time = (iso: string, text = readableTime(iso)): string => `<time datetime="${iso}">${text}</time>`

/** One list of messages for each number of the business, with a line for each day. */
async function* talk(
  sheet: Sheet,
  pages: AsyncIterable<PageRow[]>,
  files: readonly PackagedFile[],
  names: ReadonlyMap<string, string>,
): AsyncGenerator<string, void, void> {
  let number: unknown
  let day = ''
  for await (const page of pages) {
    for (const row of page) {
      if (row.numberId !== number) {
        const name = names.get(String(row.numberId)) ?? sheet.controller.name
        yield `${number === undefined ? '' : '</ol>\n'}<h3>With ${escaped(name)}</h3>\n<ol class="talk">\n`
        number = row.numberId
        day = ''
      }
      const at = isInstant(row.at) ? row.at : ''
      if (at.slice(0, 10) !== day) {
        day = at.slice(0, 10)
        yield `<li class="day">${escaped(day)}</li>\n`
      }
      yield message(sheet, row, at, files)
    }
  }
  if (number !== undefined) yield '</ol>\n'
}

function message(sheet: Sheet, row: PageRow, at: string, files: readonly PackagedFile[]): string {
  const { text, body } = contentOf(row.content)
  const out = row.direction === 'out'
  const facts = [
    at === '' ? '' : time(at, `${at.slice(11, 16)} UTC`),
    row.type === 'text' ? '' : escaped(String(row.type ?? '').replaceAll('_', ' ')),
    out ? escaped(String(row.status ?? '')) : '',
    isInstant(row.editedAt) ? 'edited' : '',
    isInstant(row.revokedAt) ? 'withdrawn' : '',
  ].filter((fact) => fact !== '')
  const more =
    row.type === 'text' || body === undefined
      ? ''
      : `<details><summary>All of it</summary><pre dir="auto">${escaped(JSON.stringify(body, null, 1))}</pre></details>`
  return `<li class="${out ? 'out' : 'in'}"><p class="who">${out ? escaped(sheet.controller.name) : 'You'}</p><p class="words" dir="auto">${escaped(text)}</p>${fileLink(body, files)}${more}<p class="meta">${facts.join(', ')}</p></li>\n`
}

type Loose = Record<string, unknown>
const loose = (value: unknown): Loose => (typeof value === 'object' && value !== null ? (value as Loose) : {})

function contentOf(content: unknown): { text: string; body: unknown } {
  if (typeof content === 'string') return { text: content, body: undefined }
  const { text, body } = loose(content)
  return { text: typeof text === 'string' ? text : '', body }
}

/** A file is called by Meta's id of it, with an ending or without. */
function fileLink(body: unknown, files: readonly PackagedFile[]): string {
  const id = loose(body).id
  const file = typeof id === 'string' && files.find(({ name }) => name === id || name.startsWith(`${id}.`))
  return file && file.path !== null ? `<p><a href="${escaped(file.path)}">${escaped(file.name)}</a></p>` : ''
}

function humanised(property: string): string {
  const words = property.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return property === 'numberId' ? 'Number' : words.charAt(0).toUpperCase() + words.slice(1)
}

async function* listing(
  pages: AsyncIterable<PageRow[]>,
  names: ReadonlyMap<string, string>,
): AsyncGenerator<string, void, void> {
  let columns: string[] | undefined
  for await (const page of pages) {
    for (const row of page) {
      if (!columns) {
        columns = Object.keys(row)
        const head = columns.map((name) => `<th scope="col">${escaped(humanised(name))}</th>`).join('')
        yield `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>\n`
      }
      yield `<tr>${columns.map((name) => `<td dir="auto">${cell(names.get(String(row[name])) ?? row[name])}</td>`).join('')}</tr>\n`
    }
  }
  if (columns) yield '</tbody></table></div>\n'
}

function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '<span class="quiet">none</span>'
  if (isInstant(value)) return time(value)
  return typeof value === 'object'
    ? `<pre>${escaped(JSON.stringify(value, null, 1))}</pre>`
    : escaped(String(value))
}

function fileList(files: readonly PackagedFile[]): string {
  if (files.length === 0) return ''
  const items = files.map(({ name, path, bytes, storedAt, note }) => {
    const called = path === null ? escaped(name) : `<a href="${escaped(path)}">${escaped(name)}</a>`
    const size = `${bytes.toLocaleString('en')} bytes`
    return `<li>${called} <span class="quiet">${[size, time(storedAt), note === null ? '' : escaped(note)].filter(Boolean).join(', ')}</span></li>`
  })
  return `<h2>Pictures, recordings and documents</h2>\n<ul>${items.join('\n')}</ul>\n`
}

function meaning({ kinds, recipients, source, automatedDecisions, rights, leftOut }: Sheet): string {
  const table = (heads: string[], rows: string[][]) =>
    `<div class="wide"><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>${rows
      .map((row) => `<tr>${row.map((one) => `<td>${escaped(one)}</td>`).join('')}</tr>`)
      .join('\n')}</tbody></table></div>\n`
  return `<h2>Why this is held, and for how long</h2>
${table(
  ['What', 'Why', 'Basis', 'Kept', 'At its end'],
  kinds.map(({ what, purpose, basis, kept, erased }) => [what, purpose, basis, kept, erased]),
)}<h2>Who receives it</h2>
${table(
  ['Who', 'Where', 'What for', 'Contact'],
  recipients.map(({ name, country, purpose, contact }) => [name, country, purpose, contact]),
)}<h2>What else you should know</h2>
<p>${escaped(source)}</p>
<p>${escaped(automatedDecisions)}</p>
<p>${escaped(rights)}</p>
<h3>What is not in here</h3>
<ul>${leftOut.map((one) => `<li>${escaped(one)}</li>`).join('')}</ul>
`
}
