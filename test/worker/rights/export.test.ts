// Everything held about a contact, and nothing about anybody else.

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { d1 } from '../../../db/catalog.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { signInAs } from '../../support/session.ts'
import { messageChange, postChanges, statusChange, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'
import { ask, dumpOf, keyFor } from '../api/stage.ts'

type Export = {
  contact: string
  exportedAt: string
  tables: Record<string, Record<string, unknown>[]>
  files: { name: string; bytes: number }[]
  complete: boolean
}

const at = 1_795_305_600
let key: string
let contactId: string

async function contactOf(accountId: string, person: { phone: string; bsuid: string }): Promise<string> {
  const query = { phone: person.phone, bsuid: person.bsuid, at: at * 1000, create: false }
  const { subjects } = await keeperOf(env.KEEPER, accountId).resolve([query])
  return subjects[0]?.state === 'known' ? subjects[0].contactId : ''
}

const exported = async (id: string, as = key) => {
  const answer = await ask(`/api/v1/contacts/${id}/export`, { key: as })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
  return (await answer.json()) as Export
}

beforeAll(async () => {
  await seedCast()
  key = await keyFor(sol, ['conversations:read'])
  const words = Array.from({ length: limits.exportRows + 3 }, (_, i) => `line ${i}`)
  for (const [i, text] of words.entries())
    await postChanges(sol, messageChange(sol, ana, textMessage(`wamid.A${i}`, text, at + i)))
  const reaction = {
    id: 'wamid.AR',
    timestamp: String(at),
    type: 'reaction',
    reaction: { message_id: 'wamid.A1', emoji: '👍' },
  }
  await postChanges(sol, messageChange(sol, ana, reaction))
  await postChanges(sol, statusChange(sol, ana, { id: 'wamid.OUT', status: 'read', timestamp: String(at) }))
  await postChanges(sol, messageChange(sol, ravi, textMessage('wamid.R1', 'words of ravi', at)))
  await postChanges(monsoon, messageChange(monsoon, ana, textMessage('wamid.M1', 'words to monsoon', at)))
  await drain()
  contactId = await contactOf(sol.accountId, ana)
  await env.FILES.put(`media/${sol.accountId}/${contactId}/1`, 'abc')
  await env.FILES.put(`media/${sol.accountId}/cnt_other/2`, 'abc')
})

describe('an export', () => {
  it('holds who the contact is, every message, what was done to them, and the files', async () => {
    const { contact, tables, files, complete } = await exported(contactId)
    expect([contact, complete]).toEqual([contactId, true])
    expect(tables.contacts).toMatchObject([{ name: ana.name, phone: ana.phone, bsuid: ana.bsuid }])
    expect(tables.messages).toHaveLength(limits.exportRows + 3)
    expect(tables.messages?.[0]).toMatchObject({
      direction: 'in',
      content: { text: 'line 0' },
      at: new Date(at * 1000).toISOString(),
    })
    expect(tables.messageChanges).toMatchObject([{ kind: 'reaction', content: { text: '👍' } }])
    expect(tables.messageStatuses).toMatchObject([{ status: 'read' }])
    expect(tables.conversations).toHaveLength(1)
    expect(files).toMatchObject([{ name: '1', bytes: 3 }])
  })

  it('leaves nothing sealed and nothing that is ours alone', async () => {
    const { tables } = await exported(contactId)
    expect(JSON.stringify(tables)).not.toContain('sc1.')
    for (const [name, rows] of Object.entries(tables)) {
      const columns = d1[name as keyof typeof d1].columns as Record<string, { exported: boolean }>
      for (const column of rows.flatMap(Object.keys))
        expect([name, column, columns[column]?.exported]).toEqual([name, column, true])
    }
  })

  it('holds nothing of another contact, and nothing that she told another business', async () => {
    const text = JSON.stringify(await exported(contactId))
    for (const words of [ravi.name, ravi.phone, 'words of ravi', 'words to monsoon'])
      expect(text).not.toContain(words)
  })

  it('of a contact that is being erased is still given', async () => {
    await env.DB.prepare(
      `INSERT INTO holds (account_id, subject_id, kind, reason, at) VALUES (?, ?, 'restricted', 'deletion', 1)`,
    )
      .bind(sol.accountId, contactId)
      .run()
    const { tables } = await exported(contactId)
    await env.DB.prepare('DELETE FROM holds').run()
    expect(tables.holds).toMatchObject([{ kind: 'restricted', reason: 'deletion' }])
    expect(tables.messages).toHaveLength(limits.exportRows + 3)
  })

  it('is written down, and changes nothing of the neighbour', async () => {
    const before = await dumpOf(monsoon.accountId)
    await exported(contactId)
    const entry = await env.DB.prepare(
      `SELECT subject FROM audit_entries WHERE account_id = ? AND action = 'contact.export' LIMIT 1`,
    )
      .bind(sol.accountId)
      .first()
    expect(entry).toEqual({ subject: contactId })
    expect(await dumpOf(monsoon.accountId)).toBe(before)
  })

  it('of another tenant’s contact answers as for one that is not there, and needs the scope', async () => {
    const theirs = await contactOf(monsoon.accountId, ana)
    const strange = await ask(`/api/v1/contacts/${theirs}/export`, { key })
    const missing = await ask('/api/v1/contacts/cnt_none/export', { key })
    expect([strange.status, await strange.text()]).toEqual([404, await missing.text()])
    const weak = await keyFor(sol, ['media'])
    expect((await ask(`/api/v1/contacts/${contactId}/export`, { key: weak })).status).toBe(403)
    expect((await ask(`/api/v1/contacts/${contactId}/export`)).status).toBe(401)
  })

  it('is for members who see phone numbers: to an agent there is none, and nothing is written down', async () => {
    const path = `/api/v1/contacts/${contactId}/export`
    const [agent, officer] = [await signInAs(sol, 'agent'), await signInAs(sol, 'privacy_officer')]
    const entries = async () => (await rowsOf('audit_entries')).length
    const before = await entries()
    const refused = await ask(path, { headers: agent.headers })
    const nowhere = await ask('/api/v1/nothing', { headers: agent.headers })
    expect([refused.status, await refused.text()]).toEqual([404, await nowhere.text()])
    expect(await entries()).toBe(before)
    const own = await ask(path, { headers: officer.headers })
    expect([own.status, (await own.text()).includes(ana.phone)]).toEqual([200, true])
  })
})
