import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { schema, writeBatch } from '../../../db/client.ts'
import { digestMembers, membersByEmail } from '../../../worker/accounts/members.ts'
import { forgetGuard } from '../../../worker/custody/guard.ts'
import { loadEmailDigest } from '../../../worker/custody/sealing.ts'
import { requestDeletion } from '../../../worker/deletion/request.ts'
import { restoreDue } from '../../../worker/deletion/restore.ts'
import { dayMs } from '../../../worker/ground/limits.ts'
import { sweep } from '../../../worker/retention/sweep.ts'
import { newLetter } from '../../../worker/visitors/letters.ts'
import { loadVisitorEmail, upsertVisitor } from '../../../worker/visitors/visitors.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { walkTo } from '../../support/deletion.ts'
import { rowsOf } from '../../support/intake.ts'
import { ownerEmailOf, ownerOf, seedCast } from '../../support/world.ts'
import { db } from '../api/stage.ts'
import { worldAt } from '../rights/seed.ts'

const now = 1_795_305_600_000

async function visitor(email: string, at = now): Promise<string> {
  const { id, statements } = await upsertVisitor(db, env.KEEPER, email, at)
  await writeBatch(db, statements)
  return id
}
const write = async (email: string, at = now): Promise<string> => {
  const letter = { email, name: undefined, topic: 'question', text: 'may I ask something?' } as const
  const made = await newLetter(db, env.KEEPER, letter, at)
  await writeBatch(db, made.statements)
  return made.visitor.id
}

beforeEach(async () => {
  for (const table of ['visitors', 'letters']) await env.DB.exec(`DELETE FROM ${table}`)
})

describe('a visitor', () => {
  it('is one, however the address is spelled, and was last seen when they last came, in any order', async () => {
    const id = await visitor('Lena@Example.com', now + 5)
    expect(await visitor(' lena@example.COM', now)).toBe(id)
    expect(await visitor('mei@example.com')).not.toBe(id)
    const [row] = (await rowsOf('visitors')).filter((one) => one.id === id)
    expect(row).toMatchObject({ account_id: 'platform', last_seen_at: now + 5 })
    expect(await loadVisitorEmail(db, env.KEEPER, id, now)).toBe('Lena@Example.com')
    expect(JSON.stringify(await rowsOf('visitors'))).not.toMatch(/lena/i)
  })

  it('who comes twice at the same moment is one; the second batch fails whole', async () => {
    const [one, two] = await Promise.all([
      upsertVisitor(db, env.KEEPER, 'twice@example.com', now),
      upsertVisitor(db, env.KEEPER, 'twice@example.com', now),
    ])
    await writeBatch(db, one.statements)
    await expect(writeBatch(db, two.statements)).rejects.toThrow(/UNIQUE/)
    expect(await visitor('twice@example.com')).toBe(one.id)
  })

  it('is swept when they have not been seen for as long as the catalogue says, and a letter before that', async () => {
    const id = await write('old@example.com')
    const fresh = await visitor('fresh@example.com', now + 300 * dayMs)
    await sweep(env, now + 366 * dayMs)
    expect(await rowsOf('letters')).toEqual([])
    expect(await rowsOf('visitors')).toHaveLength(2)
    await sweep(env, now + 401 * dayMs)
    expect((await rowsOf('visitors')).map((row) => row.id)).toEqual([fresh])
    expect(id).not.toBe(fresh)
  })

  it('who was erased is erased again when the database is set back, and nobody else is', async () => {
    const id = await write('gone@example.com')
    const stays = await write('stays@example.com')
    const before = {
      visitors: await db.select().from(schema.visitors),
      letters: await db.select().from(schema.letters),
    }
    const asked = {
      accountId: 'platform',
      scope: 'visitor',
      subjectId: id,
      door: 'form',
      actor: 'person',
    } as const
    const deletion = await requestDeletion(worldAt(Date.now()), asked)
    await walkTo('platform', deletion.id, 'erased')
    expect((await rowsOf('visitors')).map((row) => row.id)).toEqual([stays])

    await env.DB.exec('DELETE FROM erasure_ledger')
    await db.insert(schema.visitors).values(before.visitors).onConflictDoNothing()
    await db.insert(schema.letters).values(before.letters).onConflictDoNothing()
    forgetGuard()
    expect(await restoreDue(env, Date.now())).toBeGreaterThan(0)
    expect((await rowsOf('visitors')).map((row) => row.id)).toEqual([stays])
    expect((await rowsOf('letters')).map((row) => row.visitor_id)).toEqual([stays])
  })
})

describe('a member from before there was a digest of the address', () => {
  it('is given one, and then found by the address; one whose key is gone keeps no other from theirs', async () => {
    await seedCast()
    await env.DB.exec('UPDATE members SET email_digest = NULL')
    const lost = { id: 'mem_lost', accountId: monsoon.accountId, role: 'agent', createdAt: 1 } as const
    await db.insert(schema.members).values({ ...lost, email: 'sc1.gone-1.AAAA' })
    const digest = await loadEmailDigest(env.KEEPER, ` ${ownerEmailOf(sol).toUpperCase()}`)
    expect(await membersByEmail(db, digest)).toEqual([])
    expect(await digestMembers(env, now)).toBe(2)
    expect(await membersByEmail(db, digest)).toMatchObject([{ id: ownerOf(sol), accountId: sol.accountId }])
    expect(await digestMembers(env, now)).toBe(0)
  })
})
