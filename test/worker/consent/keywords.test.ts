// Which messages ask for something to be done with one's data, and which only sound like it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chatMessage,
  fold,
  languages,
  type Purpose,
  recogniseWish,
} from '../../../worker/consent/keywords.ts'
import { sentencesOf, type WishKind } from '../../../worker/consent/language.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { ordinary } from './ordinary.ts'

const purposes: Purpose[] = ['access', 'export', 'delete', 'correct', 'object', 'restrict']
const phrases = languages.flatMap(({ tag, says, names }) =>
  (Object.entries(says) as [WishKind, string][]).flatMap(([kind, block]) =>
    sentencesOf(block, names).map((text) => ({ tag, kind, text })),
  ),
)
const codeLetter = fc.constantFrom(...'23456789ABCDEFGHJKMNPQRSTVWXYZ')
const code = fc
  .tuple(
    fc.array(codeLetter, { minLength: 4, maxLength: 4 }),
    fc.array(codeLetter, { minLength: 4, maxLength: 4 }),
  )
  .map(([a, b]) => `${a.join('')}-${b.join('')}`)

const around = fc
  .array(fc.constantFrom(...' \n.!*_~"“”„«»…-', '🙏', '🛑', '❤️', '❤️‍🔥', '👍🏽'), { maxLength: 6 })
  .map((list) => list.join(''))
const space = fc.constantFrom(' ', '  ', '\n', '\u00a0', '\u2009 ', '\t')

/** As people type: any case, any spacing, anything but words around it. */
const typed = (text: string) =>
  fc
    .tuple(fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }), space, around, around)
    .map(([upper, gap, before, after]) => {
      const cased = [...text].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter)).join('')
      return `${before}${cased.replaceAll(' ', gap)}${after}`
    })

