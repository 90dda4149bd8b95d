// HMAC-SHA256 and constant-time comparison. Webhook signatures, keyed digests and appsecret_proof are built on it.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { utf8 } from './bytes.ts'

/** 32 bytes. Synchronous, because the webhook path computes one for each body and promises cost more than the hash. */
export const hmac = (key: Uint8Array | string, message: Uint8Array | string): Uint8Array =>
  createHmac('sha256', key).update(message).digest()

/** Equal bytes, in time that depends on the lengths alone. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.byteLength === b.byteLength && timingSafeEqual(a, b)

/** Equal text in constant time, whatever the lengths; two empty texts are never equal, so a blank secret opens nothing. */
export function equalSecret(given: string, secret: string): boolean {
  if (secret === '') return false
  const key = utf8('softivum compare')
  return timingSafeEqual(hmac(key, given), hmac(key, secret))
}
