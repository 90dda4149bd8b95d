// Letting go of Meta: unsubscribe our app, give the numbers up if that was asked, take the token back, and prove it by
// a call that must now fail. Every call may be made again; whatever Meta has done already is done. Called by steps.ts.
// Source: subscribed_apps, deregister, oauth/revoke (Graph API).

import { limits } from '../ground/limits.ts'
import type { Settings } from '../ground/settings.ts'
import { classify } from '../meta/failure.ts'
import { callGraph, type Fetch, type GraphAnswer, type GraphCall } from '../meta/graph.ts'

export type Attachment = { wabaId: string; token: string; phoneNumberIds: string[]; deregister: boolean }

/** `proven`: Meta refuses the token. `unclear`: try again. */
export type Detached = 'proven' | 'unclear'

type Ask = Pick<GraphCall, 'method' | 'path' | 'route' | 'query' | 'body'>

/** Meta knows this token no more. Any other error may be about something else. */
const dead = (answer: GraphAnswer): boolean => answer.kind === 'rejected' && answer.error.code === 190

/** Asked again later, the answer may be another. */
const passing = (answer: GraphAnswer): boolean => {
  if (answer.kind !== 'rejected') return answer.kind === 'unclear'
  const { action } = classify(answer.error.code, answer.error.transient)
  return action === 'retry_later' || action === 'slow_down'
}

export async function detach(settings: Settings, fetch: Fetch, held: Attachment): Promise<Detached> {
  const { graphOrigin: origin, graphVersion: version, appId, appSecrets } = settings
  const appSecret = appSecrets[0] as string
  const ask = (call: Ask, token = held.token, proof = true) =>
    callGraph({
      ...call,
      ...(proof ? { appSecret } : {}),
      origin,
      version,
      token,
      timeoutMs: limits.connectTimeoutMs,
      fetch,
    })
  const path = `${held.wabaId}/subscribed_apps`
  const route = '/{waba}/subscribed_apps'
  const left = await ask({ method: 'DELETE', path, route })
  if (dead(left)) return 'proven'
  if (passing(left)) return 'unclear'
  for (const id of held.deregister ? held.phoneNumberIds : []) {
    const call = { method: 'POST', path: `${id}/deregister`, route: '/{number}/deregister' } as const
    const given = await ask({ ...call, body: JSON.stringify({ messaging_product: 'whatsapp' }) })
    // A number that cannot be given up (coexistence, given up already) holds nothing else up.
    if (passing(given)) return 'unclear'
  }
  const appToken = `${appId}|${appSecret}`
  const revoke = {
    client_id: appId,
    client_secret: appSecret,
    revoke_token: held.token,
    access_token: appToken,
  }
  await ask({ method: 'GET', path: 'oauth/revoke', route: '/oauth/revoke', query: revoke }, appToken, false)
  const proof = await ask({ method: 'GET', path, route })
  return dead(proof) ? 'proven' : 'unclear'
}
