// The letters that the name is drawn with: they stand where the line has come to, and no letter is left out unsaid.

import { describe, expect, it } from 'vitest'
import { lettering } from '../../site/images/lettering.ts'

const starts = (path: string): number[] => [...path.matchAll(/M(-?[\d.]+)/g)].map(([, x]) => Number(x))

describe('a line of letters', () => {
  it('moves every letter to its place and leaves it as it is drawn', () => {
    const [one, two] = [lettering('i'), lettering('ii')]
    const step = two.width - one.width
    expect(two.path.startsWith(one.path)).toBe(true)
    expect(starts(two.path)).toEqual([...starts(one.path), ...starts(one.path).map((x) => x + step)])
    // Heights stay: arcs keep their radii and flags, lines their ends.
    expect(lettering('on').path).toMatch(/V-10M[\d.]+-5\.5A4\.5 4\.5 0 0 1 [\d.]+-5\.5V0$/)
  })

  it('is never narrower for having more letters, and says which letter is not drawn', () => {
    expect(lettering('Softivum Connect').width).toBeGreaterThan(lettering('Softivum').width)
    expect(() => lettering('Softivum!')).toThrow('!')
  })
})
