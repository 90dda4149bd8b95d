// Files and what happens to their people: two who turn out to be one, a package to take along, an erasure. With real objects.

import { env } from 'cloudflare:workers'
import { strFromU8, unzipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { loadMerge, mergeStatements } from '../../../worker/conversations/merge.ts'
import { conversationsUpsert } from '../../../worker/conversations/record.ts'
import { zip } from '../../../worker/copies/zip.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import { countFiles, eraseFiles } from '../../../worker/deletion/erase.ts'
import { exportContact } from '../../../worker/rights/export.ts'
import { mediaEntries } from '../../../worker/rights/package-media.ts'
import { indexDue } from '../../../worker/search/index-due.ts'
import { ana, mei, monsoon, ravi, sol } from '../../support/cast.ts'
import { walkTo } from '../../support/deletion.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { ask, db, keyFor, read } from '../api/stage.ts'
import { digest, fileRow, jpeg, objects, openStage, type Stage } from './stage.ts'

let stage: Stage
let key = ''
const { accountId } = sol
const person = { winner: '', loser: '' }
const file = { winner: '', loser: '', neighbour: '', other: '' }
const bytes = { winner: jpeg(90_000, 1), loser: jpeg(80_000, 2) }

beforeAll(async () => {
  stage = await openStage()
  key = await keyFor(sol)
  file.winner = await stage.arrive(sol, ana, { bytes: bytes.winner })
  const more = { filename: 'tarta de boda.pdf' }
  file.loser = await stage.arrive(sol, mei, {
    type: 'document',
    mime: 'application/pdf',
    bytes: bytes.loser,
    more,
  })
  file.other = await stage.arrive(sol, ravi)
  file.neighbour = await stage.arrive(monsoon, ravi)
  await stage.queue(accountId, [file.winner, file.loser, file.other])
  await stage.queue(monsoon.accountId, [file.neighbour])
  person.winner = (await fileRow(file.winner))?.contact_id as string
  person.loser = (await fileRow(file.loser))?.contact_id as string
})

/** As the Keeper reports it: one event names both of them. */
async function merge(): Promise<void> {
  const at = Date.now()
  const both = { phone: ana.phone, bsuid: ana.bsuid, before: { bsuid: mei.bsuid }, at, create: true }
  const { subjects } = await keeperOf(env.KEEPER, accountId).resolve([both])
  const [subject] = subjects
  if (subject?.state !== 'known') throw new Error('the person is not known')
  person.winner = subject.contactId
  person.loser = subject.losers[0] as string
  const talk = (await rowsOf('conversations')).find((row) => row.contact_id === person.winner)
  await writeBatch(db, [
    conversationsUpsert(db, [
      {
        ...{ id: talk?.id as string, accountId, numberId: sol.numberId, contactId: person.winner },
        ...{ createdAt: at, lastMessageAt: at, userLastAt: null },
      },
    ]),
    ...mergeStatements(db, await loadMerge(db, { accountId, winner: person.winner, losers: [person.loser] })),
  ])
  await keeperOf(env.KEEPER, accountId).absorbed([person.loser])
}

const body = async (id: string) =>
  digest(await (await ask(`/api/v1/messages/${id}/media`, { key })).arrayBuffer())

describe('files of two people who turn out to be one', () => {
  it('stay where they are and open as before, for the one who is left', async () => {
    await merge()
    const held = [await fileRow(file.winner), await fileRow(file.loser)]
    expect(held.map((row) => row?.contact_id)).toEqual([person.winner, person.winner])
    expect(held.map((row) => row?.holder_id)).toContain(person.loser)
    expect(await body(file.winner)).toBe(digest(bytes.winner))
    expect(await body(file.loser)).toBe(digest(bytes.loser))
  })

  it('are both in what the person takes along, under the names they had', async () => {
    const stores = { db, keepers: env.KEEPER, files: env.FILES }
    const parts: Uint8Array[] = []
    for await (const part of zip(mediaEntries(stores, accountId, person.winner, Date.now(), []), Date.now()))
      parts.push(part)
    const entries = unzipSync(new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()))
    expect(Object.values(entries).map(digest).sort()).toEqual(
      [digest(bytes.winner), digest(bytes.loser)].sort(),
    )
    expect(Object.keys(entries)).toContain('media/tarta_de_boda.pdf')
    const stream = await exportContact(stores, accountId, person.winner, Date.now())
    const { files, tables } = JSON.parse(strFromU8(new Uint8Array(await new Response(stream).arrayBuffer())))
    expect(files.map(({ name }: { name: string }) => name).sort()).toEqual([file.winner, file.loser].sort())
    expect(JSON.stringify(tables.media)).toContain('tarta de boda.pdf')
  })

  it('are counted and erased when Keeper and database remember the other name no more', async () => {
    const subject = { scope: 'contact' as const, accountId, ids: [person.winner] }
    expect(await countFiles({ db, files: env.FILES }, subject)).toMatchObject({ 'media/': 2 })
  })
})

