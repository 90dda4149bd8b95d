// The books beside the phone: Graph requests, webhook deliveries, mails, faults. Served as /phone/logs.js.

export const logsScript = String.raw`
import { api, attempt, byId, h, keep, seconds } from './dom.js'

const pretty = (text) => { try { return JSON.stringify(JSON.parse(text), null, 2) } catch { return text } }
const badge = (text, kind) => h('span', { class: 'badge ' + kind }, text)

function lines(id, items, render, nothing) {
  const box = byId('book-' + id)
  let list = box.querySelector('.lines')
  if (!list) { list = h('div', { class: 'lines' }); box.append(h('p', { class: 'empty' }, nothing), list) }
  box.querySelector('.empty').hidden = items.length > 0
  keep(list, items, (item) => String(item.id), render)
}

const line = (head, body) => h('details', { class: 'line' }, h('summary', { 'data-k': 'summary' }, head), h('div', { class: 'body' }, body))

function requestLine(item) {
  const kind = item.status >= 200 && item.status < 300 ? 'good' : 'bad'
  return line(
    [badge(item.status || 'cut', kind), h('strong', null, item.method), h('span', { class: 'path' }, item.path), item.code ? h('span', null, 'code ' + item.code) : null, item.fault ? badge('fault: ' + item.fault, 'warn') : null, h('span', { class: 'when' }, seconds(item.at) + ' · ' + item.tookMs + ' ms')],
    item.body ? h('pre', { tabindex: '0' }, pretty(item.body)) : h('p', null, 'No body.'))
}

function what(body) {
  try {
    const found = []
    for (const entry of JSON.parse(body).entry) for (const change of entry.changes) {
      const value = change.value
      for (const message of value.messages ?? []) found.push('message: ' + message.type)
      for (const status of value.statuses ?? []) found.push('status: ' + status.status)
      if (!value.messages && !value.statuses) found.push(change.field)
    }
    return found.slice(0, 4).join(', ') + (found.length > 4 ? ' and ' + (found.length - 4) + ' more' : '')
  } catch { return 'raw body' }
}

function deliveryLine(item) {
  const kind = item.state === 'delivered' ? 'good' : item.state === 'pending' ? 'warn' : 'bad'
  const row = (one, index) => h('tr', null, h('td', null, String(index + 1)), h('td', null, seconds(one.at)), h('td', null, one.status ?? one.error ?? 'no answer'), h('td', null, one.tookMs + ' ms'), h('td', null, one.answer))
  const head = h('tr', null, ...['#', 'at', 'answer', 'took', 'body'].map((name) => h('th', { scope: 'col' }, name)))
  return line(
    [badge(item.state, kind), h('span', { class: 'path' }, what(item.body)), h('span', null, item.updates + (item.updates === 1 ? ' update' : ' updates') + ', ' + item.attempts.length + (item.attempts.length === 1 ? ' attempt' : ' attempts')), h('span', { class: 'when' }, seconds(item.created_at))],
    [h('p', null, 'to ' + item.url + (item.next_attempt_at ? ', again at ' + seconds(item.next_attempt_at) : '')), h('table', { class: 'attempts' }, h('thead', null, head), h('tbody', null, item.attempts.map(row))), h('pre', { tabindex: '0' }, pretty(item.body))])
}

function mailLine(item) {
  const text = item.text ?? item.body ?? ''
  const words = String(text || item.html?.replace(/<style[\s\S]*?<\/style>|<[^>]+>/g, ' ').replace(/\s+/g, ' ') || JSON.stringify(item, null, 2))
  const links = [...words.matchAll(/https?:\/\/[^\s<>"')]+/g), ...String(item.html ?? '').matchAll(/https?:\/\/[^\s<>"')]+/g)].map(([link]) => link.replaceAll('&amp;', '&'))
  return line(
    [h('strong', null, String(item.subject ?? '(no subject)')), h('span', { class: 'path' }, 'to ' + String(item.to ?? '?')), h('span', { class: 'when' }, seconds(item.at))],
    [item.html ? h('p', null, h('a', { href: '/mail/' + item.id, target: '_blank', rel: 'noopener' }, 'As HTML')) : null, h('pre', { tabindex: '0' }, words), ...[...new Set(links)].map((href) => h('p', null, h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, href)))])
}

function faultLine(item) {
  const remove = h('button', { type: 'button', 'data-k': 'remove', onclick: () => attempt(() => api('/faults/' + item.id, undefined, 'DELETE')) }, 'Remove')
  return line([badge(item.kind, 'warn'), h('span', { class: 'path' }, (item.method ?? 'any method') + ' ' + (item.path ?? 'any path')), h('span', null, 'next ' + item.next)], [h('pre', null, JSON.stringify(item, null, 2)), remove])
}

const switches = [['duplicate', 'Deliver twice'], ['reorder', 'Reverse the order'], ['omitPhones', 'Omit phone numbers'], ['statusBeforeResponse', 'Status before the answer'], ['hold', 'Hold webhooks'], ['autoStatuses', 'Statuses by themselves'], ['asyncWindowErrors', 'Window errors come later']]
const kinds = ['error', 'failed', 'hang', 'delay', 'cut', 'cut-body', 'html', 'empty', 'webhook-lost', 'webhook-delay', 'webhook-badsig', 'webhook-duplicate']

function faultForm() {
  const field = (name, label, value, type) => h('label', null, label, h('input', { name, value: value ?? '', type: type ?? 'text' }))
  const form = h('form', { class: 'fault-form', 'aria-label': 'New fault' },
    h('label', null, 'Kind', h('select', { name: 'kind' }, kinds.map((kind) => h('option', null, kind)))),
    field('code', 'Code', '131000', 'number'), field('path', 'Path contains', '/messages'), field('next', 'How many calls', '1', 'number'), field('delayMs', 'Delay in ms', '0', 'number'),
    h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'afterEffect' }), 'The work is done all the same'),
    h('button', { class: 'main' }, 'Add fault'))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const data = new FormData(form)
    const body = { kind: data.get('kind'), code: Number(data.get('code')), next: Number(data.get('next')), delayMs: Number(data.get('delayMs')), afterEffect: data.has('afterEffect'), ...(data.get('path') ? { path: data.get('path') } : {}) }
    attempt(() => api('/faults', body)).then(() => refreshBook('faults'))
  })
  return form
}

async function setUpFaults() {
  const settings = await api('/settings')
  const box = (name, label) => h('label', null, h('input', { type: 'checkbox', checked: settings[name], onchange: (event) => attempt(() => api('/settings', { [name]: event.target.checked })) }), label)
  byId('book-faults').append(
    h('h3', null, 'How webhooks behave'), h('div', { class: 'switches' }, switches.map(([name, label]) => box(name, label))),
    h('div', { class: 'tools' }, h('button', { type: 'button', onclick: () => attempt(() => api('/flush', {})) }, 'Flush now'), h('button', { type: 'button', onclick: () => attempt(() => api('/clock', { advanceMs: 3600000 })) }, 'One hour later'), h('button', { type: 'button', onclick: () => attempt(() => api('/clock', { advanceMs: 86400000 })) }, 'One day later')),
    h('h3', null, 'The next calls that go wrong'), faultForm())
}

let ready = false
export async function refreshBook(name) {
  if (name === 'requests') return lines(name, (await api('/requests?limit=100')).data, requestLine, 'No Graph request has come yet.')
  if (name === 'webhooks') return lines(name, (await api('/deliveries?limit=60')).data, deliveryLine, 'Nothing has been posted yet.')
  if (name === 'mailbox') return lines(name, (await api('/mailbox')).data, mailLine, 'The gateway has sent no mail.')
  if (!ready) { ready = true; await setUpFaults() }
  return lines('faults', (await api('/faults')).data, faultLine, 'No fault is waiting.')
}
`
