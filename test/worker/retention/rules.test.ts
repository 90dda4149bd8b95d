import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { retentionClasses } from '../../../db/catalog.ts'
import { rowsInsert, schema, writeBatch } from '../../../db/client.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { sweepRules } from '../../../worker/retention/rule-sweep.ts'
import { ana, type Business, mei, monsoon, type Person, ravi, sol } from '../../support/cast.ts'
import { everything, lines, mentioning } from '../../support/everything.ts'
import { rowsOf } from '../../support/intake.ts'
import { ownerOf, seedCast } from '../../support/world.ts'
import { seedConversation } from '../api/seed.ts'
import { ask, db, keyFor, type Row, read } from '../api/stage.ts'

const day = 86_400_000
const now = 1_795_305_600_000
const tables = [
  ...['messages', 'message_statuses', 'message_changes', 'media', 'notes', 'search_terms', 'wishes'],
  ...['waiting_sends', 'retention_rules', 'raw_events', 'audit_entries', 'holds', 'deletion_blocks'],
  ...['conversations', 'contacts'],
]
let key: string

beforeEach(async () => {
  for (const table of tables) await env.DB.prepare(`DELETE FROM ${table}`).run()
  await seedCast()
  key = await keyFor(sol)
})
afterEach(async () => {
  for (const { key: name } of (await env.FILES.list()).objects) await env.FILES.delete(name)
})

/** A message of each age, with everything that can hang on one. */
async function talk(business: Business, person: Person, agesDays: number[]): Promise<Row[]> {
  const tag = `${business.accountId}.${person.bsuid}`
  const said = agesDays.map((age, i) => ({ wamid: `wamid.${tag}.${i}`, at: now - age * day }))
  await seedConversation(
    business,
    person,
    said,
    said.map(({ wamid, at }) => ({ wamid: `${wamid}.edit`, target: wamid, kind: 'edit', text: 'other', at })),
  )
  const { accountId, numberId } = business
  const messages = (await rowsOf('messages', 'sort_key')).filter(
    (row) => row.account_id === accountId && String(row.contact_id).length > 0,
  )
  for (const row of messages) {
    const [messageId, ref, contactId, at] = [row.id, row.ref, row.contact_id, row.at] as [
      string,
      string,
      string,
      number,
    ]
    const conversationId = row.conversation_id as string
    const own = { accountId, contactId, messageId }
    await writeBatch(db, [
      rowsInsert(db, schema.messageStatuses, [
        { accountId, ref, status: 'read', contactId, at, receivedAt: at },
      ]),
      rowsInsert(db, schema.searchTerms, [
        { accountId, contactId, term: `t-${messageId}`, subjectId: messageId, conversationId, at },
      ]),
      rowsInsert(db, schema.wishes, [{ ...own, numberId, kind: 'stop', language: 'en', at }]),
      rowsInsert(db, schema.waitingSends, [
        { ...own, numberId, content: 'sealed', actor: 'system', createdAt: at, nextAt: at },
      ]),
      rowsInsert(db, schema.media, [
        {
          ...own,
          ...{ numberId, holderId: contactId, direction: 'in', state: 'kept', content: 'sealed' },
          ...{ mime: 'image/jpeg', bytes: 3, createdAt: at, keptAt: at },
        },
      ]),
      rowsInsert(db, schema.notes, [
        {
          id: `note-${messageId}`,
          accountId,
          conversationId,
          contactId,
          author: 'system',
          content: 'sealed',
          at,
        },
      ]),
    ])
    await env.FILES.put(`media/${accountId}/${contactId}/${messageId}`, 'abc')
  }
  return messages
}

const put = (name: string, days: number | null, own = key) =>
  ask(`/api/v1/retention/${name}`, { key: own, method: 'PUT', body: { days } })
const rule = async (name: string, days: number) => {
  expect((await put(name, days)).status).toBe(200)
}
const sweepAll = async (at = now) => {
  for (let i = 0; i < 50; i++) if ((await sweepRules(env, at)).every(({ done }) => done)) return
  throw new Error('the sweep does not end')
}
const hanging = ['message_statuses', 'message_changes', 'media', 'search_terms', 'wishes', 'waiting_sends']
const neighbour = async () =>
  lines(mentioning(await everything(), [monsoon.accountId, monsoon.wabaId, monsoon.phoneNumberId]))

