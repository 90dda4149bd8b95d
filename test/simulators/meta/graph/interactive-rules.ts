// Interactive messages of every kind. Called by message-rules.ts. Source: Meta’s documentation.

import {
  absent,
  anything,
  both,
  isObject,
  list,
  object,
  oneOf,
  outOfBounds,
  type Rule,
  shape,
  text,
  webAddress,
} from './rules.ts'

const body = (most: number): Rule => shape({ text: text(most) })
const footer = shape({ text: text(60) })
const textHeader = shape({ type: oneOf('text'), text: text(60) })
const mediaPart = shape({}, { id: text(), link: webAddress, filename: text() })

const anyHeader: Rule = (value, path) => {
  shape(
    { type: oneOf('text', 'image', 'video', 'document') },
    { text: text(60), image: mediaPart, video: mediaPart, document: mediaPart, sub_text: text(60) },
  )(value, path)
  const kind = (value as { type: string }).type
  const part = (value as Record<string, unknown>)[kind]
  if (part === undefined) throw absent(`${path}.${kind}`)
  if (kind !== 'text' && isObject(part) && part.id === undefined && part.link === undefined)
    throw absent(`${path}.${kind}.id`)
}

function unique(path: string, values: string[], what: string): void {
  if (new Set(values).size !== values.length) throw outOfBounds(path, `has ${what} that are not unique`)
}

const replyButtons: Rule = (value, path) => {
  list(shape({ type: oneOf('reply'), reply: shape({ id: text(256), title: text(20) }) }), 1, 3)(value, path)
  const buttons = value as { reply: { id: string; title: string } }[]
  unique(
    path,
    buttons.map((button) => button.reply.id),
    'ids',
  )
  unique(
    path,
    buttons.map((button) => button.reply.title),
    'titles',
  )
}

const row = shape({ id: text(200), title: text(24) }, { description: text(72, 0) })
const section = shape({ rows: list(row, 1, 10) }, { title: text(24, 0) })

const sections: Rule = (value, path) => {
  list(section, 1, 10)(value, path)
  const all = value as { title?: string; rows: { id: string }[] }[]
  const rows = all.flatMap((one) => one.rows)
  if (rows.length > 10) throw outOfBounds(path, 'must hold at most 10 rows in total')
  unique(
    path,
    rows.map((one) => one.id),
    'row ids',
  )
  if (all.length > 1 && all.some((one) => !one.title)) throw absent(`${path}[].title`)
}

const flowParameters: Rule = (value, path) => {
  shape(
    { flow_message_version: oneOf('3'), flow_cta: text(30) },
    {
      flow_id: text(),
      flow_name: text(),
      flow_token: text(),
      mode: oneOf('draft', 'published'),
      flow_action: oneOf('navigate', 'data_exchange'),
      flow_action_payload: object,
    },
  )(value, path)
  const given = value as { flow_id?: string; flow_name?: string }
  if (given.flow_id === undefined && given.flow_name === undefined) throw absent(`${path}.flow_id`)
  if (given.flow_id !== undefined && given.flow_name !== undefined)
    throw outOfBounds(path, 'must not have both flow_id and flow_name')
}

const named = (name: string, parameters?: Rule): Rule =>
  shape({ name: oneOf(name), ...(parameters ? { parameters } : {}) })

const product = shape({ catalog_id: text(), product_retailer_id: text() })
const productList = shape({
  catalog_id: text(),
  sections: list(
    shape({ title: text(24), product_items: list(shape({ product_retailer_id: text() }), 1, 30) }),
    1,
    10,
  ),
})
const cards = shape({ cards: list(object, 2, 10) })

type Parts = { action: Rule; body?: Rule; header?: Rule; footer?: boolean }

const kinds: Record<string, Parts> = {
  button: { body: body(1024), header: anyHeader, footer: true, action: shape({ buttons: replyButtons }) },
  list: { body: body(4096), header: textHeader, footer: true, action: shape({ button: text(20), sections }) },
  cta_url: {
    body: body(1024),
    header: anyHeader,
    footer: true,
    action: named('cta_url', shape({ display_text: text(20), url: webAddress })),
  },
  location_request_message: { body: body(1024), action: named('send_location') },
  flow: { body: body(1024), header: anyHeader, footer: true, action: named('flow', flowParameters) },
  product: { footer: true, action: product },
  product_list: { body: body(1024), header: textHeader, footer: true, action: productList },
  catalog_message: {
    body: body(1024),
    footer: true,
    action: shape({ name: oneOf('catalog_message') }, { parameters: object }),
  },
  carousel: { body: body(1024), action: cards },
  address_message: {
    body: body(1024),
    header: anyHeader,
    footer: true,
    action: named('address_message', object),
  },
  voice_call: { body: body(1024), action: shape({ name: oneOf('voice_call') }, { parameters: object }) },
  call_permission_request: { body: body(1024), action: named('call_permission_request') },
  request_contact_info: { body: body(1024), action: named('request_contact_info') },
}

export const interactive: Rule = (value, path) => {
  both(
    object,
    shape(
      { type: oneOf(...Object.keys(kinds)) },
      { header: anything, body: anything, footer: anything, action: anything },
    ),
  )(value, path)
  const kind = kinds[(value as { type: string }).type]
  if (!kind) return
  const optional: Record<string, Rule> = {}
  if (kind.header) optional.header = kind.header
  if (kind.footer) optional.footer = footer
  shape({ type: anything, action: kind.action, ...(kind.body ? { body: kind.body } : {}) }, optional)(
    value,
    path,
  )
}
