// How a team deals with its conversations: filters, what is unread, who has what, labels, notes, drafts.

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { schema, writeBatch } from '../../../db/client.ts'
import { holdInsert, holdLiftInsert } from '../../../worker/audit/holds.ts'
import { ana, mei, monsoon, ravi, sol } from '../../support/cast.ts'
import { ownerOf, seedCast } from '../../support/world.ts'
import { seedConversation } from './seed.ts'
import { ask, db, dumpOf, keyFor, type Row, read } from './stage.ts'

const hour = 3_600_000
const now = Date.now()
const withAna = { conversationId: '', contactId: '' }
const withRavi = { conversationId: '', contactId: '' }
let withMei: { conversationId: string; contactId: string }
let atMonsoon: { conversationId: string; contactId: string }
let key: string
let theirKey: string
let theirs: string

beforeAll(async () => {
  await seedCast()
  key = await keyFor(sol)
  theirKey = await keyFor(monsoon)
  Object.assign(
    withAna,
    await seedConversation(sol, ana, [
      { wamid: 'wamid.A1', at: now - 3 * hour },
      { wamid: 'wamid.A2', at: now - 2 * hour, direction: 'out', status: 'delivered' },
      { wamid: 'wamid.A3', at: now - hour },
    ]),
  )
  Object.assign(withRavi, await seedConversation(sol, ravi, [{ wamid: 'wamid.R1', at: now - 4 * hour }]))
  withMei = await seedConversation(sol, mei, [{ wamid: 'wamid.M1', at: now - 5 * hour, direction: 'out' }])
  atMonsoon = await seedConversation(monsoon, ana, [{ wamid: 'wamid.X1', at: now - hour }])
  // The first use of a key is written down.
  await ask('/api/v1/labels', { key: theirKey })
  theirs = await dumpOf(monsoon.accountId)
})

const list = async (query = '') => (await read(await ask(`/api/v1/conversations${query}`, { key }))).data
const ids = async (query: string) => (await list(query)).map(({ id }) => id)
const one = async (id = withAna.conversationId) =>
  (await read(await ask(`/api/v1/conversations/${id}`, { key }))) as unknown as Row
const patch = (body: unknown, id = withAna.conversationId) =>
  ask(`/api/v1/conversations/${id}`, { key, method: 'PATCH', body })

/** Something more is heard of Ana: said at `at`, come at `receivedAt`. */
async function heard(wamid: string, at: number, receivedAt: number): Promise<void> {
  await seedConversation(sol, ana, [{ wamid, at }])
  await env.DB.prepare('UPDATE messages SET received_at = ? WHERE conversation_id = ? AND at = ?')
    .bind(receivedAt, withAna.conversationId, at)
    .run()
}

describe('what is unread', () => {
  it('is what the person wrote and nobody has read, not what we sent', async () => {
    expect((await list()).map(({ id, unread }) => [id, unread])).toEqual([
      [withAna.conversationId, 2],
      [withRavi.conversationId, 1],
      [withMei.conversationId, 0],
    ])
    expect(await ids('?unread=true')).toEqual([withAna.conversationId, withRavi.conversationId])
  })

  it('is read for the whole team, up to a message or all of it, and unread again when somebody says so', async () => {
    const { data } = await read(
      await ask(`/api/v1/conversations/${withAna.conversationId}/messages`, { key }),
    )
    expect((await read(await patch({ read: data[0]?.id }))).unread).toBe(1)
    expect((await read(await patch({ read: true }))).unread).toBe(0)
    expect((await read(await patch({ read: false }))).unread).toBe(1)
    await patch({ read: true })
    expect(await ids('?unread=true')).toEqual([withRavi.conversationId])
    expect((await patch({ read: 'msg_nobody' })).status).toBe(400)
  })

  it('is also what comes late, though it was said before what was read', async () => {
    await heard('wamid.LATE', now - 90 * 60_000, now + 1)
    expect(await one()).toMatchObject({ unread: 1 })
    expect((await read(await patch({ read: true }))).unread).toBe(0)
  })
})

describe('a conversation', () => {
  it('that is closed is open again with whatever the person writes, however late it comes', async () => {
    expect(await read(await patch({ closed: true }))).toMatchObject({ closedAt: expect.any(String) })
    expect(await ids('?state=closed')).toEqual([withAna.conversationId])
    expect(await ids('?state=open')).toEqual([withRavi.conversationId, withMei.conversationId])
    await heard('wamid.AGAIN', now - 80 * 60_000, now + 2)
    expect(await one()).toMatchObject({ closedAt: null, unread: 1 })
    expect(await ids('?state=closed')).toEqual([])
    expect(await ids('?state=open')).toContain(withAna.conversationId)
    expect(await read(await patch({ closed: true }))).toMatchObject({ closedAt: expect.any(String) })
    expect(await read(await patch({ closed: false }))).toMatchObject({ closedAt: null })
  })

  it('is given to a member of the workspace, and to nobody else', async () => {
    const me = ownerOf(sol)
    expect(await read(await patch({ assigneeId: me }))).toMatchObject({ assigneeId: me })
    expect(await ids('?assignee=me')).toEqual([withAna.conversationId])
    expect(await ids(`?assignee=${me}`)).toEqual([withAna.conversationId])
    expect(await ids('?assignee=none')).toEqual([withRavi.conversationId, withMei.conversationId])
    expect((await patch({ assigneeId: ownerOf(monsoon) })).status).toBe(400)
    expect(await one()).toMatchObject({ assigneeId: me })
    await patch({ assigneeId: null })
    expect(await ids('?assignee=me')).toEqual([])
  })

  it('shows its newest message, and nothing of one that was taken back', async () => {
    expect(await one(withMei.conversationId)).toMatchObject({ last: { direction: 'out', text: 'wamid.M1' } })
  })

  it('answers what the ledger says of assigning and closing, and not of reading', async () => {
    const { data } = await read(await ask('/api/v1/audit?limit=200', { key }))
    const actions = data.flatMap(({ action }) =>
      (action as string).startsWith('conversation.') ? [action] : [],
    )
    expect(new Set(actions)).toEqual(
      new Set(['conversation.assign', 'conversation.close', 'conversation.reopen']),
    )
  })
})

