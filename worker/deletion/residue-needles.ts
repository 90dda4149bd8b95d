// What to look for when somebody is said to be gone: every spelling of the inventory that was frozen before. Pure. Called
// by the Eraser (before erasing) and by residue.ts. Source of the numbering rules: ITU-T E.164 and its list of codes.

import { hex, utf8 } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import {
  type ClearSearch,
  type DigestSearch,
  digestNeedle,
  needleWords,
  type PhoneNeedle,
  tellingDigits,
} from '../crypto/search.ts'
import { base64Fragments, fold, wordsOf } from '../crypto/search-text.ts'
import { limits } from '../ground/limits.ts'

/** Who somebody is, in clear. Frozen before anything is erased, sealed until the first receipt, then destroyed. */
export type Inventory = {
  names: string[]
  usernames: string[]
  /** Digits as WhatsApp writes them, country code first. */
  phones: string[]
  userIds: string[]
  /** A few texts of hers. */
  samples: string[]
  /** Keyed digests by which custody knows her. */
  digests: string[]
}

/** A search, and what SQL can narrow it down by: a value that matches holds at least one of these. */
export type Needles<S = ClearSearch | DigestSearch> = { search: S; coarse: Coarse | undefined }
export type Coarse = {
  /** To be found in text whose ASCII letters are lower case. */
  texts: string[]
  /** To be found in text without what separates digits. */
  digits: string[]
}

const unique = (list: string[]): string[] => [...new Set(list)]
const digitsOf = (text: string): string => fold(text).replace(/\D/g, '')

const countryCode = /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9]\d{2})/

/** WhatsApp and people disagree about a digit in Brazil, Mexico and Argentina: both are her number. */
const mobileMarks: [RegExp, string][] = [
  [/^(55\d{2})9(\d{8})$/, '$1$2'],
  [/^(55\d{2})([6-9]\d{7})$/, '$19$2'],
  [/^(52)1(\d{10})$/, '$1$2'],
  [/^(52)(\d{10})$/, '$11$2'],
  [/^(54)9(\d{10})$/, '$1$2'],
  [/^(54)(\d{10})$/, '$19$2'],
]

/** The same number with and without the mark that its country puts before mobile numbers. */
const variantsOf = (full: string): string[] =>
  unique([
    full,
    ...mobileMarks.flatMap(([pattern, form]) => (pattern.test(full) ? [full.replace(pattern, form)] : [])),
  ])

/** Undefined for what is too short to be anybody's number. */
export function phoneNeedle(full: string): PhoneNeedle | undefined {
  if (full.length < limits.residueDigits) return undefined
  const country = countryCode.exec(full)?.[0] ?? ''
  const national = full.slice(country.length)
  // 0 in most countries, 1 in North America, 8 in Russia; 00 and 011 are dialled before a country code.
  const dialled = [`00${full}`, `011${full}`, `${country}0${national}`]
  const short = [national, ...['0', '1', '8'].map((trunk) => trunk + national)].filter(
    (spelling) => spelling.length >= limits.residueDigits,
  )
  return { full, country, short: unique([...short, ...dialled]) }
}

const isName = (name: string): boolean =>
  wordsOf(name).length >= 2 || [...name].length >= limits.residueNameChars

type Encoded = { texts: string[]; pieces: string[] }

/** What machines make of an identifier: hashes without a key. */
function hashesOf(identifier: string): Encoded {
  const hash = Buffer.from(sha256(identifier))
  return {
    texts: [hash.toString('hex')],
    pieces: [hash.toString('base64').replace('=', ''), hash.toString('base64url')],
  }
}

/** As hex, and as base64 at any alignment: a wamid holds the phone number like that. */
const encodingsOf = (identifier: string): Encoded => ({
  texts: [hex(utf8(identifier))],
  pieces: base64Fragments(identifier),
})

/** A part of what was heard is enough, should a copy have been cut. */
const sampleOf = (folded: string): string => [...folded].slice(0, 64).join('')

/**
 * Everything to look for in clear. Too little to mean one person is left out: names of one word with fewer than five
 * letters, texts with fewer than twelve. Of a large workspace, only some are searched for as hashes and in base64.
 */
