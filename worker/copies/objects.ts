// What stands in R2, listed a page at a time, and texts as bytes. Called by walks that copy things out.

import { utf8 } from '../crypto/bytes.ts'

export async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, void> {
  for await (const piece of pieces) yield utf8(piece)
}

/** What stands in R2 under a prefix, a page at a time. */
export async function* objectsOf(files: R2Bucket, prefix: string): AsyncGenerator<R2Object[], void, void> {
  let cursor: string | undefined
  do {
    const page: R2Objects = await files.list({
      prefix,
      include: ['httpMetadata'],
      ...(cursor === undefined ? {} : { cursor }),
    })
    yield page.objects
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
}
