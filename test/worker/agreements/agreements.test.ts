import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { documents } from '../../../db/documents.ts'
import { accept, currentVersion, loadAgreements } from '../../../worker/agreements/agreements.ts'
import { systemPrincipal } from '../../../worker/audit/principal.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { seedCast } from '../../support/world.ts'
import { ask, db, keyFor, read } from '../api/stage.ts'

const [first] = documents.filter(({ document }) => document === 'dpa')
const signed = {
  version: first?.version,
  hash: first?.hash,
  name: 'Lucía Ejemplo',
  title: 'Managing director',
}
let key: string

beforeEach(async () => {
  for (const table of ['agreements', 'audit_entries']) await env.DB.prepare(`DELETE FROM ${table}`).run()
  await seedCast()
  key = await keyFor(sol)
})
const post = (body: unknown = signed, own = key) => ask('/api/v1/agreements', { key: own, body })
const get = async (own = key) => read(await ask('/api/v1/agreements', { key: own }))

describe('the data processing agreement', () => {
  it('is to be accepted until somebody who may has done so, with name, title, version and hash', async () => {
    expect(await get()).toMatchObject({ accepted: false, data: [], current: { version: '1', url: '/dpa/1' } })
    const answer = await post()
    expect(answer.status).toBe(201)
    const { name, title } = signed
    expect(await read(answer)).toMatchObject({
      accepted: true,
      data: [
        {
          version: '1',
          hash: first?.hash,
          signatory: { name, title },
          acceptedBy: expect.stringMatching(/^key:/),
        },
      ],
    })
    expect(await get(await keyFor(monsoon))).toMatchObject({ accepted: false, data: [] })
  })

  it('keeps the signatory sealed, and out of the ledger', async () => {
    await post()
    const stored = JSON.stringify([await rowsOf('agreements'), await rowsOf('audit_entries')])
    expect(stored).not.toContain(signed.name)
    expect(stored).not.toContain(signed.title)
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({ action: 'agreement.accept', reason: 'dpa 1', account_id: sol.accountId }),
    )
  })

  it.each([
    ['another version', { version: '7' }],
    ['another text', { hash: 'a'.repeat(64) }],
  ])('is not accepted with %s than the one in force', async (_, more) => {
    expect((await post({ ...signed, ...more })).status).toBe(409)
    expect(await rowsOf('agreements')).toEqual([])
  })

  it('is accepted once, also by two at the same time', async () => {
    const answers = await Promise.all([post(), post()])
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(await rowsOf('agreements')).toHaveLength(1)
    expect((await post()).status).toBe(409)
  })

  it('asks again when a new version is in force, and keeps the old acceptance', async () => {
    await post()
    const next = {
      ...(first as (typeof documents)[number]),
      version: '2',
      hash: 'b'.repeat(64),
      effective: '2027-03-01',
    }
    const known = [...documents, next]
    const [before, after] = [Date.parse('2027-02-28'), Date.parse('2027-03-02')]
    expect(currentVersion(before, known).version).toBe('1')
    expect(currentVersion(after, known).version).toBe('2')
    const world = { db, keepers: env.KEEPER, now: after }
    const by = { version: '2', hash: next.hash, name: 'Lucía Ejemplo', title: 'Managing director' }
    expect((await accept(world, systemPrincipal(sol.accountId), by, known)).ok).toBe(true)
    const found = await loadAgreements(db, env.KEEPER, sol.accountId, after)
    expect(found.map(({ version }) => version)).toEqual(['2', '1'])
  })
})
