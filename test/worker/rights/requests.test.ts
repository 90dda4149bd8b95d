// What becomes of a request: decided by the business, by its rule, or by its silence. The doors are in doors.test.ts.

import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { schema } from '../../../db/client.ts'
import { notRestricted } from '../../../worker/audit/holds.ts'
import { dayMs, limits } from '../../../worker/ground/limits.ts'
import { requestsDue } from '../../../worker/rights/errands.ts'
import {
  type AskedRequest,
  finishRequest,
  grantRequest,
  openRequest,
  refuseRequest,
  withdrawRequest,
} from '../../../worker/rights/requests.ts'
import { saveRule } from '../../../worker/rights/rules.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { ownerOf, seedCast } from '../../support/world.ts'
import { db, dumpOf } from '../api/stage.ts'
import { contactOf, entriesOf, mailKinds, memberOf, remembering, requestRow, worldAt } from './seed.ts'

const now = 1_795_305_600_000
const business = { party: 'business', actor: 'key:key_sol' } as const
const asked = (subjectId: string, type: AskedRequest['type'] = 'delete'): AskedRequest => ({
  accountId: sol.accountId,
  subjectKind: 'contact',
  subjectId,
  type,
  door: 'chat',
  language: 'es',
})
const ofMember = (subjectId: string, type: AskedRequest['type']): AskedRequest => ({
  ...asked(subjectId, type),
  subjectKind: 'member',
  door: 'mail',
})
const open = async (subjectId: string, type?: AskedRequest['type']) =>
  requestRow((await openRequest(worldAt(now), asked(subjectId, type))).id)
const holdsOf = async (subjectId: string) =>
  (await rowsOf('holds'))
    .filter((row) => row.subject_id === subjectId)
    .map(({ kind, reason }) => `${kind} ${reason}`)

let her: string
let neighbour: string
let theirs: string

beforeAll(seedCast)
beforeEach(async () => {
  for (const table of ['requests', 'request_messages', 'mails', 'request_rules', 'holds'])
    await env.DB.exec(`DELETE FROM ${table}`)
  her = await contactOf(sol)
  neighbour = await contactOf(sol)
  theirs = await dumpOf(monsoon.accountId)
  return async () => expect(await dumpOf(monsoon.accountId)).toBe(theirs)
})

describe('a request about a contact', () => {
  it('waits for the business, with its clock, and tells every owner nothing but its kind', async () => {
    const opened = await openRequest(worldAt(now), asked(her))
    expect(opened).toMatchObject({
      fresh: true,
      state: 'waiting',
      url: `https://gateway.test/data-deletion/${opened.code}`,
    })
    expect(await requestRow(opened.id)).toMatchObject({
      state: 'waiting',
      letThroughAt: opened.dueAt - 5 * dayMs,
      nextAt: opened.dueAt - 10 * dayMs,
    })
    expect(await mailKinds(sol.accountId)).toEqual(['request_waits'])
    expect(await entriesOf(opened.id)).toEqual(['person request.open delete'])
    expect(await requestsDue(worldAt(now), remembering().hands)).toBe(0)
  })

  it('is one, however often and however many at once it is asked for', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => openRequest(worldAt(now), asked(her))))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    expect(all.filter(({ fresh }) => fresh)).toHaveLength(1)
    expect(await rowsOf('requests')).toHaveLength(1)
    expect(await mailKinds(sol.accountId)).toEqual(['request_waits'])
    await openRequest(worldAt(now), asked(her, 'access'))
    await openRequest(worldAt(now), asked(neighbour))
    expect(await rowsOf('requests')).toHaveLength(3)
  })

  it('under an id of its own is opened once, even after it has ended', async () => {
    const { id } = await openRequest(worldAt(now), asked(her), { id: 'rgt_of_a_message' })
    await withdrawRequest(worldAt(now), remembering().hands, await requestRow(id))
    const again = await openRequest(worldAt(now), asked(her), { id: 'rgt_of_a_message' })
    expect(again).toMatchObject({ id, fresh: false, state: 'withdrawn' })
  })

  it('is granted on the spot where the business has said so, and asks it nothing', async () => {
    await saveRule(worldAt(now), sol.accountId, 'at_once', 'key:key_sol')
    const did = remembering()
    const { id } = await openRequest(worldAt(now), asked(her))
    await requestsDue(worldAt(now), did.hands, sol.accountId)
    expect(did.forgotten).toMatchObject([{ scope: 'contact', subjectId: her, door: 'chat', actor: 'person' }])
    expect(await requestRow(id)).toMatchObject({ state: 'granted', deletionId: `del_${her}` })
    expect(await mailKinds(sol.accountId)).toEqual([])
  })
})

