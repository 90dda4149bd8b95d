// Who may hear of what. Pure: an id that a member's role has nothing to do with does not reach their browser. Called by
// feed.ts.

import type { Scope } from '../audit/principal.ts'
import type { Change } from './announce.ts'

/** For each kind of change, the scopes of which one is enough; an empty list is for everybody. */
const scopesFor: Record<Change['kind'], readonly Scope[]> = {
  message: ['conversations:read'],
  conversation: ['conversations:read'],
  contact: ['conversations:read'],
  contact_gone: ['conversations:read'],
  labels: ['conversations:read'],
  number: ['numbers:read'],
  deletion: ['deletions'],
  requests: ['deletions'],
  templates: ['templates:read', 'templates'],
  members: ['members', 'conversations:read'],
  keys: ['keys'],
  workspace: [],
  imports: ['contacts:write'],
  exports: ['privacy'],
}

export function audible(changes: readonly Change[], scopes: readonly string[]): Change[] {
  return changes.filter(({ kind }) => {
    const needed = scopesFor[kind]
    return needed.length === 0 || needed.some((scope) => scopes.includes(scope))
  })
}
