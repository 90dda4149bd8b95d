import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { settingsOf } from '../../../worker/env.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { Authenticator } from '../../support/authenticator.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { type Browser, openBrowser, signInAs } from '../../support/session.ts'
import { seedCast } from '../../support/world.ts'
import { ask as asked, dumpOf, read } from '../api/stage.ts'

beforeAll(seedCast)

const outside = { ...env, RATE: { limit: async () => ({ success: true }) } as never }
const ask: typeof asked = (path, options) => asked(`/api/v1${path}`, { ...options, env: outside })
const origin = settingsOf(env).publicOrigin
const own = { origin, rpId: 'gateway.test' }
type Ceremony = { options: Record<string, unknown>; ticket: string }

const begin = async (path: string, headers: Record<string, string> = { origin }): Promise<Ceremony> => {
  const answer = await ask(path, { method: 'POST', headers })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('set-cookie')).toBeNull()
  return (await answer.json()) as Ceremony
}

async function register({ headers }: Browser, device = new Authenticator(own), name = 'Laptop') {
  const { options, ticket } = await begin('/passkeys/options', headers)
  const response = await device.create(options)
  return { device, options, answer: await ask('/passkeys', { headers, body: { ticket, response, name } }) }
}

async function signIn(device: Authenticator, { options, ticket }: Ceremony) {
  const response = await device.get(options)
  return ask('/public/sign-in/passkey', { headers: { origin }, body: { ticket, response } })
}