describe('a label', () => {
  it('goes on conversations, is found by, and is gone everywhere when it is deleted', async () => {
    const made = await ask('/api/v1/labels', { key, body: { name: 'Orders', colour: 'teal' } })
    expect(made.status).toBe(201)
    const { id } = await read(made)
    const at = `/api/v1/conversations/${withRavi.conversationId}/labels/${id}`
    expect((await ask(at, { key, method: 'PUT' })).status).toBe(204)
    expect((await ask(at, { key, method: 'PUT' })).status).toBe(204)
    expect(await ids(`?label=${id}`)).toEqual([withRavi.conversationId])
    expect(await one(withRavi.conversationId)).toMatchObject({ labels: [id] })
    const change = { key, method: 'PATCH', body: { name: 'Big orders' } }
    expect(await read(await ask(`/api/v1/labels/${id}`, change))).toMatchObject({
      name: 'Big orders',
      colour: 'teal',
    })
    expect((await read(await ask('/api/v1/labels', { key }))).data).toMatchObject([
      { id, name: 'Big orders' },
    ])
    expect((await read(await ask('/api/v1/labels', { key: theirKey }))).data).toEqual([])
    expect((await ask(`/api/v1/labels/${id}`, { key, method: 'DELETE' })).status).toBe(204)
    expect(await one(withRavi.conversationId)).toMatchObject({ labels: [] })
  })
})

describe('a note', () => {
  it('is read by the team, names its author and is deleted', async () => {
    const at = `/api/v1/conversations/${withAna.conversationId}/notes`
    const note = await read(await ask(at, { key, body: { text: 'Wants rye, pays on Friday' } }))
    expect((await read(await ask(at, { key }))).data).toEqual([note])
    expect(note.author).toMatch(/^key:/)
    const rows = await db.select().from(schema.notes)
    expect(JSON.stringify(rows)).not.toContain('rye')
    expect((await ask(`/api/v1/notes/${note.id}`, { key: theirKey, method: 'DELETE' })).status).toBe(404)
    expect((await ask(`/api/v1/notes/${note.id}`, { key, method: 'DELETE' })).status).toBe(204)
    expect((await read(await ask(at, { key }))).data).toEqual([])
  })
})

describe('a draft', () => {
  it('is one member’s, kept sealed, and gone when it is empty', async () => {
    const at = `/api/v1/conversations/${withAna.conversationId}/draft`
    expect(await read(await ask(at, { key }))).toEqual({ text: '', updatedAt: null })
    for (const text of ['Buenos', 'Buenos días'])
      expect((await ask(at, { key, method: 'PUT', body: { text } })).status).toBe(204)
    expect(await read(await ask(at, { key }))).toMatchObject({ text: 'Buenos días' })
    expect(await one()).toMatchObject({ hasDraft: true })
    const rows = await db.select().from(schema.drafts)
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain('Buenos')
    expect((await ask(at, { key, method: 'PUT', body: { text: '' } })).status).toBe(204)
    expect(await one()).toMatchObject({ hasDraft: false })
  })
})

describe('whoever is to be left alone, and whoever is somebody else’s', () => {
  const doors = (id: string): [string, string, unknown?][] => [
    ['GET', `/api/v1/conversations/${id}`],
    ['PATCH', `/api/v1/conversations/${id}`, { closed: true }],
    ['GET', `/api/v1/conversations/${id}/messages`],
    ['POST', `/api/v1/conversations/${id}/messages`, { type: 'text', text: { body: 'x' } }],
    ['POST', `/api/v1/conversations/${id}/typing`],
    ['POST', `/api/v1/conversations/${id}/receipt`],
    ['GET', `/api/v1/conversations/${id}/notes`],
    ['POST', `/api/v1/conversations/${id}/notes`, { text: 'x' }],
    ['GET', `/api/v1/conversations/${id}/draft`],
    ['PUT', `/api/v1/conversations/${id}/draft`, { text: 'x' }],
    ['PUT', `/api/v1/conversations/${id}/labels/lbl_x`],
  ]
  const bytes = async (id: string) =>
    Promise.all(
      doors(id).map(async ([method, path, body]) => {
        const answer = await ask(path, { key, method, ...(body === undefined ? {} : { body }) })
        return [answer.status, await answer.text()]
      }),
    )

  it('answers every door with the bytes of what is not there', async () => {
    const nowhere = await bytes('cnv_nowhere')
    expect(nowhere.every(([status]) => status === 404)).toBe(true)
    expect(await bytes(atMonsoon.conversationId)).toEqual(nowhere)
    const hold = { accountId: sol.accountId, subjectId: withRavi.contactId, kind: 'restricted' as const }
    await writeBatch(db, [holdInsert(db, { ...hold, reason: 'request', at: now })])
    expect(await bytes(withRavi.conversationId)).toEqual(nowhere)
    expect(await ids('?state=all')).not.toContain(withRavi.conversationId)
    await writeBatch(db, [holdLiftInsert(db, { ...hold, reason: 'request', at: now + 1 })])
    expect(await dumpOf(monsoon.accountId)).toBe(theirs)
  })
})
