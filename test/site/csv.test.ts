// Lists as spreadsheets write them.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodingOf,
  isText,
  parseCsv,
  separatorOf,
  separators,
  textOf,
  writeCsv,
} from '../../site/portal/contacts/csv.ts'

const cell = fc.string({
  unit: fc.constantFrom('a', 'ñ', '中', '"', ',', ';', '\t', '\n', '\r\n', ' ', '1', '='),
})
const table = fc
  .array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 })
  .filter((rows) => rows.every((row) => row.some((one) => one.trim() !== '')))
const cellsOf = (text: string, separator: (typeof separators)[number] = ',') =>
  parseCsv(text, separator).rows.map(({ cells }) => cells)
const bytes = (...parts: (number[] | string)[]) =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)),
  )

describe('a list', () => {
  it('that was written is read as it was, with every separator', () => {
    fc.assert(
      fc.property(table, fc.constantFrom(...separators), (rows, separator) => {
        const { rows: read, faults } = parseCsv(writeCsv(rows, separator), separator)
        // What a spreadsheet would run carries an apostrophe.
        const safe = rows.map((row) => row.map((one) => (/^[=+\-@\t\r]/.test(one) ? `'${one}` : one)))
        expect(read.map(({ cells }) => cells)).toEqual(safe)
        expect(faults).toEqual([])
      }),
    )
  })

  it('is read to its end, whatever stands in it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.constantFrom(...separators),
        (text, separator) => {
          const { rows } = parseCsv(text, separator)
          const letters = (of: string) => of.replace(/["\r\n,;\t\s]/g, '').length
          const read = rows.flatMap(({ cells }) => cells).join('')
          expect(letters(read)).toBeLessThanOrEqual(letters(text))
          for (const { line } of rows) expect(line).toBeGreaterThan(0)
        },
      ),
    )
  })

  it('has quotation marks doubled, lines inside of them, and every kind of line end', () => {
    expect(cellsOf('a,"b ""c"" d"\r\n"x\ny",z\rq,')).toEqual([
      ['a', 'b "c" d'],
      ['x\ny', 'z'],
      ['q', ''],
    ])
    expect(parseCsv('a\n\n"b\nc"\nd', ',').rows.map(({ line }) => line)).toEqual([1, 3, 5])
  })

  it('is told by its line what is not written as it should be', () => {
    expect(parseCsv('a,b\nc"d,e\n"f"g,h', ',').faults).toEqual([
      { line: 2, fault: 'stray_quote' },
      { line: 3, fault: 'stray_quote' },
    ])
    expect(parseCsv('a\n"b\nc', ',').faults).toEqual([{ line: 2, fault: 'open_quote' }])
  })

  it('keeps what looks like a formula as text, and writes it so that nothing runs it', () => {
    expect(cellsOf('=HYPERLINK("x"),+34600111222')).toEqual([['=HYPERLINK("x")', '+34600111222']])
    expect(writeCsv([['=1+1', '@x', 'plain']])).toBe("'=1+1,'@x,plain\r\n")
  })

  it('says by which separator it is divided', () => {
    expect(separatorOf('name;phone\nAna, the first;1\nB;2')).toBe(';')
    expect(separatorOf('name\tphone\nA\t1')).toBe('\t')
    expect(separatorOf('name,phone\nA;B,1')).toBe(',')
    expect(separatorOf('sep=;\r\na;b')).toBe(';')
    expect(cellsOf('sep=;\r\na;b', ';')).toEqual([['a', 'b']])
    expect(separatorOf('alone')).toBe(',')
  })

  it('is read in the letters it was written in', () => {
    const cases = [
      [bytes([0xef, 0xbb, 0xbf], 'Núñez'), 'utf-8'],
      [bytes('Núñez'), 'utf-8'],
      [bytes([0xff, 0xfe, 0x4e, 0, 0xfa, 0, 0xf1, 0, 0x65, 0, 0x7a, 0]), 'utf-16le'],
      [bytes([0x4e, 0, 0xfa, 0, 0xf1, 0, 0x65, 0, 0x7a, 0]), 'utf-16le'],
      [bytes([0xfe, 0xff, 0, 0x4e, 0, 0xfa, 0, 0xf1, 0, 0x65, 0, 0x7a]), 'utf-16be'],
      [bytes([0x4e, 0xfa, 0xf1, 0x65, 0x7a]), 'windows-1252'],
    ] as const
    for (const [given, encoding] of cases) {
      expect(encodingOf(given)).toBe(encoding)
      expect(textOf(given, encoding)).toBe('Núñez')
      expect(isText(given, encoding)).toBe(true)
    }
  })

  it('is no list when it is a picture, an archive, a document or noise', () => {
    const noise = Array.from({ length: 400 }, (_, at) => (at % 3 === 0 ? 1 + (at % 6) : 200))
    const cases = [
      bytes([0x89], 'PNG\r\n', [0x1a, 0x0a, 0, 0, 0, 13], 'IHDR'),
      bytes('PK', [3, 4, 20, 0]),
      bytes('%PDF-1.7\n'),
      bytes([0xff, 0xd8, 0xff, 0xe0]),
      bytes('name,phone\n', [0], 'Ana,1\n'),
      bytes(noise),
    ]
    for (const given of cases) expect(isText(given, encodingOf(given))).toBe(false)
  })
})
