import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  beginningsIn,
  endsOf,
  normalise,
  phoneAsked,
  snippetOf,
  wordsAsked,
  wordsIn,
} from '../../../worker/conversations/words.ts'
import { limits } from '../../../worker/ground/limits.ts'

/** Text as people write it, in many scripts, with signs in between. */
const letters = fc.constantFrom(
  ...Array.from(
    'abcxyzABCÄÖÜäöüßéèñçøłĐıİœÆſΣςσάЖжйё0123٣४אבגشكرًاहिन्दीकिताबไทยกำ日本語カナかながポ한국어각ﬁＡ½²',
  ),
)
const between = fc.constantFrom(' ', '  ', '\n', ', ', '. ', '-', '¿', '…', '👍🏽', '’', '\u200f', '/')
const texts = fc
  .array(fc.oneof({ weight: 4, arbitrary: letters }, { weight: 1, arbitrary: between }), { maxLength: 120 })
  .map((parts) => parts.join(''))

describe('the words of a text', () => {
  it('are all found again, each alone and all together, in whatever spelling they are asked for', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const index = new Set(wordsIn(text))
        for (const word of index)
          for (const spelled of [word, word.toUpperCase(), word.normalize('NFD'), ` ${word}?`])
            for (const asked of wordsAsked(spelled)) expect(index).toContain(asked)
        for (const asked of wordsAsked(text)) expect(index).toContain(asked)
      }),
      { numRuns: 400 },
    )
  })

  it('are the same however the text is composed, and normalising twice changes nothing', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(wordsIn(text.normalize('NFD'))).toEqual(wordsIn(text.normalize('NFC')))
        expect(normalise(normalise(text))).toBe(normalise(text))
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['¿Tenéis PAN de centeno?', ['teneis', 'pan', 'de', 'centeno']],
    ['Straße, STRASSE', ['strasse']],
    ['Ünïcödé ﬁne', ['unicode', 'fine']],
    ['Łódź İstanbul', ['lodz', 'istanbul']],
    ['Σίσυφος ΣΊΣΥΦΟΣ', ['σισυφοσ']],
    ['किताब', ['किताब']],
    ['שָׁלוֹם', ['שלומ']],
    ['order 4711/22 a', ['order', '4711', '22']],
    ['パン屋', ['パ', 'ン', '屋', 'パン', 'ン屋']],
    ['ok👍ok', ['ok']],
  ])('of %s are these', (text, words) => {
    expect(wordsIn(text).map((word) => word.replace('ם', 'מ'))).toEqual(words)
  })

  it('of a flood are bounded', () => {
    const flood = Array.from({ length: 9_000 }, (_, i) => `w${i}`).join(' ')
    expect(wordsIn(flood)).toHaveLength(limits.searchWords)
    expect(wordsAsked(flood)).toHaveLength(limits.searchAsked)
    expect(wordsIn('x'.repeat(5_000))).toEqual(['x'.repeat(limits.searchWordChars)])
  })
})

describe('a name and a number', () => {
  it('are found by beginnings of three letters and by ends of four digits', () => {
    expect(beginningsIn('Ána Ruiz')).toEqual(['ana', 'ruiz', 'rui'])
    expect(endsOf('34600111')).toEqual(['34600111', '4600111', '600111', '00111', '0111'])
    expect(phoneAsked('+34 (600) 11-12')).toBe('346001112')
    expect(phoneAsked('34 pan')).toBeUndefined()
    expect(phoneAsked('123')).toBeUndefined()
  })
})

describe('a snippet', () => {
  it('marks what was asked for in the text as it was written, and only inside of itself', () => {
    fc.assert(
      fc.property(texts, fc.nat(20), (text, n) => {
        const asked = wordsIn(text).slice(n, n + 2)
        const { text: shown, matches } = snippetOf(text, asked)
        for (const { from, to } of matches) {
          expect(from).toBeLessThan(to)
          expect(to).toBeLessThanOrEqual(shown.length)
          const marked = wordsIn(shown.slice(from, to))
          expect(marked.some((word) => asked.includes(word))).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
    expect(snippetOf('El PAN de Añón', ['anon'])).toEqual({
      text: 'El PAN de Añón',
      matches: [{ from: 10, to: 14 }],
    })
  })

  it('shows what stands around the first match of a long text', () => {
    const long = `${'antes '.repeat(60)}el pan ${'luego '.repeat(60)}`
    const { text, matches } = snippetOf(long, ['pan'])
    expect(text.length).toBeLessThan(limits.snippetChars + 10)
    expect(text.slice(matches[0]?.from, matches[0]?.to)).toBe('pan')
    expect(text).toMatch(/^… .* …$/)
  })
})
