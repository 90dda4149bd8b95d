// Who wants to hear of changes without having an account. A row is made once the address was proven, and ended by a secret
// that stands in every mail. Called by the walk that proves addresses (subscribeInsert) and by the one that sends notices.

import { eq } from 'drizzle-orm'
import { type Database, rowsInsert, type Statement, schema } from '../../db/client.ts'
import { base64url, hex } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import { hmac } from '../crypto/hmac.ts'
import { platformAccount } from '../custody/sealing.ts'

const { subscriptions } = schema

type List = (typeof subscriptions.$inferSelect)['list']

/**
 * The secret that ends a subscription: 43 characters, the same in every mail to this person. `platformRef` is the ref key
 * of the platform's Keeper. Only its digest is kept.
 */
export const subscriptionToken = (
  platformRef: Uint8Array,
  visitorId: string,
  list: List = 'subprocessors',
): string => base64url(hmac(platformRef, `subscription:${list}:${visitorId}`))

export const subscriptionDigest = (token: string): string => hex(sha256(token))

/** Subscribing twice is subscribing once. `tokenDigest`: subscriptionDigest of this person's token. */
export const subscribeInsert = (
  db: Database,
  visitorId: string,
  tokenDigest: string,
  now: number,
): Statement =>
  rowsInsert(db, subscriptions, [
    { visitorId, accountId: platformAccount, list: 'subprocessors', tokenDigest, createdAt: now },
  ])

/** Ending twice is ending once, and a secret of nobody ends nothing: the caller cannot tell which it was. */
export async function endSubscription(db: Database, token: string): Promise<void> {
  await db.delete(subscriptions).where(eq(subscriptions.tokenDigest, subscriptionDigest(token)))
}
