// The people of a workspace. What is personal about a member is sealed under a key that belongs to the member, so that
// one of them can be erased alone. Called by accounts.ts and routes.ts.

import { type Database, type Statement, schema } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import type { Role } from '../audit/principal.ts'
import { type Keepers, keeperOf, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'

export type NewMember = { accountId: string; role: Role; email: string }

/** A new member and the statements that record it, with the ledger's entry. */
export async function newMember(
  db: Database,
  keepers: Keepers,
  { accountId, role, email }: NewMember,
  actor: string,
  now: number,
): Promise<{ id: string; statements: Statement[] }> {
  const id = newId('mem')
  const key = await keeperOf(keepers, accountId).keyFor(id)
  const sealed = await sealColumn(key, 'members', 'email', id, email)
  const entry = { accountId, actor, action: 'member.add', subject: id, reason: role, at: now }
  return {
    id,
    statements: [
      db.insert(schema.members).values({ id, accountId, role, email: sealed, createdAt: now }),
      entryInsert(db, entry),
    ],
  }
}
