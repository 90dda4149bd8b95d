// Versions are files: a head of `name: value` lines between two lines of dashes, then the text. Pure; called by the pages,
// scripts/policy.ts and tests.

import type { DocumentName, DocumentVersion } from '../../db/documents.ts'

export type Version = DocumentVersion & { text: string }

export const documentNames: readonly DocumentName[] = ['privacy', 'terms', 'subprocessors', 'dpa']

export const documentTitles: Record<DocumentName, string> = {
  privacy: 'Privacy policy',
  terms: 'Terms of service',
  subprocessors: 'Subprocessors',
  dpa: 'Data processing agreement',
}

const fields = ['version', 'announced', 'effective', 'material', 'summary', 'hash'] as const

/** Throws, naming the file, when its head is not complete. `path` ends in `{document}/{version}.md`. */
export function parseVersion(path: string, file: string): Version {
  const [, folder, name] = /([a-z]+)\/([^/]+)\.md$/.exec(path) ?? []
  const document = documentNames.find((each) => each === folder)
  const [, head, text] = /^---\n([\s\S]*?)\n---\n\n([\s\S]*)$/.exec(file) ?? []
  if (!document || head === undefined || text === undefined) throw new Error(`${path} is not a version`)
  const lines = new Map(head.split('\n').map((line) => [line.split(': ', 1)[0], line.replace(/^\w+: /, '')]))
  const missing = fields.filter((field) => !lines.get(field))
  if (missing.length > 0) throw new Error(`${path} does not say: ${missing.join(', ')}`)
  const value = (field: (typeof fields)[number]) => lines.get(field) as string
  if (value('version') !== name) throw new Error(`${path} calls itself ${value('version')}`)
  if (!/^(true|false)$/.test(value('material'))) throw new Error(`${path}: material is true or false`)
  return {
    document,
    version: name,
    hash: value('hash'),
    announced: value('announced'),
    effective: value('effective'),
    material: value('material') === 'true',
    summary: value('summary'),
    text,
  }
}

/** The file that `parseVersion` reads back. */
export const versionFile = (version: Version): string =>
  `---\n${fields.map((field) => `${field}: ${version[field]}`).join('\n')}\n---\n\n${version.text}`

/** Of one document, oldest first. */
export const versionsOf = (all: readonly Version[], document: DocumentName): Version[] =>
  all
    .filter((version) => version.document === document)
    .toSorted((a, b) => Number(a.version) - Number(b.version))
