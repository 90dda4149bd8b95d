// What consents come to.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ConsentFact, purposes, standingOf, standingsOf } from '../../../worker/consent/standing.ts'

const fact = fc.record({
  purpose: fc.constantFrom(...purposes),
  state: fc.constantFrom('given' as const, 'withdrawn' as const),
  source: fc.constantFrom('form', 'import', 'chat'),
  at: fc.integer({ min: 1, max: 6 }),
})
const facts = fc.array(fact, { maxLength: 12 })
const given = (at: number, source = 'form'): ConsentFact => ({
  purpose: 'marketing',
  state: 'given',
  source,
  at,
})
const withdrawn = (at: number): ConsentFact => ({
  purpose: 'marketing',
  state: 'withdrawn',
  source: 'chat',
  at,
})

describe('the standing of a consent', () => {
  it('is the same in whatever order the rows come, and however often', () => {
    fc.assert(
      fc.property(facts, fc.integer(), (rows, seed) => {
        const shuffled = rows
          .map((row, i) => ({ row, key: ((i + 1) * 7919 * (seed | 1)) % 104_729 }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row)
        expect(standingsOf([...shuffled, ...rows])).toEqual(standingsOf(rows))
      }),
    )
  })

  it('is the newest word; of two in one instant the withdrawal', () => {
    expect(standingOf([given(1), withdrawn(2)], 'marketing').state).toBe('withdrawn')
    expect(standingOf([given(3), withdrawn(2)], 'marketing')).toEqual({
      state: 'given',
      at: 3,
      source: 'form',
    })
    expect(standingOf([given(2), withdrawn(2)], 'marketing').state).toBe('withdrawn')
    expect(standingOf([given(2)], 'utility').state).toBe('none')
  })

  it('is never brought back by a list, whatever date it carries', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 1, max: 99 }), (rows, at) => {
        const before = standingOf(rows, 'marketing').state
        const after = standingOf([...rows, given(at, 'import')], 'marketing').state
        expect(after).toBe(before === 'none' ? 'given' : before)
      }),
    )
  })
})
