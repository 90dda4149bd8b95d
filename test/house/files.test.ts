// What holds for every file of the house: its length, no trace of the machine it was written on, and nothing of the lock
// file lost that another system needs.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const folders = ['worker', 'db', 'site', 'scripts', 'test', 'docs', '.ci']
const maxLines = 400
/** One list each, and a list is read by searching. */
const mayBeLong = ['db/schema.ts', 'db/catalog.ts']

const isThere = (path: string) => statSync(join(root, path), { throwIfNoEntry: false }) !== undefined

const inFolders = folders
  .filter(isThere)
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((path) => statSync(join(root, path)).isFile() && !path.startsWith('site/generated'))
const atTop = readdirSync(root).filter(
  (name) => /\.(ts|mjs|json|toml|md)$/.test(name) && name !== 'package-lock.json',
)
const files = [...inFolders, ...atTop].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

describe('the files', () => {
  it(`stay within ${maxLines} lines`, () => {
    const source = files.filter(
      ({ path }) => /\.(ts|mjs|js|astro|css|lua)$/.test(path) && !mayBeLong.includes(path),
    )
    const long = source.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    expect(long.filter(({ lines }) => lines > maxLines)).toEqual([])
  })

  it('name no path of the machine they were written on', () => {
    const absolute = /(?<![\w.*}-])\/(work|root|tmp|home|Users)\/[\w.-]/
    const lines = files.flatMap(({ path, text }) =>
      text.split('\n').map((line, i) => ({ at: `${path}:${i + 1}`, line })),
    )
    expect(lines.filter(({ line }) => absolute.test(line)).map(({ at }) => at)).toEqual([])
  })

  it('open with what they are for', () => {
    const source = files.filter(({ path }) => /^(worker|db|scripts|site|test)\/.*\.(ts|mjs)$/.test(path))
    const silent = source.filter(
      ({ path, text }) => !/^(\/\/|\/\*|#!)/.test(text) && !/\.(test|d)\.ts$/.test(path),
    )
    expect(silent.map(({ path }) => path)).toEqual([])
  })
})

describe('the lock file', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: object
  }

  it.each([
    '@esbuild/',
    '@rolldown/binding-',
    '@cloudflare/workerd-',
    '@astrojs/compiler-binding-',
    '@biomejs/cli-',
    '@oxlint/binding-',
    '@oxlint-tsgolint/',
  ])('has the part of %s for macOS, so that npm ci works there', (name) => {
    expect(packages).toHaveProperty([`node_modules/${name}darwin-arm64`])
  })

  it('keeps one copy of wrangler, miniflare and workerd', () => {
    const copies = Object.keys(packages).filter((path) =>
      /(^|\/)node_modules\/(wrangler|miniflare|workerd)$/.test(path),
    )
    expect(copies).toEqual(['node_modules/miniflare', 'node_modules/workerd', 'node_modules/wrangler'])
  })
})
