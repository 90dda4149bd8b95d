import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { settingsOf } from '../../../worker/env.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { codeIn, outbox, type SentMail } from '../../support/outbox.ts'
import { type Browser, signInAs } from '../../support/session.ts'
import { ownerEmailOf, ownerOf, seedCast } from '../../support/world.ts'
import { ask as asked, dumpOf, keyFor, read } from '../api/stage.ts'

let sent: SentMail[]
let outside: Env
let owner: Browser
let admin: Browser
let neighbour: unknown
const neighbours = async () => [
  await dumpOf(monsoon.accountId),
  (await rowsOf('members', 'id')).filter((row) => row.account_id === monsoon.accountId),
]

beforeAll(async () => {
  await seedCast()
  owner = await signInAs(sol)
  admin = await signInAs(sol, 'admin')
})
beforeEach(async () => {
  const fresh = outbox()
  sent = fresh.sent
  outside = { ...fresh.outside, RATE: { limit: async () => ({ success: true }) } as never }
  for (const table of ['challenges', 'mails']) await env.DB.exec(`DELETE FROM ${table}`)
  neighbour = await neighbours()
})

const origin = settingsOf(env).publicOrigin
const ask: typeof asked = (path, options) => asked(`/api/v1${path}`, { ...options, env: outside })
const invite = (email: string, role = 'agent', { headers }: Browser = owner) =>
  ask('/invitations', { headers, body: { email, role } })
const secretIn = (email: string): string => {
  const mail = sent.findLast(({ to, subject }) => to === email && subject.includes('invites'))
  return /\/portal\/join#([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? ''
}
const accept = (secret: string, code: string) =>
  ask(`/public/invitations/${secret}`, { headers: { origin }, body: { code } })
const askCode = (secret: string) =>
  ask(`/public/invitations/${secret}/codes`, { method: 'POST', headers: { origin } })

