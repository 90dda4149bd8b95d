// The readable page of a package: what people wrote is text, whatever it looks like.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { d1, type TableName } from '../../../db/catalog.ts'
import { subprocessors } from '../../../db/subprocessors.ts'
import { sheetOf } from '../../../worker/rights/package-document.ts'
import { type PageRow, type PageTables, writePage } from '../../../worker/rights/package-page.ts'

const at = '2026-11-22T09:30:00.000Z'
const sheet = (words: string, tables: TableName[] = ['contacts', 'messages']) =>
  sheetOf(
    {
      about: { kind: 'contact', name: words, phone: '34600111222', email: words },
      request: { type: 'access', receivedAt: at },
      preparedAt: at,
      controller: { kind: 'business', name: words, contact: null, numbers: ['+34911222333'] },
      service: {
        name: 'Softivum Connect',
        operator: 'Softivum',
        country: 'India',
        contact: 'contact@softivum.com',
      },
      recipients: subprocessors,
    },
    tables,
  )
async function* pages(...rows: PageRow[]): AsyncGenerator<PageRow[]> {
  yield rows
}
async function written(
  tables: PageTables,
  words = 'Sol',
  names = new Map([['num_1', words]]),
): Promise<string> {
  const file = { name: words, type: words, bytes: 3, storedAt: at, path: `media/${words}`, note: words }
  let page = ''
  for await (const piece of writePage(sheet(words), tables, [file], names)) page += piece
  return page
}
const row = (text: string): PageRow => ({
  numberId: 'num_1',
  direction: 'in',
  type: text,
  status: text,
  at,
  content: { text, body: { [text]: text } },
  editedAt: null,
  revokedAt: null,
})

/** Tags and attributes of the page, without their text. */
const skeleton = (page: string): string[] =>
  [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'))

describe('markup in what people wrote', () => {
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '"><svg onload=alert(1)>',
    '</style></title></p><iframe src="//evil.example">',
    "' autofocus onfocus='alert(1)",
    '&lt;b&gt;',
    '<!-- ',
    ']]>',
  ])('stays text: %s', async (words) => {
    const tables: PageTables = [
      ['contacts', pages({ name: words, other: { [words]: words } })],
      ['messages', pages(row(words))],
    ]
    const page = await written(tables, words)
    const plain = await written(
      [
        ['contacts', pages({ name: 'x', other: { x: 'x' } })],
        ['messages', pages(row('x'))],
      ],
      'x',
    )
    expect(skeleton(page)).toEqual(skeleton(plain))
    expect(page).toContain(
      words
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;'),
    )
    expect(page).not.toMatch(/<(script|img|svg|iframe)/i)
  })

  it('adds no tag, for any text', async () => {
    const plain = skeleton(await written([['messages', pages(row('x'))]], 'x'))
    await fc.assert(
      fc.asyncProperty(
        fc.string({
          unit: fc.constantFrom('<', '>', '"', "'", '&', '/', '=', 'a', ' ', '-', '!', '`'),
          minLength: 1,
        }),
        async (text) => {
          fc.pre(text.trim() !== '')
          expect(skeleton(await written([['messages', pages(row(text))]], text))).toEqual(plain)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('the page', () => {
  it('shows a conversation with days, times, both sides, and a list for each number', async () => {
    const message = (numberId: string, direction: string, text: string, when: string): PageRow => ({
      ...row(text),
      ...{ numberId, direction, type: 'text', at: when, status: 'read' },
    })
    const page = await written(
      [
        [
          'messages',
          pages(
            message('num_1', 'in', 'hola', '2026-11-21T09:30:00.000Z'),
            message('num_1', 'out', 'buenas', '2026-11-22T09:31:00.000Z'),
            {
              ...message('num_2', 'in', '', '2026-11-22T10:00:00.000Z'),
              type: 'image',
              content: { body: { id: 'Panaderia' } },
              revokedAt: at,
            },
          ),
        ],
      ],
      'Panaderia',
    )
    expect(page.match(/<h3>With /g)).toHaveLength(2)
    expect([...page.matchAll(/class="day">([^<]*)</g)].map(([, day]) => day)).toEqual([
      '2026-11-21',
      '2026-11-22',
      '2026-11-22',
    ])
    expect(page).toContain('<p class="who">You</p><p class="words" dir="auto">hola</p>')
    expect(page).toContain('<p class="who">Panaderia</p><p class="words" dir="auto">buenas</p>')
    expect(page).toContain('<time datetime="2026-11-22T09:31:00.000Z">09:31 UTC</time>, read')
    expect(page).toContain('<a href="media/Panaderia">Panaderia</a>')
    expect(page).toContain('image, withdrawn')
  })

  it('needs nothing beside it: no script, no address but of its own files', async () => {
    const page = await written([['contacts', pages({ name: 'Ana' })]])
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
    expect(page).not.toMatch(/<script|<link|@import|url\(|src=/i)
    for (const [, target] of page.matchAll(/href="([^"]*)"/g)) expect(target).toMatch(/^(data\.json|media\/)/)
    expect(page).toContain('prefers-color-scheme: dark')
    expect(page.trimEnd().endsWith('</html>')).toBe(true)
  })

  it('says what is not held', async () => {
    expect(await written([['contactPreferences', (async function* () {})()]])).toContain(
      'Nothing is held of this',
    )
  })
})

describe('the sheet', () => {
  it('says of every kind of data why, on what basis, and how long, as the catalogue has it', () => {
    const names = Object.keys(d1) as TableName[]
    const { kinds, recipients, controller, rights } = sheet('Sol', names)
    expect(kinds.map(({ table }) => table)).toEqual(names)
    for (const kind of kinds) {
      const { purpose, basis, life } = d1[kind.table]
      expect(kind).toMatchObject({ purpose, basis })
      if (life === 'erasure') expect(kind.kept).toBe('until it is deleted')
      else expect(kind.kept).toContain(`${life.days} day`)
      expect(kind.what).not.toBe('')
    }
    expect(recipients.map(({ name }) => name)).toEqual(subprocessors.map(({ name }) => name))
    expect([controller.name, rights]).toEqual(['Sol', expect.stringContaining('+34911222333')])
  })
})
