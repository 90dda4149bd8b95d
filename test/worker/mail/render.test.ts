import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operator } from '../../../db/operator.ts'
import { type Block, type MailText, renderMail } from '../../../worker/mail/render.ts'
import { htmlWords, tagsOf, textWords } from './reading.ts'

const block = (words: fc.Arbitrary<string>, token = words): fc.Arbitrary<Block> =>
  fc.oneof(
    words,
    fc.record({ label: words, url: fc.oneof(token, fc.webUrl()) }),
    fc.record({ label: words, code: token }),
    fc.record({ list: fc.array(words, { minLength: 1, maxLength: 4 }) }),
    fc.record({ quote: words }),
  )

/** What a stranger types who wants to be more than words. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        '<script>',
        '</p>',
        '"',
        "'",
        '&',
        '&lt;',
        '<a href="https://evil.example">',
        'javascript:alert(1)',
        '\r\nBcc: all@example.com',
        '\n\n',
        '\u2028',
        '\u202e',
        'onload=x',
        '--',
        '> ',
        '- ',
        'https://a.example/"><b>',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
)

const says = (...blocks: Block[]): MailText => renderMail({ subject: 'Hello', blocks })

describe('a rendered mail', () => {
  it('says the same words in text and in HTML, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.array(block(hostile), { maxLength: 6 }), fc.boolean(), (blocks, privacy) => {
        const { text, html } = renderMail({ subject: 'Hello', blocks, privacy })
        expect(htmlWords(html)).toEqual(textWords(text))
      }),
    )
  })

  it('has no tag and no attribute that somebody else chose, and links only to the web and to us', () => {
    fc.assert(
      fc.property(hostile, fc.array(block(hostile), { maxLength: 6 }), (subject, blocks) => {
        const { html } = renderMail({ subject, blocks })
        for (const { name, attributes } of tagsOf(html)) {
          expect([
            '!doctype',
            'html',
            'head',
            'meta',
            'title',
            'body',
            'div',
            'p',
            'br',
            'a',
            'strong',
            'ul',
            'li',
            'blockquote',
          ]).toContain(name)
          for (const [key, value] of Object.entries(attributes)) {
            expect(['lang', 'charset', 'name', 'content', 'style', 'dir', 'href', 'html']).toContain(key)
            if (key === 'href') expect(value).toMatch(/^(https?:\/\/|mailto:contact@softivum\.com$)/)
            if (key === 'style') expect(value).not.toMatch(/url|import|expression/)
          }
        }
      }),
    )
  })

  it('has a subject of one line, without what turns the reading direction', () => {
    fc.assert(
      fc.property(hostile, (subject) => {
        const rendered = renderMail({ subject, blocks: [] })
        expect(rendered.subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
      }),
    )
  })

  it('keeps a line of text within 76 characters unless a word is longer, and a URL alone on its line', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 12 })
    const sentence = fc.array(word, { minLength: 1, maxLength: 60 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(
        fc.array(block(sentence, word), { minLength: 1, maxLength: 5 }),
        fc.webUrl(),
        (blocks, url) => {
          const { text } = renderMail({ subject: 'x', blocks: [...blocks, { label: 'Here', url }] })
          expect(text.split('\n')).toContain(url)
          for (const line of text.split('\n'))
            if (line.replace(/^[->] /, '').includes(' ')) expect(line.length).toBeLessThanOrEqual(76)
        },
      ),
    )
  })

  it('shows each link in words, and says in which language it is', () => {
    const { html } = says({ label: 'How it stands', url: 'https://gateway.test/x?a=1&b=2' })
    expect(html).toContain(
      'How it stands:<br><a href="https://gateway.test/x?a=1&amp;b=2">https://gateway.test/x?a=1&amp;b=2</a>',
    )
    expect(html).toMatch(/^<!doctype html>\n<html lang="en"/)
  })

  it('shows what is no web address as words', () => {
    for (const url of [
      'javascript:alert(1)',
      'https://a.example/"x',
      '//evil.example',
      'data:text/html,x',
      'https://a b',
    ]) {
      const { html, text } = says({ label: 'Here', url })
      expect(html.match(/<a /g)).toHaveLength(1)
      expect(htmlWords(html)).toEqual(textWords(text))
    }
  })

  it('keeps the lines of what somebody wrote, marked as theirs', () => {
    const { text, html } = says('They wrote:', { quote: 'one\r\ntwo\n\nthree <b>' })
    expect(text).toContain('They wrote:\n\n> one\n> two\n>\n> three <b>\n\n')
    expect(html).toContain('>one<br>two<br><br>three &lt;b&gt;</blockquote>')
  })

  it('loads nothing and sets no colour', () => {
    const { html } = says(
      'x',
      { label: 'Here', url: 'https://gateway.test/x' },
      { label: 'Code', code: '123456' },
    )
    expect(html).not.toMatch(
      /<(img|link|script|iframe|style|object|video)|src=|background|[^-]color:(?!light dark)/,
    )
    expect(html).toContain('color-scheme:light dark')
  })

  it('ends with whom to ask, and about rights also with where to complain', () => {
    const plain = says('x')
    expect(plain.text).toBe(`x\n\nSoftivum Connect\nQuestions: ${operator.contact}`)
    expect(plain.html).toContain(`<a href="mailto:${operator.contact}">${operator.contact}</a>`)
    expect(plain.text).not.toContain('Complaints')
    expect(renderMail({ subject: 's', blocks: ['x'], privacy: true }).text).toBe(
      `x\n\nSoftivum Connect\nComplaints about how a request was handled: ${operator.grievance}\nQuestions: ${operator.contact}`,
    )
  })
})
