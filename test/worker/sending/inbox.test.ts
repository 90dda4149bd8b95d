// The inbox says something: the same gates, idempotency and record as every send, answered with our message.

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { schema, writeBatch } from '../../../db/client.ts'
import { loadPrincipal } from '../../../worker/accounts/auth.ts'
import type { DoorEnv } from '../../../worker/audit/principal.ts'
import { filesInsert, sealFileContent } from '../../../worker/conversations/files.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import { Problem, problemResponse } from '../../../worker/ground/problems.ts'
import { inboxWith } from '../../../worker/sending/inbox-routes.ts'
import { usual } from '../../../worker/sending/outside.ts'
import { signInAs } from '../../support/session.ts'
import { seedConversation } from '../api/seed.ts'
import { ask, read } from '../api/stage.ts'
import {
  ana,
  auditRows,
  db,
  messageRows,
  monsoon,
  openStage,
  type Stage,
  settings,
  sol,
  wrote,
} from './stage.ts'

const { templates } = schema
let stage: Stage
let calls: { url: string; body: Record<string, unknown> }[]
let conversationId: string
let firstId: string
let refuses: Response | undefined

const app = new Hono<DoorEnv>()
  .use(async (c, next) => {
    c.set('settings', settings)
    const principal = await loadPrincipal(db, c.req.header('authorization'), Date.now(), () => undefined)
    if (principal) c.set('principal', principal)
    await next()
  })
  .route(
    '/',
    inboxWith({
      times: { ...usual.times, graphLateMs: 0 },
      fetch: async (input, init) => {
        const request = new Request(input, init)
        calls.push({ url: input, body: (await request.clone().json()) as Record<string, unknown> })
        const refused = refuses
        refuses = undefined
        return refused ?? stage.meta.fetch(request)
      },
    }),
  )
app.onError((cause) =>
  cause instanceof Problem ? problemResponse(cause.code, cause.details) : problemResponse('internal'),
)

