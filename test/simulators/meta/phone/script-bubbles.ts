// How each type of message looks on the phone. Served by phone/app.ts as /phone/bubbles.js.
// Source: Meta’s documentation for the shapes.

export const bubblesScript = String.raw`
import { h, sign } from './dom.js'

const marks = [[/\x60\x60\x60([^\x60]+)\x60\x60\x60/, 'code'], [/\*(?=\S)([^*\n]*\S)\*/, 'strong'], [/_(?=\S)([^_\n]*\S)_/, 'em'], [/~(?=\S)([^~\n]*\S)~/, 's'], [/https?:\/\/[^\s<>"']+/, 'a']]

/** WhatsApp's own marks, and links. */
export function rich(text) {
  let best = null
  for (const [pattern, tag] of marks) {
    const found = pattern.exec(text)
    if (found && (!best || found.index < best.found.index)) best = { found, tag }
  }
  if (!best) return [text]
  const { found, tag } = best
  const whole = found[0]
  const made = tag === 'a' ? h('a', { href: whole, target: '_blank', rel: 'noopener noreferrer' }, whole) : h(tag, null, ...rich(found[1]))
  return [text.slice(0, found.index), made, ...rich(text.slice(found.index + whole.length))]
}

const para = (text, cls) => (text ? h('p', { class: cls ?? null }, ...rich(String(text))) : null)
const source = (media) => (media?.id ? '/_sim/media/' + encodeURIComponent(media.id) : media?.link)

function media(kind, content) {
  const src = source(content)
  if (!src) return para('(no ' + kind + ')', 'gone')
  if (kind === 'image') return h('img', { src, alt: content.caption || 'Photo' })
  if (kind === 'sticker') return h('img', { src, alt: 'Sticker', class: 'sticker' })
  if (kind === 'video') return h('video', { src, controls: true, preload: 'none', 'aria-label': 'Video' })
  if (kind === 'audio') return h('audio', { src, controls: true, preload: 'none', 'aria-label': content.voice ? 'Voice message' : 'Audio' })
  return h('a', { class: 'file', href: src, target: '_blank', rel: 'noopener noreferrer' }, sign('file'), content.filename ?? 'Document')
}

function place(content) {
  const where = content.latitude + ', ' + content.longitude
  const href = 'https://www.openstreetmap.org/?mlat=' + content.latitude + '&mlon=' + content.longitude + '#map=16/' + content.latitude + '/' + content.longitude
  return h('div', null, h('p', { class: 'head' }, sign('pin'), ' ' + (content.name ?? 'Location')), para(content.address), h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, where))
}

function card(contact) {
  const name = contact.name?.formatted_name ?? 'Contact'
  return h('div', { class: 'file' }, h('div', null, h('p', { class: 'head' }, sign('person'), ' ' + name), ...(contact.phones ?? []).map((one) => para(one.phone))))
}

function header(part) {
  if (!part) return null
  if (part.type === 'text') return para(part.text, 'head')
  return part[part.type]?.latitude !== undefined ? place(part[part.type]) : media(part.type, part[part.type])
}

function interactive(content) {
  if (content.button_reply) return para(content.button_reply.title)
  if (content.list_reply) return [para(content.list_reply.title), para(content.list_reply.description, 'foot')]
  if (content.nfm_reply) return para((content.nfm_reply.body ?? 'Form sent'))
  const about = content.type === 'product' || content.type === 'product_list' || content.type === 'catalog_message' ? 'Products' : null
  return [header(content.header), para(about, 'head'), para(content.body?.text), para(content.footer?.text, 'foot')]
}

function template(item) {
  const shown = item.rendered
  if (!shown) return para('(template ' + item.content?.name + ')', 'gone')
  return [header(shown.header), para(shown.body), para(shown.footer, 'foot')]
}

/** The inside of a bubble. */
export function inside(item) {
  const content = item.content ?? {}
  if (item.revoked) return para('You deleted this message', 'gone')
  switch (item.type) {
    case 'text': return para(item.edited ?? content.body)
    case 'image': case 'video': case 'audio': case 'document': case 'sticker':
      return [media(item.type, content), para(content.caption)]
    case 'location': return place(content)
    case 'contacts': return (Array.isArray(content) ? content : []).map(card)
    case 'interactive': return interactive(content)
    case 'template': return template(item)
    case 'button': return para(content.text)
    case 'order': return para('Order of ' + (content.product_items?.length ?? 0) + ' item(s)')
    default: return para('(' + item.type + ')', 'gone')
  }
}

/** One line about a message, for the chat list and for quotes. */
export function summary(item) {
  if (!item) return ''
  const content = item.content ?? {}
  if (item.revoked) return 'Deleted message'
  if (item.type === 'text') return item.edited ?? content.body ?? ''
  if (item.type === 'template') return item.rendered?.body ?? 'Template'
  if (item.type === 'interactive') return content.body?.text ?? content.button_reply?.title ?? content.list_reply?.title ?? 'Form'
  if (item.type === 'button') return content.text ?? ''
  const signs = { image: 'Photo', video: 'Video', audio: 'Audio', document: 'Document', sticker: 'Sticker', location: 'Location', contacts: 'Contact' }
  return content.caption ?? signs[item.type] ?? item.type
}

const answerInteractive = (interactive) => ({ type: 'interactive', interactive })

function listChoices(action) {
  return (action.sections ?? []).flatMap((section) => [
    section.title ? { label: section.title, section: true } : null,
    ...section.rows.map((row) => ({ label: row.title, more: row.description, send: answerInteractive({ type: 'list_reply', list_reply: { id: row.id, title: row.title, ...(row.description ? { description: row.description } : {}) } }) })),
  ]).filter(Boolean)
}

function templateChoices(buttons) {
  return buttons.map((button) => {
    if (button.type === 'QUICK_REPLY') return { label: button.text, send: { type: 'button', button: { payload: button.payload ?? button.text, text: button.text } } }
    if (button.type === 'URL') return { label: button.text, href: button.url }
    if (button.type === 'PHONE_NUMBER') return { label: button.text, sign: 'phone', href: 'tel:' + button.phone_number }
    if (button.type === 'COPY_CODE') return { label: button.code, sign: 'copy', copy: button.code }
    return { label: button.text ?? button.type }
  })
}

/** What can be pressed under a message of the business. */
export function choices(item) {
  if (item.from !== 'business') return []
  if (item.type === 'template') return templateChoices(item.rendered?.buttons ?? [])
  if (item.type !== 'interactive') return []
  const { type, action = {} } = item.content
  if (type === 'button') return action.buttons.map(({ reply }) => ({ label: reply.title, send: answerInteractive({ type: 'button_reply', button_reply: reply }) }))
  if (type === 'list') return listChoices(action)
  if (type === 'cta_url') return [{ label: action.parameters.display_text, href: action.parameters.url }]
  if (type === 'location_request_message') return [{ label: 'Send location', sign: 'pin', place: true }]
  if (type === 'request_contact_info') return [{ label: 'Share my contact', sign: 'person', contact: true }]
  if (type === 'flow') return [{ label: action.parameters.flow_cta, send: answerInteractive({ type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Sent', response_json: JSON.stringify({ flow_token: action.parameters.flow_token ?? 'unused', answer: 'yes' }) } }) }]
  return []
}
`
