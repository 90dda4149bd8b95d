// The chat: messages, composer, replies, reactions. Served by phone/app.ts as /phone/chat.js.

export const chatScript = String.raw`
import { api, attempt, byId, clock, day, h, keep, sign } from './dom.js'
import { choices, inside, summary } from './bubbles.js'

const state = { line: null, person: null, items: [], quoting: null, menu: null }
const emojis = ['👍', '❤️', '😂', '😮', '🙏']

const base = () => ({ phone_number_id: state.line.phone_number_id, person: state.person.id, ...(state.line.group_id ? { group_id: state.line.group_id } : {}) })

async function post(body) {
  const context = state.quoting?.mode === 'reply' ? { context: state.quoting.item.id } : {}
  await attempt(() => api('/messages', { ...base(), ...context, ...body }))
  quote(null)
  await refresh(true)
}

function quote(quoting) {
  state.quoting = quoting
  byId('quoting').hidden = !quoting
  byId('quoting-what').textContent = quoting ? (quoting.mode === 'edit' ? 'Edit' : 'Reply to') : ''
  byId('quoting-text').textContent = quoting ? summary(quoting.item) : ''
  if (quoting?.mode === 'edit') byId('text').value = summary(quoting.item)
  if (quoting) byId('text').focus()
}

function ticks(item) {
  if (item.from === 'business') {
    const has = (name) => item.statuses.includes(name)
    if (has('read') || has('played')) return h('span', { class: 'read', title: 'read' }, '✓✓ read')
    if (has('delivered')) return h('span', { title: 'delivered' }, '✓✓ delivered')
    return has('sent') ? h('span', { title: 'sent' }, '✓ sent') : null
  }
  return item.from === 'me' && item.read ? h('span', { class: 'read', title: 'read by the business' }, '✓✓') : null
}

function menu(item) {
  const close = () => { state.menu = null; render() }
  const button = (label, work, name) => h('button', { type: 'button', 'data-k': 'menu-' + label, 'aria-label': name ?? null, onclick: () => { close(); work() } }, label)
  const react = (emoji) => button(emoji, () => post({ type: 'reaction', reaction: { message_id: item.id, emoji } }), 'React with ' + emoji)
  const mine = item.from === 'me' && !item.revoked
  return h('div', { class: 'menu' },
    button('Reply', () => quote({ mode: 'reply', item })),
    ...emojis.map(react),
    item.reaction ? button('Remove reaction', () => post({ type: 'reaction', reaction: { message_id: item.id } })) : null,
    mine && item.type === 'text' ? button('Edit', () => quote({ mode: 'edit', item })) : null,
    mine ? button('Delete', () => post({ type: 'revoke', message_id: item.id })) : null)
}

function press(item, choice) {
  if (choice.place) return openPlace(item)
  if (choice.copy) return attempt(() => navigator.clipboard.writeText(choice.copy))
  if (choice.contact) {
    const phone = state.person.phone ?? ''
    const contacts = [{ vcard: 'BEGIN:VCARD\nFN:' + state.person.name + '\nTEL:+' + phone + '\nEND:VCARD', phones: [{ phone: '+' + phone }], origin: 'contact_request' }]
    return post({ type: 'contacts', contacts, context: item.id })
  }
  if (choice.send) return post({ ...choice.send, context: item.id })
}

function choiceRow(item) {
  const all = choices(item)
  if (all.length === 0) return null
  return h('div', { class: 'choices' }, all.map((choice, index) => {
    if (choice.section) return h('p', { class: 'section' }, choice.label)
    if (choice.href) return h('a', { href: choice.href, target: '_blank', rel: 'noopener noreferrer', 'data-k': 'c' + index }, choice.sign ? sign(choice.sign) : '↗', ' ' + choice.label)
    return h('button', { type: 'button', 'data-k': 'c' + index, onclick: () => press(item, choice) }, choice.sign ? sign(choice.sign) : null, choice.sign ? ' ' : null, choice.label, choice.more ? h('small', null, choice.more) : null)
  }))
}

function bubble(item) {
  if (item.day) return h('li', { class: 'day' }, item.day)
  const who = item.from === 'business' ? 'Business' : item.from === 'me' ? 'You' : item.name
  const more = h('button', { type: 'button', class: 'more', 'data-k': 'more', 'aria-label': 'Actions for this message', 'aria-expanded': item.menu ? 'true' : 'false', onclick: () => { state.menu = item.menu ? null : item.id; render() } }, '⋯')
  return h('li', { class: item.from === 'me' ? 'me' : 'them' },
    h('div', { class: 'bubble' },
      h('span', { class: 'visually-hidden' }, who + ': '),
      item.from === 'other' ? h('p', { class: 'head' }, item.name) : null,
      item.quoted ? h('div', { class: 'quote' }, item.quoted) : null,
      inside(item),
      h('div', { class: 'meta' }, item.edited ? 'edited' : null, h('time', null, clock(item.at)), ticks(item), more)),
    item.reactions ? h('span', { class: 'reactions', 'aria-label': 'Reactions' }, item.reactions) : null,
    choiceRow(item),
    item.menu ? menu(item) : null)
}

/** Reactions hang on what they react to; edits and deletions have changed it already. */
function arrange(items) {
  const found = new Map()
  for (const item of items) {
    if (item.type !== 'reaction') continue
    const target = found.get(item.content.message_id) ?? {}
    target[item.from] = item.content.emoji ?? ''
    found.set(item.content.message_id, target)
  }
  const known = new Map(items.map((item) => [item.id, item]))
  const shown = []
  let last = ''
  for (const item of items) {
    if (['reaction', 'edit', 'revoke'].includes(item.type)) continue
    if (day(item.at) !== last) shown.push({ id: 'day' + day(item.at), day: (last = day(item.at)) })
    const own = found.get(item.id) ?? {}
    const quotedId = item.context?.id ?? item.context?.message_id
    shown.push({ ...item, reactions: Object.values(own).join('') || undefined, reaction: own.me || undefined, quoted: quotedId ? summary(known.get(quotedId)) || 'Message' : undefined, menu: state.menu === item.id || undefined })
  }
  return shown
}

function render() {
  const list = byId('messages')
  const low = list.scrollHeight - list.scrollTop - list.clientHeight < 80
  const before = list.childElementCount
  keep(list, arrange(state.items), (item) => item.id, bubble)
  if (low && list.childElementCount !== before) list.scrollTop = list.scrollHeight
}

/** Reads the chat; doing so with the chat on screen is what marks it read. */
export async function refresh(down) {
  if (!state.line) return null
  const asked = state.line
  const query = new URLSearchParams({ ...base(), open: document.visibilityState === 'visible' ? '1' : '0' })
  const chat = await api('/chat?' + query)
  if (asked !== state.line) return null
  state.items = chat.data
  render()
  byId('subtitle').textContent = chat.typing ? 'typing…' : state.line.display
  if (down) byId('messages').scrollTop = byId('messages').scrollHeight
  return chat
}

export async function openChat(line, person) {
  Object.assign(state, { line, person, items: [], menu: null })
  quote(null)
  byId('inbox').hidden = true
  byId('chat').hidden = false
  byId('title').textContent = line.title
  byId('avatar').textContent = line.title.slice(0, 1)
  byId('messages').replaceChildren()
  const chat = await refresh(true)
  if (matchMedia('(min-width: 52rem)').matches) byId('text').focus({ preventScroll: true })
  return chat
}

export function closeChat() {
  state.line = null
  byId('chat').hidden = true
  byId('inbox').hidden = false
}

function openPlace(item) {
  const dialog = byId('place-dialog')
  dialog.returnValue = ''
  dialog.onclose = () => {
    if (dialog.returnValue !== 'send') return
    const number = (id) => Number(byId(id).value.replace(',', '.'))
    const location = { latitude: number('place-lat'), longitude: number('place-lon'), name: byId('place-name').value, address: byId('place-address').value }
    post({ type: 'location', location, ...(item ? { context: item.id } : {}) })
  }
  dialog.showModal()
}

async function sendFile(file) {
  const query = new URLSearchParams({ phone_number_id: state.line.phone_number_id, filename: file.name })
  const response = await fetch('/_sim/media?' + query, { method: 'POST', headers: { 'Content-Type': file.type || 'application/octet-stream' }, body: file })
  const stored = await response.json()
  await post({ type: stored.kind, [stored.kind]: { id: stored.id, ...(stored.kind === 'document' ? { filename: file.name } : {}) } })
}

export function setUpChat() {
  const text = byId('text')
  const submit = async () => {
    const words = text.value.trim()
    if (!words) return
    const editing = state.quoting?.mode === 'edit' ? state.quoting.item.id : null
    text.value = ''
    text.style.height = ''
    if (editing) { quote(null); await post({ type: 'edit', message_id: editing, text: words }) } else await post({ type: 'text', text: words })
    text.focus()
  }
  byId('composer').addEventListener('submit', (event) => { event.preventDefault(); submit() })
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit() }
    if (event.key === 'Escape') quote(null)
  })
  text.addEventListener('input', () => { text.style.height = 'auto'; text.style.height = text.scrollHeight + 2 + 'px' })
  // A picture that arrives late must not push the newest message out of sight.
  byId('messages').addEventListener('load', ({ currentTarget: list, target }) => {
    if (list.scrollHeight - list.scrollTop - list.clientHeight < target.height + 80) list.scrollTop = list.scrollHeight
  }, true)
  byId('quoting-off').addEventListener('click', () => quote(null))
  byId('place').addEventListener('click', () => openPlace(null))
  byId('file').addEventListener('change', (event) => {
    const [file] = event.target.files
    if (file) attempt(() => sendFile(file))
    event.target.value = ''
  })
}
`