describe('a decision', () => {
  it('to grant a deletion begins it, once, of twenty at the same moment', async () => {
    const did = remembering()
    const row = await open(her)
    const all = await Promise.all(
      Array.from({ length: 20 }, () => grantRequest(worldAt(now), did.hands, row, business)),
    )
    expect(all.filter(({ ok }) => ok)).toHaveLength(1)
    expect(did.forgotten).toHaveLength(1)
    expect(did.said).toMatchObject([{ contactId: her, key: `${row.id}:granted` }])
    expect(await entriesOf(row.id)).toEqual([
      'key:key_sol request.grant',
      'person request.open delete',
      'system request.carry_out delete',
    ])
  })

  it('to refuse names the reason, the authorities and us, and ends it', async () => {
    const did = remembering()
    const row = await open(her)
    expect(await refuseRequest(worldAt(now), did.hands, row, 'legal_claims', business)).toMatchObject({
      ok: true,
    })
    expect(await requestRow(row.id)).toMatchObject({
      state: 'refused',
      refusal: 'legal_claims',
      closedAt: now,
    })
    expect(did.said[0]?.text).toMatch(/refused[\s\S]*legal claims[\s\S]*contact@softivum\.com/)
    expect(await grantRequest(worldAt(now), did.hands, await requestRow(row.id), business)).toEqual({
      ok: false,
      reason: 'not_now',
    })
    expect(did.forgotten).toEqual([])
  })

  it('and its opposite at the same moment: one of them stands, and the other did nothing', async () => {
    const did = remembering()
    const row = await open(her)
    const [granted, refused, withdrawn] = await Promise.all([
      grantRequest(worldAt(now), did.hands, row, business),
      refuseRequest(worldAt(now), did.hands, row, 'legal_claims', business),
      withdrawRequest(worldAt(now), remembering().hands, row),
    ])
    expect([granted, refused, withdrawn].filter(({ ok }) => ok)).toHaveLength(1)
    expect(did.forgotten).toHaveLength(granted.ok ? 1 : 0)
  })

  it('that cannot be carried out now is carried out later, at growing distances', async () => {
    let away = true
    const did = remembering(() => away)
    const row = await open(her)
    await grantRequest(worldAt(now), did.hands, row, business)
    expect(await requestRow(row.id)).toMatchObject({ state: 'granted', deletionId: null, nextAt: now })
    await requestsDue(worldAt(now), did.hands)
    expect(await requestRow(row.id)).toMatchObject({ nextAt: now + 60_000, attempts: 1 })
    await requestsDue(worldAt(now + 60_000), did.hands)
    expect(await requestRow(row.id)).toMatchObject({ nextAt: now + 6 * 60_000, attempts: 2 })
    away = false
    await requestsDue(worldAt(now + 6 * 60_000), did.hands)
    expect(did.forgotten).toHaveLength(1)
    expect(await requestRow(row.id)).toMatchObject({ deletionId: `del_${her}` })
  })

  it('to correct waits until the business says that it is done, and tells it so', async () => {
    const did = remembering()
    const row = await open(her, 'correct')
    await grantRequest(worldAt(now), did.hands, row, business)
    expect(await mailKinds(sol.accountId)).toEqual(['request_to_do', 'request_waits'])
    const granted = await requestRow(row.id)
    expect(granted).toMatchObject({ state: 'granted', nextAt: null })
    await finishRequest(worldAt(now), did.hands, granted, business)
    expect(await requestRow(row.id)).toMatchObject({ state: 'done', closedAt: now })
    expect(did.said.map(({ key }) => key)).toEqual([`${row.id}:granted`, `${row.id}:done`])
  })

  it('to hand over a copy is not done because the business says so', async () => {
    const row = await open(her, 'access')
    await grantRequest(worldAt(now), remembering().hands, row, business)
    const granted = await requestRow(row.id)
    expect(await finishRequest(worldAt(now), remembering().hands, granted, business)).toEqual({
      ok: false,
      reason: 'not_now',
    })
    expect(await requestRow(row.id)).toEqual(granted)
  })

  it('to restrict hides the person and nobody else', async () => {
    const row = await open(her, 'restrict')
    await grantRequest(worldAt(now), remembering().hands, row, business)
    expect(await requestRow(row.id)).toMatchObject({ state: 'done' })
    expect(await holdsOf(her)).toEqual(['restricted request'])
    const { contacts } = schema
    const shown = await db
      .select({ id: contacts.id })
      .from(contacts)
      .where(notRestricted(sol.accountId, contacts.id as never))
    expect(shown.map(({ id }) => id)).toContain(neighbour)
    expect(shown.map(({ id }) => id)).not.toContain(her)
  })

  it('about being spared messages is nobody’s: it stands at once', async () => {
    const opened = await openRequest(worldAt(now), asked(her, 'object'))
    expect(opened.state).toBe('granted')
    await requestsDue(worldAt(now), remembering().hands)
    expect(await requestRow(opened.id)).toMatchObject({ state: 'done' })
    expect(await holdsOf(her)).toEqual(['objected request'])
    expect(await holdsOf(neighbour)).toEqual([])
  })
})

