// What the browsers of each workspace are told after a batch: one word for each account, whatever came. Called by receive.ts.

import { inArray } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import type { MergeFacts } from '../conversations/merge.ts'
import { conversationId } from '../conversations/record.ts'
import { errorName, log } from '../ground/log.ts'
import { announce, type Change } from '../live/announce.ts'
import type { Plan } from './drafts.ts'

const { numbers } = schema

/** Never throws: what was lost here is seen when the browser looks the next time. */
export async function tell(env: Env, db: Database, plan: Plan, merges: MergeFacts[]): Promise<void> {
  const words = new Map([...plan.news].map(([accountId, news]) => [accountId, [...news.values()]]))
  const add = (accountId: string, changes: Change[]) =>
    words.set(accountId, [...(words.get(accountId) ?? []), ...changes])
  for (const merge of merges) add(merge.merge.accountId, mergeChanges(merge))
  for (const [accountId, changes] of await numberChanges(db, plan)) add(accountId, changes)
  await Promise.all([...words].map(([accountId, changes]) => announce(env, accountId, changes)))
}

/** The loser is nobody any more, and its conversations are the winner's. */
const mergeChanges = ({ merge, conversations }: MergeFacts): Change[] => [
  ...merge.losers.map((contactId) => ({ kind: 'contact_gone' as const, contactId })),
  { kind: 'contact', contactId: merge.winner },
  ...conversations.flatMap(({ id, numberId }) =>
    [id, conversationId(numberId, merge.winner)].map((one) => ({
      kind: 'conversation' as const,
      conversationId: one,
    })),
  ),
]

/** Something happened to a WhatsApp account: to every number of it. Rare. */
async function numberChanges(db: Database, { holds }: Plan): Promise<Map<string, Change[]>> {
  const changes = new Map<string, Change[]>()
  if (holds.length === 0) return changes
  try {
    const wabaIds = [...new Set(holds.map(({ wabaId }) => wabaId))]
    const rows = await db
      .select({ id: numbers.id, accountId: numbers.accountId })
      .from(numbers)
      .where(inArray(numbers.wabaId, wabaIds))
    for (const { accountId, id } of rows)
      changes.set(accountId, [...(changes.get(accountId) ?? []), { kind: 'number', numberId: id }])
  } catch (cause) {
    log('warn', 'feed.not_told', { error: errorName(cause) })
  }
  return changes
}
