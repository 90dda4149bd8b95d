import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { holdInsert, holdLiftInsert } from '../../../worker/audit/holds.ts'
import { systemPrincipal } from '../../../worker/audit/principal.ts'
import { conversationId } from '../../../worker/conversations/record.ts'
import { keeperOf, sealColumn } from '../../../worker/custody/sealing.ts'
import { sayInto } from '../../../worker/sending/inbox.ts'
import { type Injected, outside, usual } from '../../../worker/sending/outside.ts'
import { sendWaiting } from '../../../worker/sending/waiting-round.ts'
import {
  ana,
  auditRows,
  db,
  dump,
  holdRows,
  messageById,
  messagesPath,
  monsoon,
  openStage,
  ravi,
  type Stage,
  settings,
  sol,
  textTo,
  wrote,
} from './stage.ts'

const minute = 60_000
const hour = 60 * minute

let stage: Stage
let neighbour: string
let sentAtMeta: string[]
/** What Meta's answers go through. */
let meddle: ((path: string, answer: () => Promise<Response>) => Promise<Response>) | undefined

const fetch: Injected['fetch'] = async (input, init) => {
  const request = new Request(input, init)
  const path = new URL(input).pathname
  const body = path.endsWith('/messages')
    ? ((await request.clone().json()) as { text: { body: string } })
    : null
  const answer = async () => {
    const answered = await stage.meta.fetch(request)
    if (body && answered.status === 200) sentAtMeta.push(body.text.body)
    return answered
  }
  return meddle ? meddle(path, answer) : answer()
}

beforeEach(async () => {
  for (const table of ['waiting_sends', 'messages', 'holds', 'audit_entries', 'conversations', 'contacts'])
    await env.DB.prepare(`DELETE FROM ${table}`).run()
  stage = await openStage()
  sentAtMeta = []
  meddle = undefined
  neighbour = await dump(monsoon)
})

const talkWith = async (person: 'ana' | 'ravi', at = Date.now()) => {
  await wrote(stage, sol, person, at)
  const ids = { ana, ravi }[person]
  const { subjects } = await keeperOf(env.KEEPER, sol.accountId).resolve([
    { phone: ids.phone, bsuid: ids.bsuid, at, create: false },
  ])
  const contactId = subjects[0]?.state === 'known' ? subjects[0].contactId : ''
  const key = await keeperOf(env.KEEPER, sol.accountId).keyFor(contactId)
  const phone = await sealColumn(key, 'contacts', 'phone', contactId, ids.phone as string)
  await env.DB.prepare('UPDATE contacts SET phone = ? WHERE id = ?').bind(phone, contactId).run()
  return { contactId, id: conversationId(sol.numberId, contactId) }
}

async function say(conversation: string, text: string, key?: string, now = Date.now()) {
  const works: Promise<unknown>[] = []
  const principal = { ...systemPrincipal(sol.accountId), keyId: 'key_test' }
  const later = (work: Promise<unknown>) => void works.push(work)
  const out = outside({ env, settings, principal, later }, { ...usual, fetch, now: () => now })
  const said = await sayInto(out, conversation, { type: 'text', payload: { body: text } }, key)
  await Promise.allSettled(works)
  if (!said.ok) throw new Error(said.reason)
  return said.value
}

const hold = (at = Date.now() - minute) =>
  writeBatch(db, [
    holdInsert(db, {
      accountId: sol.accountId,
      subjectId: sol.wabaId,
      kind: 'reconnect',
      reason: 'meta:190',
      at,
    }),
  ])
const lift = (at = Date.now()) =>
  writeBatch(db, [
    holdLiftInsert(db, {
      accountId: sol.accountId,
      subjectId: sol.wabaId,
      kind: 'reconnect',
      reason: 'meta:190',
      at,
    }),
  ])
const round = (now = Date.now(), accountId: string | undefined = undefined) =>
  sendWaiting({ env, settings, now }, accountId, { fetch })
const waitingRows = async () =>
  (await env.DB.prepare('SELECT * FROM waiting_sends ORDER BY created_at, rowid').all()).results
