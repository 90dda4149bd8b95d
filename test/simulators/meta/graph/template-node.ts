// Message templates: list, create, edit, delete. Called by the router. Source: Meta’s documentation.

import { noSuchObject, refusal } from '../errors.ts'
import type { Json, Template, TemplateComponent, Waba } from '../state.ts'
import { newTemplate } from '../world-build.ts'
import { typeOfHandle } from './app-node.ts'
import { type Call, missing, need, needScope, ownWaba, param, sees } from './call.ts'
import { page, select } from './fields.ts'
import { variablesOf } from './template-render.ts'

function managed(call: Call): Waba {
  const waba = ownWaba(call, call.id)
  needScope(call, 'whatsapp_business_management')
  call.sim.rates.checkManagement(call.sim.world, waba)
  return waba
}

function templatesOf(call: Call, waba: Waba): Template[] {
  return [...call.sim.world.state.templates.values()].filter((one) => one.wabaId === waba.id)
}

const usual = ['name', 'parameter_format', 'components', 'language', 'status', 'category']

function render(template: Template, fields: string | undefined): Json {
  const source = {
    id: template.id,
    name: template.name,
    parameter_format: template.parameter_format,
    components: template.components,
    language: template.language,
    status: template.status,
    category: template.category,
    previous_category: null,
    rejected_reason: template.status === 'REJECTED' ? 'INVALID_FORMAT' : 'NONE',
    quality_score: { score: template.status === 'PAUSED' ? 'RED' : 'GREEN', date: 1_795_305_600 },
    message_send_ttl_seconds: template.category === 'AUTHENTICATION' ? 600 : -1,
  }
  return select(source, fields, usual, 'WhatsAppBusinessHSM')
}

export function listTemplates(call: Call): Json {
  const waba = managed(call)
  let found = templatesOf(call, waba)
  for (const key of ['name', 'language', 'status', 'category'] as const) {
    const wanted = param(call, key)
    if (wanted !== undefined) found = found.filter((one) => one[key] === wanted)
  }
  return page(call, found, (one) => render(one, param(call, 'fields')))
}

export function readTemplate(call: Call): Json {
  return render(ownTemplate(call), param(call, 'fields'))
}

function ownTemplate(call: Call): Template {
  const template = call.sim.world.state.templates.get(call.id)
  if (!template || !sees(call, template.wabaId)) throw noSuchObject(call.method, call.id)
  return template
}

function tooLong(part: string, limit: number): Error {
  return refusal(2388040, `${part} must be at most ${limit} characters long`)
}

function checkWords(component: TemplateComponent, limit: number): void {
  const words = component.text ?? ''
  if (words === '') throw missing(`components[${component.type}].text`)
  if ([...words].length > limit) throw tooLong(component.type.toLowerCase(), limit)
  const plain = words.trim()
  if (component.type.toUpperCase() === 'BODY' && (/^\{\{/.test(plain) || /\}\}$/.test(plain)))
    throw refusal(2388299)
  const variables = variablesOf(words).length
  if (variables * 2 + 1 > plain.split(/\s+/).length) throw refusal(2388293)
  if (variables > 0 && component.example === undefined) {
    throw refusal(2388043, `component of type ${component.type} is missing expected field(s) (example)`)
  }
}

const sampleTypes: Record<string, RegExp> = {
  IMAGE: /^image\//,
  VIDEO: /^video\//,
  DOCUMENT: /^application\/pdf$/,
}

/** A sample that came by a resumable upload of this app, of the type of the header. */
function checkSample(call: Call, { format = '', example }: TemplateComponent): void {
  const types = sampleTypes[format.toUpperCase()]
  if (!types) return
  const [handle] = (example as { header_handle?: unknown[] } | undefined)?.header_handle ?? []
  if (handle === undefined)
    throw refusal(2388043, 'component of type HEADER is missing expected field(s) (example)')
  if (!types.test(typeOfHandle(call, handle) ?? ''))
    throw refusal(100, 'The header handle is not valid, or not of the type of the header')
}

