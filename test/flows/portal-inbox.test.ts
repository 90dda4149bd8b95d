// The inbox in a real browser, with people on their phones on the other side: answers within and outside of the 24 hours, files
// both ways, two browsers that agree, a line that is cut, somebody who is forgotten while being looked at.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../conformance/sdk/place.ts'
import { ana, mei, ravi } from '../simulators/meta/cast.ts'
import { examine, loaded, type Seat } from '../site/portal-stage.ts'
import { inBrowser, noBrowser } from '../support/browser.ts'
import {
  bubble,
  composer,
  delivered,
  type InboxPlace,
  log,
  openInboxPlace,
  openWith,
  rowOf,
  shownTexts,
  write,
} from './inbox-place.ts'

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

describe.skipIf(noBrowser)(inBrowser('the inbox'), () => {
  let place: InboxPlace
  let owner: Seat

  beforeAll(async () => {
    place = await openInboxPlace()
    await place.say('mei', 'Long ago', { timestamp: Math.floor(Date.now() / 1000) - 25 * 3600 })
    await place.say('ravi', 'Is there rye bread?')
    await place.say('ana', '¿Tienen *pan* de _centeno_?')
    await until('the conversation', () => place.conversationWith(ana.name))
    await place.api('/templates/sync', 'POST')
    owner = await place.enter(place.sol.ownerEmail)
  })

  afterAll(() => place?.close())

  it('carries an answer to the phone, and its ticks home', async () => {
    const { page } = owner
    await openWith(owner, ana.name)
    await expect.poll(() => bubble(page, '¿Tienen pan de centeno?').count()).toBe(1)
    expect(await bubble(page, 'centeno').locator('strong').textContent()).toBe('pan')
    await write(page, 'Sí, hasta las *ocho*')
    await delivered(page, 'Sí, hasta las ocho')
    expect((await place.outbox(ana.phone)).map(({ payload }) => payload)).toMatchObject([
      { text: { body: 'Sí, hasta las *ocho*' } },
    ])
    expect(await composer(page).inputValue()).toBe('')
    expect(await place.messagesOf(ana.name, place.monsoon)).toEqual([])
  })

  it('reads the conversation for the team and tells the person, once it is looked at', async () => {
    const { page } = owner
    await expect.poll(() => rowOf(page, ravi.name).getByText('1 unread').count()).toBe(1)
    expect(await rowOf(page, ana.name).getByText('unread').count()).toBe(0)
    const requests = await place.sim<{ data: { body?: { status?: string } }[] }>('requests')
    expect(JSON.stringify(requests)).toContain('\\"status\\":\\"read\\"')
  })

  it('shows the templates where the 24 hours are over, and sends one with its values', async () => {
    const { page } = owner
    await openWith(owner, mei.name)
    await page.getByText('The 24 hours are over').waitFor()
    expect(await composer(page).count()).toBe(0)
    await page.getByRole('button', { name: 'Choose a template' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('searchbox', { name: 'Search templates' }).fill('order')
    await dialog.getByRole('button', { name: /order_ready/ }).click()
    const fields = dialog.getByRole('textbox')
    await dialog.getByRole('button', { name: 'Send' }).click()
    // Nothing leaves with a gap in it.
    expect(await place.outbox()).toHaveLength(1)
    for (const field of await fields.all()) await field.fill('A-77')
    await dialog.getByRole('button', { name: 'Send' }).click()
    await bubble(page, 'Template order_ready').getByText('order A-77 can be collected today.').waitFor()
    await expect.poll(async () => (await place.outbox()).at(-1)?.type).toBe('template')
  })

  it('begins a conversation with somebody from a list who has written nothing, by template alone', async () => {
    const { page } = owner
    const evidence = { source: 'paper', text: 'Write to me', date: '2026-05-04', purpose: 'utility' }
    const { id } = await place.api<{ id: string }>('/imports', 'POST', {
      ...evidence,
      name: 'fair.csv',
      total: 1,
    })
    const rows = [{ phone: '+34610001001', name: 'Nuria New' }]
    await place.api(`/imports/${id}/rows`, 'POST', { from: 0, rows })
    await place.api(`/imports/${id}/completion`, 'POST', {})
    await page.goto('/portal/contacts')
    await page
      .getByRole('link', { name: 'Nuria New' })
      .or(page.getByRole('button', { name: 'Nuria New' }))
      .click()
    await page.getByRole('button', { name: 'Write a message' }).click()
    await page.waitForURL(/\/portal\/inbox\?c=cnv_/)
    await rowOf(page, 'Nuria New').getByText('No messages').waitFor()
    expect(await composer(page).count()).toBe(0)
    await page.getByRole('button', { name: 'Choose a template' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: /order_ready/ }).click()
    for (const field of await dialog.getByRole('textbox').all()) await field.fill('B-12')
    await dialog.getByRole('button', { name: 'Send' }).click()
    await expect.poll(() => place.outbox('34610001001')).toHaveLength(1)
    await expect.poll(() => bubble(page, 'order B-12 can be collected today.').count()).toBe(1)
    // They are asked about once: the conversation is there now.
    await page.goBack()
    await page.getByRole('link', { name: 'Open the conversation' }).waitFor()
    expect(await page.getByRole('button', { name: 'Write a message' }).count()).toBe(0)
  })

  it('gives the words back with gate and remedy when a send is refused', async () => {
    const { page } = owner
    await openWith(owner, ravi.name)
    await composer(page).fill('Too late')
    const { id = '' } = (await place.conversationWith(ravi.name)) ?? {}
    const before = await place.stack.query(`SELECT user_last_at FROM conversations WHERE id = '${id}'`)
    await place.stack.query(`UPDATE conversations SET user_last_at = 1 WHERE id = '${id}'`)
    await composer(page).press('Enter')
    await page.getByRole('alert').filter({ hasText: 'window' }).waitFor()
    await expect.poll(() => composer(page).inputValue()).toBe('Too late')
    await place.stack.query(
      `UPDATE conversations SET user_last_at = ${before[0]?.user_last_at} WHERE id = '${id}'`,
    )
    await composer(page).fill('')
    expect(await place.outbox(ravi.phone)).toEqual([])
  })

  it('says that a send got no answer, and tries again under the same key, so that it is sent once', async () => {
    const { page } = owner
    await openWith(owner, ravi.name)
    let line: 'cut' | 'no answer' | 'good' = 'cut'
    const keys: string[] = []
    await page.route('**/conversations/*/messages', async (route) => {
      if (route.request().method() !== 'POST' || line === 'good') return route.continue()
      keys.push(route.request().headers()['idempotency-key'] ?? '')
      // It arrives; its answer does not.
      if (line === 'no answer') await route.fetch()
      return route.abort('connectionreset')
    })
    await write(page, 'Only once, please')
    await bubble(page, 'Only once, please').getByText('No answer yet').waitFor()
    line = 'no answer'
    await page.getByRole('button', { name: 'Try now' }).click()
    await expect.poll(async () => (await place.outbox(ravi.phone)).length).toBe(1)
    line = 'good'
    await delivered(page, 'Only once, please')
    await page.unroute('**/conversations/*/messages')
    expect(keys.length).toBeGreaterThan(1)
    expect(new Set(keys).size).toBe(1)
    expect(await bubble(page, 'Only once, please').count()).toBe(1)
    expect(await place.outbox(ravi.phone)).toHaveLength(1)
  })

  it('shows files that people send, and sends files with their words', async () => {
    const { page } = owner
    await place.sayOther('ana', 'image', { caption: 'Mi pan' })
    await openWith(owner, ana.name)
    const shown = bubble(page, 'Mi pan').getByRole('img')
    await expect
      .poll(() => shown.evaluate((image) => (image as HTMLImageElement).naturalWidth))
      .toBeGreaterThan(0)
    await page.locator('.composer input[type=file]').setInputFiles([
      { name: 'menu.png', mimeType: 'image/png', buffer: picture },
      { name: 'malware.exe', mimeType: 'application/x-msdownload', buffer: picture },
    ])
    await page.getByRole('alert').filter({ hasText: 'does not take this kind of file' }).waitFor()
    await page.getByRole('button', { name: 'Remove malware.exe' }).click()
    await expect.poll(() => page.locator('.files .ready').count()).toBe(1)
    await write(page, 'El menú')
    await expect
      .poll(async () => (await place.outbox(ana.phone)).at(-1))
      .toMatchObject({ type: 'image', payload: { image: { caption: 'El menú' } } })
    const own = bubble(page, 'El menú').getByRole('img')
    await expect.poll(() => own.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1)
  })

  it('agrees with a second browser: messages, assignment, labels, notes, closing', async () => {
    const second = await place.enter(place.sol.ownerEmail)
    await openWith(owner, ana.name)
    await openWith(second, ana.name)
    await place.say('ana', 'To both of you')
    await bubble(owner.page, 'To both of you').waitFor()
    await bubble(second.page, 'To both of you').waitFor()
    await owner.page.getByRole('button', { name: 'Assign', exact: true }).click()
    await owner.page.getByRole('menuitemradio', { name: 'Me' }).click()
    await second.page.getByRole('button', { name: 'Assigned to Me' }).waitFor()
    await owner.page.getByRole('tab', { name: 'Note' }).click()
    await owner.page.getByRole('textbox', { name: 'Note' }).fill('She likes rye')
    await owner.page.getByRole('button', { name: 'Add the note' }).click()
    await bubble(second.page, 'She likes rye').waitFor()
    await owner.page.getByRole('button', { name: 'Close the conversation' }).click()
    await expect.poll(() => rowOf(second.page, ana.name).count()).toBe(0)
    const said = owner.page.locator('.toast').filter({ hasText: 'Conversation closed' })
    await said.getByRole('button', { name: 'Undo' }).click()
    await rowOf(second.page, ana.name).waitFor()
    // A note is for colleagues: nothing of it left.
    expect(JSON.stringify(await place.outbox())).not.toContain('rye')
    await owner.page.getByRole('tab', { name: 'Message' }).click()
    await second.context.close()
  })

  it('misses nothing and doubles nothing when its line is cut', async () => {
    const { page, context } = owner
    await openWith(owner, ravi.name)
    await page.getByText('Live', { exact: true }).waitFor()
    await context.setOffline(true)
    await page.getByText('You are offline').first().waitFor()
    await place.say('ravi', 'While you were away {n}', { count: 120 })
    await expect.poll(async () => (await place.messagesOf(ravi.name)).length, { timeout: 30_000 }).toBe(122)
    expect(await bubble(page, 'While you were away').count()).toBe(0)
    await context.setOffline(false)
    await expect.poll(() => bubble(page, /While you were away/).count(), { timeout: 30_000 }).toBe(120)
    const texts = (await shownTexts(page)).filter((text) => text.startsWith('While'))
    expect(texts).toEqual(Array.from({ length: 120 }, (_, i) => `While you were away ${i + 1}`))
    await place.say('ravi', 'And now live')
    await bubble(page, 'And now live').waitFor()
  })

  it('shows agents masked numbers, and nothing that reaches their browser holds one', async () => {
    const email = 'agent.of.sol@example.com'
    await place.api('/members', 'POST', { email, role: 'agent' })
    const agent = await place.enter(email)
    const bodies: string[] = []
    agent.page.on('response', async (answer) => {
      if (answer.url().includes('/api/')) bodies.push(await answer.text().catch(() => ''))
    })
    await openWith(agent, ana.name)
    await agent.page.getByText('+34 ••• ••• 222').waitFor()
    await write(agent.page, 'Soy Lucía')
    await bubble(agent.page, 'Soy Lucía').waitFor()
    expect(bodies.length).toBeGreaterThan(4)
    expect(bodies.join()).not.toContain(ana.phone)
    expect(bodies.join()).not.toContain(ana.userIds['501800900100200'])
    await agent.context.close()
  })

  it('is used by keyboard alone', async () => {
    const { page } = owner
    await page.goto('/portal/inbox')
    await rowOf(page, ana.name).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('End')
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await log(page).locator('[id^="msg_"]').first().waitFor()
    const opened = page.url()
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await page.waitForURL(opened)
    await log(page).locator('[id^="msg_"]').first().waitFor()
    await page.keyboard.press('r')
    await page.getByText(/^Answer to/).waitFor()
    await page.keyboard.type('By keyboard')
    await page.keyboard.press('Enter')
    await bubble(page, 'By keyboard').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Mark as unread').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('l')
    await page.getByRole('menu', { name: 'Labels' }).waitFor()
    // A message that comes scrolls the thread, and takes no menu from under somebody's hands.
    await place.say('ana', 'While a menu is open')
    await bubble(page, 'While a menu is open').waitFor()
    await page.getByRole('menu', { name: 'Labels' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('n')
    expect(
      await page.getByRole('textbox', { name: 'Note' }).evaluate((one) => one === document.activeElement),
    ).toBe(true)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await log(page).waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await page.keyboard.type('centeno')
    await page
      .getByRole('region', { name: 'Search results' })
      .getByRole('button', { name: /Ana/ })
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
  })

  it('takes the letters that follow a key at once, before the screen is drawn again', async () => {
    const { page } = owner
    await openWith(owner, ana.name)
    const focusedBy = (key: string) =>
      page.evaluate(async (pressed) => {
        ;(document.activeElement as HTMLElement).blur()
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true }))
        // What a browser does between two keys at least: the microtasks, and no frame.
        await Promise.resolve()
        return document.activeElement?.id
      }, key)
    expect(await focusedBy('/')).toBe('inbox-search')
    expect(await focusedBy('n')).toBe('composer-note')
    expect(await focusedBy('r')).toBe('composer-text')
  })

  it('is readable for everybody: in light and dark, on a phone, mirrored', async () => {
    const { page } = owner
    await openWith(owner, ana.name)
    await loaded(page)
    expect(await examine(owner, 'inbox-thread')).toEqual([])
    await page.getByRole('button', { name: 'Details', exact: true }).click()
    await page.getByRole('complementary', { name: 'Details' }).getByRole('heading').first().waitFor()
    expect(await examine(owner, 'inbox-panel')).toEqual([])
    await page.goto('/portal/inbox')
    await rowOf(page, ana.name).waitFor()
    expect(await examine(owner, 'inbox-list')).toEqual([])
  })

  it('lets go of somebody who is erased, in every browser, list and thread at once', async () => {
    const second = await place.enter(place.sol.ownerEmail)
    await openWith(owner, ana.name)
    await second.page.goto('/portal/inbox')
    await rowOf(second.page, ana.name).waitFor()
    await second.page.getByRole('searchbox', { name: /Search people/ }).fill('centeno')
    const found = second.page
      .getByRole('region', { name: 'Search results' })
      .getByRole('button', { name: /Ana/ })
    await found.first().waitFor()
    const { contact } = (await place.conversationWith(ana.name)) ?? {}
    await place.api(`/contacts/${contact?.id}/deletion`, 'POST')
    await log(owner.page).waitFor({ state: 'detached', timeout: 30_000 })
    await expect.poll(() => rowOf(owner.page, ana.name).count()).toBe(0)
    await expect.poll(() => found.count()).toBe(0)
    for (const { page } of [owner, second])
      expect(await page.locator('body').innerText()).not.toContain('centeno?')
    await rowOf(owner.page, ravi.name).waitFor()
    expect(owner.troubles).toEqual([])
  })
})
