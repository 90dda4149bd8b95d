// The inbox of the portal in Chromium: what one interaction costs its main thread, with 10,000 conversations in the list and a
// conversation of 1,000 messages. Run by run.ts.

import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from '@playwright/test'
import { launch, noBrowser } from '../../support/browser.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { newRun, signedBody, updateOf } from '../bodies.ts'
import { assertGoing, onEnd, temporaryFolder } from '../cleanup.ts'
import { post } from '../post.ts'
import { type Bench, emptyReport, goal, type Report } from '../report.ts'
import { median, withSpread } from '../stats.ts'
import { type Identity, webhookPath } from '../targets.ts'
import { type Cost, costOf } from '../trace.ts'

const title = 'The inbox: main-thread time of one interaction'
const mostMs = 100
const updatesPerBody = 100
const messages = 1_000
/** Whose conversation it is: the one who wrote last. */
const talker = 0
const settleMs = 250

type Interaction = { name: string; act: (page: Page, round: number) => Promise<void> }

async function until(what: string, isSo: () => Promise<boolean>, mostMs = 300_000): Promise<void> {
  const since = performance.now()
  while (!(await isSo())) {
    if (performance.now() - since > mostMs) throw new Error(`${what}: not within ${mostMs} ms`)
    assertGoing()
    await sleep(200)
  }
}

// ── What is there ──

async function say(stack: Stack, people: number[]): Promise<void> {
  const identity: Identity = stack
  const agent = new Agent({ keepAlive: true })
  const run = newRun()
  for (let from = 0; from < people.length; from += updatesPerBody) {
    const updates = people
      .slice(from, from + updatesPerBody)
      .map((who, i) => updateOf(identity, run, from + i, who))
    const { body, signature } = signedBody(identity, updates)
    const url = new URL(stack.url + webhookPath)
    const answer = await post(agent, url, { 'x-hub-signature-256': signature }, body)
    if (answer.status !== 200) throw new Error(`the webhook answered ${answer.status}`)
  }
  agent.destroy()
}

const countOf = async (stack: Stack, table: string): Promise<number> =>
  Number((await stack.query(`SELECT count(*) AS n FROM ${table}`))[0]?.n)

async function plant(stack: Stack, conversations: number): Promise<void> {
  console.error(`  planting ${conversations} conversations and one of ${messages} messages`)
  await say(stack, [...Array(conversations).keys()])
  await until('the conversations', async () => (await countOf(stack, 'conversations')) === conversations)
  await say(stack, Array(messages - 1).fill(talker))
  await until('the messages', async () => (await countOf(stack, 'messages')) === conversations + messages - 1)
}

// ── Who looks ──

async function codeFor(stack: Stack, email: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`${stack.metaUrl}/_sim/mailbox?to=${encodeURIComponent(email)}`)
    const { data } = (await answer.json()) as { data: { text: string }[] }
    const code = data.flatMap(({ text }) => /^\d{6}$/m.exec(text)?.[0] ?? [])[0]
    if (code !== undefined) return code
    await stack.gateway.runCron()
    await sleep(50)
  }
  throw new Error('no code came')
}

async function enter(stack: Stack, browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: stack.url })
  const email = stack.workspaces[0]?.ownerEmail as string
  const ask = (path: string, data: object) =>
    context.request.post(`/api/v1/public/${path}`, { data, headers: { origin: stack.url } })
  await ask('sign-in/codes', { email })
  const answer = await ask('sign-in', { email, code: await codeFor(stack, email) })
  if (!answer.ok()) throw new Error(`signing in answered ${answer.status()}`)
  const page = await context.newPage()
  await page.goto('/portal/inbox')
  await page.locator('.all-rows > .row').first().waitFor()
  return page
}

/** Every page of the list, as somebody would who scrolls to its end. */
async function loadAll(page: Page, conversations: number): Promise<number> {
  const rows = () => page.locator('.all-rows').evaluate((all) => Math.round(all.clientHeight / 76))
  await until('the whole list', async () => {
    await page.locator('.rows').evaluate((box) => {
      box.scrollTop = box.scrollHeight
    })
    return (await rows()) >= conversations
  })
  await page.locator('.rows').evaluate((box) => {
    box.scrollTop = 0
  })
  return rows()
}

// ── What they do ──

const composer = (page: Page) => page.getByRole('textbox', { name: 'Message' })
const shown = (page: Page) => page.locator('.messages .item.in').count()
const first = (page: Page) => page.locator('.all-rows > .row').filter({ hasText: 'Cliente 0000000' })
const leave = async (page: Page) => {
  await page.keyboard.press('Escape')
  await page.getByRole('log').waitFor({ state: 'detached' })
}

async function open(page: Page): Promise<void> {
  await first(page).click()
  await page.locator('.messages .item').nth(10).waitFor()
}

