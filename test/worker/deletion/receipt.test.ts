import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bindings } from '../../../db/catalog.ts'
import { hex } from '../../../worker/crypto/bytes.ts'
import { sha256 } from '../../../worker/crypto/digest.ts'
import { publicJwk, verifyJws } from '../../../worker/crypto/signer.ts'
import {
  backupDaysOf,
  backupUntil,
  type Erasure,
  goneBy,
  type ReceiptFacts,
  receiptClaims,
  signReceipt,
} from '../../../worker/deletion/receipt.ts'

const day = 86_400_000
const erasedAt = Date.parse('2026-05-04T09:30:00.000Z')

const facts: ReceiptFacts = {
  kind: 'live',
  issuer: 'https://gateway.test',
  requestId: 'del_x',
  scope: 'contact',
  door: 'api',
  commitment: 'digest',
  requestedAt: erasedAt - 9_000,
  verifiedAt: erasedAt - 8_000,
  startedAt: erasedAt - 7_000,
  erasedAt,
  issuedAt: erasedAt + 1_000,
  goneBy: erasedAt + 30 * day,
  places: [
    {
      place: 'messages',
      store: 'DB',
      before: 3,
      after: 0,
      how: 'key destroyed and deleted',
      backupUntil: null,
    },
    { place: 'contacts', store: 'DB', before: 1, after: 0, how: 'deleted', backupUntil: erasedAt + 30 * day },
    { place: 'media', store: 'FILES', before: 1, after: 0, how: 'deleted', backupUntil: erasedAt },
  ],
  keys: { destroyed: 1, unreadableSince: null },
  kept: [{ place: 'audit_entries', count: 2, duty: 'keep evidence', until: erasedAt + 400 * day }],
  outOfReach: [
    { what: 'the copies of the business', until: null },
    { what: 'the copies of Meta', until: erasedAt + 30 * day },
  ],
  meta: 'not concerned',
  residue: { places: 40, values: 12, found: 0, at: erasedAt + 500 },
}

describe('a receipt', () => {
  it('says what its facts say, with instants in UTC and lists in order', () => {
    expect(receiptClaims(facts)).toMatchObject({
      version: 1,
      kind: 'live',
      request: 'del_x',
      erasedAt: '2026-05-04T09:30:00.000Z',
      goneBy: '2026-06-03T09:30:00.000Z',
      places: [
        { place: 'contacts' },
        { place: 'messages', backupUntil: null },
        { place: 'media', store: 'FILES' },
      ],
      outOfReach: [{ what: 'the copies of Meta' }, { what: 'the copies of the business', until: null }],
      residue: { found: 0, at: '2026-05-04T09:30:00.500Z' },
    })
    expect(receiptClaims({ ...facts, residue: null, erasedAt: null })).toMatchObject({
      residue: null,
      erasedAt: null,
    })
  })

  it('is the same bytes for the same facts, in whatever order their lists come', async () => {
    const keys = [{ id: 'r1', seed: new Uint8Array(32).fill(1) }]
    const signed = await signReceipt(keys, facts)
    const reversed = {
      ...facts,
      places: facts.places.toReversed(),
      outOfReach: facts.outOfReach.toReversed(),
    }
    expect(await signReceipt(keys, reversed)).toEqual(signed)
    expect(signed.leaf).toBe(hex(sha256(signed.jws)))
    expect((await signReceipt(keys, { ...facts, kind: 'final' })).leaf).not.toBe(signed.leaf)
  })

  it('verifies with the keys that are published, and reads back as its claims', async () => {
    const keys = [1, 2].map((n) => ({ id: `r${n}`, seed: new Uint8Array(32).fill(n) }))
    const jwks = await Promise.all(keys.toReversed().map(publicJwk))
    const opened = await verifyJws(jwks, (await signReceipt(keys, facts)).jws)
    if (!opened.ok) throw new Error(opened.reason)
    expect(opened.value.kid).toBe('r1')
    expect(JSON.parse(opened.value.payload)).toEqual(receiptClaims(facts))
    await expect(signReceipt([], facts)).rejects.toThrow()
  })
})

describe('the end of the backups', () => {
  const held = (store: string, how: Erasure, before = 1) => ({ store, how, before })

  it('is that of each store, as the catalogue has it', () => {
    for (const [store, { backupDays }] of Object.entries(bindings))
      expect(backupUntil(held(store, 'deleted'), backupDaysOf, erasedAt, null)).toBe(
        erasedAt + backupDays * day,
      )
    expect(() => backupDaysOf('CELLAR')).toThrow()
  })

  it('is none for a place that held nothing or keeps what it holds', () => {
    expect(backupUntil(held('DB', 'deleted', 0), backupDaysOf, erasedAt, null)).toBeNull()
    expect(backupUntil(held('DB', 'kept'), backupDaysOf, erasedAt, null)).toBeNull()
    expect(goneBy([held('DB', 'deleted', 0), held('DB', 'kept', 9)], backupDaysOf, erasedAt, null)).toBe(
      erasedAt,
    )
    expect(goneBy([], backupDaysOf, erasedAt, null)).toBe(erasedAt)
  })

  it('comes with the epoch turn for what stood under a destroyed key, and for nothing else', () => {
    const turned = erasedAt + 3_600_000
    for (const how of ['key destroyed', 'key destroyed and deleted'] as const) {
      expect(backupUntil(held('DB', how), backupDaysOf, erasedAt, null)).toBe(erasedAt + 30 * day)
      expect(backupUntil(held('DB', how), backupDaysOf, erasedAt, turned)).toBe(turned)
      expect(backupUntil(held('FILES', how), backupDaysOf, erasedAt, turned)).toBe(erasedAt)
    }
    expect(backupUntil(held('DB', 'deleted'), backupDaysOf, erasedAt, turned)).toBe(erasedAt + 30 * day)
  })

  it('of all is the latest of each, never before the erasure', () => {
    const days: Record<string, number> = { a: 0, b: 7, c: 30 }
    const place = fc.record({
      store: fc.constantFrom('a', 'b', 'c'),
      how: fc.constantFrom<Erasure>('deleted', 'key destroyed and deleted', 'key destroyed', 'kept'),
      before: fc.nat(2),
    })
    const turn = fc.option(fc.integer({ min: -day, max: 40 * day }))
    fc.assert(
      fc.property(fc.array(place), turn, (places, after) => {
        const shreddedAt = after === null ? null : erasedAt + after
        const each = places.map((one) =>
          backupUntil(one, (store) => days[store] as number, erasedAt, shreddedAt),
        )
        const last = goneBy(places, (store) => days[store] as number, erasedAt, shreddedAt)
        expect(last).toBe(Math.max(erasedAt, ...each.map((at) => at ?? 0)))
        for (const at of each) if (at !== null) expect(at).toBeGreaterThanOrEqual(erasedAt)
      }),
    )
  })
})
