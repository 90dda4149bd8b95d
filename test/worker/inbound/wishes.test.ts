// What a message asks for is noted with it: once, from the person themselves, as it comes.

import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { database, rowsInsert, schema, writeBatch } from '../../../db/client.ts'
import { keeperOf, openColumns, platformAccount, sealColumn } from '../../../worker/custody/sealing.ts'
import { receive as receiveEvents } from '../../../worker/inbound/receive.ts'
import { splitBody } from '../../../worker/meta/envelope.ts'
import { chatCodeDigest } from '../../../worker/proofs/codes.ts'
import { monsoon, type Person, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { conversations, nowSeconds, receive, seedThreads, stranger } from '../../support/thread.ts'
import {
  contactBlock,
  envelope,
  fromPart,
  messageChange,
  messagesChange,
  postChanges,
  textMessage,
} from '../../support/webhooks.ts'

beforeAll(seedThreads)
beforeEach(() => env.DB.exec('DELETE FROM wishes'))

const wishes = () => rowsOf('wishes', 'at, message_id')
const contactOf = async (person: Person) =>
  (await conversations(sol)).find(({ contact }) => contact.bsuid === person.bsuid)?.contact.id

describe('a message that asks for something', () => {
  it('is noted with whom, where, what and when, and nothing of its words', async () => {
    const person = stranger()
    await receive(messageChange(sol, person, textMessage('wamid.W1', ' Borren mis DATOS! ', nowSeconds)))
    const [message] = (await rowsOf('messages')).filter(({ at }) => at === nowSeconds * 1000)
    expect(await wishes()).toEqual([
      {
        message_id: message?.id,
        account_id: sol.accountId,
        number_id: sol.numberId,
        contact_id: await contactOf(person),
        kind: 'delete',
        language: 'es',
        code_digest: null,
        at: nowSeconds * 1000,
        attempts: 0,
        next_at: expect.any(Number) as number,
      },
    ])
    expect(Math.abs(((await wishes())[0]?.next_at as number) - Date.now())).toBeLessThan(60_000)
  })

  it('twice, and replayed whole, asks once, and once it is done stays done', async () => {
    const change = messageChange(sol, stranger(), textMessage('wamid.W2', 'stop', nowSeconds))
    await receive(change, change)
    await env.DB.exec('UPDATE wishes SET next_at = NULL, attempts = 3')
    const before = await wishes()
    expect(before).toHaveLength(1)
    await receive(change)
    expect(await wishes()).toEqual(before)
  })

  it('carries a code only as its digest', async () => {
    await receive(
      messageChange(sol, stranger(), textMessage('wamid.W3', 'Delete my data. Code: 7k3f-9qxm', nowSeconds)),
    )
    const { account } = await keeperOf(env.KEEPER, platformAccount).resolve([])
    const rows = await wishes()
    expect(rows).toMatchObject([
      { kind: 'code', language: 'en', code_digest: chatCodeDigest(account, 'delete', '7K3F-9QXM') },
    ])
    expect(JSON.stringify(rows).toUpperCase()).not.toContain('9QXM')
  })

  it.each([
    ['button', { type: 'button', button: { payload: 'x', text: 'Stop promotions' } }],
    [
      'interactive',
      {
        type: 'interactive',
        interactive: { type: 'button_reply', button_reply: { id: 'b', title: 'STOP' } },
      },
    ],
  ])('may be a pressed button (%s)', async (id, message) => {
    await receive(
      messageChange(sol, stranger(), { id: `wamid.B.${id}`, timestamp: String(nowSeconds), ...message }),
    )
    expect(await wishes()).toMatchObject([{ kind: 'stop' }])
  })

  it('belongs to the business it was written to, and to no other', async () => {
    const person = stranger()
    await postChanges(
      monsoon,
      messageChange(monsoon, person, textMessage('wamid.WM', 'delete my data', nowSeconds)),
    )
    await postChanges(sol, messageChange(sol, person, textMessage('wamid.WS', 'hello', nowSeconds)))
    await drain(sol, monsoon)
    expect(await wishes()).toMatchObject([{ account_id: monsoon.accountId, number_id: monsoon.numberId }])
  })

  it('wakes whoever looks at it, once for a workspace, and is noted all the same when nobody can be woken', async () => {
    const sent: unknown[] = []
    const handle = (queue: { send: (body: unknown) => Promise<void> }, ...ids: string[]) =>
      receiveEvents(
        { ...env, ERRANDS: queue as unknown as Env['ERRANDS'] },
        '',
        splitBody(
          JSON.stringify(
            envelope({
              id: sol.wabaId,
              changes: ids.map((id) => messageChange(sol, stranger(), textMessage(id, 'stop', nowSeconds))),
            }),
          ),
        ).map((event, position) => ({ event, receivedAt: Date.now(), position })),
        () => [],
        Date.now(),
      )
    await handle({ send: async (body) => void sent.push(body) }, 'wamid.Q1', 'wamid.Q2')
    expect(sent).toEqual([{ of: 'wishes', accountId: sol.accountId }])
    await handle({ send: () => Promise.reject(new Error('no queue today')) }, 'wamid.Q3')
    expect(await wishes()).toHaveLength(3)
  })
})

describe('nothing is asked for by', () => {
  const hours = 3_600
  const text = { type: 'text', text: { body: 'delete my data' } }
  const item = (id: string, at = nowSeconds) => ({ id, timestamp: String(at), ...text })
  const history = (person: Person, id: string) => ({
    field: 'history',
    value: {
      ...messagesChange(sol, {}).value,
      history: [
        {
          metadata: { phase: 0, chunk_order: 1, progress: 10 },
          threads: [
            {
              id: person.phone,
              messages: [{ from: person.phone, ...item(id), history_context: { status: 'READ' } }],
            },
          ],
        },
      ],
    },
  })
  const echo = (person: Person, id: string) => ({
    field: 'smb_message_echoes',
    value: {
      ...messagesChange(sol, {}).value,
      contacts: [contactBlock(person)],
      message_echoes: [{ from: sol.displayPhoneNumber, to: person.phone, ...item(id) }],
    },
  })

  it.each<[string, (person: Person) => Parameters<typeof receive>[0]]>([
    [
      'an ordinary sentence',
      (one) => messageChange(sol, one, textMessage('wamid.N1', 'Please stop by tomorrow', nowSeconds)),
    ],
    ['a message of yesterday', (one) => messageChange(sol, one, item('wamid.N2', nowSeconds - 25 * hours))],
    ['a history', (one) => history(one, 'wamid.N3')],
    ['what the business wrote on its phone', (one) => echo(one, 'wamid.N4')],
    ['a group', (one) => messageChange(sol, one, { ...item('wamid.N5'), group_id: 'g1' })],
    [
      'a forwarded message',
      (one) => messageChange(sol, one, { ...item('wamid.N6'), context: { forwarded: true } }),
    ],
    [
      'a caption',
      (one) =>
        messageChange(sol, one, {
          id: 'wamid.N7',
          timestamp: String(nowSeconds),
          type: 'image',
          image: { id: '1', caption: 'delete my data' },
        }),
    ],
    [
      'a choice from a list',
      (one) =>
        messageChange(sol, one, {
          id: 'wamid.N8',
          timestamp: String(nowSeconds),
          type: 'interactive',
          interactive: { type: 'list_reply', list_reply: { id: 'l', title: 'Stop' } },
        }),
    ],
    [
      'an edit',
      (one) =>
        messageChange(sol, one, {
          id: 'wamid.N9',
          timestamp: String(nowSeconds),
          type: 'edit',
          edit: { original_message_id: 'wamid.N1', message: text },
        }),
    ],
    [
      'a reaction',
      (one) =>
        messageChange(sol, one, {
          id: 'wamid.N10',
          timestamp: String(nowSeconds),
          type: 'reaction',
          reaction: { message_id: 'wamid.N1', emoji: '🛑' },
        }),
    ],
  ])('%s', async (_, change) => {
    await receive(change(stranger()))
    expect(await wishes()).toEqual([])
  })

  it('a stranger’s number: what is not connected here is kept raw', async () => {
    const change = messagesChange(
      { ...sol, phoneNumberId: '999' },
      { messages: [{ ...fromPart(stranger()), ...item('wamid.N11') }] },
    )
    await receive(change)
    expect(await wishes()).toEqual([])
  })
})

describe('two contacts that turn out to be one person', () => {
  const request = (
    id: string,
    subjectId: string,
    more: Partial<typeof schema.requests.$inferInsert> = {},
  ) => ({
    id,
    accountId: sol.accountId,
    subjectKind: 'contact' as const,
    subjectId,
    type: 'delete' as const,
    door: 'chat' as const,
    language: 'en',
    codeDigest: `digest-${id}`,
    state: 'waiting' as const,
    regimes: 'gdpr@1',
    receivedAt: 1_000,
    dueAt: 9_000,
    closedAt: null,
    nextAt: 5_000,
    ...more,
  })

  it('keep what either asked for, and what was written about it opens', async () => {
    const db = database(env.DB)
    const person = stranger()
    await receive(messageChange(sol, { phone: person.phone }, textMessage('wamid.M1', 'stop', nowSeconds)))
    const loser = (await wishes())[0]?.contact_id as string
    await receive(
      messageChange(sol, { bsuid: person.bsuid }, textMessage('wamid.M2', 'export my data', nowSeconds + 1)),
    )
    const other = (await wishes())[1]?.contact_id as string
    const key = await keeperOf(env.KEEPER, sol.accountId).keyFor(loser)
    const neighbour = { ...request('rgt_n', loser), accountId: monsoon.accountId }
    const message = {
      id: 'rgm_1',
      requestId: 'rgt_l',
      accountId: sol.accountId,
      subjectId: loser,
      by: 'person' as const,
      content: await sealColumn(key, 'request_messages', 'content', 'rgm_1', 'I mean it'),
      at: 1,
    }
    const hold = {
      accountId: sol.accountId,
      subjectId: loser,
      kind: 'objected' as const,
      reason: 'chat',
      at: 7,
      liftedAt: null,
    }
    for (const row of [
      request('rgt_l', loser),
      request('rgt_o', other, { receivedAt: 2_000 }),
      request('rgt_x', loser, { type: 'export' }),
      request('rgt_y', other, { type: 'access', state: 'done', closedAt: 3 }),
      request('rgt_z', loser, { type: 'access', state: 'done', closedAt: 3 }),
      neighbour,
    ])
      await writeBatch(db, [rowsInsert(db, schema.requests, [row])])
    await writeBatch(db, [
      rowsInsert(db, schema.requestMessages, [message]),
      rowsInsert(db, schema.holds, [hold]),
    ])
    const both = messageChange(sol, person, textMessage('wamid.M3', 'both', nowSeconds + 2))
    await receive(both)
    const winner = (await contactOf(person)) as string
    expect([loser, other]).toContain(winner)
    expect((await wishes()).map(({ contact_id, kind }) => [contact_id, kind])).toEqual([
      [winner, 'stop'],
      [winner, 'export'],
    ])
    const rows = (await rowsOf('requests', 'id')).map(({ id, subject_id, state }) => [id, subject_id, state])
    expect(rows).toEqual([
      ['rgt_l', winner, 'waiting'],
      ['rgt_n', loser, 'waiting'],
      // The younger of two that are the same.
      ['rgt_o', winner, 'withdrawn'],
      ['rgt_x', winner, 'waiting'],
      ['rgt_y', winner, 'done'],
      ['rgt_z', winner, 'done'],
    ])
    expect(await rowsOf('holds')).toMatchObject([
      { subject_id: winner, kind: 'objected', at: 7, lifted_at: null },
    ])
    const [moved] = await rowsOf('request_messages')
    expect(moved?.subject_id).toBe(winner)
    const sealed = {
      table: 'request_messages',
      column: 'content',
      rowId: 'rgm_1',
      sealed: moved?.content as string,
    }
    expect(await openColumns(env.KEEPER, sol.accountId, [sealed], Date.now())).toEqual(['I mean it'])
  })
})
