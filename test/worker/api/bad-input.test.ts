import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { limits } from '../../../worker/ground/limits.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { seedCast } from '../../support/world.ts'
import { ask, dumpOf, keyFor, read } from './stage.ts'

let key: string
let before: string[]
const everybody = () =>
  Promise.all(
    [sol, monsoon].map(async ({ accountId }) =>
      (await dumpOf(accountId)).replace(/"last_used_at":(null|\d+)/g, ''),
    ),
  )

beforeAll(async () => {
  await seedCast()
  key = await keyFor(sol)
})
beforeEach(async () => {
  before = await everybody()
})
afterEach(async () => {
  expect(await everybody()).toEqual(before)
})

const json = { 'content-type': 'application/json' }
const post = (body: string | Uint8Array | ReadableStream, headers: Record<string, string> = json) =>
  ask('/api/v1/keys', { key, method: 'POST', body, headers })
const streamOf = (bytes: number) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (let sent = 0; sent < bytes; sent += 65_536) controller.enqueue(new Uint8Array(65_536).fill(0x20))
      controller.close()
    },
  })

describe('a body', () => {
  it.each<[string, string, Record<string, string>, number, string]>([
    ['truncated', '{"name":"x","sco', json, 400, 'bad_request'],
    ['empty', '', json, 400, 'bad_request'],
    ['a list', '[]', json, 400, 'bad_request'],
    ['nested ten thousand deep', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, json, 400, 'bad_request'],
    ['with a prototype in it', '{"__proto__":{"name":"x"},"scopes":["media"]}', json, 400, 'bad_request'],
    [
      'of another type',
      'name=x',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media',
    ],
    ['without a type', '{"name":"x","scopes":["media"]}', { 'content-type': '' }, 415, 'unsupported_media'],
    ['with a content encoding', '{}', { ...json, 'content-encoding': 'gzip' }, 415, 'unsupported_media'],
    ['over the bound', ' '.repeat(limits.apiBodyBytes + 1), json, 413, 'too_large'],
  ])('that is %s is a clear problem and changes nothing', async (_, body, headers, status, code) => {
    const answer = await post(body, headers)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await read(answer)).toMatchObject({
      type: `/errors/${code}`,
      status,
      code,
      title: expect.any(String),
      remedy: expect.any(String),
    })
  })

  it('over the bound is refused also in chunks and with a false length', async () => {
    expect((await post(streamOf(limits.apiBodyBytes + 65_536))).status).toBe(413)
    expect(
      (await post(streamOf(limits.apiBodyBytes + 65_536), { ...json, 'content-length': '10' })).status,
    ).toBe(413)
  })
})

describe('a query', () => {
  it.each(['limit=0', 'limit=201', 'limit=ten', 'limit=1.5', 'limit='])(
    'with %s names the field',
    async (query) => {
      const answer = await ask(`/api/v1/conversations?${query}`, { key })
      expect(answer.status).toBe(400)
      expect(await read(answer)).toMatchObject({
        code: 'bad_request',
        errors: [{ path: 'limit', message: expect.any(String) }],
      })
    },
  )

  it.each(['x', 'bnVsbA', 'WyJ4IiwieCJd', 'WzEsMl0', 'W10', 'A'.repeat(401), "'%20OR%201=1"])(
    'with the cursor %j names the field',
    async (cursor) => {
      for (const list of ['conversations', 'contacts', 'numbers', 'keys']) {
        const answer = await ask(`/api/v1/${list}?cursor=${cursor}`, { key })
        expect(answer.status).toBe(400)
        expect(await read(answer)).toMatchObject({ code: 'bad_request', errors: [{ path: 'cursor' }] })
      }
    },
  )
})

describe('an address', () => {
  it('that does not exist is not_found, with and without the prefix of the API', async () => {
    for (const path of ['/api/v1/nothing', '/api/nothing', '/api/v1/conversations/x/y', '/api/v2/keys']) {
      const answer = await ask(path, { key })
      expect(answer.status).toBe(404)
      expect(await read(answer)).toMatchObject({ code: 'not_found' })
    }
  })

  it('asked with another method names the ones it has', async () => {
    const cases: [string, string, string][] = [
      ['/api/v1/keys', 'PUT', 'GET, POST'],
      ['/api/v1/keys/key_x', 'GET', 'DELETE'],
      ['/api/v1/conversations/cnv_x/messages', 'PUT', 'GET, POST'],
    ]
    for (const [path, method, allow] of cases) {
      const answer = await ask(path, { key, method })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow])
      expect(await read(answer)).toMatchObject({ code: 'method_not_allowed' })
    }
  })

  it('with an id of any shape or length is not_found', async () => {
    for (const id of ['%00', 'x'.repeat(3_000), '..%2f..%2fkeys', "'--", '%F0%9F%8D%9E']) {
      expect((await ask(`/api/v1/contacts/${id}`, { key })).status).toBe(404)
    }
  })
})

describe('a key of the wrong scope', () => {
  it('is told which scope is missing, for every operation', async () => {
    const media = await keyFor(sol, ['media'])
    before = await everybody()
    const cases: [string, string, string][] = [
      ['GET', '/api/v1/conversations', 'conversations:read'],
      ['GET', '/api/v1/conversations/x', 'conversations:read'],
      ['GET', '/api/v1/conversations/x/messages', 'conversations:read'],
      ['GET', '/api/v1/contacts', 'conversations:read'],
      ['GET', '/api/v1/contacts/x', 'conversations:read'],
      ['GET', '/api/v1/numbers', 'numbers:read'],
      ['POST', '/api/v1/numbers', 'numbers:write'],
      ['GET', '/api/v1/keys', 'keys'],
      ['POST', '/api/v1/keys', 'keys'],
      ['DELETE', '/api/v1/keys/x', 'keys'],
    ]
    for (const [method, path, scope] of cases) {
      const answer = await ask(path, { key: media, method })
      expect(answer.status).toBe(403)
      expect(await read(answer)).toMatchObject({
        code: 'forbidden',
        detail: `This needs the scope ${scope}.`,
      })
    }
  })
})
