// Our ids of the messages that others answer: of the same page without asking, else found by the keyed digest of their wamid.
// Called by list-messages.ts.

import { and, eq, sql } from 'drizzle-orm'
import { among, type Database, database, schema } from '../../db/client.ts'
import { type Keepers, keeperOf, messageRef } from '../custody/sealing.ts'
import type { MessageContent } from './content.ts'
import { messagesOf } from './record.ts'

const { messages, numbers } = schema

type Answering = {
  id: string
  numberId: string
  openedWamid: string | null
  latest: MessageContent | undefined
}

export const repliedQuery = (db: Database, accountId: string, refs: string[]) =>
  db
    .select({ id: messages.id, ref: messages.ref })
    .from(messages)
    .where(sql`${messages.accountId} = ${accountId} AND ${messages.id} IN ${messagesOf(accountId, refs)}`)

/** In the order given; undefined where nothing is answered, or it is not here. */
export async function loadReplied(
  env: { DB: D1Database; KEEPER: Keepers },
  accountId: string,
  views: readonly Answering[],
): Promise<(string | undefined)[]> {
  const here = new Map(
    views.flatMap(({ openedWamid, id }) => (openedWamid === null ? [] : [[openedWamid, id]])),
  )
  const missing = views.flatMap(({ latest, numberId }) =>
    latest?.replyTo === undefined || here.has(latest.replyTo) ? [] : [{ wamid: latest.replyTo, numberId }],
  )
  if (missing.length > 0) {
    for (const [wamid, id] of await find(env, accountId, missing)) here.set(wamid, id)
  }
  return views.map(({ latest }) => (latest?.replyTo === undefined ? undefined : here.get(latest.replyTo)))
}

async function find(
  env: { DB: D1Database; KEEPER: Keepers },
  accountId: string,
  missing: { wamid: string; numberId: string }[],
): Promise<[wamid: string, id: string][]> {
  const db = database(env.DB)
  const [{ account }, owned] = await Promise.all([
    keeperOf(env.KEEPER, accountId).resolve([]),
    db
      .select({ id: numbers.id, phoneNumberId: numbers.phoneNumberId })
      .from(numbers)
      .where(
        and(
          eq(numbers.accountId, accountId),
          sql`${numbers.id} IN ${among([...new Set(missing.map((one) => one.numberId))])}`,
        ),
      ),
  ])
  const phoneNumberId = new Map(owned.map((one) => [one.id, one.phoneNumberId]))
  const refs = new Map(
    missing.flatMap(({ wamid, numberId }) => {
      const number = phoneNumberId.get(numberId)
      return number === undefined ? [] : [[messageRef(account, number, wamid), wamid] as const]
    }),
  )
  const found = await repliedQuery(db, accountId, [...refs.keys()])
  return found.flatMap(({ id, ref }) => {
    const wamid = ref === null ? undefined : refs.get(ref)
    return wamid === undefined ? [] : [[wamid, id] as [string, string]]
  })
}
