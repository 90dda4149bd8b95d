// Tells the browsers of a workspace what has just changed: kinds and opaque ids, never content. Whoever hears it asks the
// API. Called by walks and rooms after their batch; a word that is lost costs nothing, because a browser that reconnects, or
// has heard nothing for a while, looks by itself.

import { errorName, log } from '../ground/log.ts'

export type Change =
  /** A message came, was sent, or changed: status, edit, reaction, file. */
  | { kind: 'message'; conversationId: string; messageId?: string }
  /** Assigned, labelled, closed, read, noted. */
  | { kind: 'conversation'; conversationId: string }
  | { kind: 'contact'; contactId: string }
  /** Erased or restricted: nothing of this person may be shown any longer. */
  | { kind: 'contact_gone'; contactId: string }
  | { kind: 'number'; numberId: string }
  | { kind: 'deletion'; deletionId: string }
  /** Lists that a page may show. */
  | { kind: 'templates' | 'members' | 'labels' | 'requests' | 'keys' | 'workspace' | 'imports' | 'exports' }

/** Never throws. */
export async function announce(env: Env, accountId: string, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  try {
    await env.FEED.getByName(accountId).publish(changes)
  } catch (cause) {
    log('warn', 'feed.not_told', { accountId, error: errorName(cause) })
  }
}

/** Whose lines: a session, a key, a member, or everybody of the workspace. */
export type Whose = 'all' | `session:${string}` | `key:${string}` | `member:${string}`

/**
 * Ends lines: a session was ended, a key revoked, a member removed or given another role, a workspace frozen. Never throws:
 * the feed asks by itself, too, who may still listen.
 */
export async function hangUp(env: Env, accountId: string, whose: Whose): Promise<void> {
  try {
    await env.FEED.getByName(accountId).hangUp(whose)
  } catch (cause) {
    log('warn', 'feed.not_hung_up', { accountId, error: errorName(cause) })
  }
}
