// A passkey device in software: makes a key pair, attests nothing, signs challenges (WebAuthn level 3, ES256). Called by tests of
// signing in; a real browser's is tested in test/flows.

import { createHash } from 'node:crypto'
import { base64url, concat, fromBase64, utf8 } from '../../worker/crypto/bytes.ts'

type Options = { challenge?: unknown; rp?: { id?: string }; rpId?: string }
type Behaviour = { origin: string; rpId: string; verifiesUser?: boolean }

const sha256 = (bytes: Uint8Array | string): Uint8Array => createHash('sha256').update(bytes).digest()
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values)
const userPresent = 0x01
const userVerified = 0x04
const attested = 0x40

export class Authenticator {
  readonly #id = crypto.getRandomValues(new Uint8Array(16))
  readonly #behaviour: Behaviour
  #pair: CryptoKeyPair | undefined
  #counter = 0

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour
  }

  get id(): string {
    return base64url(this.#id)
  }

  async create(options: Options): Promise<Record<string, unknown>> {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    this.#pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
    const { x, y } = (await crypto.subtle.exportKey('jwk', this.#pair.publicKey)) as { x: string; y: string }
    const coordinate = (label: number, value: string) => concat(bytes(label, 0x58, 0x20), fromBase64(value))
    const key = concat(
      bytes(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01),
      coordinate(0x21, x),
      coordinate(0x22, y),
    )
    const credential = concat(new Uint8Array(16), bytes(0, this.#id.byteLength), this.#id, key)
    const data = concat(this.#head(attested), credential)
    const attestationObject = concat(
      bytes(0xa3, 0x63),
      utf8('fmt'),
      bytes(0x64),
      utf8('none'),
      bytes(0x67),
      utf8('attStmt'),
      bytes(0xa0, 0x68),
      utf8('authData'),
      bytes(0x58, data.byteLength),
      data,
    )
    return this.#answer({
      clientDataJSON: base64url(this.#clientData('webauthn.create', options)),
      attestationObject: base64url(attestationObject),
      transports: ['internal'],
    })
  }

  async get(options: Options): Promise<Record<string, unknown>> {
    if (!this.#pair) throw new Error('nothing to sign with')
    this.#counter += 1
    const clientData = this.#clientData('webauthn.get', options)
    const data = this.#head(0)
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
    const signed = concat(data, sha256(clientData))
    const raw = new Uint8Array(await crypto.subtle.sign(algorithm, this.#pair.privateKey, signed))
    return this.#answer({
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(data),
      signature: base64url(der(raw)),
    })
  }

  #head(more: number): Uint8Array {
    const { rpId, verifiesUser = true } = this.#behaviour
    const flags = userPresent | (verifiesUser ? userVerified : 0) | more
    return concat(sha256(rpId), bytes(flags, 0, 0, 0, this.#counter))
  }

  #clientData(type: string, { challenge }: Options): Uint8Array {
    return utf8(JSON.stringify({ type, challenge, origin: this.#behaviour.origin, crossOrigin: false }))
  }

  #answer(response: Record<string, unknown>): Record<string, unknown> {
    return { id: this.id, rawId: this.id, type: 'public-key', response, clientExtensionResults: {} }
  }
}

/** r and s, as X.509 writes signatures. */
function der(raw: Uint8Array): Uint8Array {
  const integer = (part: Uint8Array): Uint8Array => {
    const from = part.findIndex((byte) => byte !== 0)
    const short = part.slice(from < 0 ? 31 : from)
    const signed = (short[0] ?? 0) >= 0x80 ? concat(bytes(0), short) : short
    return concat(bytes(0x02, signed.byteLength), signed)
  }
  const [r, s] = [integer(raw.slice(0, 32)), integer(raw.slice(32))]
  return concat(bytes(0x30, r.byteLength + s.byteLength), r, s)
}
