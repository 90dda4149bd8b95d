// Nothing is done that no record says: the source, the migrations and wrangler.toml against catalogue, register and list
// of cookies. mutations.test.ts shows that each of these turns red in a whole copy of the tree.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cookies } from '../../db/cookies.ts'
import { changes, namedHosts, subprocessors } from '../../db/subprocessors.ts'
import { readVersions } from '../../scripts/policy-files.ts'
import { complaints } from '../../scripts/policy-honesty.ts'
import { hostsIn, keptInBrowser, socketsIn } from '../../scripts/policy-source.ts'
import { dataCatalog } from '../../site/policy/data-catalog.ts'
import { facts } from '../../site/policy/facts.ts'
import { atomFeed } from '../../site/policy/feed.ts'
import { versionsOf } from '../../site/policy/versions.ts'

describe('the program', () => {
  it('keeps no column, binds no store, names no host and sets nothing in a browser that no record says', () => {
    expect(complaints().join('\n')).toBe('')
  })
})

describe('a host in the source', () => {
  const hosts = (text: string) => hostsIn('worker/a.ts', text).map(({ at, what }) => `${at} ${what}`)

  it('is found in strings and templates, with its line', () => {
    expect(hosts(`const a = 1\nfetch('https://a.vendor.io/x')`)).toEqual(['worker/a.ts:2 a.vendor.io'])
    expect(hosts(`const to = \`wss://\${where}.x/ https://b.vendor.io:8443/\${id}\``)).toEqual([
      'worker/a.ts:1 b.vendor.io',
    ])
    expect(hosts(`const b = \`http://C.vendor.io\``)).toEqual(['worker/a.ts:1 c.vendor.io'])
  })

  it('is nobody in a comment, in an example or on this machine', () => {
    expect(
      hosts(`// https://a.vendor.io\n/* https://b.vendor.io */\nconst a = 'https://shop.example/x'`),
    ).toEqual([])
    expect(hosts(`const a = 'http://127.0.0.1:8787'; const b = 'https://api.example.com'`)).toEqual([])
  })

  it('is found whatever stands around it', () => {
    const host = fc.stringMatching(/^[a-z]{1,8}\.[a-z]{1,8}\.(com|io|org)$/)
    const noise = fc.stringMatching(/^[ \w]{0,12}$/)
    fc.assert(
      fc.property(host, noise, noise, (name, before, after) => {
        fc.pre(!/example|invalid|test|localhost/.test(name))
        expect(hosts(`const x = ${JSON.stringify(`${before} https://${name}/${after}`)}`)).toEqual([
          `worker/a.ts:1 ${name}`,
        ])
      }),
    )
  })

  it('cannot be reached by a socket', () => {
    expect(socketsIn('worker/a.ts', `import { connect } from 'cloudflare:sockets'`)).toHaveLength(1)
    expect(socketsIn('worker/a.ts', `const { connect } = await import('cloudflare:sockets')`)).toHaveLength(1)
  })
})

describe('something kept in a browser', () => {
  const kept = (path: string, text: string) => keptInBrowser(path, text).map(({ at }) => at)

  it.each([
    `headers.append('Set-Cookie', 'a=1')`,
    `setCookie(c, 'a', '1')`,
    `document.cookie = 'a=1'`,
    `localStorage.setItem('a', '1')`,
    `window.sessionStorage.a = 1`,
    `indexedDB.open('a')`,
    `Astro.cookies.set('a', '1')`,
  ])('is found: %s', (code) => {
    expect(kept('site/scripts/a.ts', `\n${code}`)).toEqual(['site/scripts/a.ts:2'])
    expect(
      kept('site/pages/a.astro', `---\n// a page\n---\n${code.includes('setCookie') ? 'set-cookie' : code}`),
    ).toEqual(['site/pages/a.astro:4'])
  })

  it('is nothing in a comment', () => {
    expect(kept('worker/a.ts', `// localStorage and set-cookie\nconst a = 1`)).toEqual([])
    expect(
      kept('site/pages/a.astro', `---\n// no localStorage\n---\n<!-- set-cookie\n document.cookie -->`),
    ).toEqual([])
  })
})

