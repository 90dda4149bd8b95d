// The public site as people meet it: every page in a real browser, in light, in the dark, on a narrow phone and without
// script; and as a crawler meets it. The list of pages stands in pages.ts. With SCREENSHOTS=folder each view is kept there.

import type { Browser } from '@playwright/test'
import { type ConfigData, HtmlValidate } from 'html-validate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../flows/forgetting.ts'
import { inBrowser, launch, noBrowser } from '../support/browser.ts'
import { crawl, crawler, type Fetched, fetchOne, idsIn, linksIn, weigh } from './crawl.ts'
import { tabTo } from './keyboard.ts'
import { type Eyes, lookAt, modes, openEyes } from './modes.ts'
import { documents, kinds, type PublicPage, publicPages } from './pages.ts'
import { openSite, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
  await site.begin()
})
afterAll(() => site?.close())

const pathOf = async ({ path }: PublicPage): Promise<string> => (typeof path === 'string' ? path : path(site))

describe('a form with a code from a mail', () => {
  const post = async (path: string, body: Record<string, string>, network = '192.0.2.77') => {
    const headers = { origin: site.url, 'cf-connecting-ip': network }
    const answer = await fetch(site.url + path, { method: 'POST', headers, body: new URLSearchParams(body) })
    return { status: answer.status, wait: answer.headers.get('retry-after'), text: await answer.text() }
  }
  const issued = async (email: string) => {
    const { text } = await post('/subprocessors/subscribe', { email })
    return /name="id" value="([^"]+)"/.exec(text)?.[1] as string
  }

  it('that was changed on its way is answered in words, wherever it is sent', async () => {
    const form = { id: 'cha_1', code: '123456', email: 'ana@example.org', type: 'delete', until: 'garbage' }
    for (const path of ['/data-deletion/mail', '/subprocessors/subscribe']) {
      const { status, text } = await post(path, form)
      expect([path, status]).toEqual([path, 422])
      expect(text).toContain('This form did not arrive as it was made.')
    }
  })

  it('says of a subscription that it stands, also on the page that asks for deletion', async () => {
    const email = 'hears@example.org'
    const id = await issued(email)
    const code = await site.mailedCode(email)
    const { status, text } = await post('/data-deletion/mail', { id, code, email, type: 'delete' })
    expect(status).toBe(200)
    expect(text).toContain('You will hear of changes')
    expect(text).not.toContain('Nothing is held under this address')
  })

  it('that is sent too often says how long to wait, to people and to programs', async () => {
    let last = await post('/data-deletion/mail', { id: 'cha_1', code: '123456' }, '192.0.2.78')
    for (let n = 0; n < 60 && last.status !== 429; n++)
      last = await post('/data-deletion/mail', { id: 'cha_1', code: '123456' }, '192.0.2.78')
    expect([last.status, last.wait]).toEqual([429, '60'])
    expect(last.text).toContain('Please try again in a minute.')
  })
})

