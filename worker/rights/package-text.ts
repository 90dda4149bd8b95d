// Phone numbers and e-mail addresses inside texts, in whatever spelling: those of the person and of the business stay, all
// others are somebody else's. Pure. Called by package-redact.ts.
//
// Seven digits or more that stand together are taken for a phone number, unless they are a date: better one too many than
// one too few, and the package says so.

import { marker } from './package-words.ts'

export type Known = {
  /** Digits with the country code: of the person and of the business. Found in national spelling too. */
  numbers: readonly string[]
  /** Other ids that are made of digits, or hold some: found as they are. */
  ids: readonly string[]
  emails: readonly string[]
}

/** The text without anybody's number or address but those that are known. In time that grows with its length. */
export function redactText(text: string, known: Known): string {
  let out = ''
  let from = 0
  for (const { 0: sign, index } of text.matchAll(at)) {
    const before = localPart.exec(text.slice(Math.max(from, index - localChars), Math.max(from, index)))
    const behind = /^\s/.test(sign) ? spokenHost : host
    behind.lastIndex = index + sign.length
    if (!before || !behind.test(text)) continue
    const start = index - before[0].length
    out += redactNumbers(text.slice(from, start), known)
    out += redactAddress(text.slice(start, behind.lastIndex), known)
    from = behind.lastIndex
  }
  return out + redactNumbers(text.slice(from), known)
}

// An address is found by the sign in its middle and read from there to both sides, every part bounded.
const localChars = 70
const space = String.raw`[\p{Zs}\t]{0,2}`
const at = new RegExp(
  String.raw`[@＠﹫]|[\[({<]${space}(?:at|arroba|@)${space}[\])}>]|\s{1,2}(?:at|arroba)\s{1,2}`,
  'giu',
)
const localPart = new RegExp(
  String.raw`(?:"[^"\n]{1,64}"|[\p{L}\p{N}\p{M}\p{Cf}.!#$%&'*+/=?^_{|}~-]{1,64})${space}$`,
  'u',
)
const label = String.raw`[\p{L}\p{N}\p{M}\p{Cf}_-]{1,63}`
const dot = String.raw`(?:[.。．｡]|${space}[\[({<]${space}(?:dot|punto|\.)${space}[\])}>]${space})`
// The first dot may stand alone between spaces; a later one followed by a space ends the sentence.
const firstDot = `(?:${space}[.。．｡]${space}|${dot})`
const host = new RegExp(
  String.raw`${space}(?:${label}${firstDot}${label}(?:${dot}${label}){0,8}|\[[0-9a-f.:]{3,45}\])`,
  'iuy',
)
const spokenHost = new RegExp(String.raw`${label}(?:\s{1,2}(?:dot|punto)\s{1,2}${label}){1,8}`, 'iuy')

function redactAddress(found: string, { emails, numbers, ids }: Known): string {
  const plain = found
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s*[[({<]\s*(?:at|arroba|@)\s*[\])}>]\s*|\s+(?:at|arroba)\s+/giu, '@')
    .replace(/\s*[[({<]\s*(?:dot|punto|\.)\s*[\])}>]\s*|\s+(?:dot|punto)\s+/giu, '.')
    .replace(/\s|。/gu, (char) => (char === '。' ? '.' : ''))
    .toLowerCase()
  if (emails.some((own) => own.toLowerCase() === plain)) return found
  // WhatsApp writes people so: the digits of their number, then a host of its own.
  const digits = /^\+?(\d{7,20})@/.exec(plain)?.[1]
  if (digits === undefined) return marker.email
  return numbers.includes(digits) || ids.includes(digits) ? found : marker.number
}

const gap = String.raw`(?:[\p{Zs}\p{Cf}\p{Pd}\t\ufe0f\u20e3.·•∙⋅/\\()\[\]{}*_~'’|]{1,6}|,)?`
const candidate = new RegExp(String.raw`[+＋]?[(\[]?\p{Nd}(?:${gap}\p{Nd}){6,}`, 'gu')
const fewestDigits = 7

const day = '(?:0?[1-9]|[12]\\d|3[01])'
const year = '(?:19|20)\\d\\d'
const date = new RegExp(
  `^(?:${year}([-/.])(?:0?[1-9]|1[0-2])\\1${day}|${day}([-/.])${day}\\2${year})(?:[ T,]{1,2}\\d{1,2})?$`,
)

function redactNumbers(text: string, known: Known): string {
  return text.replace(candidate, (found) => (date.test(found) ? found : redactCandidate(found, known)))
}

