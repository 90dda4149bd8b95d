// A name as the workspace wants it. WhatsApp tells a name with every message and the newest version wins, so a correction goes
// with a version that no clock reaches; a name out of a list goes with one that every clock has passed. Called by routes.ts and
// take-in.ts. Why: docs/decisions/0041.

import { and, eq } from 'drizzle-orm'
import { database, schema, writeBatch } from '../../db/client.ts'
import type { Principal } from '../audit/principal.ts'
import { type ContactRow, contactQuery, openContacts } from '../conversations/list-contacts.ts'
import { personTerms, personTermsWrite } from '../conversations/terms.ts'
import { type AccountKeys, keeperOf, keyedDigest, sealColumn } from '../custody/sealing.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { announce } from '../live/announce.ts'
import { entryOf } from './held.ts'

const { contacts } = schema

/** Thirteen digits are enough until both clocks run out together, in the year 2065. */
const ahead = 7_000_000_000_000

type Named = 'name' | 'phone'
const version = (account: AccountKeys, field: Named, instant: number, value: string): string =>
  `${String(instant).padStart(13, '0')}:${keyedDigest(account, field, value).slice(0, 8)}`

/** Later than anything WhatsApp tells; of two corrections the later. */
const correctedVersion = (account: AccountKeys, at: number, name: string): string =>
  version(account, 'name', ahead + at, name)

/** Earlier than anything WhatsApp tells; of two lists the later. */
export const importedVersion = (account: AccountKeys, field: Named, at: number, value: string): string =>
  version(account, field, Math.floor(at / 1000), value)

/** Whose word the name is; null when there is none. */
export function nameOrigin({
  name,
  nameVersion,
}: Pick<ContactRow, 'name' | 'nameVersion'>): 'whatsapp' | 'import' | 'workspace' | null {
  if (name === null) return null
  const instant = Number(nameVersion.slice(0, 13))
  if (instant >= ahead) return 'workspace'
  // In seconds, as importedVersion counts: the milliseconds of that instant would lie in 1970.
  return instant < 100_000_000_000 && instant > 0 ? 'import' : 'whatsapp'
}

/** Null takes the correction back: the next name that WhatsApp tells stands again. */
export async function correctName(
  { env, now }: World,
  principal: Principal,
  contactId: string,
  name: string | null,
): Promise<Result<void, { reason: 'unknown' }>> {
  const db = database(env.DB)
  const { accountId } = principal
  const row = await contactQuery(db, accountId, contactId).get()
  const keeper = keeperOf(env.KEEPER, accountId)
  const { account } = await keeper.resolve([])
  const key = row && (await keeper.keyFor(contactId).catch(() => undefined))
  if (!row || !key) return refused({ reason: 'unknown' })
  const [contact] = await openContacts(env.KEEPER, accountId, [row], now)
  const named = { username: null, phone: null, ...contact, name }
  const to =
    name === null
      ? { name: null, nameVersion: '' }
      : {
          name: await sealColumn(key, 'contacts', 'name', contactId, name),
          nameVersion: correctedVersion(account, now, name),
        }
  await writeBatch(db, [
    db
      .update(contacts)
      .set(to)
      .where(and(eq(contacts.accountId, accountId), eq(contacts.id, contactId))),
    ...personTermsWrite(
      db,
      accountId,
      contactId,
      personTerms(account, accountId, contactId, row.createdAt, named),
    ),
    entryOf(db, principal, 'contact.correct', contactId, now, name === null ? 'taken back' : 'name'),
  ])
  await announce(env, accountId, [{ kind: 'contact', contactId }])
  return ok(undefined)
}
