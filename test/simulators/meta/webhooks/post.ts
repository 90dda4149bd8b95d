// One attempt to bring one body to the gateway. Called by the courier. Source: Meta’s documentation.

import { legacySignature } from '../crypto.ts'
import { takeFault } from '../faults.ts'
import type { ResolvedOptions } from '../options.ts'
import { pause } from '../sim.ts'
import type { Attempt, Delivery } from '../state.ts'
import type { World } from '../world.ts'
import { parseExact } from './render.ts'

const encoder = new TextEncoder()
const troubles = ['webhook-lost', 'webhook-delay', 'webhook-badsig']

async function headersOf(
  secret: string,
  signature: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Record<string, string>> {
  return {
    'Content-Type': 'application/json',
    Accept: '*/*',
    'User-Agent': 'facebookexternalua',
    'X-Hub-Signature': await legacySignature(secret, bytes),
    ...(signature === '' ? {} : { 'X-Hub-Signature-256': signature }),
  }
}

/** Never throws: no answer is an attempt without a status. */
export async function postOnce(options: ResolvedOptions, world: World, delivery: Delivery): Promise<Attempt> {
  const at = world.now()
  const began = performance.now()
  const done = (status: number | null, answer: string, error: string | null): Attempt => {
    return { at, status, answer: answer.slice(0, 500), error, tookMs: Math.round(performance.now() - began) }
  }
  const fault = takeFault(world, troubles, 'POST', delivery.url)
  if (fault?.kind === 'webhook-lost') return done(null, '', 'lost on the way')
  if (fault?.kind === 'webhook-delay') await pause({ options }, fault.delayMs)
  const bytes = encoder.encode(delivery.body)
  const signature = fault?.kind === 'webhook-badsig' ? `sha256=${'0'.repeat(64)}` : delivery.signature
  try {
    const response = await options.fetch(delivery.url, {
      method: 'POST',
      headers: await headersOf(options.appSecret, signature, bytes),
      body: bytes,
      redirect: 'manual',
      signal: AbortSignal.timeout(world.settings.callbackTimeoutMs),
    })
    return done(response.status, await response.text(), null)
  } catch (cause) {
    return done(null, '', cause instanceof Error ? `${cause.name}: ${cause.message}` : 'no answer')
  }
}

/** How many updates a raw body holds; 1 where it cannot be read. */
export function countUpdates(body: string): number {
  try {
    const entries = (parseExact(body) as { entry?: { changes?: unknown[] }[] } | null)?.entry
    return Array.isArray(entries) ? entries.reduce((sum, entry) => sum + (entry?.changes?.length ?? 0), 0) : 1
  } catch {
    return 1
  }
}
