// How the onboarding walk asks Meta, with a token of a business or as the app itself, and what it says when Meta refuses.
// Called by every other file of the walk.

import { type Database, database } from '../../db/client.ts'
import { limits } from '../ground/limits.ts'
import { refused } from '../ground/result.ts'
import type { Settings } from '../ground/settings.ts'
import { classify } from '../meta/failure.ts'
import { callGraph, type Fetch, type GraphAnswer, type GraphCall } from '../meta/graph.ts'

export type World = { env: Env; db: Database; settings: Settings; fetch: Fetch; now: number }
/** The walk's world outside of a request. */
export const onboardingWorld = (env: Env, settings: Settings, now: number): World => ({
  env,
  db: database(env.DB),
  settings,
  fetch: (url, init) => fetch(url, init),
  now,
})

export type NotConnected = {
  reason: 'signup_closed' | 'number_taken' | 'connect_refused' | 'meta_unreachable'
  detail: string
}
export type NotAnswered = Exclude<GraphAnswer, { kind: 'answered' }>

type MetaCall = Pick<GraphCall, 'method' | 'path' | 'route' | 'query' | 'body'>

/** With a token of a business, signed by the app's secret. */
export function askMeta(world: World, token: string, call: MetaCall): Promise<GraphAnswer> {
  const { graphOrigin: origin, graphVersion: version, appSecrets } = world.settings
  const proof = appSecrets[0] === undefined ? {} : { appSecret: appSecrets[0] }
  const { fetch } = world
  return callGraph({ ...call, ...proof, origin, version, token, timeoutMs: limits.connectTimeoutMs, fetch })
}

/** As the app: about its tokens and its webhooks. */
export function askAsApp(world: World, call: MetaCall): Promise<GraphAnswer> {
  const { graphOrigin: origin, graphVersion: version, appId, appSecrets } = world.settings
  const { fetch } = world
  const token = `${appId}|${appSecrets[0]}`
  return callGraph({ ...call, origin, version, token, timeoutMs: limits.connectTimeoutMs, fetch })
}

/** Meta's own words may quote the token or a number: the caller gets the code and our remedy for it. */
export function sayRefusal(answer: NotAnswered): string {
  if (answer.kind === 'unclear') return 'Meta gave no clear answer.'
  const { code, transient } = answer.error
  return `Meta answered with error ${code ?? 'unknown'}. ${classify(code, transient).remedy}`
}

export function refusalOf(answer: NotAnswered): { ok: false } & NotConnected {
  if (answer.kind === 'unclear')
    return refused({
      reason: 'meta_unreachable',
      detail: 'Meta gave no clear answer. Nothing is lost: connect again.',
    })
  const { action } = classify(answer.error.code, answer.error.transient)
  const passing = action === 'retry_later' || action === 'slow_down'
  return refused({
    reason: passing ? ('meta_unreachable' as const) : ('connect_refused' as const),
    detail: sayRefusal(answer),
  })
}

/** Meta takes this token no more, or not for this. Anything else may pass by itself. */
export const tokenRefused = (answer: GraphAnswer): boolean =>
  answer.kind === 'rejected' && classify(answer.error.code, answer.error.transient).action === 'reconnect'
