// Recognises a message that asks, whole and in so many words, for something to be done with one's data. Whatever stands in
// an ordinary sentence means nothing. Pure. Called by the inbound plan, and by whoever makes a link with a code.
// Why whole messages, and these languages: docs/decisions/0027.

import { limits } from '../ground/limits.ts'
import { type Language, type Purpose, sentencesOf, type WishKind } from './language.ts'
import { ar, bn, hi, hiLatn, id, ur } from './phrases-asia.ts'
import { de, en, es, fr, pt } from './phrases-europe.ts'

export type { Purpose, WishKind }

/** `language` is BCP 47. `code` is written XXXX-XXXX, and `purpose` is what the sentence around it asks for. */
export type CodeWish = { kind: 'code'; language: string; code: string; purpose: Purpose }
export type Wish = { kind: WishKind; language: string } | CodeWish

/** The first ten languages of our users. A sentence that exists in two is answered in the one that stands first. */
export const languages: readonly Language[] = [en, hi, hiLatn, bn, ur, ar, es, pt, id, fr, de]

const marks = /[\u0300-\u036f]|[\u064b-\u065f]|\u0670|\u0640|\u093c|\u09bc|\p{Cf}|[\ufe00-\ufe0f]/gu
/** Letters that keyboards of one script write differently. */
const twins: readonly [RegExp, string][] = [
  [/[\u0649\u06cc\u06d0]/g, '\u064a'],
  [/\u06a9/g, '\u0643'],
  [/[\u0629\u06be\u06c1\u06d5]/g, '\u0647'],
  [/\u0901/g, '\u0902'],
  [/\u09df/g, '\u09af'],
  [/ß/g, 'ss'],
]

/** What is left of a text when case, accents, spacing and everything around its words are taken away. */
export function fold(text: string): string {
  let folded = text.normalize('NFKC').toLowerCase().normalize('NFD').replace(marks, '')
  for (const [from, to] of twins) folded = folded.replace(from, to)
  return folded
    .replace(/['’‘ʼ`´]/g, '')
    .replace(/[\s_\p{Pd}]+/gu, ' ')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}\p{M}]+$/gu, '')
}

/** As people write who have no umlauts. */
const spellings = ({ tag }: Language, phrase: string): string[] =>
  tag === 'de' ? [phrase, phrase.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue')] : [phrase]

type Known = { kind: WishKind; language: string }

const known = new Map<string, Known>()
for (const language of languages) {
  for (const [kind, block] of Object.entries(language.says) as [WishKind, string][]) {
    for (const phrase of sentencesOf(block, language.names).flatMap((one) => spellings(language, one))) {
      const folded = fold(phrase)
      if (!known.has(folded)) known.set(folded, { kind, language: language.tag })
    }
  }
}

/** The longest first, so that `please` does not hide `please can you`. */
const foldedAll = (words: string[]): string[] =>
  [...new Set(words.map(fold))].sort((a, b) => b.length - a.length)
const please = foldedAll(languages.flatMap((language) => sentencesOf(language.please)))
const asks = foldedAll(
  languages.flatMap((language) => sentencesOf(language.asks).flatMap((one) => spellings(language, one))),
)

const without = (text: string, word: string, side: 'before' | 'after'): string | undefined => {
  const rest =
    side === 'before'
      ? text.startsWith(word) && text.slice(word.length)
      : text.endsWith(word) && text.slice(0, -word.length)
  if (rest === false) return undefined
  const apart = side === 'before' ? /^[\s,،]+/ : /[\s,،.!]+$/
  return apart.test(rest) ? rest.replace(apart, '') : undefined
}

function polite(text: string): string {
  let rest = text
  for (const side of ['before', 'after'] as const) {
    for (const word of please) {
      const left = without(rest, word, side)
      if (left !== undefined && left !== '') {
        rest = left
        break
      }
    }
  }
  return rest
}

/** `export my data`, `can you export my data`: both ask for it. */
function lookUp(folded: string): { found: Known; asked: boolean } | undefined {
  for (const text of [folded, polite(folded)]) {
    const found = known.get(text)
    if (found) return { found, asked: false }
    for (const word of asks) {
      const rest = without(text, word, 'before')
      const meant = rest === undefined ? undefined : known.get(rest)
      if (meant && meant.kind !== 'stop' && meant.kind !== 'start') return { found: meant, asked: true }
    }
  }
  return undefined
}

/** Undefined for everything that is not, from its first word to its last, one of the sentences. */
export function recogniseWish(text: string): Wish | undefined {
  if (text.length > limits.wishChars) return undefined
  const folded = fold(text)
  if (folded === '') return undefined
  const meant = lookUp(folded)
  if (!meant) return codeIn(folded)
  // To ask whether is not to ask for; but what data there is, is a question.
  const questions = meant.asked || meant.found.kind === 'access'
  return !questions && /[?؟？]/.test(text.normalize('NFKC')) ? undefined : meant.found
}

/** What the link from the site carries. It is read back as the code and what the sentence asks for. */
export function chatMessage(purpose: Purpose, code: string, language: string): string {
  const table = languages.find(({ tag }) => tag === language) ?? (languages[0] as Language)
  return `${table.carries[purpose]}. ${table.code}: ${code}`
}

const flat = (folded: string): string => folded.replace(/[\s.:,;!।۔،؛]+/g, ' ')

const carriers = new Map<string, { language: string; purpose: Purpose }>()
for (const { tag, carries, code } of languages)
  for (const [purpose, sentence] of Object.entries(carries) as [Purpose, string][])
    carriers.set(flat(fold(`${sentence}. ${code}`)), { language: tag, purpose })

/** Only within its sentence: a code alone would let somebody be asked for eight letters and not know what they do. */
function codeIn(folded: string): Wish | undefined {
  const found = /^(.+) ([0-9a-z]{4}) ?([0-9a-z]{4})$/.exec(flat(folded))
  const sentence = found ? carriers.get(found[1] as string) : undefined
  if (!found || !sentence) return undefined
  return { kind: 'code', ...sentence, code: `${found[2]}-${found[3]}`.toUpperCase() }
}