describe.skipIf(noBrowser)(inBrowser('a public page'), () => {
  let browser: Browser
  let eyes: Eyes[]
  beforeAll(async () => {
    browser = await launch()
    eyes = await Promise.all(modes.map((mode) => openEyes(browser, mode, site.url)))
  })
  afterAll(() => browser?.close())

  it.each(publicPages)('is shown to everybody, accessible, still and alone: $name', async (page) => {
    const url = site.url + (await pathOf(page))
    const found = await Promise.all(eyes.map((pair) => lookAt(pair, url, page)))
    expect(found.flat()).toEqual([])
  })

  it.each([
    ['with script', true],
    ['without script', false],
  ])(
    'lets somebody without a mouse ask for deletion by mail and follow it to the receipt, %s',
    async (_, javaScriptEnabled) => {
      const email = `keys-${javaScriptEnabled}@example.com`
      await site.visitor(email)
      const context = await browser.newContext({ javaScriptEnabled })
      const page = await context.newPage()
      page.setDefaultTimeout(15_000)
      const troubles: string[] = []
      page.on('console', (message) => troubles.push(message.text()))
      page.on('pageerror', (error) => troubles.push(error.message))

      await page.goto(`${site.url}/data-deletion/mail`)
      await tabTo(page, /e-mail address/)
      await page.keyboard.type(email)
      await tabTo(page, /What do you want/)
      await page.keyboard.press('Home')
      await tabTo(page, /code/i)
      await Promise.all([page.waitForURL(/mail/), page.keyboard.press('Enter')])
      await page.getByRole('textbox', { name: /digits/i }).waitFor()
      await tabTo(page, /digits/i)
      await page.keyboard.type(await site.mailedCode(email))
      await page.keyboard.press('Enter')
      const follow = page.getByRole('link', { name: /follow/i }).first()
      await follow.waitFor()
      const status = new URL((await follow.getAttribute('href')) ?? '', site.url).href
      await tabTo(page, /follow/i)
      await Promise.all([page.waitForURL(status), page.keyboard.press('Enter')])
      const code = status.split('/').at(-1) as string
      await until(
        async () => {
          await site.stack.gateway.runCron()
          return ['erased', 'completed'].includes(await site.state(code).catch(() => 'unknown'))
        },
        'what was asked for is done',
        60,
      )
      await page.goto(`${site.url}/data-deletion/${code}`)
      await page
        .getByText(/receipt/i)
        .first()
        .waitFor()
      expect(troubles).toEqual([])
      await context.close()
    },
  )

  it('of a deletion that is held up says that it is stopped, not that it goes on', async () => {
    const { page } = eyes.find(({ mode }) => mode === 'no script') as Eyes
    await page.goto(site.url + (await site.heldDeletion()))
    await page.getByRole('heading', { level: 1, name: 'Stopped for a while' }).waitFor()
    await page.getByText('The law demands that it is kept for now.').waitFor()
    expect(await page.locator('main').innerText()).not.toMatch(/being deleted/i)
  })

  it('of the simulator shows the mails as text and as HTML, without script', async () => {
    await site.request()
    const without = eyes.find(({ mode }) => mode === 'no script') as Eyes
    const { page } = without
    await page.goto(`${site.metaUrl}/`)
    await page.getByRole('link', { name: 'Mails', exact: true }).click()
    const newest = page.getByRole('article').filter({ hasText: 'Your code for Softivum Connect' }).first()
    const framed = newest.frameLocator('iframe').locator('body')
    const words = (text: string | null) => (text ?? '').split(/\s+/).filter(Boolean).join(' ')
    await newest.getByText('As text').click()
    expect(words(await newest.locator('pre').innerText())).toContain(words(await framed.innerText()))
  })
})

