import { env } from 'cloudflare:workers'
import { beforeAll, expect, it } from 'vitest'
import { loadSummary } from '../../../worker/notices/summary.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { ownerEmailOf, seedCast } from '../../support/world.ts'
import { db } from '../api/stage.ts'
import { addMember, mailbox, minute, start, version } from './stage.ts'

beforeAll(seedCast)

it('counts who has to be told, who was, and who could not be', async () => {
  const documents = [version('privacy', 1), version('privacy', 2), version('terms', 1)]
  const rows = async () => (await loadSummary(db, documents)).data
  const numbersOf = async () =>
    (await rows()).map(({ version: of, toTell, told, failed }) => [of, toTell, told, failed])
  const unknown = [
    ['1', 0, 0, 0],
    ['2', 2, 0, 0],
    ['1', 0, 0, 0],
  ]
  expect(await numbersOf()).toEqual(unknown)
  const { world } = mailbox((to) => to === ownerEmailOf(sol))
  await minute(documents, start, world)
  expect(await numbersOf()).toEqual(unknown)
  await minute(documents, start + 1, world)
  expect((await numbersOf())[1]).toEqual(['2', 1, 1, 0])
  await env.DB.prepare('UPDATE mails SET next_at = NULL').run()
  await minute(documents, start + 2, world)
  expect((await numbersOf())[1]).toEqual(['2', 0, 1, 1])
  await addMember(monsoon.accountId, 'late', start + 3)
  expect((await rows())[1]).toMatchObject({
    ...{ document: 'privacy', material: true, inLog: true, toTell: 1, told: 1, failed: 1 },
    ...{ toldAt: new Date(start + 2).toISOString(), inForceAt: null },
  })
})
