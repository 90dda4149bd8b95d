import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../../worker/app.ts'
import { sol } from '../../support/cast.ts'
import { seedCast } from '../../support/world.ts'
import { ask, keyFor, read } from '../api/stage.ts'

beforeAll(seedCast)
afterEach(() => vi.restoreAllMocks())

const half = { ...env, META_VERIFY_TOKEN: '' } as Env

describe('a page', () => {
  it('is read and posted to and nothing else, and the framework’s own doors are shut', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await ask('/privacy', { method })
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD, POST'])
    }
    for (const path of ['/_image?href=/social.png', '/_server-islands/x']) {
      const answer = await ask(path)
      expect([path, answer.status]).toEqual([path, 404])
      expect(await answer.text()).toContain('"code":"not_found"')
    }
    expect((await ask('/nothing/here')).headers.get('content-type')).not.toContain('problem')
  })
})

describe('a half-configured Worker', () => {
  it('answers 503 everywhere, says so at /healthz, and names the setting in the log only', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'error').mockImplementation((line: string) => void lines.push(line))
    const key = await keyFor(sol)
    for (const path of [
      '/',
      '/webhooks/meta?hub.mode=subscribe',
      '/api/v1/keys',
      `/v25.0/${sol.phoneNumberId}`,
      '/openapi.json',
    ]) {
      const answer = await ask(path, { key, env: half })
      expect([path, answer.status, answer.headers.get('retry-after')]).toEqual([path, 503, '60'])
      const text = await answer.text()
      expect(text).toContain('"code":"unavailable"')
      expect(text).not.toContain('META')
    }
    const health = await ask('/healthz', { env: half })
    expect([health.status, await health.json()]).toEqual([503, { status: 'not configured' }])
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('META_VERIFY_TOKEN')
  })

  it('accepts no webhook signed with a blank secret', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    for (const secrets of ['', ',', 'test_app_secret,', 'short']) {
      const answer = await ask('/webhooks/meta', {
        body: '{}',
        env: { ...env, META_APP_SECRETS: secrets } as Env,
      })
      expect(answer.status).toBe(503)
    }
  })
})

describe('the app', () => {
  it('says that it is well', async () => {
    const answer = await ask('/healthz')
    const canary = { state: 'none', at: null }
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', canary }])
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('says so when the database does not answer, and is well all the same', async () => {
    const prepare = () => {
      throw new Error('no database')
    }
    const answer = await ask('/healthz', { env: { ...env, DB: { prepare } } as unknown as Env })
    const canary = { state: 'unreadable', at: null }
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', canary }])
  })

  it('protects every answer, and keeps those of the API out of caches', async () => {
    const key = await keyFor(sol)
    for (const path of [
      '/healthz',
      '/',
      '/api/v1/keys',
      '/api/nothing',
      '/openapi.json',
      '/webhooks/meta',
      `/v25.0/${sol.phoneNumberId}/messages`,
    ]) {
      const { headers } = await ask(path, { key })
      expect([
        headers.get('x-content-type-options'),
        headers.get('referrer-policy'),
        headers.get('strict-transport-security'),
      ]).toEqual(['nosniff', 'same-origin', 'max-age=63072000'])
      if (path.startsWith('/api/') || path.startsWith('/v25.0/'))
        expect(headers.get('cache-control')).toBe('no-store')
    }
    const page = await ask('/')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('set-cookie')).toBeNull()
  })

  it('protects answers whose headers cannot be changed', async () => {
    const assets = createApp({ loadSite: async () => ({ fetch: () => fetch('data:text/html,hello') }) })
    const answer = await assets.fetch(new Request('https://gateway.test/'), env, createExecutionContext())
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await answer.text()).toBe('hello')
  })

  it('loads the site for pages and for nothing else', async () => {
    let loaded = 0
    const lazy = createApp({
      loadSite: async () => {
        loaded++
        return { fetch: (request) => new Response(`page ${new URL(request.url).pathname}`) }
      },
    })
    const get = (path: string) =>
      lazy.fetch(new Request(`https://gateway.test${path}`), env, createExecutionContext())
    for (const path of [
      '/healthz',
      '/webhooks/meta',
      '/api/v1/keys',
      '/api/nothing',
      '/openapi.json',
      '/v25.0/1/messages',
    ])
      await get(path)
    expect(loaded).toBe(0)
    expect(await (await get('/docs/api')).text()).toBe('page /docs/api')
    expect(loaded).toBe(1)
  })

  it('answers what nobody expected with a problem that says nothing of it, and names it in the log', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'error').mockImplementation((line: string) => void lines.push(line))
    const key = await keyFor(sol)
    const broken = {
      ...env,
      KEEPER: {
        getByName: () => {
          throw new TypeError('secret detail 34600111222')
        },
      },
    } as unknown as Env
    const answer = await ask('/api/v1/operator/workspaces', {
      key: env.OPERATOR_KEY as string,
      env: broken,
      body: { name: 'x', ownerEmail: 'x@example.com' },
    })
    expect(answer.status).toBe(500)
    const problem = await read(answer)
    expect(problem).toMatchObject({ code: 'internal', instance: expect.stringMatching(/^req_/) })
    expect(JSON.stringify(problem) + lines.join()).not.toContain('secret detail')
    expect(lines.join()).toContain('TypeError')
    expect((await ask('/api/v1/keys', { key })).status).toBe(200)
  })

  it('answers the Cloud API without a key in Meta’s shape, our own in ours', async () => {
    const meta = await read(await ask(`/v25.0/${sol.phoneNumberId}/messages`, { body: {} }))
    expect(meta.error).toMatchObject({ code: 190 })
    expect(await read(await ask('/api/v1/keys'))).toMatchObject({ code: 'unauthorized' })
  })
})
