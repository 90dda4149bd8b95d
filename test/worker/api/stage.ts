// The API on a stage of its own: the whole app without Astro, and keys made by the accounts room. Called by the tests of
// accounts, onboarding, api and app.

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { database, writeBatch } from '../../../db/client.ts'
import { newKey } from '../../../worker/accounts/keys.ts'
import { createApp } from '../../../worker/app.ts'
import { type Scope, scopeNames } from '../../../worker/audit/principal.ts'
import type { Business } from '../../support/cast.ts'
import { ownerOf } from '../../support/world.ts'

export const app = createApp({
  loadSite: async () => ({
    fetch: () => new Response('the site', { status: 404, headers: { 'content-type': 'text/html' } }),
  }),
})
export const db = database(env.DB)

export type Asked = {
  key?: string
  method?: string
  body?: unknown
  headers?: Record<string, string>
  env?: Env
}

/** One request, with everything it left to be done afterwards done. */
export async function ask(
  path: string,
  { key, method, body, headers = {}, env: other = env }: Asked = {},
): Promise<Response> {
  const ctx = createExecutionContext()
  const raw = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream
  const request = new Request(`https://gateway.test${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: (raw ? body : JSON.stringify(body)) as BodyInit }),
  })
  const answer = await app.fetch(request, other, ctx)
  const bytes = await answer.arrayBuffer()
  await waitOnExecutionContext(ctx)
  const bodiless = answer.status === 204 || answer.status === 304
  return new Response(bodiless ? null : bytes, answer)
}

export async function keyFor(business: Business, scopes: readonly Scope[] = scopeNames): Promise<string> {
  const { created, statements } = newKey(
    db,
    { accountId: business.accountId, memberId: ownerOf(business), name: 'Test key', scopes },
    'operator',
    Date.now(),
  )
  await writeBatch(db, statements)
  return created.key
}

export type Row = Record<string, unknown>
export const read = async (answer: Response): Promise<Row & { data: Row[]; next: string | null }> =>
  (await answer.json()) as never

/** What stands in the database about an account, to compare before and after. */
export async function dumpOf(accountId: string): Promise<string> {
  const tables = [
    'accounts',
    'api_keys',
    'wabas',
    'numbers',
    'holds',
    'contacts',
    'conversations',
    'messages',
    'message_changes',
    'audit_entries',
  ]
  const dumps = await Promise.all(
    tables.map((table) =>
      env.DB.prepare(
        `SELECT * FROM ${table} WHERE ${table === 'accounts' ? 'id' : 'account_id'} = ? ORDER BY rowid`,
      )
        .bind(accountId)
        .all(),
    ),
  )
  return JSON.stringify(dumps.map(({ results }) => results))
}