const statusOf = async (id: string) => (await messageById(id)).status
/** Meta takes the token no more. */
const kill = () => stage.sim('/tokens', { token: sol.token, revoked: true })
const heal = () => stage.sim('/tokens', { token: sol.token, revoked: false })

describe('a message to a number that must be connected again', () => {
  it('waits, sealed and visible, and Meta hears nothing of it', async () => {
    const { id } = await talkWith('ana')
    await hold()
    const message = await say(id, 'Su pedido')
    expect(await statusOf(message)).toBe('waiting')
    expect(sentAtMeta).toEqual([])
    const rows = await waitingRows()
    expect(rows).toMatchObject([{ message_id: message, actor: 'key:key_test', number_id: sol.numberId }])
    expect(JSON.stringify(rows)).not.toMatch(/pedido|34600/)
    expect(await dump(monsoon)).toBe(neighbour)
  })

  it('waits also when it is the one that finds out', async () => {
    const { id } = await talkWith('ana')
    await kill()
    const message = await say(id, 'Su pedido')
    expect(await statusOf(message)).toBe('waiting')
    expect(await holdRows(sol)).toMatchObject([{ kind: 'reconnect', liftedAt: null }])
    await heal()
    expect(await round()).toBe(1)
    expect(sentAtMeta).toEqual(['Su pedido'])
    expect(await statusOf(message)).toBe('accepted')
  })

  it('is the same message when it is asked for again with its key', async () => {
    const { id } = await talkWith('ana')
    await hold()
    const first = await say(id, 'Su pedido', 'key-1')
    expect(await say(id, 'Su pedido', 'key-1')).toBe(first)
    expect(await waitingRows()).toHaveLength(1)
  })

  it('never waits at the Cloud API door, which says what Meta says', async () => {
    await talkWith('ana')
    await kill()
    await hold()
    const answer = await stage.call('POST', messagesPath(sol), { body: textTo(ana.phone as string) })
    await stage.later()
    expect([answer.status, answer.json.error?.code]).toEqual([401, 190])
    expect(await waitingRows()).toEqual([])
  })
})

describe('when the number is connected again', () => {
  it('everything leaves in its order, once, however many rounds run at the same time', async () => {
    const withAna = await talkWith('ana')
    const withRavi = await talkWith('ravi')
    await hold()
    const texts = ['one', 'two', 'three', 'four', 'five']
    for (const text of texts) await say(withAna.id, `ana ${text}`)
    for (const text of texts) await say(withRavi.id, `ravi ${text}`)
    await lift()
    for (let i = 0; i < 4; i++) await Promise.all([round(), round(), round(Date.now(), sol.accountId)])
    for (const name of ['ana', 'ravi'])
      expect(sentAtMeta.filter((text) => text.startsWith(name))).toEqual(
        texts.map((text) => `${name} ${text}`),
      )
    expect(sentAtMeta).toHaveLength(10)
    expect(await waitingRows()).toEqual([])
    expect(await dump(monsoon)).toBe(neighbour)
  })

  it('nothing that is said meanwhile overtakes what waits', async () => {
    const { id } = await talkWith('ana')
    await hold()
    await say(id, 'first')
    await lift()
    const second = await say(id, 'second')
    expect(await statusOf(second)).toBe('waiting')
    await round()
    await round()
    expect(sentAtMeta).toEqual(['first', 'second'])
  })

  it('a token that Meta takes again is found without anybody pressing anything', async () => {
    const { id } = await talkWith('ana')
    await kill()
    await hold()
    await say(id, 'Su pedido')
    expect(await round()).toBe(0)
    expect(await waitingRows()).toHaveLength(1)
    await heal()
    // Not asked again before its time.
    expect(await round()).toBe(0)
    expect(await round(Date.now() + 6 * minute)).toBe(1)
    expect(sentAtMeta).toEqual(['Su pedido'])
    expect((await holdRows(sol)).every(({ liftedAt }) => liftedAt !== null)).toBe(true)
  })

  it('a window that closed meanwhile fails it, with the reason on the ledger', async () => {
    const { id } = await talkWith('ana', Date.now() - 23 * hour)
    await hold()
    const message = await say(id, 'Su pedido')
    await lift()
    await round(Date.now() + 2 * hour)
    expect(await messageById(message)).toMatchObject({ status: 'failed', errorCode: 131047 })
    expect(await auditRows(sol)).toContainEqual(
      expect.objectContaining({ action: 'send.refuse', reason: 'window', actor: 'key:key_test' }),
    )
    expect(sentAtMeta).toEqual([])
    expect(await waitingRows()).toEqual([])
  })

  it('a person who asked to be left alone meanwhile gets nothing', async () => {
    const { id, contactId } = await talkWith('ana')
    await hold()
    const message = await say(id, 'Su pedido')
    await lift()
    const { accountId } = sol
    await writeBatch(db, [
      holdInsert(db, {
        accountId,
        subjectId: contactId,
        kind: 'restricted',
        reason: 'asked',
        at: Date.now(),
      }),
    ])
    await round()
    expect(await messageById(message)).toMatchObject({ status: 'failed', errorCode: 131031 })
    expect(sentAtMeta).toEqual([])
  })

  it('a person who was erased meanwhile gets nothing, and nothing of it stays', async () => {
    const { id, contactId } = await talkWith('ana')
    await hold()
    await say(id, 'Su pedido')
    await lift()
    await keeperOf(env.KEEPER, sol.accountId).forget([contactId], Date.now())
    await env.DB.prepare('DELETE FROM messages WHERE contact_id = ?').bind(contactId).run()
    await round()
    expect(sentAtMeta).toEqual([])
    expect(await waitingRows()).toEqual([])
  })

  it('one that waited too long fails as the token did', async () => {
    const { id } = await talkWith('ana')
    await kill()
    await hold()
    const message = await say(id, 'Su pedido')
    await env.DB.prepare('UPDATE waiting_sends SET created_at = ?')
      .bind(Date.now() - 7 * 24 * hour)
      .run()
    await round()
    expect(await messageById(message)).toMatchObject({ status: 'failed', errorCode: 190 })
  })
})

