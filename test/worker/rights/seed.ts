// People who ask: a contact of a business with a conversation, a second member, and hands that only remember. Called by the
// tests of requests.

import { env } from 'cloudflare:workers'
import { schema, writeBatch } from '../../../db/client.ts'
import { newMember } from '../../../worker/accounts/members.ts'
import { keeperOf, sealColumn } from '../../../worker/custody/sealing.ts'
import { settingsOf } from '../../../worker/env.ts'
import type { World } from '../../../worker/ground/world.ts'
import type { Hands } from '../../../worker/rights/hands.ts'
import type { RequestRow } from '../../../worker/rights/row.ts'
import type { Business } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { db } from '../api/stage.ts'

export const worldAt = (now: number, environment: Env = env): World => ({
  env: environment,
  settings: settingsOf(env),
  now,
})

let serial = 0
export async function contactOf(business: Business): Promise<string> {
  serial += 1
  const keeper = keeperOf(env.KEEPER, business.accountId)
  const query = { phone: `3465577${1000 + serial}`, at: serial, create: true }
  const [answer] = (await keeper.resolve([query])).subjects
  if (answer?.state !== 'known') throw new Error('no contact')
  const { contactId: id, key } = answer
  const { accountId, numberId } = business
  const name = await sealColumn(key, 'contacts', 'name', id, `Person ${serial}`)
  await db.batch([
    db.insert(schema.contacts).values({ id, accountId, name, createdAt: 1, lastSeenAt: serial }),
    db.insert(schema.conversations).values({
      id: `cnv_${id.slice(4)}`,
      accountId,
      numberId,
      contactId: id,
      createdAt: 1,
      lastMessageAt: serial,
      userLastAt: Date.now(),
    }),
  ])
  return id
}

export async function memberOf(business: Business, email: string, role: 'agent' | 'owner' = 'agent') {
  const { accountId } = business
  const { id, statements } = await newMember(
    db,
    env.KEEPER,
    { accountId, role, email },
    'operator',
    Date.now(),
  )
  await writeBatch(db, statements)
  return id
}

export type Did = {
  forgotten: Parameters<Hands['forget']>[1][]
  said: { contactId: string; text: string; key: string }[]
}

/** Hands that do nothing but remember; `fails` makes forgetting fail. */
export function remembering(fails: () => boolean = () => false): Did & { hands: Hands } {
  const did: Did = { forgotten: [], said: [] }
  const hands: Hands = {
    forget: async (_, asked) => {
      if (fails()) throw new Error('the Eraser is away')
      did.forgotten.push(asked)
      return { id: `del_${asked.subjectId}` }
    },
    say: async (_, { contactId }, text, key) => {
      did.said.push({ contactId, text, key })
      return 'said'
    },
  }
  return { ...did, hands }
}

export const requestRow = async (id: string): Promise<RequestRow> => {
  const { requests } = schema
  const rows = await db.select().from(requests)
  const row = rows.find((one) => one.id === id)
  if (!row) throw new Error('no such request')
  return row
}

export const entriesOf = async (subject: string): Promise<string[]> =>
  (await rowsOf('audit_entries'))
    .filter((row) => row.subject === subject)
    .map(({ actor, action, reason }) => [actor, action, reason].filter(Boolean).join(' '))
    .sort()

export const mailKinds = async (accountId: string): Promise<string[]> =>
  (await rowsOf('mails'))
    .filter((row) => row.account_id === accountId)
    .map((row) => String(row.kind))
    .sort()
