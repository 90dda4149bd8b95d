// A line to the feed lasts as long as the access of whoever holds it, through the doors that end it; and begins only at our own pages.

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { database, writeBatch } from '../../../db/client.ts'
import { holdInsert } from '../../../worker/audit/holds.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { type Browser, openBrowser, signInAs } from '../../support/session.ts'
import { seedCast } from '../../support/world.ts'
import { ask } from '../api/stage.ts'
import { knock, type Line, listen } from './line.ts'

let owner: Browser
let neighbour: Line
beforeAll(async () => {
  await seedCast()
  owner = await signInAs(sol)
  neighbour = await listen(asBrowser(await signInAs(monsoon)))
})

/** A browser cannot put headers on a line: the workspace stands in its address. */
function asBrowser({ headers }: Browser, workspace = headers['x-workspace']) {
  const { cookie, origin } = headers
  return { headers: { cookie, origin }, query: `?workspace=${workspace}` }
}

const lineOf = async (browser: Browser): Promise<Line> => {
  const line = await listen(asBrowser(browser))
  expect((await line.next()).type).toBe('hello')
  return line
}

describe('the line of a browser', () => {
  it('begins at a page of ours and at no other, and in no workspace of somebody else', async () => {
    const { query, headers } = asBrowser(owner)
    for (const origin of ['https://evil.example', 'null', `${headers.origin}.evil.example`, ''])
      expect([origin, (await knock({ query, headers: { ...headers, origin } })).status]).toEqual([
        origin,
        403,
      ])
    const { cookie } = headers
    expect((await knock({ query, headers: { cookie } })).status).toBe(403)
    expect((await knock(asBrowser(owner, monsoon.accountId))).status).toBe(404)
  })

  it('ends with its session, and the other browser of the same person goes on', async () => {
    const agent = await signInAs(sol, 'agent')
    const second = await openBrowser(agent.userId)
    const elsewhere = {
      ...agent,
      sessionId: second.sessionId,
      headers: { ...second.headers, 'x-workspace': sol.accountId },
    }
    const [first, other] = [await lineOf(agent), await lineOf(elsewhere)]
    const ended = await ask(`/api/v1/sessions/${agent.sessionId}`, {
      method: 'DELETE',
      headers: elsewhere.headers,
    })
    expect(ended.status).toBe(204)
    expect(await first.end()).toBe(4001)
    expect(await other.all()).toEqual([])
  })

  it('ends with the role it was given for', async () => {
    const agent = await signInAs(sol, 'agent')
    const line = await lineOf(agent)
    const changed = await ask(`/api/v1/members/${agent.memberId}`, {
      method: 'PATCH',
      headers: owner.headers,
      body: { role: 'developer' },
    })
    expect(changed.status).toBe(200)
    expect(await line.end()).toBe(4001)
  })

  it('ends when its member is removed', async () => {
    const agent = await signInAs(sol, 'agent')
    const line = await lineOf(agent)
    const removed = await ask(`/api/v1/members/${agent.memberId}/deletion`, {
      method: 'POST',
      headers: owner.headers,
    })
    expect(removed.status).toBe(202)
    expect(await line.end()).toBe(4001)
    expect((await knock(asBrowser(agent))).status).toBe(404)
  })

  it('does not begin while the workspace is being deleted', async () => {
    const db = database(env.DB)
    const at = Date.now()
    const { accountId } = sol
    await writeBatch(db, [
      holdInsert(db, { accountId, subjectId: accountId, kind: 'frozen', reason: 'test', at }),
    ])
    expect((await knock(asBrowser(owner))).status).toBe(403)
    expect((await neighbour.all()).filter(({ type }) => type !== 'hello')).toEqual([])
  })
})
