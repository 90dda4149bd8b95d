// Connecting a number in a real browser, through the simulated window of Meta and by hand; the doctor's page; disconnecting.

import type { Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endingOf, isMetaOrigin, parseNews } from '../../site/portal/numbers/window.ts'
import { inBrowser, noBrowser } from '../support/browser.ts'
import { examine, loaded, openStage, type Seat, type Stage } from './portal-stage.ts'

const metaSdk = 'https://connect.facebook.net/en_US/sdk.js'

describe('a message of Meta’s window', () => {
  it.each([
    ['https://www.facebook.com', true],
    ['https://web.facebook.com', true],
    ['https://facebook.com', true],
    ['https://evilfacebook.com', false],
    ['https://facebook.com.evil.example', false],
    ['http://www.facebook.com', false],
    ['https://www.facebook.com:8443', false],
    ['https://facebook.com@evil.example', false],
    ['null', false],
    ['', false],
  ])('from %s is believed: %s', (origin, believed) => {
    expect(isMetaOrigin(origin, metaSdk)).toBe(believed)
  })

  it('is believed from the simulator where Meta is simulated, and from nobody else', () => {
    const sdk = 'http://127.0.0.1:8788/sdk.js'
    expect(isMetaOrigin('http://127.0.0.1:8788', sdk)).toBe(true)
    for (const other of ['http://127.0.0.1:8787', 'http://localhost:8788', 'https://www.facebook.com'])
      expect(isMetaOrigin(other, sdk)).toBe(false)
  })

  it('is read as text and as an object, and anything else is nobody’s', () => {
    const news = { type: 'WA_EMBEDDED_SIGNUP', event: 'FINISH', version: 3, data: { waba_id: '1' } }
    expect(parseNews(JSON.stringify(news))).toEqual({ event: 'FINISH', data: { waba_id: '1' } })
    expect(parseNews(news)).toEqual({ event: 'FINISH', data: { waba_id: '1' } })
    for (const odd of ['{', 7, null, undefined, [], { type: 'x' }, { type: 'WA_EMBEDDED_SIGNUP' }])
      expect(parseNews(odd)).toBeUndefined()
  })

  it('and the code make one ending, whichever came first, or came at all', () => {
    const finish = { event: 'FINISH', data: { waba_id: '201', phone_number_id: '301' } }
    expect(endingOf('AQ', finish)).toEqual({
      kind: 'code',
      code: 'AQ',
      wabaId: '201',
      phoneNumberId: '301',
      coexistence: false,
    })
    expect(endingOf('AQ', undefined)).toEqual({ kind: 'code', code: 'AQ', coexistence: false })
    expect(endingOf(undefined, undefined)).toEqual({ kind: 'closed' })
    expect(endingOf(undefined, { event: 'CANCEL', data: { current_step: 'PERMISSIONS' } })).toEqual({
      kind: 'cancelled',
      step: 'PERMISSIONS',
    })
    const wrong = { error_message: 'oops', error_id: '524126' }
    for (const event of ['CANCEL', 'ERROR'])
      expect(endingOf(undefined, { event, data: wrong })).toEqual({ kind: 'failed', id: '524126' })
  })
})

