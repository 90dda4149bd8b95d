// What those see who need not see a phone number.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskBsuid, maskNumbersIn, maskPhone } from '../../../worker/conversations/mask.ts'

describe('a masked identifier', () => {
  it('keeps the country and the last digits', () => {
    expect(maskPhone('34600111222')).toBe('+34 ••• ••• 222')
    expect(maskPhone('12025550123')).toBe('+1 ••• ••• 123')
    expect(maskPhone('351912345678')).toBe('+351 ••• ••• 678')
    expect(maskBsuid('ES.7700112233445566')).toBe('ES.••••5566')
    expect(maskNumbersIn('Ana changed from 34600111222 to +34 600 333 444 in 2026')).toBe(
      'Ana changed from +34 ••• ••• 222 to +34 ••• ••• 444 in 2026',
    )
  })

  it('shows at most six digits of a phone and four of a user id, whatever they are', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9]\d{4,14}$/), (digits) => {
        const shown = maskPhone(digits).replace(/\D/g, '')
        expect(shown.length).toBeLessThanOrEqual(6)
        expect(digits.length - shown.length).toBeGreaterThanOrEqual(3)
      }),
    )
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{2}\.\d{1,20}$/), (bsuid) => {
        const shown = maskBsuid(bsuid).replace(/\D/g, '')
        expect(shown.length).toBeLessThanOrEqual(4)
        if (bsuid.length > 7) expect(shown).not.toBe(bsuid.slice(3))
      }),
    )
  })
})
