// Builds one package: media, JSON and the readable page as a ZIP, sealed while it is written, into R2. Nothing of it is ever
// whole in memory. Called by package.ts.

import type { TableName } from '../../db/catalog.ts'
import { type Database, database } from '../../db/client.ts'
import { operator } from '../../db/operator.ts'
import { subprocessors } from '../../db/subprocessors.ts'
import { encoded } from '../copies/objects.ts'
import { type ReadRow, readTable, tablesOf, writeDocument } from '../copies/reading.ts'
import { type ZipEntry, zip } from '../copies/zip.ts'
import { cut } from '../crypto/chunks.ts'
import { sealFile } from '../custody/files.ts'
import { keeperOf } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import { isoTime } from '../ground/openapi.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { sheetOf } from './package-document.ts'
import { loadFacts, type PackageFacts, type PackageSubject } from './package-facts.ts'
import { mediaEntries } from './package-media.ts'
import { type PackagedFile, writePage } from './package-page.ts'
import { redactRow } from './package-redact.ts'
import { importPublicKey, type PublicKey, sealTo } from './package-seal.ts'
import type { RequestRow } from './row.ts'

export type PackageRow = typeof import('../../db/client.ts').schema.packages.$inferSelect

/** Only ids: a name in R2 says nothing about anybody. */
export const objectKey = ({ accountId, subjectId, id }: PackageRow): string =>
  `export/${accountId}/${subjectId}/${id}`

/** `gone`: there is nobody to build it for. `superseded`: `goOn` said that somebody else does, or nobody has to. */
export type BuildRefusal = { reason: 'gone' | 'superseded' }

/** Stored under objectKey when this resolves. `goOn` is asked now and then; false ends it and leaves nothing. */
export async function buildPackage(
  world: World,
  row: PackageRow,
  request: RequestRow,
  goOn: () => Promise<boolean>,
): Promise<Result<{ bytes: number }, BuildRefusal>> {
  const { env, now } = world
  const db = database(env.DB)
  const { accountId, subjectKind: scope, subjectId } = request
  const subject: PackageSubject = { scope, accountId, ids: [subjectId] }
  const facts = await loadFacts(db, env.KEEPER, subject, now)
  if (!facts) return refused({ reason: 'gone' })
  const archive = zip(entriesOf(world, db, subject, facts, request), now)
  const size = { bytes: 0 }
  const stored = await store(env.FILES, objectKey(row), await sealed(env, row, counted(archive, size)), goOn)
  if (stored === undefined) return refused({ reason: 'superseded' })
  return ok({ bytes: row.publicKey === null ? size.bytes : stored })
}

/** To the browser's key where there is one; else under the person's own, which dies with them. */
async function sealed(
  env: Env,
  row: PackageRow,
  parts: AsyncIterable<Uint8Array>,
): Promise<AsyncIterable<Uint8Array>> {
  if (row.publicKey === null) {
    const key = await keeperOf(env.KEEPER, row.accountId).keyFor(row.subjectId)
    return sealFile(key, objectKey(row), parts)
  }
  const recipient = await importPublicKey(JSON.parse(row.publicKey) as PublicKey)
  if (!recipient) throw new Error('the public key of a package cannot be read')
  return sealTo(recipient, parts)
}

async function* counted(
  parts: AsyncIterable<Uint8Array>,
  size: { bytes: number },
): AsyncGenerator<Uint8Array, void, void> {
  for await (const part of parts) {
    size.bytes += part.byteLength
    yield part
  }
}

/** Media first: what could not be put in is known before it is listed. */
async function* entriesOf(
  { env, now }: World,
  db: Database,
  subject: PackageSubject,
  facts: PackageFacts,
  request: RequestRow,
): AsyncGenerator<ZipEntry, void, void> {
  const stores = { db, keepers: env.KEEPER, files: env.FILES }
  const files: PackagedFile[] = []
  const [id = ''] = subject.ids
  if (subject.scope === 'contact') yield* mediaEntries(stores, subject.accountId, id, now, files)
  const names = tablesOf(subject)
  const tables = () =>
    names.map((name): [TableName, AsyncIterable<ReadRow[]>] => [
      name,
      redacted(name, readTable(stores, subject, name, now), facts),
    ])
  const { name, country, contact } = operator
  const sheet = sheetOf(
    {
      about: { kind: subject.scope, ...facts.person },
      request: { type: request.type, receivedAt: isoTime(request.receivedAt) },
      preparedAt: isoTime(now),
      controller: facts.controller,
      service: { name: operator.service, operator: name, country, contact },
      recipients: subprocessors,
    },
    names,
  )
  yield { name: 'data.json', packed: true, parts: encoded(writeDocument(sheet, tables(), listOnce(files))) }
  const page = writePage(sheet, tables(), files, facts.numberNames)
  yield { name: 'index.html', packed: true, parts: encoded(page) }
}

async function* redacted(
  table: TableName,
  pages: AsyncIterable<ReadRow[]>,
  { known }: PackageFacts,
): AsyncGenerator<ReadRow[], void, void> {
  for await (const rows of pages) yield rows.map((row) => redactRow(table, row, known))
}

async function* listOnce<T>(all: T[]): AsyncGenerator<T[], void, void> {
  yield all
}

/** How many bytes were stored; undefined when `goOn` ended it. R2 takes no stream of unknown length, so it goes in parts. */
async function store(
  files: R2Bucket,
  key: string,
  parts: AsyncIterable<Uint8Array>,
  goOn: () => Promise<boolean>,
): Promise<number | undefined> {
  let upload: R2MultipartUpload | undefined
  const uploaded: R2UploadedPart[] = []
  let bytes = 0
  try {
    for await (const part of cut(parts, limits.uploadPartBytes)) {
      if (!(await goOn())) {
        await upload?.abort()
        return undefined
      }
      bytes += part.bytes.byteLength
      if (part.last && !upload) await files.put(key, part.bytes)
      else {
        upload ??= await files.createMultipartUpload(key)
        uploaded.push(await upload.uploadPart(uploaded.length + 1, part.bytes))
      }
    }
    await upload?.complete(uploaded)
    return bytes
  } catch (cause) {
    await upload?.abort().catch(() => undefined)
    throw cause
  }
}
