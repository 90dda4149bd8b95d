// The doors of requests, as businesses and whoever operates the gateway find them.

import { describe, expect, it } from 'vitest'
import { openRequest } from '../../../worker/rights/requests.ts'
import { sol } from '../../support/cast.ts'
import { ownerOf } from '../../support/world.ts'
import { ask, keyFor, read } from '../api/stage.ts'
import { door, outside, prove, stage } from './door-stage.ts'
import { contactOf, entriesOf, memberOf, requestRow, worldAt } from './seed.ts'

const keys = stage()

describe('a business', () => {
  const opened = (subjectId: string, type: 'access' | 'delete' | 'restrict' | 'correct' = 'delete') =>
    openRequest(worldAt(Date.now()), {
      accountId: sol.accountId,
      subjectKind: 'contact',
      subjectId,
      type,
      door: 'chat',
      language: 'en',
    })

  it('sees what its contacts asked, newest first, and not their codes, its members’ requests, or another’s', async () => {
    const her = await contactOf(sol)
    const { id, code } = await opened(her)
    await openRequest(worldAt(Date.now()), {
      accountId: sol.accountId,
      subjectKind: 'member',
      subjectId: ownerOf(sol),
      type: 'access',
      door: 'mail',
      language: 'en',
    })
    const answer = await ask('/api/v1/requests', { key: keys.key })
    expect(await answer.clone().text()).not.toContain(code)
    expect((await read(answer)).data).toMatchObject([{ id, contactId: her, state: 'waiting' }])
    expect((await read(await ask('/api/v1/requests?state=done', { key: keys.key }))).data).toEqual([])
    expect((await read(await ask('/api/v1/requests', { key: keys.theirKey }))).data).toEqual([])
  })

  it('of others finds nothing at the id of a request, whatever it tries', async () => {
    const { id } = await opened(await contactOf(sol))
    const missing = await (await ask('/api/v1/requests/rgt_nobody', { key: keys.theirKey })).text()
    for (const [path, body] of [
      ['', undefined],
      ['/grant', {}],
      ['/refuse', { reason: 'legal_claims' }],
      ['/messages', { text: 'hello' }],
      ['/done', {}],
    ] as const) {
      const answer = await ask(`/api/v1/requests/${id}${path}`, {
        key: keys.theirKey,
        ...(body ? { body } : {}),
      })
      expect([path, answer.status, await answer.text()]).toEqual([path, 404, missing])
    }
    expect(await requestRow(id)).toMatchObject({ state: 'waiting' })
  })

  it('with a key of another scope is refused', async () => {
    const weak = await keyFor(sol, ['conversations:read'])
    const { id } = await opened(await contactOf(sol))
    for (const path of ['/requests', `/requests/${id}`, '/request-rules'])
      expect((await ask(`/api/v1${path}`, { key: weak })).status).toBe(403)
  })

  it('refuses with a reason of the list and no other, and the person reads it with where to complain', async () => {
    const { id, code } = await opened(await contactOf(sol))
    for (const reason of ['because', 'sole_owner', 'not_held', ''])
      expect((await ask(`/api/v1/requests/${id}/refuse`, { key: keys.key, body: { reason } })).status).toBe(
        400,
      )
    await ask(`/api/v1/requests/${id}/refuse`, { key: keys.key, body: { reason: 'legal_obligation' } })
    const { refusal } = await read(await door(`/requests/${code}`))
    expect(refusal).toMatchObject({ code: 'legal_obligation', says: expect.stringMatching(/law/) })
    expect((refusal as { complainTo: unknown[] }).complainTo.length).toBeGreaterThan(2)
    expect((await ask(`/api/v1/requests/${id}/grant`, { key: keys.key, method: 'POST' })).status).toBe(409)
  })

  it('says what it wants done with requests', async () => {
    expect(await read(await ask('/api/v1/request-rules', { key: keys.key }))).toEqual({
      letThrough: 'decide',
    })
    await ask('/api/v1/request-rules', { key: keys.key, method: 'PUT', body: { letThrough: 'at_once' } })
    expect(await read(await ask('/api/v1/request-rules', { key: keys.key }))).toEqual({
      letThrough: 'at_once',
    })
    expect(await read(await ask('/api/v1/request-rules', { key: keys.theirKey }))).toEqual({
      letThrough: 'decide',
    })
    await ask('/api/v1/request-rules', { key: keys.key, method: 'PUT', body: { letThrough: 'decide' } })
  })

  it('neither sees, exports nor lists somebody who asked to be left alone, until it ends that and they are told', async () => {
    const her = await contactOf(sol)
    const neighbour = await contactOf(sol)
    const listed = async () =>
      (await read(await ask('/api/v1/contacts?limit=200', { key: keys.key }))).data.map(({ id }) => id)
    const exported = async (id: string) =>
      (await ask(`/api/v1/contacts/${id}/export`, { key: keys.key })).status
    expect(await listed()).toEqual(expect.arrayContaining([her, neighbour]))
    const { id } = await opened(her, 'restrict')
    await ask(`/api/v1/requests/${id}/grant`, { key: keys.key, method: 'POST' })
    expect(await listed()).not.toContain(her)
    expect(await listed()).toContain(neighbour)
    expect(await exported(her)).toBe(404)
    expect(await exported(neighbour)).toBe(200)
    expect((await ask(`/api/v1/contacts/${her}`, { key: keys.key })).status).toBe(404)
    expect(
      (await ask(`/api/v1/contacts/${her}/restriction`, { key: keys.theirKey, method: 'DELETE' })).status,
    ).toBe(404)
    expect(await listed()).not.toContain(her)
    expect(
      (await ask(`/api/v1/contacts/${her}/restriction`, { key: keys.key, method: 'DELETE' })).status,
    ).toBe(204)
    expect(await listed()).toContain(her)
    expect(await exported(her)).toBe(200)
    expect(
      (await ask(`/api/v1/contacts/${her}/restriction`, { key: keys.key, method: 'DELETE' })).status,
    ).toBe(404)
    expect(await entriesOf(her)).toContainEqual(expect.stringMatching(/restriction\.lift/))
  })

  it('cannot end a restriction that stands because of a deletion', async () => {
    const her = await contactOf(sol)
    await ask(`/api/v1/contacts/${her}/deletion`, { key: keys.key, method: 'POST' })
    expect(
      (await ask(`/api/v1/contacts/${her}/restriction`, { key: keys.key, method: 'DELETE' })).status,
    ).toBe(404)
  })
})

