// The bodies of the plain message types with the bounds that Meta prints.
// Called by the send walk. Source: Meta’s documentation.

import { refusal } from '../errors.ts'
import { interactive } from './interactive-rules.ts'
import {
  absent,
  both,
  flag,
  isObject,
  list,
  number,
  object,
  outOfBounds,
  type Rule,
  shape,
  text,
  webAddress,
} from './rules.ts'
import { templateShape } from './template-rules.ts'

/** Exactly one of an uploaded id and a link. */
const idOrLink: Rule = (value, path) => {
  if (!isObject(value)) return
  const id = value.id !== undefined
  const link = value.link !== undefined
  if (!id && !link) throw absent(`${path}.id`)
  if (id && link) throw outOfBounds(path, 'must not have both id and link')
}

function media(more: Record<string, Rule> = {}): Rule {
  return both(shape({}, { id: text(), link: webAddress, ...more }), idOrLink)
}

const phone = shape({ phone: text() }, { type: text(), wa_id: text() })
const contactName = shape(
  { formatted_name: text() },
  { first_name: text(), last_name: text(), middle_name: text(), suffix: text(), prefix: text() },
)
const nameIsMore: Rule = (value, path) => {
  // Meta wants one more part of the name beside the formatted one.
  if (isObject(value) && Object.keys(value).length < 2) throw absent(`${path}.first_name`)
}

const contact = shape(
  { name: both(contactName, nameIsMore) },
  {
    phones: list(phone, 1, 20),
    emails: list(object, 0, 20),
    addresses: list(object, 0, 20),
    urls: list(object, 0, 20),
    org: object,
    birthday: text(10, 10),
  },
)

const oneEmoji: Rule = (value, path) => {
  if (typeof value !== 'string') throw outOfBounds(path, 'must be a string')
  if (
    value !== '' &&
    !/^\p{Extended_Pictographic}|^[\p{Emoji}]\uFE0F?\u20E3|^\p{Regional_Indicator}{2}/u.test(value)
  ) {
    throw outOfBounds(path, 'is not an emoji')
  }
}

const messageRules: Record<string, Rule> = {
  text: shape({ body: text(4096) }, { preview_url: flag }),
  image: media({ caption: text(1024, 0) }),
  video: media({ caption: text(1024, 0) }),
  audio: media({ voice: flag }),
  document: media({ caption: text(1024, 0), filename: text(240) }),
  sticker: media(),
  location: shape(
    { latitude: number(-90, 90), longitude: number(-180, 180) },
    { name: text(), address: text() },
  ),
  contacts: list(contact, 1, 257),
  reaction: shape({ message_id: text(), emoji: oneEmoji }),
  interactive,
  template: templateShape,
}

const frame = new Set([
  'messaging_product',
  'recipient_type',
  'to',
  'recipient',
  'type',
  'context',
  'biz_opaque_callback_data',
  'recipient_identity_key_hash',
  'messaging_account_id',
  'status',
  'message_id',
  'typing_indicator',
  'access_token',
  'appsecret_proof',
  'appsecret_time',
])
const marketingFrame = ['product_policy', 'message_activity_sharing', 'bid_spec']

/** Checks the frame around the typed body; returns the type. */
export function checkFrame(body: Record<string, unknown>, marketing: boolean): string {
  const type = body.type ?? 'text'
  if (typeof type !== 'string' || !(type in messageRules))
    throw refusal(131051, `Message type ${String(type)} is not currently supported.`)
  for (const key of Object.keys(body)) {
    if (frame.has(key) || key === type || (marketing && marketingFrame.includes(key))) continue
    if (key === 'bid_spec') throw refusal(131061)
    throw refusal(100, undefined, { message: `(#100) Unexpected key "${key}" on param "message".` })
  }
  if (body.context !== undefined) shape({ message_id: text() })(body.context, 'context')
  if (body.biz_opaque_callback_data !== undefined)
    text(512)(body.biz_opaque_callback_data, 'biz_opaque_callback_data')
  return type
}

export function checkTyped(type: string, body: Record<string, unknown>): void {
  const rule = messageRules[type]
  if (body[type] === undefined || body[type] === null) throw absent(type)
  rule?.(body[type], type)
}