type Answer = { status: number; json: Record<string, unknown> }
async function post(
  path: string,
  body: unknown,
  { key = stage.keys.sol, idempotency }: { key?: string; idempotency?: string } = {},
): Promise<Answer> {
  const context = createExecutionContext()
  const request = new Request(`https://gateway.test/conversations/${conversationId}/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(idempotency === undefined ? {} : { 'idempotency-key': idempotency }),
    },
  })
  const answer = await app.fetch(request, env, context)
  const text = await answer.text()
  await waitOnExecutionContext(context)
  return { status: answer.status, json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
}
const say = (body: unknown, idempotency?: string) =>
  post('messages', body, idempotency === undefined ? {} : { idempotency })

beforeAll(async () => {
  stage = await openStage()
  calls = []
  const wamid = await wrote(stage, sol, 'ana')
  const seeded = await seedConversation(sol, ana, [{ wamid, at: Date.now() - 1000 }])
  conversationId = seeded.conversationId
  firstId = (await messageRows(sol))[0]?.id as string
})
beforeEach(() => {
  calls = []
})

/** A file that was uploaded for this conversation, as the media walk leaves it. */
async function uploaded(messageId: string): Promise<string> {
  const { accountId, numberId } = sol
  const contactId = (await messageRows(sol))[0]?.contactId as string
  const key = await keeperOf(env.KEEPER, accountId).keyFor(contactId)
  const at = Date.now()
  await writeBatch(db, [
    filesInsert(db, [
      {
        ...{ messageId, accountId, numberId, contactId, holderId: contactId, direction: 'out' },
        ...{ state: 'uploaded', mime: 'image/jpeg', bytes: 300, createdAt: at, nextAt: at + 60_000 },
        content: await sealFileContent(key, messageId, { kind: 'image', id: '901700800900100' }),
      },
    ]),
  ])
  return messageId
}

const kinds: [string, Record<string, unknown>][] = [
  ['text', { text: { body: 'Su pedido sale hoy' } }],
  ['image', { image: { link: 'https://media.example.com/cake.jpg', caption: 'cake' } }],
  ['document', { document: { link: 'https://media.example.com/bill.pdf', filename: 'bill.pdf' } }],
  ['location', { location: { latitude: 40.4, longitude: -3.7, name: 'Panadería' } }],
  ['contacts', { contacts: [{ name: { formatted_name: 'Sol', first_name: 'Sol' } }] }],
  [
    'interactive',
    {
      interactive: {
        type: 'button',
        body: { text: '¿Confirmamos?' },
        action: { buttons: [{ type: 'reply', reply: { id: 'yes', title: 'Sí' } }] },
      },
    },
  ],
  ['template', { template: { name: 'hello_world', language: { code: 'en_US' } } }],
]

describe('a message from the inbox', () => {
  it.each(kinds)('of the type %s reaches Meta and is answered as ours', async (type, payload) => {
    const { status, json } = await say({ type, ...payload })
    expect(json).toMatchObject({ direction: 'out', type, status: 'accepted', wamid: expect.any(String) })
    expect(status).toBe(202)
    expect(json.sentBy).toMatch(/^key:/)
    expect(calls).toHaveLength(1)
    expect(calls[0]?.body).toMatchObject({ to: `+${ana.phone}`, type, [type]: payload[type] })
  })

  it('of a template reads as the person reads it, of this account alone, and by its name where its words are not known', async () => {
    const template = {
      ...{ id: 'tpl_mine', accountId: sol.accountId, wabaId: sol.wabaId, metaId: '1', name: 'hello_world' },
      ...{ language: 'en_US', category: 'UTILITY', status: 'APPROVED', updatedAt: 1, syncedAt: 1 },
      components: [{ type: 'BODY', text: 'Dear {{customer}}, come by.' }],
    }
    const theirs = { ...template, id: 'tpl_theirs', accountId: monsoon.accountId, wabaId: monsoon.wabaId }
    const parameters = [{ type: 'text', parameter_name: 'customer', text: 'Ana' }]
    const payload = {
      name: 'hello_world',
      language: { code: 'en_US' },
      components: [{ type: 'body', parameters }],
    }
    const read = async () => (await say({ type: 'template', template: payload })).json.text
    await db.insert(templates).values({ ...theirs, components: [{ type: 'BODY', text: 'Theirs' }] })
    expect(await read()).toBe('hello_world')
    await db.insert(templates).values({ ...template, metaId: '2' })
    expect(await read()).toBe('Dear Ana, come by.')
    expect(calls[1]?.body.template).toEqual(payload)
    await db.delete(templates)
  })

  it('names what it answers by the id that Meta knows', async () => {
    const { json } = await say({ type: 'text', text: { body: 'sí' }, replyTo: firstId })
    expect(json.replyToId).toBe(firstId)
    const context = calls[0]?.body.context as { message_id: string }
    expect(context.message_id).toMatch(/^wamid\./)
    expect((await say({ type: 'text', text: { body: 'x' }, replyTo: 'msg_x' })).status).toBe(400)
  })

  it('with the same key is sent once, and answered with the same message', async () => {
    const body = { type: 'text', text: { body: 'once' } }
    const first = await say(body, 'key-1')
    const second = await say(body, 'key-1')
    expect(second.json.id).toBe(first.json.id)
    expect(calls).toHaveLength(1)
    expect((await say({ type: 'text', text: { body: 'other' } }, 'key-1')).json).toMatchObject({
      code: 'send_refused',
      gate: 'idempotency',
    })
    expect(calls).toHaveLength(1)
  })

  it('with a file is sent once: with the same key, with another, and by two at the same moment', async () => {
    const image = { type: 'image', image: {} }
    const mediaId = await uploaded('msg_upload_1')
    const first = await say({ ...image, mediaId }, 'file-1')
    const again = await say({ ...image, mediaId }, 'file-1')
    expect([first.status, first.json.id]).toEqual([202, mediaId])
    expect([again.status, again.json.id]).toEqual([202, mediaId])
    expect((await say({ ...image, mediaId }, 'file-2')).status).toBe(400)
    expect((await say({ ...image, mediaId })).status).toBe(400)
    expect(calls).toHaveLength(1)
    const other = { ...image, mediaId: await uploaded('msg_upload_2') }
    const both = await Promise.all([say(other, 'file-3'), say(other, 'file-4')])
    expect(both.map(({ status }) => status).toSorted()).toEqual([202, 400])
    const third = { ...image, mediaId: await uploaded('msg_upload_3') }
    const same = await Promise.all([say(third, 'file-5'), say(third, 'file-5')])
    expect(same.map(({ status, json }) => [status, json.id])).toEqual([
      [202, 'msg_upload_3'],
      [202, 'msg_upload_3'],
    ])
    expect(calls).toHaveLength(3)
  })

  it('that a gate refuses says which, with a remedy, and leaves no message but an entry', async () => {
    const before = (await messageRows(sol)).length
    const { status, json } = await say({ type: 'text', text: { body: 'x'.repeat(5000) } })
    expect(status).toBe(422)
    expect(json).toMatchObject({ code: 'send_refused', gate: 'content', remedy: expect.any(String) })
    expect(calls).toHaveLength(0)
    expect(await messageRows(sol)).toHaveLength(before)
    expect(
      (await auditRows(sol)).some(({ action, reason }) => action === 'send.refuse' && reason === 'content'),
    ).toBe(true)
  })

  it('that Meta refuses is on record and says why in words', async () => {
    refuses = Response.json(
      { error: { message: '(#131026) Message undeliverable', type: 'OAuthException', code: 131026 } },
      { status: 400 },
    )
    const { status, json } = await say({ type: 'text', text: { body: 'hola' } })
    expect(status).toBe(202)
    expect(json).toMatchObject({
      status: 'failed',
      failure: {
        code: 131026,
        title: expect.any(String),
        meaning: expect.any(String),
        remedy: expect.any(String),
      },
    })
  })

  it('is refused a neighbour with the bytes of what is not there', async () => {
    const theirs = await messageRows(monsoon)
    const { status, json } = await post(
      'messages',
      { type: 'text', text: { body: 'x' } },
      { key: stage.keys.monsoon },
    )
    expect([status, json.code]).toEqual([404, 'not_found'])
    expect(await messageRows(monsoon)).toEqual(theirs)
    expect(calls).toHaveLength(0)
  })
})

describe('a reaction, typing and a receipt', () => {
  it('name the message of the person as Meta knows it', async () => {
    expect((await post('reactions', { messageId: firstId, emoji: '👍' })).json).toMatchObject({
      type: 'reaction',
    })
    expect((await post('reactions', { messageId: firstId, emoji: null })).status).toBe(202)
    expect((await post('typing', {})).status).toBe(204)
    expect((await post('receipt', {})).status).toBe(204)
    const wamid = (calls.map(({ body }) => body.reaction)[0] as { message_id: string }).message_id
    expect(calls.map(({ body }) => body)).toMatchObject([
      { type: 'reaction', reaction: { message_id: wamid, emoji: '👍' } },
      { type: 'reaction', reaction: { message_id: wamid, emoji: '' } },
      { status: 'read', message_id: wamid, typing_indicator: { type: 'text' } },
      { status: 'read', message_id: wamid },
    ])
  })
  it('show nobody a phone number who need not see one: Meta’s ids hold it', async () => {
    await post('reactions', { messageId: firstId, emoji: '🥖' })
    const path = `/api/v1/conversations/${conversationId}/messages?order=newest`
    const [agent, owner] = [await signInAs(sol, 'agent'), await signInAs(sol)]
    const masked = await read(await ask(path, { headers: agent.headers }))
    expect(masked.data[0]).toMatchObject({ type: 'reaction', content: { emoji: '🥖' } })
    expect(JSON.stringify(masked)).not.toContain('message_id')
    const whole = await read(await ask(path, { headers: owner.headers }))
    expect(whole.data[0]).toMatchObject({
      content: { emoji: '🥖', message_id: expect.stringMatching(/^wamid/) },
    })
  })
})
