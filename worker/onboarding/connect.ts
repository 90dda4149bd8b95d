// The walk that connects a WhatsApp account by hand: ask Meta → take the account → record the number → subscribe.
// Called by routes.ts. May be walked again at any time: with a new token it renews the connection.
// Source: WhatsApp Business Account phone numbers and subscribed_apps (Graph API).

import { loadNumber } from '../accounts/numbers.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { type NotConnected, refusalOf, type World } from './ask.ts'
import { loadMetaNumbers } from './assets.ts'
import { keepAccount, keepNumbers } from './keep.ts'
import { askSubscribe } from './steps.ts'
import { inspectToken, tokenFault } from './token.ts'

export type Connection = { wabaId: string; phoneNumberId: string; accessToken: string }

/** The id of the number. */
export async function connectNumber(
  world: World,
  principal: Principal,
  asked: Connection,
): Promise<Result<string, NotConnected>> {
  const { wabaId, phoneNumberId, accessToken: token } = asked
  const inspected = await inspectToken(world, token)
  if (!inspected.ok) return inspected
  const fault = tokenFault(inspected.value, world.settings.appId)
  if (fault !== undefined) return refused({ reason: 'connect_refused', detail: fault })
  const listed = await loadMetaNumbers(world, token, wabaId, phoneNumberId)
  if (!listed.ok) return listed
  const found = listed.value.find(({ id }) => id === phoneNumberId)
  if (!found)
    return refused({
      reason: 'connect_refused',
      detail: 'This WhatsApp account does not have that phone number.',
    })
  const { accountId } = principal
  const detail = 'Another workspace has this WhatsApp account or number.'
  const taken = refused({ reason: 'number_taken' as const, detail })
  const standing = await loadNumber(world.db, phoneNumberId)
  if (standing && standing.accountId !== accountId) return taken
  // Kept before anything else can fail: a token that was given once is not asked for again.
  const { expiresAt: tokenExpiresAt } = inspected.value
  const claim = { wabaId, token, way: 'manual' as const, tokenExpiresAt, businessId: null }
  if (!(await keepAccount(world, accountId, claim))) return taken
  const by = { accountId, actor: actorOf(principal) }
  const { kept } = await keepNumbers(world, by, wabaId, [found])
  const id = kept[0]?.id
  if (id === undefined) return taken
  const subscribed = await askSubscribe(world, token, wabaId)
  return subscribed.kind === 'answered' ? ok(id) : refusalOf(subscribed)
}
