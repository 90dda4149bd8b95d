// How a page is looked at: in four ways, each in a context of its own that is used again, by a watch that notes whatever a
// visitor should never cause. Called by browser.test.ts.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test'
import { cookies } from '../../db/cookies.ts'
import type { PublicPage } from './pages.ts'

export type Mode = 'light' | 'dark' | 'narrow' | 'no script'

const desk = { width: 1280, height: 800 }
const options: Record<Mode, BrowserContextOptions> = {
  light: { viewport: desk, colorScheme: 'light' },
  dark: { viewport: desk, colorScheme: 'dark' },
  narrow: { viewport: { width: 320, height: 640 }, colorScheme: 'light' },
  'no script': { viewport: desk, colorScheme: 'light', javaScriptEnabled: false },
}
export const modes = Object.keys(options) as Mode[]

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

type Noted = { violations: string[]; shift: number }
declare global {
  interface Window {
    noted: Noted
  }
}

/** Runs in the page, before anything of the page does. */
function note(): void {
  const noted: Noted = { violations: [], shift: 0 }
  window.noted = noted
  document.addEventListener('securitypolicyviolation', (event) => {
    noted.violations.push(`${event.violatedDirective} forbids ${event.blockedURI}`)
  })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number
      hadRecentInput: boolean
    })[])
      if (!entry.hadRecentInput) noted.shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
}

/** `still`: a page for looking at what a browser without script shows, by an examiner that is a script itself. */
export type Eyes = { mode: Mode; context: BrowserContext; page: Page; still: Page; troubles: string[] }

/** `origin`: the only one that anything may be asked of. */
export async function openEyes(browser: Browser, mode: Mode, origin: string): Promise<Eyes> {
  const context = await browser.newContext(options[mode])
  context.setDefaultTimeout(15_000)
  await context.addInitScript(note)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (message) => troubles.push(`console ${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin !== origin && url.protocol !== 'data:') troubles.push(`a request to ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.request().isNavigationRequest())
      troubles.push(`${response.status()} for ${response.url()}`)
  })
  const still = mode === 'no script' ? await openStill(browser) : page
  return { mode, context, page, still, troubles }
}

/** Shows every document as a browser without script does: no script, and what stands in for it. */
async function openStill(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: desk, colorScheme: 'light' })
  await page.route('**/*', async (route) => {
    if (route.request().resourceType() !== 'document') return route.continue()
    const response = await route.fetch()
    const html = await response.text()
    const body = html.replace(/<script\b[^>]*>[\s\S]*?<\/script>|<\/?noscript>/gi, '')
    return route.fulfill({ response, body })
  })
  return page
}

/** What is wrong with this page, seen in this way; in words. */
export async function lookAt(
  eyes: Eyes,
  url: string,
  { name, status = 200, large = false }: PublicPage,
): Promise<string[]> {
  const { mode, page, troubles } = eyes
  troubles.length = 0
  const response = await page.goto(url, { waitUntil: 'load' })
  const found: string[] = response?.status() === status ? [] : [`it answers ${response?.status()}`]
  if (mode !== 'no script')
    await page.evaluate(async () => {
      // A shift is told of a frame after it was painted.
      for (let frame = 0; frame < 5; frame++) await new Promise((done) => requestAnimationFrame(done))
    })
  await keepPicture(page, mode, name)
  found.push(...(await looks(page, mode)), ...(large && mode !== 'light' ? [] : await accessible(eyes, url)))
  found.push(...(await kept(eyes, url)))
  // One that loads itself again would come between us and the next.
  await page.goto('about:blank')
  // Chromium itself says on the console that the page that was asked for is not there.
  const own = troubles.filter((trouble) => status === 200 || !trouble.includes(`status of ${status}`))
  return [...found, ...own].map((trouble) => `${mode}: ${trouble}`)
}

async function keepPicture(page: Page, mode: Mode, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  const file = name.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '') || 'home'
  await page.screenshot({ path: join(folder, `${file}.${mode.replace(' ', '-')}.png`), fullPage: true })
}

/** One heading, words to read, no sideways scrolling, and nothing that moves while it loads. */
async function looks(page: Page, mode: Mode): Promise<string[]> {
  const seen = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    const wide = [...document.querySelectorAll('body *')].filter((one) => {
      const { right, width } = one.getBoundingClientRect()
      return width > 0 && right > clientWidth + 1 && getComputedStyle(one).position !== 'absolute'
    })
    return {
      headings: [...document.querySelectorAll('h1')].map(({ textContent }) => textContent),
      words: document.querySelector('main')?.innerText.trim().length ?? 0,
      over: scrollWidth - clientWidth,
      wide: wide.slice(0, 3).map(({ tagName, className }) => `${tagName}.${className}`),
      noted: window.noted as Noted | undefined,
    }
  })
  const found: string[] = []
  if (seen.headings.length !== 1) found.push(`it has ${seen.headings.length} first headings`)
  if (seen.words < 40) found.push('there is nothing to read')
  if (seen.over > 0) found.push(`it scrolls sideways by ${seen.over} px (${seen.wide.join(', ')})`)
  if (mode === 'no script') return found
  if (!seen.noted) return [...found, 'the watch did not run']
  if (seen.noted.shift >= 0.02) found.push(`its layout shifts by ${seen.noted.shift.toFixed(3)}`)
  return [...found, ...seen.noted.violations.map((violation) => `the content policy: ${violation}`)]
}

async function accessible({ mode, page, still }: Eyes, url: string): Promise<string[]> {
  if (mode === 'no script') {
    // A page without a script was examined in the light.
    if ((await page.locator('script').count()) === 0) return []
    await still.goto(url)
  }
  const axe = new AxeBuilder({ page: still }).setLegacyMode()
  // The structure is the same in the dark; only colours differ.
  const asked =
    mode === 'dark' ? axe.withRules(['color-contrast', 'link-in-text-block']) : axe.withTags(rules)
  const { violations } = await asked.analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ target, failureSummary }) => `axe ${id} at ${target}: ${failureSummary}`),
  )
}

const storage = async () => ({
  'local storage': Object.keys(localStorage),
  'session storage': Object.keys(sessionStorage),
  database: (await indexedDB.databases()).map(({ name }) => String(name)),
})

/** What the browser keeps of the visit that `db/cookies.ts` does not list. */
async function kept({ mode, context, page }: Eyes, url: string): Promise<string[]> {
  const stored = mode === 'no script' ? {} : await page.evaluate(storage)
  const found = Object.entries({ ...stored, cookie: (await context.cookies(url)).map(({ name }) => name) })
  return found.flatMap(([kind, names]) =>
    names
      .filter((name) => !cookies.some((listed) => listed.kind === kind && listed.name === name))
      .map((name) => `it keeps the ${kind} ${name}, which db/cookies.ts does not list`),
  )
}
