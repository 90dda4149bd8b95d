// A message template, as the composer and the editor see it: which values it asks for, what a person will read once they are
// given, and the `template` object that sends it. Pure, and free of words for people. Source: Cloud API, template messages
// and components (Meta's documentation).

/** As the API answers it: Meta's own components, in Meta's spelling. */
export type TemplateLike = { name: string; language: string; components: readonly unknown[] }

export type MediaKind = 'image' | 'video' | 'document'

/** One value that has to be given before the template can be sent. */
export type Ask = {
  /** Names it among the values: `body.1`, `header.order`, `header.media`, `button.0`. */
  key: string
  where: 'header' | 'body' | 'button'
  /** `suffix`: the end of a link. `code`: what a button copies. `location`: `latitude,longitude`. */
  kind: 'text' | 'suffix' | 'code' | 'location' | MediaKind
  /** The variable's own name or number; of a button, the words on it. */
  name: string
  /** The sample that was given when the template was made. */
  example: string | undefined
  maxChars: number
}

/** By the key of what was asked. Of media: an id at Meta, or an https address. */
export type Values = Readonly<Record<string, string>>

export type Preview = {
  header: { kind: 'text' | 'location' | MediaKind; text: string } | null
  /** Parts in order; a variable without a value stands as `{{name}}` with `open: true`. */
  body: Piece[]
  footer: string | null
  buttons: { kind: string; text: string; detail: string }[]
}
export type Piece = { text: string; open: boolean }

type Button = { kind: string; text: string; url: string; phone: string; example: string | undefined }
type Parts = {
  header: { format: string; text: string; examples: Examples } | undefined
  body: { text: string; examples: Examples }
  footer: string | undefined
  buttons: Button[]
}
type Examples = Readonly<Record<string, string>>
type Loose = Readonly<Record<string, unknown>>

const loose = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {}
const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const variable = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g

/** Names of the variables in a text, each once: counted ones by their number, which is how Meta takes them; else as they stand. */
export function variablesIn(text: string): string[] {
  const names = [...new Set([...text.matchAll(variable)].map(([, name = '']) => name))]
  return names.every((name) => /^\d+$/.test(name)) ? names.sort((a, b) => Number(a) - Number(b)) : names
}

/** Variables with names; else they are counted from 1. */
export const isNamed = ({ components }: Pick<TemplateLike, 'components'>): boolean => {
  const { header, body } = partsOf(components)
  return variablesIn(`${header?.text ?? ''} ${body.text}`).some((name) => !/^\d+$/.test(name))
}

function partsOf(components: readonly unknown[]): Parts {
  const find = (type: string) => {
    const found = components.find((one) => textOf(loose(one).type).toUpperCase() === type)
    return found === undefined ? undefined : loose(found)
  }
  const header = find('HEADER')
  const body = find('BODY')
  const footer = find('FOOTER')
  return {
    header: header && {
      format: (textOf(header.format) || 'TEXT').toUpperCase(),
      text: textOf(header.text),
      examples: examplesOf(header, 'header_text'),
    },
    body: { text: textOf(body?.text), examples: examplesOf(body ?? {}, 'body_text') },
    footer: footer && textOf(footer.text),
    buttons: listed(find('BUTTONS')?.buttons).map(buttonOf),
  }
}

function buttonOf(given: unknown): Button {
  const button = loose(given)
  const [example] = listed(button.example)
  return {
    kind: textOf(button.type).toUpperCase(),
    text: textOf(button.text),
    url: textOf(button.url),
    phone: textOf(button.phone_number),
    example: textOf(example) || textOf(button.example) || undefined,
  }
}

/** Samples by the variable's name. Of the body they come as a list in a list, of the header as a list. */
function examplesOf(component: Loose, positional: 'header_text' | 'body_text'): Examples {
  const example = loose(component.example)
  const named = listed(example[`${positional}_named_params`]).map((one): [string, string] => [
    textOf(loose(one).param_name),
    textOf(loose(one).example),
  ])
  const [first] = listed(example[positional])
  const row = Array.isArray(first) ? first : listed(example[positional])
  return Object.fromEntries([
    ...row.map((one, i): [string, string] => [String(i + 1), textOf(one)]),
    ...named,
  ])
}

const mediaKinds: Readonly<Record<string, MediaKind>> = {
  IMAGE: 'image',
  VIDEO: 'video',
  DOCUMENT: 'document',
}

/** Everything that has to be given, from top to bottom. */
export function asksOf({ components }: Pick<TemplateLike, 'components'>): Ask[] {
  const { header, body, buttons } = partsOf(components)
  const words = (where: 'header' | 'body', text: string, examples: Examples, maxChars: number): Ask[] =>
    variablesIn(text).map((name) => ({
      ...{ key: `${where}.${name}`, where, kind: 'text', name, example: examples[name], maxChars },
    }))
  return [
    ...(header ? headerAsks(header, words) : []),
    ...words('body', body.text, body.examples, 1024),
    ...buttons.flatMap((button, i) => buttonAsk(button, i)),
  ]
}

function headerAsks(
  header: NonNullable<Parts['header']>,
  words: (where: 'header', text: string, examples: Examples, maxChars: number) => Ask[],
): Ask[] {
  const media = mediaKinds[header.format]
  const ask = { key: 'header.media', where: 'header' as const, example: undefined }
  if (media) return [{ ...ask, kind: media, name: media, maxChars: 2000 }]
  if (header.format === 'LOCATION') return [{ ...ask, kind: 'location', name: 'location', maxChars: 64 }]
  return words('header', header.text, header.examples, 60)
}

