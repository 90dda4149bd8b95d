// The colours of the site, computed from site/styles/tokens.css as WCAG 2.2 says (1.4.3 for text, 1.4.11 for controls).

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const css = readFileSync(join(root, 'site/styles/tokens.css'), 'utf8')
const [lightPart = '', darkPart = ''] = css.split('@media screen and (prefers-color-scheme: dark)')

const declared = (part: string): Record<string, string> =>
  Object.fromEntries([...part.matchAll(/--([a-z-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value]))
const light = declared(lightPart)
const dark = { ...light, ...declared(darkPart) }

function colour(tokens: Record<string, string>, name: string): string {
  const value = tokens[name] ?? ''
  const other = /^var\(--([a-z-]+)\)$/.exec(value)?.[1]
  return other ? colour(tokens, other) : value
}

function luminance(hex: string): number {
  const parts = /^#(..)(..)(..)$/.exec(hex)?.slice(1)
  if (!parts) throw new Error(`not a colour of six digits: ${hex}`)
  const [r = 0, g = 0, b = 0] = parts
    .map((part) => Number.parseInt(part, 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (lighter + 0.05) / (darker + 0.05)
}

const grounds = ['paper', 'surface', 'sunken']
const washes = ['accent-wash', 'danger-wash', 'warn-wash']
const on = (text: string[], ground: string[]) => text.flatMap((a) => ground.map((b) => [a, b] as const))
const texts = [
  ...on(['ink'], [...grounds, ...washes]),
  ...on(['ink-soft', 'accent', 'accent-deep', 'danger', 'warn', 'code', 'get', 'post', 'delete'], grounds),
  ...on(['accent', 'ink-soft'], ['accent-wash']),
  ...on(['danger', 'accent'], ['danger-wash']),
  ...on(['warn', 'accent'], ['warn-wash']),
  ...on(['accent-ink'], ['accent', 'accent-deep']),
]
const controls = on(['line-strong', 'accent', 'danger'], grounds)

describe.each([
  ['light', light],
  ['dark', dark],
])('in %s colours', (_, tokens) => {
  it.each(texts)('%s can be read on %s (4.5 : 1)', (a, b) => {
    expect(contrast(colour(tokens, a), colour(tokens, b))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(controls)('the edge of a control in %s is seen on %s (3 : 1)', (a, b) => {
    expect(contrast(colour(tokens, a), colour(tokens, b))).toBeGreaterThanOrEqual(3)
  })
})

describe('the colours', () => {
  it('are all replaced in the dark, or derived from one that is', () => {
    const colours = Object.keys(light).filter((name) => light[name]?.startsWith('#'))
    expect(colours.filter((name) => dark[name] === light[name])).toEqual([])
  })

  it('of the browser around the page are those of the paper', () => {
    const layout = readFileSync(join(root, 'site/layouts/page.astro'), 'utf8')
    const named = (scheme: string) =>
      new RegExp(`name="theme-color" content="([^"]+)" media="\\(prefers-color-scheme: ${scheme}\\)"`).exec(
        layout,
      )?.[1]
    expect([named('light'), named('dark')]).toEqual([light.paper, dark.paper])
  })

  it('stand in tokens.css and in no other stylesheet', () => {
    for (const name of readdirSync(join(root, 'site/styles'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.css') && file !== 'tokens.css',
    )) {
      const text = readFileSync(join(root, 'site/styles', name), 'utf8')
      expect([name, text.match(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/gi)]).toEqual([name, null])
    }
  })
})
