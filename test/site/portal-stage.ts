// The portal as its members meet it: a whole gateway (test/support/stack.ts), browsers that sign in with the code of their
// mail, and an examiner that looks at a screen in light and dark, on a phone, and mirrored. Called by every test of a screen.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test'
import { expect } from 'vitest'
import type { DemoWorkspace } from '../../scripts/seed.ts'
import { launch } from '../support/browser.ts'
import { type Stack, startStack } from '../support/stack.ts'

export type Stage = Awaited<ReturnType<typeof openStage>>
/** Somebody at a browser. `troubles`: what no page may cause: errors, forbidden content, requests elsewhere. */
export type Seat = { page: Page; context: BrowserContext; troubles: string[] }

const desk = { width: 1280, height: 800 }
const phone = { width: 320, height: 640 }
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

export async function openStage() {
  const dir = mkdtempSync(join(tmpdir(), 'softivum-portal-'))
  const stack = await startStack({ dir, host: 'localhost' })
  const url = stack.url.replace('127.0.0.1', 'localhost')
  const browser = await launch()
  const [sol, monsoon] = stack.workspaces as [DemoWorkspace, DemoWorkspace]
  return {
    stack,
    url,
    browser,
    sol,
    monsoon,
    /** A browser in which nobody is signed in. */
    sit: (options: BrowserContextOptions = {}) => sit(browser, url, options),
    /** A browser in which this address is signed in. */
    enter: async (email: string, options: BrowserContextOptions = {}): Promise<Seat> => {
      const seat = await sit(browser, url, options)
      await signIn(stack, url, seat.context, email)
      return seat
    },
    /** The code of the newest mail beyond the first `known` codes to this address. */
    mailedCode: (email: string, known = 0) => mailedCode(stack, email, known),
    codesTo: async (email: string) => (await mailsTo(stack, email)).filter(codeIn).length,
    mailsTo: (email: string) => mailsTo(stack, email),
    close: async () => {
      await browser.close()
      await stack.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Runs in the page before anything of it does. */
function note(): void {
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(`policy: ${event.violatedDirective} forbids ${event.blockedURI}`)
  })
}

/** A network for each browser: doors without an account count by it. */
let network = 1

async function sit(browser: Browser, origin: string, options: BrowserContextOptions): Promise<Seat> {
  const extraHTTPHeaders = { 'cf-connecting-ip': `192.0.2.${(network++ % 250) + 1}` }
  const context = await browser.newContext({ viewport: desk, baseURL: origin, extraHTTPHeaders, ...options })
  context.setDefaultTimeout(15_000)
  await context.addInitScript(note)
  const troubles: string[] = []
  context.on('page', (page) => watch(page, origin, troubles))
  return { page: await context.newPage(), context, troubles }
}

/** Chromium says of every answer that is a refusal that it is an error: those are told apart by the answer itself. */
const ofTheNetwork = /^Failed to load resource|WebSocket connection to|net::ERR_/

/** Chromium's word for a page that went on before the picture of the last one had faded. */
const ofTransitions = /^Transition was (aborted|skipped)/

function watch(page: Page, origin: string, troubles: string[]): void {
  page.on('pageerror', ({ message }) => {
    if (!ofTransitions.test(message)) troubles.push(`error: ${message}`)
  })
  page.on('console', (message) => {
    const loud = message.type() === 'error' || message.type() === 'warning'
    if (loud && !ofTheNetwork.test(message.text())) troubles.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin !== origin && !['data:', 'blob:'].includes(url.protocol))
      troubles.push(`a request to ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 500) troubles.push(`${response.status()} for ${response.url()}`)
  })
}

export type Mail = { to: string; subject: string; text: string }

async function mailsTo(stack: Stack, email: string): Promise<Mail[]> {
  const answer = await fetch(`${stack.metaUrl}/_sim/mailbox?to=${encodeURIComponent(email)}`)
  return ((await answer.json()) as { data: Mail[] }).data
}

const codeIn = ({ text }: Mail): string | undefined => /^\d{6}$/m.exec(text)?.[0]

/** The six digits of the newest mail, once there are more than `known` with a code. */
async function mailedCode(stack: Stack, email: string, known: number): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const codes = (await mailsTo(stack, email)).flatMap((mail) => codeIn(mail) ?? [])
    if (codes.length > known) return codes[0] as string
    await stack.gateway.runCron()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`no code came to ${email}`)
}

/** As the sign-in page does it; the cookie is in this browser afterwards. */
async function signIn(stack: Stack, url: string, context: BrowserContext, email: string): Promise<void> {
  const known = (await mailsTo(stack, email)).filter(codeIn).length
  const post = async (path: string, data: unknown) => {
    const answer = await context.request.post(`${url}/api/v1/public/${path}`, {
      data,
      headers: { origin: url },
    })
    if (!answer.ok()) throw new Error(`${path} answered ${answer.status()}: ${await answer.text()}`)
  }
  await post('sign-in/codes', { email })
  await post('sign-in', { email, code: await mailedCode(stack, email, known) })
}

type View = { name: string; size: typeof desk; dark?: boolean; mirrored?: boolean; axe?: boolean }
const views: View[] = [
  { name: 'light', size: desk, axe: true },
  { name: 'dark', size: desk, dark: true, axe: true },
  { name: 'phone', size: phone, axe: true },
  { name: 'mirrored', size: desk, mirrored: true },
  { name: 'mirrored-phone', size: phone, mirrored: true },
]

/** What is wrong with the screen that is open now, in every view; with SCREENSHOTS=folder each is kept there. */
export async function examine({ page, troubles }: Seat, name: string): Promise<string[]> {
  const found: string[] = []
  for (const view of views) {
    await page.setViewportSize(view.size)
    await page.emulateMedia({ colorScheme: view.dark ? 'dark' : 'light', reducedMotion: 'reduce' })
    await page.evaluate(
      (dir) => document.documentElement.setAttribute('dir', dir),
      view.mirrored ? 'rtl' : 'ltr',
    )
    await painted(page)
    await keepPicture(page, `${name}.${view.name}`)
    found.push(
      ...[...(await sideways(page)), ...(view.axe ? await accessible(page) : [])].map(
        (one) => `${view.name}: ${one}`,
      ),
    )
  }
  await page.evaluate(() => document.documentElement.removeAttribute('dir'))
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null })
  await page.setViewportSize(desk)
  return [...found, ...troubles.splice(0)]
}

/** Opens it, waits for what it is known by, and examines it. */
export async function examineAt(seat: Seat, path: string, heading: string | RegExp): Promise<void> {
  await seat.page.goto(path)
  await seat.page.getByRole('heading', { level: 1, name: heading }).waitFor()
  await loaded(seat.page)
  expect(await examine(seat, path.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, ''))).toEqual([])
}

/** Nothing is being loaded any more. */
export async function loaded(page: Page): Promise<void> {
  await page.locator('.skeleton').first().waitFor({ state: 'detached' })
}

const painted = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise((done) => requestAnimationFrame(done))
  })

async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

async function sideways(page: Page): Promise<string[]> {
  const over = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    const wide = [...document.querySelectorAll('body *')].filter((one) => {
      const { left, right, width } = one.getBoundingClientRect()
      return (
        width > 1 && (right > clientWidth + 1 || left < -1) && getComputedStyle(one).position !== 'absolute'
      )
    })
    const names = wide.slice(0, 3).map(({ tagName, className }) => `${tagName}.${className}`)
    return scrollWidth > clientWidth ? `${scrollWidth - clientWidth} px (${names.join(', ')})` : undefined
  })
  return over ? [`it scrolls sideways by ${over}`] : []
}

async function accessible(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(rules).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ target, failureSummary }) => `axe ${id} at ${target}: ${failureSummary}`),
  )
}