describe('an invitation', () => {
  it('makes whoever proves the address a member with the role, signed in, once', async () => {
    const email = 'nina@example.com'
    const answer = await invite(email)
    expect(answer.status).toBe(201)
    const invitation = await read(answer)
    expect(invitation).toMatchObject({ email, role: 'agent' })
    const secret = secretIn(email)
    expect(secret).toHaveLength(43)
    expect(await read(await ask(`/public/invitations/${secret}`))).toEqual({
      workspace: sol.name,
      role: 'agent',
      email: 'n•••@example.com',
      expiresAt: invitation.expiresAt,
    })
    expect((await accept(secret, '000000')).status).toBe(403)
    expect((await askCode(secret)).status).toBe(202)
    const here = await accept(secret, codeIn(sent, email))
    expect(await read(here)).toMatchObject({ workspaces: [{ id: sol.accountId, role: 'agent' }] })
    const headers = { cookie: here.headers.get('set-cookie')?.split(';')[0] ?? '', origin }
    const session = await read(await ask('/session', { headers }))
    expect(session).toMatchObject({ member: { role: 'agent', email }, workspace: { id: sol.accountId } })
    expect((await ask('/keys', { headers })).status).toBe(404)

    const gone = await ask(`/public/invitations/${secret}`)
    const never = await ask('/public/invitations/nothing')
    expect([gone.status, await gone.text()]).toEqual([404, await never.text()])
    expect((await read(await ask('/invitations', { headers: owner.headers }))).data).toEqual([])
    for (const table of ['invitations', 'members', 'users', 'mails', 'audit_entries', 'challenges'])
      for (const word of [email, secret])
        expect(JSON.stringify(await rowsOf(table)), table).not.toContain(word)
    const member = (session.member as { id: string }).id
    for (const [action, actor, subject] of [
      ['member.invite', `member:${ownerOf(sol)}`, invitation.id],
      ['invitation.accept', `member:${member}`, invitation.id],
      ['member.add', `member:${ownerOf(sol)}`, member],
    ])
      expect(await rowsOf('audit_entries')).toContainEqual(
        expect.objectContaining({ action, actor, subject }),
      )
    expect(await neighbours()).toEqual(neighbour)
  })

  it('is worth nothing with the code of another address', async () => {
    await invite('otto@example.com')
    const secret = secretIn('otto@example.com')
    await askCode(secret)
    await ask('/public/sign-in/codes', { headers: { origin }, body: { email: 'thief@example.com' } })
    const before = await rowsOf('members', 'id')
    const answer = await accept(secret, codeIn(sent, 'thief@example.com'))
    if (codeIn(sent, 'thief@example.com') !== codeIn(sent, 'otto@example.com')) {
      expect([answer.status, (await read(answer)).code]).toEqual([403, 'code_refused'])
      expect(await rowsOf('members', 'id')).toEqual(before)
    }
  })

  it('leads nowhere once it is taken back, replaced or past its life', async () => {
    const email = 'pia@example.com'
    const first = await read(await invite(email))
    const revoked = secretIn(email)
    const revoke = (id: unknown, { headers }: Browser) =>
      ask(`/invitations/${id}`, { method: 'DELETE', headers })
    const stranger = await signInAs(monsoon)
    const [theirs, nobodys] = [await revoke(first.id, stranger), await revoke('inv_nobody', stranger)]
    expect([theirs.status, await theirs.text()]).toEqual([404, await nobodys.text()])
    expect((await revoke(first.id, owner)).status).toBe(204)
    await invite(email)
    const replaced = secretIn(email)
    await invite(email, 'developer')
    const late = secretIn(email)
    await env.DB.prepare(
      'UPDATE invitations SET expires_at = ? WHERE accepted_at IS NULL AND revoked_at IS NULL',
    )
      .bind(Date.now() - 1)
      .run()
    const nothing = await (await ask('/public/invitations/nothing')).text()
    for (const secret of [revoked, replaced, late]) {
      const answers = [
        await ask(`/public/invitations/${secret}`),
        await askCode(secret),
        await accept(secret, '123456'),
      ]
      for (const answer of answers) expect([answer.status, await answer.text()]).toEqual([404, nothing])
    }
    expect((await rowsOf('invitations')).filter(({ email: sealed }) => sealed === '').length).toBeGreaterThan(
      1,
    )
  })

  it('to be an owner is an owner’s to give, and one to a member is refused', async () => {
    const before = await rowsOf('invitations', 'id')
    const refused = await invite('quinn@example.com', 'owner', admin)
    expect([refused.status, (await read(refused)).code]).toEqual([403, 'owner_needed'])
    const twice = await invite(ownerEmailOf(sol))
    expect([twice.status, (await read(twice)).code]).toEqual([409, 'conflict'])
    const key = await keyFor(sol, ['members'])
    expect((await ask('/invitations', { key, body: { email: 'q@example.com', role: 'admin' } })).status).toBe(
      201,
    )
    expect(await rowsOf('invitations', 'id')).toHaveLength(before.length + 1)
    expect((await invite('quinn@example.com', 'owner')).status).toBe(201)
  })

  it('is one of so many a day', async () => {
    const many = await signInAs(monsoon, 'admin')
    for (let i = 0; i < limits.invitationsAtOnce; i++)
      expect((await invite(`person${i}@example.com`, 'agent', many)).status).toBe(201)
    const refused = await invite('onemore@example.com', 'agent', many)
    expect([refused.status, (await read(refused)).code]).toEqual([429, 'too_many_requests'])
    expect((await invite('elsewhere@example.com')).status).toBe(201)
  })

  it('needs a proof that is fresh', async () => {
    const stale = await signInAs(sol, 'admin', { provenAgoMs: limits.freshMs + 1_000 })
    const answer = await invite('rosa@example.com', 'agent', stale)
    expect([answer.status, (await read(answer)).code]).toEqual([403, 'step_up_needed'])
    expect(sent).toEqual([])
  })

  it('leads where it was asked from when that is a name of ours, else to the first of them', async () => {
    const email = 'link@example.com'
    const linkFor = async (from: string) => {
      const headers = { ...owner.headers, origin: from }
      const { status } = await ask('/invitations', { headers, body: { email, role: 'agent' } })
      const [link] = /\S+\/portal\/join#/.exec(sent.findLast(({ to }) => to === email)?.text ?? '') ?? []
      return [status, link]
    }
    for (const own of settingsOf(env).pageOrigins)
      expect(await linkFor(own)).toEqual([201, `${own}/portal/join#`])
    const sentBefore = sent.length
    expect((await linkFor('https://elsewhere.example'))[0]).toBe(403)
    expect(sent).toHaveLength(sentBefore)
    expect(sent.at(-1)?.text).not.toContain('Complaints')
  })
})
