// What a business sees through the API of what reached it: calls with its key, threads, somebody nobody has met.

import { env, exports } from 'cloudflare:workers'
import { expect } from 'vitest'
import { database, schema } from '../../db/client.ts'
import { scopeNames } from '../../worker/audit/principal.ts'
import { hex } from '../../worker/crypto/bytes.ts'
import { sha256 } from '../../worker/crypto/digest.ts'
import { type Business, monsoon, type Person, sol } from './cast.ts'
import { drain } from './intake.ts'
import { postChanges } from './webhooks.ts'
import { seedCast } from './world.ts'

const keys = { [sol.accountId]: `sc_${'s'.repeat(43)}`, [monsoon.accountId]: `sc_${'m'.repeat(43)}` }

/** The cast, each business with a key that may do everything. */
export async function seedThreads(): Promise<void> {
  await seedCast()
  await database(env.DB)
    .insert(schema.apiKeys)
    .values(
      Object.entries(keys).map(([accountId, key]) => ({
        id: `key_${accountId}`,
        accountId,
        name: 'test',
        digest: hex(sha256(key)),
        scopes: scopeNames,
        createdAt: 1,
      })),
    )
}

/** The answer of our API to this business, whatever it is. */
export const ask = (business: Business, path: string, method = 'GET'): Promise<Response> =>
  exports.default.fetch(`https://gateway.test/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${keys[business.accountId]}` },
  })

/** What our API answers this business with 200. */
export async function api<T>(business: Business, path: string, method = 'GET'): Promise<T> {
  const answer = await ask(business, path, method)
  expect(answer.status).toBe(200)
  return (await answer.json()) as T
}

export type Message = {
  id: string
  wamid: string | null
  direction: string
  type: string
  text: string | null
  status: string | null
  at: string
  content: unknown
  reactions: { emoji: string }[]
  editedAt: string | null
  revokedAt: string | null
  error: unknown
}
export type Conversation = {
  id: string
  contact: { id: string; name: string | null; phone: string | null; bsuid: string | null }
  lastMessageAt: string
  windowClosesAt: string | null
}

export const conversations = async (business: Business) =>
  (await api<{ data: Conversation[] }>(business, '/conversations?limit=200')).data
/** Oldest first; none when they never met. */
export async function threadOf(business: Business, bsuid: string): Promise<Message[]> {
  const conversation = (await conversations(business)).find(({ contact }) => contact.bsuid === bsuid)
  return conversation
    ? (await api<{ data: Message[] }>(business, `/conversations/${conversation.id}/messages?limit=200`)).data
    : []
}

let serial = 0
/** Somebody nobody has met. */
export const stranger = (): Required<Pick<Person, 'name' | 'phone' | 'bsuid'>> => {
  serial += 1
  return { name: `Person ${serial}`, phone: `3465550${1000 + serial}`, bsuid: `ES.5550${1000 + serial}` }
}
export const nowSeconds = Math.floor(Date.now() / 1000)

/** Signed, acknowledged and handled. */
export async function receive(...changes: Parameters<typeof postChanges>[1][]): Promise<void> {
  expect((await postChanges(sol, ...changes)).status).toBe(200)
  await drain(sol)
}
