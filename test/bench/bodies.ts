// Signed webhook bodies as Meta sends them, each distinct. Used for the pool that wrk reads, by the open-loop
// generator and by the probes. Shapes: Meta's webhooks reference, `messages` field, text message.

import { createHmac } from 'node:crypto'
import type { Identity } from './targets.ts'

export const contactCount = 1_000

export interface Update {
  wamid: string
  from: string
  value: string
}

export interface Signed {
  body: string
  /** Value of the header `X-Hub-Signature-256`. */
  signature: string
}

// ASCII as on the wire: Meta escapes unicode, and a peer that re-serialises the body fails on this letter
const greeting = 'Hola, \\u00bfsigue abierta la panader\\u00eda ma\\u00f1ana por la tarde? Quisiera encargar '
const text = greeting.padEnd(250, 'dos tartas y una docena de magdalenas, ')

const digits = (n: number, width: number): string => String(n).padStart(width, '0')

/** Phone number of the n-th contact; the first `contactCount` are under load, later ones are strangers. */
export const phoneOf = (contact: number): string => `34600${digits(contact, 7)}`

/** The n-th update of a run. Equal `run` and `n` give the same wamid, so a run must never be named twice. */
export function updateOf(identity: Identity, run: string, n: number, contact = n % contactCount): Update {
  const wamid = `wamid.HBgLBENCH${run}A${digits(n, 9)}`.padEnd(58, 'Q')
  const from = phoneOf(contact)
  const userId = `ES.${digits(contact, 16)}`
  const seconds = Math.floor(Date.now() / 1_000)
  const metadata = `{"display_phone_number":"34911222333","phone_number_id":"${identity.phoneNumberId}"}`
  const person = `{"profile":{"name":"Cliente ${digits(contact, 7)}"},"wa_id":"${from}","user_id":"${userId}"}`
  const sender = `"from":"${from}","from_user_id":"${userId}"`
  const content = `"timestamp":"${seconds}","text":{"body":"${text}"},"type":"text"`
  const message = `{${sender},"id":"${wamid}",${content}}`
  const value =
    `{"messaging_product":"whatsapp","metadata":${metadata},` +
    `"contacts":[${person}],"messages":[${message}]}`
  return { wamid, from, value }
}

export function signedBody(identity: Identity, updates: Update[]): Signed {
  const changes = updates.map(({ value }) => `{"value":${value},"field":"messages"}`).join(',')
  const entry = `{"id":"${identity.wabaId}","changes":[${changes}]}`
  const body = `{"object":"whatsapp_business_account","entry":[${entry}]}`
  return { body, signature: `sha256=${createHmac('sha256', identity.appSecret).update(body).digest('hex')}` }
}

/** The body number `index` of a run, holding `updates` consecutive updates. */
export function bodyOf(identity: Identity, run: string, index: number, updates: number): Signed {
  const all: Update[] = []
  for (let i = 0; i < updates; i++) all.push(updateOf(identity, run, index * updates + i))
  return signedBody(identity, all)
}

let runs = 0

/** A name no other load of this bench has: five characters, of one length so that bodies are. */
export const newRun = (): string => {
  runs += 1
  return `${(process.pid % 1_296).toString(36).padStart(2, '0')}${runs.toString(36).padStart(3, '0')}`
}
