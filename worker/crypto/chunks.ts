// Bodies too large to be sealed as one value: AES-256-GCM in chunks, each bound to its number and to whether it is the last,
// so that one that is missing, moved, repeated or cut off is noticed. Called by custody/files.ts and the packages.
// Source: the STREAM construction of Hoang, Reyhanitabar, Rogaway, Vizár (2015).
//
//   chunk n: 65,536 bytes (the last one fewer, or none when there is nothing at all), then its tag of 16
//   nonce: 3 zero bytes | n as 8 bytes, big endian | 1 when it is the last, else 0
//   additional data: "{place}:{n}"

import { concat, utf8 } from './bytes.ts'

export const chunkBytes = 65_536
export const tagBytes = 16

/** Why a body does not open: another key or place, or a byte that is not as it was sealed. */
export class NotSealedSo extends Error {
  override readonly name = 'NotSealedSo'
}

/** Pieces of exactly `size` bytes, the last one smaller or equal. Of nothing, one empty piece. */
export async function* cut(
  parts: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ bytes: Uint8Array<ArrayBuffer>; last: boolean }, void, void> {
  let waiting: Uint8Array[] = []
  let held = 0
  for await (const part of parts) {
    waiting.push(part)
    held += part.byteLength
    if (held <= size) continue
    const all = concat(...waiting)
    let from = 0
    // One piece stays back: it may be the last.
    for (; held - from > size; from += size) yield { bytes: all.slice(from, from + size), last: false }
    waiting = [all.subarray(from)]
    held -= from
  }
  yield { bytes: concat(...waiting), last: true }
}

const parameters = (place: string, n: number, last: boolean) => {
  const iv = new Uint8Array(12)
  new DataView(iv.buffer).setBigUint64(3, BigInt(n))
  iv[11] = last ? 1 : 0
  return { name: 'AES-GCM', iv, additionalData: utf8(`${place}:${n}`) }
}

/** `key` seals this one body and never another: the nonces are counted. */
export async function* sealChunks(
  key: CryptoKey,
  place: string,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  let n = 0
  for await (const { bytes, last } of cut(parts, chunkBytes))
    yield new Uint8Array(await crypto.subtle.encrypt(parameters(place, n++, last), key, bytes))
}

/** A run out of the middle of a sealed body: the number of its first chunk, and whether its last one is the body's. */
export type Run = { from: number; toEnd: boolean }
const whole: Run = { from: 0, toEnd: true }

/** Throws NotSealedSo at the first chunk that is not the one that was sealed there; what came before it was. */
export async function* openChunks(
  key: CryptoKey,
  place: string,
  parts: AsyncIterable<Uint8Array>,
  { from, toEnd }: Run = whole,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  let n = from
  for await (const { bytes, last } of cut(parts, chunkBytes + tagBytes)) {
    const plain = await crypto.subtle
      .decrypt(parameters(place, n++, last && toEnd), key, bytes)
      .catch(() => Promise.reject(new NotSealedSo('a chunk does not open')))
    yield new Uint8Array(plain)
  }
}

/** The bytes of a stream, one after the other. Whoever stops early cancels it. */
export async function* bytesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** Read only as fast as somebody takes it. */
export function streamOf(parts: AsyncGenerator<Uint8Array, void, void>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: async () => void (await parts.return()),
  })
}
