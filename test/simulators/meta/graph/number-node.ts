// A business phone number: what it is, its registration, its settings.
// Called by the router and by waba-node.ts. Source: Meta’s documentation.

import { refusal } from '../errors.ts'
import { numericId } from '../ids.ts'
import type { Json, PhoneNumber } from '../state.ts'
import { type Call, need, needProduct, needScope, ownNumber, param } from './call.ts'
import { type Source, select } from './fields.ts'
import { verifyCallback } from './handshake.ts'
import { countRegisterAttempt } from './rates.ts'
import { isObject } from './rules.ts'

export const usualNumberFields = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
  'platform_type',
  'throughput',
  'webhook_configuration',
]

export function numberFields(call: Call, number: PhoneNumber): Source {
  const waba = call.sim.world.wabaOf(number)
  const can = !number.registered || waba.locked ? 'BLOCKED' : 'AVAILABLE'
  const { callbackUrl } = call.sim.world.state.app
  return {
    id: number.id,
    display_phone_number: number.displayPhoneNumber,
    verified_name: number.verifiedName,
    name_status: number.nameStatus,
    status: number.registered ? 'CONNECTED' : 'PENDING',
    quality_rating: number.qualityRating,
    code_verification_status: 'VERIFIED',
    throughput: { level: number.throughputMps > 80 ? 'HIGH' : 'STANDARD' },
    messaging_limit_tier: number.messagingLimit,
    whatsapp_business_manager_messaging_limit: number.messagingLimit,
    platform_type: number.registered ? 'CLOUD_API' : 'NOT_APPLICABLE',
    is_on_biz_app: number.coexistence,
    is_official_business_account: false,
    is_pin_enabled: number.pin !== null,
    host_platform: 'CLOUD_API',
    account_mode: 'LIVE',
    last_onboarded_time: '2026-03-01T09:00:00+0000',
    username: number.username,
    health_status: {
      can_send_message: can,
      entities: [{ entity_type: 'PHONE_NUMBER', id: number.id, can_send_message: can }],
    },
    webhook_configuration: {
      ...(number.override ? { phone_number: number.override.url } : {}),
      ...(waba.override ? { whatsapp_business_account: waba.override.url } : {}),
      ...(callbackUrl === null ? {} : { application: callbackUrl }),
    },
  }
}

export function readNumber(call: Call): Json {
  const number = ownNumber(call, call.id)
  return select(
    numberFields(call, number),
    param(call, 'fields'),
    usualNumberFields,
    'WhatsAppBusinessPhoneNumber',
  )
}

function checkPin(pin: string): void {
  if (!/^\d{6}$/.test(pin))
    throw refusal(100, undefined, { message: '(#100) Param pin must be 6 characters long.' })
}

/** `POST /{phone}`: a new PIN, or a callback of its own. */
export async function changeNumber(call: Call): Promise<Json> {
  const number = ownNumber(call, call.id)
  needScope(call, 'whatsapp_business_management')
  const pin = param(call, 'pin')
  if (pin !== undefined) {
    checkPin(pin)
    number.pin = pin
  }
  const webhook = call.body.webhook_configuration
  if (isObject(webhook)) {
    const url = String(webhook.override_callback_uri ?? '')
    const verifyToken = String(webhook.verify_token ?? '')
    if (url !== '') await verifyCallback(call.sim, url, verifyToken)
    number.override = url === '' ? null : { url, verifyToken }
  }
  call.sim.world.touch()
  return { success: true }
}

/** Sets the two-step PIN, or must match the one there is. */
export function register(call: Call): Json {
  const number = ownNumber(call, call.id)
  needScope(call, 'whatsapp_business_management')
  needProduct(call)
  const pin = need(call, 'pin')
  checkPin(pin)
  if (number.coexistence)
    throw refusal(100, 'Numbers that are used with the WhatsApp Business app cannot be registered')
  countRegisterAttempt(call.sim.world, number)
  call.sim.world.touch()
  if (number.pin !== null && number.pin !== pin) throw refusal(133005)
  number.pin = pin
  number.registered = true
  return { success: true }
}

export function deregister(call: Call): Json {
  const number = ownNumber(call, call.id)
  needScope(call, 'whatsapp_business_management')
  if (number.coexistence)
    throw refusal(100, 'Numbers that are used with the WhatsApp Business app cannot be deregistered')
  countRegisterAttempt(call.sim.world, number)
  number.registered = false
  call.sim.world.touch()
  return { success: true }
}

export function readSettings(call: Call): Json {
  const number = ownNumber(call, call.id)
  return { storage_configuration: { status: 'DEFAULT' }, calling: { status: 'DISABLED' }, ...number.settings }
}

export function changeSettings(call: Call): Json {
  const number = ownNumber(call, call.id)
  const { access_token: _, messaging_product: __, ...rest } = call.body
  number.settings = { ...number.settings, ...rest }
  call.sim.world.touch()
  return { success: true }
}

/** Coexistence: the address book and the history, each asked for once. */
export function syncAppData(call: Call): Json {
  const number = ownNumber(call, call.id)
  needProduct(call)
  const type = need(call, 'sync_type')
  if (type !== 'smb_app_state_sync' && type !== 'history') {
    throw refusal(100, undefined, {
      message: `(#100) Param sync_type must be one of {smb_app_state_sync, history} - got "${type}".`,
    })
  }
  if (!number.coexistence) throw refusal(100, 'This phone number is not used with the WhatsApp Business app')
  if (number.syncs.includes(type)) throw refusal(2593107)
  if (number.onboardedAt !== null && call.sim.world.now() > number.onboardedAt + 86_400_000)
    throw refusal(2593108)
  if (type === 'history' && number.historyDeclined) throw refusal(2593109)
  number.syncs.push(type)
  call.sim.world.touch()
  return { messaging_product: 'whatsapp', request_id: numericId('5', 16) }
}
