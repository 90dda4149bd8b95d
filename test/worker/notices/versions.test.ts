import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMs } from '../../../worker/ground/limits.ts'
import {
  decideInForce,
  decideToTell,
  joinVersions,
  noticeMs,
  type Version,
} from '../../../worker/notices/versions.ts'

const start = Date.UTC(2027, 0, 1)
const daysAfter = fc.integer({ min: -100, max: 200 }).map((days) => start + days * dayMs)

/** Any history of versions, as the file says and as the database noted. */
const history: fc.Arbitrary<Version[]> = fc
  .array(
    fc.record({
      material: fc.boolean(),
      effectiveAt: daysAfter,
      toldAt: fc.option(daysAfter, { nil: null }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((list) => list.map((one, at) => ({ ...one, version: String(at + 1), inForceAt: null })))

const at = (versions: Version[], found: Version | undefined) => (found ? versions.indexOf(found) : -1)

describe('the version in force', () => {
  it('is never a material one before everybody was told for thirty days, nor one that builds upon it', () => {
    fc.assert(
      fc.property(history, daysAfter, (versions, now) => {
        const found = at(versions, decideInForce(versions, now))
        for (const [i, one] of versions.slice(0, found + 1).entries()) {
          expect(one.effectiveAt).toBeLessThanOrEqual(now)
          if (i > 0 && one.material) expect((one.toldAt ?? Infinity) + noticeMs).toBeLessThanOrEqual(now)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('is the newest that nothing keeps back', () => {
    fc.assert(
      fc.property(history, daysAfter, (versions, now) => {
        const next = versions[at(versions, decideInForce(versions, now)) + 1]
        if (!next) return
        const untold = (next.toldAt ?? Infinity) + noticeMs > now
        expect(next.effectiveAt > now || (next.material && untold)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('never goes back, whatever the clock, the file or the notices say afterwards', () => {
    fc.assert(
      fc.property(history, history, fc.array(daysAfter, { maxLength: 10 }), (before, after, clock) => {
        let standing = -1
        let inForce: (number | null)[] = []
        for (const [turn, now] of clock.entries()) {
          const versions = (turn % 2 === 0 ? before : after).map((one, i) => ({
            ...one,
            inForceAt: inForce[i] ?? null,
          }))
          if (versions.length <= standing) continue
          const found = at(versions, decideInForce(versions, now))
          expect(found).toBeGreaterThanOrEqual(standing)
          standing = found
          inForce = versions.map((one, i) => (i === found ? now : one.inForceAt))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is the same in whatever order the versions come', () => {
    fc.assert(
      fc.property(history, daysAfter, (versions, now) => {
        const turned = decideInForce(versions.toReversed(), now)
        expect(turned?.version).toBe(decideInForce(versions, now)?.version)
      }),
    )
  })

  it('changes in the moment the notice period ends, and not a millisecond before', () => {
    const first = { version: '1', material: false, effectiveAt: start, toldAt: null, inForceAt: start }
    const second = { ...first, version: '2', material: true, toldAt: start, inForceAt: null }
    expect(decideInForce([first, second], start + noticeMs - 1)?.version).toBe('1')
    expect(decideInForce([first, second], start + noticeMs)?.version).toBe('2')
  })

  it('counts to ten: the tenth version comes after the ninth', () => {
    const made = Array.from({ length: 10 }, (_, i) => ({
      ...{ version: String(i + 1), material: false, effectiveAt: start, toldAt: null, inForceAt: null },
    }))
    expect(decideInForce(made, start)?.version).toBe('10')
  })
})

describe('whom to tell', () => {
  it('is asked of material versions that are not in force yet, and never of the first', () => {
    fc.assert(
      fc.property(history, fc.nat(8), (versions, standing) => {
        const noted = versions.map((one, i) => ({ ...one, inForceAt: i + 1 === standing ? start : null }))
        const last = noted.findLastIndex(({ inForceAt }) => inForceAt !== null)
        expect(decideToTell(noted)).toEqual(noted.filter((one, i) => one.material && i > 0 && i > last))
      }),
    )
  })
})

describe('a version that was announced', () => {
  const file = {
    document: 'privacy',
    version: '2',
    hash: 'a'.repeat(64),
    announced: '2027-01-01',
    effective: '2027-02-01',
    material: false,
    summary: 'What changed.',
  } as const

  it('stays material and comes into force no earlier when its file says otherwise later', () => {
    const row = {
      ...({ document: 'privacy', version: '2', hash: file.hash, leaf: null, material: true } as const),
      ...{ effectiveAt: Date.UTC(2027, 4, 1), seenAt: start, toldAt: null, inForceAt: null },
    }
    expect(joinVersions([file], [row], 'privacy')).toEqual([
      expect.objectContaining({ material: true, effectiveAt: Date.UTC(2027, 4, 1), seenAt: start }),
    ])
    expect(joinVersions([file], [{ ...row, document: 'terms' }], 'privacy')).toEqual([
      expect.objectContaining({ material: false, effectiveAt: Date.UTC(2027, 1, 1), seenAt: null }),
    ])
  })
})