/** `values`: every digit as ASCII; `at`: where each begins and ends in the text. */
type Run = { text: string; values: string; at: { from: number; to: number }[] }

/** One run of digits and gaps may hold a number that is known beside one that is not. */
function redactCandidate(text: string, known: Known): string {
  const found = [...text.matchAll(/\p{Nd}/gu)]
  const run: Run = {
    text,
    values: found.map(([char]) => digitOf(char)).join(''),
    at: found.map(({ 0: char, index }) => ({ from: index, to: index + char.length })),
  }
  const spellings = spellingsOf(known)
  let out = ''
  let next = 0
  for (let i = 0; i < run.at.length; i++) {
    const end = knownAt(run, i, spellings)
    if (end === undefined) continue
    out += rest(run, next, i) + text.slice(run.at[i]?.from, run.at[end - 1]?.to)
    next = end
    i = end - 1
  }
  return out + rest(run, next, run.at.length)
}

/** What stands between two known numbers: few digits are nobody's. */
function rest({ text, at: places }: Run, from: number, to: number): string {
  const between = text.slice(from === 0 ? 0 : places[from - 1]?.to, places[to]?.from ?? text.length)
  if (to - from < fewestDigits) return between
  const before = between.length - between.trimStart().length
  return between.slice(0, before) + marker.number + between.slice(between.trimEnd().length)
}

type Spellings = { whole: string[]; national: string[]; ids: readonly string[] }

const spellingsOf = ({ numbers, ids }: Known): Spellings => ({
  whole: numbers.flatMap(abroad),
  national: numbers.flatMap(atHome),
  ids,
})

/** Where a known number ends that begins with this digit; undefined when none does. */
function knownAt(run: Run, start: number, { whole, national, ids }: Spellings): number | undefined {
  if (!apart(run, start)) return undefined
  const ends = (from: number, all: readonly string[]) => {
    const own = all.find((one) => run.values.startsWith(one, from) && apart(run, from + one.length))
    return own === undefined ? undefined : from + own.length
  }
  // Zeros in front, of the trunk or of calls abroad, belong to the number.
  for (let from = start; from <= start + 2; from++) {
    const local = countryBefore(run, start) ? [] : national
    const end = ends(from, whole) ?? ends(from, local) ?? (from === start ? ends(from, ids) : undefined)
    if (end !== undefined) return end
    if (run.values[from] !== '0') return undefined
  }
  return undefined
}

/** Something stands between the digit before this place and the one after it. */
const apart = ({ at: places }: Run, place: number): boolean =>
  place === 0 || place === places.length || places[place - 1]?.to !== places[place]?.from

/** A country code stands in front: what follows is a number of that country, whatever it looks like. */
function countryBefore({ text, values }: Run, place: number): boolean {
  if (place > 5) return false
  const before = values.slice(0, place)
  return /^[+＋]/.test(text) ? place <= 3 : /^00\d{1,3}$/.test(before)
}

/** With the country code, as it may be written: with the trunk's zero behind it, in the older spellings of Mexico, Argentina and Brazil. */
const abroad = (number: string): string[] =>
  variants(number).flatMap((own) => [
    own,
    ...[1, 2, 3].map((code) => `${own.slice(0, code)}0${own.slice(code)}`),
  ])

/** Without the country code, of one to three digits. */
const atHome = (number: string): string[] =>
  variants(number)
    .flatMap((own) => [1, 2, 3].map((code) => own.slice(code)))
    .filter((own) => own.length >= fewestDigits)

function variants(number: string): string[] {
  const [, country = '', after = ''] = /^(52|54|55)(\d+)$/.exec(number) ?? []
  if (country === '55' && after.length === 10) return [number, `55${after.slice(0, 2)}9${after.slice(2)}`]
  if (country === '55' && after.length === 11) return [number, `55${after.slice(0, 2)}${after.slice(3)}`]
  const mobile = country === '52' ? '1' : '9'
  if (country === '' || country === '55') return [number]
  return [
    number,
    after.startsWith(mobile) && after.length === 11
      ? `${country}${after.slice(1)}`
      : `${country}${mobile}${after}`,
  ]
}

/** Digits of every script stand in tens, zero first. */
function digitOf(char: string): string {
  const point = char.codePointAt(0) as number
  if (point < 0x80) return char
  // The mathematical digits are five tens in a row that begin elsewhere.
  if (point >= 0x1d7ce && point <= 0x1d7ff) return String((point - 0x1d7ce) % 10)
  let zero = point
  while (point - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return String(point - zero)
}
