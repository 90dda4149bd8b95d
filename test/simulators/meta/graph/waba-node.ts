// The WhatsApp Business Account: what it is, its numbers, its webhook subscription.
// Called by the router. Source: Meta’s documentation.

import { refusal } from '../errors.ts'
import type { Json, SentMessage, Waba } from '../state.ts'
import { type Call, need, needScope, ownWaba, param } from './call.ts'
import { type Field, page, type Source, select } from './fields.ts'
import { verifyCallback } from './handshake.ts'
import { numberFields, usualNumberFields } from './number-node.ts'

function managed(call: Call): Waba {
  const waba = ownWaba(call, call.id)
  needScope(call, 'whatsapp_business_management')
  call.sim.rates.checkManagement(call.sim.world, waba)
  return waba
}

const steps: Record<string, number> = {
  HALF_HOUR: 1_800_000,
  DAY: 86_400_000,
  DAILY: 86_400_000,
  MONTH: 2_592_000_000,
  MONTHLY: 2_592_000_000,
}

function analytics(call: Call, waba: Waba, field: Field): Json {
  const { start, end, granularity } = field.args
  const step = steps[granularity ?? '']
  if (!start || !end || !step) {
    throw refusal(100, undefined, {
      message: `(#100) Param ${field.name} must have start, end and granularity`,
    })
  }
  const from = Number(start) * 1000
  const until = Number(end) * 1000
  const mine = [...call.sim.world.state.sent.values()].filter((one) => waba.numberIds.includes(one.numberId))
  const points: Json[] = []
  for (let at = from; at < until && points.length < 5000; at += step) {
    const within = mine.filter((one) => one.at >= at && one.at < Math.min(at + step, until))
    const times = { start: at / 1000, end: Math.min(at + step, until) / 1000 }
    if (field.name === 'analytics')
      points.push({ ...times, sent: within.length, delivered: within.filter((one) => one.delivered).length })
    else points.push(...byCategory(within).map((point) => ({ ...times, ...point })))
  }
  if (field.name !== 'analytics') return { data: [{ data_points: points }] }
  const phoneNumbers = waba.numberIds.map((id) => call.sim.world.state.numbers.get(id)?.digits ?? id)
  return { phone_numbers: phoneNumbers, granularity, data_points: points }
}

function byCategory(messages: SentMessage[]): Json[] {
  const groups = new Map<string, SentMessage[]>()
  for (const one of messages) groups.set(one.category, [...(groups.get(one.category) ?? []), one])
  return [...groups].map(([category, all]) => ({
    pricing_category: category.toUpperCase(),
    pricing_type: all[0]?.priceType.toUpperCase(),
    volume: all.filter((one) => one.delivered).length,
  }))
}

function wabaFields(call: Call, waba: Waba): Source {
  const business = call.sim.world.state.businesses.get(waba.businessId)
  const measured = (field: Field): Json => analytics(call, waba, field)
  return {
    id: waba.id,
    name: waba.name,
    currency: waba.currency,
    timezone_id: '1',
    message_template_namespace: `ns_${waba.id}`,
    account_review_status: 'APPROVED',
    business_verification_status: 'verified',
    status: waba.locked ? 'DISABLED' : 'ACTIVE',
    country: waba.currency === 'INR' ? 'IN' : 'ES',
    owner_business_info: { id: waba.businessId, name: business?.name },
    on_behalf_of_business_info: {
      id: waba.businessId,
      name: business?.name,
      status: 'APPROVED',
      type: 'SELF',
    },
    ownership_type: 'CLIENT_OWNED',
    primary_funding_id: waba.fundingId,
    is_enabled_for_insights: false,
    health_status: wabaHealth(call, waba),
    analytics: measured,
    conversation_analytics: measured,
    pricing_analytics: measured,
    template_analytics: measured,
  }
}

function wabaHealth(call: Call, waba: Waba): Json {
  const can = waba.locked ? 'BLOCKED' : waba.fundingId === null ? 'LIMITED' : 'AVAILABLE'
  const unpaid = {
    error_code: 141006,
    error_description: 'There is an error with the payment method.',
    possible_solution: 'Add a payment method.',
  }
  return {
    can_send_message: can,
    entities: [
      {
        entity_type: 'WABA',
        id: waba.id,
        can_send_message: can,
        ...(waba.fundingId === null ? { errors: [unpaid] } : {}),
      },
      { entity_type: 'BUSINESS', id: waba.businessId, can_send_message: 'AVAILABLE' },
      { entity_type: 'APP', id: call.sim.options.appId, can_send_message: 'AVAILABLE' },
    ],
  }
}

export function readWaba(call: Call): Json {
  const waba = managed(call)
  return select(
    wabaFields(call, waba),
    param(call, 'fields'),
    ['name', 'timezone_id', 'currency', 'message_template_namespace'],
    'WhatsAppBusinessAccount',
  )
}

export function listNumbers(call: Call): Json {
  const waba = managed(call)
  const numbers = waba.numberIds.flatMap((id) => call.sim.world.state.numbers.get(id) ?? [])
  const fields = param(call, 'fields')
  return page(call, numbers, (number) =>
    select(numberFields(call, number), fields, usualNumberFields, 'WhatsAppBusinessPhoneNumber'),
  )
}

export function readSubscribedApps(call: Call): Json {
  const waba = managed(call)
  if (!waba.subscribed) return { data: [] }
  const app = {
    id: call.sim.options.appId,
    name: 'Softivum Connect',
    link: `https://www.facebook.com/games/?app_id=${call.sim.options.appId}`,
  }
  const override = waba.override ? { override_callback_uri: waba.override.url } : {}
  return { data: [{ whatsapp_business_api_data: app, ...override }] }
}

/** With an override the new callback must answer first; without one an older override is removed. */
export async function subscribeApp(call: Call): Promise<Json> {
  const waba = managed(call)
  const url = param(call, 'override_callback_uri')
  if (url !== undefined && url !== '') {
    const verifyToken = need(call, 'verify_token')
    await verifyCallback(call.sim, url, verifyToken)
    waba.override = { url, verifyToken }
  } else waba.override = null
  waba.subscribed = true
  call.sim.world.touch()
  return { success: true }
}

export function unsubscribeApp(call: Call): Json {
  const waba = managed(call)
  waba.subscribed = false
  waba.override = null
  call.sim.world.touch()
  return { success: true }
}

export function readMe(call: Call, systemUserId: string): Json {
  const source: Source = {
    id: systemUserId,
    name: 'Conversions API System User',
    client_business_id: call.token.businessId,
  }
  return select(source, param(call, 'fields'), ['name'], 'SystemUser')
}
