// The public texts on the disk: the words, the versions, and the list of versions that the gateway reads. Called by
// policy.ts, policy-honesty.ts and tests.

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DocumentVersion } from '../db/documents.ts'
import type { Words } from '../site/policy/compile.ts'
import {
  documentNames,
  parseVersion,
  type Version,
  versionFile,
  versionsOf,
} from '../site/policy/versions.ts'

const root = join(import.meta.dirname, '..')
const legal = join(root, 'site/content/legal')

/** Of the text alone, in UTF-8, as anybody can make it again: `curl …/privacy/1.md | sha256sum`. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

export const readWords = (): Words =>
  Object.fromEntries(
    readdirSync(legal, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.startsWith('versions'))
      .map((name) => [name.replaceAll('\\', '/').slice(0, -3), readFileSync(join(legal, name), 'utf8')]),
  )

/** All of them; within a document oldest first. */
export function readVersions(): Version[] {
  const all = documentNames.flatMap((document) =>
    readdirSync(join(legal, 'versions', document))
      .filter((name) => name.endsWith('.md'))
      .map((name) => {
        const path = `site/content/legal/versions/${document}/${name}`
        return parseVersion(path, readFileSync(join(root, path), 'utf8'))
      }),
  )
  return documentNames.flatMap((document) => versionsOf(all, document))
}

/** Writes the file of a version, and db/documents.ts with it. Fails when the version is there already. */
export function writeVersion(version: Version): string {
  const folder = join(legal, 'versions', version.document)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${version.version}.md`)
  writeFileSync(path, versionFile(version), { flag: 'wx' })
  writeIndex(readVersions())
  return path
}

const beginning = 'export const documents: readonly DocumentVersion[] = ['

function rowOf({
  document,
  version,
  hash,
  announced,
  effective,
  material,
  summary,
}: DocumentVersion): string {
  const text = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  return [
    '  {',
    `    document: ${text(document)},`,
    `    version: ${text(version)},`,
    `    hash: ${text(hash)},`,
    `    announced: ${text(announced)},`,
    `    effective: ${text(effective)},`,
    `    material: ${material},`,
    `    summary: ${text(summary)},`,
    '  },',
  ].join('\n')
}

function writeIndex(versions: Version[]): void {
  const path = join(root, 'db/documents.ts')
  const file = readFileSync(path, 'utf8')
  const start = file.indexOf(beginning) + beginning.length
  writeFileSync(path, `${file.slice(0, start)}\n${versions.map(rowOf).join('\n')}\n]\n`)
}
