// The public texts: that all of policy and catalogue is in them, and that nothing is in them that was not computed.

import { describe, expect, it } from 'vitest'
import { columnLabel, d1, type TableName } from '../../db/catalog.ts'
import { readWords } from '../../scripts/policy-files.ts'
import { compile } from '../../site/policy/compile.ts'
import { type Facts, facts } from '../../site/policy/facts.ts'
import { headingsOf, html } from '../../site/policy/html.ts'
import { sections } from '../../site/policy/sections.ts'

const words = readWords()
const policy = compile('privacy', words)

const sectionsOf = (text: string): string[] => text.split(/^## /m)
const section = (number: number): string => sectionsOf(policy)[number] ?? ''
const withFacts = (changed: Partial<Facts>): string => compile('privacy', words, { ...facts, ...changed })
/** The numbers of the sections that other facts change; 0 is the preamble. */
const changedBy = (changed: Partial<Facts>): number[] => {
  const other = sectionsOf(withFacts(changed))
  return sectionsOf(policy).flatMap((text, i) => (text === other[i] ? [] : [i]))
}

describe('the policy', () => {
  it('has its sixteen sections in order, then the disclaimer', () => {
    expect(sections).toHaveLength(16)
    const numbered = sections.map(({ title }, i) => `${i + 1}. ${title}`)
    expect(headingsOf(policy).map(({ text }) => text)).toEqual([...numbered, 'Disclaimer'])
  })

  it.each<[number, string, RegExp[]]>([
    [0, 'what it is about', [/Softivum Connect/, /operated by Softivum/, /controller/, /processor/]],
    [1, 'who, where and how to reach them', [/located in India/, /contact@softivum\.com/]],
    [
      2,
      'account, business and contact data',
      [/Account data/, /Business information/, /Contact information/, /\| Members of workspaces \|/],
    ],
    [
      3,
      'what comes through Meta',
      [
        /ids of its phone numbers/,
        /Meta ids/,
        /contact information of the people/,
        /messages/,
        /ids of templates/,
        /delivery and read events/,
        /webhooks/,
        /on its behalf/,
        /\| Messages \|/,
      ],
    ],
    [
      4,
      'devices and usage',
      [/technical information/, /IP/, /device/, /browser/, /operate it, to secure it/, /\| Daily counts/],
    ],
    [
      5,
      'cookies and analytics',
      [/cookie/, /keeps a member signed in/, /in aggregate/, /browser’s settings/],
    ],
    [
      6,
      'purposes, and that nothing is sold',
      [
        /provide, operate and maintain/,
        /send and receive messages/,
        /keep others out/,
        /support and answer/,
        /find faults and improve/,
        /legal obligations/,
        /do not sell/,
        /advertising/,
      ],
    ],
    [
      7,
      'cloud, access, transit and backups',
      [
        /cloud/,
        /access is controlled/,
        /encrypted in transit/,
        /backups exist for a limited time/,
        /\| Database \(D1\): .*\| 30 days \|/,
      ],
    ],
    [
      8,
      'providers, without claiming that nothing is shared',
      [
        /cloud hosting, database and infrastructure/,
        /do not claim that data is never shared/,
        /only what is necessary/,
        /Cloudflare, Inc\./,
        /Meta Platforms/,
      ],
    ],
    [
      9,
      'with whom it is shared',
      [/providers/, /with Meta, as the connection requires/, /law/, /protect rights, users/, /not sold/],
    ],
    [
      10,
      'how long',
      [/as long as the workspace is active/, /\/data-deletion/, /backups/, /\| 7 days \|/, /up to 30 days/],
    ],
    [
      11,
      'security without a guarantee',
      [
        /HTTPS/,
        /on the server only/,
        /what it may do/,
        /Meta’s signature/,
        /No method/,
        /cannot guarantee absolute security/,
      ],
    ],
    [
      12,
      'other countries',
      [
        /other countries/,
        /wherever our providers operate/,
        /protect data in transfer/,
        /Worldwide/,
        /standard contractual clauses/,
      ],
    ],
    [
      13,
      'six rights, how, and by when',
      [
        /access/,
        /correct/,
        /export/,
        /deleted/,
        /object/,
        /restrict/,
        /contact@softivum\.com/,
        /\/rights/,
        /\| Our promise to everybody \| 15 days \| 30 days \|/,
        /supervisory authority/,
      ],
    ],
    [
      14,
      'deleting, by every way, with times',
      [
        /at any time/,
        /\/data-deletion/,
        /By WhatsApp/,
        /code in an e-mail/,
        /API/,
        /Facebook’s settings/,
        /writing to us/,
        /about 20 seconds/,
        /30 days from the request/,
      ],
    ],
    [
      15,
      'how to write and how identity is shown',
      [
        /contact@softivum\.com/,
        /have to know that it is theirs/,
        /no document of identity/,
        /10 minutes/,
        /5 tries/,
      ],
    ],
    [
      16,
      'changes',
      [
        /may change/,
        /date above the text/,
        /\/privacy\/versions/,
        /\/privacy\/compare/,
        /by e-mail/,
        /30 days/,
      ],
    ],
    [17, 'the disclaimer', [/for transparency/, /independent legal review/]],
  ])('states in section %i %s', (number, _, statements) => {
    for (const statement of statements) expect(section(number)).toMatch(statement)
  })

  it('names every table, and every column of it by its label', () => {
    for (const [name, { title, columns }] of Object.entries(d1)) {
      const row = policy
        .split('\n')
        .find((line) => line.startsWith(`| ${title} |`) || line.startsWith(`- **${title}:** `))
      expect(row, title).toBeDefined()
      for (const column of Object.keys(columns).filter((each) => each !== 'id' && each !== 'accountId'))
        expect(row?.toLowerCase(), `${name}.${column}`).toContain(
          columnLabel(name as TableName, column).toLowerCase(),
        )
    }
  })

  it('puts nothing that could be about a person among the machinery', () => {
    const machinery = Object.values(d1).filter((table) => table.section === null)
    const kinds = machinery.flatMap(({ columns }) => Object.values(columns).map(({ category }) => category))
    expect(kinds).not.toContain('content')
    expect(kinds).not.toContain('contact details')
  })

  it('calls every table by a title of its own', () => {
    const titles = Object.values(d1).map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
  })

  it('names every binding, every place outside of the database and every provider', () => {
    const { durableObjects, kvPrefixes, r2Prefixes, queues, logs } = facts
    const places = [...Object.values(durableObjects), kvPrefixes, r2Prefixes, queues].flatMap((held) =>
      Object.values(held).map(({ place }) => place),
    )
    for (const place of [...places, logs.place]) expect(section(10)).toContain(place)
    for (const { title, location } of Object.values(facts.bindings)) {
      expect(section(7)).toContain(title)
      expect(section(12).toLowerCase()).toContain(location.toLowerCase())
    }
    for (const { name } of facts.subprocessors) expect(section(8)).toContain(name)
  })
})

describe('a computed part', () => {
  const rows = facts.tables.rawEvents
  const changes: [string, Partial<Facts>, number[]][] = [
    [
      'a life',
      { tables: { ...facts.tables, rawEvents: { ...rows, life: { days: 9, from: 'receivedAt' } } } } as never,
      [10],
    ],
    [
      'a purpose',
      { tables: { ...facts.tables, rawEvents: { ...rows, purpose: 'keep evidence' } } } as never,
      [6],
    ],
    ['the contact address', { operator: { ...facts.operator, contact: 'privacy@example.org' } }, [1, 13, 15]],
    [
      'a recorded review',
      { operator: { ...facts.operator, legalReview: { by: 'A. Lawyer', on: '2027-01-02' } } },
      [17],
    ],
    [
      'a cookie',
      {
        cookies: [
          { name: 'seen', kind: 'cookie', purpose: 'to count', life: 'a day', necessary: false, setIn: [] },
        ],
      },
      [5],
    ],
    [
      'a backup window',
      { bindings: { ...facts.bindings, KEYS: { ...facts.bindings.KEYS, backupDays: 7 } } } as never,
      [7],
    ],
    [
      'a location',
      { bindings: { ...facts.bindings, KEYS: { ...facts.bindings.KEYS, location: 'Iceland' } } } as never,
      [12],
    ],
    ['a provider', { subprocessors: facts.subprocessors.slice(0, 1) }, [8, 12]],
    ['a clock', { clocks: facts.clocks.slice(1) }, [13]],
    ['our promise', { promise: { ...facts.promise, accessDays: 9 } as never }, [13]],
    ['the time of a turn', { limits: { ...facts.limits, epochTurnMs: 60_000 } as never }, [7]],
    ['the notice', { noticeDays: 60 as never }, [16]],
    ['a measurement', { measured: { ...facts.measured, contactSeconds: 25 } as never }, [14]],
  ]

  it.each(changes)('changes with %s, in its section and no other', (_, changed, numbers) => {
    expect(changedBy(changed)).toEqual(numbers)
  })

  it('says who reviewed the text instead of the disclaimer once somebody has', () => {
    const text = withFacts({
      operator: { ...facts.operator, legalReview: { by: 'A. Lawyer', on: '2027-01-02' } },
    })
    expect(text).toContain('reviewed by A. Lawyer on 2 January 2027')
    expect(text).not.toContain('should have one before')
  })

  it.each([
    '{{nothing}}',
    '{{limit: nothing}}',
    '{{operator: nothing}}',
    '{{data: 5}}',
    '{{constructor}}',
    '{{promise}}',
  ])('that is not there fails the build and is named: %s', (directive) => {
    const broken = { ...words, terms: `Words. ${directive}` }
    expect(() => compile('terms', broken)).toThrow(`terms.md: `)
    expect(() => compile('terms', broken)).toThrow(directive)
  })

  it('is missed when a section has no file', () => {
    const { 'privacy/09-sharing': _, ...rest } = words
    expect(() => compile('privacy', rest)).toThrow('site/content/legal/privacy/09-sharing.md is missing')
  })
})

describe.each(['privacy', 'terms', 'subprocessors', 'cookies'] as const)('the text %s', (document) => {
  const text = compile(document, words)

  it('has no directive left, no HTML and no dash that breaks a sentence', () => {
    expect(text).not.toMatch(/\{\{|\}\}|<\/?[a-z]|—|undefined|NaN|\[object/)
  })

  it('is the same however wide its words were written', () => {
    const rewrapped = Object.fromEntries(
      Object.entries(words).map(([file, each]) => [
        file,
        each.replace(/(?<=[\p{L},.;:])\n(?=[\p{L}“(])/gu, ' '),
      ]),
    )
    expect(compile(document, rewrapped)).toBe(text)
  })

  it('becomes HTML whose anchors are unique and whose wide tables can be reached by keyboard', () => {
    const page = html(text)
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const labels = [...page.matchAll(/role="region" aria-label="([^"]+)" tabindex="0"/g)].map(
      ([, label]) => label,
    )
    expect(new Set(labels).size).toBe(labels.length)
    const columns = [...page.matchAll(/<thead>.*?<\/thead>/g)].map(([head]) => head.split('<th ').length - 1)
    expect(labels).toHaveLength(columns.filter((count) => count > 3).length)
    expect(page).not.toMatch(/<script|style=|<h1/)
  })
})

describe('a table on a page', () => {
  const rows = (columns: number) => {
    const row = `| ${Array.from({ length: columns }, (_, i) => `c${i}`).join(' | ')} |`
    return `## Of "it"\n\n${[row, row.replace(/c\d/g, '---'), row].join('\n')}\n`
  }

  it('that is wider than a phone can be scrolled by keyboard and is named by its heading', () => {
    expect(html(rows(4))).toContain(
      '<div class="scroll" role="region" aria-label="Of &quot;it&quot;" tabindex="0">',
    )
    expect(html(rows(4) + rows(4).replace(/^.*\n\n/, '\nWords.\n\n'))).toContain(
      'aria-label="Of &quot;it&quot;, table 2"',
    )
  })

  it('that fits is no stop for the keyboard', () => {
    expect(html(rows(3))).not.toContain('tabindex')
  })
})
