// Draws the icons, the picture for link previews and the web manifest into the built site. Nothing of it depends on the fonts
// of the machine: every letter is a stroke. Called by build.ts; `node scripts/images.ts FOLDER` draws elsewhere.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { lettering, mark } from '../site/images/lettering.ts'

const paper = '#f8f7f3'
const ink = '#17211d'
const accent = '#0a6650'

const markStrokes = (stroke: string, ends: string): string =>
  `<path d="${mark.path}" fill="none" stroke="${stroke}" stroke-width="2.8" stroke-linecap="round"/>` +
  mark.ends.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="2.4" fill="${ends}"/>`).join('')

/** `round`: corners of the tile in 32nds. A mask may cut a tile down to its inner 80 %, so the mark is drawn smaller. */
function icon(round: number, scale: number): string {
  const move = 16 - 16 * scale
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="${round}" fill="${accent}"/>` +
    `<g transform="translate(${move} ${move}) scale(${scale})">${markStrokes('#ffffff', '#bfe8da')}</g></svg>`
  )
}

const strokes = (text: string, x: number, y: number, scale: number, weight: number, colour: string): string =>
  `<path transform="translate(${x} ${y}) scale(${scale})" d="${lettering(text).path}" fill="none" stroke="${colour}" stroke-width="${weight}" stroke-linecap="round" stroke-linejoin="round"/>`

function social(): string {
  const name = 5.2
  const second = 96 + (lettering('Softivum').width + 8.5) * name
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 630">' +
    `<rect width="1200" height="630" fill="${paper}"/><rect y="618" width="1200" height="12" fill="${accent}"/>` +
    `<g transform="translate(52 68) scale(5.2)">${markStrokes(accent, ink)}</g>` +
    strokes('Softivum', 96, 346, name, 1.9, ink) +
    strokes('Connect', second, 346, name, 1.9, accent) +
    strokes('The policy is compiled,', 97, 462, 3, 1.7, '#4c5a53') +
    strokes('the deletion is proven.', 97, 538, 3, 1.7, '#4c5a53') +
    '</svg>'
  )
}

const png = (svg: string, width: number): Promise<Buffer> =>
  sharp(Buffer.from(svg), { density: 300 })
    .resize(width)
    .png({ compressionLevel: 9, palette: true })
    .toBuffer()

/** One PNG in an ICO, as browsers have read it since 2007. */
function ico(image: Buffer, size: number): Buffer {
  const head = Buffer.alloc(22)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(1, 4)
  head.set([size, size], 6)
  head.writeUInt16LE(1, 10)
  head.writeUInt16LE(32, 12)
  head.writeUInt32LE(image.length, 14)
  head.writeUInt32LE(22, 18)
  return Buffer.concat([head, image])
}

const manifest = {
  name: 'Softivum Connect',
  short_name: 'Softivum',
  start_url: '/',
  display: 'browser',
  background_color: paper,
  theme_color: paper,
  icons: [
    { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
    { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
    { src: '/icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
}

export async function drawImages(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const tile = icon(7, 1)
  const files: Record<string, string | Buffer> = {
    'icon.svg': tile,
    'favicon.ico': ico(await png(tile, 32), 32),
    'apple-touch-icon.png': await png(icon(0, 0.9), 180),
    'icon-192.png': await png(tile, 192),
    'icon-512.png': await png(tile, 512),
    'icon-maskable.png': await png(icon(0, 0.78), 512),
    'social.png': await png(social(), 1200),
    'site.webmanifest': `${JSON.stringify(manifest)}\n`,
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
}

if (import.meta.main) await drawImages(process.argv[2] ?? join(import.meta.dirname, '../dist/client'))
