// Reads Meta's list of people to delete: app-scoped user ids, one on a line, or CSV, or a JSON list. Pure. Called by
// ops.ts.

import { fields, items, parseJson, text } from '../worker/meta/json.ts'

/** `line`: where it stands in the file, from 1; in JSON the place in the list. */
export type ListedId = { line: number; id: string }
export type ParsedIds = { ids: ListedId[]; bad: { line: number; why: string }[] }

const notAnId = 'not an id of Meta (1 to 32 digits)'
const isId = (value: string): boolean => /^\d{1,32}$/.test(value)
/** The column of a CSV that holds ids. */
const idColumn =
  /^(?:(?:app[ _-]?scoped|meta|facebook)?[ _-]?(?:user[ _-]?)?ids?|user[ _-]?identifiers?|asid|psid)$/i

/** What cannot be read is named by its line and never guessed; the rest is read all the same. Throws on broken JSON. */
export function parseIds(given: string): ParsedIds {
  const source = given.replace(/^\uFEFF/, '')
  return /^\s*[[{]/.test(source) ? parseList(source) : parseLines(source)
}

function parseList(source: string): ParsedIds {
  const parsed = parseJson(source)
  if (!parsed) throw new Error('The file begins like JSON and is none.')
  const list = Array.isArray(parsed.value) ? parsed.value : fields(parsed.value).data
  if (!Array.isArray(list)) throw new Error('JSON must be a list of ids.')
  const out: ParsedIds = { ids: [], bad: [] }
  for (const [i, item] of items(list).entries()) {
    const id = text(item) ?? text(fields(item).user_id) ?? text(fields(item).id) ?? ''
    if (isId(id)) out.ids.push({ line: i + 1, id })
    else out.bad.push({ line: i + 1, why: notAnId })
  }
  return out
}

function parseLines(source: string): ParsedIds {
  const out: ParsedIds = { ids: [], bad: [] }
  let column: number | undefined
  let first = true
  for (const [i, line] of source.split(/\r\n|\n|\r/).entries()) {
    const bare = line.replace(/^\s*(?:#|\/\/).*$/, '').trim()
    if (bare === '') continue
    const cells = bare.split(/[,;\t]/).map((cell) => cell.trim().replace(/^(["'])(.*)\1$/, '$2'))
    const header = first ? cells.findIndex((cell) => idColumn.test(cell)) : -1
    first = false
    if (header >= 0) {
      column = header
      continue
    }
    const values = column === undefined ? cells : [cells[column] ?? '']
    for (const id of values) {
      if (isId(id)) out.ids.push({ line: i + 1, id })
      else out.bad.push({ line: i + 1, why: notAnId })
    }
  }
  return out
}
