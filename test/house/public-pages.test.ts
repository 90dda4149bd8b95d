// The sitemap names the pages that are there, and leaves out none that is meant to be found.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { documents } from '../../db/documents.ts'
import { problems } from '../../worker/ground/problems.ts'
import { publicPages } from '../../worker/public-files.ts'

const pages = join(import.meta.dirname, '../../site/pages')
const files = readdirSync(pages, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.astro'),
)
const addressOf = (file: string) => `/${file.replace(/(^|\/)index\.astro$|\.astro$/, '')}`

/** Asks search engines to stay away by itself, is a shell of the portal, or shows what the reader has asked for. */
const isOnesOwn = (file: string) =>
  /<Page\b[^>]*\shidden\b|<Portal\b|forThisVisit\(|prerender = false[\s\S]*<Comparison\b/.test(
    readFileSync(join(pages, file), 'utf8'),
  )

describe('the list of public pages', () => {
  it('names every page that stands at one address and is not one reader’s own', () => {
    const meant = files.filter((file) => !file.includes('[') && !isOnesOwn(file)).map(addressOf)
    expect(meant.length).toBeGreaterThan(10)
    expect(meant.filter((address) => !publicPages.includes(address))).toEqual([])
  })

  it.each(publicPages)('%s is a page', (address) => {
    const [, folder = '', name = ''] = address.split('/')
    const made =
      (folder === 'errors' && name in problems) ||
      documents.some(({ document, version }) => document === folder && version === name)
    const own =
      address === '/' ? ['index.astro'] : [`${address.slice(1)}.astro`, `${address.slice(1)}/index.astro`]
    const possible = made ? [`${folder}/[code].astro`, `${folder}/[version].astro`] : own
    expect(possible.filter((file) => existsSync(join(pages, file)))).toHaveLength(1)
  })
})
