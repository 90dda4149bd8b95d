// What a message shows, read from Meta's payload of whatever type. Pure and tolerant: a payload that lacks what it should
// have becomes something readable, never nothing. Called by the bubbles and by the last word of a conversation.

import type { Message } from './types.ts'

export type Button = { text: string; href?: string | undefined }
export type Row = { title: string; description?: string | undefined }
export type Card = {
  name: string
  phones: string[]
  emails: string[]
  org?: string | undefined
  urls: string[]
}

export type View =
  | { kind: 'text'; text: string }
  | {
      kind: 'media'
      media: 'image' | 'video' | 'audio' | 'voice' | 'document' | 'sticker'
      caption?: string
      filename?: string
    }
  | { kind: 'location'; latitude: number; longitude: number; name?: string; address?: string }
  | { kind: 'contacts'; cards: Card[] }
  | { kind: 'choice'; how: 'button' | 'list' | 'template'; title: string; description?: string }
  | { kind: 'form'; name?: string; summary?: string; answers: [string, string][] }
  | { kind: 'buttons'; header?: string; text: string; footer?: string; buttons: Button[] }
  | {
      kind: 'list'
      header?: string
      text: string
      footer?: string
      button: string
      sections: { title?: string; rows: Row[] }[]
    }
  | { kind: 'template'; name: string; language?: string; values: string[]; text?: string }
  | {
      kind: 'order'
      text?: string
      items: { name: string; quantity: number; price: number; currency: string }[]
      total?: number
      currency?: string
    }
  | { kind: 'call_permission'; isAccepted: boolean }
  | { kind: 'system'; text?: string; change?: string }
  | { kind: 'unsupported'; what?: string }
  | { kind: 'revoked' }
  | { kind: 'other'; type: string; text?: string; lines: [string, string][] }

type Loose = Record<string, unknown>
const record = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {}
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const string = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined
const number = (value: unknown): number | undefined => {
  const read = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined
}
/** Without the keys that are undefined. */
const filled = <T extends Loose>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T

export const mediaTypes = ['image', 'video', 'audio', 'document', 'sticker'] as const

export function viewOf(message: Pick<Message, 'type' | 'text' | 'content' | 'revokedAt'>): View {
  if (message.revokedAt !== null) return { kind: 'revoked' }
  const body = record(message.content)
  switch (message.type) {
    case 'text':
      return { kind: 'text', text: message.text ?? string(body.body) ?? '' }
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return mediaOf(message.type, body, message.text)
    case 'location':
      return locationOf(body) ?? other(message)
    case 'contacts':
      return { kind: 'contacts', cards: cardsOf(message.content) }
    case 'button':
      return { kind: 'choice', how: 'template', title: string(body.text) ?? message.text ?? '' }
    case 'interactive':
      return interactiveOf(body) ?? other(message)
    case 'template':
      return templateOf(body, message.text)
    case 'order':
      return orderOf(body)
    case 'system':
      return filled({
        kind: 'system',
        text: string(body.body) ?? message.text ?? undefined,
        change: string(body.type),
      })
    case 'unsupported':
    case 'media_placeholder':
      return filled({ kind: 'unsupported', what: string(body.type) })
    default:
      return other(message)
  }
}

function mediaOf(type: (typeof mediaTypes)[number], body: Loose, text: string | null): View {
  const caption = string(body.caption)
  const media = type === 'audio' && body.voice === true ? 'voice' : type
  const edited =
    type === 'document' || type === 'sticker' || type === 'audio' ? undefined : (text ?? undefined)
  return filled({ kind: 'media', media, caption: caption ?? edited, filename: string(body.filename) })
}

function locationOf(body: Loose): View | undefined {
  const latitude = number(body.latitude)
  const longitude = number(body.longitude)
  if (latitude === undefined || longitude === undefined) return undefined
  return filled<View>({
    kind: 'location',
    latitude,
    longitude,
    name: string(body.name),
    address: string(body.address),
  })
}

/** In an answer to a request for contact details, `name` may be missing and the card may be a vCard. */
function cardsOf(content: unknown): Card[] {
  const entries = Array.isArray(content) ? content : list(record(content).contacts)
  return entries.map((entry) => {
    const card = record(entry)
    const name = record(card.name)
    const phones = list(card.phones).flatMap(
      (one) => string(record(one).phone) ?? string(record(one).wa_id) ?? [],
    )
    const emails = list(card.emails).flatMap((one) => string(record(one).email) ?? [])
    const urls = list(card.urls).flatMap((one) => string(record(one).url) ?? [])
    const full = [string(name.first_name), string(name.last_name)].filter(Boolean).join(' ')
    const shown = string(name.formatted_name) ?? (full || nameInCard(string(card.vcard)) || phones[0] || '')
    return filled({ name: shown, phones, emails, urls, org: string(record(card.org).company) })
  })
}

const nameInCard = (vcard: string | undefined): string =>
  vcard?.match(/^FN[^:\n]*:(.+)$/im)?.[1]?.trim() ?? ''