describe('the site, to a crawler', () => {
  const isPage = (path: string) => !documents.some((pattern) => pattern.test(path))
  const start = publicPages.flatMap(({ path, status }) => (typeof path === 'string' && !status ? [path] : []))
  let all: Map<string, Fetched>
  let pages: Fetched[]
  beforeAll(async () => {
    all = await crawl(site.url, start, isPage)
    pages = [...all.values()].filter(
      ({ type, path, status }) => type === 'text/html' && isPage(path) && status === 200,
    )
  })

  it('has no link that leads nowhere, and no anchor without its place', () => {
    const broken = pages.flatMap(({ path, text }) =>
      linksIn(text, `${site.url}${path}`)
        .filter(({ origin }) => origin === site.url)
        .flatMap(({ pathname, search, hash }) => {
          const target = all.get(pathname + search)
          if (target?.status !== 200) return [`${path} → ${pathname}${search} answers ${target?.status}`]
          const id = decodeURIComponent(hash.slice(1))
          return id && !idsIn(target.text).includes(id) ? [`${path} → ${pathname}${hash} is not there`] : []
        }),
    )
    expect([...new Set(broken)]).toEqual([])
  })

  it('leads to no page that is not on the list of the browser tests', () => {
    const listed = new Set(publicPages.map(({ path }) => path))
    const missed = pages.filter(
      ({ path }) => !listed.has(path.split('?')[0] as string) && !kinds.some((kind) => kind.test(path)),
    )
    expect(missed.map(({ path }) => path)).toEqual([])
  })

  it('leads outside only to the web, to mail and to WhatsApp', () => {
    const outside = pages.flatMap(({ path, text }) =>
      linksIn(text, `${site.url}${path}`).filter(({ origin }) => origin !== site.url),
    )
    expect(
      outside
        .filter(({ protocol }) => !['https:', 'mailto:', 'data:'].includes(protocol))
        .map(({ href }) => href),
    ).toEqual([])
  })

  /** Those that the crawl found, and those that only somebody with their address finds. */
  const everyPage = async (): Promise<Fetched[]> => {
    const asked = publicPages.map(async (page) => fetchOne(site.url, await pathOf(page)))
    return [...pages, ...(await Promise.all(asked))]
  }

  it('runs no two words together where an element begins or ends inside a sentence', async () => {
    const inline = '(?:a|b|code|em|q|strong|time)'
    const glued = new RegExp(`[\\p{L}\\d.,;:]<${inline}[ >]|</${inline}>[\\p{L}\\d]`, 'gu')
    const found = (await everyPage()).flatMap(({ path, text }) =>
      [...text.matchAll(glued)].map(({ index }) => `${path}: ${text.slice(index - 30, index + 30)}`),
    )
    expect([...new Set(found)]).toEqual([])
  })

  it('compares no version of a document with itself', async () => {
    for (const document of ['privacy', 'terms', 'subprocessors'])
      for (const path of [`/${document}/compare`, `/${document}/compare/1-1`]) {
        const { status, text } = await fetchOne(site.url, path)
        expect([path, status, /From version (\S+) to version \1</.exec(text)?.[0]]).toEqual([
          path,
          200,
          undefined,
        ])
      }
  })

  it('is valid HTML', async () => {
    const validator = new HtmlValidate(htmlRules)
    const found = await Promise.all(
      (await everyPage()).map(async ({ path, text }) => {
        const { results } = await validator.validateString(text, path)
        return results.flatMap(({ messages }) =>
          messages.map(
            ({ ruleId, message, line, column }) => `${path}:${line}:${column} ${ruleId}: ${message}`,
          ),
        )
      }),
    )
    expect([...new Set(found.flat())]).toEqual([])
  })

  it('says with every answer how browsers are to treat it, and sets no cookie', async () => {
    const more = [
      '/no/such/page',
      '/api/v1/keys',
      '/api/v1/public/deletions/x',
      '/webhooks/meta',
      '/healthz',
      `/data-deletion/${'z'.repeat(26)}`,
    ]
    const answers = [...all.values(), ...(await Promise.all(more.map((path) => fetchOne(site.url, path))))]
    const found = answers.flatMap(({ path, headers, type }) => {
      const wanted: Record<string, RegExp> = {
        'strict-transport-security': /max-age=\d{8}/,
        'x-content-type-options': /^nosniff$/,
        'referrer-policy': /^(same-origin|no-referrer|strict-origin)$/,
        ...(type === 'text/html' ? htmlHeaders : {}),
      }
      const wrong = Object.entries(wanted).filter(([name, value]) => !value.test(headers.get(name) ?? ''))
      const cookie = headers.has('set-cookie') ? [`${path} sets a cookie`] : []
      return [...wrong.map(([name]) => `${path} has ${name}: ${headers.get(name)}`), ...cookie]
    })
    expect(found).toEqual([])
  })
})

const htmlHeaders: Record<string, RegExp> = {
  'content-security-policy': /^default-src 'none';(?!.*(unsafe|\*|https?:)).*frame-ancestors 'none'/,
  'cross-origin-opener-policy': /^same-origin$/,
  'permissions-policy': /camera=\(\).*geolocation=\(\).*microphone=\(\)|browsing-topics/,
}

/** The standard rules; what is switched off, and why. */
const htmlRules: ConfigData = {
  extends: ['html-validate:standard'],
  rules: {},
}

describe.each(publicPages.filter(({ legal }) => legal))('the legal page $name', (page) => {
  let fetched: Fetched
  beforeAll(async () => {
    fetched = await fetchOne(site.url, await pathOf(page), { headers: { 'user-agent': crawler } })
  })

  it('answers Meta’s crawler as it answers anybody, and a HEAD without the body', async () => {
    const person = await fetchOne(site.url, fetched.path)
    const head = await fetchOne(site.url, fetched.path, { method: 'HEAD' })
    expect([fetched.status, person.status, head.status]).toEqual([200, 200, 200])
    expect(fetched.text).toBe(person.text)
    expect(head.bytes).toBe(0)
    const named = (one: Fetched) =>
      [...one.headers.keys()]
        .filter(
          (name) =>
            !['date', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'cf-ray'].includes(
              name,
            ),
        )
        .sort()
    expect(named(head)).toEqual(named(person))
    expect(fetched.headers.get('x-robots-tag') ?? '').not.toMatch(/noindex/)
  })

  it('has no script', () => {
    expect(fetched.status).toBe(200)
    expect(fetched.text).not.toMatch(/<script|<iframe|\son[a-z]+=/i)
  })

  it('weighs less than 50 KB with all that it loads', async () => {
    expect(fetched.status).toBe(200)
    const { total, parts } = await weigh(site.url, fetched)
    expect(total, parts.join('\n')).toBeLessThan(50_000)
  })
})
