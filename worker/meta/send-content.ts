// The bounds of what can be sent, type by type, so that a message Meta would refuse never leaves and the parameter at
// fault is named. Types and interactive kinds that are not listed pass: Meta knows newer ones than we do. Pure.
// Called by send-message.ts. Source: send messages, message types (Meta, v25.0).

import { z } from 'zod'

/** `parameter` as Meta prints it: `text['body']`. */
export type ContentFault = { code: 100 | 131008 | 131009; parameter: string; details: string }

/** Counted in characters, not in UTF-16 units: an emoji is one. */
const words = (max: number) =>
  z
    .string()
    .min(1)
    .refine((text) => text.length <= max || Array.from(text).length <= max, { params: { max } })

const mediaId = z.union([z.string().min(1), z.number()])
const media = (captionMax?: number) =>
  z
    .looseObject({
      id: mediaId.optional(),
      link: z
        .string()
        .regex(/^https?:\/\//i)
        .optional(),
      ...(captionMax === undefined ? {} : { caption: words(captionMax).or(z.literal('')).optional() }),
    })
    .refine((part) => part.id !== undefined || part.link !== undefined, { path: ['id'] })

const coordinate = (max: number) =>
  z.union([z.number(), z.string().min(1).transform(Number)]).pipe(z.number().min(-max).max(max))

const header = z.looseObject({ type: z.string(), text: words(60).optional() })
const footer = z.looseObject({ text: words(60) })
const frame = { header: header.optional(), footer: footer.optional() }
const bodyText = (max: number) => z.looseObject({ text: words(max) })

const replyButton = z.looseObject({
  type: z.literal('reply'),
  reply: z.looseObject({ id: words(256), title: words(20) }),
})
const row = z.looseObject({
  id: words(200),
  title: words(24),
  description: words(72).or(z.literal('')).optional(),
})
const section = z.looseObject({ title: words(24).optional(), rows: z.array(row).min(1) })
const listAction = z
  .looseObject({ button: words(20), sections: z.array(section).min(1).max(10) })
  .refine(({ sections }) => sections.flatMap((one) => one.rows).length <= 10, {
    path: ['sections'],
    params: { reason: 'at most 10 rows in all' },
  })

const interactives: Record<string, z.ZodType> = {
  button: z.looseObject({
    ...frame,
    body: bodyText(1024),
    action: z.looseObject({ buttons: z.array(replyButton).min(1).max(3) }),
  }),
  list: z.looseObject({ ...frame, body: bodyText(4096), action: listAction }),
  cta_url: z.looseObject({
    ...frame,
    body: bodyText(1024),
    action: z.looseObject({ parameters: z.looseObject({ display_text: words(20), url: z.string().min(1) }) }),
  }),
  location_request_message: z.looseObject({
    body: bodyText(1024),
    action: z.looseObject({ name: z.literal('send_location') }),
  }),
  flow: z.looseObject({
    ...frame,
    body: bodyText(1024),
    action: z.looseObject({
      name: z.literal('flow'),
      parameters: z.looseObject({ flow_cta: z.string().min(1) }),
    }),
  }),
}

const types: Record<string, z.ZodType> = {
  text: z.looseObject({ body: words(4096) }),
  image: media(1024),
  video: media(1024),
  audio: media(),
  document: media(1024),
  sticker: media(),
  location: z.looseObject({ latitude: coordinate(90), longitude: coordinate(180) }),
  contacts: z
    .array(z.looseObject({ name: z.looseObject({ formatted_name: z.string().min(1) }) }))
    .min(1)
    .max(257),
  reaction: z.looseObject({ message_id: z.string().min(1), emoji: z.string() }),
  interactive: z.looseObject({ type: z.string().min(1) }),
  template: z.looseObject({
    name: z.string().min(1).max(512),
    language: z.looseObject({ code: z.string().min(1) }),
    components: z.array(z.looseObject({ type: z.string() })).optional(),
  }),
}

/** The first thing wrong with the payload of this type; undefined when nothing is, or when the type is new to us. */
export function contentFault(type: string, payload: unknown): ContentFault | undefined {
  const schema = Object.hasOwn(types, type) ? (types[type] as z.ZodType) : undefined
  if (!schema) return undefined
  const found = faultIn(schema, type, payload)
  if (found || type !== 'interactive') return found
  const kind = (payload as { type: string }).type
  return Object.hasOwn(interactives, kind)
    ? faultIn(interactives[kind] as z.ZodType, type, payload)
    : undefined
}

function faultIn(schema: z.ZodType, type: string, payload: unknown): ContentFault | undefined {
  const issue = schema.safeParse(payload).error?.issues[0]
  return issue && describe(issue, type, payload)
}

function describe(issue: z.core.$ZodIssue, type: string, payload: unknown): ContentFault {
  const parameter =
    type + issue.path.map((key) => `[${typeof key === 'number' ? key : `'${String(key)}'`}]`).join('')
  const value = issue.path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    payload,
  )
  if (value === undefined || value === null || value === '') {
    return { code: 131008, parameter, details: `The parameter ${parameter} is required.` }
  }
  const params =
    issue.code === 'custom' ? (issue.params as { max?: number; reason?: string } | undefined) : undefined
  if (params?.max !== undefined) {
    return {
      code: 100,
      parameter,
      details: `Param ${parameter} must be at most ${params.max} characters long.`,
    }
  }
  if (issue.code === 'too_big')
    return { code: 131009, parameter, details: `Param ${parameter} must be at most ${issue.maximum}.` }
  return {
    code: 131009,
    parameter,
    details: `Param ${parameter} is not valid${params?.reason ? `: ${params.reason}` : ''}.`,
  }
}
