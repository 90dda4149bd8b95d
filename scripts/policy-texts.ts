// Whether the newest version of every document is what the words and the catalogue make today, and whether versions are
// what they say they are. Called by policy.ts and tests; every complaint names what has to be done.

import { type DocumentName, documents, noticeDays } from '../db/documents.ts'
import { compile, type Words } from '../site/policy/compile.ts'
import { changesBetween, changeText } from '../site/policy/difference.ts'
import type { Facts } from '../site/policy/facts.ts'
import { documentNames, type Version, versionsOf } from '../site/policy/versions.ts'
import { hashOf, readVersions, readWords } from './policy-files.ts'

const dayMs = 24 * 60 * 60 * 1000

/** The paragraphs in which the text of today differs from the version. Empty when it says the same. */
export function changedParagraphs(version: Version, words: Words, facts?: Facts): string[] {
  return changesBetween(version.text, compile(version.document, words, facts)).map((change) => {
    const before = change.parts.filter(({ kind }) => kind !== 'added').map(({ text }) => text)
    const after = change.parts.filter(({ kind }) => kind !== 'removed').map(({ text }) => text)
    return [
      `  ${change.under}`,
      `    was: ${before.join('') || '(nothing)'}`,
      `    is:  ${after.join('') || '(nothing)'}`,
      `    so:  ${changeText(change)}`,
    ].join('\n')
  })
}

const advice = (document: DocumentName) =>
  `  Say what changed, in a new version:
    npm run policy -- new ${document} --material --effective DATE --summary "WHAT CHANGED"
  (--editorial when it changes nothing for anybody), or take the change back.`

function aboutText(version: Version): string[] {
  const changed = changedParagraphs(version, readWords())
  if (changed.length === 0) return []
  const told = `${version.document}: version ${version.version} does not say what the program does now.`
  return [[told, ...changed, advice(version.document)].join('\n\n')]
}

/** Of one document, oldest first. */
export function aboutVersions(versions: Version[]): string[] {
  return versions.flatMap((version, i) => {
    const name = `${version.document} ${version.version}`
    const before = versions[i - 1]
    const notice = (Date.parse(version.effective) - Date.parse(version.announced)) / dayMs
    return [
      hashOf(version.text) === version.hash ? '' : `${name}: its text was changed after its hash was made.`,
      version.version === String(i + 1) ? '' : `${name}: versions are counted from 1 without a gap.`,
      notice < (version.material ? noticeDays : 0)
        ? `${name}: in force ${notice} days after it was announced, and ${noticeDays} are promised.`
        : '',
      before && (version.announced < before.announced || version.effective < before.effective)
        ? `${name}: announced or in force before the version before it.`
        : '',
    ].filter((complaint) => complaint !== '')
  })
}

const indexed = ({ text: _, ...version }: Version) => version

export function complaintsAboutTexts(): string[] {
  const all = readVersions()
  const listed = JSON.stringify(documents) === JSON.stringify(all.map(indexed))
  return [
    ...documentNames.flatMap((document) => {
      const versions = versionsOf(all, document)
      const newest = versions.at(-1)
      return [...aboutVersions(versions), ...(newest ? aboutText(newest) : [`${document} has no version.`])]
    }),
    ...(listed ? [] : ['db/documents.ts does not list the versions in site/content/legal/versions.']),
  ]
}
