import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Clock, clocks, promise } from '../../../db/clocks.ts'
import { dayMs } from '../../../worker/ground/limits.ts'
import {
  addMonths,
  applicableClocks,
  clocksNamed,
  decideDue,
  type RequestType,
} from '../../../worker/rights/clocks.ts'
import { businessReasons, refusalReasons, refusalView } from '../../../worker/rights/refusals.ts'
import { isOpen, may, opensAs, type Party, type Standing, type Step } from '../../../worker/rights/states.ts'

const types: RequestType[] = ['access', 'export', 'delete', 'correct', 'object', 'restrict']
const instant = fc.integer({ min: Date.UTC(2026, 10, 1), max: Date.UTC(2040, 0, 1) })
const row = (more: Partial<Clock>): Clock => ({ ...(clocks[0] as Clock), ...more })

describe('a month', () => {
  it.each([
    ['2027-01-31T10:00:00.000Z', '2027-02-28T10:00:00.000Z'],
    ['2028-01-30T23:59:59.999Z', '2028-02-29T23:59:59.999Z'],
    ['2026-12-31T00:00:00.000Z', '2027-01-31T00:00:00.000Z'],
    ['2026-11-15T12:00:00.000Z', '2026-12-15T12:00:00.000Z'],
  ])('from %s ends at %s', (from, to) => {
    expect(new Date(addMonths(Date.parse(from), 1)).toISOString()).toBe(to)
  })

  it('is 28 to 31 days long, and never ends in the month after the next', () => {
    fc.assert(
      fc.property(instant, (at) => {
        const end = addMonths(at, 1)
        const days = (end - at) / dayMs
        const months = (new Date(end).getUTCMonth() - new Date(at).getUTCMonth() + 12) % 12
        return days >= 28 && days <= 31 && months === 1
      }),
    )
  })
})

describe('the clock of a request', () => {
  it('is never later than our promise or than any law that may apply', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(...types), (at, type) => {
        const { dueAt, letThroughAt, remindAt } = decideDue(type, at)
        const kind = type === 'access' || type === 'export' ? 'access' : 'other'
        const own = kind === 'access' ? promise.accessDays : promise.otherDays
        expect(dueAt).toBeLessThanOrEqual(at + own * dayMs)
        for (const { kinds, unit } of applicableClocks(at)) {
          const length = kinds[kind]
          if (length === undefined) continue
          expect(dueAt).toBeLessThanOrEqual(unit === 'month' ? addMonths(at, length) : at + length * dayMs)
        }
        expect(at).toBeLessThan(remindAt)
        expect(remindAt).toBeLessThan(letThroughAt)
        expect(letThroughAt).toBeLessThan(dueAt)
      }),
    )
  })

  it('gives fifteen days for access, and lets it through on the tenth', () => {
    const at = Date.UTC(2026, 10, 22)
    expect(decideDue('access', at)).toMatchObject({
      dueAt: at + 15 * dayMs,
      letThroughAt: at + 10 * dayMs,
      remindAt: at + 5 * dayMs,
    })
  })

  it('gives thirty days for the rest, and less where a month is shorter', () => {
    const at = Date.UTC(2026, 10, 22)
    expect(decideDue('delete', at)).toMatchObject({ dueAt: at + 30 * dayMs, letThroughAt: at + 25 * dayMs })
    const inJanuary = Date.UTC(2027, 0, 31)
    expect(decideDue('delete', inJanuary).dueAt).toBe(Date.UTC(2027, 1, 28))
    expect(decideDue('delete', inJanuary, ['ccpa']).dueAt).toBe(inJanuary + 30 * dayMs)
  })

  it('runs by the rows that stand on the day, in their newest version, and names them', () => {
    const old = row({ regime: 'gdpr', version: 1, effectiveFrom: '2018-05-25' })
    const next = row({
      regime: 'gdpr',
      version: 2,
      effectiveFrom: '2027-01-01',
      kinds: { other: 5 },
      unit: 'calendar days',
    })
    const before = Date.UTC(2026, 11, 31)
    const after = Date.UTC(2027, 0, 1)
    expect(decideDue('delete', before, undefined, [old, next]).regimes).toBe('gdpr@1')
    expect(decideDue('delete', after, undefined, [old, next])).toMatchObject({
      regimes: 'gdpr@2',
      dueAt: after + 5 * dayMs,
    })
  })

  it('does not count the Indian Act before it is in force', () => {
    expect(decideDue('delete', Date.UTC(2027, 4, 12)).regimes).not.toContain('dpdp')
    expect(decideDue('delete', Date.UTC(2027, 4, 13)).regimes).toContain('dpdp@1')
  })

  it('keeps naming rows that can be read again', () => {
    const { regimes } = decideDue('delete', Date.UTC(2027, 5, 1))
    expect(clocksNamed(regimes).map(({ regime }) => regime)).toEqual(clocks.map(({ regime }) => regime))
    expect(clocksNamed('gdpr@99 nonsense')).toEqual([])
  })
})

describe('a refusal', () => {
  it('has words and somewhere to complain for every reason, known or not', () => {
    for (const code of [...Object.keys(refusalReasons), 'made_up']) {
      const { says, complainTo } = refusalView(code, 'gdpr@1 it-act@1 dpdp@1')
      expect(says.length).toBeGreaterThan(10)
      expect(complainTo[0]?.url).toMatch(/^mailto:/)
      expect(new Set(complainTo.map(({ url }) => url)).size).toBe(complainTo.length)
      expect(complainTo.length).toBe(3)
    }
  })

  it('by a business never takes a reason that only we can know', () => {
    expect(businessReasons).not.toContain('sole_owner')
    expect(businessReasons).not.toContain('not_held')
  })
})

const parties: Party[] = ['person', 'business', 'us', 'silence']
const steps: Step[] = ['grant', 'refuse', 'withdraw', 'finish']
const standing = fc.record<Standing>({
  state: fc.constantFrom('waiting', 'granted', 'done', 'refused', 'withdrawn'),
  type: fc.constantFrom(...types),
  subjectKind: fc.constantFrom('contact', 'member', 'visitor'),
  begun: fc.boolean(),
})

describe('a step', () => {
  it('is taken by nobody once the request has ended', () => {
    fc.assert(
      fc.property(standing, fc.constantFrom(...parties), fc.constantFrom(...steps), (stands, party, step) =>
        isOpen(stands.state) ? true : !may(party, step, stands),
      ),
    )
  })

  it('about a member or a visitor is never a business’s', () => {
    fc.assert(
      fc.property(standing, fc.constantFrom(...steps), (stands, step) =>
        stands.subjectKind === 'contact' ? true : !may('business', step, stands),
      ),
    )
  })

  it('by a person takes back only what has not begun', () => {
    fc.assert(
      fc.property(standing, fc.constantFrom(...steps), (stands, step) =>
        may('person', step, stands) ? step === 'withdraw' && !stands.begun : true,
      ),
    )
  })

  it('of being spared messages never waits for anybody', () => {
    for (const rule of ['at_once', 'decide'] as const) {
      expect(opensAs('contact', 'object', rule)).toBe('granted')
      expect(opensAs('member', 'delete', rule)).toBe('granted')
      expect(opensAs('visitor', 'access', rule)).toBe('granted')
    }
    expect(opensAs('contact', 'delete', 'decide')).toBe('waiting')
    expect(opensAs('contact', 'delete', 'at_once')).toBe('granted')
  })
})
