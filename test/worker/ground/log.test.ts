// Personal data cannot enter a log: not by a new field, not by a value, not through an error.

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type IdPrefix, newId } from '../../../worker/ground/ids.ts'
import { errorName, type LogFields, log } from '../../../worker/ground/log.ts'
import { ana, mei, monsoon, ravi, sol } from '../../support/cast.ts'

let lines: string[] = []
beforeEach(() => {
  lines = []
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line))
})
afterEach(() => vi.restoreAllMocks())

const written = (fields: LogFields): Record<string, unknown> => {
  log('info', 'test', fields)
  return JSON.parse(lines.at(-1) as string) as Record<string, unknown>
}
const withheld = '[withheld]'

describe('a log line', () => {
  it('has no field for a body, a name, a phone number or a token', () => {
    // @ts-expect-error: the type knows no such field
    log('info', 'test', { body: '' })
    // @ts-expect-error: the type knows no such field
    log('info', 'test', { name: '' })
    // @ts-expect-error: the type knows no such field
    log('info', 'test', { phone: '' })
    // @ts-expect-error: the type knows no such field
    log('info', 'test', { token: '' })
  })

  it('withholds every phone number, however it is written', () => {
    const number = fc.tuple(
      fc.constantFrom('', '+', '00'),
      fc.array(fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), {
        minLength: 7,
        maxLength: 15,
      }),
      fc.constantFrom('', ' ', '-', '.', '/', ') '),
      fc.constantFrom('', 'number ', 'wa:', 'num_'),
    )
    fc.assert(
      fc.property(number, ([plus, digits, separator, before]) => {
        const value = `${before}${plus}${digits.join(separator)}`
        expect(written({ reason: value, route: value, error: value })).toMatchObject({
          reason: withheld,
          route: withheld,
          error: withheld,
        })
      }),
      { numRuns: 2_000 },
    )
    for (const phone of [ana.phone, ravi.phone, sol.displayPhoneNumber, monsoon.displayPhoneNumber])
      expect(written({ code: Number(phone) }).code).toBe(withheld)
  })

  it('withholds addresses, user ids, JSON, what is quoted, and any script but our own', () => {
    for (const value of [
      'owner@panaderia-sol.example',
      mei.bsuid,
      `{"name":"${ana.name}"}`,
      `no template named "${ana.name}"`,
      "it's for Ana",
      'Begoña Núñez',
      'रवि',
      '美',
      'hi 👋',
      'two\nlines',
      `sha256=${'ab'.repeat(32)}`,
      'x'.repeat(301),
    ])
      expect(written({ reason: value }).reason, value).toBe(withheld)
  })

  it('writes our own vocabulary and our own ids whole', () => {
    const prefixes: IdPrefix[] = ['acc', 'aud', 'cnt', 'cnv', 'evt', 'hld', 'key', 'msg', 'num', 'req']
    for (const prefix of prefixes)
      for (let i = 0; i < 200; i++) {
        const id = newId(prefix)
        expect(written({ messageId: id }).messageId).toBe(id)
      }
    const heard = `msg_${'0123456789'.repeat(4)}-_x`
    const fields = {
      messageId: heard,
      route: '/{id}/message_templates',
      error: 'TypeError at receive.ts',
      reason: 'META_VERIFY_TOKEN needs at least 8 characters',
      code: 2494010,
      bytes: 101 * 1024 * 1024,
      shard: 'shard-31',
    }
    expect(written(fields)).toEqual({ level: 'info', event: 'test', ...fields })
  })
})

describe('an error in a log', () => {
  it('is named by its class and its file, never by its message', () => {
    const cause = new TypeError(`no row for ${ana.phone} (${ana.name}) in ana-ruiz.ts:12`)
    expect(errorName(cause)).toBe('TypeError at test.ts')
    expect(errorName(`${ana.name} said no`)).toBe('unknown')
    expect(errorName({ name: ana.name })).toBe('unknown')
  })
})

describe('every call that logs', () => {
  const sources = import.meta.glob<string>('../../../worker/**/*.ts', {
    query: '?raw',
    import: 'default',
    eager: true,
  })
  const calls = Object.entries(sources).flatMap(([file, text]) =>
    [...text.matchAll(/(?<![\w.'])log\((?!level)([^;]*?)\)\n/g)].map(([call, args]) => ({
      file,
      call,
      args,
    })),
  )

  it('names its event and passes nothing that is not listed here', () => {
    expect(calls.length).toBeGreaterThan(10)
    const plain = new Set([
      'error: errorName(cause)',
      'status',
      'reason',
      'code',
      'route',
      'status: 503',
      'shard: this.#shard',
      'attempts',
      'count: jobs.length',
      'accountId: row.accountId',
      'messageId: row.messageId',
      'accountId: leased.accountId',
      'accountId: cursor.accountId',
      'accountId: rule.accountId',
      'accountId: attempt.accountId',
      'accountId: owner.accountId',
      'messageId',
      'count: found',
      'count: entries.length',
      // An opaque id of ours, wherever it is read from.
      'accountId',
      'accountId: to.accountId',
      'accountId: wish.accountId',
      'accountId: deletion.accountId',
      'attempts: row.attempts',
      'attempts: this.#failures',
      'method: call.method',
      'route: call.route',
      'durationMs: Date.now() - startedAt',
      '...seen',
      'route: name',
      // A name and a number from db/documents.ts.
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of the source
      'route: `${one.document}/${one.version}`',
      'code: instance',
      "reason: cause.missing.join(', ')",
      'accountId: principal.accountId',
      'accountId: out.principal.accountId',
      'messageId: message.id',
      'messageId: request.messageId',
    ])
    for (const { file, args } of calls) {
      const [, fields] =
        /^\s*'(?:info|warn|error)',\s*'[\w.]+',\s*\{([\s\S]*)\}\s*$/.exec(args as string) ?? []
      expect(fields, `${file}: ${args}`).toBeTypeOf('string')
      for (const field of (fields as string).split(/,(?![^(]*\))/).map((part) => part.trim()))
        if (field !== '') expect([...plain], file).toContain(field)
    }
  })
})
