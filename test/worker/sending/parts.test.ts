import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { windowAt } from '../../../worker/conversations/window.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { encodeCallbackData, parseCallbackData } from '../../../worker/meta/send-callback.ts'
import { contentFault } from '../../../worker/meta/send-content.ts'
import { otherSpellings, parseRecipient } from '../../../worker/meta/send-recipient.ts'
import { decide, type GateFacts } from '../../../worker/sending/gates.ts'
import { parseKey } from '../../../worker/sending/idempotency.ts'
import { checkQuery, matchPath, paths } from '../../../worker/sending/paths.ts'
import { scrub } from '../../../worker/sending/scrub.ts'

describe('the window', () => {
  it('is open for 24 hours after the last word, and not a moment longer', () => {
    expect(windowAt(1_000, 1_000 + limits.windowMs - 1)).toEqual({
      state: 'open',
      until: 1_000 + limits.windowMs,
    })
    expect(windowAt(1_000, 1_000 + limits.windowMs)).toEqual({
      state: 'closed',
      since: 1_000 + limits.windowMs,
    })
    for (const never of [null, undefined])
      expect(windowAt(never, 5)).toEqual({ state: 'closed', since: undefined })
  })
})

describe('callback data', () => {
  const id = `msg_${'a1'.repeat(13)}`

  it('comes back as it went, ours and theirs', () => {
    fc.assert(
      fc.property(fc.option(fc.string({ maxLength: 470 }), { nil: undefined }), (theirs) => {
        expect(parseCallbackData(encodeCallbackData(id, theirs))).toEqual({
          messageId: id,
          ...(theirs === undefined ? {} : { theirs }),
        })
      }),
    )
  })

  it('is refused beyond 512 characters, and wholly theirs when it is not ours', () => {
    expect(encodeCallbackData(id, 'x'.repeat(477))?.length).toBe(512)
    expect(encodeCallbackData(id, 'x'.repeat(478))).toBeUndefined()
    for (const text of ['order 7', 'sc1:nobody', `sc1:${id}x`, `xsc1:${id}`])
      expect(parseCallbackData(text)).toEqual({ theirs: text })
    expect(parseCallbackData('')).toEqual({})
  })
})

describe('a recipient', () => {
  it('is told by shape', () => {
    expect(parseRecipient({ to: '+34 (600) 111-222' })).toMatchObject({
      kind: 'phone',
      digits: '34600111222',
    })
    expect(parseRecipient({ to: 34600111222 })).toMatchObject({ kind: 'phone', digits: '34600111222' })
    expect(parseRecipient({ recipient: 'ES.ENT.88' })).toEqual({ kind: 'user', bsuid: 'ES.ENT.88' })
    expect(parseRecipient({ to: 'g1', recipient_type: 'group' })).toEqual({ kind: 'group', id: 'g1' })
    const wrong: [Record<string, unknown>, string][] = [
      [{ to: 'ES.77' }, 'bsuid_in_to'],
      [{ to: 'ES.77', recipient: 'ES.77' }, 'bsuid_in_to'],
      [{ to: 'ana@example.com' }, 'not_a_phone'],
      [{ to: '123' }, 'not_a_phone'],
      [{ to: '1'.repeat(16) }, 'not_a_phone'],
      [{ recipient: '34600111222' }, 'not_a_bsuid'],
      [{ recipient: 'es.77' }, 'not_a_bsuid'],
      [{}, 'missing'],
      [{ to: '' }, 'missing'],
      [{ to: {} }, 'missing'],
      [{ recipient_type: 'group' }, 'missing'],
    ]
    for (const [body, reason] of wrong)
      expect(parseRecipient(body), JSON.stringify(body)).toMatchObject({ kind: 'malformed', reason })
  })
})

describe('other spellings of a phone', () => {
  it('are those of Brazil, Mexico and Argentina, both ways, and of nobody else', () => {
    const pairs = [
      ['5511987654321', '551187654321'],
      ['5215512345678', '525512345678'],
      ['5491112345678', '541112345678'],
    ] as const
    for (const [long, short] of pairs) {
      expect(otherSpellings(long)).toEqual([short])
      expect(otherSpellings(short)).toEqual([long])
    }
    for (const other of ['551132654321', '34600111222', '919812345678', '12025550123'])
      expect(otherSpellings(other)).toEqual([])
  })
})

