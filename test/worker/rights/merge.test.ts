// Two contacts turn out to be one person: what either of them asked for goes on.

import { beforeAll, describe, expect, it } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { holdInsert } from '../../../worker/audit/holds.ts'
import { loadMerge, mergeStatements } from '../../../worker/conversations/merge.ts'
import { openRequest } from '../../../worker/rights/requests.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { seedCast } from '../../support/world.ts'
import { db, dumpOf } from '../api/stage.ts'
import { contactOf, requestRow, worldAt } from './seed.ts'

const now = 1_795_305_600_000
const ask = async (subjectId: string, type: 'access' | 'delete') =>
  requestRow(
    (
      await openRequest(worldAt(now), {
        accountId: sol.accountId,
        subjectKind: 'contact',
        subjectId,
        type,
        door: 'chat',
        language: 'en',
      })
    ).id,
  )

beforeAll(seedCast)

describe('a merge of contacts', () => {
  it('keeps one request of each kind, and every wish to be left alone, twice as well as once', async () => {
    const [winner, loser, neighbour] = [await contactOf(sol), await contactOf(sol), await contactOf(sol)]
    const [kept, double] = [await ask(winner, 'delete'), await ask(loser, 'delete')]
    const [only, others] = [await ask(loser, 'access'), await ask(neighbour, 'access')]
    const { accountId } = sol
    await writeBatch(db, [
      holdInsert(db, { accountId, subjectId: loser, kind: 'restricted', reason: 'request', at: now }),
      holdInsert(db, { accountId, subjectId: neighbour, kind: 'objected', reason: 'chat', at: now }),
    ])
    const theirs = await dumpOf(monsoon.accountId)
    for (let i = 0; i < 2; i++)
      await writeBatch(db, mergeStatements(db, await loadMerge(db, { accountId, winner, losers: [loser] })))

    const both = [await requestRow(kept.id), await requestRow(double.id)]
    expect(both.map(({ state }) => state).sort()).toEqual(['waiting', 'withdrawn'])
    expect(both.map(({ subjectId }) => subjectId)).toEqual([winner, winner])
    expect(await requestRow(only.id)).toMatchObject({ subjectId: winner, state: 'waiting' })
    expect(await requestRow(others.id)).toEqual(others)
    const holds = (await rowsOf('holds')).map(({ subject_id, kind }) => [subject_id, kind])
    expect(holds).toEqual(
      expect.arrayContaining([
        [winner, 'restricted'],
        [neighbour, 'objected'],
      ]),
    )
    expect(holds).toHaveLength(2)
    expect(await dumpOf(monsoon.accountId)).toBe(theirs)
  })
})
