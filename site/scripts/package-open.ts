// Opens a package that was sealed to a key of this page: the whole of the format, with WebCrypto and nothing else. Called by
// package.ts. What the format is, byte by byte, stands in docs/export-format.md.

const magic = 'svpkg01\n'
const place = 'softivum package 1'
const pointBytes = 65
const headBytes = magic.length + pointBytes
/** 65,536 bytes and a tag of 16; only the last chunk may be shorter. */
const sealedChunkBytes = 65_536 + 16

type Bytes = Uint8Array<ArrayBuffer>
export type PublicKey = { kty: 'EC'; crv: 'P-256'; x: string; y: string }

/** `other`: no package of ours. `closed`: for another key, altered, or cut off. */
export class CannotOpen extends Error {
  override readonly name = 'CannotOpen'
  readonly reason: 'other' | 'closed'
  constructor(reason: 'other' | 'closed') {
    super(reason)
    this.reason = reason
  }
}

export type PackageKey = {
  /** What the order carries. */
  publicKey: PublicKey
  /** The ZIP, as the package arrives. Throws CannotOpen; what came before that must be thrown away. */
  open: (parts: AsyncIterable<Uint8Array>) => AsyncGenerator<Bytes, void, void>
}

/** A key that no script can read out again; it lives as long as what holds this. */
export async function makeKey(): Promise<PackageKey> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits'])
  const { privateKey, publicKey } = pair as CryptoKeyPair
  const { x = '', y = '' } = (await crypto.subtle.exportKey('jwk', publicKey)) as JsonWebKey
  const own = new Uint8Array((await crypto.subtle.exportKey('raw', publicKey)) as ArrayBuffer)
  return {
    publicKey: { kty: 'EC', crv: 'P-256', x, y },
    open: (parts) => openParts(privateKey, own, parts),
  }
}

async function* openParts(
  privateKey: CryptoKey,
  own: Bytes,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<Bytes, void, void> {
  let key: CryptoKey | undefined
  let n = 0
  for await (const { bytes, last } of pieces(parts)) {
    if (!key) {
      key = await keyOf(privateKey, own, bytes)
      continue
    }
    yield await openChunk(key, n++, last, bytes)
  }
  if (n === 0) throw new CannotOpen('other')
}

/** The header, then chunks; which one is the last is known when nothing follows. */
async function* pieces(
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ bytes: Bytes; last: boolean }, void, void> {
  let held: Bytes = new Uint8Array()
  let size = headBytes
  for await (const part of parts) {
    held = joined(held, part)
    while (held.byteLength > size) {
      yield { bytes: held.slice(0, size), last: false }
      held = held.slice(size)
      size = sealedChunkBytes
    }
  }
  yield { bytes: held, last: true }
}

function joined(one: Uint8Array, other: Uint8Array): Bytes {
  const both = new Uint8Array(one.byteLength + other.byteLength)
  both.set(one)
  both.set(other, one.byteLength)
  return both
}

async function keyOf(privateKey: CryptoKey, own: Bytes, head: Bytes): Promise<CryptoKey> {
  const named = head.byteLength === headBytes && [...magic].every((char, i) => char.charCodeAt(0) === head[i])
  if (!named) throw new CannotOpen('other')
  const theirs = head.slice(magic.length)
  try {
    const point = await crypto.subtle.importKey(
      'raw',
      theirs,
      { name: 'ECDH', namedCurve: 'P-256' },
      false,
      [],
    )
    const agreement = { name: 'ECDH', public: point } as unknown as AlgorithmIdentifier
    const shared = await crypto.subtle.deriveBits(agreement as never, privateKey, 256)
    const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
    const info = joined(joined(new TextEncoder().encode(place), theirs), own)
    const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
    return await crypto.subtle.deriveKey(derivation, base, { name: 'AES-GCM', length: 256 }, false, [
      'decrypt',
    ])
  } catch {
    throw new CannotOpen('closed')
  }
}

async function openChunk(key: CryptoKey, n: number, last: boolean, sealed: Bytes): Promise<Bytes> {
  const iv = new Uint8Array(12)
  new DataView(iv.buffer).setBigUint64(3, BigInt(n))
  iv[11] = last ? 1 : 0
  const additionalData = new TextEncoder().encode(`${place}:${n}`)
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, sealed))
  } catch {
    throw new CannotOpen('closed')
  }
}
