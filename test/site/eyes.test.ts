// What the browser tests look with, shown pages on which everything is wrong: whatever they would not see here, they would
// not see on ours either.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inBrowser, launch, noBrowser } from '../support/browser.ts'
import { idsIn, linksIn } from './crawl.ts'
import { tabTo } from './keyboard.ts'
import { lookAt, openEyes } from './modes.ts'

const bad = `<!doctype html><html lang="en"><head><title>Bad</title>
<script src="/bad.js"></script><style>#late{height:300px}</style></head>
<body><main><p style="color:#ccc;width:900px">Words that are too pale, and a line that is far too long to fit.</p>
<img src="http://127.0.0.1:9/pixel.gif"><a href="#x" style="font-size:8px">x</a><a href="#y" style="font-size:8px">y</a>
<p id="rest">More words, so that something can be pushed away by what comes late.</p></main></body></html>`

const script = `console.log('here')
document.cookie = 'seen=1'
localStorage.setItem('visits', '1')
// Once it has been painted: what comes before that pushes nothing that anybody has seen.
addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(() => {
  const late = document.createElement('div')
  late.id = 'late'
  document.querySelector('main').before(late)
})))`

const blank = `<!doctype html><html lang="en"><head><title>Blank</title><style>a{outline:none}</style></head><body><a href="/">Unseen</a></body></html>`

describe.skipIf(noBrowser)(inBrowser('the eyes of the browser tests'), () => {
  let server: Server
  let browser: Browser
  let origin: string
  beforeAll(async () => {
    server = createServer((request, answer) => {
      const isScript = request.url === '/bad.js'
      answer.writeHead(200, {
        'content-type': isScript ? 'text/javascript' : 'text/html',
        'content-security-policy': "script-src 'self'; img-src 'none'",
      })
      answer.end(isScript ? script : request.url === '/blank' ? blank : bad)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  it('see what is pale, wide, small, late, kept, logged, forbidden or not there', async () => {
    const found = (
      await lookAt(await openEyes(browser, 'narrow', origin), `${origin}/bad`, { name: 'bad', path: '/bad' })
    ).join('\n')
    for (const part of [
      'axe color-contrast',
      'axe image-alt',
      'axe target-size',
      'scrolls sideways',
      'its layout shifts by',
      'it has 0 first headings',
      'it keeps the cookie seen',
      'it keeps the local storage visits',
      'console log: here',
      'the content policy: img-src forbids',
    ])
      expect(found).toContain(part)
  })

  it('see a request to somewhere else', async () => {
    const eyes = await openEyes(browser, 'light', 'http://127.0.0.1:1')
    const found = await lookAt(eyes, `${origin}/bad`, { name: 'bad', path: '/bad' })
    expect(found.join('\n')).toContain(`a request to ${origin}/bad.js`)
  })

  it('see the same without script, where there is some', async () => {
    const found = (
      await lookAt(await openEyes(browser, 'no script', origin), `${origin}/bad`, {
        name: 'bad',
        path: '/bad',
      })
    ).join('\n')
    expect(found).toContain('axe color-contrast')
    expect(found).not.toContain('console log')
  })

  it('see a page that says nothing, and an answer that was not expected', async () => {
    const found = await lookAt(await openEyes(browser, 'light', origin), `${origin}/blank`, {
      name: 'blank',
      path: '/blank',
      status: 404,
    })
    expect(found.join('\n')).toContain('it answers 200')
    expect(found.join('\n')).toContain('nothing to read')
  })

  it('see a focus that cannot be seen, and what no Tab reaches', async () => {
    const page = await browser.newPage()
    await page.goto(`${origin}/blank`)
    await expect(tabTo(page, 'Unseen')).rejects.toThrow('cannot be seen')
    await expect(tabTo(page, 'Nowhere')).rejects.toThrow('no Tab leads to Nowhere')
  })
})

describe('the crawl', () => {
  it('reads every link and every place of a page', () => {
    const html = `<a class="x" href='/a?b=1&amp;c=2#d'>a</a><link rel="icon" href="/i.svg"><img alt="" src="p.png"><h2 id="d" class="e">d</h2>`
    expect(linksIn(html, 'https://gateway.test/docs/api').map(({ href }) => href)).toEqual([
      'https://gateway.test/a?b=1&c=2#d',
      'https://gateway.test/i.svg',
      'https://gateway.test/docs/p.png',
    ])
    expect(idsIn(html)).toEqual(['d'])
  })
})
