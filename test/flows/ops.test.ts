// The operator's command line against a whole gateway: what it prints, what it refuses, how it ends.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseIds } from '../../scripts/ops-ids.ts'
import { testBindings } from '../support/bindings.ts'
import { type Stack, startStack } from '../support/stack.ts'

const dir = mkdtempSync(join(tmpdir(), 'softivum-ops-'))
const script = join(import.meta.dirname, '../../scripts/ops.ts')
let stack: Stack
let place: Record<string, string>

beforeAll(async () => {
  stack = await startStack({ dir: join(dir, 'state') })
  place = { GATEWAY: stack.url, OPERATOR_KEY: testBindings.OPERATOR_KEY }
})
afterAll(async () => {
  await stack?.close()
  rmSync(dir, { recursive: true, force: true })
})

type Ended = { code: number | null; out: string; err: string }
function ops(args: string[], env: Record<string, string> = place): Promise<Ended> {
  const child = spawn(process.execPath, [script, ...args], { env: { PATH: process.env.PATH ?? '', ...env } })
  const ended: Ended = { code: null, out: '', err: '' }
  child.stdout.on('data', (chunk) => (ended.out += String(chunk)))
  child.stderr.on('data', (chunk) => (ended.err += String(chunk)))
  return new Promise((resolve) => child.once('close', (code) => resolve({ ...ended, code })))
}
function file(name: string, text: string): string {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

describe('a list of ids', () => {
  const idsOf = (text: string) => parseIds(text).ids.map(({ id }) => id)
  it.each([
    ['one on a line', '900000000000001\n900000000000002\n'],
    [
      'with comments, blank lines and a byte order mark',
      '\uFEFF# from Meta\r\n\r\n 900000000000001 \r\n// x\r\n900000000000002',
    ],
    ['as CSV in one row', '900000000000001,"900000000000002"'],
    ['as CSV with a column of ids', 'date;user_id\n1763769600;900000000000001\n1763769601;900000000000002'],
    ['as JSON texts', '["900000000000001","900000000000002"]'],
    ['as JSON numbers', '[900000000000001, 900000000000002]'],
    ['as JSON objects', '{"data":[{"user_id":"900000000000001"},{"id":"900000000000002"}]}'],
  ])('is read %s', (_, text) => {
    expect(parseIds(text)).toMatchObject({ bad: [] })
    expect(idsOf(text)).toEqual(['900000000000001', '900000000000002'])
  })

  it('keeps every digit of an id that is longer than a number can be', () => {
    expect(idsOf('[90000000000000012345]')).toEqual(['90000000000000012345'])
  })

  it('names the lines that are no id, and is read all the same', () => {
    expect(parseIds('900000000000001\nowner@example.com\n\n12 34\n900000000000002')).toEqual({
      ids: [
        { line: 1, id: '900000000000001' },
        { line: 5, id: '900000000000002' },
      ],
      bad: [2, 4].map((line) => ({ line, why: expect.stringContaining('not an id') })),
    })
  })

  it('of any lines gives each id its line, and nothing that is no id', () => {
    const line = fc.oneof(fc.stringMatching(/^\d{1,32}$/), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        fc.pre(!/^\s*[[{]/.test(lines.join('\n')))
        for (const { line: at, id } of parseIds(lines.join('\n')).ids) {
          expect(id).toMatch(/^\d{1,32}$/)
          expect(at).toBeGreaterThan(0)
        }
      }),
    )
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^\d{1,32}$/), { minLength: 1 }), (ids) => {
        expect(idsOf(ids.join('\n'))).toEqual(ids)
        expect(idsOf(JSON.stringify(ids))).toEqual(ids)
      }),
    )
  })
})