describe('a rule for messages', () => {
  it('deletes what is older with everything that hangs on it, and nothing else anywhere', async () => {
    await talk(monsoon, ravi, [1, 40, 400])
    const [old, older, young] = await talk(sol, ana, [400, 31, 29])
    const before = await neighbour()
    const [contacts, conversations, notes] = [
      await rowsOf('contacts'),
      await rowsOf('conversations'),
      await rowsOf('notes', 'id'),
    ]
    await rule('messages', 30)
    await sweepAll()
    const left = (await rowsOf('messages')).filter((row) => row.account_id === sol.accountId)
    expect(left.map(({ id }) => id)).toEqual([young?.id])
    for (const table of hanging) {
      const rows = JSON.stringify((await rowsOf(table)).filter((row) => row.account_id === sol.accountId))
      for (const gone of [old, older]) {
        expect(rows, table).not.toContain(gone?.id)
        expect(rows, table).not.toContain(gone?.ref)
      }
      expect(rows, table).toMatch(new RegExp(`${young?.id}|${young?.ref}`))
    }
    const objects = (await env.FILES.list({ prefix: `media/${sol.accountId}/` })).objects.map(
      ({ key: name }) => name,
    )
    expect(objects).toEqual([expect.stringContaining(young?.id as string)])
    expect(await neighbour()).toEqual(before)
    expect(await rowsOf('contacts')).toEqual(contacts)
    expect(await rowsOf('conversations')).toEqual(conversations)
    expect(await rowsOf('notes', 'id')).toEqual(notes)
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({
        action: 'retention.sweep',
        subject: 'messages',
        reason: '2 older than 30 days',
        actor: 'system',
      }),
    )
  })

  it('lets nothing younger go and nothing older stay, whatever there is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.double({ min: 0, max: 60, noNaN: true }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 50 }),
        async (ages, days) => {
          await env.DB.prepare('DELETE FROM messages').run()
          await env.DB.prepare('DELETE FROM retention_rules').run()
          const lived = ages.map((age) => Math.floor(now - age * day))
          await seedConversation(
            sol,
            ana,
            lived.map((at, i) => ({ wamid: `wamid.P${i}`, at })),
          )
          await rule('messages', days)
          await sweepAll()
          const left = (await rowsOf('messages', 'at')).map(({ at }) => at as number)
          const before = now - days * day
          // Messages are placed by the second.
          const stays = lived.filter((at) => Math.floor(at / 1000) >= Math.floor(before / 1000))
          expect(left).toEqual(stays.sort((a, b) => a - b))
        },
      ),
      { numRuns: 25 },
    )
  })

  it('goes on where it was broken off', async () => {
    await talk(sol, ana, [40, 50, 60])
    await rule('messages', 30)
    await env.DB.prepare(
      `CREATE TRIGGER broken BEFORE DELETE ON messages BEGIN SELECT RAISE(ABORT, 'no'); END`,
    ).run()
    await sweepRules(env, now)
    expect((await rowsOf('messages')).length).toBe(3)
    await env.DB.prepare('DROP TRIGGER broken').run()
    await sweepAll(now + limits.ruleEveryMs + 1)
    expect(await rowsOf('messages')).toEqual([])
    expect(await rowsOf('media')).toEqual([])
  })

  it('spares whoever asked for restriction and whom a legal hold is about, as long as that stands', async () => {
    await talk(sol, ana, [40])
    await talk(sol, ravi, [40])
    await talk(sol, mei, [40])
    const byPerson = [...new Set((await rowsOf('messages', 'rowid')).map((row) => row.contact_id as string))]
    const [restricted = '', held = '', free = ''] = byPerson
    await writeBatch(db, [
      rowsInsert(db, schema.holds, [
        { accountId: sol.accountId, subjectId: restricted, kind: 'restricted', reason: 'asked', at: 1 },
      ]),
      rowsInsert(db, schema.deletionBlocks, [
        {
          id: 'blk_1',
          deletionId: held,
          reason: 'legal_hold',
          reviewer: 'counsel',
          placedAt: 1,
          endsAt: now + day,
        },
      ]),
    ])
    await rule('messages', 30)
    await sweepAll()
    expect((await rowsOf('messages')).map((row) => row.contact_id).sort()).toEqual([restricted, held].sort())
    expect(free).not.toBe('')
    await sweepAll(now + 2 * day)
    expect((await rowsOf('messages')).map((row) => row.contact_id)).toEqual([restricted])
  })
})

