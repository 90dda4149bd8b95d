// What a receipt says, and that it says it once.

import { env } from 'cloudflare:workers'
import { beforeAll, expect, it } from 'vitest'
import { schema } from '../../../db/client.ts'
import type { ResidueCursor, ResiduePage } from '../../../worker/deletion/residue.ts'
import { searchAgain } from '../../../worker/deletion/step-residue.ts'
import { type Person, sol } from '../../support/cast.ts'
import { beforeEachStep, eraserOf, walkTo } from '../../support/deletion.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'
import { seedConversation } from '../api/seed.ts'
import { ask, db, keyFor, read } from '../api/stage.ts'

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

/** What an operator's look finds, long afterwards. */
async function foundAgain(id: string): Promise<Record<string, number>> {
  const digests = (await eraserOf(sol.accountId).needles(id)) as string[]
  const row = (await rowsOf('deletions')).find((one) => one.id === id)
  const deletion = { id, accountId: sol.accountId, erasedAt: row?.erased_at as number }
  const found: Record<string, number> = {}
  let cursor: ResidueCursor | undefined
  do {
    const page: ResiduePage = await searchAgain(env, deletion, digests, cursor)
    Object.assign(found, page.found)
    cursor = page.cursor
  } while (cursor)
  return found
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

it('finds nothing of somebody who was sent a template, whose words are of the business', async () => {
  const her = { name: 'Template Reader', phone: '34655770020', bsuid: 'ES.770020' }
  const at = Date.now() - 60_000
  const text = 'Your cake is ready today.'
  const { contactId } = await seedConversation(sol, her, [
    {
      wamid: 'wamid.T20',
      at,
      direction: 'out',
      type: 'template',
      content: { text, body: { name: 'cake_is_ready' } },
    },
  ])
  await db.insert(schema.templates).values({
    ...{ id: 'tpl_cake', accountId: sol.accountId, wabaId: sol.wabaId, metaId: '77', name: 'cake_is_ready' },
    ...{ language: 'en_US', category: 'UTILITY', status: 'APPROVED', updatedAt: 1, syncedAt: 1 },
    components: [{ type: 'BODY', text }],
  })
  const opened = await read(await ask(`/api/v1/contacts/${contactId}/deletion`, { key, method: 'POST' }))
  const id = opened.id as string
  await walkTo(sol.accountId, id, 'erased')
  const [receipt] = (await rowsOf('receipts')).filter((row) => row.deletion_id === id)
  expect(claimsOf(receipt?.jws).residue.found).toBe(0)
  expect(await foundAgain(id)).toEqual({})
  expect((await rowsOf('templates')).length).toBe(1)
})

it.each([
  ['shred', '34655770010'],
  ['erase', '34655770011'],
  ['drain', '34655770012'],
  ['residue', '34655770013'],
  ['backups', '34655770014'],
] as const)(
  'takes nobody for residue who writes again before the step %s, and finds what was left of then',
  async (wanted, phone) => {
    const her = { name: 'Back Again', phone, bsuid: `ES.7${phone}` }
    let sent = 0
    const undo = beforeEachStep(async (step) => {
      if (step !== wanted || sent++ > 0) return
      const later = Math.floor(Date.now() / 1000) + 60
      await postChanges(
        sol,
        messageChange(sol, her, textMessage(`wamid.again.${phone}`, 'hello again', later)),
      )
      await drain(sol)
    })
    const { id } = await erased(her, 'hello there')
    await walkTo(sol.accountId, id, 'completed').finally(undo)
    expect(sent).toBeGreaterThan(0)
    const [receipt] = (await rowsOf('receipts')).filter((row) => row.deletion_id === id)
    expect(claimsOf(receipt?.jws).residue.found).toBe(0)
    expect(await foundAgain(id)).toEqual({})
    // What was left of then is found beside it.
    await env.DB.prepare(
      `INSERT INTO holds (account_id, subject_id, kind, reason, at) VALUES ('a', 'b', 'frozen', ?, 1)`,
    )
      .bind(phone)
      .run()
    expect(await foundAgain(id)).toEqual({ 'd1/holds.reason': 1 })
    await env.DB.prepare(`DELETE FROM holds WHERE account_id = 'a'`).run()
  },
)
