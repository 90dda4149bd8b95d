// The check of receipts that /verify does, in the browser's own cryptography, which Node has as well; and that it says the
// same as docs/verify-receipt.mjs.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  Broken,
  canVerify,
  type Key,
  parseKeys,
  parseReceipts,
  Unreadable,
  verifyReceipt,
} from '../../site/scripts/verify-core.ts'
import {
  current,
  former,
  type Log,
  makeReceipt,
  type Receipt,
  receiptFacts,
  receiptJwks,
} from '../support/receipt.ts'

const script = join(import.meta.dirname, '../../docs/verify-receipt.mjs')
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

let folder: string
let jwks: string
let keys: Key[]
let good: Receipt
let log: Log

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'softivum-verify-'))
  jwks = await receiptJwks()
  keys = parseKeys(jwks)
  good = await makeReceipt()
  log = good.log as Log
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const holds = async (entry: unknown): Promise<boolean> => {
  try {
    await verifyReceipt(entry as Receipt, keys)
    return true
  } catch (cause) {
    if (cause instanceof Broken) return false
    throw cause
  }
}
const why = async (entry: unknown): Promise<string> =>
  verifyReceipt(entry as Receipt, keys).then(
    () => 'proven',
    (cause: Error) => (cause instanceof Broken ? cause.message : `not a refusal: ${cause}`),
  )
const put = (text: string, i: number, char: string): string => text.slice(0, i) + char + text.slice(i + 1)

/** Two other characters for each: one far away, and the next of the alphabet, which differs in the last bit alone. */
const others = (char: string): string[] => [
  char === 'A' ? 'z' : 'A',
  alphabet[(alphabet.indexOf(char) + 1) % alphabet.length] as string,
]

describe('a receipt', () => {
  it('that is whole is proven, with what it says and its place in the log', async () => {
    expect(await canVerify()).toBe(true)
    const { claims, kid, log: place } = await verifyReceipt(good, keys)
    expect(kid).toBe('r1')
    expect(claims).toMatchObject({ kind: 'live', request: receiptFacts.requestId, scope: 'contact' })
    expect(place).toEqual({ number: 6, size: 11, origin: 'connect.example:8443/log' })
  })

  it('by a key that no longer signs is proven', async () => {
    expect((await verifyReceipt(await makeReceipt({}, former), keys)).kid).toBe('r2')
  })

  it('alone is proven by its signature, and no place in a log is claimed', async () => {
    expect((await verifyReceipt({ jws: good.jws }, keys)).log).toBeUndefined()
  })

  it('fails whichever character of it is altered', async () => {
    const survived: number[] = []
    for (let i = 0; i < good.jws.length; i++)
      for (const char of others(good.jws[i] as string))
        if (await holds({ jws: put(good.jws, i, char) })) survived.push(i)
    expect(survived).toEqual([])
  })

  it('fails when a character is left out, added, or put at its end', async () => {
    for (let i = 0; i < good.jws.length; i += 7)
      expect([i, await holds({ jws: good.jws.slice(0, i) + good.jws.slice(i + 1) })]).toEqual([i, false])
    for (const tail of ['=', '.', 'A', ' ', '\n']) expect(await holds({ jws: good.jws + tail })).toBe(false)
  })

  it('fails whichever character of its proof or of the signed head is altered', async () => {
    const survived: string[] = []
    const tried = async (name: string, i: number, changed: Partial<Log>) => {
      if (await holds({ ...good, log: { ...log, ...changed } })) survived.push(`${name} ${i}`)
    }
    for (const name of ['checkpoint', 'leaf'] as const)
      for (let i = 0; i < log[name].length; i++)
        for (const char of others(log[name][i] as string))
          await tried(name, i, { [name]: put(log[name], i, char) })
    for (const [n, hash] of log.proof.entries())
      for (let i = 0; i < hash.length; i++)
        for (const char of others(hash[i] as string))
          await tried(`proof ${n}`, i, { proof: log.proof.with(n, put(hash, i, char)) })
    for (const number of [0, 4, 6, 10, 12, -1, 5.5, '5', null, 2 ** 53]) {
      await tried('index', 0, { index: number as number })
      await tried('size', 0, { size: number as number })
    }
    expect(survived).toEqual([])
  })

  it('fails with another key of the same name, with none, and with the proof of another', async () => {
    const impostor = { id: 'r1', seed: new Uint8Array(32).fill(9) }
    expect(await why(await makeReceipt({}, impostor))).toContain('The signature is false')
    expect(await why(await makeReceipt({}, { ...impostor, id: 'r9' }))).toContain('not among the public keys')
    expect(await why({ ...good, log: (await makeReceipt({ requestId: 'del_other' })).log })).toContain(
      'not the hash',
    )
    expect(
      await why({ ...good, log: (await makeReceipt({}, current, 'https://elsewhere.example')).log }),
    ).toContain('another log')
    expect(await why({ ...good, log: { ...log, proof: log.proof.slice(1) } })).toContain('too short')
    expect(await why({ ...good, log: { ...log, proof: [...log.proof, log.proof[0]] } })).toContain('too long')
  })

  it('of any other shape is refused with a reason and never with an accident', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (jws, other) => {
        expect(await holds({ jws, log: other })).toBe(false)
        expect(await holds({ jws: good.jws, log: other || { none: true } })).toBe(false)
      }),
    )
  })
})

