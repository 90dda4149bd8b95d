// How objects of R2 with somebody's content are sealed: media of messages and packages that wait to be taken. One way, here,
// for whoever writes or reads them. An object opens only under its own name, and dies with the key of its person.
//
//   8 bytes "svfile1\n" | length of the key id (1) | key id | salt (32) | chunks of crypto/chunks.ts
//   key of the file: HKDF-SHA-256(key of the person, salt, "softivum file 1:{name}")

import { concat, fromUtf8, randomBytes, utf8 } from '../crypto/bytes.ts'
import { bytesOf, chunkBytes, openChunks, sealChunks, tagBytes } from '../crypto/chunks.ts'
import type { SealKey } from '../crypto/seal.ts'
import { type Keepers, loadKeys } from './sealing.ts'

const magic = utf8('svfile1\n')
const saltBytes = 32

/** A key of this file's own, so that the counted nonces of two files never meet. */
async function fileKey(key: SealKey, salt: Uint8Array<ArrayBuffer>, name: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', new Uint8Array(key.bytes), 'HKDF', false, ['deriveKey'])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt, info: utf8(`softivum file 1:${name}`) }
  return crypto.subtle.deriveKey(derivation, base, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])
}

/** What to store in R2 under `name`, the whole key of the object. */
export async function* sealFile(
  key: SealKey,
  name: string,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const salt = randomBytes(saltBytes)
  const id = utf8(key.id)
  yield concat(magic, Uint8Array.of(id.byteLength), id, salt)
  yield* sealChunks(await fileKey(key, salt, name), name, parts)
}

/**
 * What was sealed, as it is read. Undefined when it is no sealed file, or its key was destroyed. A chunk that was altered
 * throws NotSealedSo while reading.
 */
export async function openFile(
  keepers: Keepers,
  accountId: string,
  name: string,
  stored: ReadableStream<Uint8Array>,
  now: number,
): Promise<AsyncGenerator<Uint8Array, void, void> | undefined> {
  const parts = bytesOf(stored)
  const head = await readHead(parts)
  const key = head && (await loadKeys(keepers, accountId, [head.keyId], now)).get(head.keyId)
  if (!head || !key) {
    await parts.return()
    return undefined
  }
  return openChunks(await fileKey(key, head.salt, name), name, after(head.rest, parts))
}

export type Slice = {
  /** Of the whole, in clear. */
  bytes: number
  /** What was asked for, as it is read. */
  parts: AsyncGenerator<Uint8Array, void, void>
}

/**
 * A part of what was sealed, without reading what stands before it. `choose` is told how large the whole is, and answers the
 * first byte and the one behind the last; undefined for nothing. Undefined when there is no such object, it is no sealed
 * file, or its key was destroyed.
 */
export async function openSlice(
  keepers: Keepers,
  files: R2Bucket,
  accountId: string,
  name: string,
  now: number,
  choose: (bytes: number) => { start: number; end: number } | undefined,
): Promise<Slice | undefined> {
  const first = await files.get(name, { range: { offset: 0, length: headBytesMax } })
  if (!first) return undefined
  const parts = bytesOf(first.body)
  const head = await readHead(parts)
  await parts.return()
  const key = head && (await loadKeys(keepers, accountId, [head.keyId], now)).get(head.keyId)
  if (!head || !key) return undefined
  const sealedBytes = first.size - head.bytes
  const chunks = Math.max(1, Math.ceil(sealedBytes / sealedChunkBytes))
  const bytes = sealedBytes - chunks * tagBytes
  const { start, end } = choose(bytes) ?? { start: 0, end: 0 }
  if (bytes < 0 || start >= end) return { bytes, parts: nothing() }
  const from = Math.floor(start / chunkBytes)
  const to = Math.floor((end - 1) / chunkBytes)
  const offset = head.bytes + from * sealedChunkBytes
  const length = Math.min((to - from + 1) * sealedChunkBytes, first.size - offset)
  // Of the very object whose head was read: it may have been replaced meanwhile.
  const stored = await files.get(name, { range: { offset, length }, onlyIf: { etagMatches: first.etag } })
  if (!stored || !('body' in stored)) return undefined
  const run = { from, toEnd: to === chunks - 1 }
  const opened = openChunks(await fileKey(key, head.salt, name), name, bytesOf(stored.body), run)
  const skip = start - from * chunkBytes
  return { bytes, parts: between(opened, skip, skip + end - start) }
}

const sealedChunkBytes = chunkBytes + tagBytes
/** Magic, the length of the key id and at most 255 bytes of it, salt. */
const headBytesMax = magic.byteLength + 1 + 255 + saltBytes

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {}

async function* between(
  parts: AsyncGenerator<Uint8Array, void, void>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void, void> {
  let at = 0
  for await (const part of parts) {
    const piece = part.subarray(Math.max(0, start - at), Math.max(0, end - at))
    at += part.byteLength
    if (piece.byteLength > 0) yield piece
    if (at >= end) return
  }
}

type Head = { keyId: string; salt: Uint8Array<ArrayBuffer>; rest: Uint8Array; bytes: number }

async function readHead(parts: AsyncGenerator<Uint8Array, void, void>): Promise<Head | undefined> {
  let read = new Uint8Array()
  for (;;) {
    const idBytes = read[magic.byteLength]
    const headBytes = magic.byteLength + 1 + (idBytes ?? 0) + saltBytes
    if (idBytes !== undefined && read.byteLength >= headBytes) {
      if (!magic.every((byte, i) => read[i] === byte)) return undefined
      const keyId = fromUtf8(read.subarray(magic.byteLength + 1, headBytes - saltBytes))
      return {
        keyId,
        salt: read.slice(headBytes - saltBytes, headBytes),
        rest: read.subarray(headBytes),
        bytes: headBytes,
      }
    }
    // Not `for await`: leaving it would end the reading.
    const { done, value } = await parts.next()
    if (done) return undefined
    read = concat(read, value)
  }
}

async function* after(
  first: Uint8Array,
  parts: AsyncGenerator<Uint8Array, void, void>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield first
    yield* parts
  } finally {
    await parts.return()
  }
}
