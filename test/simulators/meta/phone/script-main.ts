// Tabs, chat list, and the beat that keeps everything live. Served by phone/app.ts as /phone/main.js.

export const mainScript = `
import { api, attempt, byId, clock, h, keep, notice } from './dom.js'
import { closeChat, openChat, refresh, setUpChat } from './chat.js'
import { summary } from './bubbles.js'
import { refreshBook } from './logs.js'

const names = ['phone', 'requests', 'webhooks', 'mailbox', 'faults']
const state = { tab: 'phone', people: [], person: null, line: null, lines: [], chat: null }

function show(tab, focus) {
  state.tab = tab
  for (const name of names) {
    const button = byId('tab-' + name)
    button.setAttribute('aria-selected', String(name === tab))
    button.tabIndex = name === tab ? 0 : -1
    byId('panel-' + name).hidden = name !== tab
    if (name === tab && focus) button.focus()
  }
  remember()
  beat()
}

function remember() {
  const parts = [state.tab, state.person?.id ?? '', state.line ? state.line.phone_number_id + (state.line.group_id ? '~' + state.line.group_id : '') : '']
  history.replaceState(null, '', '#' + parts.map(encodeURIComponent).join('/'))
}

function chatRow(line) {
  const sign = line.last ? summary(line.last) : 'Say hello'
  return h('li', null, h('button', { type: 'button', 'data-k': 'row', onclick: () => enter(line) },
    h('span', { class: 'avatar', 'aria-hidden': 'true' }, line.title.slice(0, 1)),
    h('span', { class: 'words' }, h('span', null, line.title), h('span', { class: 'preview' }, sign)),
    h('span', null, line.last ? h('time', null, clock(line.last.at)) : null, ' ', line.unread ? h('span', { class: 'unread', 'aria-label': line.unread + ' unread' }, String(line.unread)) : null)))
}

async function enter(line) {
  state.line = line
  remember()
  await attempt(async () => { state.chat = await openChat(line, state.person) })
  facts()
}

function facts() {
  const { person, chat, line } = state
  if (!person) return
  const rows = [['Name', person.name], ['Phone number', person.hides_phone || !person.phone ? 'not shown to businesses' : '+' + person.phone]]
  if (person.username) rows.push(['Username', '@' + person.username])
  if (line) {
    const open = chat?.window_closes_at && chat.window_closes_at > chat.now
    rows.push(['Business', line.title + ' ' + line.display], ['Customer service window', open ? 'open for ' + Math.floor((chat.window_closes_at - chat.now) / 3600000) + ' h ' + Math.floor((chat.window_closes_at - chat.now) / 60000) % 60 + ' min' : 'closed: only templates arrive'])
    if (chat?.blocked) rows.push(['Blocked', 'The business has blocked this person'])
  }
  const print = JSON.stringify(rows)
  const list = byId('facts')
  if (list.dataset.print !== print) {
    list.dataset.print = print
    list.replaceChildren(...rows.flatMap(([name, value]) => [h('dt', null, name), h('dd', null, value)]))
  }
  byId('hide').textContent = person.hides_phone ? 'Show my number' : 'Hide my number'
  byId('marketing').hidden = !line || Boolean(line.group_id)
  byId('marketing').textContent = chat?.stopped_marketing ? 'Resume offers' : 'Stop offers'
}

function fillPeople() {
  const select = byId('person')
  const wanted = JSON.stringify(state.people.map((one) => [one.id, one.name]))
  if (select.dataset.print === wanted) return
  select.dataset.print = wanted
  select.replaceChildren(...state.people.map((one) => h('option', { value: one.id }, one.name)))
  select.value = state.person?.id ?? ''
}

async function loadPeople() {
  const cast = await api('/cast')
  state.people = cast.people
  state.person = cast.people.find((one) => one.id === state.person?.id) ?? cast.people[0] ?? null
  fillPeople()
  if (!cast.callback_url) notice('No callback URL is set: webhooks go nowhere yet.')
}

async function beatPhone() {
  if (!state.person) return
  if (state.line) state.chat = (await refresh(false)) ?? state.chat
  else {
    state.lines = (await api('/inbox?person=' + encodeURIComponent(state.person.id))).data
    keep(byId('chats'), state.lines, (line) => line.phone_number_id + (line.group_id ?? ''), chatRow)
  }
  facts()
}

let beating = false
async function beat() {
  if (beating) return
  beating = true
  try {
    if (state.tab === 'phone') await beatPhone()
    else await refreshBook(state.tab)
  } catch { notice('The simulator does not answer.') }
  beating = false
}

function setUpTabs() {
  names.forEach((name, index) => {
    const button = byId('tab-' + name)
    button.addEventListener('click', () => show(name))
    button.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
      if (step) show(names[(index + step + names.length) % names.length], true)
    })
  })
}

/** What a link like wa.me's carries: a business's number in digits, and words that wait in the composer to be sent. */
function linkIn(search) {
  const asked = new URLSearchParams(search)
  if (!asked.has('to')) return null
  const to = asked.get('to')
  const text = asked.get('text') ?? ''
  if (!/^[0-9]{6,15}$/.test(to) || text.length > 1000) throw new Error('This link is not one that wa.me would open.')
  return { to, text }
}

async function follow(link) {
  const lines = (await api('/inbox?person=' + encodeURIComponent(state.person.id))).data
  const line = lines.find((one) => !one.group_id && one.display.replace(/[^0-9]/g, '') === link.to)
  if (!line) throw new Error('No business here has the number ' + link.to + '.')
  await enter(line)
  byId('text').value = link.text
}

async function start() {
  const search = location.search
  if (search) history.replaceState(null, '', location.pathname + location.hash)

  const [tab, person, place] = location.hash.slice(1).split('/').map(decodeURIComponent)
  state.person = { id: person }
  setUpTabs()
  setUpChat()
  byId('back').addEventListener('click', () => { state.line = null; state.chat = null; closeChat(); remember(); beat().then(() => byId('chats').querySelector('button')?.focus()) })
  byId('person').addEventListener('change', (event) => { state.person = state.people.find((one) => one.id === event.target.value); remember(); beat() })
  byId('hide').addEventListener('click', () => attempt(async () => { await api('/people', { person: state.person.id, hide_phone: !state.person.hides_phone }); await loadPeople(); facts() }))
  byId('marketing').addEventListener('click', () => attempt(async () => { await api('/preferences', { phone_number_id: state.line.phone_number_id, person: state.person.id, value: state.chat?.stopped_marketing ? 'resume' : 'stop' }); await beat() }))
  await attempt(loadPeople)
  show(names.includes(tab) ? tab : 'phone')
  if (search && state.person) {
    await attempt(async () => {
      const link = linkIn(search)
      if (link) { show('phone'); await follow(link) }
    })
  } else if (place && state.person) {
    const lines = (await api('/inbox?person=' + encodeURIComponent(state.person.id))).data
    const line = lines.find((one) => one.phone_number_id + (one.group_id ? '~' + one.group_id : '') === place)
    if (line) await enter(line)
  }
  setInterval(beat, 700)
  setInterval(() => loadPeople().catch(() => {}), 5000)
}

start()
`
