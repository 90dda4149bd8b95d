// Tokens: code exchange, extension, inspection, revocation. Called by the router, partly without a token.
// Source: Meta’s documentation.

import { refusal } from '../errors.ts'
import { base64url, numericId, randomBytes } from '../ids.ts'
import type { Sim } from '../sim.ts'
import type { Code, Json, Token, TokenKind } from '../state.ts'
import { fullScopes } from '../world-build.ts'
import { type Call, need, param } from './call.ts'

const sixtyDaysMs = 60 * 86_400_000

function checkClient(call: Call): void {
  if (need(call, 'client_id') !== call.sim.options.appId) {
    throw refusal(101, undefined, {
      message: 'Error validating application. Cannot get application info due to a system error.',
    })
  }
  if (need(call, 'client_secret') !== call.sim.options.appSecret) {
    throw refusal(1, undefined, { message: 'Error validating client secret.' })
  }
}

function newToken(
  sim: Sim,
  businessId: string,
  wabaIds: string[],
  expiresAt: number,
  kind: TokenKind = {},
): Token {
  const token: Token = {
    ...(kind.otherApp ? { appId: '409900800700600' } : {}),
    ...(kind.flat ? { flat: true } : {}),
    value: `EAA${base64url(randomBytes(120)).replace(/[-_]/g, 'Z')}`,
    kind: 'business',
    businessId,
    wabaIds,
    scopes: fullScopes.filter((scope) => scope !== kind.lacking),
    expiresAt,
    revoked: false,
  }
  sim.world.state.tokens.set(token.value, token)
  sim.world.touch()
  return token
}

function exchangeCode(call: Call, code: Code | undefined): Json {
  if (!code) throw refusal(100, undefined, { message: 'Invalid verification code format.', subcode: 36009 })
  if (code.used)
    throw refusal(100, undefined, { message: 'This authorization code has been used.', subcode: 36009 })
  if (code.expiresAt <= call.sim.world.now()) {
    throw refusal(100, undefined, { message: 'This authorization code has expired.', subcode: 36007 })
  }
  if (param(call, 'redirect_uri')) {
    throw refusal(100, undefined, {
      message:
        'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
      subcode: 36008,
    })
  }
  code.used = true
  const { expires = false } = code.kind ?? {}
  const expiresAt = expires ? call.sim.world.now() + sixtyDaysMs : 0
  const token = newToken(call.sim, code.businessId, code.wabaIds, expiresAt, code.kind)
  const ends = expires ? { expires_in: sixtyDaysMs / 1000 } : {}
  return { access_token: token.value, token_type: 'bearer', ...ends }
}

/** `GET /oauth/access_token`: a code once and within 30 seconds, or a living token for sixty days more. */
export function accessToken(call: Call): Json {
  checkClient(call)
  if (param(call, 'grant_type') === 'client_credentials') {
    return { access_token: `${call.sim.options.appId}|${call.sim.options.appSecret}`, token_type: 'bearer' }
  }
  const { state } = call.sim.world
  if (param(call, 'grant_type') !== 'fb_exchange_token')
    return exchangeCode(call, state.codes.get(need(call, 'code')))
  const old = state.tokens.get(need(call, 'fb_exchange_token'))
  const ended = old !== undefined && old.expiresAt !== 0 && old.expiresAt <= call.sim.world.now()
  if (!old || old.revoked || ended || old.businessId === null) {
    throw refusal(190, undefined, { message: 'Invalid OAuth access token - Cannot parse access token' })
  }
  const until = call.sim.world.now() + sixtyDaysMs
  const token = newToken(call.sim, old.businessId, old.wabaIds, until, { flat: old.flat ?? false })
  return { access_token: token.value, token_type: 'bearer', expires_in: sixtyDaysMs / 1000 }
}

/** `GET /debug_token`. */
export function debugToken(call: Call): Json {
  const { world, options } = call.sim
  const value = need(call, 'input_token')
  const token = world.state.tokens.get(value)
  if (call.token.kind !== 'app' && call.token.value !== value) {
    throw refusal(100, undefined, {
      message:
        '(#100) You must provide an app access token, or a user access token that is an owner or developer of the app',
    })
  }
  if (!token) {
    const error = { code: 190, message: 'Invalid OAuth access token.' }
    return { data: { error, is_valid: false, scopes: [] } }
  }
  const expired = token.expiresAt !== 0 && token.expiresAt <= world.now()
  const targets = ['whatsapp_business_management', 'whatsapp_business_messaging']
  return {
    data: {
      app_id: token.appId ?? options.appId,
      type: token.kind === 'app' ? 'APP' : 'SYSTEM_USER',
      application: 'Softivum Connect',
      ...(expired
        ? {
            error: {
              code: 190,
              message: 'Error validating access token: Session has expired.',
              subcode: 463,
            },
          }
        : {}),
      data_access_expires_at: 0,
      expires_at: Math.floor(token.expiresAt / 1000),
      is_valid: !token.revoked && !expired,
      scopes: token.scopes,
      granular_scopes: token.flat
        ? [{ scope: 'business_management' }, { scope: 'whatsapp_business_manage_events' }]
        : token.scopes.map((scope) => ({
            scope,
            ...(targets.includes(scope) ? { target_ids: token.wabaIds } : {}),
          })),
      ...(token.kind === 'app' ? {} : { user_id: systemUserId(token) }),
    },
  }
}

export function systemUserId(token: Token): string {
  return `1221${(token.businessId ?? '').slice(-11)}`
}

/** `GET /oauth/revoke`. */
export function revoke(call: Call): Json {
  checkClient(call)
  const token = call.sim.world.state.tokens.get(need(call, 'revoke_token'))
  if (!token || token.kind === 'app')
    throw refusal(190, undefined, { message: 'Invalid OAuth access token.' })
  token.revoked = true
  call.sim.world.touch()
  return { success: true }
}

/** A code as the sign-up window hands it out. */
export function newCode(
  sim: Sim,
  businessId: string,
  wabaIds: string[],
  value?: string,
  kind?: TokenKind,
): Code {
  const code: Code = {
    value: value ?? `AQ${base64url(randomBytes(90))}${numericId('7', 6)}`,
    businessId,
    wabaIds,
    expiresAt: sim.world.now() + 30_000,
    used: false,
    ...(kind ? { kind } : {}),
  }
  sim.world.state.codes.set(code.value, code)
  sim.world.touch()
  return code
}
