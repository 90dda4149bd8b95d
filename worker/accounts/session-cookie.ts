// The one cookie: a random token and its signature, in the form that the library writes (better-auth, a signed cookie), so
// that a request of the portal is recognised without loading it. Called by auth.ts, library.ts and doors.

import { equalSecret, hmac } from '../crypto/hmac.ts'
import { limits } from '../ground/limits.ts'
import type { Settings } from '../ground/settings.ts'

type Place = Pick<Settings, 'publicOrigin' | 'sessionSecrets'>

const isSecure = ({ publicOrigin }: Pick<Settings, 'publicOrigin'>): boolean =>
  publicOrigin.startsWith('https:')

/** With the prefix browsers take it only from this very host, over TLS; on this machine there is none. */
export const cookieName = (settings: Pick<Settings, 'publicOrigin'>): string =>
  isSecure(settings) ? '__Host-session' : 'session'

export const cookieAttributes = (settings: Pick<Settings, 'publicOrigin'>) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(settings) }) as const

const signature = (token: string, secret: string): string =>
  Buffer.from(hmac(secret, token)).toString('base64')

/** As it stands in the Cookie header, signed by the newest secret. */
export const cookieValue = ({ sessionSecrets: [secret] }: Place, token: string): string =>
  encodeURIComponent(`${token}.${signature(token, secret)}`)

/** For Set-Cookie. Without a token the cookie goes. */
export function sessionCookie(settings: Place, token?: string): string {
  const { secure } = cookieAttributes(settings)
  const value = token === undefined ? '' : cookieValue(settings, token)
  const seconds = token === undefined ? 0 : limits.sessionMs / 1000
  return `${cookieName(settings)}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}

/** The token in a Cookie header, if the cookie is there once and its signature is ours. */
export function tokenIn(settings: Place, header: string | undefined): string | undefined {
  const name = cookieName(settings)
  const own = (header ?? '').split(';').flatMap((part) => {
    const at = part.indexOf('=')
    return part.slice(0, at).trim() === name ? [part.slice(at + 1).trim()] : []
  })
  const [value] = own
  if (own.length !== 1 || value === undefined || value.length > 200) return undefined
  const match = /^(\w{32})\.([\w+/]{43}=)$/.exec(decoded(value))
  if (!match) return undefined
  const [, token, signed] = match as unknown as [string, string, string]
  return settings.sessionSecrets.some((secret) => equalSecret(signed, signature(token, secret)))
    ? token
    : undefined
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return ''
  }
}
