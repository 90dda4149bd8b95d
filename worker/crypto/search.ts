// Is this person in this value? Two ways of asking: by needles in clear, as long as we have them, and afterwards by keyed
// digests alone. Pure. Called by the residue scan and, through search-storage.ts, by every Durable Object; shared with
// nothing that erases.
//
// What digest search can find: a phone number that stands as digits, however grouped; names, usernames and ids that
// stand as words; texts by their first words; the same inside base64 and escapes. What it cannot: names of five words
// and more beyond the fourth, names inside of text that is written without spaces, a phone number shortened by more than
// its country code. It may take another country's number of the same national digits for hers.

import { base64url } from './bytes.ts'
import { hmac } from './hmac.ts'
import { base64Texts, type DigitRun, digitRuns, fold, wordsOf } from './search-text.ts'

export type PhoneNeedle = {
  /** Country code and national number. Long enough, it means her wherever it stands. */
  full: string
  country: string
  /** Shorter spellings: they mean her only where they begin and end with a group of digits. */
  short: string[]
}

export type ClearSearch = {
  mode: 'clear'
  /** Folded; they count between words only. */
  names: string[]
  handles: string[]
  /** Folded; they count wherever they stand. */
  texts: string[]
  /** As they are; they count wherever they stand: pieces of base64. */
  pieces: string[]
  phones: PhoneNeedle[]
  /** Keyed digests by which custody knows her. */
  digests: string[]
}
/** `needles`: `{kind}{length}.{digest}`, see digestNeedle. */
export type DigestSearch = { mode: 'digest'; salt: Uint8Array; needles: string[] }
export type Search = ClearSearch | DigestSearch

/** The worst that a value holds: herself; a name, which others may bear too; or a keyed digest alone. */
export type Hit = 'clear' | 'name' | 'digest'
export type Value = string | number | bigint | ArrayBuffer | Uint8Array | null | undefined
export type Match = (value: Value) => Hit | undefined

/** From so many digits on a number is nobody else's, whatever stands beside it. */
export const tellingDigits = 10
/** Names and texts are compared by so many words. */
export const needleWords = 4

const decoder = new TextDecoder()
const textOf = (value: NonNullable<Value>): string =>
  typeof value === 'object' ? decoder.decode(value) : String(value)

export const matchOf = (search: Search): Match =>
  search.mode === 'clear' ? clearMatch(search) : digestMatch(search)

const isWordAt = (text: string, at: number): boolean =>
  /[\p{L}\p{N}\p{M}]/u.test(text.slice(Math.max(at, 0), at + 1))

function standsAlone(text: string, needle: string): boolean {
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    if (!(at > 0 && isWordAt(text, at - 1)) && !isWordAt(text, at + needle.length)) return true
  }
  return false
}

function isPhone({ full, country, short }: PhoneNeedle, { digits, edges, international }: DigitRun): boolean {
  if (full.length >= tellingDigits && digits.includes(full)) return true
  return [full, ...short].some((spelling) => {
    for (let at = digits.indexOf(spelling); at >= 0; at = digits.indexOf(spelling, at + 1)) {
      if (!edges.has(at) || !edges.has(at + spelling.length)) continue
      const before = digits.slice(0, at).replace(/^00/, '')
      // Behind another country's code the same digits are somebody else's.
      if (!(international && before.length >= 1 && before.length <= 3 && before !== country)) return true
    }
    return false
  })
}

function clearMatch(search: ClearSearch): Match {
  const { names, handles, texts, pieces, phones, digests } = search
  const read = (text: string): Hit | undefined => {
    const folded = fold(text)
    if (texts.some((needle) => folded.includes(needle))) return 'clear'
    if (handles.some((needle) => standsAlone(folded, needle))) return 'clear'
    if (phones.length > 0) {
      const runs = digitRuns(folded)
      if (phones.some((phone) => runs.some((run) => isPhone(phone, run)))) return 'clear'
    }
    return names.some((needle) => standsAlone(folded, needle)) ? 'name' : undefined
  }
  return (value) => {
    if (value === null || value === undefined) return undefined
    const text = textOf(value)
    if (pieces.some((piece) => text.includes(piece))) return 'clear'
    const hits = [read(text), ...(typeof value === 'number' ? [] : base64Texts(text).map(read))]
    if (digests.some((digest) => text.includes(digest))) hits.push('digest')
    return worst(hits)
  }
}

