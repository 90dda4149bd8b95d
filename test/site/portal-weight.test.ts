// What a browser loads before a page of the portal works: the scripts that it names and all that those import at once, as
// they are sent. What is loaded later, when it is asked for (`import()`), is not counted.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { build } from '../../scripts/build.ts'

const client = join(import.meta.dirname, '../../dist/client')
const inboxBytes = 90_000
const shellBytes = 35_000

/** Static imports alone: `import{a}from"./b.js"`, `import"./b.js"`, `export{a}from"./b.js"`. */
const imported = (script: string): string[] =>
  [...script.matchAll(/(?:^|[;}\s])(?:import|export)(?:[^"'()]*?from)?\s*["']\.\/([^"']+)["']/g)].map(
    ([, name]) => `/_astro/${name}`,
  )

function scriptsOf(page: string): string[] {
  const html = readFileSync(join(client, page), 'utf8')
  const seen = new Set<string>()
  const waiting = [...html.matchAll(/<script[^>]*\ssrc="([^"]+)"/g)].map(([, src]) => src as string)
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    waiting.push(...imported(readFileSync(join(client, next), 'utf8')))
  }
  return [...seen]
}

/** As the least able of compressions in use sends it. */
const sentBytes = (file: string): number => gzipSync(readFileSync(join(client, file)), { level: 6 }).length

const weigh = (page: string) => {
  const parts = scriptsOf(page).map((file) => ({ file, bytes: sentBytes(file) }))
  return { parts, total: parts.reduce((sum, { bytes }) => sum + bytes, 0) }
}

const pages = (): string[] =>
  readdirSync(join(client, 'portal'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('index.html'))
    .map((name) => `portal/${name}`)

beforeAll(() => build())

describe('the compressed script of the portal', () => {
  it('is found by following what a page imports', () => {
    expect(imported('import{a as b}from"./x.js";import"./y.js";const z=import("./z.js");')).toEqual([
      '/_astro/x.js',
      '/_astro/y.js',
    ])
    expect(scriptsOf('portal/index.html').length).toBeGreaterThan(1)
  })

  it('of the frame alone stays below 35 KB', () => {
    const { total, parts } = weigh('portal/index.html')
    expect(total, JSON.stringify(parts, null, 1)).toBeLessThan(shellBytes)
  })

  it('of any page stays below 90 KB, that of the inbox among them', () => {
    expect(pages().length).toBeGreaterThan(5)
    for (const page of pages()) {
      const { total, parts } = weigh(page)
      expect(total, `${page} ${JSON.stringify(parts, null, 1)}`).toBeLessThan(inboxBytes)
    }
    expect(existsSync(join(client, 'portal'))).toBe(true)
  })
})
