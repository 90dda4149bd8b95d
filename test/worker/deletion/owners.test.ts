// Who can have a whole workspace deleted, and who can stop it: owners, by the API or by the secret in their mail.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { schema, writeBatch } from '../../../db/client.ts'
import { newKey } from '../../../worker/accounts/keys.ts'
import { scopeNames } from '../../../worker/audit/principal.ts'
import { keeperOf, openColumns, sealColumn } from '../../../worker/custody/sealing.ts'
import { dayMs, limits } from '../../../worker/ground/limits.ts'
import { ana, monsoon, sol } from '../../support/cast.ts'
import { hasten, holdStill, stateOf, work } from '../../support/deletion.ts'
import { everything, lines, mentioning } from '../../support/everything.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { ownerOf, seedCast } from '../../support/world.ts'
import { ask, db, read } from '../api/stage.ts'

const { accountId } = sol
let neighbour: string[]

async function keyOf(memberId: string | null, ageMs: number): Promise<string> {
  const wanted = { accountId, memberId, name: 'test', scopes: scopeNames }
  const { created, statements } = newKey(db, wanted, 'operator', Date.now() - ageMs)
  await writeBatch(db, statements)
  return created.key
}
const aged = (memberId: string | null) => keyOf(memberId, limits.deletionKeyAgeMs + 1_000)

async function addMember(id: string, role: 'owner' | 'admin'): Promise<string> {
  const key = await keeperOf(env.KEEPER, accountId).keyFor(id)
  const email = await sealColumn(key, 'members', 'email', id, `${id}@example.com`)
  await db.insert(schema.members).values({ id, accountId, role, email, createdAt: 1 })
  return id
}

