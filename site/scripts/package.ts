// A copy of one's data that only this page can open: makes a key, orders the package sealed to it, waits, downloads, opens it
// and offers the ZIP. The key is in the memory of this page and nowhere else. Without script the form and the link that
// stand in the page do the work, without the lock. Called by status.ts.

import { CannotOpen, makeKey, type PackageKey } from './package-open.ts'

type Status = {
  package: {
    state: 'building' | 'ready' | 'failed' | 'expired'
    bytes: number | null
    encrypted: boolean
  } | null
}

/** Something that can be said to the person as it is. */
class Told extends Error {}

const words = {
  lost: 'Your copy can be prepared again',
  again: 'The one that was ready does not open any more.',
  closed: 'It was locked to a page that is closed now, and nothing can open it any more. Prepare it again.',
  key: 'Making a key.',
  building: 'It is being prepared. This takes a minute, longer when there are many photos and recordings.',
  opening: 'It is ready. Downloading and opening it.',
  saved: 'Your copy is open. If it was not saved by itself, use the link.',
  gone: 'It cannot be prepared any more. Reload the page to see how your request stands.',
  often: 'That was too often in a short time. Wait a minute, then try again.',
  failed: 'It could not be prepared. Try again.',
  away: 'The service cannot be reached. Check your connection, then try again.',
  broken: 'The download broke off. Try again.',
  other:
    'It does not open with the key of this page: it was prepared again elsewhere, or damaged on its way. Prepare it again.',
} as const

const waitsMs = [1_000, 1_000, 2_000, 3_000, 5_000, 10_000]
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(path, { cache: 'no-store', ...init }).catch(() => {
    throw new Told(words.away)
  })
  if (answer.ok) return answer
  if (answer.status === 404) throw new Told(words.gone)
  throw new Told(answer.status === 429 ? words.often : words.away)
}

const loadStatus = async (code: string): Promise<Status['package']> =>
  ((await (await call(`/api/v1/public/requests/${code}`)).json()) as Status).package

async function order(code: string, { publicKey }: PackageKey): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ publicKey })
  await call(`/api/v1/public/requests/${code}/package`, { method: 'POST', headers, body })
}

/** How many bytes there are, once it is ready. */
async function waitFor(code: string): Promise<number> {
  for (let tries = 0; ; tries++) {
    const made = await loadStatus(code)
    if (made?.state === 'ready') return made.bytes ?? 0
    if (made?.state !== 'building') throw new Told(words.failed)
    await pause(waitsMs[Math.min(tries, waitsMs.length - 1)] as number)
  }
}

/** The parts of an answer, each reported as it comes. */
async function* partsOf(answer: Response, report: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  for (let read = 0; ; ) {
    const { done, value } = await reader.read().catch(() => {
      throw new Told(words.broken)
    })
    if (done) return
    read += value.byteLength
    report(read)
    yield value
  }
}

/** Handed to the browser in pieces, which keeps what is large on disk. Nothing is offered before the last chunk has opened. */
const pieceBytes = 4_194_304
async function open(code: string, key: PackageKey, report: (bytes: number) => void): Promise<Blob> {
  const answer = await call(`/api/v1/public/requests/${code}/package`)
  const pieces: Blob[] = []
  let held: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const chunk of key.open(partsOf(answer, report))) {
    held.push(chunk)
    size += chunk.byteLength
    if (size < pieceBytes) continue
    pieces.push(new Blob(held))
    held = []
    size = 0
  }
  return new Blob([...pieces, ...held], { type: 'application/zip' })
}

/** What the script adds to the panel; everything that it says is in the live region `said`. */
type Panel = {
  said: HTMLElement
  progress: HTMLProgressElement
  saved: HTMLAnchorElement
  button: HTMLButtonElement
  form: HTMLFormElement
  /** What the page says of a package that stood before. */
  before: HTMLElement[]
}

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  more: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), more)
}

function panelOf(root: HTMLElement): Panel | undefined {
  const form = root.querySelector<HTMLFormElement>('form')
  const button = form?.querySelector<HTMLButtonElement>('button')
  if (!form || !button) return undefined
  const said = element('p', { className: 'said' })
  said.setAttribute('role', 'status')
  const progress = element('progress', { max: 1, value: 0, hidden: true })
  progress.setAttribute('aria-label', 'How much of the download is here')
  const saved = element('a', { className: 'button', hidden: true })
  const before = [...root.querySelectorAll<HTMLElement>(':scope > p:not(.scripted)')]
  // As without script: the form goes to the page, which orders it without a key.
  const plain = root.querySelector<HTMLButtonElement>('[data-plain]')
  plain?.addEventListener('click', () => form.submit())
  // The words about the lock have their place in the page already, so that nothing moves, and are true from here on.
  for (const one of root.querySelectorAll('.scripted')) one.classList.remove('scripted')
  for (const one of [actions(saved), progress, said]) form.insertAdjacentElement('afterend', one)
  return { said, progress, saved, button, form, before }
}

