// Tells a token that Meta no longer accepts from everything else, and keeps it visible: a hold of the kind `reconnect`
// on the WhatsApp account. It does not stop sending, since the next call may find the token mended, and then lifts it.
// Called by conclude.ts and proxy.ts.

import { and, eq, sql } from 'drizzle-orm'
import { rowsInsert, type Statement, schema } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { classify } from '../meta/failure.ts'
import type { GraphAnswer } from '../meta/graph.ts'
import type { StandingHold } from './facts.ts'
import type { Outside } from './outside.ts'

const { holds } = schema

export function reconnectStatements(
  out: Outside,
  wabaId: string,
  standing: readonly StandingHold[],
  graph: GraphAnswer,
): Statement[] {
  const stands = standing.some((hold) => hold.kind === 'reconnect' && hold.subjectId === wabaId)
  const { accountId } = out.principal
  const at = out.now()
  if (graph.kind === 'answered' && stands) {
    const here = and(eq(holds.accountId, accountId), eq(holds.subjectId, wabaId), eq(holds.kind, 'reconnect'))
    return [
      out.db.update(holds).set({ liftedAt: at }).where(here),
      entryInsert(out.db, entry(accountId, 'waba.reconnected', wabaId, at)),
    ]
  }
  if (
    stands ||
    graph.kind !== 'rejected' ||
    classify(graph.error.code, graph.error.transient).action !== 'reconnect'
  )
    return []
  const row = {
    accountId,
    subjectId: wabaId,
    kind: 'reconnect' as const,
    reason: `meta:${graph.error.code}`,
    at,
  }
  return [
    rowsInsert(
      out.db,
      holds,
      [row],
      sql`ON CONFLICT DO UPDATE SET at = excluded.at, reason = excluded.reason`,
    ),
    entryInsert(out.db, { ...entry(accountId, 'waba.reconnect', wabaId, at), reason: row.reason }),
  ]
}

const entry = (accountId: string, action: string, subject: string, at: number) => ({
  accountId,
  actor: 'meta',
  action,
  subject,
  at,
})