describe('silence', () => {
  it('is broken by one more mail, and then lets the request through', async () => {
    const did = remembering()
    const row = await open(her)
    const remindAt = row.nextAt as number
    await Promise.all([
      requestsDue(worldAt(remindAt), did.hands),
      requestsDue(worldAt(remindAt), did.hands, sol.accountId),
    ])
    expect(await mailKinds(sol.accountId)).toEqual(['request_reminder', 'request_waits'])
    expect(await requestRow(row.id)).toMatchObject({
      state: 'waiting',
      nextAt: row.letThroughAt,
      remindedAt: remindAt,
    })
    await requestsDue(worldAt((row.letThroughAt as number) - 1), did.hands)
    expect(did.forgotten).toEqual([])
    await Promise.all([
      requestsDue(worldAt(row.letThroughAt as number), did.hands),
      requestsDue(worldAt(row.letThroughAt as number), did.hands),
    ])
    expect(did.forgotten).toHaveLength(1)
    expect(await requestRow(row.id)).toMatchObject({ state: 'granted', decidedBy: 'silence' })
    expect(await entriesOf(row.id)).toContain('silence request.grant')
  })

  it('of a gateway that was off for weeks lets through what is due when it is back', async () => {
    const did = remembering()
    const row = await open(her)
    await requestsDue(worldAt(now + 60 * dayMs), did.hands)
    expect(did.forgotten).toHaveLength(1)
    expect(await requestRow(row.id)).toMatchObject({ state: 'granted' })
  })

  it('about somebody whom the business has erased by itself is over', async () => {
    const row = await open(her, 'access')
    await env.DB.prepare('DELETE FROM contacts WHERE id = ?').bind(her).run()
    await requestsDue(worldAt(row.nextAt as number), remembering().hands)
    expect(await requestRow(row.id)).toMatchObject({ state: 'refused', refusal: 'not_held' })
  })
})

describe('a granted request', () => {
  it('of somebody who was erased by another door is over, and not tried for ever', async () => {
    const did = remembering(() => true)
    const row = await open(her)
    await grantRequest(worldAt(now), did.hands, row, business)
    const mia = await memberOf(sol, 'mia.gone@example.com')
    const { id } = await openRequest(worldAt(now), ofMember(mia, 'correct'))
    await env.DB.prepare('DELETE FROM contacts WHERE id = ?').bind(her).run()
    await env.DB.prepare('DELETE FROM members WHERE id = ?').bind(mia).run()
    await requestsDue(worldAt(now), did.hands)
    for (const gone of [row.id, id])
      expect(await requestRow(gone)).toMatchObject({ state: 'refused', refusal: 'not_held', nextAt: null })
  })
})