export function needlesOf(inventory: Inventory): Needles<ClearSearch> {
  const names = unique(inventory.names.map(fold)).filter(isName)
  const handles = unique(inventory.usernames.map((name) => fold(name).replace(/^@/, ''))).filter(
    (name) => [...name].length >= limits.residueHandleChars,
  )
  const samples = unique(inventory.samples.map(fold)).filter(
    (text) => [...text].length >= limits.residueSampleChars,
  )
  const numbers = unique(inventory.phones.map(digitsOf).flatMap(variantsOf))
  const phones = numbers.flatMap((number) => phoneNeedle(number) ?? [])
  const userIds = unique(inventory.userIds.filter((id) => id.length >= limits.residueDigits))
  const made = [
    ...phones
      .slice(0, limits.residueEncoded)
      .flatMap(({ full, country }) => [
        encodingsOf(full),
        ...[full, `+${full}`, `00${full}`, full.slice(country.length)].map(hashesOf),
      ]),
    ...userIds
      .slice(0, limits.residueEncoded)
      .flatMap((id) => [encodingsOf(id), hashesOf(id), hashesOf(id.toLowerCase())]),
  ]
  const search: ClearSearch = {
    mode: 'clear',
    names,
    handles,
    texts: unique([...samples.map(sampleOf), ...userIds.map(fold), ...made.flatMap(({ texts }) => texts)]),
    pieces: unique(made.flatMap((one) => one.pieces)),
    phones,
    digests: unique(inventory.digests),
  }
  return { search, coarse: coarseOf(inventory, search) }
}

function coarseOf(inventory: Inventory, search: ClearSearch): Coarse {
  const written = [...inventory.names, ...inventory.usernames, ...inventory.samples]
  const literal = [...search.texts, ...search.pieces, ...search.digests].filter(
    (text) => !/[^\x21-\x7e]/.test(text),
  )
  return {
    texts: unique([...written.flatMap(stemsOf), ...literal.map(lowerAscii)]),
    digits: unique(
      search.phones.map(({ full, country }) => {
        const national = full.slice(country.length)
        return national.length >= limits.residueDigits ? national : full
      }),
    ),
  }
}

const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, (char) => char.toLowerCase())

/** What of a text looks the same in any case and Unicode form: its longest stretch of plain letters and digits. */
function stemsOf(text: string): string[] {
  const runs = lowerAscii(text.normalize('NFC')).match(/[a-z0-9]+/g) ?? []
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '')
  if (longest.length >= 3) return [longest]
  const word = wordsOf(text.normalize('NFC')).reduce(
    (best, one) => (one.length > best.length ? one : best),
    '',
  )
  if (word === '') return []
  const cases = [word, word.toLowerCase(), word.toUpperCase(), fold(word)]
  return unique(
    cases
      .flatMap((one) => [one.normalize('NFC'), one.normalize('NFD'), one.normalize('NFKC')])
      .map(lowerAscii),
  )
}

/** What of the inventory may be kept to search again at any time: keyed digests, of which nothing can be read. */
export function digestNeedles(salt: Uint8Array, inventory: Inventory): string[] {
  const { search } = needlesOf(inventory)
  const firstWords = (text: string): string => wordsOf(text).slice(0, needleWords).join(' ')
  const samples = inventory.samples.map(fold).filter((text) => search.texts.includes(sampleOf(text)))
  const words = [
    ...search.handles.map(firstWords),
    ...samples.flatMap((text) => [text, ...(wordsOf(text).length >= 3 ? [firstWords(text)] : [])]),
    ...inventory.userIds.map(fold),
    ...search.texts.filter((text) => /^[0-9a-f]{64}$/.test(text)),
  ]
  return unique([
    ...search.phones.flatMap(({ full, short }) => [
      digestNeedle(salt, full.length >= tellingDigits ? 'd' : 'e', full),
      ...short.map((number) => digestNeedle(salt, 'e', number)),
    ]),
    ...search.names.map((name) => digestNeedle(salt, 'n', firstWords(name))),
    ...words.map((text) => digestNeedle(salt, 'w', text)),
    ...search.digests.map((text) => digestNeedle(salt, 'k', text)),
  ])
}

/** The search when nothing in clear is left. */
export const searchByDigest = (salt: Uint8Array, needles: string[]): Needles<DigestSearch> => ({
  search: { mode: 'digest', salt, needles },
  coarse: undefined,
})