describe('npm run ops', () => {
  it('imports Meta’s list once, however often it is given, and follows one of its deletions to the receipt', async () => {
    const list = file('ids.txt', '# from Meta\n900000000000501\nnobody\n900000000000502\n')
    const first = await ops(['import-meta-deletions', list])
    expect(first.err).toBe('line 3: not an id of Meta (1 to 32 digits)\n')
    expect(first.code).toBe(1)
    expect(first.out.replace(/ +/g, ' ')).toContain('requested 2\n already known 0\n refused 1')
    const codes = readFileSync(`${list}.codes.csv`, 'utf8').trim().split('\n').slice(1)
    expect(codes).toEqual([
      expect.stringMatching(/^2,[0-9a-z]{26},requested$/),
      expect.stringMatching(/^4,[0-9a-z]{26},requested$/),
    ])
    expect(codes.join()).not.toContain('900000000000')

    const good = file('good.json', '["900000000000501","900000000000502"]')
    const again = await ops(['import-meta-deletions', good])
    expect([again.code, again.err]).toEqual([0, ''])
    expect(again.out.replace(/ +/g, ' ')).toContain('requested 0\n already known 2\n refused 0')
    expect(readFileSync(`${good}.codes.csv`, 'utf8')).toContain(codes[0]?.split(',')[1])

    const code = codes[0]?.split(',')[1] as string
    const watched = await ops(['watch', code])
    expect([watched.code, watched.err]).toEqual([0, ''])
    expect(watched.out).toMatch(/meta user: (erased|completed)/)
    expect(watched.out).toContain('residue      skipped')
    expect(watched.out).toContain(`/api/v1/public/deletions/${code}/receipts`)
    const receipts = await fetch(`${stack.url}/api/v1/public/deletions/${code}/receipts`)
    const verified = await ops(['verify-receipt', file('receipt.json', await receipts.text())])
    expect([verified.code, verified.err]).toEqual([0, ''])
    const searched = await ops(['residue', code])
    expect([searched.code, searched.err]).toEqual([0, ''])
    expect(searched.out).toContain('Nothing was found.')
  })

  it('verifies a receipt without the network, and one that was altered not at all', async () => {
    const jwks = file('jwks.json', await (await fetch(`${stack.url}/.well-known/jwks.json`)).text())
    const text = readFileSync(join(dir, 'receipt.json'), 'utf8')
    const nowhere = { OPERATOR_KEY: 'none', GATEWAY: 'http://127.0.0.1:9' }
    const whole = await ops(['verify-receipt', join(dir, 'receipt.json'), '--jwks', jwks], nowhere)
    expect([whole.code, whole.err]).toEqual([0, ''])
    const at = text.indexOf('"jws":"') + 300
    const altered = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
    expect((await ops(['verify-receipt', file('altered.json', altered), '--jwks', jwks], nowhere)).code).toBe(
      1,
    )
  })

  it('turns the epoch of an account', async () => {
    const { code, out } = await ops(['turn-epoch', stack.workspaces[0]?.id as string])
    expect(code).toBe(0)
    expect(out).toMatch(/^Turned: \d+ trees, \d+ keys/)
  })

  it('blocks a workspace’s deletion and lets it go on, as the status shows', async () => {
    const [, books] = stack.workspaces
    await stack.query(`UPDATE api_keys SET created_at = 1 WHERE account_id = '${books?.id}'`)
    const asked = await fetch(`${stack.url}/api/v1/deletion`, {
      method: 'POST',
      headers: { authorization: `Bearer ${books?.apiKey}` },
    })
    expect(asked.status).toBe(202)
    const { code } = (await asked.json()) as { code: string }
    const ends = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
    const status = async () =>
      (await (await fetch(`${stack.url}/api/v1/public/deletions/${code}`)).json()) as {
        state: string
        blocks: unknown[]
      }
    expect((await ops(['block', code, 'dispute', 'privacy officer', ends])).code).toBe(0)
    expect(await status()).toMatchObject({
      state: 'blocked',
      blocks: [{ reason: 'dispute', reviewer: 'privacy officer', endsAt: `${ends}T00:00:00.000Z` }],
    })
    expect((await ops(['unblock', code])).code).toBe(0)
    expect(await status()).toMatchObject({ state: 'cooling_off', blocks: [] })
    const wrong = await ops(['block', code, 'no_reason', 'privacy officer', ends])
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('reason')])
  })

  it.each<[string, string[], number, RegExp]>([
    ['nothing', [], 2, /import-meta-deletions FILE/],
    ['a command that does not exist', ['erase-everything'], 2, /There is no command erase-everything/],
    ['a name that every object has', ['constructor'], 2, /There is no command constructor/],
    ['too few words', ['block', 'abc'], 2, /block CODE REASON REVIEWER ENDS/],
    ['too many words', ['unblock', 'a', 'b'], 2, /unblock CODE/],
    ['a file that is not there', ['import-meta-deletions', join(dir, 'none')], 2, /cannot be read/],
    ['a date that is none', ['block', 'abc', 'dispute', 'x', 'soon'], 2, /ENDS must be a date/],
    ['a code that nobody has', ['watch', 'abc'], 1, /no such thing/],
    ['--jwks for another command', ['watch', 'abc', '--jwks', 'x'], 2, /import-meta-deletions FILE/],
  ])('says what is wrong with %s', async (_, args, code, words) => {
    const ended = await ops(args)
    expect(ended.code).toBe(code)
    expect(ended.out + ended.err).toMatch(words)
    expect(ended.err).not.toContain('    at ')
  })

  it('prints help when asked', async () => {
    const { code, out } = await ops(['--help'])
    expect(code).toBe(0)
    expect(out).toContain('verify-receipt FILE [--jwks FILE]')
  })

  it('sends no key to a place that was not meant', async () => {
    const list = file('one.txt', '900000000000503')
    const plain = await ops(['import-meta-deletions', list], {
      GATEWAY: 'http://connect.example.com',
      OPERATOR_KEY: 'x',
    })
    expect([plain.code, plain.err]).toEqual([1, expect.stringContaining('must be https://')])
    const keyless = await ops(['import-meta-deletions', list], { GATEWAY: stack.url })
    expect([keyless.code, keyless.err]).toEqual([1, expect.stringContaining('set OPERATOR_KEY')])
    const wrong = await ops(['import-meta-deletions', list], {
      ...place,
      OPERATOR_KEY: 'wrong-operator-key-01',
    })
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('operator key is another')])
  })
})
