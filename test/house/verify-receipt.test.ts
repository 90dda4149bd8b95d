// docs/verify-receipt.mjs as a person runs it: a process of its own, files in, sentences and an exit code out.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  current,
  receiptFacts as facts,
  former,
  type Log,
  type Receipt,
  makeReceipt as receipt,
  receiptJwks,
} from '../support/receipt.ts'

const script = join(import.meta.dirname, '../../docs/verify-receipt.mjs')
let folder: string
let jwks: string
let good: Receipt
let goodLog: Log

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'softivum-receipt-'))
  jwks = await receiptJwks()
  good = await receipt()
  goodLog = good.log as Log
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(receipts: unknown, published = jwks) {
  const [receiptFile, jwksFile] = [join(folder, 'receipt.json'), join(folder, 'jwks.json')]
  const text = typeof receipts === 'string' ? receipts : JSON.stringify({ receipts })
  writeFileSync(receiptFile, text)
  writeFileSync(jwksFile, published)
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, receiptFile, jwksFile], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const withLog = (changed: Partial<Log>): Receipt[] => [{ ...good, log: { ...goodLog, ...changed } }]
const flip = (text: string, i: number) => text.slice(0, i) + (text[i] === 'A' ? 'B' : 'A') + text.slice(i + 1)

describe('a receipt', () => {
  it('that is whole is proven, in sentences', () => {
    const { status, stdout, stderr } = run([good])
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`Receipt (live) of request ${facts.requestId}, by ${facts.issuer}`)
    expect(stdout).toContain('The signature is by its key r1')
    expect(stdout).toContain('It is number 6 of 11 in the transparency log connect.example:8443/log')
    expect(stdout).toContain('2 places that held 4 things before hold 0 now')
    expect(stdout).toContain('Gone from every backup by 2026-06-03T09:30:00.000Z')
  })

  it('by a key that no longer signs is proven, beside the final one', async () => {
    const { status, stdout } = run([await receipt({}, former), await receipt({ kind: 'final' })])
    expect(status).toBe(0)
    expect(stdout).toContain('its key r2')
    expect(stdout).toContain('Receipt (final)')
  })

  it('alone is verified by its signature, and it is said that the log was not asked', () => {
    const { status, stdout } = run(`${good.jws}\n`)
    expect(status).toBe(0)
    expect(stdout).toContain('was not checked')
    expect(run(flip(good.jws, good.jws.length - 40)).status).toBe(1)
  })

  it('fails when a byte of it is altered', () => {
    const { jws } = good
    const places = Array.from({ length: 30 }, (_, i) => Math.floor((i * (jws.length - 1)) / 29))
    for (const i of places) {
      const { status, stderr } = run([{ ...good, jws: flip(jws, i) }])
      expect([i, status]).toEqual([i, 1])
      expect(stderr).toContain('NOT PROVEN')
    }
    // The last character carries bits that no byte holds: they must be the ones that were written.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const next = alphabet[alphabet.indexOf(jws.at(-1) as string) + 1] as string
    expect(run(jws.slice(0, -1) + next).status).toBe(1)
    for (const spelt of [`${jws}=`, `${jws}.`, `${jws}A`, jws.slice(0, -1)]) expect(run(spelt).status).toBe(1)
  })

  it('fails with another key, also one of the same name', async () => {
    const impostor = { id: 'r1', seed: new Uint8Array(32).fill(9) }
    expect(run([await receipt({}, impostor)]).stderr).toContain('The signature is false')
    expect(run([await receipt({}, { ...impostor, id: 'r9' })]).stderr).toContain('not in the JWKS')
    expect(run([good], JSON.stringify({ keys: [] })).status).toBe(1)
  })

  it('fails when its proof is another’s, cut, or of a log that is not the issuer’s', async () => {
    const other = await receipt({ requestId: 'del_other' })
    const elsewhere = await receipt({}, current, 'https://elsewhere.example')
    const impostor = await receipt({}, { id: 'r1', seed: new Uint8Array(32).fill(9) })
    const cases: [string, Receipt[]][] = [
      ['not the hash of this receipt', [{ ...good, log: other.log as Log }]],
      ['does not lead to the signed root', withLog({ checkpoint: other.log?.checkpoint as string })],
      ['does not lead to the signed root', withLog({ index: 4 })],
      ['too short', withLog({ proof: goodLog.proof.slice(1) })],
      ['too long', withLog({ proof: [...goodLog.proof, goodLog.proof[0] as string] })],
      ['does not lead to', withLog({ proof: goodLog.proof.toReversed() })],
      ['another size', withLog({ size: 12 })],
      ['outside of the log', withLog({ index: 11 })],
      ['outside of the log', withLog({ index: 5.5 })],
      ['another log', [{ ...good, log: elsewhere.log as Log }]],
      ['signed by no key', withLog({ checkpoint: impostor.log?.checkpoint as string })],
      ['not well formed', withLog({ checkpoint: goodLog.checkpoint.replace('\n\n', '\n') })],
      ['signed by no key', withLog({ checkpoint: goodLog.checkpoint.replace('\n11\n', '\n10\n') })],
    ]
    for (const [why, receipts] of cases) {
      const { status, stderr } = run(receipts)
      expect([why, status]).toEqual([why, 1])
      expect(stderr).toContain(why)
    }
  })

  it('in a file whose entry has another kind, another time or another name in it fails', () => {
    const { log: _log, ...rest } = good
    const cases: [string, unknown][] = [
      ['another kind', { ...good, kind: 'final' }],
      ['another time', { ...good, at: '2026-05-04T09:30:02.000Z' }],
      ['entry of a receipt is not well formed', { ...rest, loA: goodLog }],
      ['entry of a receipt is not well formed', { jws: good.jws }],
      ['entry of a receipt is not well formed', { ...good, more: 1 }],
      ['proof is not well formed', { ...good, log: { ...goodLog, more: 1 } }],
      ['proof is not well formed', { ...good, log: false }],
    ]
    for (const [why, entry] of cases) {
      const { status, stderr } = run([entry])
      expect([why, status]).toEqual([why, 1])
      expect(stderr).toContain(why)
    }
    const { status, stdout } = run([{ ...good, log: null }])
    expect([status, stdout.includes('was not checked')]).toEqual([0, true])
  })

  it('among others that hold makes the whole fail', () => {
    expect(run([good, { ...good, jws: flip(good.jws, 300) }]).status).toBe(1)
  })
})

describe('files that cannot be read', () => {
  it('are told apart from receipts that do not hold', () => {
    expect(run('{"receipts": [').status).toBe(2)
    expect(run([]).status).toBe(2)
    expect(run('{}').status).toBe(2)
    expect(run([good], 'nothing').status).toBe(2)
    expect(spawnSync(process.execPath, [script]).status).toBe(2)
    expect(spawnSync(process.execPath, [script, join(folder, 'none'), join(folder, 'none')]).status).toBe(2)
  })

  it('are answered with how to call it, and never with the words of a program that broke', () => {
    const files = [join(folder, 'receipt.json'), join(folder, 'jwks.json')] as const
    run([good])
    for (const args of [[], [files[0]], [files[1], files[0]], [files[0], files[0]], [...files, 'more']]) {
      const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
      expect([args, status]).toEqual([args, 2])
      expect(stderr).toContain('Usage: node verify-receipt.mjs RECEIPT JWKS')
      expect(stderr).not.toMatch(/TypeError|undefined|ERR_|\n {4}at /)
    }
    for (const keys of ['null', '{"keys":7}', '{}']) expect(run([good], keys).status).toBe(2)
    expect(run([good], '{"keys":[null]}').stderr).toContain('not in the JWKS')
  })
})
