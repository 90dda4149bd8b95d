// Other people's data does not leave in somebody's package; the person's own and the business's identity do.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactRow } from '../../../worker/rights/package-redact.ts'
import { type Known, redactText } from '../../../worker/rights/package-text.ts'
import { marker } from '../../../worker/rights/package-words.ts'
import { ana, ravi, sol } from '../../support/cast.ts'

const known: Known = {
  numbers: [ana.phone as string, sol.displayPhoneNumber],
  ids: [
    ana.bsuid as string,
    (ana.bsuid as string).replace(/\D/g, ''),
    sol.phoneNumberId,
    'cnt_own',
    'mem_own',
  ],
  emails: ['contact@softivum.com', 'ana@example.com'],
}

const digitsIn = (text: string): string =>
  [...text.normalize('NFKD').matchAll(/\p{Nd}/gu)].map(({ 0: char }) => digitOf(char)).join('')
const zeros = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10, 0x1d7ce]
const digitOf = (char: string): string => {
  const point = char.codePointAt(0) as number
  return String(point - (zeros.findLast((zero) => zero <= point) as number))
}

/** A number written in groups, with what people put between them, in one of several scripts. */
const spelling = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
  gaps: fc.array(
    fc.constantFrom(
      '',
      ' ',
      '-',
      '.',
      ' - ',
      '/',
      '\u00a0',
      '\u2009',
      '\u2011',
      '\u2013',
      ') ',
      ' (',
      '*',
      '_',
      '\u200b',
      '\u200e',
      '\ufe0f\u20e3',
      ' · ',
    ),
    { minLength: 12, maxLength: 12 },
  ),
  prefix: fc.constantFrom('', '+', '00', 'tel:', 'tel:+', '(', '＋', 'wa.me/', 'https://wa.me/', 'WhatsApp:'),
  zero: fc.constantFrom(...zeros),
})

function spell(
  digits: string,
  { sizes, gaps, prefix, zero }: { sizes: number[]; gaps: string[]; prefix: string; zero: number },
): string {
  const script = (text: string) => text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))
  let out = ''
  for (let at = 0, i = 0; at < digits.length; i++) {
    const group = digits.slice(at, at + (sizes[i % sizes.length] as number))
    at += group.length
    out += script(group) + (at < digits.length ? gaps[i % gaps.length] : '')
  }
  return script(prefix) + out
}

const stranger = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10 ** 8, max: 10 ** 11 - 1 }))
  .map(([first, rest]) => `${first}${rest}`)
  .filter((digits) => !known.numbers.some((own) => digits.includes(own.slice(2)) || own.includes(digits)))

const words = fc.constantFrom('', 'call ', 'llama a ', 'अब ', 'her number:', '\n', 'x', '¡', '"', '«')
const after = fc.constantFrom('', ' please', '.', ', ok?', '\n12 eggs', ' या', 'x', '"')

