// The doors of requests, as people without an account and strangers find them.

import { describe, expect, it } from 'vitest'
import { limits } from '../../../worker/ground/limits.ts'
import { openRequest } from '../../../worker/rights/requests.ts'
import { sol } from '../../support/cast.ts'
import { walkTo } from '../../support/deletion.ts'
import { rowsOf } from '../../support/intake.ts'
import { codeIn } from '../../support/outbox.ts'
import { ownerEmailOf } from '../../support/world.ts'
import { ask, read } from '../api/stage.ts'
import { codeFor, door, prove, sent, stage, writtenBy } from './door-stage.ts'
import { contactOf, entriesOf, memberOf, requestRow, worldAt } from './seed.ts'

const keys = stage()

describe('asking for a code by mail', () => {
  it('answers the same bytes, but for id and time, and sends the same mail, whatever is held', async () => {
    const shape = async (email: string) => {
      const answer = await door('/mail-codes', { type: 'delete', email })
      const { id, expiresAt, ...more } = await read(answer)
      const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'date'))
      return { status: answer.status, headers, more, id: String(id).length, at: String(expiresAt).length }
    }
    const known = await shape(ownerEmailOf(sol))
    expect(known.status).toBe(202)
    expect(await shape('nobody@example.com')).toEqual(known)
    const texts = sent.map(({ to, subject, text, html }) =>
      [subject, text, html].join().replaceAll(to, '').replace(/\d{6}/g, ''),
    )
    expect(texts[0]).toBe(texts[1])
    expect(await rowsOf('requests')).toEqual([])
    expect((await rowsOf('mails')).filter((row) => row.kind === 'mail_code')).toEqual([])
  })

  it('is refused after five in an hour, known or not, with the same bytes', async () => {
    const all: string[] = []
    for (const email of [ownerEmailOf(sol), 'nobody@example.com']) {
      for (let i = 0; i < limits.mailCodesPerHour; i++)
        expect((await door('/mail-codes', { type: 'access', email })).status).toBe(202)
      const over = await door('/mail-codes', { type: 'access', email })
      expect([over.status, over.headers.get('retry-after')]).toEqual([429, '3600'])
      all.push(await over.text())
    }
    expect(all[0]).toBe(all[1])
  })

  it.each([
    ['no address', { type: 'delete', email: 'ana' }],
    ['no known wish', { type: 'burn', email: 'ana@example.com' }],
    ['two wishes at once', { type: 'delete', email: 'ana@example.com', also: 'export' }],
    ['a header in its language', { type: 'delete', email: 'ana@example.com', language: 'en\r\nBcc: x' }],
  ])('with %s changes nothing', async (_, body) => {
    expect((await door('/mail-codes', body)).status).toBe(400)
    expect(await rowsOf('challenges')).toEqual([])
  })
})

