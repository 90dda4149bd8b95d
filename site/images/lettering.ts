// The mark and the letters of the name, as strokes: they look the same on every machine, with whatever fonts it has. Drawn
// for this site. Called by the masthead and by scripts/images.ts.

/** The mark in a square of 32: two ends, joined. To be stroked, 2.8 wide, with round ends. */
export const mark = {
  path: 'M21.4 10.9A5.6 4.7 0 1 0 16 16A5.6 4.7 0 1 1 10.6 21.1',
  ends: [
    [21.4, 10.9],
    [10.6, 21.1],
  ],
} as const

/** Width and strokes of a letter above a base line at 0; small letters are 10 high, capitals 14. */
const letters: Record<string, [width: number, path: string]> = {
  S: [
    11,
    'M10.4-11.5C9.7-13.2 7.8-14 5.6-14C2.7-14 .8-12.6 .8-10.5C.8-8.3 2.8-7.6 5.6-7C8.5-6.4 10.6-5.6 10.6-3.5C10.6-1.4 8.5 0 5.6 0C2.9 0 1.1-1 .4-2.8',
  ],
  C: [12, 'M11.95-11.95A7 7 0 1 0 11.95-2.05'],
  T: [10, 'M0-14H10M5-14V0'],
  c: [8.6, 'M8.54-8.54A5 5 0 1 0 8.54-1.46'],
  d: [10, 'M10-5A5 5 0 1 0 0-5A5 5 0 1 0 10-5M10-15V0'],
  e: [10, 'M0-5H10A5 5 0 1 0 8.54-1.46'],
  f: [6, 'M6.4-15C4.2-15.2 2.8-14 2.8-11.6V0M0-10H6'],
  h: [9, 'M0 0V-15M0-5.5A4.5 4.5 0 0 1 9-5.5V0'],
  i: [0.4, 'M.2 0V-10M.2-14.2V-14.19'],
  l: [0.4, 'M.2 0V-15'],
  m: [15, 'M0 0V-10M0-6.25A3.75 3.75 0 0 1 7.5-6.25V0M7.5-6.25A3.75 3.75 0 0 1 15-6.25V0'],
  n: [9, 'M0 0V-10M0-5.5A4.5 4.5 0 0 1 9-5.5V0'],
  o: [10, 'M10-5A5 5 0 1 0 0-5A5 5 0 1 0 10-5'],
  p: [10, 'M0-10V5M10-5A5 5 0 1 0 0-5A5 5 0 1 0 10-5'],
  r: [5, 'M0 0V-10M0-5.5A4.5 4.5 0 0 1 5-9.95'],
  s: [
    7.6,
    'M7.2-8.3C6.7-9.4 5.5-10 4-10C1.9-10 .6-9 .6-7.5C.6-5.9 2-5.45 4-5C6.1-4.55 7.5-4 7.5-2.5C7.5-1 6.1 0 4 0C2.1 0 .8-.7 .3-2',
  ],
  t: [6.4, 'M2.6-14V-3.4C2.6-1 3.8 0 6.4-.1M0-10H6.2'],
  u: [9, 'M0-10V-4.5A4.5 4.5 0 0 0 9-4.5M9-10V0'],
  v: [9, 'M0-10L4.5 0L9-10'],
  y: [9, 'M0-10L4.7-.2M9-10L2.9 5'],
  ',': [0.6, 'M.4-.2L-.4 2.6'],
  '.': [0.4, 'M.2-.1V-.09'],
}
/** Two stems beside each other look closer than two bows. */
const stemAfter = 'dhilmnu'
const stemBefore = 'hilmnpru'
const gap = (left: string, right: string): number =>
  2.9 + (stemAfter.includes(left) ? 0.75 : 0) + (stemBefore.includes(right) ? 0.75 : 0)
const space = 4.5

/** Which of the numbers behind a command lie along the line. */
const along: Record<string, number[]> = { M: [0], L: [0], H: [0], V: [], C: [0, 2, 4], A: [5] }

/** The same strokes, further along the line. Letters are drawn in absolute commands alone, one set of numbers to each. */
function moved(path: string, by: number): string {
  const parts = path.match(/[A-Z]|-?\d*\.?\d+/g) ?? []
  let command = ''
  let at = 0
  let out = ''
  for (const part of parts) {
    if (/[A-Z]/.test(part)) {
      command = part
      at = 0
      out += part
      continue
    }
    const number = Number(part) + (along[command]?.includes(at) ? by : 0)
    const spelt = String(Number(number.toFixed(2))).replace(/^(-?)0\./, '$1.')
    out += at > 0 && number >= 0 ? ` ${spelt}` : spelt
    at += 1
  }
  return out
}

/** Strokes of a line of text that begins at 0 0, and its width. Throws on a letter that is not drawn. */
export function lettering(text: string): { path: string; width: number } {
  let path = ''
  let x = 0
  let before = ''
  for (const char of text) {
    if (char === ' ') {
      x += space
      continue
    }
    const letter = letters[char]
    if (!letter) throw new Error(`no letter is drawn for ${char}`)
    if (before) x += gap(before, char)
    path += moved(letter[1], x)
    x += letter[0]
    before = char
  }
  return { path, width: Number(x.toFixed(2)) }
}
