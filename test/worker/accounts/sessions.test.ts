import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { scopesOf } from '../../../worker/accounts/permissions.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { type Browser, openBrowser, signInAs } from '../../support/session.ts'
import { ownerEmailOf, ownerOf, seedCast } from '../../support/world.ts'
import { ask, dumpOf, keyFor, read } from '../api/stage.ts'

let owner: Browser
let neighbour: Browser

beforeAll(async () => {
  await seedCast()
  owner = await signInAs(sol)
  neighbour = await signInAs(monsoon)
})

const session = (headers: Record<string, string>) => ask('/api/v1/session', { headers })

describe('a browser that is signed in', () => {
  it('is told who it is, where, and what may be done there', async () => {
    const answer = await session(owner.headers)
    expect(answer.status).toBe(200)
    expect(await read(answer)).toEqual({
      user: { id: owner.userId },
      session: { id: owner.sessionId, provenAt: expect.any(String) },
      workspace: { id: sol.accountId, name: sol.name },
      member: { id: ownerOf(sol), role: 'owner', name: null, email: ownerEmailOf(sol) },
      scopes: scopesOf('owner'),
      workspaces: [{ id: sol.accountId, name: sol.name, role: 'owner' }],
    })
  })

  it('reads what its role may read, and finds nothing where it may not', async () => {
    const agent = await signInAs(sol, 'agent')
    expect((await ask('/api/v1/conversations', { headers: agent.headers })).status).toBe(200)
    const refused = await ask('/api/v1/keys', { headers: agent.headers })
    const missing = await ask('/api/v1/nothing', { headers: agent.headers })
    expect([refused.status, await refused.text()]).toEqual([404, await missing.text()])
  })

  it('says a name by which colleagues call it, sealed like the address', async () => {
    const agent = await signInAs(sol, 'agent')
    const named = await ask('/api/v1/session', {
      method: 'PATCH',
      headers: agent.headers,
      body: { name: 'Nina' },
    })
    expect(await read(named)).toMatchObject({ member: { name: 'Nina' } })
    const { data } = await read(await ask('/api/v1/colleagues', { headers: agent.headers }))
    expect(data).toContainEqual({ id: agent.memberId, name: 'Nina', role: 'agent' })
    expect(JSON.stringify(await rowsOf('members'))).not.toContain('Nina')
  })

  it('finds nothing of a workspace that it is no member of, which answers as one that is not there', async () => {
    const elsewhere = (id: string) => ({ ...owner.headers, 'x-workspace': id })
    const answers = await Promise.all(
      [monsoon.accountId, 'acc_nobody'].flatMap((id) => [
        ask('/api/v1/conversations', { headers: elsewhere(id) }).then(async (a) => [
          a.status,
          await a.text(),
        ]),
        session(elsewhere(id)).then(async (a) => [a.status, await a.text()]),
      ]),
    )
    expect(answers[0]).toEqual(answers[2])
    expect(answers[1]).toEqual(answers[3])
    expect(answers[0]?.[0]).toBe(404)
    expect(answers[1]?.[1]).toContain('"workspace":null')
  })

  it('changes nothing when the page that asks is of another site', async () => {
    const before = [await dumpOf(sol.accountId), await rowsOf('members', 'id')]
    for (const origin of [undefined, 'https://evil.test', 'null', 'https://gateway.test.evil.test']) {
      const { origin: _, ...rest } = owner.headers
      const headers = origin === undefined ? rest : { ...rest, origin }
      const answer = await ask('/api/v1/workspace', { method: 'PATCH', headers, body: { name: 'Theirs' } })
      expect([answer.status, (await read(answer)).code]).toEqual([403, 'foreign_origin'])
      expect((await ask('/api/v1/session', { method: 'DELETE', headers })).status).toBe(403)
    }
    expect([await dumpOf(sol.accountId), await rowsOf('members', 'id')]).toEqual(before)
    expect((await session(owner.headers)).status).toBe(200)
  })

  it('is nobody with a cookie that was altered, doubled or made up', async () => {
    const { cookie, ...rest } = owner.headers
    const swapped = cookie.replace(/^__Host-session=(.)/, (_, c) => `__Host-session=${c === 'a' ? 'b' : 'a'}`)
    const foreign = `__Host-session=${neighbour.headers.cookie.slice(15, 47)}${cookie.slice(47)}`
    for (const bad of [
      swapped,
      foreign,
      `${cookie}; ${cookie}`,
      cookie.replace('__Host-', ''),
      '__Host-session=%',
      `${cookie}x`,
    ])
      expect((await session({ ...rest, cookie: bad })).status, bad).toBe(401)
    expect((await session({ ...rest, cookie: `other=1; ${cookie}` })).status).toBe(200)
  })

  it('opens nothing of the Cloud API, which is for keys', async () => {
    const answer = await ask(`/v25.0/${sol.phoneNumberId}`, { headers: owner.headers })
    expect(answer.status).toBe(401)
  })

  it('lists the browsers of its person alone, and ends one from its next request on', async () => {
    const agent = await signInAs(sol, 'agent')
    const other = await openBrowser(agent.userId)
    const listed = await read(await ask('/api/v1/sessions', { headers: agent.headers }))
    expect(listed.data.map(({ id, current }) => [id, current]).toSorted()).toEqual(
      [
        [agent.sessionId, true],
        [other.sessionId, false],
      ].toSorted(),
    )
    const end = (id: string, headers: Record<string, string>) =>
      ask(`/api/v1/sessions/${id}`, { method: 'DELETE', headers })
    const strangers = await end(other.sessionId, neighbour.headers)
    expect([strangers.status, await strangers.text()]).toEqual([
      404,
      await (await end('ses_nobody', neighbour.headers)).text(),
    ])
    expect((await end(other.sessionId, agent.headers)).status).toBe(204)
    expect((await session(other.headers)).status).toBe(401)
    expect((await session(agent.headers)).status).toBe(200)
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({
        action: 'session.revoke',
        subject: other.sessionId,
        actor: `member:${agent.memberId}`,
        account_id: sol.accountId,
      }),
    )
  })

  it('reads what the ledger says of what it did, and of nobody else, whatever its role', async () => {
    const agent = await signInAs(sol, 'agent')
    await ask('/api/v1/session', { method: 'PATCH', headers: agent.headers, body: { name: 'Otto' } })
    const { data } = await read(await ask('/api/v1/audit/own', { headers: agent.headers }))
    expect(data).toEqual([
      expect.objectContaining({ action: 'member.rename', actor: `member:${agent.memberId}` }),
    ])
    expect((await ask('/api/v1/audit', { headers: agent.headers })).status).toBe(404)
  })

  it('signs out: the cookie goes and opens nothing any more', async () => {
    const agent = await signInAs(sol, 'agent')
    const answer = await ask('/api/v1/session', { method: 'DELETE', headers: agent.headers })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('set-cookie')).toBe(
      '__Host-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure',
    )
    expect((await session(agent.headers)).status).toBe(401)
  })

  it('stays signed in while it is used, and not a moment past its life', async () => {
    const agent = await signInAs(sol, 'agent')
    const age = (updatedMs: number, leftMs: number) =>
      env.DB.prepare('UPDATE sessions SET updated_at = ?, expires_at = ? WHERE id = ?')
        .bind(Date.now() - updatedMs, Date.now() + leftMs, agent.sessionId)
        .run()
    expect((await session(agent.headers)).headers.get('set-cookie')).toBeNull()
    await age(limits.sessionRenewMs + 1, 60_000)
    const renewed = (await session(agent.headers)).headers.get('set-cookie')
    expect(renewed).toContain(agent.headers.cookie)
    expect(renewed).toContain(`Max-Age=${limits.sessionMs / 1000}`)
    const row = (await rowsOf('sessions')).find(({ id }) => id === agent.sessionId)
    expect(row?.expires_at as number).toBeGreaterThan(Date.now() + limits.sessionMs - 60_000)
    await age(0, -1)
    expect((await session(agent.headers)).status).toBe(401)
  })

  it('is not asked for where a key is sent, and a key is no session', async () => {
    const key = await keyFor(monsoon)
    const answer = await ask('/api/v1/workspace', { key, headers: owner.headers })
    expect(await read(answer)).toMatchObject({ id: monsoon.accountId })
    expect((await ask('/api/v1/session', { key })).status).toBe(403)
    expect((await ask('/api/v1/workspace', { key: 'sc_nonsense', headers: owner.headers })).status).toBe(401)
  })
})
