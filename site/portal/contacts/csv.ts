// Lists as spreadsheets write them: bytes to text, text to rows, rows to text. Strict: what is not plain is said with its line,
// never guessed. What looks like a formula is text like any other. Pure. Called by the import. Source: RFC 4180.

export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type Encoding = (typeof encodings)[number]

const marks: [Encoding, number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** By the mark at its beginning; else UTF-8 where that is possible, UTF-16 where every other byte is nothing. */
export function encodingOf(bytes: Uint8Array): Encoding {
  const marked = marks.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))
  if (marked) return marked[0]
  const head = bytes.subarray(0, 4_096)
  const nothing = (from: number) =>
    head.filter((byte, at) => at % 2 === from && byte === 0).length > head.length / 4
  if (nothing(1)) return 'utf-16le'
  if (nothing(0)) return 'utf-16be'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

/** How files begin that are pictures, archives, spreadsheets and documents: PNG, ZIP, PDF, JPEG, GIF, gzip, old Excel. */
const beginnings = ['\x89PNG', 'PK\x03\x04', '%PDF', '\xff\xd8\xff', 'GIF8', '\x1f\x8b', '\xd0\xcf\x11\xe0']

/** Characters that no spreadsheet writes into a list. */
const isControl = (char: string): boolean => char < ' ' && !'\t\n\r\f\v\x1a'.includes(char)

/** Whether the bytes are text at all: what is not would still make rows, of nonsense. */
export function isText(bytes: Uint8Array, encoding: Encoding): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 8))
  if (beginnings.some((beginning) => head.startsWith(beginning))) return false
  const chars = [...textOf(bytes.subarray(0, 65_536), encoding)]
  if (chars.includes('\0')) return false
  return chars.filter(isControl).length <= chars.length / 100
}

/** Without the mark at its beginning. */
export const textOf = (bytes: Uint8Array, encoding: Encoding): string =>
  new TextDecoder(encoding).decode(bytes)

export const separators = [',', ';', '\t'] as const
export type Separator = (typeof separators)[number]

/** `sep=;` in front says it; else the one that the first lines have most of, and equally often. */
export function separatorOf(text: string): Separator {
  const said = /^sep=([,;\t])\r?(?:\n|$)/i.exec(text)?.[1]
  if (said) return said as Separator
  const scored = separators.map((separator) => {
    const widths = parseCsv(text.slice(0, 20_000), separator)
      .rows.slice(0, 20)
      .map(({ cells }) => cells.length)
    const [first = 1] = widths
    return { separator, score: first < 2 ? 0 : first * widths.filter((width) => width === first).length }
  })
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).separator
}

/** `line`: where it begins in the file, counted from 1. */
export type CsvRow = { line: number; cells: string[] }
export type CsvFault = { line: number; fault: 'open_quote' | 'stray_quote' }
export type Csv = { rows: CsvRow[]; faults: CsvFault[] }

/** Rows without empty ones. A fault does not end it: the rest is read as well as it can be. */
export function parseCsv(text: string, separator: Separator): Csv {
  const reader = new Reader(text, separator)
  return reader.read()
}

class Reader {
  readonly #text: string
  readonly #separator: Separator
  readonly #rows: CsvRow[] = []
  readonly #faults: CsvFault[] = []
  #at = 0
  #line = 1

  constructor(text: string, separator: Separator) {
    this.#text = text.replace(/^sep=[,;\t]\r?\n/i, (found) => {
      this.#line = 2
      return found.slice(found.length)
    })
    this.#separator = separator
  }

  read(): Csv {
    while (this.#at < this.#text.length) {
      const row: CsvRow = { line: this.#line, cells: this.#cells() }
      if (row.cells.some((cell) => cell.trim() !== '')) this.#rows.push(row)
    }
    return { rows: this.#rows, faults: this.#faults }
  }

  #cells(): string[] {
    const cells: string[] = []
    for (;;) {
      cells.push(this.#text[this.#at] === '"' ? this.#quoted() : this.#bare())
      if (this.#text[this.#at] !== this.#separator) break
      this.#at++
    }
    this.#endOfLine()
    return cells
  }

  /** Up to the separator or the end of the line. A quotation mark in the middle stands for nothing that is known. */
  #bare(): string {
    const from = this.#at
    while (!this.#ends(this.#text[this.#at])) this.#at++
    const cell = this.#text.slice(from, this.#at)
    if (cell.includes('"')) this.#faults.push({ line: this.#line, fault: 'stray_quote' })
    return cell
  }

  #quoted(): string {
    const begun = this.#line
    let cell = ''
    this.#at++
    for (;;) {
      const end = this.#text.indexOf('"', this.#at)
      const part = this.#text.slice(this.#at, end < 0 ? undefined : end)
      cell += part
      this.#line += (part.match(/\r\n|\r|\n/g) ?? []).length
      if (end < 0) {
        this.#at = this.#text.length
        this.#faults.push({ line: begun, fault: 'open_quote' })
        return cell
      }
      this.#at = end + 1
      if (this.#text[this.#at] !== '"') break
      cell += '"'
      this.#at++
    }
    if (!this.#ends(this.#text[this.#at])) {
      this.#faults.push({ line: this.#line, fault: 'stray_quote' })
      while (!this.#ends(this.#text[this.#at])) cell += this.#text[this.#at++]
    }
    return cell
  }

  #ends = (char: string | undefined): boolean =>
    char === undefined || char === this.#separator || char === '\n' || char === '\r'

  #endOfLine(): void {
    if (this.#text[this.#at] === '\r') this.#at++
    if (this.#text[this.#at] === '\n') this.#at++
    this.#line++
  }
}

/** What a spreadsheet would run when it opens the file stands behind an apostrophe. */
const harmless = (cell: string): string => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell)

export const writeCsv = (rows: readonly (readonly string[])[], separator: Separator = ','): string =>
  rows
    .map((cells) =>
      cells
        .map(harmless)
        .map((cell) =>
          /["\r\n,;\t]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell,
        )
        .join(separator),
    )
    .map((line) => `${line}\r\n`)
    .join('')
