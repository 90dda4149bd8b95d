// What the Worker seals for a browser opens with what the page carries, in the browser's own cryptography, which Node has
// as well; and nothing that is not as it was sealed does. More in test/worker/rights/package-seal.test.ts.

import '../support/bytes-on-node.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CannotOpen, makeKey } from '../../site/scripts/package-open.ts'
import { importPublicKey, sealTo } from '../../worker/rights/package-seal.ts'

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let from = 0; from < bytes.byteLength; from += size) yield bytes.subarray(from, from + size)
}
async function all(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const got: Uint8Array[] = []
  for await (const part of parts) got.push(part)
  return Buffer.concat(got)
}

const key = await makeKey()
const recipient = (await importPublicKey(key.publicKey)) as CryptoKey
const sealed = (plain: Uint8Array) => all(sealTo(recipient, inPieces(plain, 10_000)))
const why = (bytes: Uint8Array, piece: number) =>
  all(key.open(inPieces(bytes, piece))).then(
    () => 'opened',
    (cause: unknown) => (cause instanceof CannotOpen ? 'refused' : String(cause)),
  )

describe('a package', () => {
  it('opens to the very bytes, of any size and however it is cut on its way', async () => {
    const plain = fc.oneof(
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 65_500, max: 65_600 }),
      fc.constant(200_000),
    )
    await fc.assert(
      fc.asyncProperty(plain, fc.integer({ min: 50, max: 200_000 }), async (size, piece) => {
        const bytes = new Uint8Array(size).map((_, i) => i * 31)
        expect((await all(key.open(inPieces(await sealed(bytes), piece)))).equals(bytes)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('is refused with any one bit changed, cut anywhere, or with anything behind it', async () => {
    const bytes = await sealed(new Uint8Array(70_000).fill(5))
    const place = fc.oneof(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 0, max: 100 }))
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        const other = Buffer.from(bytes)
        other[at] = (other[at] as number) ^ (1 << bit)
        expect(await why(other, 30_000)).toBe('refused')
        expect(await why(bytes.subarray(0, at), 30_000)).toBe('refused')
        expect(await why(Buffer.concat([bytes, Buffer.alloc(bit + 1)]), 30_000)).toBe('refused')
      }),
      { numRuns: 150 },
    )
  })

  it('is refused by another page’s key, whose private half cannot be taken out', async () => {
    const bytes = await sealed(new Uint8Array(10))
    await expect(all((await makeKey()).open(inPieces(bytes, 99)))).rejects.toThrow(CannotOpen)
    expect(JSON.stringify(key)).not.toContain('"d"')
    expect(Object.keys(key.publicKey).sort()).toEqual(['crv', 'kty', 'x', 'y'])
  })
})
