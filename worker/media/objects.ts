// Files in R2: sealed while they come, opened while they go, never whole in memory, and never there half. Called by fetch.ts,
// upload.ts and serve.ts.

import { fileKey } from '../conversations/file-content.ts'
import { cut } from '../crypto/chunks.ts'
import { sha256Parts } from '../crypto/digest.ts'
import type { SealKey } from '../crypto/seal.ts'
import { sealFile } from '../custody/files.ts'
import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'

export type Kept = { bytes: number; sha256: Uint8Array }
/** `too_large`: more than `mostBytes`. `unwanted`: `accept` said no once everything had come. */
export type KeepRefusal = { reason: 'too_large' | 'unwanted' }

export type Incoming = {
  key: SealKey
  /** The whole key of the object. */
  name: string
  /** In clear beside the object: a plain type and nothing else. */
  mime: string
  parts: AsyncIterable<Uint8Array>
  mostBytes: number
  /** Asked when every byte has come, and before any can be read: false leaves nothing. */
  accept: (kept: Kept) => Promise<boolean>
}

/** The object stands under `name` when this resolves well, and else not at all. Throws what the source throws. */
export async function keepObject(
  files: R2Bucket,
  { key, name, mime, parts, mostBytes, accept }: Incoming,
): Promise<Result<Kept, KeepRefusal>> {
  const hash = sha256Parts()
  const size = { bytes: 0 }
  const counted = measured(parts, hash, size, mostBytes)
  const options = { httpMetadata: { contentType: mime } }
  const uploaded: R2UploadedPart[] = []
  let upload: R2MultipartUpload | undefined
  try {
    for await (const part of cut(sealFile(key, name, counted), limits.uploadPartBytes)) {
      if (!part.last || upload) {
        upload ??= await files.createMultipartUpload(name, options)
        uploaded.push(await upload.uploadPart(uploaded.length + 1, part.bytes))
      }
      if (!part.last) continue
      const kept = { bytes: size.bytes, sha256: new Uint8Array(hash.digest()) }
      if (!(await accept(kept))) {
        await upload?.abort()
        return refused({ reason: 'unwanted' })
      }
      if (upload) await upload.complete(uploaded)
      else await files.put(name, part.bytes, options)
      return ok(kept)
    }
    throw new Error('a sealed file has no last part')
  } catch (cause) {
    await upload?.abort().catch(() => undefined)
    if (cause instanceof TooLarge) return refused({ reason: 'too_large' })
    throw cause
  }
}

class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

async function* measured(
  parts: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof sha256Parts>,
  size: { bytes: number },
  mostBytes: number,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const part of parts) {
    size.bytes += part.byteLength
    if (size.bytes > mostBytes) throw new TooLarge('a file is larger than it may be')
    hash.update(part)
    yield part
  }
}

export const objectOf = (row: { accountId: string; holderId: string; messageId: string }): string =>
  fileKey(row.accountId, row.holderId, row.messageId)