describe('content', () => {
  const fault = (type: string, payload: unknown) => {
    const found = contentFault(type, payload)
    return found && `${found.code} ${found.parameter}`
  }

  it('passes within the bounds', () => {
    const good: [string, unknown][] = [
      ['text', { body: '👋'.repeat(4096) }],
      ['image', { id: '901', caption: 'x'.repeat(1024) }],
      ['audio', { link: 'https://x.test/a.ogg', voice: true }],
      ['document', { id: 901, filename: 'a.pdf' }],
      ['sticker', { id: '1' }],
      ['location', { latitude: '40.4', longitude: -3.7 }],
      ['contacts', [{ name: { formatted_name: 'A' }, phones: [{ phone: '+1' }] }]],
      ['reaction', { message_id: 'wamid.1', emoji: '' }],
      ['template', { name: 'x', language: { code: 'es' }, components: [{ type: 'body', parameters: [] }] }],
      [
        'interactive',
        {
          type: 'button',
          body: { text: 'x' },
          action: { buttons: [{ type: 'reply', reply: { id: '1', title: 'Sí' } }] },
        },
      ],
      [
        'interactive',
        {
          type: 'list',
          body: { text: 'x' },
          action: { button: 'Ver', sections: [{ title: 'a', rows: [{ id: '1', title: 'b' }] }] },
        },
      ],
      ['interactive', { type: 'voice_call', anything: 1 }],
      ['hologram', undefined],
      ['__proto__', 5],
      ['constructor', null],
    ]
    for (const [type, payload] of good)
      expect(fault(type, payload), JSON.stringify([type, payload])).toBeUndefined()
  })

  it('names the code and the parameter', () => {
    const button = (reply: object) => ({
      type: 'button',
      body: { text: 'x' },
      action: { buttons: [{ type: 'reply', reply }] },
    })
    const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ id: String(i), title: 'r' }))
    const wrong: [string, unknown, string][] = [
      ['text', undefined, '131008 text'],
      ['text', {}, "131008 text['body']"],
      ['text', { body: '' }, "131008 text['body']"],
      ['text', { body: 'x'.repeat(4097) }, "100 text['body']"],
      ['text', { body: 5 }, "131009 text['body']"],
      ['text', 'hi', '131009 text'],
      ['image', {}, "131008 image['id']"],
      ['image', { id: '1', caption: 'x'.repeat(1025) }, "100 image['caption']"],
      ['image', { link: 'ftp://x' }, "131009 image['link']"],
      ['location', { latitude: 91, longitude: 0 }, "131009 location['latitude']"],
      ['location', { latitude: 1 }, "131008 location['longitude']"],
      ['contacts', [], '131009 contacts'],
      ['contacts', [{ name: {} }], "131008 contacts[0]['name']['formatted_name']"],
      ['reaction', { emoji: 'x' }, "131008 reaction['message_id']"],
      ['template', { name: 'x' }, "131008 template['language']"],
      ['template', { name: 'x', language: {} }, "131008 template['language']['code']"],
      ['interactive', {}, "131008 interactive['type']"],
      [
        'interactive',
        button({ id: '1', title: 'x'.repeat(21) }),
        "100 interactive['action']['buttons'][0]['reply']['title']",
      ],
      [
        'interactive',
        { type: 'button', body: { text: 'x' }, action: { buttons: [] } },
        "131009 interactive['action']['buttons']",
      ],
      [
        'interactive',
        {
          type: 'list',
          body: { text: 'x' },
          action: { button: 'b', sections: [{ rows: rows(6) }, { rows: rows(5) }] },
        },
        "131009 interactive['action']['sections']",
      ],
    ]
    for (const [type, payload, named] of wrong)
      expect(fault(type, payload), JSON.stringify([type, payload])).toBe(named)
  })

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('text', 'image', 'location', 'contacts', 'reaction', 'interactive', 'template', 'x'),
        fc.jsonValue(),
        (type, payload) => {
          contentFault(type, payload)
          contentFault(type, { type: 'list', body: payload, action: payload })
        },
      ),
    )
  })
})

