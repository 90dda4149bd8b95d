// What the sending walk needs of the world around it, made once per request in routes.ts: bindings, who calls, the
// clock, fetch and how long to wait. Tests inject the last three.

import { type Database, database } from '../../db/client.ts'
import type { Principal } from '../audit/principal.ts'
import { limits } from '../ground/limits.ts'
import type { Settings } from '../ground/settings.ts'
import type { Fetch } from '../meta/graph.ts'
import { type Refusal, refusalJson } from '../meta/send-error.ts'

export type Times = {
  graphTimeoutMs: number
  graphLateMs: number
  idempotencyPollMs: number
  idempotencyWaitMs: number
  idempotencyLeaseMs: number
}

export type Injected = { fetch: Fetch; now: () => number; times: Times }

export type Outside = Injected & {
  env: Env
  db: Database
  settings: Settings
  principal: Principal
  /** Keeps the work alive after the answer has left, or after the caller has hung up. */
  later: (work: Promise<unknown>) => void
  /** The caller reads the message back: the answer waits until it is on record. */
  awaitsRecord?: boolean
}

export const usual: Injected = {
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  times: limits,
}

type Context = Pick<Outside, 'env' | 'settings' | 'principal' | 'later' | 'awaitsRecord'>
export const outside = (context: Context, injected: Injected): Outside => ({
  ...context,
  ...injected,
  db: database(context.env.DB),
})

/** Becomes the HTTP answer; a string body is JSON unless `headers` says otherwise. */
export type Answer = {
  status: number
  body: string | ReadableStream<Uint8Array>
  headers?: Record<string, string>
}
/** An answer that can be kept and given again. */
export type TextAnswer = Answer & { body: string }

export const refuse = (refusal: Refusal): TextAnswer => ({
  status: refusal.status,
  body: refusalJson(refusal),
})
