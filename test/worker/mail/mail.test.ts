import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { operator } from '../../../db/operator.ts'
import { newMember } from '../../../worker/accounts/members.ts'
import { keeperOf, platformAccount } from '../../../worker/custody/sealing.ts'
import { settingsOf } from '../../../worker/env.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { deliverMails, dueQuery, mailInsert, parseSender, type To } from '../../../worker/mail/mail.ts'
import type { MailText } from '../../../worker/mail/templates.ts'
import { upsertVisitor } from '../../../worker/visitors/visitors.ts'
import { type Business, monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { ownerEmailOf, ownerOf, seedCast } from '../../support/world.ts'
import { db } from '../api/stage.ts'

const now = 1_795_305_600_000
const minute = 60_000
const settings = settingsOf(env)
const from = { name: 'Softivum Connect', email: 'no-reply@gateway.test' }
const replyTo = operator.contact

type Sent = { from: unknown; to: unknown; replyTo: unknown; subject: string; text: string; html: string }
let sent: Sent[]
/** The world outside: takes every mail, unless told to refuse. */
const outside = (refuse: (mail: Sent) => boolean = () => false): Env => ({
  ...env,
  MAIL: {
    send: async (mail: Sent) => {
      if (refuse(mail)) throw new TypeError('refused')
      sent.push(mail)
      return { messageId: 'x' }
    },
  } as unknown as SendEmail,
})

const saying = (subject: string, text: string): MailText => ({ subject, text, html: `<p>${text}</p>` })

async function put(business: Business, text = 'hello', at = now): Promise<void> {
  const mail = {
    to: { accountId: business.accountId, memberId: ownerOf(business) },
    kind: 'test',
    ...saying(`To ${business.name}`, text),
  }
  await writeBatch(db, [await mailInsert(db, env.KEEPER, mail, at)])
}
/** Puts a mail to somebody else than an owner into the outbox, as the only one. */
async function putTo(
  to: To,
  more: Partial<MailText & { replyTo: string; headers: Record<string, string> }> = {},
) {
  const mail = { to, kind: 'test', ...saying('s', 'the secret link'), ...more }
  await writeBatch(db, [await mailInsert(db, env.KEEPER, mail, now)])
}

async function newVisitor(email: string): Promise<string> {
  const { id, statements } = await upsertVisitor(db, env.KEEPER, email, now)
  await writeBatch(db, statements)
  return id
}

const mailOf = async (business: Business) =>
  (await rowsOf('mails')).find((row) => row.account_id === business.accountId)

beforeEach(async () => {
  sent = []
  await env.DB.exec('DELETE FROM mails')
  await env.DB.exec('DELETE FROM members')
  await env.DB.exec('DELETE FROM visitors')
  await seedCast()
})

describe('a mail', () => {
  it('waits sealed, leaves once to the address its member has then, and stays noted as sent', async () => {
    await put(sol, 'the secret link')
    await put(monsoon)
    const row = await mailOf(sol)
    expect(row).toMatchObject({ kind: 'test', attempts: 0, next_at: now, sent_at: null })
    expect(JSON.stringify(row)).not.toMatch(/secret link|example\.com/)
    expect(await deliverMails(outside(), settings, now)).toEqual({ sent: 2, failed: 0, dropped: 0 })
    expect(sent.toSorted((a, b) => String(b.to).localeCompare(String(a.to)))).toEqual([
      { from, to: ownerEmailOf(sol), replyTo, ...saying(`To ${sol.name}`, 'the secret link') },
      { from, to: ownerEmailOf(monsoon), replyTo, ...saying(`To ${monsoon.name}`, 'hello') },
    ])
    expect(await mailOf(sol)).toMatchObject({ sent_at: now, next_at: null })
    expect(await deliverMails(outside(), settings, now + limits.mailRetryMs[0])).toMatchObject({ sent: 0 })
    expect(sent).toHaveLength(2)
  })

  it('is in the outbox only when its batch was committed', async () => {
    const to = { accountId: sol.accountId, memberId: ownerOf(sol) }
    const mail = { to, kind: 'test', ...saying('s', 't') }
    const statement = await mailInsert(db, env.KEEPER, mail, now)
    expect(await rowsOf('mails')).toEqual([])
    await writeBatch(db, [statement])
    expect(await rowsOf('mails')).toHaveLength(1)
  })

  it('that cannot be sent is tried again at growing distances, then given up, and holds up no other', async () => {
    await put(sol)
    const world = outside(({ to }) => to === ownerEmailOf(sol))
    let at = now
    for (const [attempt, wait] of limits.mailRetryMs.entries()) {
      await put(monsoon, `with try ${attempt}`, at)
      expect(await deliverMails(world, settings, at)).toEqual({ sent: 1, failed: 1, dropped: 0 })
      expect(await mailOf(sol)).toMatchObject({ attempts: attempt + 1, next_at: at + wait, sent_at: null })
      expect(await deliverMails(world, settings, at + wait - 1)).toEqual({ sent: 0, failed: 0, dropped: 0 })
      at += wait
    }
    expect(await deliverMails(world, settings, at)).toMatchObject({ failed: 1 })
    expect(await mailOf(sol)).toMatchObject({ next_at: null, sent_at: null })
    expect(await deliverMails(outside(), settings, at + 400 * limits.mailRetryMs[5])).toMatchObject({
      sent: 0,
    })
  })

  it('leaves once when two crons meet', async () => {
    for (let i = 0; i < 10; i++) await put(sol, `mail ${i}`)
    const counts = await Promise.all([1, 2, 3].map(() => deliverMails(outside(), settings, now)))
    expect(counts.reduce((sum, { sent: n }) => sum + n, 0)).toBe(10)
    expect(new Set(sent.map(({ text }) => text)).size).toBe(10)
    expect(sent).toHaveLength(10)
  })

  it('is sent again later, not lost, when the process ended while it was sent', async () => {
    await put(sol)
    let end: (cause: Error) => void = () => undefined
    const send = () => new Promise((_, reject) => (end = reject))
    const crashed = deliverMails({ ...env, MAIL: { send } as unknown as SendEmail }, settings, now)
    await expect.poll(async () => (await mailOf(sol))?.attempts).toBe(1)
    expect(await deliverMails(outside(), settings, now)).toMatchObject({ sent: 0 })
    expect(await deliverMails(outside(), settings, now + limits.mailRetryMs[0])).toMatchObject({ sent: 1 })
    end(new Error('ended'))
    expect(await crashed).toMatchObject({ sent: 0 })
    expect(await mailOf(sol)).toMatchObject({ next_at: null, attempts: 2 })
  })

  it('to an erased member is dropped unsent, and the neighbour’s leaves', async () => {
    await put(sol)
    await put(monsoon)
    await env.DB.prepare('DELETE FROM members WHERE id = ?').bind(ownerOf(sol)).run()
    expect(await deliverMails(outside(), settings, now)).toEqual({ sent: 1, failed: 0, dropped: 1 })
    expect(await mailOf(sol)).toBeUndefined()
    expect(sent.map(({ to }) => to)).toEqual([ownerEmailOf(monsoon)])
  })

  it('whose key was destroyed is dropped unsent', async () => {
    const { accountId } = monsoon
    const gone = await newMember(
      db,
      env.KEEPER,
      { accountId, role: 'agent', email: 'agent@example.com' },
      'operator',
      now,
    )
    const mail = { to: { accountId, memberId: gone.id }, kind: 'test', ...saying('s', 't') }
    await writeBatch(db, [...gone.statements, await mailInsert(db, env.KEEPER, mail, now)])
    await keeperOf(env.KEEPER, accountId).forget([gone.id], now)
    expect(await deliverMails(outside(), settings, now)).toEqual({ sent: 0, failed: 0, dropped: 1 })
    expect(await rowsOf('mails')).toEqual([])
    expect(sent).toEqual([])
  })

  it('is taken by the platform’s own binding', async () => {
    await put(sol)
    expect(await deliverMails(env, settings, now)).toEqual({ sent: 1, failed: 0, dropped: 0 })
  })

  it('that is due is found through the index of what is due', async () => {
    const { sql, params } = dueQuery(db, now + minute).toSQL()
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...params)
      .all<{ detail: string }>()
    const plan = results.map(({ detail }) => detail)
    expect(plan[0]).toContain('USING INDEX mails_due')
    expect(plan.join()).not.toContain('SCAN')
  })
})

