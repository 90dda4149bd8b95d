// The shape of a template message, whatever the template. Called by message-rules.ts. Source: Meta’s documentation.

import { anything, list, number, oneOf, type Rule, shape, text, webAddress } from './rules.ts'

const mediaPart = shape({}, { id: text(), link: webAddress, filename: text() })

const parameter = shape(
  {
    type: oneOf(
      'text',
      'currency',
      'date_time',
      'image',
      'video',
      'document',
      'location',
      'payload',
      'coupon_code',
      'action',
      'product',
      'limited_time_offer',
      'ttl_minutes',
    ),
  },
  {
    text: text(),
    parameter_name: text(),
    payload: text(128, 0),
    coupon_code: text(15),
    image: mediaPart,
    video: mediaPart,
    document: mediaPart,
    currency: shape({
      fallback_value: text(),
      code: text(3, 3),
      amount_1000: number(0, Number.MAX_SAFE_INTEGER),
    }),
    date_time: shape(
      { fallback_value: text() },
      {
        day_of_week: anything,
        year: anything,
        month: anything,
        day_of_month: anything,
        hour: anything,
        minute: anything,
        calendar: anything,
        component: anything,
        timestamp: anything,
      },
    ),
    location: shape(
      { latitude: number(-90, 90), longitude: number(-180, 180) },
      { name: text(), address: text() },
    ),
    action: anything,
    product: anything,
    limited_time_offer: anything,
    ttl_minutes: anything,
  },
)

const component = shape(
  {
    type: oneOf(
      'header',
      'body',
      'button',
      'footer',
      'carousel',
      'limited_time_offer',
      'HEADER',
      'BODY',
      'BUTTON',
    ),
  },
  {
    parameters: list(parameter, 0, 100),
    cards: anything,
    sub_type: oneOf(
      'url',
      'quick_reply',
      'copy_code',
      'flow',
      'catalog',
      'mpm',
      'phone_number',
      'URL',
      'QUICK_REPLY',
      'COPY_CODE',
      'FLOW',
    ),
    index: number(0, 9),
  },
)

export const templateShape: Rule = shape(
  { name: text(512), language: shape({ code: text(15) }, { policy: oneOf('deterministic') }) },
  { components: list(component, 0, 20), namespace: text() },
)
