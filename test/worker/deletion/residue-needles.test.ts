// What is looked for, and how it is recognised: pure, for any input.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchOf, type Search } from '../../../worker/crypto/search.ts'
import {
  digestNeedles,
  type Inventory,
  needlesOf,
  searchByDigest,
} from '../../../worker/deletion/residue-needles.ts'
import { ana, mei, ravi } from '../../support/cast.ts'

const none: Inventory = { names: [], usernames: [], phones: [], userIds: [], samples: [], digests: [] }
const hers: Inventory = {
  names: [ana.name],
  usernames: ['ana.ruiz_9'],
  phones: [ana.phone],
  userIds: [ana.bsuid],
  samples: ['¿Tienen pan de centeno hoy?'],
  digests: ['Zk3vX0aQpT8mR1yLwC5nB7dF2gH4jK6sU9eI-oW_qAc'],
}
const salt = new Uint8Array(32).fill(7)
const byNeedles = needlesOf(hers).search
const byDigest = searchByDigest(salt, digestNeedles(salt, hers)).search
const both: [string, Search][] = [
  ['by needles', byNeedles],
  ['by digest', byDigest],
]

const escaped = (text: string) =>
  [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
const percent = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const entities = (text: string) => [...text].map((char) => `&#${char.codePointAt(0)};`).join('')
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe.each(both)('a search %s', (_, search) => {
  const match = matchOf(search)

  it.each([
    '34600111222',
    '+34600111222',
    '+34 600 111 222',
    '+34 (600) 111-222',
    '0034600111222',
    '00 34 600 11 12 22',
    '011 34 600 111 222',
    '600111222',
    '600 111 222',
    '600.111.222',
    '600-11-12-22',
    '0600 111 222',
    '(0)600/111222',
    '+34 0 600 111 222',
    '６００１１１２２２',
    '+३४ ६०० १११ २२२',
    '٣٤٦٠٠١١١٢٢٢',
    'call 600\u00a0111\u202f222 now',
    'wa:34600111222;x',
    '{"from":"34600111222"}',
    escaped('34600111222'),
    JSON.stringify({ raw: `{"from":"${escaped('34600111222')}"}` }),
    percent('+34600111222'),
    percent(percent('34600111222')),
    entities('600111222'),
    `wamid.${base64('\x1c\x16\x0b34600111222\x15\x02')}`,
    base64('x34600111222'),
    base64('xy34600111222'),
  ])('knows the phone in %s', (text) => expect(match(text)).toBe('clear'))

  it('knows the phone as a number and as bytes', () => {
    expect(match(34600111222)).toBe('clear')
    expect(match(34600111222n)).toBe('clear')
    expect(match(600111222)).toBe('clear')
    expect(match(Buffer.from('tel:+34 600 111 222'))).toBe('clear')
  })

  it.each([
    ana.bsuid,
    ana.bsuid.toLowerCase(),
    `user ${ana.bsuid} wrote`,
    base64(`{"user_id":"${ana.bsuid}"}`),
    '@ana.ruiz_9',
    'ANA.RUIZ_9',
    '¿TIENEN PAN DE CENTENO HOY?',
    JSON.stringify({ body: 'Hola. ¿tienen  pan de centeno hoy? Gracias' }),
    `"${escaped('¿Tienen pan de centeno hoy?')}"`,
  ])('knows what else is hers in %s', (text) => expect(match(text)).toBe('clear'))

  it.each(['6f2b1a0c', 'SHA-256 of her phone'])('finds nothing in %s', (text) =>
    expect(match(text)).toBeUndefined(),
  )

  it('calls a name a name, in any case and between other words', () => {
    for (const text of [ana.name, ana.name.toUpperCase(), `Señora ${ana.name}, buenas`, escaped(ana.name)])
      expect([text, match(text)]).toEqual([text, 'name'])
    expect(match(`Mari${ana.name}`)).toBeUndefined()
    expect(match(`${ana.name}ado`)).toBeUndefined()
  })

  it('tells a keyed digest of custody from everything in clear', () => {
    expect(match(hers.digests[0])).toBe('digest')
    expect(match(`["${hers.digests[0]}"]`)).toBe('digest')
    expect(match(`${hers.digests[0]} ${ana.phone}`)).toBe('clear')
    expect(match(hers.digests[0]?.toLowerCase())).toBeUndefined()
  })

  it('finds nothing of others', () => {
    const strangers = [
      ...[ravi.name, ravi.phone, ravi.bsuid, mei.name, mei.username, mei.bsuid],
      ...['34600111223', '+34 600 111 223', '1600111222999', '1795305600123', '60011122', '34 600 111'],
      ...[
        'Bread of rye',
        'sc1.k-1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        '',
        null,
        undefined,
        0,
        1795305600123,
      ],
    ]
    for (const text of strangers) expect([text, match(text)]).toEqual([text, undefined])
  })
})

it('by needles, another country’s number of the same digits is another’s', () => {
  const match = matchOf(byNeedles)
  expect(match('+49 600 111 222')).toBeUndefined()
  expect(match('0049 600 111 222')).toBeUndefined()
  expect(match('49 600 111 222')).toBe('clear')
})

it('by needles, finds hashes and encodings at any alignment', async () => {
  const match = matchOf(byNeedles)
  for (const text of [ana.phone, `+${ana.phone}`, ana.bsuid]) {
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text)))
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(match(hash.toString(form))).toBe('clear')
    expect(match(hash.toString('hex').toUpperCase())).toBe('clear')
    expect(match(Buffer.from(text).toString('hex'))).toBe('clear')
  }
})