function actions(one: HTMLElement): HTMLElement {
  const line = element('p', { className: 'actions' })
  line.appendChild(one)
  return line
}

async function run(code: string, panel: Panel): Promise<void> {
  const { said, progress, saved, before } = panel
  const say = (text: string) => {
    said.textContent = text
  }
  saved.hidden = true
  say(words.key)
  const key = await makeKey()
  await order(code, key)
  for (const one of before.splice(0)) one.remove()
  say(words.building)
  const bytes = await waitFor(code)
  say(words.opening)
  progress.hidden = false
  const zip = await open(code, key, (read) => {
    progress.value = bytes === 0 ? 0 : Math.min(1, read / bytes)
  })
  URL.revokeObjectURL(saved.href)
  saved.href = URL.createObjectURL(zip)
  saved.download = `your-data-${new Date().toISOString().slice(0, 10)}.zip`
  saved.textContent = `Save your copy (${Math.max(1, Math.round(zip.size / 1000)).toLocaleString('en')} kB)`
  saved.hidden = false
  say(words.saved)
  saved.click()
}

/** Why it did not work, in words. */
function reasonOf(cause: unknown): string {
  if (cause instanceof Told) return cause.message
  return cause instanceof CannotOpen ? words.other : words.failed
}

/** What stands above the copy: the heading of the page and the sentence under it. */
const headOf = (root: HTMLElement): HTMLElement[] => [
  ...(root.closest('[data-status]')?.querySelectorAll<HTMLElement>('[data-live="head"] :is(h1, .lead)') ??
    []),
]

/** Takes back that the copy is ready; what is given back says it again. */
function takeBack(root: HTMLElement): () => void {
  const [heading, lead] = headOf(root)
  if (!heading || !lead) return () => {}
  const before = [heading.textContent, lead.textContent] as const
  heading.textContent = words.lost
  lead.textContent = words.again
  return () => {
    ;[heading.textContent, lead.textContent] = before
  }
}

/** A package of a page that was closed cannot be opened: its link would give a file that nothing opens. */
async function hideClosed(root: HTMLElement, code: string): Promise<(() => void) | undefined> {
  const link = root.querySelector<HTMLAnchorElement>('a[download]')
  const made = link && (await loadStatus(code).catch(() => null))
  if (!made?.encrypted) return undefined
  const said = root.querySelector<HTMLElement>('p')
  if (said) said.textContent = words.closed
  link?.remove()
  return takeBack(root)
}

/** Something is being prepared that this page did not order with a key of its own. */
async function reloadWhenReady(code: string): Promise<void> {
  try {
    await waitFor(code)
  } catch (cause) {
    // Without a connection there is nothing to load.
    if (reasonOf(cause) === words.away) return
  }
  location.reload()
}

/** Every copy under `page` that is not served yet. Leaves them as they are where the browser cannot make a key. */
export function servePackages(page: HTMLElement): void {
  for (const root of page.querySelectorAll<HTMLElement>('[data-package]')) serve(root)
}

function serve(root: HTMLElement): void {
  const { code, enhanced } = root.dataset
  if (!code || enhanced !== undefined || !globalThis.crypto?.subtle) return
  root.dataset.enhanced = ''
  if (root.dataset.state === 'building') void reloadWhenReady(code)
  const hidden = root.dataset.state === 'ready' ? hideClosed(root, code) : undefined
  const panel = panelOf(root)
  if (!panel) return
  const { form, button, said, progress } = panel
  const stay = (event: Event) => event.preventDefault()
  const prepare = async (): Promise<void> => {
    button.disabled = true
    globalThis.addEventListener('beforeunload', stay)
    try {
      const sayReady = await hidden
      await run(code, panel)
      sayReady?.()
    } catch (cause) {
      said.textContent = reasonOf(cause)
    }
    globalThis.removeEventListener('beforeunload', stay)
    progress.hidden = true
    button.disabled = false
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (!button.disabled) void prepare()
  })
}