function buttonAsk({ kind, text, url, example }: Button, i: number): Ask[] {
  const ask = { key: `button.${i}`, where: 'button' as const, name: text, example }
  if (kind === 'COPY_CODE') return [{ ...ask, kind: 'code', maxChars: 15 }]
  if ((kind === 'URL' || kind === 'OTP') && variablesIn(url).length > 0)
    return [{ ...ask, kind: 'suffix', maxChars: 2000 }]
  return kind === 'OTP' ? [{ ...ask, kind: 'suffix', maxChars: 15 }] : []
}

const filled = (text: string, where: string, values: Values): Piece[] => {
  const pieces: Piece[] = []
  let from = 0
  for (const match of text.matchAll(variable)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), open: false })
    const value = values[`${where}.${match[1]}`] ?? ''
    pieces.push(value === '' ? { text: match[0], open: true } : { text: value, open: false })
    from = match.index + match[0].length
  }
  if (from < text.length) pieces.push({ text: text.slice(from), open: false })
  return pieces
}
const joined = (pieces: Piece[]): string => pieces.map(({ text }) => text).join('')

/** What the person will read. Values that are missing show as the variable they stand for. */
export function preview({ components }: Pick<TemplateLike, 'components'>, values: Values = {}): Preview {
  const { header, body, footer, buttons } = partsOf(components)
  const media = header && mediaKinds[header.format]
  const kind = media ?? (header?.format === 'LOCATION' ? 'location' : 'text')
  const own = values['header.media'] ?? ''
  return {
    header: header
      ? { kind, text: kind === 'text' ? joined(filled(header.text, 'header', values)) : own }
      : null,
    body: filled(body.text, 'body', values),
    footer: footer || null,
    buttons: buttons.map(({ kind: type, text, url, phone }, i) => {
      const value = values[`button.${i}`] ?? ''
      const link = value === '' ? url : url.replaceAll(variable, encodeURIComponent(value))
      return { kind: type, text, detail: type === 'COPY_CODE' ? value : link || phone }
    }),
  }
}

/** Keys of what is asked for and was not given, or does not fit. */
export const missingOf = (template: Pick<TemplateLike, 'components'>, values: Values): string[] =>
  asksOf(template)
    .filter((ask) => !fits(ask, values[ask.key] ?? ''))
    .map(({ key }) => key)

/** Meta refuses new lines, tabs and more than four spaces in a row in a variable (132018). */
function fits({ kind, maxChars }: Ask, value: string): boolean {
  if (value.trim() === '' || [...value].length > maxChars) return false
  if (kind === 'text') return !/[\n\t]| {5,}/.test(value)
  if (kind === 'location') return placeOf(value) !== undefined
  return kind === 'suffix' || kind === 'code' || /^(\d{1,32}|https:\/\/\S+)$/.test(value)
}

function placeOf(value: string): { latitude: number; longitude: number } | undefined {
  const parts = value.split(',').map((part) => Number(part.trim() || 'none'))
  const [latitude = Number.NaN, longitude = Number.NaN] = parts
  const there = parts.length === 2 && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  return there ? { latitude, longitude } : undefined
}

type Parameter = Record<string, unknown>
type Component = { type: string; sub_type?: string; index?: string; parameters: Parameter[] }
export type TemplatePayload = { name: string; language: { code: string }; components?: Component[] }

/** The `template` of a message. Complete when missingOf is empty. */
export function payloadOf(template: TemplateLike, values: Values): TemplatePayload {
  const named = isNamed(template)
  const asks = asksOf(template)
  const parameters = (where: 'header' | 'body') =>
    asks.filter((ask) => ask.where === where).map((ask) => parameterOf(ask, values[ask.key] ?? '', named))
  const ofBody = parameters('body')
  const ofHeader = parameters('header')
  const { buttons } = partsOf(template.components)
  const components: Component[] = [
    ...(ofHeader.length > 0 ? [{ type: 'header', parameters: ofHeader }] : []),
    ...(ofBody.length > 0 ? [{ type: 'body', parameters: ofBody }] : []),
    ...asks
      .filter(({ where }) => where === 'button')
      .map(({ key, kind }) => {
        const index = key.slice('button.'.length)
        const value = values[key] ?? ''
        const code = kind === 'code'
        const parameter = code ? { type: 'coupon_code', coupon_code: value } : { type: 'text', text: value }
        const subType = buttons[Number(index)]?.kind === 'COPY_CODE' ? 'copy_code' : 'url'
        return { type: 'button', sub_type: subType, index, parameters: [parameter] }
      }),
  ]
  const { name, language } = template
  return { name, language: { code: language }, ...(components.length > 0 ? { components } : {}) }
}

function parameterOf({ kind, name }: Ask, value: string, named: boolean): Parameter {
  if (kind === 'location') return { type: 'location', location: placeOf(value) }
  if (kind === 'image' || kind === 'video' || kind === 'document')
    return { type: kind, [kind]: /^\d+$/.test(value) ? { id: value } : { link: value } }
  return { type: 'text', text: value, ...(named ? { parameter_name: name } : {}) }
}
