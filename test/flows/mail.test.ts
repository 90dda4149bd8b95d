// From a member added through the API, over Meta's callback, to a mail in a mailbox and a page of status: whole
// processes, nothing injected.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DemoWorkspace } from '../../scripts/seed.ts'
import { type Stack, startStack } from '../support/stack.ts'

const dir = mkdtempSync(join(tmpdir(), 'softivum-mail-'))
let stack: Stack
let sol: DemoWorkspace

beforeAll(async () => {
  stack = await startStack({ dir })
  ;[sol] = stack.workspaces as [DemoWorkspace]
})
afterAll(async () => {
  await stack?.close()
  rmSync(dir, { recursive: true, force: true })
})

async function call<T>(url: string, body?: unknown, key?: string): Promise<T> {
  const answer = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.ok, await answer.clone().text()).toBe(true)
  return (await answer.json()) as T
}
const sim = <T>(path: string, body?: unknown) => call<T>(`${stack.metaUrl}/_sim/${path}`, body)
type Mail = { to: string; subject: string; text: string; from: { email: string } }
/** Members are told of what will change in our texts as well, by mails of their own. */
const mailbox = async () =>
  (await sim<{ data: Mail[] }>('mailbox')).data.filter(({ subject }) => !subject.endsWith('will change'))

it('tells the owner that a member removed the app, once, and nobody else', async () => {
  const metaUserId = '900000000000321'
  const member = { email: 'nina@panaderia-sol.example', role: 'admin', metaUserId }
  await call(`${stack.url}/api/v1/members`, member, sol.apiKey)
  // Meta's clock counts seconds: a grant given in this second is not taken back in it.
  const issued_at = Math.floor(Date.now() / 1000) + 1
  for (let i = 0; i < 2; i++)
    expect(await sim('deauthorize', { user_id: metaUserId, issued_at })).toMatchObject({ status: 200 })
  expect(await mailbox()).toEqual([])
  await stack.gateway.runCron()
  await stack.gateway.runCron()
  expect(await mailbox()).toEqual([
    expect.objectContaining({
      to: sol.ownerEmail,
      subject: `A member of ${sol.name} removed the app at Facebook`,
      from: { name: 'Softivum Connect', email: 'no-reply@gateway.test' },
    }),
  ])
  const entries = await stack.query(
    `SELECT account_id FROM audit_entries WHERE action = 'member.deauthorize'`,
  )
  expect(entries).toEqual([{ account_id: sol.id }])
})

it('gives Meta a page and a code for a person that nobody knows', async () => {
  const { status, answer } = await sim<{
    status: number
    answer: { url: string; confirmation_code: string }
  }>('data-deletion', { user_id: '900000000000322' })
  expect(status).toBe(200)
  expect(answer.url).toBe(`${stack.url}/data-deletion/${answer.confirmation_code}`)
  expect(await call(`${stack.url}/api/v1/public/deletions/${answer.confirmation_code}`)).toMatchObject({
    code: answer.confirmation_code,
    scope: 'meta_user',
  })
})
