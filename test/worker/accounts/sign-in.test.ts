import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emailAlias } from '../../../worker/accounts/alias.ts'
import { loadEmailDigest } from '../../../worker/custody/sealing.ts'
import { settingsOf } from '../../../worker/env.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { codeIn, outbox, type SentMail } from '../../support/outbox.ts'
import { ownerEmailOf, ownerOf, seedCast } from '../../support/world.ts'
import { ask, dumpOf, read } from '../api/stage.ts'

let sent: SentMail[]
let outside: Env

beforeAll(seedCast)
beforeEach(async () => {
  const fresh = outbox()
  sent = fresh.sent
  // Not counted here: how often a network may ask is a test of its own.
  outside = { ...fresh.outside, RATE: { limit: async () => ({ success: true }) } as never }
  for (const table of ['challenges', 'mails', 'verifications']) await env.DB.exec(`DELETE FROM ${table}`)
})

const origin = settingsOf(env).publicOrigin
const post = (path: string, body: unknown, headers: Record<string, string> = { origin }) =>
  ask(`/api/v1/public${path}`, { body, headers, env: outside })
const askCode = (email: string) => post('/sign-in/codes', { email })
const signIn = (email: string, code: string, headers?: Record<string, string>) =>
  post('/sign-in', { email, code }, { origin, ...headers })
const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? ''
const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
const nowhere = async (words: string[]) => {
  const tables = await env.DB.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all<{
    name: string
  }>()
  for (const { name } of tables.results.filter((table) => !/^(_cf|sqlite|d1)_/.test(table.name)))
    for (const word of words) expect(JSON.stringify(await rowsOf(name)), name).not.toContain(word)
}

