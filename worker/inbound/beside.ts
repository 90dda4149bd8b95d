// What goes with the messages of a batch: files that wait to be fetched, words that wait to be indexed, and what an edit or a revoke
// means for both. Called by write.ts, and by receive.ts once the batch stands.

import type { Database, Statement } from '../../db/client.ts'
import { revokedFilesUpdate } from '../conversations/files.ts'
import { type Due, editedDueUpsert, revokedTermsErase } from '../conversations/terms.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { MediaJob } from '../ground/media-jobs.ts'
import type { Plan } from './drafts.ts'

/** One for each conversation that something was written in, from its first new message on. */
export function duesOf({ messages }: Plan, now: number): Due[] {
  const dues = new Map<string, Due>()
  for (const { conversationId, accountId, contactId, sortKey } of messages) {
    const held = dues.get(conversationId)
    const fromKey = held && held.fromKey < sortKey ? held.fromKey : sortKey
    dues.set(conversationId, { conversationId, accountId, contactId, fromKey, dueAt: now })
  }
  return [...dues.values()]
}

/** By account: messages that were edited or taken back, or of which that was known before they came. */
function alteredRefs({ changes, messages, touched }: Plan): Map<string, Set<string>> {
  const altered = new Map<string, Set<string>>()
  const add = (accountId: string, ref: string) =>
    altered.set(accountId, (altered.get(accountId) ?? new Set()).add(ref))
  for (const { kind, accountId, targetRef } of changes) if (kind !== 'reaction') add(accountId, targetRef)
  for (const { accountId, ref } of messages) if (touched.get(accountId)?.has(ref)) add(accountId, ref)
  return altered
}

export const alteredStatements = (db: Database, plan: Plan, now: number): Statement[] =>
  [...alteredRefs(plan)].flatMap(([accountId, set]) => {
    const refs = [...set]
    return [
      revokedFilesUpdate(db, accountId, refs, now),
      revokedTermsErase(db, accountId, refs),
      editedDueUpsert(db, accountId, refs, now),
    ]
  })

function jobsOf(plan: Plan): MediaJob[] {
  const files = Map.groupBy(
    plan.messages.filter(({ file }) => file),
    ({ accountId }) => accountId,
  )
  const words = new Set(plan.messages.map(({ accountId }) => accountId))
  return [
    ...[...files].flatMap(([accountId, list]) =>
      inParts(list.map(({ id }) => id)).map((ids) => ({ of: 'files' as const, accountId, ids })),
    ),
    ...[...words].map((accountId) => ({ of: 'words' as const, accountId, ids: [] })),
  ]
}

const inParts = (ids: string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / limits.mediaJobIds) }, (_, i) =>
    ids.slice(i * limits.mediaJobIds, (i + 1) * limits.mediaJobIds),
  )

/** Tells the queue, in one call. What is lost on this way, the cron finds in the rows. */
export async function wakeMedia(env: Env, plan: Plan): Promise<void> {
  const jobs = jobsOf(plan)
  if (jobs.length === 0) return
  try {
    await env.MEDIA.sendBatch(jobs.map((body) => ({ body })))
  } catch (cause) {
    log('warn', 'media.not_woken', { count: jobs.length, error: errorName(cause) })
  }
}
