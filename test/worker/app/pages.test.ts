import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { walkMailCode } from '../../../site/components/mail-code.ts'
import { createApp } from '../../../worker/app.ts'
import { showPage } from '../../../worker/pages.ts'
import { publicPages } from '../../../worker/public-files.ts'
import { version } from '../notices/stage.ts'

const foot = (says: string) => `<p>${says}</p><footer><p class="gpc" data-gpc hidden>honoured</p></footer>`
const file = (body: string, headers = {}) => ({
  body,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'public, max-age=0, must-revalidate',
    etag: `"of ${body.length}"`,
    ...headers,
  },
})
/** What the build would hold; one address redirects to its slash, as the platform's assets do. */
const built: Record<string, ReturnType<typeof file>> = {
  '/': file(foot('home')),
  '/privacy/1': file(foot('privacy one')),
  '/privacy/2': file(foot('privacy two, longer')),
  '/terms/1': file(foot('terms')),
  '/cookies/': file(foot('cookies')),
  '/errors/not_found': file(foot('an error')),
  '/_astro/site.abc123.css': file('p {}', { 'content-type': 'text/css' }),
  '/social.png': file('png', { 'content-type': 'image/png' }),
}
const asked: Request[] = []
const site = {
  fetch: async (request: Request) => {
    asked.push(request)
    const { pathname } = new URL(request.url)
    const found = built[pathname]
    if (found) return new Response(found.body, found)
    if (built[`${pathname}/`])
      return new Response(null, { status: 307, headers: { location: `${pathname}/` } })
    if (pathname.startsWith('/data-deletion/'))
      return new Response(foot('status'), { headers: { 'content-type': 'text/html' } })
    return new Response(foot('no page'), {
      status: 404,
      headers: { 'content-type': 'text/html', etag: '"404"' },
    })
  },
}
const app = createApp({ loadSite: async () => site })

async function get(path: string, init: RequestInit = {}, world: Env = env): Promise<Response> {
  const ctx = createExecutionContext()
  const answer = await app.fetch(new Request(`https://gateway.test${path}`, init), world, ctx)
  const text = await answer.text()
  await waitOnExecutionContext(ctx)
  return new Response(answer.status === 304 ? null : text, answer)
}

const noDatabase = {
  ...env,
  DB: {
    prepare: () => {
      throw new Error('no database')
    },
  },
} as unknown as Env

describe('/privacy and /terms', () => {
  it.each(['/privacy', '/privacy/', '/terms', '/terms/'])(
    '%s answers the page itself, no redirect',
    async (path) => {
      for (const method of ['GET', 'HEAD']) {
        const answer = await get(path, { method, redirect: 'manual' })
        expect(answer.status).toBe(200)
        expect(answer.headers.get('cache-control')).toBe('public, max-age=300')
        expect(answer.headers.get('etag')).toBeTruthy()
        expect(answer.headers.get('set-cookie')).toBeNull()
        expect(answer.headers.get('x-robots-tag')).toBeNull()
      }
    },
  )

  it('answer the bytes of the version in force, also to a crawler, also without a database', async () => {
    for (const world of [{ ...env }, noDatabase] as Env[])
      for (const agent of ['facebookexternalhit/1.1', 'curl/8.0', '']) {
        const answer = await get('/privacy', { headers: { 'user-agent': agent } }, world)
        expect([answer.status, await answer.text()]).toEqual([200, built['/privacy/1']?.body])
      }
    expect(await (await get('/terms')).text()).toBe(built['/terms/1']?.body)
  })

  it('show the version that the database says, and each version stays at its own address', async () => {
    const known = [version('privacy', 1), version('privacy', 2), version('terms', 1)]
    const world = { ...env } as Env
    await env.DB.exec(
      "INSERT INTO document_versions VALUES ('privacy', '2', 'h', 'h', 1, 1, 1, 1, 1), ('terms', '1', 'h', 'h', 0, 1, 1, 1, 1)",
    )
    const show = async (path: string) => {
      const ctx = createExecutionContext()
      const request = new Request(`https://gateway.test${path}?from=mail`)
      const answer = await showPage(site, { request, env: world, ctx, now: Date.now() }, known)
      await waitOnExecutionContext(ctx)
      return answer.text()
    }
    expect(await show('/privacy')).toBe(built['/privacy/2']?.body)
    expect(await show('/privacy/1')).toBe(built['/privacy/1']?.body)
    expect(await show('/terms')).toBe(built['/terms/1']?.body)
  })
})