function checkComponents(call: Call, given: unknown): TemplateComponent[] {
  if (!Array.isArray(given) || given.length === 0) throw missing('components')
  const components = given as TemplateComponent[]
  const part = (type: string): TemplateComponent | undefined =>
    components.find((one) => one.type?.toUpperCase() === type)
  const body = part('BODY')
  if (!body) throw missing('components[BODY]')
  if (body.text !== undefined) checkWords(body, 1024)
  const header = part('HEADER')
  if (header && (header.format ?? 'TEXT') === 'TEXT') checkWords(header, 60)
  if (header) checkSample(call, header)
  const footer = part('FOOTER')
  if (footer?.text !== undefined) checkWords(footer, 60)
  const buttons = part('BUTTONS')?.buttons ?? []
  if (buttons.length > 10) throw refusal(2388047, 'at most 10 buttons')
  if (buttons.filter((one) => one.type === 'URL').length > 2) throw refusal(2388047, 'at most 2 URL buttons')
  for (const button of buttons) if ([...(button.text ?? '')].length > 25) throw tooLong('button text', 25)
  return components
}

export function createTemplate(call: Call): Json {
  const waba = managed(call)
  const name = need(call, 'name')
  const language = need(call, 'language')
  const category = need(call, 'category').toUpperCase()
  if (!/^[a-z0-9_]{1,512}$/.test(name))
    throw refusal(100, undefined, {
      message: '(#100) Param name must contain only lowercase alphanumeric characters and underscores.',
    })
  if (category !== 'MARKETING' && category !== 'UTILITY' && category !== 'AUTHENTICATION') {
    throw refusal(100, undefined, {
      message: `(#100) Param category must be one of {UTILITY, MARKETING, AUTHENTICATION} - got "${category}".`,
    })
  }
  const own = templatesOf(call, waba)
  if (own.some((one) => one.name === name && one.language === language)) throw refusal(2388024)
  if (own.length >= 250) throw refusal(2388019)
  const format = param(call, 'parameter_format')?.toUpperCase() === 'NAMED' ? 'NAMED' : 'POSITIONAL'
  const components = checkComponents(call, call.body.components)
  const template = newTemplate(
    { name, language, category, status: 'PENDING', parameter_format: format, components },
    waba.id,
  )
  call.sim.world.state.templates.set(template.id, template)
  call.sim.world.touch()
  return { id: template.id, status: template.status, category: template.category }
}

/** Only approved, rejected and paused ones; an approved one once in 24 hours. */
export function editTemplate(call: Call): Json {
  const template = ownTemplate(call)
  const now = call.sim.world.now()
  if (!['APPROVED', 'REJECTED', 'PAUSED'].includes(template.status))
    throw refusal(100, 'Only approved, rejected or paused templates can be edited')
  if (template.status === 'APPROVED' && template.editedAt !== null && now - template.editedAt < 86_400_000) {
    throw refusal(2388003, 'This template can be edited once in 24 hours', { status: 400 })
  }
  if (call.body.components !== undefined) template.components = checkComponents(call, call.body.components)
  template.editedAt = now
  template.status = 'PENDING'
  call.sim.world.touch()
  return { success: true }
}

export function deleteTemplate(call: Call): Json {
  const waba = managed(call)
  const own = templatesOf(call, waba)
  const ids =
    param(call, 'hsm_ids') ??
    (Array.isArray(call.body.hsm_ids) ? JSON.stringify(call.body.hsm_ids) : undefined)
  const doomed =
    ids !== undefined
      ? own.filter((one) => ids.includes(one.id))
      : own.filter((one) => one.name === need(call, 'name') && (param(call, 'hsm_id') ?? one.id) === one.id)
  if (doomed.length === 0) throw refusal(100, undefined, { message: 'Invalid parameter', subcode: 2593002 })
  for (const one of doomed) call.sim.world.state.templates.delete(one.id)
  call.sim.world.touch()
  return { success: true }
}
