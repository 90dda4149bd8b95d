// The pages and pictures as they are built, file by file: what a browser with our content policy would refuse is not in them.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../db/operator.ts'
import { build } from '../../scripts/build.ts'

const client = join(import.meta.dirname, '../../dist/client')
let files: string[]

beforeAll(() => {
  build()
  files = readdirSync(client, { recursive: true, encoding: 'utf8' })
})

const read = (name: string): Buffer => readFileSync(join(client, name))
const pages = () =>
  files.filter((name) => name.endsWith('.html')).map((name) => ({ name, html: read(name).toString() }))

describe('every page made at build', () => {
  it('holds no script, no style and no handler: they are files', () => {
    expect(pages().length).toBeGreaterThan(20)
    for (const { name, html } of pages()) {
      const bodies = [...html.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)].map(([, body]) => body)
      expect([name, bodies.filter(Boolean)]).toEqual([name, []])
      expect([name, /<style\b|\sstyle=|\son[a-z]+=["']|javascript:/i.exec(html)?.[0]]).toEqual([
        name,
        undefined,
      ])
    }
  })

  it('loads nothing from elsewhere', () => {
    for (const { name, html } of pages()) {
      const loaded = [...html.matchAll(/<(?:script|img|source|iframe)\b[^>]*\ssrc="([^"]+)"/g)]
        .concat([...html.matchAll(/<link\b[^>]*\shref="([^"]+)"/g)])
        .map(([, address]) => address as string)
      // A canonical address says where this page stands; nothing is loaded from it.
      const foreign = loaded.filter(
        (address) => !address.startsWith('/') && !html.includes(`rel="canonical" href="${address}"`),
      )
      expect([name, foreign]).toEqual([name, []])
    }
  })

  it('leads to everything people have a right to, and keeps the word about Global Privacy Control ready', () => {
    const ways = [
      ...['/data-deletion', '/rights', '/verify', '/privacy', '/terms', '/cookies', '/subprocessors'],
      ...['/security', '/security#log', '/contact'],
    ]
    // The shells of the portal have no foot: who is signed in finds all of it under Privacy.
    for (const { name, html } of pages().filter(({ name }) => !name.startsWith('portal/'))) {
      const foot = html.slice(html.indexOf('<footer'))
      expect([name, ways.filter((way) => !foot.includes(`href="${way}"`))]).toEqual([name, []])
      expect([name, /<p class="gpc" data-gpc hidden>/.test(foot)]).toEqual([name, true])
      expect([name, foot.includes(operator.contact) && foot.includes(operator.country)]).toEqual([name, true])
    }
  })

  it('loads each stylesheet once, and there is one of each', () => {
    const sheets = files
      .filter((name) => name.endsWith('.css'))
      .map((name) => name.replace(/^.*\/|\..*$/g, ''))
    expect(sheets.length).toBe(new Set(sheets).size)
    for (const { name, html } of pages()) {
      const linked = [...html.matchAll(/rel="stylesheet" href="([^"]+)"/g)].map(([, href]) => href)
      expect([name, linked.length]).toEqual([name, new Set(linked).size])
      for (const href of linked) expect(files).toContain(href?.slice(1))
    }
  })
})

describe('the API reference', () => {
  it('asks for a key, and names the scope, where one is needed, and nowhere else', () => {
    const operations = read('docs/api/index.html').toString().split('<article class="operation"').slice(1)
    const open = operations.filter((one) => one.includes('Needs no key.'))
    expect(open.length).toBeGreaterThan(10)
    expect(open.filter((one) => one.includes('Authorization: Bearer'))).toEqual([])
    for (const one of operations.filter((other) => !open.includes(other))) {
      const signedIn = one.includes('Needs somebody who is signed in, in a browser.')
      if (!signedIn) expect(one).toMatch(/Needs the (scope <code>[a-z:]+<\/code>|operator key)\./)
      expect(one).toContain(signedIn ? 'Cookie: __Host-session' : 'Authorization: Bearer')
    }
  })

  it('has no anchor with a space in it', () => {
    const html = read('docs/api/index.html').toString()
    const named = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(named.length).toBeGreaterThan(50)
    expect(named.filter((id) => /\s/.test(id ?? ''))).toEqual([])
  })
})

describe('the pictures', () => {
  it.each([
    ['social.png', 1200, 630],
    ['apple-touch-icon.png', 180, 180],
    ['icon-192.png', 192, 192],
    ['icon-512.png', 512, 512],
    ['icon-maskable.png', 512, 512],
  ])('%s is drawn, %i by %i', async (name, width, height) => {
    const image = sharp(read(name))
    expect(await image.metadata()).toMatchObject({ format: 'png', width, height })
    // A picture of one colour would mean that nothing was drawn.
    expect((await image.stats()).entropy).toBeGreaterThan(0.1)
  })

  it('are the ones that the manifest and the pages name', async () => {
    const { icons } = JSON.parse(read('site.webmanifest').toString()) as {
      icons: { src: string; sizes: string }[]
    }
    for (const { src, sizes } of icons) {
      const { width } = await sharp(read(src.slice(1))).metadata()
      if (sizes !== 'any') expect(`${width}x${width}`).toBe(sizes)
    }
    const home = read('index.html').toString()
    for (const name of ['icon.svg', 'site.webmanifest']) expect(home).toContain(`href="/${name}"`)
    // Looked for at the root by convention.
    for (const name of ['favicon.ico', 'apple-touch-icon.png']) expect(files).toContain(name)
  })

  it('have a favicon that holds one PNG of 32', async () => {
    const ico = read('favicon.ico')
    expect([ico.readUInt16LE(0), ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([0, 1, 1])
    expect(ico.readUInt32LE(14)).toBe(ico.length - 22)
    expect(await sharp(ico.subarray(22)).metadata()).toMatchObject({ format: 'png', width: 32 })
  })

  it('need no letter of a font of this machine', () => {
    expect(readFileSync(join(import.meta.dirname, '../../scripts/images.ts'), 'utf8')).not.toMatch(
      /<text|font-family/,
    )
  })
})
