// The signed head of the log, as text: C2SP tlog-checkpoint (origin, size, root) in a C2SP signed note. Called by client.ts;
// docs/verify-receipt.mjs reads it in its own words. Source: c2sp.org/tlog-checkpoint and c2sp.org/signed-note.

import { concat, fromBase64, utf8 } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import { equalBytes } from '../crypto/hmac.ts'
import { type PublicJwk, publicBytes, publicJwk, type SigningKey, sign, verify } from '../crypto/signer.ts'
import { ok, type Result, refused } from '../ground/result.ts'

export type TreeHead = { size: number; root: Uint8Array }

const base64 = (bytes: Uint8Array): string => bytes.toBase64()
const hashBytes = 32
/** The note's type byte for Ed25519. */
const ed25519 = 1

/** The name of the log: the host of the public origin, port and all, and `/log`. Also the name of its keys. */
export const logOrigin = (publicOrigin: string): string => `${new URL(publicOrigin).host}/log`

/** Four bytes that tell which key a line is by. */
function keyHash(name: string, jwk: PublicJwk): Uint8Array {
  const raw = publicBytes(jwk)
  if (!raw) throw new Error('not an Ed25519 key')
  return sha256(concat(utf8(`${name}\n`), Uint8Array.of(ed25519), raw)).slice(0, 4)
}

/** Deterministic: one head has one checkpoint as long as the key stays. */
export async function signCheckpoint(key: SigningKey, origin: string, head: TreeHead): Promise<string> {
  const text = `${origin}\n${head.size}\n${base64(head.root)}\n`
  const signature = await sign(key, utf8(text))
  const line = base64(concat(keyHash(origin, await publicJwk(key)), signature))
  return `${text}\n— ${origin} ${line}\n`
}

type NotOpened = { reason: 'malformed' | 'other_log' | 'not_signed' }

/** The head that a checkpoint of this log states, when one of the keys signed it. Lines by others are passed over. */
export async function openCheckpoint(
  jwks: readonly PublicJwk[],
  origin: string,
  checkpoint: string,
): Promise<Result<TreeHead, NotOpened>> {
  const match = /^(([^\n]+)\n(0|[1-9]\d{0,15})\n([\w+/=]{44})\n)\n((?:— [^\n]+\n)+)$/.exec(checkpoint)
  if (!match) return refused({ reason: 'malformed' })
  const [, text = '', named, size, encoded = '', lines = ''] = match
  const root = fromBase64(encoded)
  if (root.byteLength !== hashBytes || base64(root) !== encoded) return refused({ reason: 'malformed' })
  if (named !== origin) return refused({ reason: 'other_log' })
  for (const line of lines.trimEnd().split('\n')) {
    const [, name, encodedLine = ''] = line.split(' ')
    const bytes = fromBase64(encodedLine)
    if (name !== origin || base64(bytes) !== encodedLine) continue
    for (const jwk of jwks) {
      if (!equalBytes(bytes.slice(0, 4), keyHash(origin, jwk))) continue
      if (await verify(jwk, utf8(text), bytes.slice(4))) return ok({ size: Number(size), root })
    }
  }
  return refused({ reason: 'not_signed' })
}
