// The feed of changes to the list of subprocessors (Atom, RFC 4287). Pure; called by the page that serves it and tests.

import type { changes } from '../../db/subprocessors.ts'

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** Ids are addresses by tag (RFC 4151): they stay when the site moves. Several changes of a day are numbered. */
export function atomFeed(all: typeof changes, author: string): string {
  const entries = all.map(({ on, what }, i) => {
    const sameDay = all.slice(i + 1).filter((other) => other.on === on).length
    return `  <entry>
    <id>tag:softivum.com,2026:subprocessors/${on}/${sameDay + 1}</id>
    <title>${escaped(what)}</title>
    <updated>${on}T00:00:00Z</updated>
    <link href="/subprocessors#changes"/>
    <content>${escaped(what)}</content>
  </entry>`
  })
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <id>tag:softivum.com,2026:subprocessors</id>
  <title>Subprocessors of Softivum Connect</title>
  <updated>${all[0]?.on ?? '2026-11-23'}T00:00:00Z</updated>
  <author><name>${escaped(author)}</name></author>
  <link href="/subprocessors"/>
  <link rel="self" type="application/atom+xml" href="/subprocessors/feed.xml"/>
${entries.join('\n')}
</feed>
`
}
