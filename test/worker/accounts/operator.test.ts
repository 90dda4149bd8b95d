import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { scopeNames } from '../../../worker/audit/principal.ts'
import { openColumns } from '../../../worker/custody/sealing.ts'
import { testBindings } from '../../support/bindings.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { seedCast } from '../../support/world.ts'
import { ask, dumpOf, keyFor, read } from '../api/stage.ts'

const path = '/api/v1/operator/workspaces'
const body = { name: 'Libreria Luna', ownerEmail: 'luna@example.com' }

beforeAll(seedCast)

describe('the operator', () => {
  it('opens a workspace whose first key may do everything, with the owner’s address sealed', async () => {
    const neighbours = await Promise.all([sol, monsoon].map(({ accountId }) => dumpOf(accountId)))
    const answer = await ask(path, { key: testBindings.OPERATOR_KEY, body })
    expect(answer.status).toBe(201)
    const opened = await read(answer)
    expect(opened).toEqual({
      id: expect.stringMatching(/^acc_/),
      name: body.name,
      apiKey: expect.stringMatching(/^sc_[\w-]{43}$/),
    })

    const [owner, ...others] = (await rowsOf('members')).filter((row) => row.account_id === opened.id)
    expect(others).toEqual([])
    expect(owner).toMatchObject({ role: 'owner' })
    expect(JSON.stringify(owner)).not.toContain('luna@')
    const { id, email } = owner as { id: string; email: string }
    const place = { table: 'members', column: 'email', rowId: id, sealed: email }
    expect(await openColumns(env.KEEPER, opened.id as string, [place], Date.now())).toEqual([body.ownerEmail])

    const { data } = await read(await ask('/api/v1/keys', { key: opened.apiKey as string }))
    expect(data).toEqual([expect.objectContaining({ scopes: scopeNames })])
    const entries = (await rowsOf('audit_entries')).filter((entry) => entry.account_id === opened.id)
    expect(entries.map(({ action, actor }) => [action, actor]).toSorted()).toEqual([
      ['account.create', 'operator'],
      ['key.create', 'operator'],
      ['member.add', 'operator'],
    ])
    expect(await Promise.all([sol, monsoon].map(({ accountId }) => dumpOf(accountId)))).toEqual(neighbours)
  })

  it('has no door without the key: the bytes are those of an address that does not exist', async () => {
    const before = await rowsOf('accounts')
    const nowhere = await ask('/api/nothing', { body })
    const key = await keyFor(sol)
    const none = { ...env, OPERATOR_KEY: undefined } as unknown as Env
    const answers = await Promise.all([
      ask(path, { body }),
      ask(path, { body, key }),
      ask(path, { body, key: 'test-operator-key-0002' }),
      ask(path, { body, key: testBindings.OPERATOR_KEY, env: none }),
      ask(path, { body, headers: { authorization: 'Bearer ' }, env: none }),
      ask(path, { key: 'wrong' }),
      ask(path, { body: '{', key: 'wrong', headers: { 'content-type': 'application/json' } }),
    ])
    for (const answer of answers) expect(answer.status).toBe(404)
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    expect(new Set([...texts, await nowhere.text()]).size).toBe(1)
    expect(await rowsOf('accounts')).toEqual(before)
  })

  it('is told which field is wrong', async () => {
    const answer = await ask(path, {
      key: testBindings.OPERATOR_KEY,
      body: { name: 'x', ownerEmail: 'not an address' },
    })
    expect(answer.status).toBe(400)
    expect(await read(answer)).toMatchObject({ code: 'bad_request', errors: [{ path: 'ownerEmail' }] })
  })
})
