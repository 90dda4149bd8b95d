// The files of site/content/legal as the site's build sees them. Pages come here; scripts/policy.ts reads the same files
// from the disk.

import type { DocumentName } from '../../db/documents.ts'
import type { Words } from './compile.ts'
import { parseVersion, type Version, versionsOf } from './versions.ts'

const files = import.meta.glob<string>('../content/legal/versions/*/*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
})

const all = Object.entries(files).map(([path, file]) => parseVersion(path, file))

/** Oldest first; there is always one. */
export const versions = (document: DocumentName): Version[] => versionsOf(all, document)

export function newest(document: DocumentName): Version {
  const last = versions(document).at(-1)
  if (!last) throw new Error(`site/content/legal/versions/${document} is empty`)
  return last
}

/** What /cookies is made of: the one public text that has no versions of its own. */
export async function cookieWords(): Promise<Words> {
  const { default: cookies } = await import('../content/legal/cookies.md?raw')
  return { cookies }
}
