// The media of a contact as entries of a package: opened, named safely, within a bound. What does not go in is listed with
// the reason. Called by package-build.ts.

import type { Database } from '../../db/client.ts'
import { openFileContents } from '../conversations/files.ts'
import { filesQuery } from '../conversations/list-messages.ts'
import type { ZipEntry } from '../copies/zip.ts'
import { NotSealedSo } from '../crypto/chunks.ts'
import { openFile } from '../custody/files.ts'
import type { Keepers } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { isoTime } from '../ground/openapi.ts'
import { mediaOf, nameOf } from './export.ts'
import type { PackagedFile } from './package-page.ts'

type Stores = { db: Database; keepers: Keepers; files: R2Bucket }

const notes = {
  large: 'Left out: the package would have become too large. Ask for it by name.',
  unreadable: 'Left out: it does not open.',
  cut: 'Damaged: only its beginning opens.',
} as const

/** Entries to be written one after the other; `listed` has every object once the last one is written. */
export async function* mediaEntries(
  stores: Stores,
  accountId: string,
  contactId: string,
  now: number,
  listed: PackagedFile[],
): AsyncGenerator<ZipEntry, void, void> {
  const { keepers, files } = stores
  let room: number = limits.packageMediaBytes
  for await (const page of mediaOf(stores, accountId, contactId)) {
    const names = await loadNames(stores, accountId, page.map(nameOf), now)
    for (const object of page) {
      const name = names.get(nameOf(object)) ?? nameOf(object)
      const type = object.httpMetadata?.contentType ?? 'application/octet-stream'
      const file: PackagedFile = {
        ...{ name, type, bytes: object.size, storedAt: isoTime(object.uploaded.getTime()) },
        ...{ path: null, note: notes.large },
      }
      listed.push(file)
      if (object.size > room) continue
      const stored = await files.get(object.key)
      const plain = stored && (await openFile(keepers, accountId, object.key, stored.body, now))
      file.note = notes.unreadable
      if (!plain) continue
      room -= object.size
      file.path = pathOf(name, type, listed)
      file.note = null
      yield { name: file.path, packed: false, parts: whole(plain, file) }
    }
  }
}

/** What the sender called them, by message. */
async function loadNames(
  { db, keepers }: Stores,
  accountId: string,
  ids: string[],
  now: number,
): Promise<Map<string, string>> {
  const rows = await filesQuery(db, accountId, ids)
  const contents = await openFileContents(keepers, accountId, rows, now)
  return new Map(
    rows.flatMap(({ messageId }, i) => {
      const filename = contents[i]?.filename
      return filename === undefined ? [] : [[messageId, filename] as const]
    }),
  )
}

/** Counts what is really in the file. One that was altered ends where that is noticed. */
async function* whole(
  plain: AsyncIterable<Uint8Array>,
  file: PackagedFile,
): AsyncGenerator<Uint8Array, void, void> {
  file.bytes = 0
  try {
    for await (const part of plain) {
      file.bytes += part.byteLength
      yield part
    }
  } catch (cause) {
    if (!(cause instanceof NotSealedSo)) throw cause
    file.note = notes.cut
  }
}

const endings: Record<string, string> = {
  ...{ 'image/jpeg': '.jpg', 'image/png': '.png', 'image/webp': '.webp', 'video/mp4': '.mp4' },
  ...{ 'audio/ogg': '.ogg', 'audio/mpeg': '.mp3', 'audio/mp4': '.m4a', 'audio/aac': '.aac' },
  ...{ 'application/pdf': '.pdf', 'text/plain': '.txt', 'text/vcard': '.vcf' },
}

/** A name that no system takes for a path, and no two files share. */
function pathOf(name: string, type: string, listed: PackagedFile[]): string {
  const plain =
    name
      .replace(/[^\w.-]/g, '_')
      .replace(/^\.+/, '_')
      .slice(0, 120) || 'file'
  const ending = /\.\w{1,5}$/.test(plain) ? '' : (endings[type.split(';')[0] as string] ?? '')
  const taken = new Set(listed.map(({ path }) => path))
  for (let n = 1; ; n++) {
    const path = `media/${n === 1 ? '' : `${n}-`}${plain}${ending}`
    if (!taken.has(path)) return path
  }
}
