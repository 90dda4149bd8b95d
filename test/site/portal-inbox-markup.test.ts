// How WhatsApp's marks are read: nothing of a text is lost, and no address leads anywhere but to the web.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Block, parseMarkup, plainOf, type Span, safeHref } from '../../site/portal/inbox/markup.ts'

const flat = (spans: Span[]): string => spans.map((one) => ('of' in one ? flat(one.of) : one.text)).join('')
const words = (blocks: Block[]): string =>
  blocks.map((block) => (block.kind === 'code' ? block.text : flat(block.of))).join('\n')
const links = (spans: Span[]): string[] =>
  spans.flatMap((one) => ('of' in one ? links(one.of) : one.kind === 'link' ? [one.href] : []))
const allLinks = (text: string) =>
  parseMarkup(text).flatMap((block) => (block.kind === 'code' ? [] : links(block.of)))
const kindsOf = (text: string) =>
  parseMarkup(text).flatMap((block) => (block.kind === 'code' ? ['block'] : block.of.map(({ kind }) => kind)))

describe('what a person wrote', () => {
  it.each([
    ['*hola*', ['bold']],
    ['_hola_', ['italic']],
    ['~hola~', ['strike']],
    ['`hola`', ['code']],
    ['```hola\nadiós```', ['block']],
    ['si *hola* no', ['text', 'bold', 'text']],
    ['*uno _dos_*', ['bold']],
    ['2*3*4', ['text']],
    ['snake_case_name', ['text']],
    ['* hola *', ['text']],
    ['*hola', ['text']],
    ['**', ['text']],
    ['```nobody closes', ['text']],
    ['*a\nb*', ['text', 'text']],
    ['¡*hola*!', ['text', 'bold', 'text']],
  ])('%j is read as %j', (text, kinds) => {
    expect(kindsOf(text)).toEqual(kinds)
  })

  it('keeps every character that is no mark, in its order', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab *_~`>\n.😀é') }), (text) => {
        const bare = (one: string) => one.replace(/[*_~`>\s]/g, '')
        expect(bare(words(parseMarkup(text)))).toBe(bare(text))
      }),
    )
  })

  it('is one line of plain words in a list', () => {
    expect(plainOf('*Hola*\n> ¿qué _tal_?\n```code```')).toBe('Hola ¿qué tal? code')
  })
})

describe('an address', () => {
  it.each([
    ['see https://example.com/a_b_c.', ['https://example.com/a_b_c']],
    ['(https://example.com/a_(b))', ['https://example.com/a_(b)']],
    ['www.example.com', ['https://www.example.com/']],
    ['*https://example.com*', ['https://example.com/']],
    ['http://example.com, and https://example.org!', ['http://example.com/', 'https://example.org/']],
    ['javascript:alert(1)', []],
    ['https://bank.example@evil.example/', []],
    ['https://localhost', []],
    ['data:text/html,x', []],
  ])('in %j leads to %j', (text, hrefs) => {
    expect(allLinks(text)).toEqual(hrefs)
  })

  it('is never followed to anything but http and https', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('https://', 'http://', 'www.', 'javascript:', 'HTTPS://'),
        (rest, start) => {
          for (const href of allLinks(`${start}${rest}`)) expect(href).toMatch(/^https?:\/\//)
          const href = safeHref(`${start}${rest}`)
          if (href !== undefined) expect(new URL(href).username).toBe('')
        },
      ),
    )
  })
})
