import { describe, expect, it } from 'vitest'
import { classify } from '../../../worker/meta/failure.ts'

// Meta's error codes page, code by code, as of November 2026.
const expected: Record<string, number[]> = {
  S: [4, 80007, 130429, 131056],
  T: [1, 2, 131000, 131016, 131057, 133004, 2494100],
  W: [131048, 131049, 131064, 132015, 132069, 133008, 133009, 133015, 133016, 134101],
  F: [
    0, 3, 10, 100, 190, 200, 210, 299, 2200, 131005, 131008, 131009, 131030, 131037, 131042, 131044, 131045,
    131047, 131052, 131053, 131055, 131059, 131061, 131062, 131063, 131065, 132000, 132001, 132005, 132007,
    132012, 132018, 132068, 133000, 133005, 133006, 133010, 134011, 134100, 134102, 135000, 136024, 137000,
    139100, 139101, 139102, 139103, 141002, 147001, 147005, 2388001, 2388012, 2388019, 2388039, 2388040,
    2388047, 2388072, 2388073, 2388091, 2388093, 2388103, 2388293, 2388299, 2494164, 2494179,
  ],
  N: [33, 368, 130403, 130472, 130497, 131021, 131026, 131031, 131050, 131051, 131060, 132016, 1752041],
}
const all = Object.values(expected).flat()

describe('classify', () => {
  it('knows the class of every code', () => {
    for (const [kind, codes] of Object.entries(expected)) {
      for (const code of codes) expect([code, classify(code).class]).toEqual([code, kind])
    }
  })

  it('says that the message may have gone out for trouble at Meta, and only for that', () => {
    for (const code of all)
      expect([code, classify(code).mayHaveSent]).toEqual([code, expected.T?.includes(code)])
  })

  it('tells what to do: slow down, retry later, reconnect or nothing', () => {
    for (const code of [...(expected.S ?? []), ...(expected.W ?? [])])
      expect(classify(code).action).toBe('slow_down')
    for (const code of expected.T ?? []) expect(classify(code).action).toBe('retry_later')
    for (const code of [0, 10, 190, 200, 250, 299]) expect(classify(code).action).toBe('reconnect')
    for (const code of expected.N ?? []) expect(classify(code).action).toBe('refuse')
  })

  it('gives every code a remedy', () => {
    for (const code of all) expect(classify(code).remedy.length).toBeGreaterThan(10)
  })

  it('does not repeat what it does not know', () => {
    for (const code of [undefined, 5, 199, 300, 131099, 999999, Number.NaN]) {
      expect(classify(code)).toMatchObject({ action: 'refuse', class: 'N', mayHaveSent: false })
    }
  })

  it("takes Meta's word that a trouble is transient, and then for possibly sent", () => {
    for (const code of [undefined, 100, 131026, 999999]) {
      expect(classify(code, true)).toMatchObject({ action: 'retry_later', mayHaveSent: true })
    }
    expect(classify(131056, true)).toMatchObject({ action: 'slow_down', mayHaveSent: false })
    expect(classify(190, true)).toMatchObject({ action: 'reconnect', mayHaveSent: false })
  })
})