describe('an erasure', () => {
  it('of the person takes every object and every term, and leaves those of others', async () => {
    await postChanges(
      sol,
      messageChange(sol, ravi, textMessage('wamid.T', 'roscon', Math.floor(Date.now() / 1000))),
    )
    await drain(sol)
    await indexDue(env, Date.now())
    const answer = await read(
      await ask(`/api/v1/contacts/${person.winner}/deletion`, { key, method: 'POST' }),
    )
    await walkTo(accountId, (answer as unknown as { id: string }).id, 'completed')
    const left = await objects()
    expect(left).toEqual([expect.stringContaining(file.neighbour), expect.stringContaining(file.other)])
    expect(left.join()).not.toContain(person.loser)
    expect((await rowsOf('media')).map(({ message_id }) => message_id).sort()).toEqual(
      [file.neighbour, file.other].sort(),
    )
    const terms = await rowsOf('search_terms')
    expect(terms.length).toBeGreaterThan(0)
    expect(
      terms.filter(({ contact_id }) => [person.winner, person.loser].includes(contact_id as string)),
    ).toEqual([])
    expect(await rowsOf('search_cursors')).toEqual([])
    expect((await ask(`/api/v1/messages/${file.loser}/media`, { key })).status).toBe(404)
    expect((await ask(`/api/v1/messages/${file.other}/media`, { key })).status).toBe(200)
  })

  it('finds what stands under a name that nobody remembers, by the row alone', async () => {
    const row = (await fileRow(file.other)) as { contact_id: string }
    const [from, to] = [`media/${accountId}/${row.contact_id}`, `media/${accountId}/cnt_forgotten`]
    const stored = (await env.FILES.get(`${from}/${file.other}`)) as R2ObjectBody
    await env.FILES.put(`${to}/${file.other}`, await stored.arrayBuffer())
    await env.FILES.put(`${to}/msg_of_somebody_else`, 'theirs')
    await env.FILES.delete(`${from}/${file.other}`)
    await env.DB.prepare(`UPDATE media SET holder_id = 'cnt_forgotten' WHERE message_id = ?`)
      .bind(file.other)
      .run()
    const subject = { scope: 'contact' as const, accountId, ids: [row.contact_id] }
    const stores = { db, files: env.FILES }
    expect(await countFiles(stores, subject)).toMatchObject({ 'media/': 1 })
    expect(await eraseFiles(stores, subject)).toEqual({ counts: { 'media/': 1 }, more: true })
    expect(await eraseFiles(stores, subject)).toEqual({ counts: {}, more: false })
    expect(await objects(`${to}/`)).toEqual([`${to}/msg_of_somebody_else`])
  })

  it('of a whole workspace takes all of its objects, and none of the neighbour’s', async () => {
    const subject = { scope: 'workspace' as const, accountId }
    while ((await eraseFiles({ db, files: env.FILES }, subject)).more);
    expect(await objects()).toEqual([expect.stringContaining(file.neighbour)])
  })
})
