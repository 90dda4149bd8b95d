// What is sealed in chunks opens whole and unchanged, or not at all.

import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { CannotOpen, makeKey } from '../../../site/scripts/package-open.ts'
import { concat, randomBytes } from '../../../worker/crypto/bytes.ts'
import { chunkBytes, NotSealedSo } from '../../../worker/crypto/chunks.ts'
import { openFile, sealFile } from '../../../worker/custody/files.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import { importPublicKey, sealTo } from '../../../worker/rights/package-seal.ts'
import { monsoon, sol } from '../../support/cast.ts'

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let from = 0; from < bytes.byteLength; from += size) yield bytes.subarray(from, from + size)
}
async function all(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const got: Uint8Array[] = []
  for await (const part of parts) got.push(part)
  return concat(...got)
}
const plainOf = (size: number): Uint8Array => {
  const bytes = new Uint8Array(size)
  for (let from = 0; from < size; from += 65_536) bytes.set(randomBytes(Math.min(65_536, size - from)), from)
  return bytes
}
const sealedTo = async (key: Awaited<ReturnType<typeof makeKey>>, plain: Uint8Array) =>
  all(sealTo((await importPublicKey(key.publicKey)) as CryptoKey, inPieces(plain, 9_999)))

const head = 8 + 65
const chunk = chunkBytes + 16
const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const other = bytes.slice()
  other[at] = (other[at] as number) ^ 1
  return other
}

describe('a package sealed to a browser’s key', () => {
  it('opens there, whatever its size and however it arrives', async () => {
    const key = await makeKey()
    for (const size of [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes, 200_001]) {
      const plain = plainOf(size)
      const sealed = await sealedTo(key, plain)
      for (const piece of [1_000, 70_000, sealed.byteLength])
        expect(Buffer.compare(await all(key.open(inPieces(sealed, piece))), plain)).toBe(0)
    }
  })

  it('does not open with a single byte altered, wherever it is', async () => {
    const key = await makeKey()
    const sealed = await sealedTo(key, plainOf(40))
    for (let at = 0; at < sealed.byteLength; at++)
      await expect(all(key.open(inPieces(flipped(sealed, at), 64)))).rejects.toThrow(CannotOpen)
    const long = await sealedTo(key, plainOf(chunkBytes * 2 + 10))
    for (const at of [head, head + chunk - 1, head + chunk, head + chunk * 2, long.byteLength - 1])
      await expect(all(key.open(inPieces(flipped(long, at), 5_000)))).rejects.toThrow(CannotOpen)
  })

  it('does not open cut off, at any place, chunk borders included', async () => {
    const key = await makeKey()
    const short = await sealedTo(key, plainOf(40))
    for (let size = 0; size < short.byteLength; size++)
      await expect(all(key.open(inPieces(short.subarray(0, size), 64)))).rejects.toThrow(CannotOpen)
    const sealed = await sealedTo(key, plainOf(chunkBytes * 3))
    for (const size of [head, head + chunk, head + 2 * chunk, head + 2 * chunk + 1])
      await expect(all(key.open(inPieces(sealed.subarray(0, size), 9_000)))).rejects.toThrow(CannotOpen)
  })

  it('does not open with chunks changed round, repeated, left out or added', async () => {
    const key = await makeKey()
    const sealed = await sealedTo(key, plainOf(chunkBytes * 3 + 5))
    const part = (n: number) => sealed.subarray(head + n * chunk, head + (n + 1) * chunk)
    const start = sealed.subarray(0, head)
    const wrong = [[1, 0, 2, 3], [0, 0, 1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2, 3, 3], [3]]
    for (const order of wrong)
      await expect(all(key.open(inPieces(concat(start, ...order.map(part)), 9_000)))).rejects.toThrow(
        CannotOpen,
      )
    expect((await all(key.open(inPieces(concat(start, ...[0, 1, 2, 3].map(part)), 9_000)))).byteLength).toBe(
      chunkBytes * 3 + 5,
    )
  })

  it('does not open with another key, and the same data never looks the same', async () => {
    const [key, other] = await Promise.all([makeKey(), makeKey()])
    const sealed = await sealedTo(key, plainOf(10))
    await expect(all(other.open(inPieces(sealed, 100)))).rejects.toMatchObject({ reason: 'closed' })
    await expect(all(key.open(inPieces(plainOf(500), 100)))).rejects.toMatchObject({ reason: 'other' })
    expect(
      Buffer.compare(await sealedTo(key, new Uint8Array(10)), await sealedTo(key, new Uint8Array(10))),
    ).not.toBe(0)
  })

  it('is not sealed to what is no point on the curve', async () => {
    const { publicKey } = await makeKey()
    expect(await importPublicKey(publicKey)).toBeDefined()
    const zero = 'A'.repeat(43)
    for (const wrong of [
      { x: zero },
      { y: zero },
      { x: publicKey.y, y: publicKey.x },
      { x: publicKey.x.slice(4) },
    ])
      expect(await importPublicKey({ ...publicKey, ...wrong })).toBeUndefined()
  })
})

describe('a file sealed under a person’s key', () => {
  const name = `media/${sol.accountId}/cnt_files/1`
  const keeper = keeperOf(env.KEEPER, sol.accountId)
  const sealed = async (plain: Uint8Array, as = name) =>
    all(sealFile(await keeper.keyFor('cnt_files'), as, inPieces(plain, 9_999)))
  const opened = async (bytes: Uint8Array, as = name, accountId = sol.accountId) => {
    const parts = await openFile(
      env.KEEPER,
      accountId,
      as,
      new Blob([bytes as BlobPart]).stream(),
      Date.now(),
    )
    return parts && all(parts)
  }

  it('opens under its own name and under no other', async () => {
    for (const size of [0, 5, chunkBytes, 3 * chunkBytes + 1]) {
      const plain = plainOf(size)
      expect(Buffer.compare((await opened(await sealed(plain))) as Uint8Array, plain)).toBe(0)
    }
    await expect(opened(await sealed(plainOf(5)), `${name}0`)).rejects.toThrow(NotSealedSo)
  })

  it('is nothing to another account, and nothing when it is no sealed file', async () => {
    expect(await opened(await sealed(plainOf(5)), name, monsoon.accountId)).toBeUndefined()
    for (const bytes of [
      new Uint8Array(),
      plainOf(5),
      plainOf(500),
      (await sealed(plainOf(5))).subarray(0, 30),
    ])
      expect(await opened(bytes)).toBeUndefined()
  })

  it('does not open altered or cut off', async () => {
    const bytes = await sealed(plainOf(2 * chunkBytes))
    const start = bytes.byteLength - 2 * chunk
    for (const at of [start - 1, start, start + chunk, bytes.byteLength - 1])
      await expect(opened(flipped(bytes, at))).rejects.toThrow(NotSealedSo)
    for (const size of [start, start + chunk, bytes.byteLength - 1])
      await expect(opened(bytes.subarray(0, size))).rejects.toThrow(NotSealedSo)
  })

  it('is gone for good when the person is erased', async () => {
    const own = await all(sealFile(await keeper.keyFor('cnt_going'), name, inPieces(plainOf(5), 9)))
    const neighbour = await sealed(plainOf(5))
    await keeper.forget(['cnt_going'], Date.now())
    expect(await opened(own)).toBeUndefined()
    expect(await opened(neighbour)).toBeDefined()
  })
})
