import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../../worker/app.ts'
import { dayMs } from '../../../worker/ground/limits.ts'
import { securityText } from '../../../worker/public-files.ts'
import { ask } from '../api/stage.ts'

const page = (status: number, type: string) =>
  createApp({
    loadSite: async () => ({
      fetch: () => new Response('hello', { status, headers: { 'content-type': type } }),
    }),
  })

async function headersOf(status: number, type: string, path = '/'): Promise<Headers> {
  const ctx = createExecutionContext()
  const answer = await page(status, type).fetch(new Request(`https://gateway.test${path}`), env, ctx)
  await answer.text()
  await waitOnExecutionContext(ctx)
  return answer.headers
}

const expected = {
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

describe('every answer', () => {
  it.each([
    [200, 'text/html'],
    [404, 'text/html; charset=utf-8'],
    [500, 'text/html'],
    [200, 'text/css'],
    [200, 'image/svg+xml'],
  ])('of the site, %i %s, is protected', async (status, type) => {
    const headers = await headersOf(status, type)
    expect(Object.fromEntries(headers)).toMatchObject(expected)
    expect(headers.get('permissions-policy')).toMatch(/camera=\(\), .*microphone=\(\)/)
  })

  it.each([
    '/healthz',
    '/openapi.json',
    '/robots.txt',
    '/.well-known/security.txt',
    '/api/nothing',
    '/api/v1/keys',
  ])('of %s is protected', async (path) => {
    expect(Object.fromEntries((await ask(path)).headers)).toMatchObject(expected)
  })

  it('that is a page allows nothing inline, nothing from elsewhere, and no frame around it', async () => {
    const policy = (await headersOf(200, 'text/html')).get('content-security-policy') as string
    const rules = new Map(policy.split('; ').map((rule) => rule.split(/ (.*)/) as [string, string]))
    expect(rules.get('default-src')).toBe("'none'")
    expect(rules.get('frame-ancestors')).toBe("'none'")
    expect(rules.get('base-uri')).toBe("'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    for (const [name, sources] of rules)
      expect(["'none'", "'self'", ...(name === 'img-src' ? ["'self' data:"] : [])]).toContain(sources)
  })

  it('says nothing of what it is made with', async () => {
    for (const headers of [await headersOf(200, 'text/html'), (await ask('/api/v1/keys')).headers]) {
      expect(
        [...headers.keys()].filter((name) => /server|powered|generator|version|runtime/.test(name)),
      ).toEqual([])
      expect([...headers.values()].join()).not.toMatch(/astro|hono|workerd|node/i)
    }
  })
})

describe('security.txt', () => {
  const expiryOf = (now: number) =>
    Date.parse(/Expires: (.*)/.exec(securityText('https://x.test', now))?.[1] ?? '')

  it('expires six to twelve months from whenever it is read', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        (at) => {
          const ahead = expiryOf(at.getTime()) - at.getTime()
          expect(ahead).toBeGreaterThan(183 * dayMs)
          expect(ahead).toBeLessThan(365 * dayMs)
        },
      ),
    )
  })

  it('is the same bytes for a whole month, and others in the next', () => {
    const text = (iso: string) => securityText('https://x.test', Date.parse(iso))
    expect(text('2026-11-01T00:00:00Z')).toBe(text('2026-11-30T23:59:59Z'))
    expect(text('2026-12-01T00:00:00Z')).not.toBe(text('2026-11-30T23:59:59Z'))
  })
})
