// Templates, numbers and the privacy centre in a real browser: what can be done there, and every screen in light and dark, on a
// phone, mirrored.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inBrowser, noBrowser } from '../support/browser.ts'
import { examine, examineAt, loaded, openStage, type Seat, type Stage } from './portal-stage.ts'

let stage: Stage
let owner: Seat

/** A ready deed of the privacy centre asks once more who it is. */
async function prove({ page }: Seat): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Is it you?' })
  await dialog.getByRole('button', { name: 'Send me a code by mail' }).click()
  const known = await stage.codesTo(stage.sol.ownerEmail)
  await dialog.getByLabel('Code from your mail').fill(await stage.mailedCode(stage.sol.ownerEmail, known))
}

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

describe.skipIf(noBrowser)(inBrowser('templates, numbers and privacy'), () => {
  beforeAll(async () => {
    stage = await openStage()
    owner = await stage.enter(stage.sol.ownerEmail)
  })
  afterAll(() => stage?.close())
  const button = (name: string | RegExp) =>
    owner.page.getByRole('button', { name, exact: typeof name === 'string' })

  it('templates are read from Meta, found, looked at, and a new one is submitted', async () => {
    const { page } = owner
    await page.goto('/portal/templates')
    await page.getByRole('heading', { level: 1, name: 'Templates' }).waitFor()
    await button('Read from Meta').click()
    await button('shipment_late').waitFor()
    expect(await examine(owner, 'templates')).toEqual([])
    await page.getByLabel('Search templates').fill('two for one')
    await button('shipment_late').waitFor({ state: 'detached' })
    await button('promo_nov').click()
    await page.getByText('two for one until Sunday').waitFor()
    expect(await examine(owner, 'template')).toEqual([])
    await button('Close').first().click()
    await page.getByLabel('Search templates').fill('')
    await button('New template').click()
    await page.getByLabel('Name').fill('cake ready')
    await page.getByLabel('Text', { exact: true }).fill('Your cake {{1}} is ready today.')
    await button('Submit to Meta').click()
    await page.getByText('Meta wants a sample for each variable').first().waitFor()
    await page.getByLabel('Sample for {{1}}').fill('Sacher')
    await button('Add a button').click()
    await page.getByLabel('Words on button 1').fill('Thanks')
    expect(await examine(owner, 'template-editor')).toEqual([])
    await button('Submit to Meta').click()
    await page.getByText('Meta has it.').waitFor()
    await page.getByRole('dialog', { name: 'cake_ready' }).getByText('In review').waitFor()
  })

  it('a template has a picture at its head, whose sample Meta’s reviewers see', async () => {
    const { page } = owner
    await page.goto('/portal/templates')
    await button('New template').click()
    const dialog = page.getByRole('dialog', { name: 'New template' })
    await dialog.getByLabel('Name').fill('bread_today')
    await dialog.getByLabel('Header').selectOption('IMAGE')
    await dialog.getByLabel('Text', { exact: true }).fill('This is what came out of the oven.')
    await button('Submit to Meta').click()
    await dialog.getByText('Meta wants a sample of the file').waitFor()
    const choose = dialog.getByLabel('Sample of the file')
    await choose.setInputFiles({
      name: 'bread.png',
      mimeType: 'image/png',
      buffer: Buffer.from('no picture'),
    })
    await dialog.getByText('The file does not begin as image/png does.').waitFor()
    await choose.setInputFiles({ name: 'bread.png', mimeType: 'image/png', buffer: picture })
    await dialog.getByText('Meta has bread.png.').waitFor()
    // Of another header it is no sample.
    await dialog.getByLabel('Header').selectOption('VIDEO')
    await button('Submit to Meta').click()
    await dialog.getByText('Meta wants a sample of the file').waitFor()
    await dialog.getByLabel('Header').selectOption('IMAGE')
    await choose.setInputFiles({ name: 'bread.png', mimeType: 'image/png', buffer: picture })
    await dialog.getByText('Meta has bread.png.').waitFor()
    expect(await examine(owner, 'template-picture')).toEqual([])
    await button('Submit to Meta').click()
    await page.getByRole('dialog', { name: 'bread_today' }).getByText('In review').waitFor()
  })

  it('a number shows how it stands, its use, and its profile, which is changed at Meta', async () => {
    const { page } = owner
    await examineAt(owner, '/portal/numbers', 'Numbers')
    await page.getByRole('link', { name: 'Panaderia Sol' }).click()
    await page.getByText('Free service messages of this month').waitFor()
    await loaded(page)
    await page.getByLabel('Info').fill('Bread and cakes since 1962')
    await page.getByLabel('Website', { exact: true }).fill('https://sol.example')
    await page.locator('form').getByRole('button', { name: 'Save' }).click()
    await page.getByText('Meta has it. People see it within some minutes.').waitFor()
    expect(await examine(owner, 'number')).toEqual([])
    await page.reload()
    expect(await page.getByLabel('Info').inputValue()).toBe('Bread and cakes since 1962')
    await page.getByLabel('Description').fill('Not saved yet')
    const choose = page.getByLabel('Picture')
    await choose.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
    await page.getByText('The file does not begin as image/png does.').waitFor()
    await choose.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: picture })
    await page.getByText('The new picture is at Meta.').waitFor()
    expect(await page.getByLabel('Description').inputValue()).toBe('Not saved yet')
    expect(await examine(owner, 'number-picture')).toEqual([])
  })

  it.each([
    ['requests', /People ask for their data/],
    ['deletions', /with its steps and signed receipts/],
    ['retention', /How long each kind of data is kept/],
    ['map', /Every place that can hold data/],
    ['audit', /Who did what, and when/],
    ['agreement', /a written agreement/],
    ['subprocessors', /Everybody who processes/],
    ['workspace', /A copy of everything/],
  ])('the view %s is whole in every light and width', async (view, text) => {
    await owner.page.goto(`/portal/privacy#${view}`)
    await owner.page.reload()
    await owner.page.getByText(text).first().waitFor()
    await loaded(owner.page)
    expect(await examine(owner, `privacy-${view}`)).toEqual([])
  })

  it('a rule says beforehand what goes, asks who it is, and stands', async () => {
    const { page } = owner
    await page.goto('/portal/privacy#retention')
    await page.reload()
    await page
      .getByRole('row', { name: /Notes of the team/ })
      .getByRole('button', { name: 'Change' })
      .click()
    await page.getByLabel('Days').fill('90')
    await page.getByText('Nothing would be deleted now.').waitFor()
    expect(await examine(owner, 'retention-rule')).toEqual([])
    await button('Set').click()
    await page
      .getByText('The rule is set.')
      .or(page.getByRole('dialog', { name: 'Is it you?' }))
      .waitFor()
    if (await page.getByRole('dialog', { name: 'Is it you?' }).isVisible()) await prove(owner)
    await page.getByText('The rule is set.').waitFor()
    await page
      .getByRole('row', { name: /Notes of the team/ })
      .getByText('90 days')
      .waitFor()
  })

  it('the agreement is accepted by somebody who says that they may', async () => {
    const { page } = owner
    await page.goto('/portal/privacy#agreement')
    await page.reload()
    await page.getByLabel('Your name').fill('Lucía Ejemplo')
    await page.getByLabel('What makes you a signatory').fill('Managing director')
    await page.getByLabel(/may bind the business/).check()
    await button('Accept').click()
    await page.getByText('Lucía Ejemplo, Managing director').waitFor()
    expect(await examine(owner, 'agreement-accepted')).toEqual([])
  })

  it('a copy of the workspace is made and saved', async () => {
    const { page } = owner
    await page.goto('/portal/privacy#workspace')
    await page.reload()
    await button('Make a copy').click()
    await page.getByText('It is being made.').waitFor()
    await stage.stack.gateway.runCron()
    await page.reload()
    const save = button('Save as JSON lines')
    await save.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), save.click()])
    expect(download.suggestedFilename()).toMatch(/^workspace-.*\.ndjson$/)
    await page.getByText('The copy is saved.').waitFor()
    expect(await examine(owner, 'workspace-copies')).toEqual([])
  })

  it('the ledger is filtered', async () => {
    const { page } = owner
    await page.goto('/portal/privacy#audit')
    await page.reload()
    await page.getByLabel('What was done').fill('template')
    await button('Filter').click()
    // What stood there before the filter goes when its answer comes.
    await expect.poll(() => page.getByRole('rowheader', { name: /^(?!template)/ }).count()).toBe(0)
    await page.getByRole('rowheader', { name: 'template.create' }).first().waitFor()
  })

  it('a deletion is followed to its receipt', async () => {
    const { page } = owner
    const { apiKey, phoneNumberId } = stage.sol
    const authorization = `Bearer ${apiKey}`
    await fetch(`${stage.stack.metaUrl}/_sim/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ phone_number_id: phoneNumberId, from: 'ana', type: 'text', text: 'hola' }),
    })
    const contact = async () => {
      for (let tries = 0; tries < 100; tries++) {
        const answer = await fetch(`${stage.stack.url}/api/v1/contacts`, { headers: { authorization } })
        const [found] = ((await answer.json()) as { data: { id: string }[] }).data
        if (found) return found.id
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error('nobody wrote')
    }
    const id = await contact()
    await fetch(`${stage.stack.url}/api/v1/contacts/${id}/deletion`, {
      method: 'POST',
      headers: { authorization },
    })
    await page.goto('/portal/privacy#deletions')
    await page.reload()
    await button('A contact').click()
    await page.getByText('Live data is gone').waitFor({ timeout: 60_000 })
    expect(await examine(owner, 'deletion')).toEqual([])
  })
})
