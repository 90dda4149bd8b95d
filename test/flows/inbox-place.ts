// The inbox with people on both sides: a stage of the portal, what the simulated persons say and were told, and the parts of the
// screen by the names that people know them by. Called by portal-inbox*.test.ts.

import type { Locator, Page } from '@playwright/test'
import type { DemoWorkspace } from '../../scripts/seed.ts'
import { openStage, type Seat, type Stage } from '../site/portal-stage.ts'

export type Sent = { id: string; to: string; type: string; payload: Record<string, unknown> }
export type Message = {
  id: string
  text: string | null
  type: string
  status: string | null
  direction: string
}

export type InboxPlace = Awaited<ReturnType<typeof openInboxPlace>>

export async function openInboxPlace() {
  const stage = await openStage()
  return { ...stage, ...talk(stage) }
}

function talk({ stack, sol }: Stage) {
  const sim = async <T>(path: string, body?: unknown): Promise<T> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const answer = await fetch(`${stack.metaUrl}/_sim/${path}`, init)
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as T
  }
  const api = async <T>(path: string, method = 'GET', body?: unknown, business: DemoWorkspace = sol) => {
    const answer = await fetch(`${stack.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${business.apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    const text = await answer.text()
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  /** As a person of the cast says it on their phone. */
  const say = (person: string, text: string, more: object = {}) =>
    sim('messages', {
      person,
      phone_number_id: sol.phoneNumberId,
      type: 'text',
      text: { body: text },
      ...more,
    })
  const sayOther = (person: string, type: string, payload: object) =>
    sim('messages', { person, phone_number_id: sol.phoneNumberId, type, [type]: payload })
  /** What left for somebody's phone. */
  const outbox = async (to?: string) =>
    (await sim<{ data: Sent[] }>(`outbox${to === undefined ? '' : `?to=${to}`}`)).data
  const conversationWith = async (name: string, business = sol) => {
    type Found = { data: { id: string; contact: { id: string; name: string | null } }[] }
    const { data } = await api<Found>('/conversations?state=all&limit=200', 'GET', undefined, business)
    return data.find(({ contact }) => contact.name === name)
  }
  const messagesOf = async (name: string, business = sol): Promise<Message[]> => {
    const found = await conversationWith(name, business)
    if (!found) return []
    const path = `/conversations/${found.id}/messages?limit=200`
    return (await api<{ data: Message[] }>(path, 'GET', undefined, business)).data
  }
  return { sim, api, say, sayOther, outbox, conversationWith, messagesOf }
}

// ── The screen ──

export const rowOf = (page: Page, name: string): Locator =>
  page.getByRole('listbox', { name: 'Conversations' }).getByRole('option').filter({ hasText: name })
export const log = (page: Page): Locator => page.getByRole('log')
export const bubble = (page: Page, text: string | RegExp): Locator =>
  log(page).getByRole('article').filter({ hasText: text })
export const composer = (page: Page): Locator => page.getByRole('textbox', { name: 'Message' })

export async function openWith({ page }: Seat, name: string): Promise<void> {
  await page.goto('/portal/inbox')
  await rowOf(page, name).click()
  await log(page).waitFor()
}

export async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

/** Texts of the messages that are shown, from top to bottom. */
export const shownTexts = (page: Page): Promise<string[]> =>
  page
    .locator('.messages .item:not(.note) .written')
    .evaluateAll((all) => all.map(({ textContent }) => textContent ?? ''))

/** Its ticks came home. */
export const delivered = (page: Page, text: string): Promise<void> =>
  bubble(page, text).getByText('Delivered', { exact: true }).waitFor({ state: 'attached' })
