// A template while it is written: what the form holds, and Meta's components made of it. Pure. Called by editor.tsx.

import { variablesIn } from './render.ts'

export type DraftButton = {
  type: 'QUICK_REPLY' | 'URL' | 'PHONE_NUMBER' | 'COPY_CODE'
  text: string
  url: string
  phone: string
  sample: string
}
export type MediaHeader = 'IMAGE' | 'VIDEO' | 'DOCUMENT'
/** What may be a sample, by header. */
export const sampleTypes: Readonly<Record<MediaHeader, string>> = {
  IMAGE: 'image/jpeg,image/png',
  VIDEO: 'video/mp4',
  DOCUMENT: 'application/pdf',
}
export const isMedia = (header: string): header is MediaHeader => header in sampleTypes

export type Draft = {
  name: string
  language: string
  category: string
  header: 'none' | 'TEXT' | 'LOCATION' | MediaHeader
  headerText: string
  /** Meta’s handle of a sample of the file at the head. */
  sample: { handle: string; name: string; header: MediaHeader } | undefined
  body: string
  footer: string
  /** By variable, `header.1` and `body.1`. */
  samples: Record<string, string>
  buttons: DraftButton[]
  security: boolean
  minutes: string
}

export const emptyButton: DraftButton = { type: 'QUICK_REPLY', text: '', url: '', phone: '', sample: '' }

export const emptyDraft: Draft = {
  ...{ name: '', language: 'en', category: 'UTILITY', header: 'none', headerText: '', body: '', footer: '' },
  ...{ samples: {}, sample: undefined, buttons: [], security: true, minutes: '10' },
}

export const isNamed = ({ headerText, body }: Draft): boolean =>
  variablesIn(`${headerText} ${body}`).some((name) => !/^\d+$/.test(name))

function exampleOf(draft: Draft, where: 'header' | 'body', text: string): object {
  const names = variablesIn(text)
  if (names.length === 0) return {}
  const sample = (name: string) => draft.samples[`${where}.${name}`] ?? ''
  const key = `${where}_text`
  if (isNamed(draft))
    return {
      example: {
        [`${key}_named_params`]: names.map((name) => ({ param_name: name, example: sample(name) })),
      },
    }
  const values = names.map(sample)
  return { example: { [key]: where === 'body' ? [values] : values } }
}

function buttonOf({ type, text, url, phone, sample }: DraftButton): object {
  switch (type) {
    case 'URL':
      return { type, text, url, ...(variablesIn(url).length > 0 ? { example: [sample] } : {}) }
    case 'PHONE_NUMBER':
      return { type, text, phone_number: phone.replace(/[^\d+]/g, '') }
    case 'COPY_CODE':
      return { type, example: sample }
    default:
      return { type, text }
  }
}

/** As the API takes them. */
export function componentsOf(draft: Draft): object[] {
  const { header, headerText, sample, body, footer, buttons, security, minutes } = draft
  if (draft.category === 'AUTHENTICATION')
    return [
      { type: 'BODY', add_security_recommendation: security },
      ...(minutes ? [{ type: 'FOOTER', code_expiration_minutes: Number(minutes) }] : []),
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
    ]
  return [
    ...(header === 'none'
      ? []
      : [
          {
            type: 'HEADER',
            format: header,
            ...(header === 'TEXT' ? { text: headerText, ...exampleOf(draft, 'header', headerText) } : {}),
            ...(isMedia(header) && sample?.header === header
              ? { example: { header_handle: [sample.handle] } }
              : {}),
          },
        ]),
    { type: 'BODY', text: body, ...exampleOf(draft, 'body', body) },
    ...(footer.trim() ? [{ type: 'FOOTER', text: footer }] : []),
    ...(buttons.length > 0 ? [{ type: 'BUTTONS', buttons: buttons.map(buttonOf) }] : []),
  ]
}

type Loose = Readonly<Record<string, unknown>>
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The form for a template that is there; undefined when it has parts that the form cannot write. */
export function draftOf(
  template: { name: string; language: string; category: string; components: unknown[] },
  samples: Readonly<Record<string, string>>,
): Draft | undefined {
  const { name, language, category } = template
  const draft: Draft = { ...emptyDraft, name, language, category, samples: { ...samples } }
  for (const given of template.components as Loose[]) {
    const type = textOf(given.type).toUpperCase()
    if (type === 'HEADER') {
      const format = textOf(given.format).toUpperCase() || 'TEXT'
      // The sample that was given once is an address at Meta by now: an edit wants a new one.
      if (format !== 'TEXT' && format !== 'LOCATION' && !isMedia(format)) return undefined
      draft.header = format
      draft.headerText = textOf(given.text)
    } else if (type === 'BODY') draft.body = textOf(given.text)
    else if (type === 'FOOTER') draft.footer = textOf(given.text)
    else if (type === 'BUTTONS') {
      const buttons = (Array.isArray(given.buttons) ? given.buttons : []) as Loose[]
      const known = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE']
      if (category !== 'AUTHENTICATION' && buttons.some((one) => !known.includes(textOf(one.type))))
        return undefined
      draft.buttons = buttons.map((one) => ({
        type: textOf(one.type) as DraftButton['type'],
        text: textOf(one.text),
        url: textOf(one.url),
        phone: textOf(one.phone_number),
        sample: textOf(Array.isArray(one.example) ? one.example[0] : one.example),
      }))
    } else return undefined
  }
  return draft
}
