// The edges around a number: profile, QR codes, contact book, message history.
// Called by the router. Source: Meta’s documentation.

import { refusal } from '../errors.ts'
import { base64url, hex, randomBytes } from '../ids.ts'
import type { Json, PhoneNumber } from '../state.ts'
import { typeOfHandle } from './app-node.ts'
import { type Call, need, needProduct, ownNumber, param } from './call.ts'
import { page, select } from './fields.ts'
import { list, oneOf, shape, text, webAddress } from './rules.ts'

const verticals = [
  'OTHER',
  'AUTO',
  'BEAUTY',
  'APPAREL',
  'EDU',
  'ENTERTAIN',
  'EVENT_PLAN',
  'FINANCE',
  'GROCERY',
  'GOVT',
  'HOTEL',
  'HEALTH',
  'NONPROFIT',
  'PROF_SERVICES',
  'RETAIL',
  'TRAVEL',
  'RESTAURANT',
  'NOT_A_BIZ',
]
const profileRule = shape(
  { messaging_product: text() },
  {
    about: text(139),
    address: text(256, 0),
    description: text(512, 0),
    email: text(128, 0),
    profile_picture_handle: text(),
    vertical: oneOf(...verticals),
    websites: list(webAddress, 0, 2),
    access_token: text(),
    appsecret_proof: text(),
  },
)

export function readProfile(call: Call): Json {
  const number = ownNumber(call, call.id)
  const names = [
    'about',
    'address',
    'description',
    'email',
    'profile_picture_url',
    'websites',
    'vertical',
    'messaging_product',
  ]
  const source = Object.fromEntries(names.map((name) => [name, number.profile[name]]))
  return { data: [select(source, param(call, 'fields'), names, 'WhatsAppBusinessProfile')] }
}

export function changeProfile(call: Call): Json {
  const number = ownNumber(call, call.id)
  needProduct(call)
  profileRule(call.body, 'profile')
  const { access_token: _, appsecret_proof: __, profile_picture_handle: picture, ...rest } = call.body
  if (picture !== undefined && !/^image\//.test(typeOfHandle(call, picture) ?? ''))
    throw refusal(100, 'The profile picture handle is not valid')
  const url =
    picture === undefined
      ? {}
      : { profile_picture_url: `https://pps.whatsapp.net/${base64url(randomBytes(9))}` }
  number.profile = { ...number.profile, ...rest, ...url }
  call.sim.world.touch()
  return { success: true }
}

function qrJson(number: PhoneNumber, qr: { code: string; prefilled_message: string }): Json {
  const link = `https://wa.me/message/${qr.code}`
  return {
    ...qr,
    deep_link_url: link,
    qr_image_url: `https://scontent.example/qr/${number.id}/${qr.code}.svg`,
  }
}

export function createQr(call: Call): Json {
  const number = ownNumber(call, call.id)
  const message = need(call, 'prefilled_message')
  text(140)(message, 'prefilled_message')
  if (number.qrs.length >= 2000) throw refusal(100, 'No more than 2000 QR codes per phone number')
  const qr = { code: hex(randomBytes(7)).toUpperCase(), prefilled_message: message }
  number.qrs.push(qr)
  call.sim.world.touch()
  return qrJson(number, qr)
}

export function listQrs(call: Call): Json {
  const number = ownNumber(call, call.id)
  return page(call, number.qrs, (qr) => qrJson(number, qr))
}

/** Takes a person out of the portfolio's contact book; by business-scoped id only. */
export function deleteContactBook(call: Call): Json {
  const number = ownNumber(call, call.id)
  needProduct(call)
  const userId = need(call, 'bsuid')
  const person = call.sim.world.personByUserId(call.sim.world.businessOf(number).id, userId)
  if (!person) throw refusal(100, 'bsuid is not known to this business')
  return { messaging_product: 'whatsapp', success: true, deleted: true }
}

const historyState = (state: string): string =>
  state === 'delivered' ? 'SUCCESS' : state === 'pending' ? 'PENDING' : 'FAILURE'

/** What Meta knows of a sent message, per event, with the fate of its webhook. */
export function messageHistory(call: Call): Json {
  const number = ownNumber(call, call.id)
  const { sent, deliveries, app } = call.sim.world.state
  const id = need(call, 'message_id')
  const message = sent.get(id)
  if (!message || message.numberId !== number.id || message.via === 'lost') return { data: [] }
  const events = message.statuses.map((status, index) => {
    const carried = [...deliveries.values()].find(
      (one) => one.body.includes(id.replaceAll('/', '\\/')) && one.body.includes(`"${status.status}"`),
    )
    return {
      id: `${id}_${index}`,
      delivery_status: status.status.toUpperCase(),
      webhook_update_state: historyState(carried?.state ?? 'pending'),
      timestamp: Math.floor(status.at / 1000),
      application: { id: call.sim.options.appId },
      webhook_uri: carried?.url ?? app.callbackUrl,
      ...(status.errors
        ? { error_description: String((status.errors[0] as { title?: string } | undefined)?.title) }
        : {}),
    }
  })
  return page(call, [message], (one) => ({
    id: `hist_${one.id.slice(-20)}`,
    message_id: one.id,
    events: { data: events },
  }))
}

/** Business usernames. */
export function readUsername(call: Call): Json {
  const number = ownNumber(call, call.id)
  return number.username === null ? {} : { username: number.username, status: 'approved' }
}

export function changeUsername(call: Call): Json {
  const number = ownNumber(call, call.id)
  const wanted = call.method === 'DELETE' ? null : need(call, 'username')
  const taken = [...call.sim.world.state.numbers.values()].some(
    (one) => one !== number && wanted !== null && one.username === wanted,
  )
  if (taken) throw refusal(147001, undefined, { message: '(#147001) Username is not available' })
  if (wanted !== null && !/^[a-z0-9._]{3,35}$/.test(wanted))
    throw refusal(147002, undefined, { message: '(#147002) Username is not valid' })
  number.username = wanted
  call.sim.world.touch()
  return { success: true }
}