describe('a number of somebody else', () => {
  it('does not survive in any spelling', () => {
    fc.assert(
      fc.property(stranger, spelling, words, after, (digits, how, before, behind) => {
        const text = before + spell(digits, how) + behind
        const cut = redactText(text, known)
        expect(digitsIn(cut)).not.toContain(digits.slice(-7))
        expect(cut).toContain(marker.number)
      }),
      { numRuns: 2000 },
    )
  })

  it('is taken out beside one that is known, which stays', () => {
    fc.assert(
      fc.property(
        stranger,
        spelling,
        fc.constantFrom(' / ', ' or ', '; ', ' y ', ', '),
        fc.boolean(),
        (digits, how, joint, first) => {
          const own = `+${ana.phone}`
          const other = spell(digits, { ...how, prefix: '' })
          const cut = redactText(first ? own + joint + other : other + joint + own, known)
          expect(cut).toContain(ana.phone)
          expect(digitsIn(cut)).not.toContain(digits.slice(-7))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('is not taken for the person’s because only the country differs', () => {
    const national = (ana.phone as string).slice(2)
    for (const text of [`+33 ${national}`, `0033 ${national}`, `+33${national}`, `+1-${national}`])
      expect([text, redactText(text, known)]).toEqual([text, marker.number])
  })
})

describe('a number of the person or of the business', () => {
  it('survives in any spelling, with the country code or without', () => {
    const own = fc.constantFrom(...known.numbers.flatMap((digits) => [digits, digits.slice(2)]))
    fc.assert(
      fc.property(own, spelling, (digits, how) => {
        // Only what begins with the country code is called from abroad.
        const prefix = digits.length > 10 ? how.prefix : how.prefix.replace(/[+＋]|00/, '')
        const text = `my number is ${spell(digits, { ...how, prefix })}`
        expect(redactText(text, known)).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  it('survives with the trunk’s zero, and in both spellings of Brazil, Mexico and Argentina', () => {
    const pairs = [
      ['551187654321', '+55 11 98765-4321'],
      ['5511987654321', '+55 (11) 98765-4321'],
      ['551187654321', '+55 11 9 8765 4321'],
      ['5215512345678', '+52 55 1234 5678'],
      ['525512345678', '+52 1 55 1234 5678'],
      ['5491123456789', '+54 11 2345-6789'],
      ['442071234567', '+44 (0)20 7123 4567'],
      ['442071234567', '020 7123 4567'],
    ] as const
    for (const [digits, text] of pairs)
      expect([text, redactText(text, { ...known, numbers: [digits] })]).toEqual([text, text])
  })
})

describe('dates, prices and few digits', () => {
  it('stay', () => {
    for (const text of [
      '2026-11-22 10:30',
      'am 22.11.2026',
      '11/22/2026',
      '3 x 12,50 €',
      'order 481516',
      'at 10:30',
      '12\n34\n56\n78',
    ])
      expect(redactText(text, known)).toBe(text)
  })
})

describe('an e-mail address of somebody else', () => {
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9._+-]{0,14}[a-z0-9]$/)
  const host = fc.constantFrom(
    'mail.example',
    'correo.example.org',
    'xn--bcher-kva.example',
    'bücher.example',
    'a.b.c.example',
  )
  const written = fc.constantFrom<(name: string, host: string) => string>(
    (n, h) => `${n}@${h}`,
    (n, h) => `<${n}@${h}>`,
    (n, h) => `mailto:${n}@${h}`,
    (n, h) => `${n} @ ${h}`,
    (n, h) => `${n}＠${h}`,
    (n, h) => `${n.toUpperCase()}@${h.toUpperCase()}`,
    (n, h) => `${n} [at] ${h.replaceAll('.', ' [dot] ')}`,
    (n, h) => `${n}(at)${h.replaceAll('.', '(dot)')}`,
    (n, h) => `${n} at ${h.replaceAll('.', ' dot ')}`,
    (n, h) => `${n} arroba ${h.replaceAll('.', ' punto ')}`,
    (n, h) => `${n}\u200b@\u200b${h}`,
    (n, h) => `"${n}"@${h}`,
    (n, h) => `${n}@${h.replace('.', ' . ')}`,
  )

  it('does not survive in any spelling', () => {
    fc.assert(
      fc.property(name, host, written, (n, h, write) => {
        fc.pre(!known.emails.includes(`${n}@${h}`))
        const cut = redactText(`write to ${write(n, h)} today`, known)
        expect(cut).toContain(marker.email)
        expect(cut).toMatch(/^write to \W*(?:mailto:)?\[another person's e-mail address\]\W* today$/)
      }),
      { numRuns: 1000 },
    )
  })

  it('of the person’s own survives in each of them', () => {
    fc.assert(
      fc.property(written, (write) => {
        const text = `write to ${write('ana', 'example.com')} today`
        fc.pre(!write('a', 'b.c').startsWith('"'))
        expect(redactText(text, known)).toBe(text)
      }),
    )
  })

  it('made of a number is a number: the person’s own stays', () => {
    expect(redactText(`${ana.phone}@s.whatsapp.net`, known)).toContain(ana.phone)
    expect(redactText(`${ravi.phone}@c.us`, known)).toBe(marker.number)
  })
})

describe('a text without end', () => {
  it('is read in time that grows with its length', () => {
    const long = 'a'.repeat(200_000)
    expect(redactText(long, known)).toBe(long)
    expect(redactText('1 '.repeat(100_000), known)).toContain(marker.number)
    expect(redactText('@.'.repeat(50_000), known)).toBeTypeOf('string')
  })
})

const content = (value: unknown) => redactRow('messages', { content: value }, known).content

describe('a shared contact card', () => {
  const card = {
    name: { formatted_name: 'Lucía Herrera', first_name: 'Lucía' },
    phones: [{ phone: '+34 655 000 111', wa_id: '34655000111', type: 'CELL' }],
    emails: [{ email: 'lucia@mail.example' }],
    addresses: [{ street: 'Calle Mayor 1', city: 'Sevilla' }],
    vcard: 'BEGIN:VCARD\nFN:Lucía Herrera\nTEL:+34655000111\nEND:VCARD',
  }

  it('of a third person goes whole, with the name that stood for the message', () => {
    const cut = JSON.stringify(content({ text: 'Lucía Herrera', body: [card, card] }))
    for (const word of ['Lucía', '655', 'Mayor', 'mail.example', 'Sevilla']) expect(cut).not.toContain(word)
    expect(JSON.parse(cut)).toEqual({ text: marker.person, body: [marker.person, marker.person] })
  })

  it('of the person stays', () => {
    const own = { name: { formatted_name: 'Ana' }, phones: [{ phone: `+${ana.phone}`, wa_id: ana.phone }] }
    expect(content({ text: 'Ana', body: [own] })).toEqual({ text: 'Ana', body: [own] })
  })

  it('with a number that is hidden in the vCard alone goes too', () => {
    const own = { phones: [{ phone: `+${ana.phone}` }], vcard: 'TEL:+34655000111' }
    expect(content({ text: 'Ana', body: [own] })).toEqual({ text: marker.person, body: [marker.person] })
  })
})

describe('what Meta sends beside a message', () => {
  it('keeps the person and the business, and loses everybody else in a group', () => {
    const cut = content({
      text: 'hola',
      body: { body: 'hola' },
      extra: {
        group_id: 'G655000111222',
        context: { from: sol.displayPhoneNumber, id: 'wamid.A1' },
        participants: [
          { wa_id: ravi.phone, name: ravi.name },
          { wa_id: ana.phone },
          ravi.phone,
          { name: ravi.name },
        ],
      },
    })
    expect(cut).toEqual({
      text: 'hola',
      body: { body: 'hola' },
      extra: {
        group_id: marker.group,
        context: { from: sol.displayPhoneNumber, id: 'wamid.A1' },
        participants: [marker.person, { wa_id: ana.phone }, marker.person, marker.person],
      },
    })
  })

  it('loses a quoted message of somebody else, and a message id that holds their number', () => {
    const theirs = `wamid.${btoa(`\x1c\x18\x0b${ravi.phone?.slice(0, 11)}\x15\x02\x00`)}`
    const own = `wamid.${btoa(`\x1c\x18\x0b${ana.phone}\x15\x02\x00`)}`
    expect(ana.phone).toHaveLength(11)
    expect(content({ replyTo: theirs, extra: { context: { from: ravi.phone, id: theirs } } })).toEqual({
      replyTo: marker.message,
      extra: { context: marker.person },
    })
    expect(content({ replyTo: own })).toEqual({ replyTo: own })
  })

  it('keeps what only looks like a number: times, files, places, prices', () => {
    const body = {
      image: {
        id: '1234567890123456',
        mime_type: 'image/jpeg',
        sha256: 'abc1234567890',
        url: 'https://lookaside.example/?mid=1234567890',
      },
      timestamp: '1795305600',
      latitude: 41.3850639,
      order: {
        catalog_id: '194836987003835',
        product_items: [{ product_retailer_id: '10002345678', item_price: 1250000, currency: 'EUR' }],
      },
    }
    expect(content({ body })).toEqual({ body })
  })

  it('loses a number that came as a number', () => {
    expect(content({ body: { mystery: 34655000111 } })).toEqual({ body: { mystery: marker.number } })
  })
})

describe('a kept event', () => {
  const payload = (value: unknown) => redactRow('rawEvents', { payload: value }, known).payload

  it('keeps the person’s part and loses other senders and contact blocks', () => {
    const cut = payload({
      kind: 'message',
      phoneNumberId: sol.phoneNumberId,
      displayPhoneNumber: sol.displayPhoneNumber,
      contact: { phone: ana.phone, name: ana.name },
      item: {
        from: ana.phone,
        from_parent_user_id: 'ES.ENT.1',
        text: { body: 'hola' },
        timestamp: '1795305600',
      },
      others: [{ from: ravi.phone, text: { body: 'secret of ravi' } }],
      contacts: [
        { profile: { name: ravi.name }, wa_id: ravi.phone },
        { profile: { name: ana.name }, wa_id: ana.phone },
        { profile: { name: 'nobody' } },
      ],
    })
    expect(cut).toMatchObject({
      contact: { phone: ana.phone, name: ana.name },
      item: { from: ana.phone, from_parent_user_id: 'ES.ENT.1', timestamp: '1795305600' },
      others: [marker.person],
      contacts: [marker.person, { profile: { name: ana.name }, wa_id: ana.phone }, marker.person],
    })
  })

  it('that is only a piece of JSON is left out', () => {
    expect(payload(`{"contacts":[{"profile":{"name":"${ravi.name}`)).toBe(marker.event)
  })
})

describe('ids of members and keys', () => {
  it('go, the person’s own stay', () => {
    const text = 'by key:key_4n5m6p, member:mem_other, mem_own and cnt_own, cnt_stranger'
    expect(content(text)).toBe(`by ${marker.person}, ${marker.person}, mem_own and cnt_own, ${marker.person}`)
  })
})

describe('who the person is', () => {
  it('is never touched', () => {
    const row = { name: ana.name, phone: ana.phone, bsuid: ana.bsuid, username: null }
    expect(redactRow('contacts', row, { numbers: [], ids: [], emails: [] })).toEqual(row)
    const member = { id: 'mem_own', email: 'ana@example.com', role: 'agent' }
    expect(redactRow('members', member, { numbers: [], ids: ['mem_own'], emails: [] })).toEqual(member)
  })
})
