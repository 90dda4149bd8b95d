import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { scopesOf } from '../../../worker/accounts/permissions.ts'
import { scopeNames } from '../../../worker/audit/principal.ts'
import { settingsOf } from '../../../worker/env.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { codeIn, outbox, type SentMail } from '../../support/outbox.ts'
import { type Browser, signInAs } from '../../support/session.ts'
import { ownerEmailOf, ownerOf, seedCast } from '../../support/world.ts'
import { ask as asked, dumpOf, read } from '../api/stage.ts'

let sent: SentMail[]
let outside: Env
let owner: Browser

beforeAll(async () => {
  await seedCast()
  owner = await signInAs(sol)
})
beforeEach(() => {
  const fresh = outbox()
  sent = fresh.sent
  outside = { ...fresh.outside, RATE: { limit: async () => ({ success: true }) } as never }
})

const origin = settingsOf(env).publicOrigin
const ask: typeof asked = (path, options) => asked(`/api/v1${path}`, { ...options, env: outside })
const change = ({ headers }: Browser, id: string, body: unknown) =>
  ask(`/members/${id}`, { method: 'PATCH', headers, body })
const codeOf = async (answer: Response) => [answer.status, (await read(answer)).code]
const scopesIn = async ({ headers }: Browser) => (await read(await ask('/session', { headers }))).scopes

