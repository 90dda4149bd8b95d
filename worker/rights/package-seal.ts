// Sealing a package to a key that was made in the person's browser: what comes out opens there and nowhere else. The gateway
// forgets its half as soon as the last byte is written. The format is written down in docs/export-format.md; its other
// side is site/scripts/package-open.ts. Called by package-build.ts and package-routes.ts.

import { concat, fromBase64, utf8 } from '../crypto/bytes.ts'
import { sealChunks } from '../crypto/chunks.ts'

/** A public key on P-256, as WebCrypto exports it. */
export type PublicKey = { kty: 'EC'; crv: 'P-256'; x: string; y: string }

const magic = utf8('svpkg01\n')
const place = 'softivum package 1'

/** Undefined unless it is a point on the curve. */
export async function importPublicKey({ kty, crv, x, y }: PublicKey): Promise<CryptoKey | undefined> {
  // Not every reader minds a coordinate that is too long.
  if ([x, y].some((one) => fromBase64(one).byteLength !== 32)) return undefined
  try {
    const algorithm = { name: 'ECDH', namedCurve: 'P-256' }
    return await crypto.subtle.importKey('jwk', { kty, crv, x, y }, algorithm, true, [])
  } catch {
    return undefined
  }
}

const rawOf = async (key: CryptoKey): Promise<Uint8Array> =>
  new Uint8Array((await crypto.subtle.exportKey('raw', key)) as ArrayBuffer)

/** Header, then the chunks of crypto/chunks.ts. */
export async function* sealTo(
  recipient: CryptoKey,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const once = (await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, [
    'deriveBits',
  ])) as CryptoKeyPair
  const ephemeral = await rawOf(once.publicKey)
  // `$public` is how the types of the platform write `public`.
  const agreement = { name: 'ECDH', public: recipient } as unknown as SubtleCryptoDeriveKeyAlgorithm
  const shared = await crypto.subtle.deriveBits(agreement, once.privateKey, 256)
  const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
  const info = concat(utf8(place), ephemeral, await rawOf(recipient))
  const key = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt'],
  )
  yield concat(magic, ephemeral)
  yield* sealChunks(key, place, parts)
}
