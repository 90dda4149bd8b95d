// What the doctor asks Meta, read into facts. A question that Meta does not answer clearly leaves its fact undefined, and
// nothing else. Called by doctor.ts. Source: debug_token, WhatsApp Business Account and phone number fields, subscribed_apps,
// app subscriptions, message_templates (Meta).

import { limits } from '../ground/limits.ts'
import type { GraphAnswer } from '../meta/graph.ts'
import { fields, items, text } from '../meta/json.ts'
import { askAsApp, askMeta, tokenRefused, type World } from './ask.ts'
import type {
  AccountFacts,
  AppHeard,
  Heard,
  NumberHeard,
  SubscribedHeard,
  TokenHeard,
} from './doctor-decide.ts'
import { inspectToken, neededScopes } from './token.ts'

export const callbackOf = (world: World): string => `${world.settings.publicOrigin}/webhooks/meta`

/** Fields without which nothing arrives, or nobody hears that a connection ended. */
const neededFields = ['messages', 'account_update']
const accountFields = 'id,primary_funding_id'
const numberFields =
  'id,status,name_status,quality_rating,code_verification_status,is_pin_enabled,is_on_biz_app,' +
  'whatsapp_business_manager_messaging_limit,health_status,webhook_configuration'

const jsonOf = (answer: GraphAnswer): Heard<Readonly<Record<string, unknown>>> =>
  answer.kind === 'answered' ? fields(answer.json) : undefined

/** Meta's own constants; anything else that stands in such a place is not kept. */
const word = (value: unknown): string => {
  const said = text(value) ?? ''
  return /^[A-Z][A-Z0-9_]{0,40}$/.test(said) ? said : ''
}

/** `refused`: Meta takes the token no more, for the account itself. */
export type AccountLook = Omit<AccountFacts, 'now' | 'callback' | 'tokenKept'> & { refused: boolean }

export async function lookAtAccount(world: World, token: string, wabaId: string): Promise<AccountLook> {
  const get = (path: string, route: string, query: Record<string, string>) =>
    askMeta(world, token, { method: 'GET', path, route, query })
  const [inspected, account, subscribed, app, templates] = await Promise.all([
    heardToken(world, token),
    get(wabaId, '/{waba}', { fields: accountFields }),
    heardSubscribed(world, token, wabaId),
    heardApp(world),
    get(`${wabaId}/message_templates`, '/{waba}/message_templates', {
      fields: 'status',
      limit: String(limits.doctorTemplates),
    }),
  ])
  const found = jsonOf(account)
  return {
    token: inspected,
    account: found && { paid: text(found.primary_funding_id) !== undefined },
    subscribed,
    app,
    templates: heardTemplates(templates),
    refused: tokenRefused(account),
  }
}

async function heardToken(world: World, token: string): Promise<Heard<TokenHeard>> {
  const inspected = await inspectToken(world, token)
  if (!inspected.ok) return undefined
  const { valid, appId, scopes, expiresAt } = inspected.value
  return {
    valid,
    // Of a token that is dead Meta names no app.
    ownApp: appId === undefined || appId === world.settings.appId,
    lacking: neededScopes.filter((scope) => !scopes.includes(scope)),
    expiresAt,
  }
}

export async function heardSubscribed(
  world: World,
  token: string,
  wabaId: string,
): Promise<Heard<SubscribedHeard>> {
  const path = `${wabaId}/subscribed_apps`
  const json = jsonOf(await askMeta(world, token, { method: 'GET', path, route: '/{waba}/subscribed_apps' }))
  if (!json || !Array.isArray(json.data)) return undefined
  const apps = json.data.map((entry) => text(fields(fields(entry).whatsapp_business_api_data).id))
  const ours = apps.includes(world.settings.appId)
  return { ours, others: apps.filter((id) => id !== world.settings.appId).length }
}

async function heardApp(world: World): Promise<Heard<AppHeard>> {
  const path = `${world.settings.appId}/subscriptions`
  const json = jsonOf(await askAsApp(world, { method: 'GET', path, route: '/{app}/subscriptions' }))
  if (!json || !Array.isArray(json.data)) return undefined
  const own = json.data.map(fields).find(({ object }) => object === 'whatsapp_business_account')
  const names = items(own?.fields).map((field) => text(fields(field).name) ?? text(field))
  return {
    callback: text(own?.callback_url) ?? null,
    active: own?.active === true,
    lacking: own ? neededFields.filter((name) => !names.includes(name)) : [],
  }
}

function heardTemplates(answer: GraphAnswer): AccountFacts['templates'] {
  const json = jsonOf(answer)
  if (!json || !Array.isArray(json.data)) return undefined
  const statuses = json.data.map((entry) => text(fields(entry).status))
  const of = (status: string) => statuses.filter((one) => one === status).length
  return { paused: of('PAUSED'), disabled: of('DISABLED') }
}

export async function lookAtNumber(
  world: World,
  token: string,
  phoneNumberId: string,
): Promise<Heard<NumberHeard>> {
  const query = { fields: numberFields }
  const json = jsonOf(
    await askMeta(world, token, { method: 'GET', path: phoneNumberId, route: '/{number}', query }),
  )
  if (!json || text(json.id) !== phoneNumberId) return undefined
  const health = fields(json.health_status)
  return {
    status: word(json.status),
    verified: json.code_verification_status !== 'NOT_VERIFIED',
    shared: json.is_on_biz_app === true,
    pinSet: typeof json.is_pin_enabled === 'boolean' ? json.is_pin_enabled : undefined,
    nameStatus: word(json.name_status),
    quality: word(json.quality_rating),
    limit: word(json.whatsapp_business_manager_messaging_limit),
    sending: word(health.can_send_message),
    codes: errorCodes(health.entities),
    overrides: foreignCallbacks(json.webhook_configuration, callbackOf(world)),
  }
}

function errorCodes(entities: unknown): number[] {
  const codes = items(entities).flatMap((entity) =>
    items(fields(entity).errors).flatMap((error) => Number(text(fields(error).error_code) ?? Number.NaN)),
  )
  return [...new Set(codes.filter(Number.isSafeInteger))].slice(0, 5)
}

function foreignCallbacks(configuration: unknown, ours: string): NumberHeard['overrides'] {
  const { phone_number, whatsapp_business_account } = fields(configuration)
  const foreign = (url: unknown) => text(url) !== undefined && text(url) !== ours
  return [
    ...(foreign(phone_number) ? (['number'] as const) : []),
    ...(foreign(whatsapp_business_account) ? (['account'] as const) : []),
  ]
}