describe('signing in by a code', () => {
  it('answers the same, with a mail, for an address that is known and one that is not', async () => {
    const answers = await Promise.all([askCode(ownerEmailOf(sol)), askCode('nobody@example.com')])
    const bodies = await Promise.all(answers.map(read))
    expect(answers.map(({ status }) => status)).toEqual([202, 202])
    for (const body of bodies) expect(body).toEqual({ expiresAt: expect.any(String) })
    expect(sent.map(({ to, subject, text }) => [to, subject, text.replace(/\d{6}/, '')]).toSorted()).toEqual(
      ['nobody@example.com', ownerEmailOf(sol)]
        .toSorted()
        .map((to) => [to, 'Your code for signing in to Softivum Connect', expect.any(String)]),
    )
    expect(new Set(sent.map(({ text }) => text.replace(/\d{6}/, ''))).size).toBe(1)
  })

  it('makes the owner whom the operator wrote down a member who is signed in, with a cookie for this host alone', async () => {
    const neighbour = await dumpOf(monsoon.accountId)
    await askCode(ownerEmailOf(sol))
    const seen = {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'cf-connecting-ip': '203.0.113.77',
    }
    // As people type it.
    const typed = ` ${ownerEmailOf(sol).toUpperCase()} `.trim()
    const answer = await signIn(typed, codeIn(sent, ownerEmailOf(sol)), seen)
    expect(answer.status).toBe(200)
    const body = await read(answer)
    expect(body).toEqual({
      user: { id: expect.stringMatching(/^usr_/) },
      workspaces: [{ id: sol.accountId, name: sol.name, role: 'owner' }],
    })
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-session=[\w.%-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    )
    const headers = { cookie: cookieOf(answer), origin }
    expect(await read(await ask('/api/v1/session', { headers }))).toMatchObject({
      workspace: { id: sol.accountId },
      member: { id: ownerOf(sol), email: ownerEmailOf(sol) },
    })
    const [browser] = (await read(await ask('/api/v1/sessions', { headers }))).data
    expect(browser).toMatchObject({ device: 'Firefox on Linux', network: '203.0.113.0/24', current: true })
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({
        action: 'session.begin',
        actor: `member:${ownerOf(sol)}`,
        reason: 'code',
        account_id: sol.accountId,
      }),
    )
    await nowhere(['203.0.113.77', 'rv:140', ownerEmailOf(sol)])
    expect(await dumpOf(monsoon.accountId)).toEqual(neighbour)
  })

  it('signs somebody new up, whose address stands nowhere in clear and in the library’s tables not at all', async () => {
    const email = 'newcomer@example.com'
    await askCode(email)
    const answer = await signIn(email, codeIn(sent, email))
    expect(await read(answer)).toMatchObject({ workspaces: [] })
    const headers = { cookie: cookieOf(answer), origin }
    expect(await read(await ask('/api/v1/session', { headers }))).toMatchObject({
      workspace: null,
      member: null,
      scopes: [],
      workspaces: [],
    })
    expect((await ask('/api/v1/conversations', { headers })).status).toBe(404)
    const alias = emailAlias(await loadEmailDigest(env.KEEPER, email))
    expect(await rowsOf('users')).toContainEqual(expect.objectContaining({ email: alias, name: '' }))
    await nowhere([email])

    const made = await ask('/api/v1/workspaces', { headers, body: { name: 'Nuevo' } })
    expect(made.status).toBe(201)
    const workspace = await read(made)
    expect(await read(await ask('/api/v1/session', { headers }))).toMatchObject({
      workspace: { id: workspace.id, name: 'Nuevo' },
      member: { role: 'owner', email },
    })
    expect((await rowsOf('users')).find((row) => row.email === alias)?.address).toBeNull()
    await nowhere([email])
  })

  it('refuses a code that is wrong, used, past its life or tried too often, all alike', async () => {
    const email = ownerEmailOf(sol)
    const refusal = async (answer: Response) => {
      expect(answer.headers.get('set-cookie')).toBeNull()
      return [answer.status, await answer.text()]
    }
    const before = await rowsOf('sessions')
    await askCode(email)
    const first = codeIn(sent, email)
    const wrong = await refusal(await signIn(email, other(first)))
    expect(wrong[0]).toBe(403)
    expect(JSON.parse(wrong[1] as string).code).toBe('code_refused')
    expect(await refusal(await signIn('stranger@example.com', first))).toEqual(wrong)
    expect(await rowsOf('sessions')).toEqual(before)

    expect((await signIn(email, `${first.slice(0, 3)} ${first.slice(3)}`)).status).toBe(200)
    expect(await refusal(await signIn(email, first))).toEqual(wrong)

    await askCode(email)
    const late = codeIn(sent, email)
    await env.DB.prepare('UPDATE verifications SET expires_at = ?')
      .bind(Date.now() - 1)
      .run()
    expect(await refusal(await signIn(email, late))).toEqual(wrong)

    await askCode(email)
    const tried = codeIn(sent, email)
    for (let i = 0; i < limits.mailCodeTries; i++)
      expect(await refusal(await signIn(email, other(tried)))).toEqual(wrong)
    expect(await refusal(await signIn(email, tried))).toEqual(wrong)
  })

  it('ends a code when another one is asked for', async () => {
    const email = ownerEmailOf(sol)
    await askCode(email)
    const first = codeIn(sent, email)
    await askCode(email)
    if (codeIn(sent, email) !== first) expect((await signIn(email, first)).status).toBe(403)
    expect((await signIn(email, codeIn(sent, email))).status).toBe(200)
  })

  it('keeps no code that could be read or guessed from the database alone', async () => {
    const email = ownerEmailOf(sol)
    await askCode(email)
    const code = codeIn(sent, email)
    const [row] = await rowsOf('verifications')
    const plain = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code)))
    expect(row?.value).not.toContain(code)
    expect(row?.value).not.toContain(Buffer.from(plain).toString('base64url'))
    expect(row?.identifier).not.toContain(email)
  })

  it('sends so many mails to one address and no more, known or not, and ends no code with those it refuses', async () => {
    for (const email of [ownerEmailOf(sol), 'nobody@example.com']) {
      for (let i = 0; i < limits.signInCodesPerHour; i++) expect((await askCode(email)).status).toBe(202)
      const refused = await askCode(email)
      expect([refused.status, (await read(refused)).code]).toEqual([429, 'too_many_requests'])
      expect((await signIn(email, codeIn(sent, email))).status).toBe(200)
    }
  })

  it('is not done for a page of another site', async () => {
    await askCode(ownerEmailOf(sol))
    const answer = await signIn(ownerEmailOf(sol), codeIn(sent, ownerEmailOf(sol)), {
      origin: 'https://evil.test',
    })
    expect([answer.status, (await read(answer)).code]).toEqual([403, 'foreign_origin'])
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  it('is counted by network', async () => {
    const counted = { ...outside, RATE: { limit: async () => ({ success: false }) } as never }
    for (const path of ['/sign-in/codes', '/sign-in', '/sign-in/passkey', '/invitations/x'])
      expect((await ask(`/api/v1/public${path}`, { body: {}, env: counted })).status).toBe(429)
  })

  it('sets a cookie without the prefix where there is no TLS', async () => {
    const local = { ...outside, PUBLIC_ORIGIN: 'http://127.0.0.1:8787' }
    await askCode(ownerEmailOf(sol))
    const answer = await ask('/api/v1/public/sign-in', {
      body: { email: ownerEmailOf(sol), code: codeIn(sent, ownerEmailOf(sol)) },
      headers: { origin: 'http://127.0.0.1:8787' },
      env: local,
    })
    expect(answer.headers.get('set-cookie')).toMatch(
      /^session=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const headers = { cookie: cookieOf(answer) }
    expect((await ask('/api/v1/session', { headers, env: local })).status).toBe(200)
  })
})

describe('a member who is added afterwards', () => {
  it('is somebody who signs in already, from the next request on', async () => {
    const email = 'early@example.com'
    await askCode(email)
    const headers = { cookie: cookieOf(await signIn(email, codeIn(sent, email))), origin }
    const owner = { cookie: '', origin }
    await askCode(ownerEmailOf(sol))
    owner.cookie = cookieOf(await signIn(ownerEmailOf(sol), codeIn(sent, ownerEmailOf(sol))))
    const added = await ask('/api/v1/members', { headers: owner, body: { email, role: 'agent' } })
    expect(added.status).toBe(201)
    expect(await read(await ask('/api/v1/session', { headers }))).toMatchObject({
      workspace: { id: sol.accountId },
      member: { role: 'agent' },
    })
  })
})
