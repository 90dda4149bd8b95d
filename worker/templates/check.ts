// Whether Meta would take a template, as far as that can be known beforehand: a mistake is found at once and in words. Pure.
// Called by the upkeep walk. Source: templates reference, components, error codes 2388040 to 2388299 (Meta's documentation).

import { limits } from '../ground/limits.ts'

export type Category = 'MARKETING' | 'UTILITY' | 'AUTHENTICATION'
export type DraftButton = {
  type: 'QUICK_REPLY' | 'URL' | 'PHONE_NUMBER' | 'COPY_CODE' | 'OTP'
  text?: string | undefined
  url?: string | undefined
  phone_number?: string | undefined
  otp_type?: string | undefined
  example?: string | string[] | undefined
}
export type DraftComponent =
  | {
      type: 'HEADER'
      format: 'TEXT' | 'IMAGE' | 'VIDEO' | 'DOCUMENT' | 'LOCATION'
      text?: string | undefined
      example?: Record<string, unknown> | undefined
    }
  | {
      type: 'BODY'
      text?: string | undefined
      add_security_recommendation?: boolean | undefined
      example?: Record<string, unknown> | undefined
    }
  | { type: 'FOOTER'; text?: string | undefined; code_expiration_minutes?: number | undefined }
  | { type: 'BUTTONS'; buttons: DraftButton[] }

export type Draft = { category: Category; named: boolean; components: DraftComponent[] }
export type Fault = { path: string; message: string }

const variable = /\{\{\s*([^{}]*?)\s*\}\}/g
const variablesIn = (text: string): string[] => [...text.matchAll(variable)].map(([, name = '']) => name)
const chars = (text: string): number => [...text].length

type Part<T extends DraftComponent['type']> = Extract<DraftComponent, { type: T }>
const partOf = <T extends DraftComponent['type']>({ components }: Draft, type: T): Part<T> | undefined =>
  components.find((one): one is Part<T> => one.type === type)

/** What stands against it, each with the part it is about; empty when nothing does. */
export function faultsOf(draft: Draft): Fault[] {
  const types = draft.components.map(({ type }) => type)
  const twice = types.filter((type, i) => types.indexOf(type) !== i)
  return [
    ...twice.map((type) => ({ path: 'components', message: `There can be one ${type}` })),
    ...headerFaults(draft),
    ...bodyFaults(draft),
    ...footerFaults(draft),
    ...buttonsFaults(draft),
  ]
}