describe('a mail to somebody without an account', () => {
  it('leaves to the visitor’s address, which stands in the visitor’s row alone', async () => {
    const visitorId = await newVisitor('vera@example.com')
    await putTo({ visitorId })
    const [row] = await rowsOf('mails')
    expect(row).toMatchObject({ account_id: platformAccount, visitor_id: visitorId, member_id: null })
    expect(JSON.stringify(row)).not.toMatch(/secret link|vera/)
    expect(await deliverMails(outside(), settings, now)).toEqual({ sent: 1, failed: 0, dropped: 0 })
    expect(sent).toEqual([{ from, to: 'vera@example.com', replyTo, ...saying('s', 'the secret link') }])
  })

  it('is dropped when the visitor was erased, by row or by key, and the other visitor’s leaves', async () => {
    const [byRow, byKey, other] = await Promise.all(
      ['a', 'b', 'c'].map((name) => newVisitor(`${name}@example.com`)),
    )
    for (const visitorId of [byRow, byKey, other] as string[]) await putTo({ visitorId })
    await env.DB.prepare('DELETE FROM visitors WHERE id = ?').bind(byRow).run()
    await keeperOf(env.KEEPER, platformAccount).forget([byKey as string], now)
    expect(await deliverMails(outside(), settings, now)).toEqual({ sent: 1, failed: 0, dropped: 2 })
    expect(sent.map(({ to }) => to)).toEqual(['c@example.com'])
    expect((await rowsOf('mails')).map((row) => row.visitor_id)).toEqual([other])
  })

  it('with a code carries its address sealed, and is gone once it has left', async () => {
    await putTo({ challengeId: 'cha_1', address: 'stranger@example.com' })
    await put(monsoon)
    const row = (await rowsOf('mails')).find((one) => one.challenge_id === 'cha_1')
    expect(JSON.stringify(row)).not.toMatch(/stranger|secret link/)
    expect(await deliverMails(outside(), settings, now)).toEqual({ sent: 2, failed: 0, dropped: 0 })
    expect(sent.map(({ to }) => to)).toContain('stranger@example.com')
    expect((await rowsOf('mails')).map((one) => one.account_id)).toEqual([monsoon.accountId])
  })

  it('with a code that no longer works is dropped unsent', async () => {
    await putTo({ challengeId: 'cha_1', address: 'stranger@example.com' })
    const refusing = outside(() => true)
    expect(await deliverMails(refusing, settings, now)).toEqual({ sent: 0, failed: 1, dropped: 0 })
    expect(await deliverMails(outside(), settings, now + limits.mailCodeMs)).toEqual({
      sent: 0,
      failed: 0,
      dropped: 1,
    })
    expect(await rowsOf('mails')).toEqual([])
  })

  it('to the operator goes to the contact address, with the writer’s as the one to answer', async () => {
    await putTo('operator', { replyTo: 'vera@example.com' })
    expect(await deliverMails(outside(), settings, now)).toEqual({ sent: 1, failed: 0, dropped: 0 })
    expect(sent).toMatchObject([{ to: operator.contact, replyTo: 'vera@example.com' }])
  })

  it('to the operator about a person goes with that person', async () => {
    const [visitorId, other] = await Promise.all(['a', 'b'].map((name) => newVisitor(`${name}@example.com`)))
    for (const id of [visitorId, other] as string[]) await putTo({ operatorAbout: { visitorId: id } })
    await putTo({ operatorAbout: { accountId: sol.accountId, memberId: ownerOf(sol) } })
    await keeperOf(env.KEEPER, platformAccount).forget([visitorId as string], now)
    expect(await deliverMails(outside(), settings, now)).toEqual({ sent: 2, failed: 0, dropped: 1 })
    expect(sent.map(({ to }) => to)).toEqual([operator.contact, operator.contact])
  })

  it('carries the headers that it was given, and no others', async () => {
    const visitorId = await newVisitor('vera@example.com')
    const headers = { 'List-Unsubscribe': '<https://gateway.test/end>' }
    await putTo({ visitorId }, { headers })
    await deliverMails(outside(), settings, now)
    expect(sent).toEqual([
      { from, to: 'vera@example.com', replyTo, headers, ...saying('s', 'the secret link') },
    ])
  })
})

describe('the sender', () => {
  it.each([
    ['Softivum Connect <no-reply@gateway.test>', from],
    ['"Softivum Connect" <no-reply@gateway.test>', from],
    ['no-reply@gateway.test', 'no-reply@gateway.test'],
    ['<no-reply@gateway.test>', 'no-reply@gateway.test'],
  ])('is read from %s', (text, expected) => {
    expect(parseSender(text)).toEqual(expected)
  })
})