describe('whoever operates the gateway', () => {
  const operator = (path: string, body?: unknown) =>
    ask(`/api/v1/operator/requests${path}`, {
      key: 'test-operator-key-0001',
      env: outside,
      ...(body === undefined ? {} : { body }),
    })

  it('answers what a member asked of us: by mail, until it is done', async () => {
    const email = 'mio@example.com'
    await memberOf(sol, email)
    const { requests } = await prove(email, 'correct')
    const code = requests[0]?.code as string
    const { data } = await read(await operator(''))
    expect(data).toMatchObject([{ type: 'correct', about: 'member', state: 'granted' }])
    const id = data[0]?.id as string
    await door(`/requests/${code}/messages`, { text: 'my name has two m' })
    expect((await read(await operator(`/${id}`))).messages).toMatchObject([
      { by: 'person', text: 'my name has two m' },
    ])
    expect((await operator(`/${id}/messages`, { text: 'we have mended it' })).status).toBe(201)
    expect((await operator(`/${id}/done`, {})).status).toBe(200)
    expect((await operator(`/${id}/done`, {})).status).toBe(409)
    expect(await read(await door(`/requests/${code}`))).toMatchObject({
      state: 'done',
      messages: [{ by: 'person' }, { by: 'us', text: 'we have mended it' }],
    })
    expect(await entriesOf(id)).toContain('operator request.finish')
  })

  it('has no say in what contacts ask of their business, and nobody else has in this', async () => {
    const { id } = await openRequest(worldAt(Date.now()), {
      accountId: sol.accountId,
      subjectKind: 'contact',
      subjectId: await contactOf(sol),
      type: 'correct',
      door: 'chat',
      language: 'en',
    })
    expect((await operator(`/${id}`)).status).toBe(404)
    expect((await operator(`/${id}/done`, {})).status).toBe(404)
    expect((await ask('/api/v1/operator/requests', { key: keys.key })).status).toBe(404)
    expect((await read(await operator(''))).data).toEqual([])
  })
})
