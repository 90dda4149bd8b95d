// The page /verify: fetches the public keys once when it opens, and from then on needs no network. What a receipt says is put
// on the page as text, never as markup. Nothing is stored or sent.

import { dateText, howText, instantText, placeName, scopes } from '../components/deletion-words.ts'
import {
  Broken,
  type Claims,
  canVerify,
  type Key,
  type Proven,
  parseKeys,
  parseReceipts,
  Unreadable,
  verifyReceipt,
} from './verify-core.ts'

const byId = <T extends HTMLElement>(id: string): T => {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no ${id}`)
  return found as T
}
const form = byId<HTMLFormElement>('check')
const receipt = byId<HTMLTextAreaElement>('receipt')
const file = byId<HTMLInputElement>('file')
const keysField = byId<HTMLTextAreaElement>('keys')
const keysState = byId('keys-state')
const result = byId('result')

type Child = Node | string
function element(tag: string, attributes: Record<string, string>, ...children: Child[]): HTMLElement {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  for (const child of children)
    made.appendChild(typeof child === 'string' ? document.createTextNode(child) : child)
  return made
}
const paragraph = (...children: Child[]): HTMLElement => element('p', {}, ...children)
const count = (n: number): string => n.toLocaleString('en-GB')
const words = (known: Record<string, string>, key: string): string => known[key] ?? key

const row = (name: string, value: string): HTMLElement =>
  element('div', {}, element('dt', {}, name), element('dd', {}, value))

function times({ scope, requestedAt, erasedAt, issuedAt, goneBy, issuer, request }: Claims): HTMLElement {
  return element(
    'dl',
    { class: 'terms' },
    row('What', words(scopes, scope)),
    row('Asked for', requestedAt ? instantText(requestedAt) : 'not noted'),
    row('Deleted', erasedAt ? instantText(erasedAt) : 'not yet'),
    row('Signed', `${issuedAt ? `${instantText(issuedAt)}, ` : ''}by ${issuer}`),
    row('Gone from every backup by', dateText(goneBy)),
    row('Request', request),
  )
}

function table(claims: Claims): HTMLElement {
  const held = claims.places.filter(({ before, after }) => before > 0 || after > 0)
  if (held.length === 0) return paragraph('Nothing was held.')
  const heads = ['What', 'Before', 'After', 'How', 'In backups until']
  const cell = (label: string, value: string, more: Record<string, string> = {}) =>
    element('td', { 'data-label': label, ...more }, value)
  const body = held.map(({ place, before, after, how, backupUntil }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, placeName(place)),
      cell('Before', count(before), { class: 'number' }),
      cell('After', count(after), { class: 'number' }),
      cell('How', words(howText, how)),
      cell('In backups until', backupUntil ? dateText(backupUntil) : 'not in any'),
    ),
  )
  return element(
    'table',
    { class: 'stack' },
    element('caption', {}, 'What was there, and what is there now'),
    element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
    element('tbody', {}, ...body),
  )
}

function list(title: string, items: string[]): HTMLElement[] {
  if (items.length === 0) return []
  return [element('h3', {}, title), element('ul', {}, ...items.map((item) => element('li', {}, item)))]
}

const until = (at: string | null): string => (at ? `, until ${dateText(at)}` : '')

function told({ claims, kid, log }: Proven, index: number): HTMLElement {
  const { residue, kept, outOfReach } = claims
  const searched = residue
    ? [
        paragraph(
          `A search of its own looked at ${count(residue.values)} values in ${count(residue.places)} places and found ${residue.found === 0 ? 'nothing' : `${count(residue.found)} that should not be there`}.`,
        ),
      ]
    : []
  return element(
    'section',
    { class: 'receipt', 'aria-labelledby': `told-${index}` },
    element(
      'h2',
      { id: `told-${index}` },
      claims.kind === 'final' ? 'The final receipt says' : 'The receipt says',
    ),
    times(claims),
    table(claims),
    ...searched,
    ...list(
      'What is kept, and why',
      kept.map((item) => `${placeName(item.place)}: ${count(item.count)}, ${item.duty}${until(item.until)}.`),
    ),
    ...list(
      'What cannot be reached',
      outOfReach.map((item) => `${item.what}${until(item.until)}.`),
    ),
    element('h3', {}, 'What was checked'),
    element(
      'ul',
      {},
      element('li', {}, `The signature, by the key ${kid}: not a character was changed since.`),
      element(
        'li',
        {},
        log
          ? `The transparency log ${log.origin}: it is number ${count(log.number)} of ${count(log.size)}, under a signed head.`
          : 'The transparency log was not checked: no proof is in what you gave.',
      ),
    ),
  )
}

const notice = (kind: 'good' | 'bad' | 'care', title: string, says: string): HTMLElement =>
  element('div', { class: `notice ${kind}` }, element('h2', {}, title), paragraph(says))

function show(...children: HTMLElement[]): void {
  result.replaceChildren(...children)
  result.hidden = false
  result.focus()
  result.scrollIntoView({ block: 'nearest' })
}

async function check(): Promise<void> {
  try {
    const keys: Key[] = parseKeys(keysField.value)
    const proven: Proven[] = []
    for (const entry of parseReceipts(receipt.value)) proven.push(await verifyReceipt(entry, keys))
    const all =
      proven.length === 1 ? 'This receipt is genuine' : `These ${proven.length} receipts are genuine`
    show(
      notice('good', all, 'It was checked on your machine, with the public keys above.'),
      ...proven.map(told),
    )
  } catch (cause) {
    if (cause instanceof Broken)
      show(notice('bad', 'Not proven', `${cause.message} What you gave is not what was signed.`))
    else if (cause instanceof Unreadable) show(notice('care', 'This cannot be read', cause.message))
    else throw cause
  }
}

const loadText = async (path: string): Promise<string | undefined> => {
  try {
    const answer = await fetch(path)
    return answer.ok ? await answer.text() : undefined
  } catch {
    return undefined
  }
}

async function loadKeys(): Promise<void> {
  const text = await loadText('/.well-known/jwks.json')
  if (text === undefined) {
    keysState.textContent = 'Our public keys could not be fetched. Paste the file that you kept.'
    byId<HTMLDetailsElement>('own-keys').open = true
    return
  }
  keysField.value = text
  keysState.textContent = 'Our public keys are loaded. You can cut the network now, and then check.'
}

/** The page of a deletion leads here with its code behind the #, which is never sent to a server. */
async function loadLinked(): Promise<void> {
  const code = location.hash.slice(1)
  if (!/^[0-9a-z]{26}$/i.test(code)) return
  const text = await loadText(`/api/v1/public/deletions/${code}/receipts`)
  if (text !== undefined) receipt.value = text
}

async function takeFile(): Promise<void> {
  const [chosen] = file.files ?? []
  if (!chosen) return
  receipt.value = await chosen.text()
  await check()
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void check()
})
file.addEventListener('change', () => void takeFile())

if (await canVerify()) {
  // Until here it could only have been sent to the server.
  byId<HTMLButtonElement>('send').disabled = false
  await Promise.all([loadKeys(), loadLinked()])
} else {
  form.hidden = true
  byId('unable').hidden = false
}