describe('the records', () => {
  it('list nothing that is not necessary, which is what the policy says', () => {
    expect(cookies.filter(({ necessary }) => !necessary)).toEqual([])
  })

  it('say of every provider who, where, why, what protects a transfer and whom they work with', () => {
    for (const provider of subprocessors) {
      const { toConfirm: _, bindings: own, hosts, ...said } = provider
      for (const [field, value] of Object.entries(said))
        expect(value, `${provider.id}: ${field}`).not.toHaveLength(0)
      expect(own.length + hosts.length).toBeGreaterThan(0)
      expect(provider.theirs).toMatch(/^https:\/\//)
    }
  })

  it('cover each binding by one provider and name no host both as called and as not called', () => {
    const covered = subprocessors.flatMap((provider) => provider.bindings)
    expect(new Set(covered).size).toBe(covered.length)
    const called = subprocessors.flatMap((provider) => provider.hosts)
    expect(called.filter((host) => host in namedHosts)).toEqual([])
  })

  it('tell changes newest first, and every provider’s coming among them', () => {
    expect(changes.map(({ on }) => on)).toEqual(
      changes
        .map(({ on }) => on)
        .toSorted()
        .toReversed(),
    )
    const text = changes.map(({ on, what }) => `${on} ${what}`).join('\n')
    for (const { name, since } of subprocessors)
      expect(text).toMatch(new RegExp(`${since} .*${name.split(/[ ,]/)[0]}`))
  })
})

describe('the feed of changes', () => {
  it('has an entry with an id of its own for each, escaped, and is dated by the newest', () => {
    const all = [
      { on: '2027-02-01', what: 'A & B <join>' },
      { on: '2027-01-01', what: 'Two' },
      { on: '2027-01-01', what: 'One' },
    ]
    const feed = atomFeed(all, 'Softivum')
    expect([...feed.matchAll(/<id>([^<]+)<\/id>/g)].map(([, id]) => id?.split(':').at(-1))).toEqual([
      'subprocessors',
      'subprocessors/2027-02-01/1',
      'subprocessors/2027-01-01/2',
      'subprocessors/2027-01-01/1',
    ])
    expect(feed).toContain('<title>A &amp; B &lt;join></title>')
    expect(feed.match(/<updated>([^<]+)/)?.[1]).toBe('2027-02-01T00:00:00Z')
  })
})

describe('/.well-known/data-catalog.json', () => {
  const policy = versionsOf(readVersions(), 'privacy').at(-1)
  if (!policy) throw new Error('no version')
  const document = JSON.parse(JSON.stringify(dataCatalog(facts, policy))) as ReturnType<typeof dataCatalog>

  it('has a version of its shape, and names the policy it belongs to by its hash', () => {
    expect(document.version).toBe(1)
    expect(document.policy).toEqual({
      version: policy.version,
      sha256: policy.hash,
      effective: policy.effective,
    })
  })

  it('describes every table with every column, and every other place', () => {
    expect(Object.keys(document.tables)).toEqual(Object.keys(facts.tables))
    for (const [name, table] of Object.entries(facts.tables))
      expect(Object.keys(document.tables[name]?.columns ?? {})).toEqual(Object.keys(table.columns))
    expect(document.tables.contacts?.columns.phone).toEqual({
      label: 'phone number',
      category: 'contact details',
      whose: 'contact',
      sealed: 'contact key',
      exported: true,
    })
    expect(Object.keys(document.stores)).toEqual(Object.keys(facts.bindings))
    for (const place of ['durableObjects', 'keys', 'files', 'queues', 'logs'] as const)
      expect(document[place]).not.toEqual({})
  })

  it('holds no limit and nothing secret: only the records that the policy is made of', () => {
    expect(Object.keys(document).sort()).toEqual([
      'clocks',
      'cookies',
      'durableObjects',
      'files',
      'keys',
      'logs',
      'operator',
      'policy',
      'queues',
      'stores',
      'subprocessors',
      'tables',
      'version',
    ])
  })
})
