// `signed_request`: what Meta posts to the deletion and the deauthorize callback. Pure. Called by the deletion walk.
// Source: data-deletion-callback (Meta’s documentation).
//
// `expires` is not looked at: Meta sends it as 0, leaves it out, or sets it an hour after `issued_at` while it may try
// again for days. The age of `issued_at` bounds a replay instead, and what the callbacks do can be done twice.

import { base64url, fromBase64, fromUtf8, utf8 } from '../crypto/bytes.ts'
import { equalBytes, hmac } from '../crypto/hmac.ts'
import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { fields, instant, parseJson, text } from './json.ts'

/** `userId`: the app-scoped id of a Facebook user, digits. `issuedAt`: epoch ms, to the second. */
export type SignedRequest = { userId: string; issuedAt: number }

/** `malformed`: no signed_request at all, or a signed one that names nobody. The others are refusals. */
export type SignedRequestFault = 'malformed' | 'mismatch' | 'algorithm' | 'expired' | 'from_future'

/**
 * Who is meant, proven by one of the app secrets. The signature covers the second part as it came, never what it decodes
 * to, and is compared as text: base64 has several spellings for the same bytes, Meta writes one.
 */
export function verifySignedRequest(
  given: string,
  appSecrets: readonly string[],
  now: number,
): Result<SignedRequest, { reason: SignedRequestFault }> {
  const [, signature, payload] = /^([\w-]{43})\.([\w-]+)$/.exec(given) ?? []
  if (signature === undefined || payload === undefined) return refused({ reason: 'malformed' })
  if (!signs(appSecrets, payload, signature)) return refused({ reason: 'mismatch' })
  const told = fields(parseJson(fromUtf8(fromBase64(payload)))?.value)
  if (text(told.algorithm)?.toUpperCase() !== 'HMAC-SHA256') return refused({ reason: 'algorithm' })
  const userId = text(told.user_id)
  const issuedAt = instant(told.issued_at)
  if (userId === undefined || !/^\d{1,32}$/.test(userId) || issuedAt === undefined)
    return refused({ reason: 'malformed' })
  if (issuedAt < now - limits.signedRequestAgeMs) return refused({ reason: 'expired' })
  if (issuedAt > now + limits.clockSkewMs) return refused({ reason: 'from_future' })
  return ok({ userId, issuedAt })
}

/** Every secret is tried, so that time tells nothing; a blank one signs nothing. */
function signs(secrets: readonly string[], payload: string, signature: string): boolean {
  const given = utf8(signature)
  let signed = false
  for (const secret of secrets) {
    if (secret !== '' && equalBytes(utf8(base64url(hmac(secret, payload))), given)) signed = true
  }
  return signed
}
