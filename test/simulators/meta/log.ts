// The record of every Graph call, without the secrets in it. Called by the app; shown on the phone page.

import type { Sim } from './sim.ts'
import type { RequestLog } from './state.ts'

const secretNames = [
  'access_token',
  'client_secret',
  'appsecret_proof',
  'input_token',
  'fb_exchange_token',
  'revoke_token',
  'code',
  'pin',
  'verify_token',
]
const inJson = new RegExp(`("(?:${secretNames.join('|')})"\\s*:\\s*)"[^"]*"`, 'g')
const inForm = new RegExp(`(^|&)(${secretNames.join('|')})=[^&]*`, 'g')

/** Path and query with every secret replaced. */
export function safePath(url: URL): string {
  const shown = new URL(url)
  for (const name of secretNames) if (shown.searchParams.has(name)) shown.searchParams.set(name, 'redacted')
  return decodeURIComponent(`${shown.pathname}${shown.search}`.replaceAll('%25', '%2525'))
}

export function safeBody(text: string): string | null {
  if (text === '') return null
  return text.slice(0, 4000).replace(inJson, '$1"redacted"').replace(inForm, '$1$2=redacted')
}

export function logRequest(sim: Sim, entry: Omit<RequestLog, 'id'>): void {
  const { requests } = sim.world.state
  requests.push({ id: (requests.at(-1)?.id ?? 0) + 1, ...entry })
  if (requests.length > sim.options.logLimit) requests.splice(0, requests.length - sim.options.logLimit)
  sim.world.touch()
}
