// X-Hub-Signature-256: HMAC-SHA256 of the exact bytes, under an app secret. Pure. Source: Meta, create-webhook-endpoint.

import { fromHex } from '../crypto/bytes.ts'
import { equalBytes, hmac } from '../crypto/hmac.ts'
import { ok, type Result, refused } from '../ground/result.ts'

/** The 32 bytes the header claims. Checked before a byte of the body is read. */
export function parseSignature(
  header: string | null,
): Result<Uint8Array, { reason: 'missing' | 'malformed' }> {
  if (header === null) return refused({ reason: 'missing' })
  const match = /^sha256=([0-9a-fA-F]{64})$/.exec(header)
  const bytes = match && fromHex(match[1] as string)
  return bytes ? ok(bytes) : refused({ reason: 'malformed' })
}

/** True when one of the secrets signed these bytes. Every secret is tried, so that time tells nothing. */
export function verifySignature(bytes: Uint8Array, claimed: Uint8Array, secrets: readonly string[]): boolean {
  let verified = false
  for (const secret of secrets) {
    if (secret !== '' && equalBytes(hmac(secret, bytes), claimed)) verified = true
  }
  return verified
}