describe('proving an address', () => {
  it('opens what was asked for, for each membership and for what was written to us', async () => {
    const email = 'mia@example.com'
    await memberOf(sol, email)
    await memberOf(sol, 'other@example.com')
    const visitor = await writtenBy(' Mia@Example.com')
    const proven = await prove(email)
    expect(proven.requests).toMatchObject([
      { type: 'access', about: 'member', workspace: sol.name },
      { type: 'access', about: 'visitor', workspace: null },
    ])
    const rows = await rowsOf('requests')
    expect(rows).toHaveLength(2)
    expect(rows.map(({ subject_id }) => subject_id)).toContain(visitor)
    expect(await prove(email)).toMatchObject({ requests: proven.requests })
    expect(await rowsOf('requests')).toHaveLength(2)
    expect(sent.filter(({ subject }) => /received/.test(subject))).toHaveLength(2)
  })

  it('of nobody we know opens nothing and says so only to them', async () => {
    const before = await rowsOf('visitors')
    expect(await prove('nobody@example.com')).toEqual({ purpose: 'access', requests: [] })
    expect(await rowsOf('visitors')).toEqual(before)
  })

  it('is refused with the same bytes for a wrong, a used, a stolen and an invented code', async () => {
    const mine = await codeFor('ana@example.com')
    const code = codeIn(sent, 'ana@example.com')
    const yours = await codeFor(ownerEmailOf(sol))
    const wrong = code === '111111' ? '222222' : '111111'
    await door(`/mail-codes/${mine.id}`, { code })
    const refused = await Promise.all([
      door(`/mail-codes/${mine.id}`, { code }),
      door(`/mail-codes/${yours.id}`, { code: wrong }),
      door('/mail-codes/cha_00000000000000000000000000', { code }),
      door('/mail-codes/%27%20OR%201=1', { code: 'abc' }),
    ])
    const texts = await Promise.all(refused.map((answer) => answer.text()))
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403])
    expect(new Set(texts).size).toBe(1)
    expect(await rowsOf('requests')).toEqual([])
  })

  it('subscribes to changes when that was asked for, twice as well as once, and opens no request', async () => {
    for (let i = 0; i < 2; i++)
      expect(await prove('lena@example.com', 'subscribe')).toEqual({
        purpose: 'subscribe',
        requests: [],
        subscribed: true,
      })
    expect(await rowsOf('subscriptions')).toHaveLength(1)
    expect(await prove('lena@example.com', 'object')).toMatchObject({ requests: [{ about: 'visitor' }] })
    expect(await rowsOf('subscriptions')).toEqual([])
  })

  it('lets somebody who wrote to us be erased, to the receipt, and follow it by the same code', async () => {
    const visitorId = await writtenBy('gone@example.com')
    const stays = await writtenBy('stays@example.com')
    const { requests } = await prove('gone@example.com', 'delete')
    const code = requests[0]?.code as string
    // The link has left before there is no address any more.
    expect(sent.some(({ to, text }) => to === 'gone@example.com' && text.includes(code))).toBe(true)
    const [row] = await rowsOf('requests')
    await walkTo('platform', row?.deletion_id as string, 'erased')
    expect(await read(await door(`/requests/${code}`))).toMatchObject({ state: 'done', about: 'visitor' })
    const followed = await read(await door(`/deletions/${code}`))
    expect(followed).toMatchObject({ code, scope: 'visitor', state: 'erased' })
    expect(followed.receipt).toMatch(/^ey/)
    expect((await rowsOf('visitors')).map(({ id }) => id)).not.toContain(visitorId)
    expect((await rowsOf('letters')).map(({ visitor_id }) => visitor_id)).toContain(stays)
    const { requests: again } = await prove('gone@example.com', 'delete')
    expect(again).toEqual([])
  })
})

describe('the code of a request', () => {
  const opened = async (subjectId: string, type: 'access' | 'delete' | 'correct' = 'access') =>
    openRequest(worldAt(Date.now()), {
      accountId: sol.accountId,
      subjectKind: 'contact',
      subjectId,
      type,
      door: 'chat',
      language: 'en',
    })

  it('shows who answers, by when, and what can be done, and nothing of whom it is about', async () => {
    const her = await contactOf(sol)
    const { code } = await opened(her)
    const answer = await door(`/requests/${code.toUpperCase()}`)
    const text = await answer.clone().text()
    expect(await read(answer)).toMatchObject({
      code,
      state: 'waiting',
      about: 'contact',
      controller: { kind: 'business', name: sol.name },
      contacts: { questions: 'contact@softivum.com', complaints: 'contact@softivum.com' },
      can: ['withdraw', 'write'],
    })
    expect(text).not.toContain(her)
    expect(answer.headers.get('x-robots-tag')).toBe('noindex')
  })

  it('that nobody has answers like any address that is not there', async () => {
    const { code } = await opened(await contactOf(sol))
    const near = `${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`
    const nowhere = await (await door('/nowhere')).text()
    for (const path of [
      `/requests/${near}`,
      `/requests/${'0'.repeat(26)}`,
      '/requests/%',
      `/deletions/${code}`,
    ]) {
      const answer = await door(path)
      expect([answer.status, await answer.text()]).toEqual([404, nowhere])
    }
    for (const path of [`/requests/${near}/withdraw`, `/requests/${near}/messages`])
      expect((await door(path, { text: 'x' })).status).toBe(404)
  })

  it('of another person opens only what is theirs', async () => {
    const [hers, his] = [
      await opened(await contactOf(sol), 'correct'),
      await opened(await contactOf(sol), 'correct'),
    ]
    await door(`/requests/${hers.code}/messages`, { text: 'my name is Ana' })
    expect((await read(await door(`/requests/${his.code}`))).messages).toEqual([])
    expect((await read(await door(`/requests/${hers.code}`))).messages).toMatchObject([
      { by: 'person', text: 'my name is Ana' },
    ])
    await door(`/requests/${his.code}/withdraw`, {})
    expect(await requestRow(hers.id)).toMatchObject({ state: 'waiting' })
  })

  it('takes a request back once and again, and not when it has been carried out', async () => {
    const { code, id } = await opened(await contactOf(sol))
    for (let i = 0; i < 2; i++)
      expect(await read(await door(`/requests/${code}/withdraw`, {}))).toMatchObject({
        state: 'withdrawn',
        can: [],
      })
    expect(await entriesOf(id)).toEqual(['person request.open access', 'person request.withdraw'])
    const other = await opened(await contactOf(sol), 'delete')
    await ask(`/api/v1/requests/${other.id}/grant`, { key: keys.key, method: 'POST' })
    expect((await door(`/requests/${other.code}/withdraw`, {})).status).toBe(409)
  })

  it('of a deletion is also that of the deletion, once it has begun', async () => {
    const { code, id } = await opened(await contactOf(sol), 'delete')
    expect((await door(`/deletions/${code}`)).status).toBe(404)
    await ask(`/api/v1/requests/${id}/grant`, { key: keys.key, method: 'POST' })
    const begun = await read(await door(`/deletions/${code}`))
    expect(begun).toMatchObject({ code, scope: 'contact' })
    const { deletion } = await read(await door(`/requests/${code}`))
    const own = (deletion as { code: string }).code
    expect(await read(await door(`/deletions/${own}`))).toMatchObject({ ...begun, code: own })
  })
})

