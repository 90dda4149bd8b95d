// Contacts in a real browser: found and looked at, noted about, agreed, taken in from a list, erased to the receipt; every screen
// in light and dark, on a phone, mirrored.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inBrowser, noBrowser } from '../support/browser.ts'
import { examine, examineAt, loaded, openStage, type Seat, type Stage } from './portal-stage.ts'

let stage: Stage
let owner: Seat

const list = [
  'Nombre;Móvil;Pan',
  'Inés Núñez;600 000 101;rye',
  'Bo "the baker";+34600000102;',
  ';not a number;rye',
  'Twice;0034600000102;',
  '=HYPERLINK("x");600000103;oats',
].join('\r\n')
const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'text/csv', buffer })

async function post(path: string, body: unknown): Promise<{ id: string }> {
  const answer = await fetch(`${stage.stack.url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.sol.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as { id: string }
}

/** People who agreed on paper, as an import of another software would bring them. */
async function takeIn(count: number): Promise<void> {
  const evidence = {
    name: 'fair.csv',
    source: 'paper',
    text: 'Write to me',
    date: '2026-05-04',
    purpose: 'utility',
  }
  const { id } = await post('/imports', { ...evidence, total: count })
  const rows = Array.from({ length: count }, (_, i) => ({
    phone: `+3461000${1000 + i}`,
    name: `Guest g${i}g`,
  }))
  await post(`/imports/${id}/rows`, { from: 0, rows })
  await post(`/imports/${id}/completion`, {})
}

describe.skipIf(noBrowser)(inBrowser('contacts'), () => {
  beforeAll(async () => {
    stage = await openStage()
    owner = await stage.enter(stage.sol.ownerEmail)
  })
  afterAll(() => stage?.close())
  const button = (name: string | RegExp) =>
    owner.page.getByRole('button', { name, exact: typeof name === 'string' })

  it('begin empty, and say how people come here', async () => {
    await examineAt(owner, '/portal/contacts', 'Contacts')
    await examineAt(owner, '/portal/contacts/fields', 'Fields')
  })

  it('have fields, each with a purpose', async () => {
    const { page } = owner
    await button('Make a field').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Bread')
    await dialog.getByLabel('Kind').selectOption('choice')
    await dialog.getByLabel('Choices').fill('rye\nwheat')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('Without a purpose it cannot be kept.').waitFor()
    expect(await examine(owner, 'field-dialog')).toEqual([])
    await dialog.getByLabel('Purpose').fill('To put the right loaf aside')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('cell', { name: 'To put the right loaf aside' }).waitFor()
    expect(await examine(owner, 'fields')).toEqual([])
  })

  it('are taken in from a file step by step, with what is wrong said before and after', async () => {
    const { page } = owner
    await examineAt(owner, '/portal/contacts/import', 'Import a list')
    await page.getByLabel('Choose a file').setInputFiles(file('guests.csv', Buffer.from(list, 'latin1')))
    await page.getByText('guests.csv: 5 rows.').waitFor()
    expect(await page.getByLabel('Letters').inputValue()).toBe('windows-1252')
    expect(await page.getByLabel('Columns are divided by').inputValue()).toBe(';')
    expect(await examine(owner, 'import-file')).toEqual([])
    await button('Go on').click()
    expect(await page.getByLabel('What Móvil is').inputValue()).toBe('phone')
    expect(await page.getByLabel('What Nombre is').inputValue()).toBe('name')
    await page.getByLabel('What Pan is').selectOption({ label: 'Bread' })
    await page.getByLabel('Country code').fill('34')
    expect(await examine(owner, 'import-columns')).toEqual([])
    await button('Go on').click()
    await button('Go on').click()
    await page.getByText('Without the words it proves nothing.').waitFor()
    await page.getByLabel('To which words?').fill('Yes, write to me about bread')
    await page.getByLabel('When?').fill('2026-05-04')
    await page.getByLabel(/Everybody on this list agreed/).check()
    expect(await examine(owner, 'import-consent')).toEqual([])
    await button('Go on').click()
    await page.getByText('2 people would be new.').waitFor()
    await page.getByText('3 rows would be left out.').waitFor()
    expect(await examine(owner, 'import-check')).toEqual([])
    await button('Import 2 rows').click()
    await page.getByRole('heading', { name: 'Imported' }).waitFor()
    await page.getByText('2 people added, 0 people known already, and 3 rows left out').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button('Download the report').click(),
    ])
    const report = Buffer.concat(await (await download.createReadStream()).toArray()).toString()
    expect(report).toContain('3,4,This is not a phone number with its country code.')
    expect(report).not.toMatch(/HYPERLINK|Twice|600/)
    expect(await examine(owner, 'import-report')).toEqual([])
  })

  it('are listed a page at a time, found by a word or a number, and opened beside the list', async () => {
    const { page } = owner
    await takeIn(120)
    await page.goto('/portal/contacts')
    const rows = page.getByRole('list', { name: /^Contacts/ }).getByRole('link')
    await rows.first().waitFor()
    await rows.last().scrollIntoViewIfNeeded()
    await expect.poll(() => rows.count()).toBeGreaterThan(50)
    await page.getByLabel('Search contacts').fill('núñez')
    await expect.poll(() => rows.count()).toBe(1)
    await page.getByLabel('Search contacts').fill('+34 600 000 102')
    await page.getByRole('link', { name: /Bo "the baker"/ }).click()
    await page.getByRole('heading', { level: 2, name: 'Bo "the baker"' }).waitFor()
    await page.getByText('From a list you imported').waitFor()
    await loaded(page)
    expect(await examine(owner, 'contact')).toEqual([])
  })

  it('are noted about, corrected, and agree or take it back, with every word kept', async () => {
    const { page } = owner
    await page.getByRole('button', { name: 'Change Bread' }).click()
    await page.getByLabel('Bread', { exact: true }).selectOption('wheat')
    await page.locator('.in-place').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Take out Bread' }).waitFor()
    await button('Actions for this contact').click()
    await page.getByRole('menuitem', { name: 'Correct the name' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Bo Baker')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 2, name: 'Bo Baker' }).waitFor()
    await page.getByText('Corrected by your team').waitFor()
    await button('Write down a consent').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('The person took it back').check()
    await dialog.getByLabel('In which words?').fill('No more offers, please')
    expect(await examine(owner, 'consent-dialog')).toEqual([])
    await dialog.getByRole('button', { name: 'Write it down' }).click()
    await page.locator('.standings').getByText('Took it back').waitFor()
    await page.getByText('Every word so far').click()
    await page.getByText('No more offers, please').waitFor()
    await page.getByText('Yes, write to me about bread').waitFor()
    await page.getByText('What was done').click()
    await page.getByText('Came with a list').waitFor()
    expect(await examine(owner, 'contact-open')).toEqual([])
  })

  it('are erased in front of one’s eyes, to the receipt, and gone from every other browser', async () => {
    const { page } = owner
    const other = await stage.enter(stage.sol.ownerEmail)
    await other.page.goto('/portal/contacts')
    await other.page.getByLabel('Search contacts').fill('baker')
    await other.page.getByText('Bo Baker').waitFor()
    await button('Actions for this contact').click()
    await page.getByRole('menuitem', { name: 'Erase' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('This is erased, for good').waitFor()
    expect(await examine(owner, 'erase-dialog')).toEqual([])
    await dialog.getByLabel(/to go on/).fill('erase')
    await dialog.getByRole('button', { name: 'Erase for good' }).click()
    await page.getByRole('dialog', { name: 'Erasing' }).waitFor()
    await other.page.getByText('Bo Baker').waitFor({ state: 'detached' })
    await page.getByRole('dialog', { name: 'Erased' }).waitFor({ timeout: 60_000 })
    expect(await examine(owner, 'erased')).toEqual([])
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('Bo Baker').waitFor({ state: 'detached' })
    expect(other.troubles).toEqual([])
    await other.context.close()
  })

  it('that are left alone stand in a list by id and date, until it is lifted', async () => {
    const { page } = owner
    await page.goto('/portal/contacts')
    await page.getByLabel('Search contacts').fill('inés')
    await page.getByRole('link', { name: /Inés/ }).click()
    await button('Actions for this contact').click()
    await page.getByRole('menuitem', { name: 'Leave alone' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('leave alone')
    await page.getByRole('dialog').getByRole('button', { name: 'Leave alone' }).click()
    await page.getByRole('link', { name: /Inés/ }).waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: 'Left alone' }).click()
    await page.getByText(/^cnt_/).waitFor()
    expect(await examine(owner, 'restricted')).toEqual([])
    await page.getByRole('button', { name: /^Lift/ }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('lift')
    await page.getByRole('dialog').getByRole('button', { name: 'Lift' }).click()
    await page.getByText('Nobody asked to be left alone').waitFor()
  })

  it('are masked for an agent, who reveals one number and sees that it is noted', async () => {
    const agent = await stage.enter(await invited('agent'))
    const { page } = agent
    await page.goto('/portal/contacts')
    await page.getByLabel('Search contacts').fill('inés')
    await page.getByRole('link', { name: /Inés/ }).click()
    await page.getByText('+34 ••• ••• 101').first().waitFor()
    expect(await page.content()).not.toContain('34600000101')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByText('+34600000101').waitFor()
    await page.getByText('That you looked is noted.').first().waitFor()
    expect(await page.getByRole('tab').count()).toBe(0)
    expect(agent.troubles).toEqual([])
  })
})

async function invited(role: string): Promise<string> {
  const email = `${role}@example.com`
  await post('/members', { role, email })
  return email
}
