// The page /verify in a real browser, with the network cut once it has loaded: what was signed is proven and told in words,
// what was altered by one character is not.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place, sim, until } from '../conformance/sdk/place.ts'
import { testBindings } from '../support/bindings.ts'
import { inBrowser, launch, noBrowser } from '../support/browser.ts'
import { makeReceipt, receiptJwks } from '../support/receipt.ts'

const [id = '', seed = ''] = testBindings.RECEIPT_KEYS.split(':')
/** The key that the gateway of this test signs with. */
const own = { id, seed: Uint8Array.from(Buffer.from(seed, 'base64')) }

describe.skipIf(noBrowser)(inBrowser('the page that verifies'), () => {
  let place: Place
  let browser: Browser
  let receipts: string

  beforeAll(async () => {
    place = await openPlace()
    browser = await launch()
    receipts = JSON.stringify({ receipts: [await makeReceipt({}, own)] })
  })

  afterAll(async () => {
    await browser?.close()
    await place?.close()
  })

  async function opened(path = '/verify', cut = true): Promise<{ page: Page; troubles: string[] }> {
    const context = await browser.newContext()
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    const troubles: string[] = []
    page.on('console', (message) => troubles.push(message.text()))
    page.on('pageerror', (error) => troubles.push(error.message))
    await page.goto(place.url + path)
    await page.getByText('Our public keys are loaded').waitFor()
    page.on('request', (request) => troubles.push(`request to ${request.url()}`))
    if (cut) await context.setOffline(true)
    return { page, troubles }
  }

  async function checked(page: Page, text: string): Promise<string> {
    await page.getByLabel('Or its content').fill(text)
    await page.getByRole('button', { name: 'Check' }).click()
    const result = page.locator('#result:focus')
    await result.waitFor()
    return result.innerText()
  }

  it('proves a receipt with the network cut, and tells it in words', async () => {
    const { page, troubles } = await opened()
    const told = await checked(page, receipts)
    expect(told).toContain('This receipt is genuine')
    expect(told).toContain('Everything that one business keeps about one person it talks with')
    expect(told).toMatch(/messages\s+3\s+0\s+key destroyed and deleted/)
    expect(told).toContain('keep evidence')
    expect(told).toContain('Gone from every backup by\n3 June 2026')
    expect(told).toContain('number 6 of 11')
    expect(troubles).toEqual([])
  })

  it('tells it on a phone with every row under its name, and nothing beyond the edge', async () => {
    const { page } = await opened()
    await page.setViewportSize({ width: 320, height: 640 })
    await checked(page, receipts)
    const beyond = await page
      .locator('#result *')
      .evaluateAll((all) =>
        all.filter((one) => one.getBoundingClientRect().right > 320).map(({ tagName }) => tagName),
      )
    expect(beyond).toEqual([])
    const label = await page
      .locator('#result td')
      .first()
      .evaluate((cell) => getComputedStyle(cell, '::before').content)
    expect(label).toBe('"Before"')
  })

  it('says that it is not proven when one character is altered, and takes back what it said before', async () => {
    const { page, troubles } = await opened()
    await checked(page, receipts)
    const at = receipts.indexOf('"jws":"') + 400
    const altered = receipts.slice(0, at) + (receipts[at] === 'A' ? 'B' : 'A') + receipts.slice(at + 1)
    const told = await checked(page, altered)
    expect(told).toContain('Not proven')
    expect(told).toContain('The signature is false.')
    expect(told).not.toContain('genuine')
    expect(await checked(page, '{"receipts": [')).toContain('This cannot be read')
    expect(troubles).toEqual([])
  })

  it('takes a file, or one bare document, and says when no log was asked', async () => {
    const { page } = await opened()
    await page.getByLabel('The file of the receipts').setInputFiles({
      name: 'receipts.json',
      mimeType: 'application/json',
      buffer: Buffer.from(receipts),
    })
    await page.getByText('This receipt is genuine').waitFor()
    const [{ jws }] = (JSON.parse(receipts) as { receipts: [{ jws: string }] }).receipts
    expect(await checked(page, jws)).toContain('The transparency log was not checked')
  })

  it('believes the keys that a person kept, and not the gateway’s, when those are given', async () => {
    const { page } = await opened()
    const foreign = JSON.stringify({ receipts: [await makeReceipt()] })
    expect(await checked(page, foreign)).toContain('Not proven')
    await page.getByText('Public keys', { exact: true }).click()
    await page.getByLabel('The keys to check with').fill(await receiptJwks())
    expect(await checked(page, foreign)).toContain('This receipt is genuine')
    expect(await checked(page, receipts)).toContain('Not proven')
  })

  it('brings the receipts of a deletion along when it is opened with its code', async () => {
    const { answer } = await sim<{ answer: { confirmation_code: string } }>(place, 'data-deletion', {
      user_id: '900000000000555',
    })
    const code = answer.confirmation_code
    await until('the receipt', async () => {
      const found = await fetch(`${place.url}/api/v1/public/deletions/${code}/receipts`)
      return ((await found.json()) as { receipts: unknown[] }).receipts.length > 0 || undefined
    })
    const { page } = await opened(`/verify#${code}`)
    const field = page.getByLabel('Or its content')
    await until('the field to be filled', async () => (await field.inputValue()) || undefined)
    expect(await checked(page, await field.inputValue())).toMatch(/genuine/)
  })

  it('shows the command instead when the browser cannot check such signatures, or runs no script', async () => {
    const old = await browser.newPage()
    await old.addInitScript(() => {
      const refuse = () => Promise.reject(new DOMException('unknown', 'NotSupportedError'))
      Object.assign(crypto.subtle, { generateKey: refuse })
    })
    const bare = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
    for (const [page, words] of [
      [old, 'This browser cannot check Ed25519 signatures'],
      [bare, 'Checking here needs JavaScript'],
    ] as const) {
      await page.goto(`${place.url}/verify`)
      await page.locator('p', { hasText: words }).waitFor()
      expect(await page.getByRole('button', { name: 'Check' }).isVisible()).toBe(false)
      expect(await page.getByText('node verify-receipt.mjs receipts.json jwks.json').isVisible()).toBe(true)
    }
  })

  it('hands out the script of the source, byte by byte', async () => {
    const script = readFileSync(join(import.meta.dirname, '../../docs/verify-receipt.mjs'), 'utf8')
    expect(await (await fetch(`${place.url}/verify-receipt.mjs`)).text()).toBe(script)
  })
})
