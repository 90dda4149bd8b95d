// Which secrets open Meta's door while one is replaced by another, and who learns why a body was refused.

import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ana, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { envelope, messageChange, render, signatureOf, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'
import { ask } from '../api/stage.ts'

beforeAll(seedCast)
afterEach(() => vi.restoreAllMocks())

const rotating = { ...env, META_APP_SECRETS: 'new_secret_1,test_app_secret' } as Env

const bodyOf = (wamid: string) =>
  render(
    envelope({ id: sol.wabaId, changes: [messageChange(sol, ana, textMessage(wamid, 'hola', 1795305600))] }),
  )

const deliver = (body: string, headers: Record<string, string>, other: Env) =>
  ask('/webhooks/meta', { body, headers, env: other })

describe('a body that is signed while one app secret replaces another', () => {
  it('is accepted under the new secret and under the old one', async () => {
    for (const [wamid, secret] of [
      ['wamid.NEW', 'new_secret_1'],
      ['wamid.OLD', 'test_app_secret'],
    ] as const) {
      const body = bodyOf(wamid)
      const signed = { 'x-hub-signature-256': signatureOf(body, secret) }
      const answer = await deliver(body, signed, rotating)
      expect([answer.status, await answer.text()]).toEqual([200, ''])
    }
    await drain()
    expect(await rowsOf('messages')).toHaveLength(2)
  })

  it('is refused under any other, the two written as one included', async () => {
    const before = await rowsOf('messages')
    const body = bodyOf('wamid.NEITHER')
    for (const secret of ['older_secret_0', 'new_secret_1,test_app_secret', '']) {
      const signed = { 'x-hub-signature-256': signatureOf(body, secret) }
      expect((await deliver(body, signed, rotating)).status).toBe(401)
    }
    const early = { 'x-hub-signature-256': signatureOf(body, 'new_secret_1') }
    expect((await deliver(body, early, env)).status).toBe(401)
    await drain()
    expect(await rowsOf('messages')).toEqual(before)
  })
})

describe('a refused body', () => {
  const body = bodyOf('wamid.WHY')

  it('has its reason in the log, and nothing of it in the answer', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'warn').mockImplementation((line: string) => void lines.push(line))
    const answers: string[] = []
    for (const headers of [
      {},
      { 'x-hub-signature-256': 'sha256=abc' },
      { 'x-hub-signature-256': signatureOf(body, 'another_secret') },
    ]) {
      const answer = await deliver(body, headers as Record<string, string>, env)
      expect(answer.status).toBe(401)
      answers.push(JSON.stringify([await answer.text(), ...answer.headers]))
    }
    expect(new Set(answers).size).toBe(1)
    const noted = lines.map((line) => JSON.parse(line) as { event: string; reason: string; status: number })
    expect(noted).toMatchObject(noted.map(() => ({ event: 'webhook.refused', status: 401 })))
    const reasons = noted.map(({ reason }) => reason)
    expect(new Set(reasons).size).toBe(3)
    expect(reasons.at(-1)).toBe('mismatch')
    for (const reason of reasons) expect(answers[0]).not.toContain(reason)
    for (const word of ['hola', ana.phone, ana.name, 'test_app_secret'])
      expect(lines.join()).not.toContain(word)
  })
})
