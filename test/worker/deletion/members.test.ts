// Who may erase whom among the people of a workspace, and what becomes of somebody who comes back.

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { newKey } from '../../../worker/accounts/keys.ts'
import { loadMetaUserDigest } from '../../../worker/accounts/members.ts'
import { scopeNames } from '../../../worker/audit/principal.ts'
import { requestDeletion } from '../../../worker/deletion/request.ts'
import { settingsOf } from '../../../worker/env.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { walkTo } from '../../support/deletion.ts'
import { rowsOf } from '../../support/intake.ts'
import { seedCast } from '../../support/world.ts'
import { ask, db, dumpOf, keyFor, read } from '../api/stage.ts'

let key: string
let neighbour: string

const member = async (role: 'owner' | 'agent', name: string): Promise<string> => {
  const answer = await ask('/api/v1/members', { key, body: { role, email: `${name}@example.com` } })
  return (await read(answer)).id as string
}
async function keyOf(memberId: string): Promise<string> {
  const made = newKey(
    db,
    { accountId: sol.accountId, memberId, name: 'theirs', scopes: scopeNames },
    'operator',
    Date.now(),
  )
  await writeBatch(db, made.statements)
  return made.created.key
}
const erase = (id: string, by = key) => ask(`/api/v1/members/${id}/deletion`, { key: by, method: 'POST' })
const owners = async () =>
  (await rowsOf('members')).filter((row) => row.account_id === sol.accountId && row.role === 'owner')
const world = () => ({ env, settings: settingsOf(env), now: Date.now() })

beforeAll(async () => {
  await seedCast()
  key = await keyFor(sol)
  neighbour = await dumpOf(monsoon.accountId)
})

describe('an owner', () => {
  it('is not erased by another owner, who would then have nobody to ask', async () => {
    const other = await member('owner', 'other')
    const answer = await erase(other)
    expect([answer.status, (await read(answer)).code]).toEqual([403, 'forbidden'])
    expect((await owners()).map(({ id }) => id)).toContain(other)
  })

  it('is erased with a key of their own, and never the only one: of two at once, one stays', async () => {
    const mine = (await owners()).map(({ id }) => id as string)
    expect(mine.length).toBe(2)
    const answers = await Promise.all(mine.map(async (id) => erase(id, await keyOf(id))))
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409])
    const opened = await read(answers.find(({ status }) => status === 202) as Response)
    await walkTo(sol.accountId, opened.id as string, 'erased')
    expect((await owners()).length).toBe(1)
    const stays = (await owners())[0]?.id as string
    key = await keyOf(stays)
    expect((await read(await erase(stays))).code).toBe('sole_owner')
    expect(await dumpOf(monsoon.accountId)).toBe(neighbour)
  })
})

describe('somebody whom Meta asked to erase', () => {
  it('and who was linked again since is erased again, with a new code; an older request is the old one', async () => {
    const userId = '900900900900'
    const subjectId = await loadMetaUserDigest(env.KEEPER, userId)
    const asked = {
      accountId: sol.accountId,
      scope: 'meta_user',
      subjectId,
      door: 'meta',
      actor: 'meta',
    } as const
    const link = (name: string) =>
      ask('/api/v1/members', {
        key,
        body: { role: 'agent', email: `${name}@example.com`, metaUserId: userId },
      })
    await link('first')
    const first = await requestDeletion(world(), { ...asked, askedAt: Date.now() })
    await walkTo(sol.accountId, first.id, 'erased')
    const before = Date.now() - 60_000
    await link('second')
    const old = await requestDeletion(world(), { ...asked, askedAt: before })
    expect([old.code, old.fresh]).toEqual([first.code, false])
    const second = await requestDeletion(world(), { ...asked, askedAt: Date.now() + 1 })
    expect(second.fresh).toBe(true)
    expect(second.code).not.toBe(first.code)
    await walkTo(sol.accountId, second.id, 'erased')
    expect((await rowsOf('meta_links')).length).toBe(0)
    expect((await rowsOf('members')).filter((row) => row.role === 'agent')).toEqual([])
    expect((await owners()).length).toBe(1)
    expect(await dumpOf(monsoon.accountId)).toBe(neighbour)
  })
})
