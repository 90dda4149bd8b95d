// Tokens of Meta: a code becomes one, one is inspected, one that ends is renewed. Called by signup.ts, connect.ts and the
// doctor. A token is an opaque text of any length. Source: Embedded Signup, debug_token, access tokens (Meta).

import { ok, type Result, refused } from '../ground/result.ts'
import { fields, items, text } from '../meta/json.ts'
import { askAsApp, type NotConnected, refusalOf, type World } from './ask.ts'

export type TokenFacts = {
  appId: string | undefined
  valid: boolean
  scopes: string[]
  /** Null: never, or not said. */
  expiresAt: number | null
  /** WhatsApp accounts it was granted for; undefined when Meta leaves them out (some tokens since June 2026). */
  targets: string[] | undefined
}

export const neededScopes = ['whatsapp_business_management', 'whatsapp_business_messaging'] as const

/**
 * Once and within thirty seconds, or it is worth nothing. Without `redirect_uri`: a code of the JavaScript SDK was given
 * for none.
 */
export async function exchangeCode(world: World, code: string): Promise<Result<string, NotConnected>> {
  const { appId, appSecrets } = world.settings
  const query = { client_id: appId, client_secret: appSecrets[0] as string, code }
  const call = { method: 'GET', path: 'oauth/access_token', route: '/oauth/access_token', query } as const
  const answer = await askAsApp(world, call)
  if (answer.kind === 'answered') {
    const token = text(fields(answer.json).access_token)
    if (token !== undefined) return ok(token)
  }
  if (answer.kind !== 'rejected')
    return refused({
      reason: 'meta_unreachable',
      detail: 'Meta gave no clear answer, and its code is good only once. Open the window again.',
    })
  if (answer.error.code !== 100) return refusalOf(answer)
  return refused({
    reason: 'connect_refused',
    detail: 'Meta does not take this code: it is good once, and for thirty seconds. Open the window again.',
  })
}

export async function inspectToken(world: World, token: string): Promise<Result<TokenFacts, NotConnected>> {
  const query = { input_token: token }
  const call = { method: 'GET', path: 'debug_token', route: '/debug_token', query } as const
  const answer = await askAsApp(world, call)
  if (answer.kind !== 'answered') return refusalOf(answer)
  const data = fields(fields(answer.json).data)
  if (typeof data.is_valid !== 'boolean')
    return refused({ reason: 'meta_unreachable', detail: 'Meta says nothing about this token.' })
  return ok(tokenFacts(data))
}

/** Of `debug_token`. */
export function tokenFacts(data: Readonly<Record<string, unknown>>): TokenFacts {
  const targets = items(data.granular_scopes).flatMap((entry) =>
    // The targets of business_management are portfolios, not WhatsApp accounts.
    neededScopes.some((scope) => scope === fields(entry).scope)
      ? items(fields(entry).target_ids).flatMap((id) => text(id) ?? [])
      : [],
  )
  const seconds = Number(text(data.expires_at) ?? 0)
  return {
    appId: text(data.app_id),
    valid: data.is_valid === true,
    scopes: items(data.scopes).flatMap((scope) => text(scope) ?? []),
    expiresAt: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null,
    targets: targets.length > 0 ? [...new Set(targets)] : undefined,
  }
}

/** What is wrong with a token that somebody wants to connect with; undefined when nothing is. */
export function tokenFault(facts: TokenFacts, appId: string): string | undefined {
  // About a token that it does not know Meta says nothing but that.
  if (!facts.valid) return 'Meta does not accept this token: it ended, was revoked, or is of somebody else.'
  if (facts.appId !== appId)
    return 'This token was made for another app than the one of this gateway: its webhooks would go elsewhere.'
  const lacking = neededScopes.filter((scope) => !facts.scopes.includes(scope))
  return lacking.length > 0 ? `This token lacks ${lacking.join(' and ')}. Grant every permission.` : undefined
}

/** Another token for sixty days more; the old one stays good until it ends. */
export async function renewToken(world: World, token: string): Promise<Result<string, NotConnected>> {
  const { appId, appSecrets } = world.settings
  const query = {
    grant_type: 'fb_exchange_token',
    client_id: appId,
    client_secret: appSecrets[0] as string,
    set_token_expires_in_60_days: 'true',
    fb_exchange_token: token,
  }
  const call = { method: 'GET', path: 'oauth/access_token', route: '/oauth/access_token', query } as const
  const answer = await askAsApp(world, call)
  if (answer.kind !== 'answered') return refusalOf(answer)
  const renewed = text(fields(answer.json).access_token)
  return renewed === undefined
    ? refused({ reason: 'meta_unreachable', detail: 'Meta gave no token.' })
    : ok(renewed)
}