function headerFaults(draft: Draft): Fault[] {
  const header = partOf(draft, 'HEADER')
  if (!header) return []
  const path = 'header'
  if (draft.category === 'AUTHENTICATION') return [{ path, message: 'A code has no header' }]
  if (header.format === 'LOCATION') return []
  if (header.format !== 'TEXT') {
    const { header_handle: handle } = header.example ?? {}
    const given = Array.isArray(handle) && typeof handle[0] === 'string' && handle[0] !== ''
    return given ? [] : [{ path, message: 'Meta wants a sample of the file' }]
  }
  const text = header.text ?? ''
  const names = variablesIn(text)
  return [
    ...lengthFault(path, text, limits.templateHeaderChars),
    ...(names.length > 1 ? [{ path, message: 'A header has one variable at most' }] : []),
    ...variableFaults(path, names, draft.named),
    ...sampleFaults(path, names, header.example, 'header_text', draft.named),
    ...(/[\n*_~`]/.test(text) ? [{ path, message: 'A header has one line and no formatting' }] : []),
  ]
}

function bodyFaults(draft: Draft): Fault[] {
  const body = partOf(draft, 'BODY')
  const path = 'body'
  if (!body) return [{ path, message: 'A template needs a body' }]
  // Meta writes the words of a code by itself.
  if (draft.category === 'AUTHENTICATION')
    return body.text === undefined ? [] : [{ path, message: 'Meta writes the words of a code itself' }]
  const text = body.text ?? ''
  const names = variablesIn(text)
  const trimmed = text.trim()
  const words = trimmed.split(/\s+/).length
  return [
    ...lengthFault(path, text, limits.templateBodyChars),
    ...variableFaults(path, names, draft.named),
    ...sampleFaults(path, names, body.example, 'body_text', draft.named),
    ...(/^\{\{|\}\}$/.test(trimmed) ? [{ path, message: 'A variable may not stand first or last' }] : []),
    ...(/\}\}\s*\{\{/.test(trimmed) ? [{ path, message: 'Two variables need words between them' }] : []),
    ...(names.length * 2 + 1 > words
      ? [{ path, message: 'There are too many variables for so few words' }]
      : []),
    ...(/\n{3,}/.test(text) ? [{ path, message: 'Two empty lines in a row are one too many' }] : []),
  ]
}

function footerFaults(draft: Draft): Fault[] {
  const footer = partOf(draft, 'FOOTER')
  if (!footer) return []
  const path = 'footer'
  if (draft.category === 'AUTHENTICATION')
    return footer.text === undefined ? [] : [{ path, message: 'Meta writes the footer of a code itself' }]
  const text = footer.text ?? ''
  return [
    ...lengthFault(path, text, limits.templateFooterChars),
    ...(variablesIn(text).length > 0 ? [{ path, message: 'A footer has no variables' }] : []),
  ]
}

function buttonsFaults(draft: Draft): Fault[] {
  const buttons = partOf(draft, 'BUTTONS')?.buttons ?? []
  const of = (type: DraftButton['type']) => buttons.filter((button) => button.type === type).length
  const path = 'buttons'
  const tooMany: [boolean, string][] = [
    [buttons.length > limits.templateButtons, `There can be ${limits.templateButtons} buttons`],
    [of('URL') > limits.templateUrlButtons, `There can be ${limits.templateUrlButtons} links`],
    [of('PHONE_NUMBER') > 1, 'There can be one button that calls'],
    [of('COPY_CODE') > 1, 'There can be one button that copies'],
    [of('OTP') > 1, 'There can be one button for a code'],
    [draft.category === 'AUTHENTICATION' && of('OTP') !== 1, 'A code needs its button'],
    [draft.category !== 'AUTHENTICATION' && of('OTP') > 0, 'Only a code has this button'],
    [!grouped(buttons), 'Quick replies stand together, before or after all others'],
  ]
  return [
    ...tooMany.filter(([wrong]) => wrong).map(([, message]) => ({ path, message })),
    ...buttons.flatMap((button, i) => buttonFaults(button, `buttons.${i}`)),
  ]
}

/** Meta wants quick replies side by side. */
const grouped = (buttons: DraftButton[]): boolean =>
  buttons.filter(
    ({ type }, i) => i > 0 && (type === 'QUICK_REPLY') !== (buttons[i - 1]?.type === 'QUICK_REPLY'),
  ).length <= 1

function buttonFaults(button: DraftButton, path: string): Fault[] {
  const faults: Fault[] = []
  const text = button.text ?? ''
  if (button.type !== 'COPY_CODE' && button.type !== 'OTP')
    faults.push(...lengthFault(path, text, limits.templateButtonChars))
  if (variablesIn(text).length > 0) faults.push({ path, message: 'Words on a button have no variables' })
  if (button.type === 'PHONE_NUMBER' && !/^\+?\d{7,15}$/.test(button.phone_number ?? ''))
    faults.push({ path, message: 'A phone number has its country code and 7 to 15 digits' })
  const sample = Array.isArray(button.example) ? button.example[0] : button.example
  if (button.type === 'COPY_CODE' && !sample)
    faults.push({ path, message: 'Meta wants a sample of the code' })
  if (button.type === 'URL') faults.push(...linkFaults(button.url ?? '', sample, path))
  return faults
}

function linkFaults(url: string, sample: string | undefined, path: string): Fault[] {
  const names = variablesIn(url)
  const bare = url.replace(variable, '')
  if (!URL.canParse(bare) || !/^https?:\/\//.test(bare) || chars(url) > limits.templateUrlChars)
    return [{ path, message: 'A link begins with https:// and is whole' }]
  if (names.length === 0) return []
  if (names.length > 1 || !url.endsWith('}}'))
    return [{ path, message: 'A link has one variable, at its end' }]
  return sample ? [] : [{ path, message: 'Meta wants a sample of the link' }]
}

function lengthFault(path: string, text: string, max: number): Fault[] {
  if (text.trim() === '') return [{ path, message: 'This is empty' }]
  return chars(text) > max ? [{ path, message: `This has more than ${max} characters` }] : []
}

/** Counted from 1 without a gap, or named in small letters. */
function variableFaults(path: string, names: string[], named: boolean): Fault[] {
  const distinct = [...new Set(names)]
  if (named)
    return distinct.every((name) => /^[a-z][a-z0-9_]*$/.test(name))
      ? []
      : [{ path, message: 'Names of variables have small letters, digits and underscores' }]
  const counted = distinct.every((name) => /^[1-9]\d*$/.test(name) && Number(name) <= distinct.length)
  return counted ? [] : [{ path, message: 'Variables are counted: {{1}}, {{2}}, without a gap' }]
}

/** One sample for each variable. */
function sampleFaults(
  path: string,
  names: string[],
  example: Record<string, unknown> | undefined,
  positional: 'header_text' | 'body_text',
  named: boolean,
): Fault[] {
  const distinct = [...new Set(names)]
  if (distinct.length === 0) return []
  const missing = { path, message: 'Meta wants a sample for each variable' }
  if (named) {
    const given = example?.[`${positional}_named_params`]
    const samples = Array.isArray(given) ? (given as { param_name?: unknown; example?: unknown }[]) : []
    const has = (name: string) => samples.some((one) => one.param_name === name && Boolean(one.example))
    return distinct.every(has) ? [] : [missing]
  }
  const given = example?.[positional]
  const [first] = Array.isArray(given) ? (given as unknown[]) : []
  const samples = Array.isArray(first) ? (first as unknown[]) : Array.isArray(given) ? given : []
  const full =
    samples.length === distinct.length && samples.every((one) => typeof one === 'string' && one !== '')
  return full ? [] : [missing]
}
