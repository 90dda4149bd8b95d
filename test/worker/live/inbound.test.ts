// What Meta tells us reaches the browsers of the business, and of no other.

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { requestDeletion } from '../../../worker/deletion/request.ts'
import { settingsOf } from '../../../worker/env.ts'
import { openRequest } from '../../../worker/rights/requests.ts'
import { ana, monsoon, sol } from '../../support/cast.ts'
import { drain } from '../../support/intake.ts'
import { messageChange, postChanges, statusChange, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'
import { ask, keyFor, read } from '../api/stage.ts'
import { type Line, listen } from './line.ts'

const seconds = Math.floor(Date.now() / 1000)
let key: string
let line: Line
let neighbour: Line
beforeAll(async () => {
  await seedCast()
  key = await keyFor(sol)
  line = await listen({ key })
  neighbour = await listen({ key: await keyFor(monsoon) })
  expect([(await line.next()).type, (await neighbour.next()).type]).toEqual(['hello', 'hello'])
})

describe('a line to the feed', () => {
  it('hears of a message once its rows stand, in one word for a batch', async () => {
    await postChanges(
      sol,
      messageChange(sol, ana, textMessage('wamid.L1', 'one', seconds)),
      messageChange(sol, ana, textMessage('wamid.L2', 'two', seconds)),
    )
    await drain(sol)
    const { changes = [] } = await line.next()
    const { data } = await read(await ask('/api/v1/conversations', { key }))
    const named = changes as { kind: string; conversationId: string; messageId: string }[]
    expect(named.map(({ kind, conversationId }) => [kind, conversationId])).toEqual([
      ['message', data[0]?.id],
      ['message', data[0]?.id],
    ])
    const texts = await Promise.all(
      named.map(
        async ({ messageId }) => (await read(await ask(`/api/v1/messages/${messageId}`, { key }))).text,
      ),
    )
    expect(texts).toEqual(['one', 'two'])
    expect(await neighbour.all()).toEqual([])
  })

  it('hears nothing of a message that comes again', async () => {
    await postChanges(sol, messageChange(sol, ana, textMessage('wamid.L1', 'one', seconds)))
    await drain(sol)
    expect(await line.all()).toEqual([])
  })

  it('hears of a status, a reaction and a wish', async () => {
    await postChanges(
      sol,
      statusChange(sol, ana, { id: 'wamid.OUT', status: 'delivered', timestamp: String(seconds) }),
    )
    await drain(sol)
    expect((await line.next()).changes).toEqual([
      { kind: 'message', conversationId: expect.stringMatching(/^cnv_/) },
    ])
    await postChanges(
      sol,
      messageChange(sol, ana, {
        id: 'wamid.R1',
        timestamp: String(seconds),
        type: 'reaction',
        reaction: { message_id: 'wamid.L1', emoji: '👍' },
      }),
      messageChange(sol, ana, textMessage('wamid.W1', 'delete my data', seconds)),
    )
    await drain(sol)
    const kinds = (await line.all()).flatMap(({ changes = [] }) => changes.map(({ kind }) => kind))
    expect(new Set(kinds)).toEqual(new Set(['message', 'requests']))
  })

  it('hears that a person asked for something, and that it was decided', async () => {
    const { data } = await read(await ask('/api/v1/contacts', { key }))
    const asked = {
      accountId: sol.accountId,
      subjectKind: 'contact',
      subjectId: data[0]?.id as string,
    } as const
    const world = { env, settings: settingsOf(env), now: Date.now() }
    await line.all()
    const { id } = await openRequest(world, { ...asked, type: 'access', door: 'chat', language: 'en' })
    expect((await line.next()).changes).toEqual([{ kind: 'requests' }])
    const told = await ask(`/api/v1/requests/${id}/refuse`, { key, body: { reason: 'not_identified' } })
    expect(told.status).toBeLessThan(300)
    expect((await line.next()).changes).toEqual([{ kind: 'requests' }])
    expect(await neighbour.all()).toEqual([])
  })

  it('hears that a person is gone the moment their erasure is asked for', async () => {
    const { data } = await read(await ask('/api/v1/contacts', { key }))
    const contactId = data[0]?.id as string
    await line.all()
    await requestDeletion(
      { env, settings: settingsOf(env), now: Date.now() },
      { accountId: sol.accountId, scope: 'contact', subjectId: contactId, door: 'api', actor: 'key:x' },
    )
    const words = await line.all()
    expect(words[0]?.changes).toEqual(
      expect.arrayContaining([
        { kind: 'contact_gone', contactId },
        { kind: 'deletion', deletionId: expect.stringMatching(/^del_/) },
      ]),
    )
    expect(await neighbour.all()).toEqual([])
  })
})
