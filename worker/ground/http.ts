// Bodies from strangers, read with a bound, and the headers that go with every answer. Used by every door.

import { ok, type Result, refused } from './result.ts'

export const secureHeaders = {
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
  // Not `no-referrer`: with that, browsers say `Origin: null` of our own forms, and the check against forms of other sites
  // refuses them. Other sites learn nothing either way.
  'referrer-policy': 'same-origin',
} as const

/**
 * The exact bytes of a body, or why not. Counts what really arrives, so a missing or false Content-Length changes
 * nothing; a declared length over the cap is refused before a byte is read.
 */
export async function readCapped(
  request: Request,
  capBytes: number,
): Promise<Result<Uint8Array, { reason: 'too_large' | 'cut' }>> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > capBytes) return refused({ reason: 'too_large' })
  if (!request.body) return ok(new Uint8Array())
  if (declared > 0) {
    const bytes = await request.arrayBuffer().catch(() => undefined)
    if (!bytes) return refused({ reason: 'cut' })
    return bytes.byteLength > capBytes ? refused({ reason: 'too_large' }) : ok(new Uint8Array(bytes))
  }
  return readChunks(request.body, capBytes)
}

async function readChunks(
  body: ReadableStream<Uint8Array>,
  capBytes: number,
): Promise<Result<Uint8Array, { reason: 'too_large' | 'cut' }>> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.byteLength
      if (size > capBytes) {
        await reader.cancel()
        return refused({ reason: 'too_large' })
      }
      chunks.push(value)
    }
  } catch {
    return refused({ reason: 'cut' })
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return ok(bytes)
}
