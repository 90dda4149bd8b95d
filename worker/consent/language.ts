// How a language's sentences about one's data are written down, and how they are spelt out. Pure. Called by keywords.ts and the
// tables of phrases.

export type WishKind = 'access' | 'export' | 'delete' | 'stop' | 'start'
export type Purpose = 'access' | 'export' | 'delete' | 'correct' | 'object' | 'restrict'

/**
 * Sentences stand one pattern a line: its parts joined by ` + `, each with its alternatives between bars, an empty one for none;
 * `{name}` is a part that is used more than once. A line that ends with a bar or a plus goes on in the next.
 */
export type Language = {
  /** BCP 47. */
  tag: string
  /** Before or after any sentence. */
  please: string
  /** Before a sentence about data; with one of them, a question is a request. */
  asks: string
  names: Record<string, string>
  says: Record<WishKind, string>
  /** What the link from the site carries before the code. */
  carries: Record<Purpose, string>
  /** The word for a code. */
  code: string
}

/** Every sentence of a block. */
export function sentencesOf(block: string, names: Record<string, string> = {}): string[] {
  const spell = (part: string): string =>
    part.replace(/\{(\w+)\}/g, (_, name: string) => spell(names[name] as string))
  const lines = block.replace(/([|+])[ \t]*\n\s*/g, '$1').split('\n')
  return lines.flatMap((line) =>
    line.trim() === ''
      ? []
      : line.split('+').reduce<string[]>(
          (before, part) =>
            before.flatMap((start) =>
              spell(part)
                .split('|')
                .map((end) => `${start} ${end.trim()}`.trim()),
            ),
          [''],
        ),
  )
}