describe('a sentence of ours', () => {
  it('is recognised in any case, with any spacing and anything but words around it', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(...phrases)
          .chain((phrase) => typed(phrase.text).map((text) => ({ ...phrase, text }))),
        ({ text, kind }) => {
          expect(recogniseWish(text)?.kind).toBe(kind)
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('is recognised as it stands, every one of them, and is no longer than what is looked at', () => {
    const missed = phrases.filter(({ text, kind }) => recogniseWish(text)?.kind !== kind)
    expect(missed).toEqual([])
    expect(phrases.length).toBeGreaterThan(3_000)
    expect(Math.max(...phrases.map(({ text }) => text.length))).toBeLessThan(limits.wishChars / 2)
  })

  it('means the same in every language that has it', () => {
    const kinds = new Map<string, string>()
    for (const { text, kind } of phrases) {
      const folded = fold(text)
      expect(kinds.get(folded) ?? kind, text).toBe(kind)
      kinds.set(folded, kind)
    }
  })

  it('is answered in its language; one that several have, in the first of them', () => {
    expect(recogniseWish('stop')).toEqual({ kind: 'stop', language: 'en' })
    for (const language of languages) {
      const own = phrases.find(({ tag, kind }) => tag === language.tag && kind === 'delete')
      expect(recogniseWish(own?.text as string)).toEqual({ kind: 'delete', language: language.tag })
    }
  })

  it('is recognised without its accents, and as other keyboards write it', () => {
    const same: [string, WishKind][] = [
      ['que datos tienes sobre mi', 'access'],
      ['SUPPRIMEZ MES DONNEES', 'delete'],
      ['loescht meine daten', 'delete'],
      ['LÖSCHT MEINE DATEN', 'delete'],
      ['nao me mandem mais mensagens', 'stop'],
      ['احذف بیاناتی', 'delete'],
      ['إحذف بياناتي', 'delete'],
      ['ازاله بياناتي', 'delete'],
      ['ｓｔｏｐ', 'stop'],
      ['de\u0301sabonnez-moi', 'stop'],
      ['मेरा डाटा हटाएँ', 'delete'],
      ['s’il vous plaît supprimez mes données', 'delete'],
    ]
    for (const [text, kind] of same) expect(recogniseWish(text)?.kind, text).toBe(kind)
  })

  it('is recognised with a word of courtesy, and as a question when it asks somebody to do it', () => {
    const same: [string, WishKind][] = [
      ['Please delete my data', 'delete'],
      ['delete my data, please', 'delete'],
      ['Could you delete my data?', 'delete'],
      ['please can you send me my data?', 'export'],
      ['¿Pueden borrar mis datos, por favor?', 'delete'],
      ['Könnt ihr bitte meine Daten löschen?', 'delete'],
      ['Please stop.', 'stop'],
      ['What data do you have about me?', 'access'],
      ['¿Qué datos tienen sobre mí?', 'access'],
    ]
    for (const [text, kind] of same) expect(recogniseWish(text)?.kind, text).toBe(kind)
  })

  it('is not recognised when it is only asked about', () => {
    for (const text of ['delete my data?', 'stop?', '¿borrar mis datos?', 'احذف بياناتي؟', 'can you stop?'])
      expect(recogniseWish(text), text).toBeUndefined()
  })
})

describe('an ordinary message', () => {
  it('means nothing, whatever words it has', () => {
    expect(ordinary.length).toBeGreaterThan(100)
    expect(new Set(ordinary).size).toBe(ordinary.length)
    expect(ordinary.flatMap((text) => recogniseWish(text) ?? [])).toEqual([])
  })

  it('with one of our sentences in it means nothing', () => {
    // Words that are no courtesy, and begin or end none of the sentences.
    const words = fc.constantFrom(
      'the',
      'order',
      'yesterday',
      'because',
      'pan',
      'ayer',
      'porque',
      'maintenant',
      'gestern',
      'kemarin',
      'pedido',
      'कल',
      'गतकाल',
      'طلب',
      'کل',
      '42',
      'if',
      'si',
      'wenn',
      'tomorrow',
      'from',
      'de',
      'never',
      'nunca',
    )
    const some = fc.array(words, { minLength: 1, maxLength: 6 }).map((list) => list.join(' '))
    fc.assert(
      fc.property(
        fc.constantFrom(...phrases),
        some,
        fc.option(some, { nil: '' }),
        fc.constantFrom(' ', ', ', '. ', '\n'),
        (phrase, before, after, gap) => {
          const inside = [before, phrase.text, after].filter((part) => part !== '').join(gap)
          expect(recogniseWish(inside), inside).toBeUndefined()
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('of any kind at all is looked at without harm', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const wish = recogniseWish(text)
        expect(wish === undefined || text.length <= limits.wishChars).toBe(true)
      }),
    )
  })

  it('that is long is not looked at, though it be one of ours with blanks around it', () => {
    expect(recogniseWish(`stop${' '.repeat(limits.wishChars - 4)}`)?.kind).toBe('stop')
    expect(recogniseWish(`stop${' '.repeat(limits.wishChars - 3)}`)).toBeUndefined()
  })
})

describe('the sentence with a code', () => {
  const tags = fc.constantFrom(...languages.map(({ tag }) => tag))

  it('is read back as its code, for every purpose and language, in any case and spacing', () => {
    fc.assert(
      fc.property(
        fc
          .tuple(fc.constantFrom(...purposes), code, tags)
          .chain(([purpose, given, language]) =>
            typed(chatMessage(purpose, given, language)).map((text) => ({ purpose, given, language, text })),
          ),
        ({ purpose, given, language, text }) => {
          expect(recogniseWish(text)).toMatchObject({ kind: 'code', purpose, code: given })
          const same = recogniseWish(text)?.language
          expect(languages.find(({ tag }) => tag === same)?.tag).toBe(language)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('is short enough to be looked at in every language', () => {
    for (const { tag } of languages)
      for (const purpose of purposes)
        expect(chatMessage(purpose, '7K3F-9QXM', tag).length).toBeLessThan(limits.wishChars / 2)
  })

  it('is in English where there is no other', () => {
    expect(chatMessage('delete', '7K3F-9QXM', 'xx')).toBe('Delete my data. Code: 7K3F-9QXM')
  })

  it('is read without its dash or its stop, too', () => {
    for (const text of [
      'delete my data code 7k3f9qxm',
      'Delete my data! Code: 7K3F 9QXM',
      'DELETE MY DATA. CODE 7K3F—9QXM',
    ])
      expect(recogniseWish(text), text).toEqual({
        kind: 'code',
        language: 'en',
        purpose: 'delete',
        code: '7K3F-9QXM',
      })
  })

  it('may not be left away: a code alone does not say what it does, and means nothing', () => {
    fc.assert(
      fc.property(code, (given) => {
        for (const text of [given, given.toLowerCase(), `  ${given}\n`])
          expect(recogniseWish(text)).toBeUndefined()
      }),
    )
  })
})
