// Beginning a conversation with somebody who has written nothing.

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { ana, mei, monsoon, type Person, ravi, sol } from '../../support/cast.ts'
import { type Browser, signInAs } from '../../support/session.ts'
import { seedCast } from '../../support/world.ts'
import { ask, dumpOf, keyFor, read } from '../api/stage.ts'
import { contactOf, rowsOf } from '../contacts/stage.ts'

let key: string
let agent: Browser
let theirs: string
let before: string

const begin = (contactId: string, numberId = sol.numberId, headers: Record<string, string> = agent.headers) =>
  ask(`/api/v1/contacts/${contactId}/conversations`, { method: 'POST', headers, body: { numberId } })
const run = (sql: string, ...values: unknown[]) =>
  env.DB.prepare(sql)
    .bind(...values)
    .run()
/** As a list brings them: a contact, and no word. */
async function fromAList(person: Person): Promise<string> {
  const id = await contactOf(sol, person)
  await run('DELETE FROM messages WHERE contact_id = ?', id)
  await run('DELETE FROM conversations WHERE contact_id = ?', id)
  return id
}
const talks = async (contactId: string) =>
  (await rowsOf('conversations')).filter((row) => row.contact_id === contactId)

beforeAll(async () => {
  await seedCast()
  key = await keyFor(sol)
  agent = await signInAs(sol, 'agent')
  theirs = await contactOf(monsoon, ana)
  before = await dumpOf(monsoon.accountId)
})

describe('a conversation', () => {
  it('begins once, with its window closed and nothing in it, however often and at once it is begun', async () => {
    const id = await fromAList(mei)
    const answers = await Promise.all([begin(id), begin(id), begin(id)])
    const all = await Promise.all(answers.map(read))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(new Set(all.map((one) => one.id)).size).toBe(1)
    expect(all[0]).toEqual({ id: expect.stringMatching(/^cnv_/) })
    const begun = await read(await ask(`/api/v1/conversations/${all[0]?.id}`, { key }))
    expect(begun).toMatchObject({ numberId: sol.numberId, windowClosesAt: null, last: null, unread: 0 })
    expect(await talks(id)).toHaveLength(1)
    expect((await rowsOf('messages')).filter((row) => row.contact_id === id)).toEqual([])
    const { data } = await read(await ask('/api/v1/conversations', { key }))
    expect(data.map((one) => one.id)).toContain(all[0]?.id)
  })

  it('that is there is named to who may send alone, and nothing of what is in it', async () => {
    const id = await contactOf(sol, ravi)
    const sends = { authorization: `Bearer ${await keyFor(sol, ['messages:send'])}` }
    const answer = await begin(id, sol.numberId, sends)
    expect(Object.keys(await read(answer))).toEqual(['id'])
    const reads = { authorization: `Bearer ${await keyFor(sol, ['conversations:read'])}` }
    expect((await begin(id, sol.numberId, reads)).status).toBe(403)
  })

  it('that is there is answered as it stands, and nothing of it changes', async () => {
    const id = await contactOf(sol, ravi)
    const standing = await talks(id)
    const answer = await begin(id)
    expect(answer.status).toBe(200)
    expect((await read(answer)).id).toBe(standing[0]?.id)
    expect(await talks(id)).toEqual(standing)
  })

  it('begins with nobody who is not known, restricted, or another workspace’s, and from no foreign number', async () => {
    const id = await fromAList(ana)
    expect((await begin('cnt_nobody')).status).toBe(404)
    expect((await begin(theirs)).status).toBe(404)
    expect((await begin(id, monsoon.numberId)).status).toBe(400)
    expect((await begin(id, '')).status).toBe(400)
    await ask(`/api/v1/contacts/${id}/restriction`, { key, method: 'PUT' })
    expect((await begin(id)).status).toBe(404)
    await ask(`/api/v1/contacts/${id}/restriction`, { key, method: 'DELETE' })
    await run('UPDATE numbers SET disconnected_at = 1 WHERE id = ?', sol.numberId)
    expect((await begin(id)).status).toBe(409)
    await run('UPDATE numbers SET disconnected_at = NULL WHERE id = ?', sol.numberId)
    expect(await talks(id)).toEqual([])
    const officer = await signInAs(sol, 'privacy_officer')
    expect((await begin(id, sol.numberId, officer.headers)).status).toBe(404)
    expect((await begin(id)).status).toBe(200)
  })

  it('is nobody else’s: the neighbour is as before', async () => {
    expect(await dumpOf(monsoon.accountId)).toBe(before)
  })
})
