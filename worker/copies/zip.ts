// A ZIP file that is written while its entries are read: memory does not grow with what goes in. Called by the walks that hand data over.

import { Zip, ZipDeflate } from 'fflate'

/** `packed`: false for what is compressed already, as pictures are. */
export type ZipEntry = { name: string; packed: boolean; parts: AsyncIterable<Uint8Array> }

/** `at`: the time that every entry is given. */
export async function* zip(
  entries: AsyncIterable<ZipEntry>,
  at: number,
): AsyncGenerator<Uint8Array, void, void> {
  const written: Uint8Array[] = []
  const archive = new Zip((cause, bytes) => {
    if (cause) throw cause
    written.push(bytes)
  })
  for await (const { name, packed, parts } of entries) {
    const file = new ZipDeflate(name, { level: packed ? 6 : 0 })
    file.mtime = at
    archive.add(file)
    for await (const part of parts) {
      file.push(part)
      yield* written.splice(0)
    }
    file.push(new Uint8Array(), true)
    yield* written.splice(0)
  }
  archive.end()
  yield* written.splice(0)
}
