// What is written about a request, by whom, and who hears of it.

import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dayMs, limits } from '../../../worker/ground/limits.ts'
import { loadMessages, writeMessage } from '../../../worker/rights/conversation.ts'
import { type AskedRequest, openRequest } from '../../../worker/rights/requests.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { seedCast } from '../../support/world.ts'
import { dumpOf } from '../api/stage.ts'
import { contactOf, mailKinds, requestRow, worldAt } from './seed.ts'

const now = 1_795_305_600_000
const asked = (subjectId: string, type: AskedRequest['type'] = 'delete'): AskedRequest => ({
  accountId: sol.accountId,
  subjectKind: 'contact',
  subjectId,
  type,
  door: 'chat',
  language: 'es',
})
const open = async (subjectId: string, type?: AskedRequest['type']) =>
  requestRow((await openRequest(worldAt(now), asked(subjectId, type))).id)

let her: string
let theirs: string

beforeAll(seedCast)
beforeEach(async () => {
  for (const table of ['requests', 'request_messages', 'mails', 'request_rules', 'holds'])
    await env.DB.exec(`DELETE FROM ${table}`)
  her = await contactOf(sol)
  theirs = await dumpOf(monsoon.accountId)
  return async () => expect(await dumpOf(monsoon.accountId)).toBe(theirs)
})

describe('the conversation about a request', () => {
  it('is sealed under the key of whom it is about, and tells the business that there is something', async () => {
    const row = await open(her)
    await writeMessage(worldAt(now), row, 'person', 'my number is not for sale')
    await writeMessage(worldAt(now + 1), row, 'business', 'we never sold it')
    expect(JSON.stringify([await rowsOf('request_messages'), await rowsOf('mails')])).not.toMatch(
      /for sale|sold it/,
    )
    expect(await mailKinds(sol.accountId)).toEqual(['request_waits', 'request_written_to'])
    expect((await loadMessages(worldAt(now + 2), row)).map(({ by, text }) => [by, text])).toEqual([
      ['person', 'my number is not for sale'],
      ['business', 'we never sold it'],
    ])
  })

  it('takes so much from a person in a day, also side by side, and a business’s answer all the same', async () => {
    const row = await open(her)
    const all = await Promise.all(
      Array.from({ length: limits.requestMessagesPerDay + 5 }, (_, i) =>
        writeMessage(worldAt(now), row, 'person', `${i}`),
      ),
    )
    expect(all.filter(({ ok }) => ok)).toHaveLength(limits.requestMessagesPerDay)
    expect(await writeMessage(worldAt(now), row, 'person', 'more')).toEqual({ ok: false, reason: 'too_many' })
    expect(await writeMessage(worldAt(now), row, 'business', 'enough')).toMatchObject({ ok: true })
    expect(await writeMessage(worldAt(now + dayMs + 1), row, 'person', 'tomorrow')).toMatchObject({
      ok: true,
    })
  })

  it('has ended for somebody who was erased', async () => {
    const row = await open(her)
    await writeMessage(worldAt(now), row, 'person', 'hello')
    await env.KEEPER.getByName(sol.accountId).forget([her], now)
    expect(await writeMessage(worldAt(now), row, 'business', 'too late')).toEqual({
      ok: false,
      reason: 'gone',
    })
    expect(await loadMessages(worldAt(now + limits.keyCacheMs * 2), row)).toEqual([])
  })
})
