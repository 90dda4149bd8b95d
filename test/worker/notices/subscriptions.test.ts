import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { dayMs, limits } from '../../../worker/ground/limits.ts'
import { noticeMs } from '../../../worker/notices/versions.ts'
import { sweep } from '../../../worker/retention/sweep.ts'
import { sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { ownerEmailOf, seedBusiness } from '../../support/world.ts'
import { ask } from '../api/stage.ts'
import { emptyTables, mailbox, minute, start, subscribe, version, versionRow } from './stage.ts'

const first = [version('privacy', 1), version('subprocessors', 1)]
const changed = [...first, version('subprocessors', 2)]
const ana = 'ana@example.org'
const ravi = 'ravi@example.org'

beforeEach(async () => {
  for (const table of emptyTables) await env.DB.exec(`DELETE FROM ${table}`)
  await seedBusiness(sol)
})

describe('a change of subprocessors', () => {
  it('is mailed to members and to everybody who asked, and waits thirty days for all of them', async () => {
    await subscribe('ana', start)
    const { sent, world } = mailbox((to) => to === ana)
    await minute(first, start, world)
    await minute(changed, start + 1, world)
    await minute(changed, start + 2, world)
    expect(sent.map(({ to }) => to)).toEqual([ownerEmailOf(sol)])
    expect(await versionRow('subprocessors', 2)).toMatchObject({ told_at: null })
    const again = mailbox()
    const later = start + 2 + limits.mailRetryMs[0]
    await minute(changed, later, again.world)
    await minute(changed, later + 1, again.world)
    expect(again.sent.map(({ to }) => to)).toEqual([ana])
    expect(await versionRow('subprocessors', 2)).toMatchObject({ told_at: later, in_force_at: null })
    await minute(changed, later + noticeMs, again.world)
    expect(await versionRow('subprocessors', 2)).toMatchObject({ in_force_at: later + noticeMs })
    expect(await rowsOf('notices', 'account_id')).toMatchObject([
      { account_id: sol.accountId },
      { account_id: 'platform', recipient_id: 'vis_ana' },
    ])
  })

  it('carries the secret that ends the subscription to subscribers, and to nobody else', async () => {
    const token = await subscribe('ana', start)
    const { sent, world } = mailbox()
    await minute(changed, start + 1, world)
    const [theirs, ours] = [
      sent.find(({ to }) => to === ana),
      sent.find(({ to }) => to === ownerEmailOf(sol)),
    ]
    expect(theirs?.text).toContain(`https://gateway.test/subprocessors/unsubscribe/${token}`)
    expect(theirs?.headers).toEqual({
      'List-Unsubscribe': `<https://gateway.test/api/v1/public/subscriptions/${token}/end>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    })
    expect(ours?.text).toContain('https://gateway.test/subprocessors/2')
    expect(ours?.text).not.toContain('unsubscribe')
    expect(ours).not.toHaveProperty('headers')
    expect(JSON.stringify(await rowsOf('subscriptions'))).not.toContain(token)
    expect(JSON.stringify(await rowsOf('mails'))).not.toContain(token)
  })

  it('is no affair of a change of the policy: subscribers hear nothing of that', async () => {
    await subscribe('ana', start)
    const { sent, world } = mailbox()
    await minute([...first, version('privacy', 2)], start + 1, world)
    expect(sent.map(({ to }) => to)).toEqual([ownerEmailOf(sol)])
  })
})

describe('a subscription', () => {
  it.each<[string, (token: string) => Promise<Response>]>([
    ['on the page', (token) => ask('/api/v1/public/subscriptions/end', { body: { token } })],
    [
      'by the mail program in one click',
      (token) =>
        ask(`/api/v1/public/subscriptions/${token}/end`, {
          body: 'List-Unsubscribe=One-Click',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
    ],
  ])('ended %s sends nothing any more, and the neighbour’s goes on', async (_, end) => {
    const token = await subscribe('ana', start)
    await subscribe('ravi', start)
    const answer = await end(token)
    expect([answer.status, await answer.json()]).toEqual([200, { ended: true }])
    expect((await rowsOf('subscriptions')).map((row) => row.visitor_id)).toEqual(['vis_ravi'])
    const { sent, world } = mailbox()
    await minute(changed, start + 1, world)
    expect(sent.map(({ to }) => to).toSorted()).toEqual([ownerEmailOf(sol), ravi])
  })

  it('answers the same for a secret that ends nothing, twice the same, and is not ended by it', async () => {
    const token = await subscribe('ana', start)
    const bytesOf = async (given: string) => {
      const answer = await ask('/api/v1/public/subscriptions/end', { body: { token: given } })
      return [answer.status, [...answer.headers], await answer.text()]
    }
    const wrong = await bytesOf('x'.repeat(43))
    expect(await rowsOf('subscriptions')).toHaveLength(1)
    expect(await bytesOf(token)).toEqual(wrong)
    expect(await bytesOf(token)).toEqual(wrong)
    expect(await rowsOf('subscriptions')).toEqual([])
  })

  it.each([
    ['nothing', {}],
    ['a number', { token: 1 }],
    ['something too long', { token: 'x'.repeat(65) }],
    ['more than the secret', { token: 'x', list: 'subprocessors' }],
  ])('is not ended by %s', async (_, body) => {
    await subscribe('ana', start)
    expect((await ask('/api/v1/public/subscriptions/end', { body })).status).toBe(400)
    expect(await rowsOf('subscriptions')).toHaveLength(1)
  })

  it('is there once, with the same secret, however often somebody subscribes', async () => {
    const token = await subscribe('ana', start)
    expect(await subscribe('ana', start + 1)).toBe(token)
    expect(await rowsOf('subscriptions')).toMatchObject([{ visitor_id: 'vis_ana', created_at: start }])
    expect(await subscribe('ravi', start)).not.toBe(token)
  })

  it('keeps its address as long as it stands, and no longer than others once it has ended', async () => {
    const token = await subscribe('ana', start)
    await subscribe('ravi', start)
    await sweep(env, start + 500 * dayMs)
    expect((await rowsOf('visitors', 'id')).map((row) => row.id)).toEqual(['vis_ana', 'vis_ravi'])
    await ask('/api/v1/public/subscriptions/end', { body: { token } })
    await sweep(env, start + 500 * dayMs)
    expect((await rowsOf('visitors')).map((row) => row.id)).toEqual(['vis_ravi'])
  })
})

describe('the operator', () => {
  it('sees how each version stands and how many were told, and whoever is no operator sees nothing', async () => {
    const { documents } = await import('../../../db/documents.ts')
    await minute([...documents], start)
    const answer = await ask('/api/v1/operator/notices', { key: env.OPERATOR_KEY as string })
    expect(answer.status).toBe(200)
    const { data } = (await answer.json()) as { data: Record<string, unknown>[] }
    expect(data).toHaveLength(documents.length)
    expect(data.find((row) => row.document === 'privacy' && row.version === '1')).toEqual({
      ...{ document: 'privacy', version: '1', material: false, inLog: true },
      ...{ effectiveAt: expect.any(String), announcedAt: new Date(start).toISOString() },
      ...{ toTell: 0, told: 0, failed: 0, toldAt: null, inForceAt: new Date(start).toISOString() },
    })
    expect((await ask('/api/v1/operator/notices')).status).toBe(404)
  })
})