describe('a passkey', () => {
  it('is added by a member with a fresh proof, and signs in without a code', async () => {
    const agent = await signInAs(sol, 'agent', { email: 'pat@example.com' })
    const neighbour = await dumpOf(monsoon.accountId)
    const { device, options, answer } = await register(agent)
    expect(answer.status).toBe(201)
    const added = await read(answer)
    expect(added).toEqual({ id: expect.stringMatching(/^psk_/), name: 'Laptop' })
    expect(options).toMatchObject({
      rp: { id: 'gateway.test' },
      user: { name: 'pat@example.com', displayName: 'pat@example.com' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    expect(JSON.stringify([await rowsOf('passkeys'), await rowsOf('verifications')])).not.toContain('pat@')
    const { data } = await read(await ask('/passkeys', { headers: agent.headers }))
    expect(data).toEqual([{ id: added.id, name: 'Laptop', synced: false, createdAt: expect.any(String) }])

    const begun = await begin('/public/sign-in/passkey/options')
    expect(begun.options).not.toHaveProperty('allowCredentials')
    const here = await signIn(device, begun)
    expect(await read(here)).toMatchObject({
      user: { id: agent.userId },
      workspaces: [{ id: sol.accountId }],
    })
    const cookie = here.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect((await ask('/conversations', { headers: { cookie } })).status).toBe(200)
    const actions = (await rowsOf('audit_entries')).filter(
      ({ actor }) => actor === `member:${agent.memberId}`,
    )
    expect(actions).toContainEqual(expect.objectContaining({ action: 'passkey.add', subject: added.id }))
    expect(actions).toContainEqual(expect.objectContaining({ action: 'session.begin', reason: 'passkey' }))
    expect(await dumpOf(monsoon.accountId)).toEqual(neighbour)
  })

  it('opens nothing twice, from another site, of another device, or without asking who holds it', async () => {
    const agent = await signInAs(sol, 'agent')
    const { device } = await register(agent)
    const sessions = await rowsOf('sessions', 'id')
    const refused = async (answer: Response) => {
      expect([answer.status, (await read(answer)).code]).toEqual([403, 'code_refused'])
      expect(answer.headers.get('set-cookie')).toBeNull()
    }
    const begun = await begin('/public/sign-in/passkey/options')
    const later = await begin('/public/sign-in/passkey/options')
    await refused(await signIn(device, { ...begun, ticket: `${begun.ticket}x` }))
    await refused(await signIn(device, { options: begun.options, ticket: later.ticket }))
    const stranger = new Authenticator(own)
    await stranger.create(begun.options)
    await refused(await signIn(stranger, await begin('/public/sign-in/passkey/options')))
    expect(await rowsOf('sessions', 'id')).toEqual(sessions)

    expect((await signIn(device, begun)).status).toBe(200)
    await refused(await signIn(device, begun))

    for (const behaviour of [
      { ...own, origin: 'https://evil.test' },
      { ...own, rpId: 'evil.test' },
      { ...own, verifiesUser: false },
    ]) {
      const { answer } = await register(agent, new Authenticator(behaviour))
      expect(answer.status).toBe(403)
    }
    expect(await rowsOf('passkeys')).toContainEqual(expect.objectContaining({ credential_id: device.id }))
    expect((await rowsOf('passkeys')).filter((row) => row.user_id === agent.userId)).toHaveLength(1)
  })

  it('is added by nobody else with the same ticket, and by nobody whose proof is stale', async () => {
    const agent = await signInAs(sol, 'agent')
    const other = await signInAs(monsoon, 'agent')
    const { options, ticket } = await begin('/passkeys/options', agent.headers)
    const response = await new Authenticator(own).create(options)
    const body = { ticket, response, name: 'Theirs' }
    expect((await ask('/passkeys', { headers: other.headers, body })).status).toBe(403)
    const stale = await signInAs(sol, 'agent', { provenAgoMs: limits.freshMs + 1_000 })
    const answers = [
      await ask('/passkeys/options', { method: 'POST', headers: stale.headers }),
      await ask('/passkeys', { headers: stale.headers, body }),
    ]
    for (const answer of answers) expect((await read(answer)).code).toBe('step_up_needed')
    const theirs = (await rowsOf('passkeys')).filter(({ user_id }) =>
      [other.userId, stale.userId, agent.userId].includes(user_id as string),
    )
    expect(theirs).toEqual([])
  })

  it('proves once more that it is them, in the session that stands, and for nobody else', async () => {
    const agent = await signInAs(sol, 'agent')
    const { device } = await register(agent)
    const stale = await openBrowser(agent.userId, limits.freshMs + 1_000)
    const sessions = (await rowsOf('sessions', 'id')).length
    const prove = async (headers: Record<string, string>) => {
      const { options, ticket } = await begin('/session/proof/passkey/options', headers)
      const response = await device.get(options)
      return { options, answer: await ask('/session/proof/passkey', { headers, body: { ticket, response } }) }
    }
    const stranger = await signInAs(sol, 'agent', { provenAgoMs: limits.freshMs + 1_000 })
    expect((await prove(stranger.headers)).answer.status).toBe(403)
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({ action: 'session.prove_refuse', subject: stranger.sessionId }),
    )
    const { options, answer } = await prove(stale.headers)
    expect(answer.status).toBe(200)
    expect(options).toMatchObject({ allowCredentials: [{ id: device.id }], userVerification: 'required' })
    expect((await ask('/passkeys/options', { method: 'POST', headers: stale.headers })).status).toBe(200)
    const still = await ask('/passkeys/options', { method: 'POST', headers: stranger.headers })
    expect(still.status).toBe(403)
    expect(await rowsOf('sessions', 'id')).toHaveLength(sessions + 1)
  })

  it('is renamed and removed by its person alone, and opens nothing afterwards', async () => {
    const agent = await signInAs(sol, 'agent')
    const other = await signInAs(sol, 'admin')
    const { device, answer } = await register(agent)
    const { id } = await read(answer)
    const door = (headers: Record<string, string>, method: string, which = id) =>
      ask(`/passkeys/${which}`, {
        method,
        headers,
        ...(method === 'PATCH' ? { body: { name: 'Phone' } } : {}),
      })
    for (const method of ['PATCH', 'DELETE']) {
      const [theirs, nobodys] = [
        await door(other.headers, method),
        await door(other.headers, method, 'psk_x'),
      ]
      expect([theirs.status, await theirs.text()]).toEqual([404, await nobodys.text()])
    }
    expect(await read(await door(agent.headers, 'PATCH'))).toMatchObject({ id, name: 'Phone' })
    const begun = await begin('/public/sign-in/passkey/options')
    expect((await door(agent.headers, 'DELETE')).status).toBe(204)
    expect((await signIn(device, begun)).status).toBe(403)
    expect((await read(await ask('/passkeys', { headers: agent.headers }))).data).toEqual([])
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({ action: 'passkey.remove', subject: id, actor: `member:${agent.memberId}` }),
    )
  })
})