describe('a round that dies', () => {
  it('before it handed the message over leaves it to the next', async () => {
    const { id } = await talkWith('ana')
    await hold()
    const message = await say(id, 'Su pedido')
    await lift()
    // Somebody took it and never came back.
    await env.DB.prepare('UPDATE waiting_sends SET leased_until = ?, next_at = ?')
      .bind(Date.now() + 2 * minute, Date.now() + 2 * minute)
      .run()
    await round(Date.now(), sol.accountId)
    expect(sentAtMeta).toEqual([])
    await round(Date.now() + 3 * minute)
    expect(sentAtMeta).toEqual(['Su pedido'])
    expect(await statusOf(message)).toBe('accepted')
  })

  it('after it handed the message over leaves it unknown, and nobody sends it again', async () => {
    const { id } = await talkWith('ana')
    await hold()
    const [first, second] = [await say(id, 'first'), await say(id, 'second')]
    await lift()
    await env.DB.prepare(`UPDATE messages SET status = 'unknown' WHERE id = ?`).bind(first).run()
    for (let i = 0; i < 3; i++) await round(Date.now() + i * 3 * minute)
    expect(sentAtMeta).toEqual(['second'])
    expect([await statusOf(first), await statusOf(second)]).toEqual(['unknown', 'accepted'])
  })

  it('with Meta cut off in the middle sends nothing twice', async () => {
    const { id } = await talkWith('ana')
    await hold()
    const message = await say(id, 'Su pedido')
    await lift()
    meddle = async (path, answer) => {
      const answered = await answer()
      if (path.endsWith('/messages')) throw new Error('cut')
      return answered
    }
    await round()
    meddle = undefined
    await round(Date.now() + hour)
    expect(sentAtMeta).toEqual(['Su pedido'])
    expect(await statusOf(message)).toBe('unknown')
  })

  it('with a token that dies again waits on', async () => {
    const { id } = await talkWith('ana')
    await hold()
    const message = await say(id, 'Su pedido')
    await lift()
    await kill()
    await round()
    expect(await statusOf(message)).toBe('waiting')
    await heal()
    await round(Date.now() + 6 * minute)
    expect(sentAtMeta).toEqual(['Su pedido'])
  })
})
