// The whole circle in a real browser: a person types on the simulated phone, a business reads it through the API and
// answers with an SDK, the person reads the answer, and the ticks come home. And the public pages as a browser sees them.

import { WhatsAppClient } from '@kapso/whatsapp-cloud-api'
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problems } from '../../worker/ground/problems.ts'
import { messagesWith, openPlace, type Place, sim, until } from '../conformance/sdk/place.ts'
import { ana, ravi } from '../simulators/meta/cast.ts'
import { inBrowser, launch, noBrowser } from '../support/browser.ts'

describe.skipIf(noBrowser)(inBrowser('in a browser'), () => {
  let place: Place
  let browser: Browser

  beforeAll(async () => {
    place = await openPlace()
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await place?.close()
  })

  /** Opens a page that notes whatever a visitor should never cause: console messages, errors, foreign requests. */
  async function watched(origin: string): Promise<{ page: Page; troubles: string[] }> {
    const page = await browser.newPage()
    page.setDefaultTimeout(10_000)
    const troubles: string[] = []
    page.on('console', (message) => troubles.push(`console ${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== origin) troubles.push(`request to ${request.url()}`)
    })
    page.on('response', (response) => {
      if (response.status() >= 400) troubles.push(`${response.status()} for ${response.url()}`)
    })
    return { page, troubles }
  }

  const outgoing = async () =>
    (await messagesWith(place, place.sol, ana.phone)).find(({ direction }) => direction === 'out')
  const ticked = (status: string) =>
    until(status, async () => ((await outgoing())?.status === status ? status : undefined))

  it('carries what a person types to the API, and an SDK’s answer with its ticks back', async () => {
    const question = '¿Tienen pan de centeno? ☀'
    const answer = 'Sí, hasta las ocho.'
    // What is delivered and read is to come of this phone being online, not of time passing.
    await sim(place, 'settings', { autoStatuses: false })
    const { messages } = new WhatsAppClient({
      baseUrl: place.url,
      accessToken: place.sol.apiKey,
      graphVersion: 'v25.0',
    })
    const { phoneNumberId } = place.sol
    const { page, troubles } = await watched(place.metaUrl)

    await page.goto(place.metaUrl)
    await page.getByLabel('Phone of').selectOption({ label: ana.name })
    await page.getByRole('button', { name: place.sol.name }).click()
    await page.getByRole('textbox', { name: 'Message' }).fill(question)
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    const bubbles = page.getByRole('log').getByRole('listitem')
    await bubbles.filter({ hasText: question }).waitFor()

    const asked = await until(
      'the question',
      async () => (await messagesWith(place, place.sol, ana.phone))[0],
    )
    expect(asked).toMatchObject({ direction: 'in', type: 'text', text: question, status: null })
    await messages.markRead({ phoneNumberId, messageId: asked.wamid as string })
    await bubbles.filter({ hasText: question }).getByTitle('read by the business').waitFor()

    await page.getByRole('button', { name: 'Back to chats' }).click()
    await page.getByRole('tab', { name: 'Requests' }).click()
    const sent = await messages.sendText({
      phoneNumberId,
      to: `+${ana.phone}`,
      body: answer,
      contextMessageId: asked.wamid as string,
    })
    await ticked('accepted')
    await sim(place, 'statuses', { message_id: sent.messages[0]?.id, status: 'sent' })
    await ticked('sent')

    await page.getByRole('tab', { name: 'Phone' }).click()
    await page.getByRole('button', { name: place.sol.name }).filter({ hasText: answer }).waitFor()
    await ticked('delivered')

    await page.getByRole('button', { name: place.sol.name }).click()
    const received = bubbles.filter({ hasText: answer })
    await received.getByTitle('read', { exact: true }).waitFor()
    expect(await received.locator('.quote').textContent()).toBe(question)
    await ticked('read')
    expect(await outgoing()).toMatchObject({ type: 'text', text: answer, replyTo: asked.wamid, error: null })
    expect(await messagesWith(place, place.books, ana.phone)).toEqual([])
    expect(troubles).toEqual([])
    await page.close()
  })

  it('opens a chat by a link like wa.me’s, and what is asked there is answered at once, with the page to follow', async () => {
    const { page, troubles } = await watched(place.metaUrl)
    const to = place.books.displayPhoneNumber.replace(/\D/g, '')
    await page.goto(`${place.metaUrl}/?to=${to}&text=${encodeURIComponent('Delete my data')}#phone/ravi`)
    const composer = page.getByRole('textbox', { name: 'Message' })
    await until('the words', async () =>
      (await composer.inputValue()) === 'Delete my data' ? true : undefined,
    )
    // Nothing is sent before the person sends it.
    expect(await messagesWith(place, place.books, ravi.phone)).toEqual([])
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    const answer = page.getByRole('log').getByRole('listitem').filter({ hasText: 'Request received' })
    await answer.waitFor()
    const link = await answer.getByRole('link').getAttribute('href')
    expect(link).toMatch(new RegExp(`^${place.url}/data-deletion/[0-9a-z]{26}$`))
    expect(troubles).toEqual([])
    await page.goto(`${place.metaUrl}/?to=12&text=x`)
    await page.getByRole('status').filter({ hasText: 'not one that wa.me would open' }).waitFor()
    await page.close()
  })

  it('has a page for every problem, where its type points', async () => {
    for (const [code, { title, remedy }] of Object.entries(problems)) {
      const page = await fetch(`${place.url}/errors/${code}`)
      expect([code, page.status]).toEqual([code, 200])
      const html = await page.text()
      for (const words of [title, code, remedy]) expect(html).toContain(words)
    }
    const refused = await fetch(`${place.url}/api/v1/keys`)
    const { type } = (await refused.json()) as { type: string }
    expect((await fetch(new URL(type, place.url))).status).toBe(200)
    expect((await fetch(`${place.url}/errors/no_such_problem`)).status).toBe(404)
  })

  it('answers every code that nobody has with the same page, which no cache and no search engine keeps', async () => {
    const pages = await Promise.all(
      ['x', 'a'.repeat(26), 'Z'.repeat(26)].map(async (code) => {
        const { status, headers, text } = await fetch(`${place.url}/data-deletion/${code}`).then(
          async (answer) => ({ status: answer.status, headers: answer.headers, text: await answer.text() }),
        )
        return { status, cache: headers.get('cache-control'), robots: headers.get('x-robots-tag'), text }
      }),
    )
    expect(pages[0]).toMatchObject({ status: 404, cache: 'no-store', robots: 'noindex' })
    expect(pages[0]?.text).toContain('There is no request with this code')
    for (const page of pages) expect(page).toEqual(pages[0])
  })

  it.each(['/', '/docs/api', '/errors/not_found', '/data-deletion/decide/any'])(
    'shows the public page %s without a console message or a request elsewhere',
    async (path) => {
      const { page, troubles } = await watched(place.url)
      const response = await page.goto(`${place.url}${path}`, { waitUntil: 'networkidle' })
      expect(response?.status()).toBe(200)
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
      await page.mouse.wheel(0, 20_000)
      await page.waitForLoadState('networkidle')
      expect(troubles).toEqual([])
      await page.close()
    },
  )
})