describe('a page', () => {
  it('is answered whole where the files would redirect to a slash, and other redirects stay', async () => {
    const answer = await get('/cookies', { redirect: 'manual' })
    expect([answer.status, await answer.text()]).toEqual([200, built['/cookies/']?.body])
    const away = createApp({
      loadSite: async () => ({
        fetch: () => new Response(null, { status: 303, headers: { location: '/elsewhere' } }),
      }),
    })
    const ctx = createExecutionContext()
    const other = await away.fetch(new Request('https://gateway.test/here'), env, ctx)
    expect([other.status, other.headers.get('location')]).toEqual([303, '/elsewhere'])
  })

  it('that the reader has already is answered 304 with its ETag, and another one is not', async () => {
    const etag = (await get('/privacy')).headers.get('etag') as string
    for (const held of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const answer = await get('/privacy', { headers: { 'if-none-match': held } })
      expect([answer.status, answer.headers.get('etag'), await answer.text()]).toEqual([304, etag, ''])
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
    expect((await get('/privacy', { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    expect((await get('/nothing', { headers: { 'if-none-match': '"404"' } })).status).toBe(404)
  })

  it('is to be found only when it is in the list; what one person has the address of is kept by nobody', async () => {
    const robots = async (path: string) => (await get(path)).headers.get('x-robots-tag')
    expect(await robots('/')).toBeNull()
    expect(await robots('/errors/not_found')).toBeNull()
    const status = await get('/data-deletion/7d2f4h6j8k0m1n3p5q7r9s1t3v')
    expect([status.headers.get('x-robots-tag'), status.headers.get('cache-control')]).toEqual([
      'noindex',
      'no-store',
    ])
    const missing = await get('/nothing')
    expect([missing.status, missing.headers.get('x-robots-tag')]).toEqual([404, 'noindex'])
    expect(missing.headers.get('cache-control')).toBe('no-store')
  })

  it('brings files that are named by their content to stay, and lets others show the picture of a link', async () => {
    const { headers } = await get('/_astro/site.abc123.css')
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(headers.get('vary')).toBeNull()
    expect((await get('/social.png')).headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  })
})

describe('Global Privacy Control', () => {
  const signal = { 'sec-gpc': '1' }

  it.each(['/', '/privacy', '/data-deletion/code', '/nothing'])(
    'shows on %s that it was received',
    async (path) => {
      const plain = await get(path)
      const answer = await get(path, { headers: signal })
      expect(await plain.text()).toContain('<p class="gpc" data-gpc hidden>honoured</p>')
      expect(await answer.text()).toContain('<p class="gpc" data-gpc>honoured</p>')
      for (const { headers } of [plain, answer]) expect(headers.get('vary')).toContain('Sec-GPC')
      expect(answer.status).toBe(plain.status)
    },
  )

  it('shows on the answer to a form, too', async () => {
    const answer = await get('/data-deletion/code', { method: 'POST', headers: signal, body: 'a=b' })
    expect(await answer.text()).toContain('<p class="gpc" data-gpc>honoured</p>')
  })

  it.each(['0', '2', 'true', '1, 1', ''])('is not taken from the value "%s"', async (value) => {
    expect(await (await get('/', { headers: { 'sec-gpc': value } })).text()).toContain('data-gpc hidden')
  })

  it('is not lost between the two forms of a page in a cache', async () => {
    const plain = (await get('/')).headers.get('etag') as string
    const shown = (await get('/', { headers: signal })).headers.get('etag') as string
    expect(shown).not.toBe(plain)
    const ask = async (held: string, headers = {}) =>
      (await get('/', { headers: { ...headers, 'if-none-match': held } })).status
    expect([await ask(plain), await ask(plain, signal)]).toEqual([304, 200])
    expect([await ask(shown), await ask(shown, signal)]).toEqual([200, 304])
  })

  it('changes nothing in a file that is no page', async () => {
    const path = '/_astro/site.abc123.css'
    expect(await (await get(path, { headers: signal })).text()).toBe('p {}')
  })
})

describe('a form with a code from a mail', () => {
  const sent = (body: string) => {
    const url = new URL('https://gateway.test/data-deletion/mail')
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return walkMailCode({ url, request: new Request(url, { method: 'POST', headers, body }) })
  }

  it('whose time cannot be read is answered in words, and the code is not tried', async () => {
    const form = 'id=cha_1&email=ana%40example.org&type=export&code=123456'
    for (const until of ['garbage', '', '2026-13-45T00:00:00Z', '+275760-09-14T00:00:00Z', '2026'])
      expect(await sent(`${form}&until=${encodeURIComponent(until)}`)).toMatchObject({
        step: 'code',
        id: 'cha_1',
        status: 422,
        wanted: 'export',
        expiresAt: undefined,
        error: expect.stringContaining('did not arrive as it was made'),
      })
    const until = '2026-11-22T09:30:00.000Z'
    const read = await sent(`${form}&until=${encodeURIComponent(until)}`)
    expect(read).toMatchObject({ step: 'code', status: 422, expiresAt: until })
    expect(read.error).toContain('This code is not right')
  })
})

describe('for machines', () => {
  it('/sitemap.xml names every public page and every version, once, at the public address', async () => {
    const answer = await get('/sitemap.xml')
    expect(answer.headers.get('content-type')).toBe('application/xml')
    const found = [...(await answer.text()).matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, url]) => url)
    expect(found).toEqual(publicPages.map((path) => `https://gateway.test${path}`))
    expect(new Set(found).size).toBe(found.length)
    for (const path of ['/privacy', '/privacy/1', '/terms/1', '/data-deletion', '/subprocessors'])
      expect(publicPages).toContain(path)
  })

  it('/robots.txt forbids nothing and names the sitemap', async () => {
    const text = await (await get('/robots.txt')).text()
    expect(text).not.toMatch(/disallow/i)
    expect(text).toContain('Sitemap: https://gateway.test/sitemap.xml')
  })

  it('/.well-known/gpc.json says that the signal is honoured', async () => {
    const answer = await get('/.well-known/gpc.json')
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(await answer.json()).toEqual({ gpc: true, lastUpdate: '2026-11-22' })
  })

  it('/.well-known/change-password leads on and is no page; what is not there is not found', async () => {
    const answer = await get('/.well-known/change-password', { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/security#sign-in'])
    expect(
      (await get('/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200')).status,
    ).toBe(404)
  })

  it('/.well-known/security.txt has what RFC 9116 asks for, and expires within a year', async () => {
    const answer = await get('/.well-known/security.txt')
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; ?charset=utf-8$/i)
    const text = await answer.text()
    expect(text).toContain('Contact: mailto:contact@softivum.com\n')
    expect(text).toContain('Canonical: https://gateway.test/.well-known/security.txt\n')
    expect(text).toContain('Policy: https://gateway.test/security\n')
    expect(text).toContain('Preferred-Languages: en\n')
  })
})
