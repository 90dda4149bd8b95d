// What a receipt says, and that it says it once.

import { env } from 'cloudflare:workers'
import { beforeAll, expect, it } from 'vitest'
import { type Person, sol } from '../../support/cast.ts'
import { eraserOf, walkTo } from '../../support/deletion.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'
import { ask, keyFor, read } from '../api/stage.ts'

let key: string

type Claims = { residue: { found: number; values: number }; kept: { place: string; count: number }[] }
const claimsOf = (jws: unknown): Claims =>
  JSON.parse(Buffer.from(String(jws).split('.')[1] as string, 'base64url').toString()) as Claims

async function erased(person: Person, words: string): Promise<{ id: string; code: string }> {
  await postChanges(sol, messageChange(sol, person, textMessage(`wamid.${person.phone}`, words, 1795305600)))
  await drain(sol)
  const { data } = await read(await ask('/api/v1/contacts', { key }))
  const contactId = data.find((row) => row.phone === person.phone)?.id
  const opened = await read(await ask(`/api/v1/contacts/${contactId}/deletion`, { key, method: 'POST' }))
  await walkTo(sol.accountId, opened.id as string, 'erased')
  return { id: opened.id as string, code: opened.code as string }
}

beforeAll(async () => {
  await seedCast()
  key = await keyFor(sol)
})

it('finds nothing of somebody whose name and words are words of ours', async () => {
  await erased({ name: 'System', phone: '34655770001', bsuid: 'ES.770001' }, 'conversations:read')
  const [receipt] = await rowsOf('receipts')
  const { residue, kept } = claimsOf(receipt?.jws)
  expect(residue.found).toBe(0)
  expect(residue.values).toBeGreaterThan(100)
  // What stays is named, also where it is not a table.
  expect(kept.map(({ place }) => place)).toEqual(
    expect.arrayContaining(['deletions', 'eraser.needles', 'erasure_ledger', 'keeper.tombstones']),
  )
})

it('gives the same receipt again to a database that has lost it', async () => {
  const { id } = await erased(
    { name: 'Lost Receipt', phone: '34655770002', bsuid: 'ES.770002' },
    'hello there',
  )
  const mine = async () =>
    (await rowsOf('receipts')).filter((row) => row.deletion_id === id && row.kind === 'live')
  const before = await mine()
  expect(before.length).toBe(1)
  await env.DB.batch([
    env.DB.prepare(`DELETE FROM receipts WHERE deletion_id = ?`).bind(id),
    env.DB.prepare(`UPDATE deletions SET state = 'running', erased_at = NULL WHERE id = ?`).bind(id),
  ])
  await eraserOf(sol.accountId).start([id], false)
  await walkTo(sol.accountId, id, 'completed')
  const after = await mine()
  // The instant, too: it is in the signed document, and whoever checks compares them.
  const signed = (rows: typeof before) => rows.map(({ jws, leaf, at }) => [jws, leaf, at])
  expect(signed(after)).toEqual(signed(before))
})
