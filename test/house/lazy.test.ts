// What is loaded when somebody asks, and not before: the library that signs people in, from the source's own imports.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const imports = /^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
const waiting = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
const library = /^(?:better-auth|@better-auth)(?:\/|$)/

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')
const named = (file: string, pattern: RegExp): string[] =>
  [...textOf(file).matchAll(pattern)].map(([, name]) => name as string)
const resolved = (file: string, name: string): string => relative(root, join(root, dirname(file), name))

/** Every file that is loaded with this one, and what they load from elsewhere. */
function loadedWith(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const queue = [entry]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file)) continue
    files.add(file)
    for (const name of named(file, imports)) {
      if (!name.startsWith('.')) packages.add(name)
      else if (existsSync(join(root, resolved(file, name)))) queue.push(resolved(file, name))
    }
  }
  return { files, packages }
}

describe('the library that signs people in', () => {
  it('is reached by one import that waits, and by no other', () => {
    const { files, packages } = loadedWith('worker/index.ts')
    expect(files.size).toBeGreaterThan(200)
    expect(packages).toContain('hono')
    expect([...packages].filter((name) => library.test(name))).toEqual([])
    expect(files).not.toContain('worker/accounts/library.ts')
    const waits = [...files].filter((file) =>
      named(file, waiting).some((name) => resolved(file, name) === 'worker/accounts/library.ts'),
    )
    expect(waits).toEqual(['worker/accounts/library-door.ts'])
    expect([...loadedWith('worker/accounts/library.ts').packages].some((name) => library.test(name))).toBe(
      true,
    )
  })

  it('is not on the way of a webhook or of a key, whatever is loaded there', () => {
    for (const entry of ['worker/inbound/routes.ts', 'worker/accounts/auth.ts', 'worker/sending/routes.ts'])
      expect(loadedWith(entry).files, entry).not.toContain('worker/accounts/library-door.ts')
  })
})