function interactiveOf(body: Loose): View | undefined {
  const replied = record(body.button_reply)
  if (string(replied.title)) return { kind: 'choice', how: 'button', title: string(replied.title) as string }
  const chosen = record(body.list_reply)
  if (string(chosen.title)) {
    const description = string(chosen.description)
    return filled({ kind: 'choice', how: 'list', title: string(chosen.title) as string, description }) as View
  }
  if (body.nfm_reply !== undefined) return formOf(record(body.nfm_reply))
  if (body.call_permission_reply !== undefined)
    return { kind: 'call_permission', isAccepted: record(body.call_permission_reply).response === 'accept' }
  return sentInteractive(body)
}

/** The answers of a flow are JSON inside of JSON; tokens are Meta's business. */
function formOf(reply: Loose): View {
  const answers: [string, string][] = []
  for (const [key, value] of Object.entries(parsed(reply.response_json))) {
    if (key === 'flow_token' || value === null || value === '') continue
    const shown = Array.isArray(value) ? value.map(plain).join(', ') : plain(value)
    answers.push([humanKey(key), shown])
  }
  return filled({ kind: 'form', name: string(reply.name), summary: string(reply.body), answers })
}

function parsed(json: unknown): Loose {
  if (typeof json !== 'string') return record(json)
  try {
    return record(JSON.parse(json))
  } catch {
    return {}
  }
}

const plain = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)

/** `screen_0_First_name_2` as a flow names it → `First name`. */
export const humanKey = (key: string): string => {
  const words = key
    .replace(/^screen_\d+_/i, '')
    .replace(/_\d+$/, '')
    .replaceAll('_', ' ')
    .trim()
  return words === '' ? key : words.charAt(0).toUpperCase() + words.slice(1)
}

function sentInteractive(body: Loose): View | undefined {
  const text = string(record(body.body).text) ?? ''
  const header = string(record(body.header).text)
  const footer = string(record(body.footer).text)
  const action = record(body.action)
  const frame = { text, header, footer }
  if (body.type === 'list') {
    const sections = list(action.sections).map((one) => {
      const rows = list(record(one).rows).map((row) =>
        filled({ title: string(record(row).title) ?? '', description: string(record(row).description) }),
      )
      return filled({ title: string(record(one).title), rows })
    })
    return filled({ kind: 'list', ...frame, button: string(action.button) ?? '', sections }) as View
  }
  const buttons = buttonsOf(action)
  if (buttons.length === 0 && text === '') return undefined
  return filled({ kind: 'buttons', ...frame, buttons }) as View
}

function buttonsOf(action: Loose): Button[] {
  const replies = list(action.buttons).flatMap((one) => {
    const title = string(record(record(one).reply).title)
    return title === undefined ? [] : [{ text: title }]
  })
  const parameters = record(action.parameters)
  const shown = string(parameters.display_text) ?? string(parameters.flow_cta)
  return shown === undefined ? replies : [...replies, filled({ text: shown, href: string(parameters.url) })]
}

/** What the person read, where Meta has told us the words of the template; else what was filled in, in its order. */
function templateOf(body: Loose, text: string | null): View {
  const values = list(body.components).flatMap((component) =>
    list(record(component).parameters).flatMap((parameter) => {
      const one = record(parameter)
      const fallback =
        string(record(one.currency).fallback_value) ?? string(record(one.date_time).fallback_value)
      return string(one.text) ?? fallback ?? string(one.payload) ?? string(one.coupon_code) ?? []
    }),
  )
  const language = string(record(body.language).code)
  const name = string(body.name) ?? text ?? ''
  const read = text === name ? undefined : (text ?? undefined)
  return filled({ kind: 'template', name, language, values, text: read }) as View
}

function orderOf(body: Loose): View {
  const items = list(body.product_items).map((one) => {
    const item = record(one)
    return {
      name: string(item.product_retailer_id) ?? '',
      quantity: number(item.quantity) ?? 1,
      price: number(item.item_price) ?? 0,
      currency: string(item.currency) ?? '',
    }
  })
  const currency = items[0]?.currency
  const isOneCurrency =
    currency !== undefined && currency !== '' && items.every((one) => one.currency === currency)
  const total = isOneCurrency ? items.reduce((sum, one) => sum + one.quantity * one.price, 0) : undefined
  return filled({
    kind: 'order',
    text: string(body.text),
    items,
    total,
    currency: isOneCurrency ? currency : undefined,
  }) as View
}

/** A type nobody told us of: its words, else its plain values by name. */
function other({ type, text, content }: Pick<Message, 'type' | 'text' | 'content'>): View {
  const lines: [string, string][] = []
  const walk = (value: unknown, name: string, depth: number): void => {
    if (lines.length >= 12 || depth > 3 || value === null || value === undefined) return
    if (typeof value !== 'object') {
      if (!/^(id|sha256|url|mime_type)$/.test(name)) lines.push([humanKey(name), String(value).slice(0, 300)])
      return
    }
    for (const [key, inner] of Object.entries(value))
      walk(inner, Array.isArray(value) ? name : key, depth + 1)
  }
  if (text === null) walk(content, type, 0)
  return filled({ kind: 'other', type, text: text ?? undefined, lines }) as View
}