describe('needles', () => {
  it('leave out what is too little to mean anybody', () => {
    const little = {
      ...none,
      names: ['Ana', 'Li'],
      usernames: ['abc'],
      samples: ['Hola, gracias'.slice(0, 5)],
      phones: ['112'],
    }
    const { search } = needlesOf(little)
    expect(search).toMatchObject({ names: [], handles: [], texts: [], pieces: [], phones: [] })
    expect(digestNeedles(salt, little)).toEqual([])
  })

  it('know a mobile number with and without its country’s mark', () => {
    for (const [one, other] of [
      ['5511987654321', '551187654321'],
      ['5215512345678', '525512345678'],
      ['5491123456789', '541123456789'],
    ] as const) {
      for (const search of [
        needlesOf({ ...none, phones: [one] }).search,
        searchByDigest(salt, digestNeedles(salt, { ...none, phones: [one] })).search,
      ]) {
        expect(matchOf(search)(`+${other}`)).toBe('clear')
        expect(matchOf(search)(`+${one}`)).toBe('clear')
      }
    }
  })

  it('kept as digests tell nothing: no piece of the inventory, and other digests under another salt', () => {
    const kept = JSON.stringify(digestNeedles(salt, hers)).toLowerCase()
    for (const words of ['600111222', '7700112233445566', 'ruiz', 'centeno', hers.digests[0]?.toLowerCase()])
      expect(kept).not.toContain(words)
    const other = digestNeedles(new Uint8Array(32).fill(8), hers)
    expect(digestNeedles(salt, hers).filter((needle) => other.includes(needle))).toEqual([])
    const match = matchOf(searchByDigest(new Uint8Array(32).fill(8), digestNeedles(salt, hers)).search)
    expect(match(ana.phone)).toBeUndefined()
  })
})

const phone = fc
  .tuple(fc.constantFrom('34', '1', '91', '44', '351', '7', '55', '977'), fc.stringMatching(/^[2-9]\d{8}$/))
  .map(([country, national]) => ({ country, national, full: country + national }))

describe('for any phone number', () => {
  const separator = fc.constantFrom('', ' ', '-', '.', '\u00a0', ' (', ') ')
  const grouped = (digits: string, separators: string[]) =>
    [...digits].map((digit, i) => (i === 0 ? '' : (separators[i % separators.length] ?? '')) + digit).join('')
  const wrap = fc.constantFrom(
    (text: string) => text,
    (text: string) => `{"a":"${text}"}`,
    escaped,
    percent,
    (text: string) => base64(`..${text}..`),
    (text: string) => base64(`.${text}`),
  )

  it('a search finds every grouping, prefix and wrapping of it, in both ways', () => {
    fc.assert(
      fc.property(
        phone,
        fc.array(separator, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('+', '00', '', 'national', 'trunk'),
        wrap,
        ({ country, national, full }, separators, prefix, dress) => {
          const digits = prefix === 'national' ? national : prefix === 'trunk' ? `0${national}` : full
          const mark = prefix === '+' || prefix === '00' ? prefix : ''
          const written = mark + grouped(digits, separators)
          const inventory = { ...none, phones: [full] }
          const kept = searchByDigest(salt, digestNeedles(salt, inventory)).search
          for (const search of [needlesOf(inventory).search, kept])
            expect([country, dress(written), matchOf(search)(dress(written))]).toEqual([
              country,
              dress(written),
              'clear',
            ])
        },
      ),
      { numRuns: 500 },
    )
  })

  it('a search does not take another number for it', () => {
    fc.assert(
      fc.property(phone, phone, ({ full, national }, other) => {
        fc.pre(full !== other.full && national !== other.national)
        fc.pre(!full.includes(other.national) && !other.full.includes(national))
        const inventory = { ...none, phones: [full] }
        const kept = searchByDigest(salt, digestNeedles(salt, inventory)).search
        for (const search of [needlesOf(inventory).search, kept])
          expect(matchOf(search)(`+${other.full}`)).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })

  it('what SQL narrows down by is in every row that a close reading would take', () => {
    fc.assert(
      fc.property(phone, fc.array(separator, { minLength: 1, maxLength: 5 }), ({ full }, separators) => {
        const { search, coarse } = needlesOf({ ...none, phones: [full] })
        const written = grouped(full, separators)
        fc.pre(matchOf(search)(written) !== undefined)
        const bare = written.replace(/[ .()\-\u00a0]/g, '')
        expect(coarse?.digits.some((digits) => bare.includes(digits))).toBe(true)
      }),
    )
  })
})

it('any text is searched without failing', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.uint8Array(), fc.json()),
      (value) => {
        for (const [, search] of both) matchOf(search)(value)
      },
    ),
    { numRuns: 1_000 },
  )
})