const severity: (Hit | undefined)[] = ['clear', 'name', 'digest']
export const worst = (hits: (Hit | undefined)[]): Hit | undefined =>
  severity.find((hit) => hit !== undefined && hits.includes(hit))

/** d: digits that count anywhere; e: digits that count where groups begin and end; w: words; n: words of a name; k: a keyed digest of custody's. */
export type NeedleKind = 'd' | 'e' | 'w' | 'n' | 'k'

/** Tells of what it stands for nothing but the kind and the length, so that most of what is read need not be hashed. */
export const digestNeedle = (salt: Uint8Array, kind: NeedleKind, text: string): string =>
  `${kind}${text.length}.${digest(salt, kind === 'd' || kind === 'e' ? 'd' : 'w', text)}`

const digest = (salt: Uint8Array, kind: 'd' | 'w', text: string): string =>
  base64url(hmac(salt, `${kind}:${text}`))

type Known = { lengths: Set<number>; hits: Map<string, Hit> }

function knownNeedles(needles: string[]): Record<'d' | 'e' | 'w', Known> {
  const known = {
    d: { lengths: new Set<number>(), hits: new Map<string, Hit>() },
    e: { lengths: new Set<number>(), hits: new Map<string, Hit>() },
    w: { lengths: new Set<number>(), hits: new Map<string, Hit>() },
  }
  for (const needle of needles) {
    const [, kind, length, hash] = /^([dewnk])(\d+)\.(.+)$/.exec(needle) ?? []
    if (!kind || !hash) throw new Error('not a needle')
    const side = known[kind === 'd' || kind === 'e' ? kind : 'w']
    side.lengths.add(Number(length))
    side.hits.set(hash, kind === 'n' ? 'name' : kind === 'k' ? 'digest' : 'clear')
  }
  return known
}

function digestMatch({ salt, needles }: DigestSearch): Match {
  const { d, e, w } = knownNeedles(needles)
  const look = (known: Known, kind: 'd' | 'w', token: string): Hit | undefined =>
    known.lengths.has(token.length) ? known.hits.get(digest(salt, kind, token)) : undefined
  const read = (text: string): (Hit | undefined)[] => {
    const folded = fold(text)
    const hits = digitRuns(folded).flatMap((run) => [
      ...windowsOf(run, d.lengths, false).map((part) => look(d, 'd', part)),
      ...windowsOf(run, e.lengths, true).map((part) => look(e, 'd', part)),
    ])
    for (const phrase of phrasesOf(folded)) hits.push(look(w, 'w', phrase))
    return hits
  }
  return (value) => {
    if (value === null || value === undefined) return undefined
    const text = textOf(value)
    // Digests are compared as they are written: they have a case.
    const words = (text.match(/[\w-]{22,}/g) ?? []).map((word) => look(w, 'w', word))
    const inside = typeof value === 'number' ? [] : base64Texts(text).flatMap(read)
    return worst([look(w, 'w', fold(text)), ...words, ...read(text), ...inside])
  }
}

/** Every stretch of one of these lengths, or only those that begin and end with a group. */
function windowsOf({ digits, edges }: DigitRun, lengths: Set<number>, grouped: boolean): string[] {
  return [...lengths].flatMap((length) => {
    const windows: string[] = []
    for (let at = 0; at + length <= digits.length; at++) {
      if (!grouped || (edges.has(at) && edges.has(at + length))) windows.push(digits.slice(at, at + length))
    }
    return windows
  })
}

/** One to four words in a row, as a name or the beginning of a text stands in it. */
export function* phrasesOf(folded: string): Generator<string> {
  const words = wordsOf(folded)
  for (let from = 0; from < words.length; from++) {
    for (let count = 1; count <= needleWords && from + count <= words.length; count++)
      yield words.slice(from, from + count).join(' ')
  }
}
