// Keeps README.md beside it honest: what it says holds an obligation is there.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const here = new URL('.', import.meta.url)
const rows = readFileSync(new URL('README.md', here), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, obligation, file, title] = /^\| (.*?) ?\| `([^`]+\.ts)` \| (.+) \|$/.exec(line) ?? []
    return file && title ? [{ obligation, file, title }] : []
  })

describe('the table of obligations', () => {
  it('names tests', () => {
    expect(rows.length).toBeGreaterThan(80)
  })

  it.each(rows)('finds “$title” in $file', ({ file, title }) => {
    const path = new URL(`../${file}`, here)
    expect(existsSync(path)).toBe(true)
    // In the source a quote may stand escaped.
    expect(readFileSync(path, 'utf8').replaceAll("\\'", "'")).toContain(title)
  })
})
