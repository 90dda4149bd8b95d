// WhatsApp's way of writing: *bold*, _italic_, ~strike~, `code` and ```code```, quotes, and addresses of the web made safe
// to follow. Pure: text in, tree out; nothing of it is ever read as HTML. Called by the bubbles of a thread.

export type Span =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike'; of: Span[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; text: string; href: string }
export type Block = { kind: 'line' | 'quote'; of: Span[] } | { kind: 'code'; text: string }

const marks = { '*': 'bold', _: 'italic', '~': 'strike' } as const
type Mark = keyof typeof marks
const isMark = (char: string | undefined): char is Mark => char !== undefined && Object.hasOwn(marks, char)
const word = /[\p{L}\p{N}]/u

/** Line by line; what stands between two lines of ``` is one block. */
export function parseMarkup(text: string): Block[] {
  const blocks: Block[] = []
  for (const [i, part] of text.split('```').entries()) {
    const fenced = i % 2 === 1
    // A fence that nobody closed is three characters like others.
    const isClosed = fenced && i < text.split('```').length - 1
    if (fenced && isClosed) {
      if (part.trim() !== '') blocks.push({ kind: 'code', text: part.replace(/^\n|\n$/g, '') })
      continue
    }
    const plain = fenced ? `\`\`\`${part}` : part
    if (plain === '' || (i > 0 && plain.trim() === '')) continue
    for (const line of trimFence(plain, i > 0 && !fenced).split('\n')) blocks.push(lineOf(line))
  }
  return blocks.length > 0 ? blocks : [{ kind: 'line', of: [{ kind: 'text', text }] }]
}

const trimFence = (text: string, afterFence: boolean): string => (afterFence ? text.replace(/^\n/, '') : text)

const lineOf = (line: string): Block =>
  line.startsWith('> ')
    ? { kind: 'quote', of: parseLine(line.slice(2)) }
    : { kind: 'line', of: parseLine(line) }

/** A mark opens after a gap and before a word, and closes the other way round, in the same line. */
export function parseLine(line: string): Span[] {
  const spans: Span[] = []
  let plain = ''
  const flush = () => {
    if (plain !== '') spans.push(...parseLinks(plain))
    plain = ''
  }
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] as string
    const end = isMark(char) || char === '`' ? closing(line, at) : -1
    if (end < 0) {
      plain += char
      continue
    }
    flush()
    const inner = line.slice(at + 1, end)
    spans.push(isMark(char) ? { kind: marks[char], of: parseLine(inner) } : { kind: 'code', text: inner })
    at = end
  }
  flush()
  return spans
}

/** Where the mark at `open` is closed; -1 when it is a character like others. */
function closing(line: string, open: number): number {
  const mark = line[open] as string
  const before = line[open - 1]
  const next = line[open + 1]
  if ((before !== undefined && word.test(before)) || next === undefined || next === mark || /\s/.test(next))
    return -1
  if (isInAddress(line, open)) return -1
  for (let end = line.indexOf(mark, open + 2); end >= 0; end = line.indexOf(mark, end + 1)) {
    const after = line[end + 1]
    if (/\s/.test(line[end - 1] as string)) continue
    if ((after === undefined || !word.test(after)) && !isInAddress(line, end)) return end
  }
  return -1
}

const address = /\b(?:https?:\/\/|www\.)[^\s<>"'`]+/giu

/** An underscore in an address is part of it. A mark that stands at its end may still close. */
function isInAddress(line: string, at: number): boolean {
  for (const found of line.matchAll(address)) {
    if (at >= found.index && at < found.index + found[0].length - 1) return true
  }
  return false
}

/** Only http and https, without a name before the host: `https://bank.example@evil.example` stays text. */
export function parseLinks(text: string): Span[] {
  const spans: Span[] = []
  let from = 0
  for (const found of text.matchAll(address)) {
    const shown = withoutTail(found[0])
    const href = safeHref(shown)
    if (href === undefined) continue
    if (found.index > from) spans.push({ kind: 'text', text: text.slice(from, found.index) })
    spans.push({ kind: 'link', text: shown, href })
    from = found.index + shown.length
  }
  if (from < text.length) spans.push({ kind: 'text', text: text.slice(from) })
  return spans
}

/** A full stop after an address ends the sentence; a bracket is part of it only when it was opened in it. */
function withoutTail(found: string): string {
  let shown = found
  for (;;) {
    const last = shown.at(-1) as string
    const isOpened = last === ')' && shown.split('(').length >= shown.split(')').length
    if (!/[.,;:!?)\]}*_~…»”’]/u.test(last) || isOpened) return shown
    shown = shown.slice(0, -1)
  }
}

/** The address a link may lead to; undefined for everything else than a web page. */
export function safeHref(shown: string): string | undefined {
  const url = URL.parse(/^www\./i.test(shown) ? `https://${shown}` : shown)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined
  if (url.username !== '' || url.password !== '' || !url.hostname.includes('.')) return undefined
  return url.href
}

/** The same words without marks, for one line in a list. */
export const plainOf = (text: string): string =>
  parseMarkup(text)
    .map((block) => (block.kind === 'code' ? block.text : textOf(block.of)))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()

const textOf = (spans: Span[]): string =>
  spans.map((span) => ('of' in span ? textOf(span.of) : span.text)).join('')