describe('what is given', () => {
  it('is a file of receipts or one bare document, with whatever white space around', () => {
    expect(parseReceipts(`\n ${good.jws} \n`)).toEqual([{ jws: good.jws }])
    expect(parseReceipts(JSON.stringify({ receipts: [good, good] }))).toHaveLength(2)
  })

  it('that cannot be read is told apart from what does not hold', () => {
    for (const text of ['', '  ', '{', '{}', '{"receipts":[]}', '{"receipts":7}'])
      expect(() => parseReceipts(text)).toThrow(Unreadable)
    for (const text of [
      '',
      'nothing',
      '{}',
      '{"keys":[]}',
      '{"keys":[{"kty":"RSA"}]}',
      '{"keys":[null]}',
      'null',
    ])
      expect(() => parseKeys(text)).toThrow(Unreadable)
  })
})

/** What the page says of a text: every receipt in it holds, or not. */
async function byPage(text: string): Promise<boolean> {
  try {
    for (const entry of parseReceipts(text)) await verifyReceipt(entry, keys)
    return true
  } catch (cause) {
    if (cause instanceof Broken || cause instanceof Unreadable) return false
    throw cause
  }
}

describe('a file of receipts', () => {
  it('fails whichever character of it is altered', async () => {
    const final = { ...(await makeReceipt({ kind: 'final' })), log: null }
    const whole = JSON.stringify({ receipts: [good, final] })
    expect(await byPage(whole)).toBe(true)
    const survived: string[] = []
    for (let i = 0; i < whole.length; i++)
      for (const char of [...others(whole[i] as string), 'x', '0', ' '])
        if (char !== whole[i] && (await byPage(put(whole, i, char))))
          survived.push(`${char} at ${i}: ${whole.slice(i - 9, i + 9)}`)
    expect(survived).toEqual([])
  })

  it('with a missing or an unknown name in an entry or its proof is not well formed', () => {
    const { kind: _kind, ...nameless } = good
    const { leaf: _leaf, ...leafless } = log
    for (const entry of [
      { jws: good.jws },
      nameless,
      { ...good, more: 1 },
      { kind: good.kind, jws: good.jws, at: good.at, loA: good.log },
      { ...good, log: leafless },
      { ...good, log: { ...log, more: 1 } },
      { ...good, log: false },
      null,
    ])
      expect(() => parseReceipts(JSON.stringify({ receipts: [entry] }))).toThrow(Broken)
    expect(() => parseReceipts(JSON.stringify({ receipts: [good], more: 1 }))).toThrow(Unreadable)
    expect(parseReceipts(JSON.stringify({ receipts: [{ ...good, log: null }] }))).toHaveLength(1)
  })

  it('fails when it names another kind or another time than what is signed', async () => {
    expect(await why({ ...good, kind: 'final' })).toContain('another kind')
    expect(await why({ ...good, at: '2026-05-04T09:30:02.000Z' })).toContain('another time')
  })
})

describe('the page and the script', () => {
  it('agree about every file, whole or altered anywhere', async () => {
    const whole = JSON.stringify({ receipts: [good] })
    const [receiptFile, jwksFile] = [join(folder, 'receipt.json'), join(folder, 'jwks.json')]
    writeFileSync(jwksFile, jwks)
    const byScript = (text: string): boolean => {
      writeFileSync(receiptFile, text)
      return spawnSync(process.execPath, [script, receiptFile, jwksFile]).status === 0
    }
    expect([byScript(whole), await byPage(whole)]).toEqual([true, true])
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.constantFrom('A', '7', '"', ' ', '}'),
        async (i, char) => {
          const altered = put(whole, i, char)
          const held = await byPage(altered)
          expect([altered, byScript(altered)]).toEqual([altered, held])
          expect(held).toBe(altered === whole)
        },
      ),
      { numRuns: 60 },
    )
  })
})
