// What the browsers of a workspace are told of a deletion, and what the feed itself forgets. Called by request.ts, owners.ts, the
// eraser and its steps.

import { platformAccount } from '../custody/sealing.ts'
import { announce, type Change, hangUp } from '../live/announce.ts'
import type { DeletionRow } from './row.ts'

/** It was asked for, approved, or cancelled. Nothing of the person is to be shown from here on. Never throws. */
export async function tellStands(env: Env, deletion: DeletionRow): Promise<void> {
  const { id, accountId, scope, subjectId, verifiedAt } = deletion
  if (accountId === platformAccount) return
  const person: Change[] = scope === 'contact' ? [{ kind: 'contact_gone', contactId: subjectId }] : []
  const others: Change[] = scope === 'member' ? [{ kind: 'members' }] : [{ kind: 'workspace' }]
  await announce(env, accountId, [
    { kind: 'deletion', deletionId: id },
    ...(scope === 'contact' ? person : others),
  ])
  if (scope === 'workspace' && verifiedAt !== null) await hangUp(env, accountId, 'all')
  if (scope === 'member') await hangUp(env, accountId, `member:${subjectId}`)
}

/** A step of it was done. Of a workspace nobody listens any more, and its feed is to stay empty. Never throws. */
export async function tellStep(env: Env, { id, accountId, scope }: DeletionRow): Promise<void> {
  if (accountId === platformAccount || scope === 'workspace') return
  await announce(env, accountId, [{ kind: 'deletion', deletionId: id }])
}

/** The feed may hold ids of the person for a day: it begins anew. Throws when it cannot be reached. */
export async function eraseFeed(env: Env, { accountId, scope }: DeletionRow, ids: string[]): Promise<void> {
  if (accountId === platformAccount) return
  const feed = env.FEED.getByName(accountId)
  if (scope === 'workspace') await feed.erase()
  if (scope === 'contact') await feed.forget()
  if (scope === 'member' || scope === 'meta_user') for (const id of ids) await feed.hangUp(`member:${id}`)
}