describe('a role', () => {
  it('that is changed counts from the next request on, for the browser and for keys made before', async () => {
    const member = await signInAs(sol, 'admin')
    const neighbour = await dumpOf(monsoon.accountId)
    const made = await ask('/keys', {
      headers: member.headers,
      body: { name: 'Before', scopes: ['members', 'conversations:read'] },
    })
    expect(made.status).toBe(201)
    const key = (await read(made)).key as string
    expect((await ask('/members', { key })).status).toBe(200)
    const changed = await change(owner, member.memberId, { role: 'agent' })
    expect(await read(changed)).toMatchObject({ id: member.memberId, role: 'agent' })
    expect(await scopesIn(member)).toEqual(scopesOf('agent'))
    expect((await ask('/members', { headers: member.headers })).status).toBe(404)
    expect((await ask('/members', { key })).status).toBe(403)
    expect((await ask('/conversations', { key })).status).toBe(200)
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({
        action: 'member.role',
        subject: member.memberId,
        reason: 'agent',
        actor: `member:${ownerOf(sol)}`,
      }),
    )
    expect(await dumpOf(monsoon.accountId)).toEqual(neighbour)
  })

  it('of an owner is given and taken by owners alone, and the only owner stays one', async () => {
    const admin = await signInAs(sol, 'admin')
    const other = await signInAs(sol, 'admin')
    expect(await codeOf(await change(admin, other.memberId, { role: 'owner' }))).toEqual([
      403,
      'owner_needed',
    ])
    expect(await codeOf(await change(admin, ownerOf(sol), { role: 'agent' }))).toEqual([403, 'owner_needed'])
    expect(await read(await change(owner, ownerOf(sol), { role: 'agent' }))).toMatchObject({
      status: 409,
      code: 'sole_owner',
      detail: 'The only owner stays an owner.',
      remedy: 'Make somebody else an owner first.',
    })
    expect((await change(owner, other.memberId, { role: 'owner' })).status).toBe(200)
    // Both resign at once: one of them stays.
    const answers = await Promise.all([
      change(owner, ownerOf(sol), { role: 'admin' }),
      change(other, other.memberId, { role: 'admin' }),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
    const owners = (await rowsOf('members')).filter(
      (row) => row.account_id === sol.accountId && row.role === 'owner',
    )
    expect(owners).toHaveLength(1)
    await env.DB.prepare(
      `UPDATE members SET role = CASE id WHEN ? THEN 'owner' ELSE 'admin' END WHERE id IN (?, ?)`,
    )
      .bind(ownerOf(sol), ownerOf(sol), other.memberId)
      .run()
  })

  it('that makes an owner stands, whatever an admin says in the same moment', async () => {
    const admin = await signInAs(sol, 'admin')
    const other = await signInAs(sol, 'developer')
    for (let i = 0; i < 5; i++) {
      const [made, unmade] = await Promise.all([
        change(owner, other.memberId, { role: 'owner' }),
        change(admin, other.memberId, { role: 'agent' }),
      ])
      expect(made.status).toBe(200)
      expect([200, 403]).toContain(unmade.status)
      const row = (await rowsOf('members')).find(({ id }) => id === other.memberId)
      expect(row?.role).toBe('owner')
      expect((await change(owner, other.memberId, { role: 'developer' })).status).toBe(200)
    }
  })

  it('of somebody in another workspace cannot be changed, nor learned of', async () => {
    const [theirs, nobodys] = [
      await change(owner, ownerOf(monsoon), { role: 'agent' }),
      await change(owner, 'mem_nobody', { role: 'agent' }),
    ]
    expect([theirs.status, await theirs.text()]).toEqual([404, await nobodys.text()])
  })

  it('bounds the keys its member makes', async () => {
    const developer = await signInAs(sol, 'developer')
    const beyond = await ask('/keys', {
      headers: developer.headers,
      body: { name: 'Beyond', scopes: ['templates', 'conversations:read'] },
    })
    expect(beyond.status).toBe(403)
    expect((await read(beyond)).detail).toContain('conversations:read')
    const scopes = scopesOf('developer')
    expect((await ask('/keys', { headers: developer.headers, body: { name: 'All', scopes } })).status).toBe(
      201,
    )
    expect(scopeNames.length).toBeGreaterThan(scopes.length)
  })
})

describe('a member who is removed', () => {
  it('ends with the request: no browser and no key of theirs does anything any more', async () => {
    const member = await signInAs(sol, 'developer')
    const body = { name: 'Theirs', scopes: ['templates'] }
    const key = (await read(await ask('/keys', { headers: member.headers, body }))).key as string
    expect((await ask('/keys', { headers: member.headers })).status).toBe(200)
    const removed = await ask(`/members/${member.memberId}/deletion`, {
      method: 'POST',
      headers: owner.headers,
    })
    expect(removed.status).toBe(202)
    expect((await ask('/keys', { headers: member.headers })).status).not.toBe(200)
    expect((await ask('/templates', { key })).status).toBe(401)
  })
})

describe('what is dangerous', () => {
  const stale = (role: 'owner' | 'admin' = 'admin') =>
    signInAs(sol, role, { email: `stale.${role}@example.com`, provenAgoMs: limits.freshMs + 1_000 })

  it.each([
    ['POST', '/keys', { name: 'A', scopes: ['templates'] }],
    ['DELETE', '/keys/key_x', undefined],
    ['POST', '/members', { email: 'a@example.com', role: 'agent' }],
    ['PATCH', '/members/mem_x', { role: 'agent' }],
    ['POST', '/members/mem_x/deletion', undefined],
    ['POST', '/invitations', { email: 'a@example.com', role: 'agent' }],
    ['POST', '/contacts/deletions', { ids: ['cnt_x'] }],
    ['POST', '/deletion', {}],
    ['POST', '/deletion/approval', undefined],
    ['PUT', '/retention/messages', { days: 30 }],
  ])('asks for a proof that is fresh: %s %s', async (method, path, body) => {
    const browser = await stale(path.startsWith('/deletion') ? 'owner' : 'admin')
    const before = await dumpOf(sol.accountId)
    const answer = await ask(path, { method, headers: browser.headers, ...(body ? { body } : {}) })
    expect(await codeOf(answer)).toEqual([403, 'step_up_needed'])
    expect(await dumpOf(sol.accountId)).toEqual(before)
  })

  it('is done after a code from the mail, and a code that is refused stands in the ledger', async () => {
    const email = 'stepping@example.com'
    const browser = await signInAs(sol, 'admin', { email, provenAgoMs: limits.freshMs + 1_000 })
    const { headers } = browser
    const make = () => ask('/keys', { headers, body: { name: 'A', scopes: ['templates'] } })
    expect(await codeOf(await make())).toEqual([403, 'step_up_needed'])
    expect((await ask('/session/proof/codes', { method: 'POST', headers })).status).toBe(202)
    const code = codeIn(sent, email)
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
    const prove = (given: string) => ask('/session/proof', { headers, body: { code: given } })
    expect(await codeOf(await prove(wrong))).toEqual([403, 'code_refused'])
    expect(await codeOf(await make())).toEqual([403, 'step_up_needed'])
    const sessions = (await rowsOf('sessions', 'id')).length
    expect((await prove(code)).status).toBe(200)
    expect(await rowsOf('sessions', 'id')).toHaveLength(sessions)
    expect((await make()).status).toBe(201)
    expect(await codeOf(await prove(code))).toEqual([403, 'code_refused'])
    const told = (await rowsOf('audit_entries')).filter(({ subject }) => subject === browser.sessionId)
    expect(told.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['session.prove_refuse', 'session.prove']),
    )
  })

  it('is not asked of keys, which prove nothing but themselves', async () => {
    const body = { name: 'Of the owner', scopes: ['keys', 'templates'] }
    const key = (await read(await ask('/keys', { headers: owner.headers, body }))).key as string
    expect((await ask('/keys', { key, body: { name: 'B', scopes: ['templates'] } })).status).toBe(201)
  })
})

describe('an owner who is signed in', () => {
  it('begins the end of the workspace without a key of a certain age, and takes it back', async () => {
    const theirs = await signInAs(monsoon)
    expect((await ask('/deletion?dryRun=true', { headers: theirs.headers, body: {} })).status).toBe(200)
    expect((await ask('/deletion', { headers: theirs.headers, body: {} })).status).toBe(202)
    expect((await ask('/deletion', { method: 'DELETE', headers: theirs.headers })).status).toBe(200)
  })

  it('makes another workspace and moves between them by naming one', async () => {
    const made = await ask('/workspaces', { headers: owner.headers, body: { name: 'Second' } })
    const { id } = await read(made)
    const at = (workspace: string) =>
      ask('/session', { headers: { ...owner.headers, 'x-workspace': workspace } }).then(read)
    expect(await at(id as string)).toMatchObject({
      workspace: { name: 'Second' },
      member: { email: ownerEmailOf(sol) },
    })
    expect(await at(sol.accountId)).toMatchObject({ workspace: { id: sol.accountId } })
    const { 'x-workspace': _, ...bare } = owner.headers
    expect(await read(await ask('/session', { headers: { ...bare, origin } }))).toMatchObject({
      workspace: { id },
    })
  })
})