describe('a code for the chat', () => {
  it('is given with the link to any number, ours or not, in the same words', async () => {
    const shape = async (number: string) => {
      const { code, text, waUrl, expiresAt } = await read(
        await door('/chat-codes', { type: 'delete', number }),
      )
      const link = new URL(String(waUrl))
      expect(link.searchParams.get('text')).toBe(text)
      expect(String(text)).toContain(String(code))
      expect(Date.parse(String(expiresAt))).toBeGreaterThan(Date.now())
      return [String(text).replace(String(code), ''), link.host, link.pathname]
    }
    const [words, host, path] = await shape(`+${sol.displayPhoneNumber}`)
    expect([host, path]).toEqual(['wa.me', `/${sol.displayPhoneNumber}`])
    expect((await shape('0091 98765-43210')).slice(0, 2)).toEqual([words, 'wa.me'])
    for (const number of ['', '12', 'call me', '9'.repeat(30)])
      expect((await door('/chat-codes', { type: 'delete', number })).status).toBe(400)
  })
})

describe('the contact form', () => {
  const letter = {
    email: 'lena@example.com',
    name: 'Lena',
    topic: 'question',
    text: 'Where are you?',
    website: '',
  }

  it('keeps the letter sealed and mails it to whoever operates this, who answers to the writer', async () => {
    expect((await door('/letters', letter)).status).toBe(202)
    expect(sent).toMatchObject([
      {
        to: 'contact@softivum.com',
        replyTo: 'lena@example.com',
        text: expect.stringMatching(/Where are you/),
      },
    ])
    expect(
      JSON.stringify([await rowsOf('letters'), await rowsOf('visitors'), await rowsOf('mails')]),
    ).not.toMatch(/lena|Where are/i)
  })

  it('answers a machine the same and keeps nothing of it', async () => {
    const before = await rowsOf('letters')
    const [human, machine] = [
      await door('/letters', letter),
      await door('/letters', { ...letter, website: 'https://buy.example' }),
    ]
    expect([machine.status, await machine.text()]).toEqual([human.status, await human.text()])
    expect(await rowsOf('letters')).toHaveLength(before.length + 1)
  })

  it('takes so many letters from one address in a day', async () => {
    const mine = { ...letter, email: 'often@example.com' }
    for (let i = 0; i < limits.lettersPerDay; i++) expect((await door('/letters', mine)).status).toBe(202)
    expect((await door('/letters', mine)).status).toBe(429)
    expect((await door('/letters', { ...mine, email: 'seldom@example.com' })).status).toBe(202)
  })
})

describe('one network', () => {
  it('gets through so often a minute at a door, and leaves all others their turn', async () => {
    const ip = '2001:db8:1:2::1'
    const statuses: number[] = []
    for (let i = 0; i < 22; i++)
      statuses.push((await door('/requests/nobody/withdraw', {}, i % 2 ? ip : '2001:db8:1:2:ffff::9')).status)
    expect(statuses.filter((status) => status === 429).length).toBe(2)
    expect((await door('/requests/nobody/withdraw', {}, '2001:db8:1:3::1')).status).toBe(404)
    expect((await door('/chat-codes', { type: 'delete', number: '34655501001' }, ip)).status).toBe(201)
    expect((await door(`/requests/${'0'.repeat(26)}`, undefined, ip)).status).toBe(404)
  })
})
