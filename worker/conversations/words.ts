// Words of a text as a search compares them: without case, accents and width, whatever the language. Index and question are cut
// by the same rules, so that every word of a text finds it. Pure. Called by terms.ts and the search walk. Why no dictionary:
// docs/decisions/0039.

import { limits } from '../ground/limits.ts'

/** Accents of Latin, Greek and Cyrillic, points of Hebrew, signs of Arabic. Vowel signs of other scripts are letters. */
const accents = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g
/** Letters that no decomposition takes apart, as people type them without. */
const folded: Record<string, string> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ħ: 'h', ı: 'i', ς: 'σ' },
  ...{ ـ: '', أ: 'ا', إ: 'ا', آ: 'ا', ى: 'ي', ة: 'ه' },
}
const toFold = new RegExp(`[${Object.keys(folded).join('')}]`, 'g')

export const normalise = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(accents, '')
    .replace(toFold, (letter) => folded[letter] ?? letter)
    .normalize('NFC')

const run = /[\p{L}\p{N}\p{M}]+/gu
/** Scripts that put no spaces between words: cut into single signs and pairs. */
const unspaced =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]+/gu

type Pieces = { words: string[]; chains: string[][] }

/** `chains`: signs that stand beside each other without a space. */
function piecesOf(text: string): Pieces {
  const words: string[] = []
  const chains: string[][] = []
  for (const [whole] of normalise(text).matchAll(run)) {
    let from = 0
    for (const { 0: chain, index } of whole.matchAll(unspaced)) {
      words.push(whole.slice(from, index))
      chains.push(Array.from(chain))
      from = index + chain.length
    }
    words.push(whole.slice(from))
  }
  return { words: words.flatMap(whenLong), chains }
}

function whenLong(word: string): string[] {
  const signs = Array.from(word)
  return signs.length < 2 ? [] : [signs.slice(0, limits.searchWordChars).join('')]
}

const pairs = (chain: string[]): string[] => chain.slice(1).map((sign, i) => `${chain[i]}${sign}`)

/** What a text is found by: each once, in order, at most limits.searchWords. */
export function wordsIn(text: string): string[] {
  const { words, chains } = piecesOf(text)
  const all = [...words, ...chains.flatMap((chain) => [...chain, ...pairs(chain)])]
  return [...new Set(all)].slice(0, limits.searchWords)
}

/** What a question asks for: all of them have to be there. At most limits.searchAsked. */
export function wordsAsked(question: string): string[] {
  const { words, chains } = piecesOf(question)
  const all = [...words, ...chains.flatMap((chain) => (chain.length === 1 ? chain : pairs(chain)))]
  return [...new Set(all)].slice(0, limits.searchAsked)
}

/** What a name is found by: its words, and their beginnings of three letters and more. */
export function beginningsIn(name: string): string[] {
  const all = wordsIn(name).flatMap((word) => {
    const signs = Array.from(word).slice(0, limits.searchBeginning)
    return [word, ...signs.slice(2).map((_, i) => signs.slice(0, i + 3).join(''))]
  })
  return [...new Set(all)]
}

/** The ends of a phone number, four digits and more: people remember those. */
export const endsOf = (phone: string): string[] =>
  Array.from({ length: Math.max(0, phone.length - 3) }, (_, i) => phone.slice(i))

/** Digits alone, however they are grouped; undefined for anything else. */
export function phoneAsked(question: string): string | undefined {
  const plain = normalise(question).replace(/[\s().+/-]/g, '')
  return /^\d{4,15}$/.test(plain) ? plain : undefined
}

export type Snippet = { text: string; matches: { from: number; to: number }[] }

/** Where the words stand in the text as it was written, and as much around the first as one line shows. */
export function snippetOf(text: string, asked: readonly string[]): Snippet {
  const wanted = new Set(asked)
  const found = [...text.matchAll(run)].flatMap(({ 0: word, index }) => marksIn(word, index, wanted))
  const first = found[0]?.from ?? 0
  const from = first <= limits.snippetBefore ? 0 : wordStart(text, first - limits.snippetBefore)
  const to = Math.min(text.length, from + limits.snippetChars)
  const [before, after] = [from > 0 ? '… ' : '', to < text.length ? ' …' : '']
  const shift = before.length - from
  const inside = found.filter((match) => match.from >= from && match.to <= to)
  return {
    text: `${before}${text.slice(from, to).toWellFormed()}${after}`,
    matches: inside.map((match) => ({ from: match.from + shift, to: match.to + shift })),
  }
}

/** Not in the middle of a word, when a space is near. */
function wordStart(text: string, near: number): number {
  const space = text.indexOf(' ', near)
  return space >= 0 && space < near + 20 ? space + 1 : near
}

function marksIn(word: string, index: number, wanted: ReadonlySet<string>): { from: number; to: number }[] {
  const { words, chains } = piecesOf(word)
  if (words.some((one) => wanted.has(one))) return [{ from: index, to: index + word.length }]
  if (chains.length === 0) return []
  const signs = Array.from(word)
  const at = (n: number) => index + signs.slice(0, n).join('').length
  return signs.flatMap((sign, i) => {
    const pair = normalise(`${sign}${signs[i + 1] ?? ''}`)
    if (wanted.has(pair) && signs[i + 1] !== undefined) return [{ from: at(i), to: at(i + 2) }]
    return wanted.has(normalise(sign)) ? [{ from: at(i), to: at(i + 1) }] : []
  })
}
