// The portal around its screens, in a real browser: signing up and in, joining, roles, sessions, proof, keys, lines that are cut;
// every screen of accounts in light and dark, on a phone, mirrored, by keyboard alone.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inBrowser, noBrowser } from '../support/browser.ts'
import { tabTo } from './keyboard.ts'
import { examine, examineAt, loaded, openStage, type Seat, type Stage } from './portal-stage.ts'

let stage: Stage
let owner: Seat

describe.skipIf(noBrowser)(inBrowser('the portal'), () => {
  beforeAll(async () => {
    stage = await openStage()
    owner = await stage.enter(stage.sol.ownerEmail)
  })
  afterAll(() => stage?.close())

  const heading = ({ page }: Seat, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
  const invitationLink = async (email: string): Promise<string> => {
    for (let tries = 0; tries < 100; tries++) {
      await stage.stack.gateway.runCron()
      const [found] = (await stage.mailsTo(email)).flatMap(
        ({ text }) => /\S+\/portal\/join#\S+/.exec(text) ?? [],
      )
      if (found) return found
    }
    throw new Error('no invitation came')
  }
  /** Invites by the dialog, joins by the link of the mail and the code that follows. */
  const join = async (email: string, role: string): Promise<Seat> => {
    await owner.page.goto('/portal/people?invite')
    await owner.page.getByLabel('E-mail address').fill(email)
    await owner.page.getByRole('radio', { name: role }).check()
    await owner.page.getByRole('button', { name: 'Send the invitation' }).click()
    await owner.page.getByText(`An invitation is on its way to ${email}.`).waitFor()
    const seat = await stage.sit()
    await seat.page.goto(await invitationLink(email))
    await heading(seat, 'Join a workspace').waitFor()
    expect(await examine(seat, 'join')).toEqual([])
    await seat.page.getByRole('button', { name: 'Send me the code' }).click()
    await seat.page.getByLabel('The six digits').fill(await stage.mailedCode(email))
    await seat.page.waitForURL(/\/portal\/(inbox|numbers|contacts|account|privacy)/)
    return seat
  }

  it('takes somebody new from an address to a workspace of their own, step by step', async () => {
    const email = 'new@example.com'
    const seat = await stage.sit()
    await seat.page.goto('/portal')
    await heading(seat, 'Sign in').waitFor()
    expect(await examine(seat, 'sign-in')).toEqual([])
    await seat.page.getByLabel('Your e-mail address').fill(email)
    await seat.page.getByRole('button', { name: 'Send me a code' }).click()
    await heading(seat, 'Look into your mail').waitFor()
    expect(await examine(seat, 'code')).toEqual([])
    await seat.page.getByLabel('The six digits').fill(await stage.mailedCode(email))
    await heading(seat, 'Name your workspace').waitFor()
    expect(await examine(seat, 'name-it')).toEqual([])
    await seat.page.getByLabel('Name of the workspace').fill('Kite Repairs')
    await seat.page.getByLabel('Your name, for colleagues').fill('Nila Rao')
    await seat.page.getByRole('button', { name: 'Make the workspace' }).click()
    await heading(seat, 'The first minutes').waitFor()
    await loaded(seat.page)
    await seat.page.getByText('It is called Kite Repairs.').waitFor()
    await seat.page.getByRole('button', { name: 'Your account: Nila Rao' }).waitFor()
    await seat.page.getByRole('link', { name: 'Connect a number' }).waitFor()
    expect(await examine(seat, 'first-minutes')).toEqual([])
    await seat.context.close()
  })

  it('says the same to an address that it knows and to one that it does not', async () => {
    const said: string[] = []
    for (const email of [stage.sol.ownerEmail, 'nobody@example.com']) {
      const seat = await stage.sit()
      await seat.page.goto('/portal/sign-in')
      await seat.page.getByLabel('Your e-mail address').fill(email)
      await seat.page.getByRole('button', { name: 'Send me a code' }).click()
      await heading(seat, 'Look into your mail').waitFor()
      await seat.page.getByLabel('The six digits').fill('000000')
      await seat.page.getByRole('alert').waitFor()
      said.push((await seat.page.locator('main').innerText()).replaceAll(email, '…'))
      await seat.context.close()
    }
    expect(said[0]).toBe(said[1])
    expect(said[0]).toContain('This code is not accepted.')
  })

  it('leads back to the page that was asked for, by keyboard alone, and nowhere else', async () => {
    const email = stage.monsoon.ownerEmail
    const seat = await stage.sit()
    const known = await stage.codesTo(email)
    await seat.page.goto('/portal/keys')
    await heading(seat, 'Sign in').waitFor()
    await tabTo(seat.page, /e-mail address/)
    await seat.page.keyboard.type(email)
    await seat.page.keyboard.press('Enter')
    await heading(seat, 'Look into your mail').waitFor()
    // The field for the code has the focus already.
    await seat.page.keyboard.type(await stage.mailedCode(email, known))
    await heading(seat, 'API keys').waitFor()
    await seat.page.goto('/portal/sign-in?to=https://elsewhere.example/portal')
    await seat.page.getByLabel('Your e-mail address').fill(email)
    await seat.page.keyboard.press('Enter')
    await heading(seat, 'Look into your mail').waitFor()
    await seat.page.keyboard.type(await stage.mailedCode(email, known + 1))
    await seat.page.waitForURL((url) => url.origin === stage.url && !url.pathname.includes('sign-in'))
    expect(seat.troubles).toEqual([])
    await seat.context.close()
  })

  it.each([
    ['/portal/welcome', 'The first minutes'],
    ['/portal/people', 'People'],
    ['/portal/keys', 'API keys'],
    ['/portal/account', 'Sign-in and sessions'],
    ['/portal/workspace', 'Workspace'],
  ])('%s is accessible in light and dark, on a phone and mirrored', async (path, name) => {
    await examineAt(owner, path, name)
  })

  it('can be walked by keyboard: places, menus, help', async () => {
    const { page } = owner
    await page.goto('/portal/account')
    await heading(owner, 'Sign-in and sessions').waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    expect(await examine(owner, 'help')).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const menu = page.getByRole('button', { name: /Your account/ })
    await menu.focus()
    await page.keyboard.press('ArrowDown')
    await page.getByRole('menuitem', { name: 'Sign-in and sessions' }).waitFor()
    await page.keyboard.press('ArrowDown')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('API keys')
    await page.keyboard.press('Escape')
    expect(await menu.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await heading(owner, 'People').waitFor()
  })

  it('lets an invited agent in by the link and a code, and shows them what an agent may see', async () => {
    const agent = await join('agent@example.com', 'Agent')
    const places = agent.page.getByRole('navigation', { name: 'Portal' }).getByRole('link')
    await places.first().waitFor()
    expect(await places.allInnerTexts()).toEqual(['Inbox', 'Contacts', 'Templates', 'Numbers'])
    for (const path of ['/portal/people', '/portal/keys', '/portal/workspace']) {
      await agent.page.goto(path)
      await agent.page.getByText('Your role does not open this page').waitFor()
    }
    await agent.context.close()
    // The link worked once.
    const late = await stage.sit()
    await late.page.goto(await invitationLink('agent@example.com'))
    await heading(late, 'This invitation does not work').waitFor()
    expect(await examine(late, 'join-gone')).toEqual([])
    await late.context.close()
  })

  it('changes a role in place, with a way back, and calls an invitation back unless that is undone', async () => {
    const { page } = owner
    const changed = await join('changed@example.com', 'Agent')
    await changed.page.goto('/portal/contacts')
    await heading(changed, 'Contacts').waitFor()
    await changed.page.getByText('Live', { exact: true }).waitFor()
    await page.goto('/portal/people')
    const role = page.getByLabel('Role of changed@example.com')
    await role.selectOption('developer')
    await page.getByText('changed@example.com is Developer now.').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('changed@example.com is Agent now.').waitFor()
    await expect.poll(() => role.inputValue()).toBe('agent')
    await role.selectOption('developer')
    // What the role opened goes from the screen by itself.
    await changed.page.getByText('Your role does not open this page').waitFor()
    expect(await heading(changed, 'Contacts').count()).toBe(0)
    await changed.context.close()

    await page.getByRole('button', { name: 'Invite somebody' }).click()
    await page.getByLabel('E-mail address').fill('late@example.com')
    await page.getByRole('button', { name: 'Send the invitation' }).click()
    const row = page.getByRole('row', { name: /late@example\.com/ })
    await row.waitFor()
    await row.getByRole('button', { name: 'Call back' }).click()
    await row.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).last().click()
    await row.waitFor()
    await row.getByRole('button', { name: 'Call back' }).click()
    await page.getByRole('button', { name: 'Dismiss' }).last().click()
    await page.reload()
    await loaded(page)
    await page.getByText('owner@').first().waitFor()
    expect(await row.count()).toBe(0)
    expect(await examine(owner, 'people')).toEqual([])
  })

  it('shows a key once, and revokes it when the way back has gone', async () => {
    const { page } = owner
    await page.goto('/portal/keys')
    await page.getByRole('button', { name: 'Create a key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Till')
    expect(await examine(owner, 'make-key')).toEqual([])
    await dialog.getByRole('button', { name: 'Create a key' }).click()
    await page.getByRole('dialog', { name: 'Your new key' }).waitFor()
    const secret = await page.locator('.secret').innerText()
    expect(await examine(owner, 'new-key')).toEqual([])
    await page.getByRole('button', { name: 'I have kept it' }).click()
    const works = async () =>
      (
        await fetch(`${stage.stack.url}/api/v1/conversations`, {
          headers: { authorization: `Bearer ${secret}` },
        })
      ).status
    expect(await works()).toBe(200)
    await page.getByRole('button', { name: 'Revoke Till' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: 'Revoke Till' }).waitFor()
    expect(await works()).toBe(200)
    await page.getByRole('button', { name: 'Revoke Till' }).click()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(works).toBe(401)
    await page.reload()
    await loaded(page)
    expect(await page.locator('main').innerText()).not.toContain(secret)
  })

  it('asks once more who it is before something dangerous, and then does it', async () => {
    const { page } = owner
    const known = await stage.codesTo(stage.sol.ownerEmail)
    await stage.stack.query('UPDATE sessions SET proven_at = 0')
    await page.goto('/portal/people?invite')
    await page.getByLabel('E-mail address').fill('proof@example.com')
    await page.getByRole('button', { name: 'Send the invitation' }).click()
    const proof = page.getByRole('dialog', { name: 'Is it you?' })
    await proof.waitFor()
    expect(await examine(owner, 'step-up')).toEqual([])
    await proof.getByRole('button', { name: 'Send me a code by mail' }).click()
    await stage.mailedCode(stage.sol.ownerEmail, known)
    await proof.getByRole('button', { name: 'Send another code' }).click()
    await proof.getByText('Another code is on its way.').waitFor()
    // Six digits go by themselves.
    const code = await stage.mailedCode(stage.sol.ownerEmail, known + 1)
    await proof.getByLabel('Code from your mail').fill(code)
    await page.getByText('An invitation is on its way to proof@example.com.').waitFor()
  })

  it('signs in with a passkey that was made on this device', async () => {
    const seat = await stage.enter(stage.sol.ownerEmail)
    const cdp = await seat.context.newCDPSession(seat.page)
    await cdp.send('WebAuthn.enable')
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    await seat.page.goto('/portal/account')
    await seat.page.getByRole('button', { name: 'Add a passkey' }).click()
    const dialog = seat.page.getByRole('dialog')
    await dialog.getByLabel('Name of the passkey').fill('Laptop')
    await dialog.getByRole('button', { name: 'Add a passkey' }).click()
    await seat.page.getByText('The passkey is added.').waitFor()
    await seat.page.getByText('Laptop').waitFor()
    expect(await examine(seat, 'passkey')).toEqual([])
    await seat.page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await seat.page.getByText('You are signed out.').waitFor()
    // The browser may offer it by itself, in the field for the address.
    await Promise.race([
      seat.page
        .getByRole('button', { name: 'Sign in with a passkey' })
        .click()
        .catch(() => undefined),
      seat.page.waitForURL(/\/portal\/inbox/),
    ])
    await seat.page.waitForURL(/\/portal\/inbox/)
    expect(seat.troubles).toEqual([])
    await seat.context.close()
  })

  it('ends a session that was signed out elsewhere', async () => {
    const other = await stage.enter(stage.sol.ownerEmail, {
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    })
    await other.page.goto('/portal/keys')
    await heading(other, 'API keys').waitFor()
    await owner.page.goto('/portal/account')
    await loaded(owner.page)
    const ends = owner.page.getByRole('button', { name: /^Sign out .*Firefox/ })
    await ends.first().click()
    await owner.page.getByRole('button', { name: 'Dismiss' }).click()
    // The next time it looks.
    await expect
      .poll(async () => {
        await other.page.evaluate(() => dispatchEvent(new Event('online'))).catch(() => undefined)
        return other.page.url()
      })
      .toContain('/portal/sign-in?why=ended')
    await other.page.getByText('Your session has ended.').waitFor()
    await heading(owner, 'Sign-in and sessions').waitFor()
    await other.context.close()
  })

  it('says that it is offline, and goes on by itself', async () => {
    const { page, context } = owner
    await page.goto('/portal/keys')
    await page.getByText('Live', { exact: true }).waitFor()
    await context.setOffline(true)
    await page.getByText('You are offline').first().waitFor()
    expect(await examine(owner, 'offline')).toEqual([])
    await context.setOffline(false)
    await page.getByText('Live', { exact: true }).waitFor()
  })

  it('says that it could not load, and tries again when it is asked to', async () => {
    const { page } = owner
    await page.route('**/api/v1/keys?*', (route) => route.abort())
    await page.goto('/portal/keys')
    const again = page.getByRole('button', { name: 'Try again' })
    await again.waitFor()
    expect(await examine(owner, 'failed')).toEqual([])
    await page.unroute('**/api/v1/keys?*')
    await again.click()
    await page.getByRole('table').waitFor()
  })

  it('shows one workspace in each tab, and the other after it was chosen', async () => {
    const { page } = owner
    await page.goto('/portal/welcome?new')
    await page.getByLabel('Name of the workspace').fill('Sol Bakery School')
    await page.getByRole('button', { name: 'Make the workspace' }).click()
    await page.getByText('It is called Sol Bakery School.').waitFor()
    await page.getByRole('button', { name: /^Workspace: Sol Bakery School/ }).click()
    await page.getByRole('menuitemradio', { name: 'Panaderia Sol' }).click()
    await page.waitForURL(/\/portal\/inbox/)
    await page.getByRole('button', { name: /^Workspace: Panaderia Sol/ }).waitFor()
  })
})