describe('a rule for another class', () => {
  it('of files takes the file and leaves the message, which says so', async () => {
    await talk(monsoon, ravi, [40])
    const [old, young] = await talk(sol, ana, [40, 5])
    const before = await neighbour()
    await rule('media', 30)
    await sweepAll()
    const media = await rowsOf('media', 'created_at')
    expect(media.filter((row) => row.account_id === sol.accountId)).toEqual([
      expect.objectContaining({
        message_id: old?.id,
        state: 'gone',
        reason: 'retention',
        content: '',
        bytes: null,
      }),
      expect.objectContaining({ message_id: young?.id, state: 'kept' }),
    ])
    const objects = (await env.FILES.list({ prefix: `media/${sol.accountId}/` })).objects
    expect(objects).toHaveLength(1)
    expect((await rowsOf('messages')).filter((row) => row.account_id === sol.accountId)).toHaveLength(2)
    expect(await neighbour()).toEqual(before)
  })

  it.each([
    ['notes', 'notes', 30],
    ['raw_events', 'raw_events', 3],
    ['audit', 'audit_entries', 370],
  ])('of %s deletes what is older in %s and leaves everything else', async (name, table, days) => {
    await talk(monsoon, ravi, [5, 400])
    await talk(sol, ana, [5, 400])
    for (const business of [sol, monsoon]) {
      for (const age of [1, 6, 380]) {
        const at = now - age * day
        await writeBatch(db, [
          rowsInsert(db, schema.rawEvents, [
            {
              ...{ id: `evt-${business.accountId}-${age}`, part: 0, accountId: business.accountId },
              ...{ counterKey: business.phoneNumberId, outcome: 'ignored', field: 'x', reason: 'x' },
              ...{ receivedAt: at, payload: 'sealed' },
            },
          ]),
          rowsInsert(db, schema.auditEntries, [
            {
              ...{ id: `aud-${business.accountId}-${age}`, accountId: business.accountId, actor: 'system' },
              ...{ action: 'a.b', subject: ownerOf(business), at, recordedAt: at },
            },
          ]),
        ])
      }
    }
    const clock = { notes: 'at', raw_events: 'received_at', audit_entries: 'recorded_at' }[table] as string
    const others = tables.filter((one) => ![table, 'retention_rules', 'audit_entries'].includes(one))
    const standing = await Promise.all(others.map((one) => rowsOf(one, 'rowid')))
    const before = await neighbour()
    const due = (await rowsOf(table)).filter(
      (row) => row.account_id === sol.accountId && (row[clock] as number) < now - days * day,
    )
    expect(due.length).toBeGreaterThan(0)
    await rule(name, days)
    await sweepAll()
    const own = (await rowsOf(table)).filter((row) => row.account_id === sol.accountId)
    expect(own.every((row) => (row[clock] as number) >= now - days * day)).toBe(true)
    expect(await Promise.all(others.map((one) => rowsOf(one, 'rowid')))).toEqual(standing)
    expect(await neighbour()).toEqual(before)
  })
})

describe('the rules of a workspace', () => {
  it('are within the bounds of the catalogue, and the ledger keeps a year', async () => {
    for (const [name, { minDays, maxDays }] of Object.entries(retentionClasses)) {
      for (const days of [minDays - 1, maxDays + 1]) expect((await put(name, days)).status).toBe(400)
      for (const days of [minDays, maxDays]) expect((await put(name, days)).status).toBe(200)
    }
    expect(retentionClasses.audit.minDays).toBeGreaterThanOrEqual(365)
    expect((await put('nothing', 5)).status).toBe(400)
  })

  it('are shown with what there is, and can be taken back', async () => {
    await talk(sol, ana, [40, 5])
    await rule('messages', 30)
    const list = (await read(await ask('/api/v1/retention', { key }))).data
    expect(list.find((row) => row.class === 'messages')).toMatchObject({
      ...{ days: 30, rows: 2, oldestAt: new Date(now - 40 * day).toISOString() },
      rule: { days: 30, updatedBy: expect.stringMatching(/^key:/) },
    })
    expect(await read(await put('messages', null))).toMatchObject({ days: null, rule: null })
    await sweepAll()
    expect(await rowsOf('messages')).toHaveLength(2)
  })

  it('say beforehand what they would delete', async () => {
    await talk(sol, ana, [40, 50, 5])
    const answer = await ask('/api/v1/retention/messages/preview?days=30', { key })
    // Ages are counted from the cast's own day.
    expect(((await answer.json()) as { rows: number }).rows).toBe(
      (await rowsOf('messages')).filter(({ at }) => (at as number) < Date.now() - 30 * day).length,
    )
  })

  it('are nobody’s but the workspace’s, and need the scope', async () => {
    await rule('messages', 30)
    const theirs = await keyFor(monsoon)
    const list = (await read(await ask('/api/v1/retention', { key: theirs }))).data
    expect(list.every((row) => row.rule === null)).toBe(true)
    const reading = await keyFor(sol, ['conversations:read', 'audit'])
    expect((await put('messages', 5, reading)).status).toBe(403)
  })
})