/** Watched from inside of the page: asking again and again would be measured along. */
const arrival = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const list = document.querySelector('.messages > ol') as Element
        const watch = new MutationObserver((changes) => {
          if (!changes.some(({ addedNodes }) => addedNodes.length > 0)) return
          watch.disconnect()
          resolve()
        })
        watch.observe(list, { childList: true })
      }),
  )

/** Back to the first of its messages. */
async function readAll(page: Page): Promise<void> {
  await until('all messages', async () => {
    await page.locator('.messages').evaluate((box) => {
      box.scrollTop = 0
    })
    return (await shown(page)) >= messages
  })
  await page.locator('.messages').evaluate((box) => {
    box.scrollTop = box.scrollHeight
  })
}

function interactions(stack: Stack): Interaction[] {
  return [
    { name: 'scroll the list by a screen', act: (page) => page.mouse.wheel(0, 650) },
    { name: 'open another conversation', act: async (page) => page.keyboard.press('j') },
    {
      name: 'type a letter',
      act: async (page) => {
        await page.keyboard.press('x')
      },
    },
    {
      name: 'receive a message',
      act: async (page) => {
        const arrived = arrival(page)
        await say(stack, [talker])
        await arrived
      },
    },
  ]
}

/** The place from which each of them begins. */
async function prepare(page: Page, name: string): Promise<void> {
  if (name === 'open it again') return leave(page)
  if (name === 'scroll the list by a screen') await page.mouse.move(300, 400)
  if (name === 'type a letter' || name === 'receive a message') {
    if ((await page.getByRole('log', { name: /0000000/ }).count()) === 0) await first(page).click()
    await page.locator('.messages .item').first().waitFor()
    if (name === 'type a letter') await composer(page).focus()
  } else
    await page
      .locator('.messages')
      .focus()
      .catch(() => undefined)
}

async function measure(browser: Browser, page: Page, one: Interaction, rounds: number): Promise<Cost[]> {
  const costs: Cost[] = []
  for (let round = 0; round < rounds; round++) {
    assertGoing()
    await prepare(page, one.name)
    await sleep(settleMs)
    costs.push(
      await costOf(browser, page, async () => {
        await one.act(page, round)
        await sleep(settleMs)
      }),
    )
  }
  return costs
}

const row = (name: string, costs: Cost[]): string[] => [
  name,
  withSpread(
    costs.map(({ totalMs }) => totalMs),
    0,
  ),
  withSpread(
    costs.map(({ longestMs }) => longestMs),
    0,
  ),
  withSpread(
    costs.map(({ wallMs }) => wallMs),
    0,
  ),
]

export async function portal(bench: Bench): Promise<Report> {
  if (noBrowser) return emptyReport(title, 'left out: there is no Chromium')
  const conversations = bench.quick ? 1_000 : 10_000
  const folder = temporaryFolder('portal')
  const stack = await startStack({ dir: folder.path, meta: { settings: { autoStatuses: false } } as never })
  const stop = onEnd(() => stack.close())
  await plant(stack, conversations)
  const browser = await launch()
  const close = onEnd(() => browser.close())
  const page = await enter(stack, browser)
  const rows = await loadAll(page, conversations)
  const measured: [string, Cost[]][] = []
  const opening = { name: `open the conversation of ${messages} messages`, act: open }
  measured.push([opening.name, await measure(browser, page, opening, 1)])
  const again = { name: 'open it again', act: open }
  measured.push([again.name, await measure(browser, page, again, bench.rounds)])
  for (const one of interactions(stack))
    measured.push([one.name, await measure(browser, page, one, bench.rounds)])
  await prepare(page, 'receive a message')
  await readAll(page)
  for (const one of interactions(stack).slice(2)) {
    const name = `${one.name}, all ${messages} on the screen`
    measured.push([name, await measure(browser, page, one, bench.rounds)])
  }
  await close()
  await stop()
  await folder.remove()
  return reportOf(bench, measured, rows)
}

const reportOf = ({ rounds }: Bench, measured: [string, Cost[]][], rows: number): Report => ({
  title,
  columns: ['interaction', 'main thread, ms', 'longest task, ms', 'by the wall, ms'],
  rows: measured.map(([name, costs]) => row(name, costs)),
  goals: measured.map(([name, costs]) => {
    const total = median(costs.map(({ totalMs }) => totalMs))
    return goal(total < mostMs, `${name}: ${total.toFixed(0)} ms of the main thread, goal < ${mostMs} ms`)
  }),
  notes: [
    `${rows} conversations in the list; ${rounds} rounds: median (lowest–highest); all tasks of the page's main thread from the traces of Chromium, drawing included, by the thread’s own clock`,
    'the browser shares this machine with the gateway and the simulator',
  ],
  raw: Object.fromEntries(measured),
})
