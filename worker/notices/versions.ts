// Which version of a public document is in force. Pure. Called by announce.ts, in-force.ts and summary.ts.

import { type DocumentName, type DocumentVersion, noticeDays } from '../../db/documents.ts'
import { dayMs } from '../ground/limits.ts'

/** Between the moment everybody was told of a material change and the moment it may take effect. */
export const noticeMs = noticeDays * dayMs

/** All instants are epoch ms. */
export type Version = {
  version: string
  material: boolean
  /** Not in force before. */
  effectiveAt: number
  /** When the last of those who had to be told was told. */
  toldAt: number | null
  /** When it came into force; kept once it is set. */
  inForceAt: number | null
}

/** A version of this build with what the database knows of it; `seenAt` is null while that is nothing. */
export type KnownVersion = Version & {
  document: DocumentName
  hash: string
  summary: string
  seenAt: number | null
  leaf: string | null
}

/** What the database keeps of a version: a row of document_versions. */
export type Recorded = Omit<KnownVersion, 'summary' | 'seenAt'> & { seenAt: number }

const byNumber = (a: Version, b: Version): number => Number(a.version) - Number(b.version)

/**
 * The newest version that may be in force. Versions take effect one after the other: when the date of one has come and,
 * if it is material, when everybody has been told for the whole notice period. The first needs no notice. A later version
 * contains the changes of those before it, so it waits for them. What is in force stays so until a newer version is.
 */
export function decideInForce<V extends Version>(versions: readonly V[], now: number): V | undefined {
  const ordered = versions.toSorted(byNumber)
  const standing = ordered.findLastIndex(({ inForceAt }) => inForceAt !== null)
  let found = ordered[standing]
  for (const [at, one] of ordered.entries()) {
    if (at <= standing) continue
    const told = at === 0 || !one.material || (one.toldAt !== null && one.toldAt + noticeMs <= now)
    if (!told || one.effectiveAt > now) break
    found = one
  }
  return found
}

/** Those that people still have to be told of: material, not the first, newer than what is in force. */
export function decideToTell<V extends Version>(versions: readonly V[]): V[] {
  const ordered = versions.toSorted(byNumber)
  const standing = ordered.findLastIndex(({ inForceAt }) => inForceAt !== null)
  return ordered.filter((one, at) => at > Math.max(0, standing) && one.material)
}

/**
 * The versions of one document, oldest first. What was once announced as material stays so, and its date comes no nearer. A
 * row of a version that this build does not have is of no use to it.
 */
export function joinVersions(
  documents: readonly DocumentVersion[],
  rows: readonly Recorded[],
  document: DocumentName,
): KnownVersion[] {
  const mine = documents.filter((one) => one.document === document)
  const joined = mine.map(({ version, hash, summary, ...file }): KnownVersion => {
    const row = rows.find((one) => one.document === document && one.version === version)
    const { seenAt = null, toldAt = null, inForceAt = null, leaf = null } = row ?? {}
    const material = file.material || row?.material === true
    const effectiveAt = Math.max(Date.parse(file.effective), row?.effectiveAt ?? 0)
    return { document, version, hash, material, summary, effectiveAt, seenAt, toldAt, inForceAt, leaf }
  })
  return joined.toSorted(byNumber)
}

export const documentNames = (documents: readonly DocumentVersion[]): DocumentName[] => [
  ...new Set(documents.map(({ document }) => document)),
]
