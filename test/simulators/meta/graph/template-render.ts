// A template message against the approved template: is it there, does every parameter fit, what will be read.
// Called by the send walk and the template calls. Source: Meta’s documentation, codes 132000 to 132018.

import { refusal } from '../errors.ts'
import type { Json, Template, TemplateComponent, Waba } from '../state.ts'
import type { World } from '../world.ts'
import { outOfBounds } from './rules.ts'

type Parameter = { type: string; parameter_name?: string; text?: string; [key: string]: unknown }
type Component = { type: string; sub_type?: string; index?: string | number; parameters?: Parameter[] }

export function variablesOf(words: string | undefined): string[] {
  return [
    ...new Set([...(words ?? '').matchAll(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g)].map(([, name = '']) => name)),
  ]
}

/** The template as approved for this account, or the refusal that fits its state. */
export function findTemplate(world: World, waba: Waba, given: Json): Template {
  const name = String(given.name)
  const language = (given.language as { code: string }).code
  const all = [...world.state.templates.values()].filter((one) => one.wabaId === waba.id && one.name === name)
  const template = all.find((one) => one.language === language)
  if (!template) throw refusal(132001, `template name (${name}) does not exist in ${language}`)
  if (template.status === 'PAUSED') throw refusal(132015)
  if (template.status === 'DISABLED') throw refusal(132016)
  if (template.status !== 'APPROVED')
    throw refusal(132001, `template name (${name}) is not approved in ${language}`)
  return template
}

const wordsOf = (parameter: Parameter): string => {
  const rich = (parameter[parameter.type] ?? {}) as { fallback_value?: string }
  return parameter.text ?? rich.fallback_value ?? ''
}

function fill(template: Template, words: string, given: Parameter[], where: string, most: number): string {
  const variables = variablesOf(words)
  if (given.length !== variables.length) {
    throw refusal(
      132000,
      `${where}: number of localizable_params (${given.length}) does not match the expected number of params (${variables.length})`,
    )
  }
  const values = new Map<string, string>()
  given.forEach((one, index) => {
    if (!['text', 'currency', 'date_time'].includes(one.type))
      throw refusal(132012, `${where}: parameter ${index} is of type ${one.type}, expected text`)
    if (one[one.type] === undefined)
      throw refusal(131008, `Parameter '${where}.parameters[${index}].${one.type}' is mandatory`)
    const name = template.parameter_format === 'NAMED' ? one.parameter_name : String(index + 1)
    if (name === undefined || !variables.includes(name))
      throw refusal(132012, `${where}: parameter name is missing or empty`)
    if (/[\n\t]| {5,}/.test(wordsOf(one))) {
      throw refusal(
        132018,
        `${where}: parameter text cannot have new-line/tab characters or more than 4 consecutive spaces`,
      )
    }
    values.set(name, wordsOf(one))
  })
  if (values.size !== variables.length) throw refusal(132012, `${where}: the same parameter is given twice`)
  const filled = words.replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (_, name: string) => values.get(name) ?? '')
  if ([...filled].length > most)
    throw refusal(132005, `${where}: hydrated text is longer than ${most} characters`)
  return filled
}

function fillHeader(
  template: Template,
  header: TemplateComponent | undefined,
  given: Parameter[],
): Json | undefined {
  if (!header) {
    if (given.length > 0)
      throw refusal(
        132000,
        `header: number of localizable_params (${given.length}) does not match the expected number of params (0)`,
      )
    return undefined
  }
  const format = (header.format ?? 'TEXT').toLowerCase()
  if (format === 'text') return { type: 'text', text: fill(template, header.text ?? '', given, 'header', 60) }
  const [only] = given
  if (given.length !== 1 || !only)
    throw refusal(132012, `header: Format mismatch, expected ${format.toUpperCase()}, received UNKNOWN`)
  if (only.type !== format)
    throw refusal(
      132012,
      `header: Format mismatch, expected ${format.toUpperCase()}, received ${only.type.toUpperCase()}`,
    )
  if (only[format] === undefined)
    throw refusal(131008, `Parameter 'header.parameters[0].${format}' is mandatory`)
  return { type: format, [format]: only[format] }
}

function fillButtons(
  template: Template,
  buttons: NonNullable<TemplateComponent['buttons']>,
  given: Component[],
): Json[] {
  for (const one of given) {
    const index = Number(one.index ?? -1)
    if (!buttons[index]) throw refusal(132000, `buttons: there is no button at index ${String(one.index)}`)
    const expected = buttons[index].type.toLowerCase()
    if ((one.sub_type ?? '').toLowerCase() !== expected)
      throw refusal(
        132012,
        `buttons: button at index ${index} is of type ${expected}, got ${one.sub_type ?? 'none'}`,
      )
  }
  return buttons.map((button, index) => {
    const parameters = given.find((one) => Number(one.index) === index)?.parameters ?? []
    if (button.type === 'URL')
      return { ...button, url: fill(template, button.url ?? '', parameters, `buttons[${index}]`, 2000) }
    if (button.type === 'COPY_CODE') {
      const code = parameters[0]?.coupon_code
      if (typeof code !== 'string')
        throw refusal(131008, `buttons: button at index ${index} of type copy_code requires a parameter`)
      return { ...button, code }
    }
    if (button.type === 'QUICK_REPLY') return { ...button, payload: parameters[0]?.payload ?? button.text }
    return button
  })
}

/** What the person will see, once every parameter fits. */
export function renderTemplate(template: Template, given: Json): Json {
  const asked = (given.components ?? []) as Component[]
  const parametersOf = (type: string): Parameter[] => {
    const all = asked.filter((one) => one.type.toLowerCase() === type)
    if (all.length > 1) throw outOfBounds('template.components', `has ${type} more than once`)
    return all[0]?.parameters ?? []
  }
  const part = (type: string): TemplateComponent | undefined =>
    template.components.find((one) => one.type.toUpperCase() === type)
  const header = fillHeader(template, part('HEADER'), parametersOf('header'))
  const body = fill(template, part('BODY')?.text ?? '', parametersOf('body'), 'body', 1024)
  const buttons = fillButtons(
    template,
    part('BUTTONS')?.buttons ?? [],
    asked.filter((one) => one.type.toLowerCase() === 'button'),
  )
  const footer = part('FOOTER')?.text
  return {
    ...(header ? { header } : {}),
    body,
    ...(footer ? { footer } : {}),
    ...(buttons.length > 0 ? { buttons } : {}),
  }
}
