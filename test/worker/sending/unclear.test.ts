import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { sortKey } from '../../../worker/conversations/content.ts'
import { derivedUpdate, messageId, statusesInsert } from '../../../worker/conversations/record.ts'
import { keeperOf, messageRef } from '../../../worker/custody/sealing.ts'
import {
  ana,
  db,
  dump,
  messageById,
  messagesPath,
  monsoon,
  openStage,
  type Stage,
  schema,
  sol,
  textTo,
  wrote,
} from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await openStage({ graphTimeoutMs: 60, graphLateMs: 1_000 })
  await wrote(stage, sol, 'ana')
})

const send = (body: unknown = textTo(ana.phone)) => stage.call('POST', messagesPath(sol), { body })
const fault = (kind: string, more: object = {}) => stage.sim('/faults', { kind, path: '/messages', ...more })

describe('when nobody knows whether Meta sent the message', () => {
  const cases: [title: string, kind: string, more: object, status: number][] = [
    ['a hanging Graph', 'hang', { delayMs: 150 }, 504],
    ['a cut connection', 'cut', {}, 502],
    ['an answer cut in the middle', 'cut-body', {}, 502],
    ['a page of HTML', 'html', {}, 502],
    ['an empty answer', 'empty', {}, 502],
    ['a redirect', 'html', { status: 302 }, 502],
  ]
  for (const [title, kind, more, status] of cases) {
    it(`${title} is answered in Meta's shape, names our message and is not sent again`, async () => {
      await fault(kind, more)
      const asked = stage.requests.length
      const answer = await send()
      await stage.later()
      expect(answer.status).toBe(status)
      expect(answer.json.error).toMatchObject({
        code: 131000,
        type: 'OAuthException',
        is_transient: false,
        gate: 'meta',
      })
      expect(answer.json.error?.remedy).toContain('Do not send this again')
      expect(stage.requests.length).toBe(asked + 1)
      expect(await messageById(answer.json.error?.message_id as string)).toMatchObject({
        status: 'unknown',
        ref: null,
        wamid: null,
      })
    })
  }

  it("trouble on Meta's side leaves the message unknown and takes is_transient back", async () => {
    await fault('error', { code: 131016, transient: true })
    const answer = await send()
    await stage.later()
    expect(answer.json.error).toMatchObject({ code: 131016, is_transient: false, action: 'retry_later' })
    expect(await messageById(answer.json.error?.message_id as string)).toMatchObject({
      status: 'unknown',
      errorCode: 131016,
    })
  })

  it('a refusal of Meta is final: the message failed', async () => {
    await fault('error', { code: 131049 })
    const answer = await send()
    await stage.later()
    expect(answer.json.error).toMatchObject({ code: 131049, action: 'slow_down' })
    expect(await messageById(answer.json.error?.message_id as string)).toMatchObject({
      status: 'failed',
      errorCode: 131049,
    })
  })

  it('an answer that comes after the caller got 504 still settles the message', async () => {
    await fault('delay', { delayMs: 200 })
    const answer = await send()
    expect(answer.status).toBe(504)
    const id = answer.json.error?.message_id as string
    expect((await messageById(id)).status).toBe('unknown')
    await stage.later()
    expect(await messageById(id)).toMatchObject({ status: 'accepted', ref: expect.any(String) as string })
  })

  it('a read receipt may simply be repeated', async () => {
    await fault('html')
    const answer = await send({ messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.X' })
    expect(answer.json.error).toMatchObject({ code: 131000, is_transient: true })
    expect(answer.json.error?.message_id).toBeUndefined()
  })

  it('changes nothing of the neighbour', async () => {
    const before = await dump(monsoon)
    await fault('cut')
    await send()
    await stage.later()
    expect(await dump(monsoon)).toBe(before)
  })
})

describe('when Meta tells more before it answers', () => {
  const meanwhile = async (act: (wamid: string, ref: string) => Promise<void>) => {
    const told = await openStage({}, async (input, init) => {
      const response = await stage.meta.fetch(new Request(input, init))
      const wamid = ((await response.clone().json()) as { messages: { id: string }[] }).messages[0]
        ?.id as string
      const { account } = await keeperOf(env.KEEPER, sol.accountId).resolve([])
      await act(wamid, messageRef(account, sol.phoneNumberId, wamid))
      return response
    })
    const answer = await told.call('POST', messagesPath(sol), { body: textTo(ana.phone) })
    await told.later()
    return answer.json.messages?.[0]?.id as string
  }
  const rowOf = async (wamid: string) => {
    const { account } = await keeperOf(env.KEEPER, sol.accountId).resolve([])
    const ref = messageRef(account, sol.phoneNumberId, wamid)
    return db.query.messages.findMany({ where: (t, { eq }) => eq(t.ref, ref) })
  }

  it('a status that came before the answer counts', async () => {
    const wamid = await meanwhile(async (_, ref) => {
      const row = {
        accountId: sol.accountId,
        ref,
        status: 'delivered' as const,
        participant: '',
        at: 7,
        errorCode: null,
        receivedAt: 7,
      }
      await writeBatch(db, [statusesInsert(db, [row]), ...derivedUpdate(db, sol.accountId, [ref])])
    })
    expect(await rowOf(wamid)).toMatchObject([{ status: 'delivered', statusAt: 7, origin: 'api' }])
  })

  it('an echo of the message that came before the answer gives way to it', async () => {
    const wamid = await meanwhile(async (_, ref) => {
      await db.insert(schema.messages).values({
        id: messageId(ref),
        accountId: sol.accountId,
        numberId: sol.numberId,
        conversationId: 'c',
        contactId: 'c',
        ref,
        direction: 'out',
        origin: 'echo',
        precedence: 2,
        type: 'text',
        at: 1,
        sortKey: sortKey(1, 1),
        receivedAt: 1,
        status: 'unknown',
        statusAt: 1,
      })
    })
    expect(await rowOf(wamid)).toMatchObject([{ origin: 'api', status: 'accepted' }])
  })
})
