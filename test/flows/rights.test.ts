// Deletion without an account, as people ask for it: in a browser, from the public pages over the simulated phone or a
// mailbox to a receipt that is checked without the network. Whole processes, nothing injected.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DemoWorkspace } from '../../scripts/seed.ts'
import { ana } from '../simulators/meta/cast.ts'
import { inBrowser, launch, noBrowser } from '../support/browser.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { picture, until, write } from './forgetting.ts'

describe.skipIf(noBrowser)(inBrowser('without an account'), () => {
  const dir = mkdtempSync(join(tmpdir(), 'softivum-rights-'))
  let stack: Stack
  let browser: Browser
  let sol: DemoWorkspace
  let books: DemoWorkspace

  beforeAll(async () => {
    stack = await startStack({ dir: join(dir, 'state') })
    ;[sol, books] = stack.workspaces as [DemoWorkspace, DemoWorkspace]
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await stack?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  async function opened(path: string, { script }: { script: boolean }): Promise<Page> {
    const context = await browser.newContext({ javaScriptEnabled: script })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    await page.goto(`${stack.url}${path}`)
    return page
  }

  const closed = (page: Page): Promise<void> => page.context().close()
  const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true })
  /** The code of the deletion whose receipts the page offers. */
  async function deletionOn(page: Page): Promise<string> {
    const link = page.getByRole('link', { name: 'the receipts with their proofs' })
    return (await link.getAttribute('href'))?.match(/[0-9a-z]{26}/)?.[0] ?? ''
  }

  async function mailsTo(address: string): Promise<{ subject: string; text: string }[]> {
    const answer = await fetch(`${stack.metaUrl}/_sim/mailbox?to=${encodeURIComponent(address)}`)
    return ((await answer.json()) as { data: { subject: string; text: string }[] }).data
  }

  /** The six digits of the newest mail, once one more than `after` has come. */
  async function digitsTo(address: string, after = 0): Promise<string> {
    const found = async () =>
      (await mailsTo(address))
        .map(({ text }) => text.match(/\b\d{6}\b/)?.[0])
        .filter((one) => one !== undefined)
    await until(async () => (await found()).length > after, `a code for ${address}`)
    return (await found())[0] as string
  }

  /** As a person would: with the receipts, the public keys and the script that comes with the source. */
  async function verifies(
    code: string,
    alter: (receipts: string) => string = (same) => same,
  ): Promise<boolean> {
    const take = async (path: string) => (await fetch(`${stack.url}${path}`)).text()
    const receipts = join(dir, 'receipts.json')
    const jwks = join(dir, 'jwks.json')
    writeFileSync(receipts, alter(await take(`/api/v1/public/deletions/${code}/receipts`)))
    writeFileSync(jwks, await take('/.well-known/jwks.json'))
    try {
      execFileSync(process.execPath, ['docs/verify-receipt.mjs', receipts, jwks], { stdio: 'pipe' })
      return true
    } catch {
      return false
    }
  }

  /** Another letter in the signed document: one bit of one character. */
  const altered = (receipts: string): string =>
    receipts.replace(
      /("jws":"[\w-]+\.[\w-]{40})([\w-])/,
      (_, before: string, char: string) => before + (char === 'A' ? 'B' : 'A'),
    )

  async function post(path: string, body: unknown): Promise<Response> {
    return fetch(`${stack.url}/api/v1/public${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  }

  it('a code sent from the person’s own WhatsApp leads to an answer in the chat, a page and a receipt', async () => {
    const rule = await fetch(`${stack.url}/api/v1/request-rules`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${sol.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ letThrough: 'at_once' }),
    })
    expect(rule.status).toBe(200)
    const person = { phone: ana.phone, name: ana.name }
    const at = Date.now() - 60_000
    expect(await write(stack, sol, person, { wamid: 'wamid.RIGHTS1', text: '¿Tienen pan?', at })).toBe(200)
    expect(await write(stack, books, person, { wamid: 'wamid.RIGHTS2', text: 'Any new novels?', at })).toBe(
      200,
    )
    await until(async () => (await picture(stack, books)).length === 1, 'the neighbour heard of Ana')
    const neighbour = await picture(stack, books)

    const page = await opened('/data-deletion', { script: true })
    await page.getByRole('link', { name: 'Prove it by WhatsApp' }).click()
    await page.getByLabel('The business’s WhatsApp number').fill(sol.displayPhoneNumber)
    await page.getByRole('button', { name: 'Give me a code' }).click()
    await heading(page, 'Send this message').waitFor()
    const sentence = (await page.locator('#sentence').textContent())?.trim() ?? ''
    const link = new URL((await page.getByRole('link', { name: 'Open WhatsApp' }).getAttribute('href')) ?? '')
    expect([link.origin, link.pathname]).toEqual([
      'https://wa.me',
      `/${sol.displayPhoneNumber.replace(/\D/g, '')}`,
    ])
    expect(link.searchParams.get('text')).toBe(sentence)
    expect(page.url()).toBe(`${stack.url}/data-deletion/whatsapp`)

    const phone = await browser.newPage()
    await phone.goto(stack.metaUrl)
    await phone.getByLabel('Phone of').selectOption({ label: ana.name })
    await phone.getByRole('button', { name: sol.name }).click()
    await phone.getByRole('textbox', { name: 'Message' }).fill(sentence)
    await phone.getByRole('button', { name: 'Send', exact: true }).click()
    const answer = phone.getByRole('log').getByRole('listitem').filter({ hasText: stack.url })
    await answer.waitFor({ timeout: 30_000 })
    const address = (await answer.textContent())?.match(/https?:\/\/\S+[0-9a-z]{26}/)?.[0] ?? ''
    expect(new URL(address).pathname).toMatch(/^\/data-deletion\/[0-9a-z]{26}$/)
    await phone.close()

    await page.goto(address)
    // The page follows without being loaded anew, and the focus stays.
    await page.evaluate(() => document.documentElement.setAttribute('data-mark', 'the same page'))
    await page.getByRole('button', { name: 'Stop that' }).focus()
    await heading(page, 'Deleted').waitFor({ timeout: 90_000 })
    await page.getByRole('heading', { name: 'Receipt', exact: true }).waitFor()
    expect(await page.locator('html').getAttribute('data-mark')).toBe('the same page')
    expect(await page.locator(':focus').textContent()).toBe('Stop that')
    expect(await page.getByText(sol.name).count()).toBeGreaterThan(0)
    const code = await deletionOn(page)
    expect(await verifies(code)).toBe(true)
    expect(await verifies(code, altered)).toBe(false)
    expect(await picture(stack, sol)).toEqual([])
    expect(await picture(stack, books)).toEqual(neighbour)
    await closed(page)
  }, 240_000)

  it('a code sent by mail leads to a page and a receipt, with a keyboard alone and without script', async () => {
    const [writer, other] = ['berta@example.org', 'carlos@example.org']
    const letter = { topic: 'question', text: 'Do you serve Lisbon?', website: '' }
    expect((await post('/letters', { email: other, ...letter })).status).toBe(202)
    const held = () => stack.query('SELECT * FROM visitors JOIN letters ON visitors.id = letters.visitor_id')
    await until(async () => (await held()).length === 1, 'the neighbour’s letter')
    const neighbour = await held()

    const page = await opened('/contact', { script: false })
    await page.getByLabel('Your e-mail address').fill(writer)
    await page.getByLabel('What is it about?').selectOption({ index: 0 })
    await page.getByLabel('Your letter').fill('Do you serve Porto?')
    await page.getByRole('button', { name: 'Send' }).click()
    await heading(page, 'Your letter is here').waitFor()
    expect(await held()).toHaveLength(2)

    await page.goto(`${stack.url}/data-deletion/mail`)
    await tabTo(page, 'email')
    await page.keyboard.type(writer)
    await page.keyboard.press('Enter')
    await heading(page, 'Enter the code').waitFor()
    const digits = await digitsTo(writer)
    const wrong = digits === '000000' ? '111111' : '000000'
    // The cursor waits in the field.
    await page.keyboard.type(wrong)
    await page.keyboard.press('Enter')
    await page.getByText('This code is not right.').waitFor()
    await page.keyboard.type(`${digits.slice(0, 3)} ${digits.slice(3)}`)
    await page.keyboard.press('Enter')
    await heading(page, 'Your address is proven').waitFor()
    expect(page.url()).toBe(`${stack.url}/data-deletion/mail`)
    await tabTo(page, 'Follow it')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Look again every five seconds' }).click()
    await heading(page, 'Deleted').waitFor({ timeout: 90_000 })
    const code = await deletionOn(page)
    expect(await verifies(code)).toBe(true)
    expect(await verifies(code, altered)).toBe(false)
    expect(await held()).toEqual(neighbour)
    await closed(page)
  }, 240_000)

  /** With the Tab key, as far as the page goes. */
  async function tabTo(page: Page, nameOrText: string): Promise<void> {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab')
      const at = page.locator(':focus')
      const name = (await at.getAttribute('name')) ?? (await at.textContent())?.trim()
      if (name === nameOrText) return
    }
    throw new Error(`the Tab key does not reach ${nameOrText}`)
  }

  it('says the same of a number and of an address whatever is held about them', async () => {
    const strange = { number: '+44 20 7946 0000', email: 'nobody@example.org' }
    const known = { number: sol.displayPhoneNumber, email: sol.ownerEmail }
    const seen = async ({ number, email }: typeof strange) => {
      const page = await opened('/data-deletion/whatsapp', { script: false })
      await page.getByLabel('The business’s WhatsApp number').fill(number)
      await page.getByRole('button', { name: 'Give me a code' }).click()
      await heading(page, 'Send this message').waitFor()
      const byPhone = await page.locator('main').innerText()
      await page.goto(`${stack.url}/data-deletion/mail`)
      await page.getByLabel('Your e-mail address').fill(email)
      await page.getByRole('button', { name: 'Send me a code' }).click()
      await heading(page, 'Enter the code').waitFor()
      const byMail = await page.locator('main').innerText()
      await closed(page)
      const code = /[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}/g
      const time = /\d{1,2} \w+ \d{4} at \d{2}:\d{2} UTC/g
      return [byPhone, byMail].map((text) =>
        text
          .replace(code, 'CODE')
          .replace(time, 'TIME')
          .replaceAll(number, 'NUMBER')
          .replaceAll(email, 'ADDRESS'),
      )
    }
    const ofStranger = await seen(strange)
    expect(ofStranger.join()).toContain('CODE')
    expect(await seen(known)).toEqual(ofStranger)
    expect(await digitsTo(strange.email)).toMatch(/^\d{6}$/)
    const page = await opened('/data-deletion/mail', { script: false })
    await page.getByLabel('Your e-mail address').fill(strange.email)
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await heading(page, 'Enter the code').waitFor()
    await page.getByLabel('Six digits').fill(await digitsTo(strange.email, 1))
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('Nothing is held under this address').waitFor()
    await closed(page)
  })

  it('refuses a form that another site posts', async () => {
    const before = await stack.query('SELECT count(*) AS n FROM challenges')
    for (const path of [
      '/data-deletion/whatsapp',
      '/data-deletion/mail',
      '/subprocessors/subscribe',
      '/contact',
    ]) {
      const answer = await fetch(`${stack.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://elsewhere.example' },
        body: 'email=dora@example.org&number=34911222333&type=delete&topic=question&text=hello',
      })
      expect([path, answer.status]).toEqual([path, 403])
    }
    expect(await stack.query('SELECT count(*) AS n FROM challenges')).toEqual(before)
  })

  it('shows a person who types nothing that can be read what to do, and changes nothing', async () => {
    const before = await stack.query('SELECT count(*) AS n FROM challenges')
    const asked = async (path: string, body: string) => {
      const answer = await fetch(`${stack.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: stack.url },
        body,
      })
      return { status: answer.status, text: await answer.text(), cache: answer.headers.get('cache-control') }
    }
    const number = await asked('/data-deletion/whatsapp', 'number=my+bakery&type=delete')
    expect(number).toMatchObject({ status: 422, cache: 'no-store' })
    expect(number.text).toContain('This number cannot be read.')
    expect(number.text).toContain('value="my bakery"')
    const address = await asked('/data-deletion/mail', 'email=ana%40&type=export')
    expect(address.status).toBe(422)
    expect(address.text).toContain('This address cannot be written to.')
    const code = await asked(
      '/data-deletion/mail',
      'id=cha_none&code=123456&email=ana%40example.org&type=delete',
    )
    expect(code.status).toBe(422)
    expect(code.text).toContain('This code is not right.')
    expect((await asked('/data-deletion/mail', `email=${'a'.repeat(70_000)}`)).status).toBe(422)
    expect(await stack.query('SELECT count(*) AS n FROM challenges')).toEqual(before)
  })

  it('counts the forms of one network, says so in words, and lets others through', async () => {
    const ask = async (network: string, n: number) =>
      fetch(`${stack.url}/data-deletion/whatsapp`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'cf-connecting-ip': network,
          origin: stack.url,
        },
        body: `number=%2B1202555${String(1000 + n)}&type=delete`,
      })
    const statuses: number[] = []
    let last = ''
    for (let n = 0; n < 45 && statuses.at(-1) !== 429; n++) {
      const answer = await ask('198.51.100.7', n)
      statuses.push(answer.status)
      last = await answer.text()
    }
    expect(statuses.at(-1)).toBe(429)
    expect(statuses.slice(0, -1).every((status) => status === 200)).toBe(true)
    expect(last).toContain('That was too often')
    expect((await ask('203.0.113.9', 99)).status).toBe(200)
  })
})