describe.skipIf(noBrowser)(inBrowser('connecting a number'), () => {
  let stage: Stage
  let owner: Seat

  beforeAll(async () => {
    stage = await openStage()
    owner = await stage.enter(stage.sol.ownerEmail)
  })
  afterAll(() => stage?.close())

  /** What a page may load from the simulated Meta it loads on this one page. */
  const troublesOf = async (seat: Seat, name: string) => {
    const found = await examine(seat, name)
    return found.filter((one) => !one.startsWith(`a request to ${stage.stack.metaUrl}/`))
  }
  const atConnect = async () => {
    await owner.page.goto('/portal/numbers/connect')
    const button = owner.page.getByRole('button', { name: 'Open Meta’s window' })
    await button.and(owner.page.locator(':not([aria-busy])')).waitFor()
    return button
  }
  /** Opens the window and does there what is asked. */
  const inWindow = async (act: (popup: Page) => Promise<void>) => {
    const button = await atConnect()
    const [popup] = await Promise.all([owner.page.waitForEvent('popup'), button.click()])
    await popup.getByRole('radio').nth(5).waitFor()
    await act(popup)
  }
  const finish = (popup: Page) => popup.getByRole('button', { name: 'Finish' }).click()
  const outcome = async (): Promise<string> => {
    const card = owner.page.locator('#outcome')
    await card.waitFor()
    return card.innerText()
  }

  it('looks right, and says what it loads', async () => {
    await atConnect()
    expect(await troublesOf(owner, 'connect')).toEqual([])
    await owner.page.getByText('With a token of your own').click()
    await owner.page.getByRole('button', { name: 'Connect', exact: true }).click()
    await owner.page.getByText('This id is made of digits alone.').first().waitFor()
    expect(await troublesOf(owner, 'connect-hand')).toEqual([])
  })

  it('may load a script of somebody else on this page, and on no other', async () => {
    const policyOf = async (path: string) =>
      (await owner.context.request.get(path)).headers()['content-security-policy'] ?? ''
    expect(await policyOf('/portal/numbers/connect')).toContain(`script-src 'self' ${stage.stack.metaUrl}`)
    for (const path of ['/portal/numbers/number', '/portal/inbox', '/', '/portal/numbers'])
      expect(await policyOf(path)).not.toContain(stage.stack.metaUrl)
  })

  it('registers the number of a new business, and the phone reaches it', async () => {
    await inWindow(async (popup) => {
      await popup.getByLabel('Business name').fill('Kite Repairs')
      await finish(popup)
    })
    const said = await outcome()
    expect(said).toContain('Connected. Everything is in place.')
    expect(said).toContain('It is registered, with a PIN that is kept sealed.')
    expect(await troublesOf(owner, 'connected')).toEqual([])
    await owner.page.getByRole('link', { name: 'See the number' }).click()
    await owner.page.getByRole('heading', { level: 1, name: 'Kite Repairs' }).waitFor()
    await owner.page.getByText('Meta accepts the token, and it does not end.').waitFor()
    await loaded(owner.page)
    expect(await troublesOf(owner, 'number')).toEqual([])
  })

  it('asks for the PIN that a number has already, and registers it with that', async () => {
    await inWindow(async (popup) => {
      await popup.getByRole('radio', { name: /with a PIN/ }).check()
      await popup.getByLabel('Business name').fill('Pin and Sons')
      await finish(popup)
    })
    expect(await outcome()).toContain('This number has a two-step PIN already.')
    await owner.page.getByRole('link', { name: 'See the number' }).click()
    await owner.page.getByRole('button', { name: 'Register', exact: true }).click()
    await owner.page.getByLabel('PIN (six digits)').fill('111111')
    await owner.page.getByRole('dialog').getByRole('button', { name: 'Register' }).click()
    await owner.page.getByRole('dialog').getByText('This PIN is not the right one.').waitFor()
    await owner.page.getByLabel('PIN (six digits)').fill('246810')
    await owner.page.getByRole('dialog').getByRole('button', { name: 'Register' }).click()
    await owner.page.getByText('It is registered, with a PIN that is kept sealed.').waitFor()
    await owner.page.getByText('It is registered.', { exact: true }).waitFor()
  })

  it('leaves a number of the WhatsApp Business app where it is, and asks for its history', async () => {
    await inWindow(async (popup) => {
      await popup.getByRole('radio', { name: /WhatsApp Business app/ }).check()
      await finish(popup)
    })
    const said = await outcome()
    expect(said).toContain('It stays registered with the WhatsApp Business app.')
    expect(said).toContain('What was said in the app before will come in the next hours.')
  })

  it('keeps an account without a number, and connects the number once it is there', async () => {
    await inWindow(async (popup) => {
      await popup.getByRole('radio', { name: /without a number/ }).check()
      await finish(popup)
    })
    expect(await outcome()).toContain('It has no number yet.')
    const waba = [...stage.stack.meta.world.state.wabas.values()].at(-1)
    await fetch(`${stage.stack.metaUrl}/_sim/numbers`, {
      method: 'POST',
      body: JSON.stringify({ waba_id: waba?.id }),
    })
    await atConnect()
    await owner.page.getByRole('button', { name: 'Look again' }).click()
    expect(await outcome()).toContain('It is registered, with a PIN that is kept sealed.')
  })

  it('connects what Meta names when the window says nothing', async () => {
    await inWindow(async (popup) => {
      await popup.getByText('The token Meta gives').click()
      await popup.getByLabel(/says nothing/).check()
      await finish(popup)
    })
    expect(await outcome()).toContain('The WhatsApp account is connected.')
  })

  it('says in words where somebody left, that it failed, and that the window was closed', async () => {
    await inWindow(async (popup) => {
      await popup.getByText('The token Meta gives').click()
      await popup.getByLabel('Step to leave at').selectOption('PHONE_NUMBER_VERIFICATION')
      await popup.getByRole('button', { name: 'Cancel' }).click()
    })
    await owner.page.getByText('You left Meta’s window at the verification of the phone number.').waitFor()
    await inWindow(async (popup) => {
      await popup.getByText('The token Meta gives').click()
      await popup.getByRole('button', { name: 'Fail with an error' }).click()
    })
    await owner.page.getByText('Meta’s support asks for this id: 524126.').waitFor()
    await inWindow((popup) => popup.close())
    await owner.page.getByText('Meta’s window was closed before it was done.').waitFor()
    // The attempt was not used: the same page goes on.
    const button = owner.page.getByRole('button', { name: 'Open Meta’s window' })
    const [popup] = await Promise.all([owner.page.waitForEvent('popup'), button.click()])
    await finish(popup)
    expect(await outcome()).toContain('Connected')
  })

  it('refuses an account of another workspace in words', async () => {
    await inWindow(async (popup) => {
      await popup.getByRole('radio', { name: new RegExp(stage.monsoon.wabaId) }).check()
      await finish(popup)
    })
    await owner.page.getByText(/Another workspace has this WhatsApp account/).waitFor()
  })

  it('says that a number must be connected again when its token is dead, and disconnects it when asked', async () => {
    const [first] = (
      (await (await owner.context.request.get('/api/v1/numbers')).json()) as {
        data: { id: string; wabaId: string; verifiedName: string }[]
      }
    ).data.filter(({ verifiedName }) => verifiedName === 'Kite Repairs')
    for (const token of stage.stack.meta.world.state.tokens.values())
      if (token.wabaIds.includes(first?.wabaId ?? '')) token.revoked = true
    await owner.page.goto(`/portal/numbers/number?n=${first?.id}`)
    await owner.page.getByRole('button', { name: 'Look now' }).click()
    await owner.page.getByText('What people write still arrives').waitFor()
    await loaded(owner.page)
    expect(await troublesOf(owner, 'number-dead')).toEqual([])
    await owner.page.getByRole('button', { name: 'Disconnect' }).click()
    await owner.page.getByLabel(/Type/).fill('disconnect')
    await owner.page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click()
    await owner.page.getByText('This number is disconnected.').waitFor()
  })

  it('shows nothing of all this to somebody of another workspace', async () => {
    const neighbour = await stage.enter(stage.monsoon.ownerEmail)
    const { data } = (await (await owner.context.request.get('/api/v1/numbers')).json()) as {
      data: { id: string }[]
    }
    await neighbour.page.goto(`/portal/numbers/number?n=${data[0]?.id}`)
    await neighbour.page.getByText('There is no such number here').waitFor()
  })
})
