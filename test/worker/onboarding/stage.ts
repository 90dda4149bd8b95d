// The stage of the tests of connecting: the cast, browsers of their members, and the simulated Meta behind every call.

import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { openColumns } from '../../../worker/custody/sealing.ts'
import { settingsOf } from '../../../worker/env.ts'
import { onboardingWorld } from '../../../worker/onboarding/ask.ts'
import { createMeta, type Meta } from '../../simulators/meta/meta.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { type Browser, signInAs } from '../../support/session.ts'
import { seedCast } from '../../support/world.ts'
import { ask, dumpOf, read } from '../api/stage.ts'

export type Made = {
  code: string
  waba_id: string
  phone_number_id: string | null
  business_id: string
}

export type Stage = {
  meta: Meta
  /** `METHOD path` of every call, in order, without version and query. */
  calls: string[]
  /** Answers in Meta's place where it returns something; throws for a line that is cut. */
  instead: { with: ((call: string) => Response | undefined) | undefined }
  owner: Browser
  neighbour: Browser
  before: string
}

export async function openStage(): Promise<Stage> {
  for (const table of ['signup_attempts', 'checkups', 'wabas', 'numbers', 'holds', 'audit_entries'])
    await env.DB.prepare(`DELETE FROM ${table}`).run()
  await seedCast()
  const meta = createMeta({ callbackUrl: 'https://gateway.test/webhooks/meta' })
  const calls: string[] = []
  const instead: Stage['instead'] = { with: undefined }
  vi.stubGlobal('fetch', async (input: string, init?: RequestInit) => {
    const request = new Request(input, init)
    const call = `${request.method} ${new URL(input).pathname.replace(/^\/v\d+\.\d+/, '')}`
    calls.push(call)
    return instead.with?.(call) ?? meta.fetch(request)
  })
  const [owner, neighbour] = [await signInAs(sol), await signInAs(monsoon)]
  return { meta, calls, instead, owner, neighbour, before: await dumpOf(monsoon.accountId) }
}

/** What somebody does in Meta's window. */
export async function inWindow({ meta }: Stage, body: object = {}): Promise<Made> {
  const post = { method: 'POST', body: JSON.stringify({ name: 'Kite Repairs', announce: false, ...body }) }
  return (await (await meta.fetch(new Request('https://graph.test/_sim/signup', post))).json()) as Made
}

export const control = async ({ meta }: Stage, path: string, body: object): Promise<unknown> =>
  (
    await meta.fetch(
      new Request(`https://graph.test/_sim${path}`, { method: 'POST', body: JSON.stringify(body) }),
    )
  ).json()

export async function begin({ headers }: Browser): Promise<string> {
  const answer = await ask('/api/v1/signup/attempts', { method: 'POST', headers })
  return (await read(answer)).state as string
}

export const complete = ({ headers }: Browser, body: object): Promise<Response> =>
  ask('/api/v1/signup/attempts/completion', { headers, body })

/** The token of a WhatsApp account as this workspace has it; undefined when it has none. */
export async function tokenOf(accountId: string, wabaId: string): Promise<string | undefined> {
  const row = (await rowsOf('wabas')).find((one) => one.waba_id === wabaId && one.account_id === accountId)
  const sealed = (row?.token as string | undefined) ?? null
  const column = { table: 'wabas', column: 'token', rowId: wabaId, sealed }
  return (await openColumns(env.KEEPER, accountId, [column], Date.now()))[0]
}

export const worldAt = (now = Date.now()) => onboardingWorld(env, settingsOf(env), now)
