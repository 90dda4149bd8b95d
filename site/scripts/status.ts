// Follows a request without reloading its page: asks the API how it stands, and when that has changed takes the parts that
// differ (`data-live`) from the page as the server renders it now. Focus stays where it was, what has changed is said once,
// and it can be stopped.

import { servePackages } from './package.ts'

const root = document.querySelector<HTMLElement>('[data-status]')

const quickMs = 3_000
const copyMs = 10_000
const slowMs = 30_000
const focusable = 'a[href], button, summary, input, textarea, select, [tabindex]'

/** `ParentNode` will not do: the platform's own types of elements, made for rewriting HTML, are in the way. */
type Page = Document | HTMLElement
type Seen = { parts: Map<string, string>; summary: string }

const partsOf = (page: Page): NodeListOf<HTMLElement> => page.querySelectorAll('[data-live]')
const nameOf = (part: HTMLElement): string => part.dataset.live ?? ''
const summaryOf = (page: Page): string =>
  page.querySelector<HTMLElement>('[data-summary]')?.dataset.summary ?? ''

const seenOf = (page: Page): Seen => ({
  parts: new Map([...partsOf(page)].map((part) => [nameOf(part), part.innerHTML])),
  summary: summaryOf(page),
})

/** The copy looks after itself once there is script: the key that opens it is held by what is on the page. */
const isAtWork = (part: HTMLElement): boolean => part.querySelector('[data-package]') !== null

/** What stands in place of a part; the focus goes to what has the same place in it. */
function replace(part: HTMLElement, fresh: HTMLElement): void {
  const before = [...part.querySelectorAll<HTMLElement>(focusable)]
  const held = before.indexOf(document.activeElement as HTMLElement)
  const open = [...part.querySelectorAll('details')].map((details) => details.open)
  part.replaceChildren(...fresh.childNodes)
  for (const [i, details] of [...part.querySelectorAll('details')].entries()) details.open = open[i] ?? false
  if (held >= 0) part.querySelectorAll<HTMLElement>(focusable)[held]?.focus({ preventScroll: true })
}

async function textOf(address: string, accept: string): Promise<string | undefined> {
  try {
    const answer = await fetch(address, { headers: { accept }, cache: 'no-store' })
    return answer.ok ? await answer.text() : undefined
  } catch {
    return undefined
  }
}

const hasEnded = (page: HTMLElement): boolean => page.dataset.ended === 'yes'

/** What the API says of it now; undefined when it cannot be asked. */
async function ask({ dataset: { code, deletion } }: HTMLElement): Promise<string | undefined> {
  const addresses = [
    ...(code ? [`/api/v1/public/requests/${code}`] : []),
    ...(deletion ? [`/api/v1/public/deletions/${deletion}`] : []),
  ]
  const answers = await Promise.all(addresses.map((address) => textOf(address, 'application/json')))
  return answers.includes(undefined) ? undefined : answers.join('\n')
}

/** Takes over what differs from what was seen; answers what is seen now, or undefined when nothing could be loaded. */
async function refresh(page: HTMLElement, seen: Seen): Promise<Seen | undefined> {
  const html = await textOf(location.pathname, 'text/html')
  const fresh = html === undefined ? undefined : new DOMParser().parseFromString(html, 'text/html')
  const next = fresh?.querySelector<HTMLElement>('[data-status]')
  if (!fresh || !next) return undefined
  const state = seenOf(next)
  for (const part of partsOf(page)) {
    const name = nameOf(part)
    const from = next.querySelector<HTMLElement>(`[data-live="${name}"]`)
    const kept = from && isAtWork(part) && isAtWork(from)
    if (from && !kept && state.parts.get(name) !== seen.parts.get(name)) replace(part, from)
  }
  for (const name of ['moving', 'ended', 'deletion']) page.dataset[name] = next.dataset[name]
  document.title = fresh.title
  servePackages(page)
  return state
}

/** The line that says that the page follows, and the button that stops it. */
function switchOf(page: HTMLElement, isStopped: () => boolean, toggle: () => void): () => void {
  const line = page.querySelector<HTMLElement>('[data-beat]')
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'link'
  const show = (): void => {
    button.textContent = isStopped() ? 'Follow it' : 'Stop that'
    const words = isStopped() ? 'This page stands still. ' : 'This page follows by itself. '
    const held = document.activeElement === button
    line?.replaceChildren(...(hasEnded(page) ? [] : [words, button]))
    if (held) button.focus()
  }
  button.addEventListener('click', () => {
    toggle()
    show()
  })
  return show
}

function follow(page: HTMLElement): void {
  const voice = document.createElement('p')
  voice.className = 'unseen'
  voice.setAttribute('role', 'status')
  page.appendChild(voice)

  let seen = seenOf(page)
  servePackages(page)
  let heard: string | undefined
  let timer = 0
  let stopped = false
  const show = switchOf(
    page,
    () => stopped,
    () => {
      stopped = !stopped
      plan()
    },
  )

  function plan(): void {
    clearTimeout(timer)
    if (stopped || hasEnded(page)) return
    const waitMs = page.dataset.moving === 'yes' ? quickMs : isAtWork(page) ? copyMs : slowMs
    timer = window.setTimeout(() => void beat(), waitMs)
  }

  async function beat(): Promise<void> {
    const now = document.hidden ? heard : await ask(page)
    if (now !== undefined && now !== heard) {
      const state = await refresh(page, seen)
      if (state && state.summary !== seen.summary) voice.textContent = state.summary
      heard = state ? now : undefined
      seen = state ?? seen
      show()
    }
    plan()
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && !stopped && !hasEnded(page)) void beat()
  })
  show()
  if (!stopped) void beat()
}

if (root) follow(root)
