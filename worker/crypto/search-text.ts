// Text as a search reads it: every way of writing the same thing brought to one form. Pure. Called by search.ts and by
// those who make needles for it.

import { fromBase64, fromUtf8 } from './bytes.ts'

/** What may stand between the digits of a phone number. */
export const separators = ' \t\u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013-().·/_'

/** The zeros of the decimal digits that people write phone numbers with, besides our own and the full-width ones. */
const zeros = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0x1040]
const rangeOf = (zero: number): string => `${String.fromCharCode(zero)}-${String.fromCharCode(zero + 9)}`
/** Digits of other scripts, each as a range that goes inside the brackets of a pattern (regular expression or GLOB). */
export const foreignDigits = [...zeros, 0xff10].map(rangeOf)

const foreign = new RegExp(`[${foreignDigits.join('')}]`, 'g')
const digitOf = (char: string): string => {
  const code = char.charCodeAt(0)
  return String(code - (zeros.findLast((zero) => zero <= code) as number))
}

const fromCode = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : ' ')

function withoutEscapes(text: string): string {
  let plain = text
  if (plain.includes('\\')) {
    plain = plain
      .replace(/\\+u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      .replace(/\\+[nrt]/g, ' ')
      .replaceAll('\\', '')
  }
  // Twice: what was encoded may have been encoded again.
  for (let round = 0; round < 2 && plain.includes('%'); round++) {
    plain = plain.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
      fromUtf8(Uint8Array.from(run.slice(1).split('%'), (byte) => Number.parseInt(byte, 16))),
    )
  }
  if (plain.includes('&#')) {
    plain = plain
      .replace(/&#(\d{1,7});/g, (_, code: string) => fromCode(Number(code)))
      .replace(/&#x([0-9a-f]{1,6});/gi, (_, code: string) => fromCode(Number.parseInt(code, 16)))
  }
  return plain
}

/**
 * Escapes undone (JSON, percent-encoding, character references), one Unicode form, one case, our own digits, single
 * spaces. Texts that a person reads as the same are equal afterwards.
 */
export function fold(text: string): string {
  // Upper case first: it opens up letters like ß that lower case leaves as they are.
  const cased = withoutEscapes(text).normalize('NFKC').toUpperCase().normalize('NFKC').toLowerCase()
  return cased
    .normalize('NFKC')
    .replace(foreign, digitOf)
    .replace(/(?<=\p{L})\+(?=\p{L})/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Digits that belong together, and where a group of them begins or ends (offsets into `digits`, both ends included). */
export type DigitRun = { digits: string; edges: Set<number>; international: boolean }

const between = separators.replace(/[-/\\\]^]/g, '\\$&')
const runOfDigits = new RegExp(`\\+?\\d(?:[${between}]{0,3}\\d)*`, 'g')

/** Of folded text. `international`: written with + or 00 in front. */
export function digitRuns(folded: string): DigitRun[] {
  return (folded.match(runOfDigits) ?? []).map((run) => {
    const groups = run.match(/\d+/g) as string[]
    const edges = new Set([0])
    let offset = 0
    for (const group of groups) {
      offset += group.length
      edges.add(offset)
    }
    const digits = groups.join('')
    return { digits, edges, international: run.startsWith('+') || digits.startsWith('00') }
  })
}

const word = /[\p{L}\p{N}\p{M}]+(?:[._'’@-][\p{L}\p{N}\p{M}]+)*/gu

/** Of folded text, in order: letters and digits, with what holds a word together inside of it. */
export const wordsOf = (folded: string): string[] => folded.match(word) ?? []

const base64Run = /[A-Za-z0-9+/_-]{12,}/g

/** What the base64 in a text says. A seal of ours says nothing without its key and is left out. */
export function base64Texts(text: string): string[] {
  if (text.startsWith('sc1.')) return []
  return (text.match(base64Run) ?? []).map((run) => fromUtf8(fromBase64(run)))
}

/**
 * How text stands inside of base64 (both alphabets), whatever stands before it: one fragment for each of the three
 * alignments, without the characters at its ends that depend on the neighbours. Fragments are case-sensitive.
 */
export function base64Fragments(text: string): string[] {
  const fragments = [0, 1, 2].map((before) => {
    const bytes = Buffer.from('\0'.repeat(before) + text)
    const whole = bytes.toString('base64').replace(/=+$/, '')
    const cut = bytes.length % 3 === 0 ? 0 : 1
    return whole.slice(Math.ceil((before * 8) / 6), whole.length - cut)
  })
  const both = fragments.flatMap((fragment) => [fragment, fragment.replaceAll('+', '-').replaceAll('/', '_')])
  return [...new Set(both)]
}