const request = (key: string) => ask('/api/v1/deletion', { key, body: {} })
const decide = (token: string, decision: string) =>
  ask('/api/v1/public/deletion-decisions', {
    body: new URLSearchParams({ token, decision }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

/** What an owner finds in the mailbox, newest last. */
async function mailsOf(memberId: string): Promise<{ kind: string; text: string }[]> {
  const rows = (await rowsOf('mails', 'rowid')).filter((row) => row.member_id === memberId)
  const texts = await openColumns(
    env.KEEPER,
    accountId,
    rows.map((row) => ({
      table: 'mails',
      column: 'content',
      rowId: String(row.id),
      sealed: String(row.content),
    })),
    Date.now(),
  )
  return rows.map((row, i) => ({
    kind: String(row.kind),
    text: JSON.parse(texts[i] as string).text as string,
  }))
}
const tokenOf = async (memberId: string): Promise<string> =>
  /decide\/([\w-]+)/.exec(
    (await mailsOf(memberId)).find(({ kind }) => kind === 'deletion_requested')?.text ?? '',
  )?.[1] as string

/** The clock of everything in this isolate. */
function at(instant: number): void {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(instant)
}

beforeEach(async () => {
  await seedCast()
  for (const table of [
    'deletions',
    'deletion_owners',
    'deletion_steps',
    'deletion_blocks',
    'holds',
    'mails',
    'api_keys',
  ])
    await env.DB.exec(`DELETE FROM ${table}`)
  await env.DB.exec(`DELETE FROM members WHERE id NOT IN ('${ownerOf(sol)}', '${ownerOf(monsoon)}')`)
  await holdStill(accountId)
  await postChanges(sol, messageChange(sol, ana, textMessage('wamid.O1', 'hola', 1795305600)))
  await drain(sol)
  neighbour = lines(mentioning(await everything(), [monsoon.accountId]))
})
afterEach(async () => {
  vi.useRealTimers()
  expect(lines(mentioning(await everything(), [monsoon.accountId]))).toEqual(neighbour)
})

describe('the deletion of a workspace', () => {
  it('is asked for by an owner, with a key that is no longer fresh', async () => {
    await addMember('mem_admin', 'admin')
    const answers = [
      // The scope is not one of the role, whatever the key was made with.
      [await aged('mem_admin'), 'forbidden'],
      [await aged(null), 'owner_needed'],
      [await keyOf(ownerOf(sol), limits.deletionKeyAgeMs - 60_000), 'key_too_fresh'],
    ] as const
    for (const [key, code] of answers) {
      const answer = await request(key)
      expect([answer.status, (await read(answer)).code]).toEqual([403, code])
    }
    expect(await rowsOf('deletions')).toEqual([])
    expect((await request(await aged(ownerOf(sol)))).status).toBe(202)
  })

  it('of one owner cools off for seven days, frozen, and the owner is told', async () => {
    const key = await aged(ownerOf(sol))
    const opened = await read(await request(key))
    expect(opened.state).toBe('cooling_off')
    const [row] = await rowsOf('deletions')
    expect(Number(row?.cooling_until) - Number(row?.requested_at)).toBe(7 * dayMs)
    for (const path of ['/contacts', '/conversations']) {
      const answer = await ask(`/api/v1${path}`, { key })
      expect([path, answer.status, (await read(answer)).code]).toEqual([path, 403, 'frozen'])
    }
    const sent = await ask(`/v25.0/${sol.phoneNumberId}/messages`, {
      key,
      body: { messaging_product: 'whatsapp', to: ana.phone, type: 'text', text: { body: 'x' } },
    })
    expect(sent.status).toBe(403)
    expect((await mailsOf(ownerOf(sol))).map(({ kind }) => kind)).toEqual(['deletion_requested'])
    expect((await read(await request(key))).code).toBe(opened.code)
    await hasten(accountId)
    await work(accountId)
    expect(await stateOf(opened.id as string)).toBe('cooling_off')
  })

  it('is remembered two days before it begins, once', async () => {
    const opened = await read(await request(await aged(ownerOf(sol))))
    const until = Number((await rowsOf('deletions'))[0]?.cooling_until)
    const kinds = async () => (await mailsOf(ownerOf(sol))).map(({ kind }) => kind)
    at(until - 2 * dayMs - 60_000)
    for (let i = 0; i < 2; i++) await hasten(accountId).then(() => work(accountId))
    expect(await kinds()).toEqual(['deletion_requested'])
    at(until - 2 * dayMs + 60_000)
    for (let i = 0; i < 3; i++) await hasten(accountId).then(() => work(accountId))
    expect(await kinds()).toEqual(['deletion_requested', 'deletion_soon'])
    expect(await stateOf(opened.id as string)).toBe('cooling_off')
  })

  it('can be taken back while it cools off, by the API', async () => {
    const key = await aged(ownerOf(sol))
    await request(key)
    const cancelled = await ask('/api/v1/deletion', { key, method: 'DELETE' })
    expect([cancelled.status, (await read(cancelled)).state]).toEqual([200, 'cancelled'])
    expect((await read(await ask('/api/v1/contacts', { key }))).data.length).toBe(1)
    expect((await mailsOf(ownerOf(sol))).map(({ kind }) => kind)).toEqual([
      'deletion_requested',
      'deletion_cancelled',
    ])
    await hasten(accountId).then(() => work(accountId))
    expect((await rowsOf('contacts')).length).toBe(1)
  })

  it('cannot be taken back once erasing has begun, and nothing changes', async () => {
    const key = await aged(ownerOf(sol))
    const { id } = await read(await request(key))
    const token = await tokenOf(ownerOf(sol))
    await env.DB.prepare(`UPDATE deletions SET state = 'running', started_at = 1 WHERE id = ?`).bind(id).run()
    await ask('/api/v1/deletions', { key })
    const before = lines(await everything())
    const answer = await ask('/api/v1/deletion', { key, method: 'DELETE' })
    expect([answer.status, (await read(answer)).code]).toEqual([409, 'past_return'])
    expect((await decide(token, 'cancel')).status).toBe(409)
    expect(lines(await everything())).toEqual(before)
  })
})

describe('the deletion of a workspace with two owners', () => {
  let first: string
  let second: string
  beforeEach(async () => {
    await addMember('mem_second', 'owner')
    first = await aged(ownerOf(sol))
    second = await aged('mem_second')
  })

  it('waits for the other, who approves by the API; whoever asked cannot', async () => {
    expect((await read(await request(first))).state).toBe('waiting_approval')
    expect((await ask('/api/v1/contacts', { key: first })).status).toBe(200)
    const own = await ask('/api/v1/deletion/approval', { key: first, method: 'POST' })
    expect(own.status).toBe(409)
    expect((await rowsOf('deletions'))[0]?.state).toBe('waiting_approval')
    const fresh = await keyOf('mem_second', 0)
    expect((await ask('/api/v1/deletion/approval', { key: fresh, method: 'POST' })).status).toBe(403)
    const approved = await ask('/api/v1/deletion/approval', { key: second, method: 'POST' })
    expect([approved.status, (await read(approved)).state]).toEqual([200, 'cooling_off'])
    expect((await ask('/api/v1/contacts', { key: first })).status).toBe(403)
    expect((await ask('/api/v1/deletion/approval', { key: second, method: 'POST' })).status).toBe(200)
  })

  it('is approved and taken back by the secrets in the mails, each owner with their own', async () => {
    const { code } = await read(await request(first))
    const [asker, other] = [await tokenOf(ownerOf(sol)), await tokenOf('mem_second')]
    expect(asker).not.toBe(other)
    expect((await decide(asker, 'approve')).status).toBe(409)
    expect((await decide('x'.repeat(43), 'approve')).status).toBe(404)
    const approved = await decide(other, 'approve')
    expect([approved.status, approved.headers.get('location')]).toEqual([303, `/data-deletion/${code}`])
    expect((await rowsOf('deletions'))[0]?.state).toBe('cooling_off')
    expect((await decide(asker, 'cancel')).status).toBe(303)
    expect((await rowsOf('deletions'))[0]?.state).toBe('cancelled')
    expect((await ask('/api/v1/contacts', { key: second })).status).toBe(200)
    // The links end with the request.
    expect((await decide(other, 'approve')).status).toBe(404)
  })

  it('is void when nobody approves for fourteen days', async () => {
    const { id } = await read(await request(first))
    const requestedAt = Number((await rowsOf('deletions'))[0]?.requested_at)
    at(requestedAt + 14 * dayMs - 60_000)
    await hasten(accountId).then(() => work(accountId))
    expect(await stateOf(id as string)).toBe('waiting_approval')
    at(requestedAt + 14 * dayMs + 60_000)
    await hasten(accountId).then(() => work(accountId))
    expect(await stateOf(id as string)).toBe('cancelled')
    expect((await rowsOf('contacts')).length).toBe(1)
  })
})
