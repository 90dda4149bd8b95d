// What stands on the outside of a seal, and whose key opens it.

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { open, type SealKey, sealHeader } from '../../../worker/crypto/seal.ts'
import { keeperOf, openColumns } from '../../../worker/custody/sealing.ts'
import { ana, type Business, mei, monsoon, type Person, ravi, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'

type Row = { id: string; contact_id: string; content: string }

async function writes(business: Business, person: Person, words: string): Promise<void> {
  await postChanges(
    business,
    messageChange(business, person, textMessage(`wamid.${words}`, words, 1795305600)),
  )
  await drain(business)
}

const messagesOf = async (business: Business) =>
  (await rowsOf('messages', 'received_at, id')).filter(
    (row) => row.account_id === business.accountId,
  ) as unknown as Row[]

const keyOf = async (business: Business, sealed: string): Promise<SealKey | undefined> =>
  (await keeperOf(env.KEEPER, business.accountId).keys([sealHeader(sealed)?.keyId as string]))[0]

beforeAll(async () => {
  await seedCast()
  await writes(sol, ana, 'first')
  await writes(sol, ana, 'second')
  await writes(sol, mei, 'third')
  await writes(monsoon, ravi, 'fourth')
})

describe('every seal', () => {
  it('names the key that opens it', async () => {
    const sealed: unknown[] = []
    for (const row of await rowsOf('messages')) sealed.push(row.content)
    for (const row of await rowsOf('contacts')) sealed.push(row.name, row.username, row.phone, row.bsuid)
    for (const row of await rowsOf('numbers')) sealed.push(row.display_phone_number, row.verified_name)
    for (const row of await rowsOf('wabas')) sealed.push(row.token)
    for (const row of await rowsOf('members')) sealed.push(row.email)
    const present = sealed.filter((value) => value !== null)
    expect(present.length).toBeGreaterThan(18)
    for (const value of present) {
      expect(value).toMatch(/^sc1\.[0-9a-z]{26}-[0-9a-z]{1,4}\.[\w-]{38,}$/)
    }
  })

  it('opens under the key of its contact, and under no other contact’s', async () => {
    const [one, two, other] = (await messagesOf(sol)) as [Row, Row, Row]
    expect(one.contact_id).toBe(two.contact_id)
    expect(other.contact_id).not.toBe(one.contact_id)
    const [own, same, strange] = (await Promise.all(
      [one, two, other].map((row) => keyOf(sol, row.content)),
    )) as [SealKey, SealKey, SealKey]
    expect(same).toEqual(own)
    expect(strange.id).not.toBe(own.id)
    expect(strange.bytes).not.toEqual(own.bytes)
    const place = `messages.content:${one.id}`
    expect(await open(own, place, one.content)).toContain('first')
    expect(await open(strange, place, one.content)).toBeUndefined()
    // Nor when the seal says that it would.
    const relabelled = one.content.replace(own.id, strange.id)
    const column = { table: 'messages', column: 'content', rowId: one.id, sealed: relabelled }
    expect(await openColumns(env.KEEPER, sol.accountId, [column], Date.now())).toEqual([undefined])
  })

  it('opens in its own place only, and for its own account only', async () => {
    const [one, two] = (await messagesOf(sol)) as [Row, Row]
    const own = (await keyOf(sol, one.content)) as SealKey
    expect(await open(own, `messages.content:${two.id}`, one.content)).toBeUndefined()
    expect(await keyOf(monsoon, one.content)).toBeUndefined()
    const [theirs] = (await messagesOf(monsoon)) as [Row]
    expect(await keyOf(sol, theirs.content)).toBeUndefined()
    const key = (await keyOf(monsoon, theirs.content)) as SealKey
    expect(await open(key, `messages.content:${theirs.id}`, theirs.content)).toContain('fourth')
  })
})