describe('the gates', () => {
  const open: GateFacts = {
    phoneNumberId: '301',
    numberOwned: true,
    numberConnected: true,
    holds: [],
    recipient: { kind: 'phone', digits: '34600111222', given: '34600111222' },
    erasedAt: undefined,
    heardAt: undefined,
    window: { state: 'open', until: 9 },
    needsWindow: true,
    edge: 'messages',
    begins: false,
    unwanted: false,
    consent: undefined,
    answersRequest: false,
    fault: undefined,
  }
  const shut: [string, Partial<GateFacts>][] = [
    ['account', { holds: ['suspended'] }],
    ['frozen', { holds: ['frozen'] }],
    ['number', { numberOwned: false }],
    ['recipient', { recipient: { kind: 'malformed', parameter: 'to', reason: 'not_a_phone' } }],
    ['erased', { erasedAt: 5 }],
    ['restricted', { holds: ['restricted'] }],
    ['objected', { unwanted: true }],
    ['consent', { begins: true, consent: 'withdrawn' }],
    ['window', { window: { state: 'closed', since: 1 } }],
    ['content', { fault: { code: 100, parameter: 'text', details: 'long' } }],
  ]
  const gateOf = (facts: GateFacts) => {
    const decision = decide(facts)
    return decision.ok ? 'ok' : decision.refusal.gate
  }

  it('let pass what nothing speaks against', () => {
    expect(gateOf(open)).toBe('ok')
    expect(gateOf({ ...open, window: { state: 'closed', since: 1 }, needsWindow: false })).toBe('ok')
    expect(gateOf({ ...open, holds: ['reconnect'] })).toBe('ok')
    expect(gateOf({ ...open, erasedAt: 5, heardAt: 6 })).toBe('ok')
  })

  it('answer in their order: of several that are shut, the first', () => {
    fc.assert(
      fc.property(fc.subarray(shut, { minLength: 1 }), (chosen) => {
        const holds = chosen.flatMap(([, facts]) => facts.holds ?? [])
        const facts = Object.assign({}, open, ...chosen.map(([, change]) => change), { holds }) as GateFacts
        expect(gateOf(facts)).toBe(chosen[0]?.[0])
      }),
    )
  })

  it('name a remedy and a code with every refusal', () => {
    for (const [, facts] of shut) {
      const decision = decide({ ...open, ...facts })
      expect(decision).toMatchObject({
        ok: false,
        refusal: { remedy: expect.stringMatching(/\w{3}/) as string, code: expect.any(Number) as number },
      })
    }
  })

  it('let an answer through to somebody who asked to be left alone, but no beginning', () => {
    const objected = { ...open, holds: ['objected'] as const }
    expect(gateOf(objected)).toBe('ok')
    expect(gateOf({ ...objected, begins: true, needsWindow: false })).toBe('objected')
    expect(gateOf({ ...open, begins: true, needsWindow: false })).toBe('ok')
    const decision = decide({ ...objected, begins: true, needsWindow: false })
    expect(decision).toMatchObject({ refusal: { code: 131050, status: 400 } })
  })

  it('let the answer to a request of their own through to somebody restricted, and to nobody else', () => {
    const answer = { ...open, answersRequest: true }
    expect(gateOf({ ...answer, holds: ['restricted'] })).toBe('ok')
    expect(gateOf({ ...answer, holds: ['restricted', 'objected'] })).toBe('ok')
    for (const kind of ['suspended', 'frozen', 'banned', 'disconnected'] as const)
      expect(gateOf({ ...answer, holds: ['restricted', kind] })).not.toBe('ok')
    expect(gateOf({ ...answer, erasedAt: 5 })).toBe('erased')
    expect(gateOf({ ...answer, holds: ['restricted'], window: { state: 'closed', since: 1 } })).toBe('window')
  })

  it('keep an erased person shut until they write again', () => {
    expect(gateOf({ ...open, erasedAt: 5, heardAt: 5, needsWindow: false })).toBe('erased')
    expect(gateOf({ ...open, erasedAt: 5, heardAt: 4 })).toBe('erased')
  })
})

describe('the allow-list', () => {
  it('has no row that changes a number or an account itself', () => {
    expect(
      paths.filter(
        (row) => row.tail === '' && row.method !== 'GET' && (row.kind === 'number' || row.kind === 'waba'),
      ),
    ).toEqual([])
  })

  it('matches whole paths only', () => {
    expect(matchPath('POST', '/1/messages/')?.tail).toBe('messages')
    expect(matchPath('GET', '/1/message_qrdls/ABC')?.rows[0]?.scope).toBe('qr')
    for (const path of [
      '',
      '/',
      '/1/messages/2',
      '/1//messages',
      '/a/messages',
      '/1/MESSAGES',
      '/1/message_qrdls/',
      '/1/messages%2Fx',
      '/../1/messages',
      '/1/message_qrdls/a/b',
    ]) {
      const method = path.includes('qrdls/a') ? 'GET' : 'POST'
      expect(matchPath(method, path)?.tail === 'messages', path).toBe(false)
    }
    for (const method of ['PUT', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE'])
      expect(matchPath(method, '/1/messages')).toBeUndefined()
  })

  it('takes each query parameter once, and only those of its row', () => {
    const row = matchPath('GET', '/1/message_templates')?.rows[0] as (typeof paths)[number]
    expect(checkQuery(row, new URLSearchParams('limit=5&access_token=x'))).toEqual({
      ok: true,
      query: { limit: '5' },
    })
    for (const query of [
      'limit=5&limit=6',
      'method=delete',
      '__proto__=1',
      'fields=name,whatsapp_business_account{id}',
    ]) {
      expect(checkQuery(row, new URLSearchParams(query)).ok, query).toBe(false)
    }
  })
})

describe('scrub', () => {
  const how = { token: 'EAAsecret', graphOrigin: 'https://graph.test', publicOrigin: 'https://gateway.test' }

  it('leaves every byte alone that says nothing of token or Graph', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 1)
        expect(scrub(text, how)).toBe(text)
      }),
    )
  })

  it('takes the token out wherever it stands, however it is spelt', () => {
    for (const text of [
      '{"a":"EAAsecret"}',
      '{"a":"x EAA\\u0073ecret y"}',
      '{"EAAsecret":1}',
      '{"a":"https:\\/\\/graph.test\\/x?access_token=EAAsecret"}',
    ]) {
      expect(JSON.stringify(JSON.parse(scrub(text, how)))).not.toMatch(/EAAsecret|graph\.test/)
    }
  })
})

describe('an idempotency key', () => {
  it('is printable ASCII of at most 255 characters', () => {
    for (const key of ['a', 'a b', 'x'.repeat(255)]) expect(parseKey(key)).toBe(key)
    for (const key of ['', ' a', 'a ', 'x'.repeat(256), 'ключ', 'a\tb']) expect(parseKey(key)).toBeUndefined()
  })
})
