// Opens a workspace: the account, its owner as a member, and a first key that may do everything. Called by the
// operator's door in routes.ts.

import { eq } from 'drizzle-orm'
import { type Database, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { scopeNames } from '../audit/principal.ts'
import type { Keepers } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { newKey } from './keys.ts'
import { newMember } from './members.ts'

export type NewAccount = { name: string; ownerEmail: string }
/** `apiKey` is shown here and never again. */
export type OpenedAccount = { id: string; name: string; apiKey: string }

export async function createAccount(
  db: Database,
  keepers: Keepers,
  { name, ownerEmail }: NewAccount,
  now: number,
): Promise<OpenedAccount> {
  const id = newId('acc')
  const owner = await newMember(
    db,
    keepers,
    { accountId: id, role: 'owner', email: ownerEmail },
    'operator',
    now,
  )
  const first = newKey(
    db,
    { accountId: id, memberId: owner.id, name: 'First key', scopes: scopeNames },
    'operator',
    now,
  )
  await writeBatch(db, [
    db.insert(schema.accounts).values({ id, name, createdAt: now }),
    ...owner.statements,
    entryInsert(db, { accountId: id, actor: 'operator', action: 'account.create', subject: id, at: now }),
    ...first.statements,
  ])
  return { id, name, apiKey: first.created.key }
}

export const accountExists = async (db: Database, id: string): Promise<boolean> =>
  (await db
    .select({ id: schema.accounts.id })
    .from(schema.accounts)
    .where(eq(schema.accounts.id, id))
    .get()) !== undefined
