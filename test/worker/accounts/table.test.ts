// Every route, every role, and the neighbour, by real requests. What is expected stands in accounts/permissions.ts; which routes
// there are, in the description of the API: whatever lands is tried here by itself.

import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { permissions, roles } from '../../../worker/accounts/permissions.ts'
import type { Role, Scope } from '../../../worker/audit/principal.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { fill } from '../../support/filler.ts'
import { madeUpPath, type Operation, operations, realPath } from '../../support/operations.ts'
import { type Browser, signInAs } from '../../support/session.ts'
import { seedCast } from '../../support/world.ts'
import { ask as asked } from '../api/stage.ts'

const names = Object.keys(roles) as Role[]
const browsers = new Map<Role, Browser>()
const paths = new Map<Operation, string>()
let neighbour: Browser
let missing: string

beforeAll(async () => {
  // Meta is away: who may ask it does not depend on its answer.
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 503 }))
  await seedCast()
  await fill(sol, ana, 'mem_filled')
  await fill(monsoon, ravi, 'mem_neighbour')
  // What was filled belongs to nobody who may be frozen or erased.
  await env.DB.exec(`DELETE FROM holds; DELETE FROM deletions WHERE state <> 'cancelled'`)
  for (const role of names) browsers.set(role, await signInAs(sol, role))
  neighbour = await signInAs(monsoon)
  for (const operation of operations) paths.set(operation, await realPath(operation.path, sol))
  const nothing = await ask('GET', '/api/v1/nothing', browserOf('owner').headers)
  missing = nothing.text
}, 120_000)
afterAll(() => vi.unstubAllGlobals())

const browserOf = (role: Role): Browser => browsers.get(role) as Browser
const may = (role: Role, { scope }: Operation): boolean =>
  scope === undefined || permissions[scope as Scope].includes(role)
const outside = { ...env, RATE: { limit: async () => ({ success: true }) } as never }

type Answer = { status: number; text: string }

async function ask(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: { type: string; text: string } | undefined,
): Promise<Answer> {
  const answer = await asked(path, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': body.type } : {}) },
    env: outside,
    ...(body ? { body: body.text } : {}),
  })
  const text = await answer.text()
  return { status: answer.status, text: text.replace(/"instance":"[^"]*"/, '') }
}

const bodyOf = ({ takes, body }: Operation) =>
  takes === undefined
    ? undefined
    : takes.includes('json')
      ? { type: 'application/json', text: JSON.stringify(body) }
      : { type: 'image/png', text: 'not a picture' }

/** Everything in the database, or every row that has a word of this account. */
async function dump(accountId = ''): Promise<string[]> {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name`,
  ).all<{ name: string }>()
  const rows = await env.DB.batch(results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`)))
  return results.flatMap(({ name }, i) =>
    (rows[i]?.results ?? [])
      .map((row) => `${name} ${JSON.stringify(row)}`)
      .filter((row) => row.includes(accountId)),
  )
}

/** The operations that answered something else than a thing that is not there. */
async function notHidden(tried: Operation[], headers: Record<string, string>): Promise<string[]> {
  const wrong: string[] = []
  for (const operation of tried) {
    const { status, text } = await ask(
      operation.method,
      paths.get(operation) as string,
      headers,
      bodyOf(operation),
    )
    if (status !== 404 || text !== missing) wrong.push(`${operation.name}: ${status} ${text.slice(0, 200)}`)
  }
  return wrong
}

describe('the table', () => {
  it('has every operation of members, and each names a scope of the one list', () => {
    expect(operations.length).toBeGreaterThan(60)
    for (const { scope, name } of operations)
      if (scope !== undefined) expect(Object.keys(permissions), name).toContain(scope)
  })
})

describe.each(names)('the role %s', (role) => {
  it('finds nothing where it has nothing to do, and changes nothing there', async () => {
    const refused = operations.filter((operation) => !may(role, operation))
    if (role !== 'owner') expect(refused.length).toBeGreaterThan(0)
    const before = await dump()
    expect(await notHidden(refused, browserOf(role).headers)).toEqual([])
    expect(await dump()).toEqual(before)
  }, 120_000)

  it('is let in wherever it may go', async () => {
    const open = operations.filter(
      (operation) =>
        may(role, operation) && (operation.method === 'GET' || operation.takes === 'application/json'),
    )
    expect(open.length).toBeGreaterThan(0)
    const wrong: string[] = []
    const before = await dump(sol.accountId)
    for (const operation of open) {
      const path = paths.get(operation) as string
      // A body that is none: refused behind the door, before anything is done.
      const body = operation.method === 'GET' ? undefined : { type: 'application/json', text: '[]' }
      const own = await ask(operation.method, path, browserOf(role).headers, body)
      const owners = await ask(operation.method, path, browserOf('owner').headers, body)
      const expected = body
        ? own.status === 400
        : own.status === owners.status && ![401, 403].includes(own.status)
      if (!expected)
        wrong.push(`${operation.name}: ${own.status}, the owner ${owners.status} ${own.text.slice(0, 200)}`)
    }
    expect(wrong).toEqual([])
    const ledger = (rows: string[]) => rows.filter((row) => !/^(audit_entries|checkups|sessions) /.test(row))
    expect(ledger(await dump(sol.accountId))).toEqual(ledger(before))
  }, 120_000)
})

describe('somebody who is not signed in', () => {
  it('is told so at every door, and changes nothing', async () => {
    const before = await dump()
    const wrong: string[] = []
    for (const operation of operations) {
      const { status } = await ask(operation.method, paths.get(operation) as string, {}, bodyOf(operation))
      if (status !== 401) wrong.push(`${operation.name}: ${status}`)
    }
    expect(wrong).toEqual([])
    expect(await dump()).toEqual(before)
  }, 120_000)
})

describe('the owner of another business', () => {
  it('finds nothing at any door of a workspace that is not theirs', async () => {
    const before = await dump()
    const scoped = operations.filter(({ scope }) => scope !== undefined)
    const headers = { ...neighbour.headers, 'x-workspace': sol.accountId }
    expect(await notHidden(scoped, headers)).toEqual([])
    expect(await dump()).toEqual(before)
  }, 120_000)

  it('is answered about a thing of this one as about a thing that nobody has, and changes nothing of it', async () => {
    const before = await dump(sol.accountId)
    const wrong: string[] = []
    for (const operation of operations.filter(
      ({ path }) => path.includes('{') && !path.includes('{class}'),
    )) {
      const { method, path, name } = operation
      const body = bodyOf(operation)
      const real = await ask(method, paths.get(operation) as string, neighbour.headers, body)
      const madeUp = await ask(method, madeUpPath(path), neighbour.headers, body)
      if (real.status !== madeUp.status || real.text !== madeUp.text || real.status < 400)
        wrong.push(
          `${name}: ${real.status} ${real.text.slice(0, 200)} | ${madeUp.status} ${madeUp.text.slice(0, 200)}`,
        )
    }
    expect(wrong).toEqual([])
    expect(await dump(sol.accountId)).toEqual(before)
  }, 120_000)
})
