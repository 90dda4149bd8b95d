// The passkeys of one person: listed, renamed, taken away. They are made and checked by the library (library.ts). Called by
// session-routes.ts.

import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { type Database, schema, writeBatch } from '../../db/client.ts'
import type { SignedIn } from '../audit/principal.ts'
import type { Page, TimeKey } from '../ground/openapi.ts'
import { entriesOf } from './sessions.ts'

const { passkeys } = schema

export type PasskeyRow = typeof passkeys.$inferSelect

/** Newest first. */
export function passkeysQuery(db: Database, userId: string, { limit, cursor }: Page<TimeKey>) {
  const after: SQL | undefined =
    cursor && sql`(coalesce(${passkeys.createdAt}, 0), ${passkeys.id}) < (${cursor[0]}, ${cursor[1]})`
  return db
    .select()
    .from(passkeys)
    .where(and(eq(passkeys.userId, userId), after))
    .orderBy(desc(sql`coalesce(${passkeys.createdAt}, 0)`), desc(passkeys.id))
    .limit(limit + 1)
}

const ownPasskey = ({ session }: SignedIn, id: string) =>
  and(eq(passkeys.id, id), eq(passkeys.userId, session.userId))

/** Undefined when this person has no such passkey. */
export async function renamePasskey(
  db: Database,
  signedIn: SignedIn,
  id: string,
  name: string,
): Promise<PasskeyRow | undefined> {
  const [renamed] = await db.update(passkeys).set({ name }).where(ownPasskey(signedIn, id)).returning()
  return renamed
}

/** False when this person has no such passkey. */
export async function removePasskey(
  db: Database,
  signedIn: SignedIn,
  id: string,
  now: number,
): Promise<boolean> {
  const found = await db.select({ id: passkeys.id }).from(passkeys).where(ownPasskey(signedIn, id)).get()
  if (!found) return false
  await writeBatch(db, [
    db.delete(passkeys).where(ownPasskey(signedIn, id)),
    ...entriesOf(db, signedIn.memberships, { action: 'passkey.remove', subject: id, at: now }),
  ])
  return true
}
