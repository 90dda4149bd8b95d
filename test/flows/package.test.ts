// A copy of one's data, as somebody gets it who once wrote to us: proven by mail, sealed to a key of the page, opened in it.
// The format itself is tested in test/site/package-open.test.ts.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inBrowser, launch, noBrowser } from '../support/browser.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from './forgetting.ts'

const person = { email: 'berta@example.org', text: 'Do you serve Porto?' }
const neighbour = { email: 'carlos@example.org', text: 'Do you serve Lisbon?' }

describe.skipIf(noBrowser)(inBrowser('a copy of one’s data'), () => {
  const dir = mkdtempSync(join(tmpdir(), 'softivum-package-'))
  let stack: Stack
  let browser: Browser
  let page: Page
  const troubles: string[] = []

  beforeAll(async () => {
    stack = await startStack({ dir: join(dir, 'state') })
    browser = await launch()
    page = await browser.newPage()
    page.setDefaultTimeout(30_000)
    page.on('console', (message) => troubles.push(message.text()))
    page.on('pageerror', (error) => troubles.push(error.message))
    for (const letter of [person, neighbour]) await write(letter)
    await page.goto(await statusPage())
  })

  afterAll(async () => {
    await browser?.close()
    await stack?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  async function write({ email, text }: typeof person): Promise<void> {
    const answer = await fetch(`${stack.url}/api/v1/public/letters`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, topic: 'question', text, website: '' }),
    })
    expect(answer.status).toBe(202)
  }

  async function mailedDigits(): Promise<string | undefined> {
    const answer = await fetch(`${stack.metaUrl}/_sim/mailbox?to=${encodeURIComponent(person.email)}`)
    const { data } = (await answer.json()) as { data: { text: string }[] }
    return data.map(({ text }) => /^\d{6}$/m.exec(text)?.[0]).find((digits) => digits !== undefined)
  }

  /** Asked for with a code from the mail, as the pages lead. */
  async function statusPage(): Promise<string> {
    await page.goto(`${stack.url}/data-deletion/mail?type=export`)
    await page.getByLabel('Your e-mail address').fill(person.email)
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await until(async () => (await mailedDigits()) !== undefined, 'a code is mailed')
    await page.getByLabel('Six digits').fill((await mailedDigits()) as string)
    await page.getByRole('button', { name: 'Go on' }).click()
    const follow = page.getByRole('link', { name: 'Follow it' })
    return new URL((await follow.getAttribute('href')) ?? '', stack.url).href
  }

  /** What anybody gets who has the address of the page. */
  async function stored(): Promise<Buffer> {
    const code = new URL(page.url()).pathname.split('/').at(-1)
    const answer = await fetch(`${stack.url}/api/v1/public/requests/${code}/package`)
    return Buffer.from(await answer.arrayBuffer())
  }

  it('is sealed on its way and opened by the page alone, with one’s own letter and not the neighbour’s', async () => {
    expect(page.url()).toMatch(/\/rights\/[0-9a-z]{26}$/)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Prepare it', exact: true }).click()
    const file = await download
    expect(file.suggestedFilename()).toMatch(/^your-data-\d{4}-\d{2}-\d{2}\.zip$/)
    await page.getByText('Your copy is open.').waitFor()
    expect(await page.getByRole('link', { name: /^Save your copy/ }).isVisible()).toBe(true)

    const zip = unzipSync(readFileSync(await file.path()))
    const data = strFromU8(zip['data.json'] as Uint8Array)
    expect(JSON.parse(data)).toMatchObject({ complete: true })
    for (const text of [data, strFromU8(zip['index.html'] as Uint8Array)]) {
      expect(text).toContain(person.text)
      expect(text).not.toContain(neighbour.text)
      expect(text).not.toContain(neighbour.email)
    }
    const sealed = await stored()
    expect(sealed.subarray(0, 8).toString()).toBe('svpkg01\n')
    expect(sealed.includes('data.json')).toBe(false)
    expect(troubles).toEqual([])
  }, 120_000)

  it('says after a reload that the lock is gone with the page, and offers no file that nothing opens', async () => {
    await page.reload()
    await page
      .getByText('It was locked to a page that is closed now, and nothing can open it any more.')
      .waitFor()
    expect(await page.getByRole('link', { name: 'Download it' }).count()).toBe(0)
    await page.getByRole('heading', { level: 1, name: 'Your copy can be prepared again' }).waitFor()
    expect(await page.getByText(/Your copy is ready|Download it/).count()).toBe(0)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Prepare it again' }).click()
    const zip = unzipSync(readFileSync(await (await download).path()))
    expect(strFromU8(zip['data.json'] as Uint8Array)).toContain(person.text)
    expect(troubles).toEqual([])
  }, 120_000)

  it('is a plain file where somebody wants none of that, and the page says so', async () => {
    await page.getByRole('button', { name: 'Prepare it without the lock' }).click()
    await page.getByRole('link', { name: 'Download it' }).waitFor()
    const zip = unzipSync(await stored())
    expect(strFromU8(zip['data.json'] as Uint8Array)).toContain(person.text)
    await page.getByText('open index.html in it to read, or data.json with a program').waitFor()
  }, 120_000)
})
