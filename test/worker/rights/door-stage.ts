// The doors of requests as they are called from outside, each time from a network of its own. Called by doors.test.ts and
// business-doors.test.ts.

import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, beforeEach, expect, vi } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { newLetter } from '../../../worker/visitors/letters.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { codeIn, outbox } from '../../support/outbox.ts'
import { seedCast } from '../../support/world.ts'
import { ask, db, dumpOf, keyFor, type Row, read } from '../api/stage.ts'

export const { sent, outside } = outbox()
let calls = 0
/** From a network of its own, unless told which. */
export function door(path: string, body?: unknown, ip?: string) {
  calls += 1
  const from = ip ?? `10.${calls >> 16}.${(calls >> 8) & 255}.${calls & 255}`
  const headers = { 'cf-connecting-ip': from }
  return ask(`/api/v1/public${path}`, {
    headers,
    env: outside,
    ...(body === undefined ? {} : { body }),
  })
}
export const codeFor = async (email: string, type = 'delete') =>
  (await read(await door('/mail-codes', { type, email }))) as unknown as { id: string }

/** Asks and proves, as the forms do. */
export async function prove(email: string, type = 'access') {
  const { id } = await codeFor(email, type)
  const answer = await door(`/mail-codes/${id}`, { code: codeIn(sent, email) })
  return (await read(answer)) as unknown as Row & { requests: (Row & { code: string })[] }
}

export const writtenBy = async (email: string): Promise<string> => {
  const letter = { email, name: 'Mei', topic: 'question', text: 'do you speak Mandarin?' } as const
  const { visitor, statements } = await newLetter(db, env.KEEPER, letter, Date.now())
  await writeBatch(db, statements)
  return visitor.id
}

/** But for when their key was last used, which says that they asked. */
const neighbours = async () => (await dumpOf(monsoon.accountId)).replace(/"last_used_at":(\d+|null)/g, '')

/** Keys of both businesses. Nothing that a test does changes a byte of the second. */
export function stage(): { key: string; theirKey: string } {
  const keys = { key: '', theirKey: '' }
  beforeAll(async () => {
    await seedCast()
    keys.key = await keyFor(sol)
    keys.theirKey = await keyFor(monsoon)
    // Nothing here reaches Meta.
    vi.stubGlobal('fetch', async () => Response.json({ error: { code: 1, message: 'no' } }, { status: 500 }))
  })
  afterAll(() => vi.unstubAllGlobals())
  beforeEach(async () => {
    sent.length = 0
    await env.DB.exec('DELETE FROM challenges')
    await env.DB.exec('DELETE FROM requests')
    await env.DB.exec('DELETE FROM mails')
    const theirs = await neighbours()
    return async () => expect(await neighbours()).toBe(theirs)
  })
  return keys
}
