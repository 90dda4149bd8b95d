// What the pages say of requests about one's own data: of a copy, and of what was asked for too often.

import { describe, expect, it } from 'vitest'
import { standingWords, troubleOf } from '../../site/components/rights-words.ts'

describe('a form that was refused', () => {
  it('because it came too often says how long it takes, and tells programs the same', () => {
    const cases: [seconds: number, words: string][] = [
      [1, 'a minute'],
      [60, 'a minute'],
      [61, '2 minutes'],
      [600, '10 minutes'],
      [3_600, 'an hour'],
      [3_601, '2 hours'],
      [86_400, 'a day'],
      [172_800, '2 days'],
    ]
    for (const [waitSeconds, words] of cases) {
      const trouble = troubleOf({ status: 429, waitSeconds })
      expect(trouble?.says).toContain(`Please try again in ${words}.`)
      expect(trouble?.waitSeconds).toBe(waitSeconds)
    }
    expect(troubleOf({ status: 429 })?.says).toContain('Please try again in a while.')
  })

  it('does not speak of codes, because messages and copies are counted, too', () => {
    expect(JSON.stringify(troubleOf({ status: 429, waitSeconds: 3_600 }))).not.toMatch(/code/i)
  })

  it('is our fault when the service fails, and nobody’s when something in it is wrong', () => {
    expect(troubleOf({ status: 503, waitSeconds: 60 })).toMatchObject({ waitSeconds: 60 })
    expect(troubleOf({ status: 503 })?.says).toContain('our fault')
    for (const status of [400, 404, 409, 422]) expect(troubleOf({ status })).toBeUndefined()
  })
})

describe('a copy', () => {
  const of = (encrypted: boolean) =>
    standingWords({
      type: 'export',
      state: 'granted',
      controller: { kind: 'us', name: 'Softivum' },
      package: { state: 'ready', encrypted },
    })

  it('is offered for download only where it opens without the page in which it was prepared', () => {
    expect(of(false).says).toContain('Download it')
    expect(of(true).says).not.toContain('Download it')
    expect(of(true).says).toContain('locked to the page')
  })
})
