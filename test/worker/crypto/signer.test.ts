import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64url, fromHex, hex, utf8 } from '../../../worker/crypto/bytes.ts'
import { canonicalJson } from '../../../worker/crypto/canonical.ts'
import { publicJwk, sign, signJws, verify, verifyJws } from '../../../worker/crypto/signer.ts'

const bytes = (text: string) => fromHex(text) as Uint8Array<ArrayBuffer>
/** RFC 8032, section 7.1, test 2. */
const rfc = {
  key: { id: 'rfc', seed: bytes('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb') },
  public: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  message: bytes('72'),
  signature:
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
}
const older = { id: 'r1', seed: new Uint8Array(32).fill(1) }
const newer = { id: 'r2', seed: new Uint8Array(32).fill(2) }

describe('a signature', () => {
  it('is that of RFC 8032', async () => {
    const jwk = await publicJwk(rfc.key)
    expect(jwk).toEqual({
      kty: 'OKP',
      crv: 'Ed25519',
      x: base64url(bytes(rfc.public)),
      kid: 'rfc',
      use: 'sig',
      alg: 'EdDSA',
    })
    const signature = await sign(rfc.key, rfc.message)
    expect(hex(signature)).toBe(rfc.signature)
    expect(await verify(jwk, rfc.message, signature)).toBe(true)
    expect(await verify(jwk, bytes('73'), signature)).toBe(false)
    expect(await verify({ ...jwk, x: 'AAAA' }, rfc.message, signature)).toBe(false)
    expect(await verify(jwk, rfc.message, signature.slice(1))).toBe(false)
  })
})

describe('a JWS', () => {
  const payload = canonicalJson({ kind: 'live', places: [], request: 'del_x' })

  it('verifies with every key that is published, and says which it was', async () => {
    const jwks = await Promise.all([newer, older].map(publicJwk))
    for (const key of [newer, older])
      expect(await verifyJws(jwks, await signJws(key, payload))).toEqual({
        ok: true,
        value: { kid: key.id, payload },
      })
    expect(await verifyJws(jwks.slice(0, 1), await signJws(older, payload))).toMatchObject({
      reason: 'wrong_header',
    })
  })

  it('fails when any one of its characters is any other', async () => {
    const jwks = [await publicJwk(older)]
    const jws = await signJws(older, payload)
    const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n']
    // Of the signature every character is tried with every other: its last one carries bits that mean nothing.
    const tried: string[] = []
    for (let i = 0; i < jws.length; i++) {
      const others = i > jws.lastIndexOf('.') ? alphabet : ['A', 'B', '.', '=']
      for (const other of others) if (other !== jws[i]) tried.push(jws.slice(0, i) + other + jws.slice(i + 1))
      tried.push(jws.slice(0, i) + jws.slice(i + 1))
    }
    for (const altered of tried) expect(await verifyJws(jwks, altered), altered).toMatchObject({ ok: false })
    expect(await verifyJws(jwks, jws)).toMatchObject({ ok: true })
  })

  it('has one spelling: nothing before, between or after its three parts', async () => {
    const jwks = [await publicJwk(older)]
    const jws = await signJws(older, payload)
    for (const altered of [
      '',
      '.',
      '..',
      `${jws}=`,
      `${jws}.`,
      `${jws}\n`,
      ` ${jws}`,
      `${jws}AA`,
      `${jws}.AA`,
    ])
      expect(await verifyJws(jwks, altered)).toMatchObject({ ok: false })
  })

  it('by another algorithm or of another type is refused, however well it is signed', async () => {
    const jwks = [await publicJwk(older)]
    for (const header of [
      { alg: 'none', kid: 'r1', typ: 'softivum-receipt+jws' },
      { alg: 'HS256', kid: 'r1', typ: 'softivum-receipt+jws' },
      { alg: 'EdDSA', kid: 'r1', typ: 'JWT' },
      { alg: 'EdDSA', kid: 'r1' },
      { kid: 'r1', alg: 'EdDSA', typ: 'softivum-receipt+jws' },
    ]) {
      const input = `${base64url(utf8(JSON.stringify(header)))}.${base64url(utf8(payload))}`
      const signature = base64url(await sign(older, utf8(input)))
      expect(await verifyJws(jwks, `${input}.${signature}`)).toMatchObject({ reason: 'wrong_header' })
    }
  })

  it('of any bytes is refused without an error', async () => {
    const jwks = [await publicJwk(older)]
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await verifyJws(jwks, text)).toMatchObject({ ok: false })
      }),
    )
  })
})

describe('canonical JSON', () => {
  it('is the same for equal values, and reads back as the value', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, false),
        fc.maxSafeInteger(),
        fc.string({ unit: 'binary' }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(value, (given) => {
        const text = canonicalJson(given)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(given)))
      }),
    )
    expect(canonicalJson({ b: [1, { d: undefined, c: null }], a: 'x' })).toBe('{"a":"x","b":[1,{"c":null}]}')
    expect(() => canonicalJson({ at: Number.NaN })).toThrow()
  })
})