describe('a deletion that was granted', () => {
  const deletion = (id: string, state: 'running' | 'erased') =>
    env.DB.prepare(
      `INSERT OR REPLACE INTO deletions (id, account_id, scope, subject_id, door, requested_by, code_digest, state, requested_at)
        VALUES (?, 'acc_sol', 'contact', ?, 'chat', 'person', ?, ?, 1)`,
    )
      .bind(id, her, `digest of ${id}`, state)
      .run()

  it('is done when live data is gone, and ends whatever else she had asked for', async () => {
    const did = remembering()
    const access = await open(her, 'access')
    const other = await open(neighbour, 'access')
    const row = await open(her)
    await grantRequest(worldAt(now), did.hands, row, business)
    await deletion(`del_${her}`, 'running')
    await requestsDue(worldAt(now + 60_000), did.hands)
    expect(await requestRow(row.id)).toMatchObject({ state: 'granted' })
    await deletion(`del_${her}`, 'erased')
    await requestsDue(worldAt(now + 20 * 60_000), did.hands)
    expect(await requestRow(row.id)).toMatchObject({
      state: 'done',
      closedAt: now + 20 * 60_000,
      nextAt: null,
    })
    expect(await requestRow(access.id)).toMatchObject({ state: 'refused', refusal: 'not_held' })
    expect(await requestRow(other.id)).toMatchObject({ state: 'waiting' })
  })

  it('cannot be taken back, and one that waits can', async () => {
    const did = remembering(() => true)
    const row = await open(her)
    await grantRequest(worldAt(now), did.hands, row, business)
    expect(await withdrawRequest(worldAt(now), remembering().hands, await requestRow(row.id))).toEqual({
      ok: false,
      reason: 'not_now',
    })
    const waiting = await open(neighbour)
    const told = remembering()
    expect(await withdrawRequest(worldAt(now), told.hands, waiting)).toMatchObject({ ok: true })
    // The code alone takes it back: whoever did it, the person hears of it.
    expect(told.said).toMatchObject([{ contactId: neighbour, key: `${waiting.id}:withdrawn` }])
    expect(
      await withdrawRequest(worldAt(now), remembering().hands, await requestRow(waiting.id)),
    ).toMatchObject({ ok: true })
    await requestsDue(worldAt(now + 90 * dayMs), did.hands)
    expect(await requestRow(waiting.id)).toMatchObject({ state: 'withdrawn', nextAt: null })
  })
})

describe('a request of a member', () => {
  it('is ours: granted on the spot, told by mail, and nothing that the business is told', async () => {
    const did = remembering()
    const mia = await memberOf(sol, 'mia@example.com')
    const opened = await openRequest(worldAt(now), ofMember(mia, 'delete'))
    expect(opened).toMatchObject({ state: 'granted' })
    expect((await rowsOf('mails')).map(({ kind, member_id }) => [kind, member_id])).toEqual([
      ['request_received', mia],
    ])
    await requestsDue(worldAt(now), did.hands)
    expect(did.forgotten).toMatchObject([{ scope: 'member', subjectId: mia, door: 'form', resigns: false }])
  })

  it('who is the only owner is refused, with what to do instead', async () => {
    const opened = await openRequest(worldAt(now), ofMember(ownerOf(sol), 'delete'))
    expect(opened.state).toBe('refused')
    expect(await requestRow(opened.id)).toMatchObject({ refusal: 'sole_owner', nextAt: null })
  })

  it('who is one of two owners resigns with it; the other is then the only one, and stays', async () => {
    const did = remembering()
    const mia = await memberOf(sol, 'mia.owner@example.com', 'owner')
    const opened = await openRequest(worldAt(now), ofMember(mia, 'delete'))
    const other = await openRequest(worldAt(now), ofMember(ownerOf(sol), 'delete'))
    expect(other.state).toBe('granted')
    await requestsDue(worldAt(now), did.hands)
    expect(did.forgotten).toMatchObject([{ subjectId: mia, resigns: true }, { subjectId: ownerOf(sol) }])
    await env.DB.prepare(`DELETE FROM requests WHERE id = ?`).bind(opened.id).run()
    await env.DB.prepare(`DELETE FROM members WHERE id = ?`).bind(mia).run()
    await env.DB.prepare(`UPDATE requests SET deletion_id = NULL, next_at = 1 WHERE id = ?`)
      .bind(other.id)
      .run()
    await requestsDue(worldAt(now), did.hands)
    expect(await requestRow(other.id)).toMatchObject({ state: 'refused', refusal: 'sole_owner' })
  })

  it('that a person has to carry out goes to the operator, once, sealed as the member’s', async () => {
    const mia = await memberOf(sol, 'mia2@example.com')
    const { id } = await openRequest(worldAt(now), ofMember(mia, 'correct'))
    await requestsDue(worldAt(now), remembering().hands)
    await requestsDue(worldAt(now + dayMs), remembering().hands)
    const mails = (await rowsOf('mails')).filter(({ kind }) => kind === 'request_to_operator')
    expect(mails).toMatchObject([{ account_id: sol.accountId, member_id: mia }])
    expect(await requestRow(id)).toMatchObject({ state: 'granted', nextAt: null })
  })

  it('for access stays open for thirty days', async () => {
    const mia = await memberOf(sol, 'mia3@example.com')
    const { id } = await openRequest(worldAt(now), ofMember(mia, 'access'))
    const end = now + limits.requestOpenDays * dayMs
    await requestsDue(worldAt(now), remembering().hands)
    expect(await requestRow(id)).toMatchObject({ state: 'granted', nextAt: end })
    await requestsDue(worldAt(end), remembering().hands)
    expect(await requestRow(id)).toMatchObject({ state: 'done' })
  })
})
