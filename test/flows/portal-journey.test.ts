// What a new user does with the README alone, all of it in a browser: sign up by mail code, make a workspace, connect a number
// through Meta's window, answer a customer's phone live, invite an agent, and erase the customer to a receipt.

import type { Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage, type Seat, type Stage } from '../site/portal-stage.ts'
import { inBrowser, noBrowser } from '../support/browser.ts'

const luna = 'luna@example.com'
const marco = 'marco@example.com'

describe.skipIf(noBrowser)(inBrowser('a new user'), () => {
  let stage: Stage
  let owner: Seat
  let agent: Seat
  let phone: Page

  beforeAll(async () => {
    stage = await openStage()
    owner = await stage.sit()
    agent = await stage.sit()
    phone = await stage.browser.newPage()
    phone.setDefaultTimeout(15_000)
  })
  afterAll(() => stage?.close())

  it('signs up with a code from the mail and names a workspace', async () => {
    const { page } = owner
    await page.goto('/portal')
    await page.getByLabel('Your e-mail address').fill(luna)
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await page.getByLabel('The six digits').fill(await stage.mailedCode(luna))
    const enter = page.getByRole('button', { name: 'Sign in', exact: true })
    if (await enter.isVisible()) await enter.click()
    await page.getByLabel('Name of the workspace').fill('Cafe Luna')
    await page.getByRole('button', { name: 'Make the workspace' }).click()
    await page.getByRole('heading', { level: 1, name: 'The first minutes' }).waitFor()
  })

  it('connects a number through Meta’s window', async () => {
    const { page, context } = owner
    await page.getByRole('link', { name: 'Connect a number' }).click()
    const opens = context.waitForEvent('page')
    await page.getByRole('button', { name: 'Open Meta’s window' }).click()
    const popup = await opens
    await popup.getByRole('button', { name: 'Finish' }).click()
    await page.getByText('Connected. Everything is in place.').waitFor()
  })

  it('reads what a customer writes, live, and the answer is on the phone', async () => {
    const { page } = owner
    await page.goto('/portal/inbox')
    await page.getByText('Nobody has written yet').waitFor()
    await phone.goto(stage.stack.metaUrl)
    await phone.getByLabel('Phone of').selectOption({ label: 'Ana Ruiz' })
    await phone.getByRole('button', { name: 'Cafe Luna' }).click()
    await phone.getByRole('textbox', { name: 'Message' }).fill('¿Tienen mesa para dos?')
    await phone.getByRole('button', { name: 'Send', exact: true }).click()

    await page.getByRole('option', { name: /Ana Ruiz/ }).click()
    await page.getByRole('log').getByText('¿Tienen mesa para dos?').waitFor()
    await page.getByRole('textbox', { name: 'Message' }).fill('Sí, a las nueve.')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await phone.getByRole('log').getByRole('listitem').filter({ hasText: 'Sí, a las nueve.' }).waitFor()
    await page.getByRole('log').locator('.ticks.read').waitFor()

    await page.goto('/portal/welcome')
    await page.getByText('You have answered.').waitFor()
  })

  it('invites an agent, who sees what an agent may and nothing else', async () => {
    const { page } = owner
    await page.getByRole('link', { name: 'Invite somebody' }).click()
    await page.getByRole('dialog').getByLabel('E-mail address').fill(marco)
    await page.getByRole('radio', { name: 'Agent' }).check()
    await page.getByRole('button', { name: 'Send the invitation' }).click()
    await page.getByText(`An invitation is on its way to ${marco}.`).waitFor()

    await stage.stack.gateway.runCron()
    const [mail] = await stage.mailsTo(marco)
    const link = /https?:\/\/\S+\/portal\/join\S+/.exec(mail?.text ?? '')?.[0] as string
    const theirs = agent.page
    await theirs.goto(link)
    await theirs.getByText('You are invited to Cafe Luna as Agent.').waitFor()
    await theirs.getByRole('button', { name: 'Send me the code' }).click()
    await theirs.getByLabel('The six digits').fill(await stage.mailedCode(marco))
    const join = theirs.getByRole('button', { name: 'Join', exact: true })
    if (await join.isVisible()) await join.click()
    await theirs.getByRole('option', { name: /Ana Ruiz/ }).click()
    await theirs.getByRole('log').getByText('¿Tienen mesa para dos?').waitFor()

    const navigation = theirs.getByRole('navigation', { name: 'Portal' }).first()
    await navigation.getByRole('link', { name: 'Inbox' }).waitFor()
    expect(await navigation.getByRole('link', { name: 'Privacy' }).count()).toBe(0)
    expect(await theirs.getByText('34600111222').count()).toBe(0)
    for (const path of ['/api/v1/keys', '/api/v1/members', '/api/v1/audit', '/api/v1/requests'])
      expect([path, (await theirs.request.get(path)).status()]).toEqual([path, 404])
  })

  it('erases the customer to a receipt, and the other browser sees them vanish', async () => {
    const { page } = owner
    await page.goto('/portal/contacts')
    await page.getByRole('link', { name: /Ana Ruiz/ }).click()
    await page.getByRole('button', { name: /Actions/ }).click()
    await page.getByRole('menuitem', { name: 'Erase …' }).click()
    await page.getByLabel('Type “erase” to go on').fill('erase')
    await page.getByRole('button', { name: 'Erase for good' }).click()
    await agent.page.getByRole('option', { name: /Ana Ruiz/ }).waitFor({ state: 'detached' })
    await agent.page.getByText('¿Tienen mesa para dos?').waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: 'Erased', exact: true }).waitFor({ timeout: 60_000 })
    const status = await page.getByRole('link', { name: 'Receipt and status' }).getAttribute('href')
    const opened = await owner.context.newPage()
    await opened.goto(status as string)
    await opened.getByText('Receipt', { exact: false }).first().waitFor()
    expect(owner.troubles.filter((one) => !one.includes(stage.stack.metaUrl))).toEqual([])
    expect(agent.troubles).toEqual([])
  })
})
