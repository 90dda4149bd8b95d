// Who somebody is, and what else Meta tells of people, accounts and groups, read the way a business reads it.

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { keeperOf, openColumns } from '../../../worker/custody/sealing.ts'
import { monsoon, type Person, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import {
  api,
  ask,
  conversations,
  nowSeconds,
  receive,
  seedThreads,
  stranger,
  threadOf,
} from '../../support/thread.ts'
import {
  contactBlock,
  fromPart,
  messageChange,
  messagesChange,
  post,
  render,
  textMessage,
} from '../../support/webhooks.ts'

beforeAll(seedThreads)

describe('who somebody is', () => {
  const moved = (from: Person, to: Person, id: string) =>
    messagesChange(sol, {
      messages: [
        {
          ...(from.phone ? { from: from.phone } : {}),
          id,
          timestamp: String(nowSeconds + 10),
          type: 'system',
          system: {
            type: from.phone ? 'user_changed_number' : 'user_changed_user_id',
            body: 'moved',
            ...(to.phone ? { wa_id: to.phone } : {}),
            user_id: to.bsuid,
            previous_user_id: from.bsuid,
          },
        },
      ],
    })

  it('stays one person over a change of number, whichever side was heard first', async () => {
    const [before, after] = [stranger(), stranger()]
    await receive(messageChange(sol, after, textMessage('wamid.N2', 'new number', nowSeconds + 20)))
    await receive(messageChange(sol, before, textMessage('wamid.N1', 'old number', nowSeconds)))
    await receive(moved(before, after, 'wamid.NS'))
    const mine = (await conversations(sol)).filter(
      ({ contact }) => contact.bsuid === before.bsuid || contact.bsuid === after.bsuid,
    )
    expect(mine).toHaveLength(1)
    expect(mine[0]?.contact).toMatchObject({ phone: after.phone, bsuid: after.bsuid })
    expect((await threadOf(sol, after.bsuid)).map(({ text }) => text)).toEqual([
      'old number',
      'moved',
      'new number',
    ])
  })

  it('is one person when phone and user id, first seen apart, are seen together', async () => {
    const person = stranger()
    await receive(
      messageChange(sol, { phone: person.phone }, textMessage('wamid.P1', 'by phone', nowSeconds)),
    )
    await receive(
      messageChange(sol, { bsuid: person.bsuid }, textMessage('wamid.P2', 'by id', nowSeconds + 1)),
    )
    await receive(messageChange(sol, person, textMessage('wamid.P3', 'both', nowSeconds + 2)))
    expect((await threadOf(sol, person.bsuid)).map(({ text }) => text)).toEqual(['by phone', 'by id', 'both'])
  })

  it('is somebody else when a phone number comes back with another user id', async () => {
    const [old, young] = [stranger(), stranger()]
    await receive(messageChange(sol, old, textMessage('wamid.RC1', 'old owner', nowSeconds)))
    await receive(
      messageChange(
        sol,
        { ...young, phone: old.phone },
        textMessage('wamid.RC2', 'new owner', nowSeconds + 7200),
      ),
    )
    expect((await threadOf(sol, old.bsuid)).map(({ text }) => text)).toEqual(['old owner'])
    expect((await threadOf(sol, young.bsuid)).map(({ text }) => text)).toEqual(['new owner'])
  })

  it('is erased from the moment of the erasure: a late event stores nothing, a newer message starts afresh', async () => {
    const person = stranger()
    await receive(messageChange(sol, person, textMessage('wamid.ER1', 'before', nowSeconds)))
    const contactId = (await conversations(sol)).find(({ contact }) => contact.bsuid === person.bsuid)
      ?.contact.id as string
    await keeperOf(env.KEEPER, sol.accountId).forget([contactId], (nowSeconds + 100) * 1000)
    const before = {
      messages: await rowsOf('messages', 'id'),
      contacts: await rowsOf('contacts', 'id'),
      erased: (await rowsOf('intake_counts'))[0]?.erased as number,
    }
    await receive(messageChange(sol, person, textMessage('wamid.ER2', 'late', nowSeconds + 50)))
    expect({ messages: await rowsOf('messages', 'id'), contacts: await rowsOf('contacts', 'id') }).toEqual({
      messages: before.messages,
      contacts: before.contacts,
    })
    expect((await rowsOf('intake_counts'))[0]?.erased).toBe(before.erased + 1)
    await receive(messageChange(sol, person, textMessage('wamid.ER3', 'afresh', nowSeconds + 200)))
    const again = (await conversations(sol)).find(({ contact }) => contact.bsuid === person.bsuid)
    expect(again?.contact.id).not.toBe(contactId)
    expect((await threadOf(sol, person.bsuid)).map(({ text }) => text)).toEqual(['afresh'])
  })
})

describe('the rest of what Meta tells', () => {
  const stop = (person: Person, value: string, at: number) => ({
    field: 'user_preferences',
    value: {
      ...messagesChange(sol, {}).value,
      contacts: [contactBlock(person)],
      user_preferences: [
        { wa_id: person.phone, user_id: person.bsuid, category: 'marketing_messages', value, timestamp: at },
      ],
    },
  })

  it('keeps the newest word about marketing, in any order', async () => {
    const person = stranger()
    await receive(stop(person, 'stop', nowSeconds + 5), stop(person, 'resume', nowSeconds))
    const rows = await rowsOf('contact_preferences')
    expect(rows).toMatchObject([{ account_id: sol.accountId, category: 'marketing_messages', value: 'stop' }])
  })

  it('opens the window for a call too', async () => {
    const person = stranger()
    await receive({
      field: 'calls',
      value: {
        ...messagesChange(sol, {}).value,
        contacts: [contactBlock(person)],
        calls: [
          {
            id: 'wacid.1',
            ...fromPart(person),
            event: 'connect',
            direction: 'USER_INITIATED',
            timestamp: String(nowSeconds),
          },
        ],
      },
    })
    expect(
      (await conversations(sol)).find(({ contact }) => contact.bsuid === person.bsuid)?.windowClosesAt,
    ).not.toBeNull()
  })

  it('holds a banned account and lifts the hold when it is reinstated, whatever comes first', async () => {
    const event = (state: string, time: number) => ({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: sol.wabaId,
          time,
          changes: [
            {
              field: 'account_update',
              value: { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: state } },
            },
          ],
        },
      ],
    })
    await post(render(event('REINSTATE', nowSeconds + 10)))
    await post(render(event('DISABLE', nowSeconds)))
    await drain(sol)
    const [hold] = await rowsOf('holds')
    expect(hold).toMatchObject({ subject_id: sol.wabaId, kind: 'banned' })
    expect(hold?.lifted_at as number).toBeGreaterThan(hold?.at as number)
    const actions = (await rowsOf('audit_entries', 'rowid')).map((row) => String(row.action))
    expect(actions.filter((action) => action.startsWith('hold.'))).toEqual(['hold.lift', 'hold.place'])
  })

  it('finds the account of a partner event inside it, not in its entry', async () => {
    await post(
      render({
        object: 'whatsapp_business_account',
        entry: [
          {
            id: '601900100200300',
            time: nowSeconds,
            changes: [
              {
                field: 'account_update',
                value: {
                  event: 'PARTNER_APP_UNINSTALLED',
                  waba_info: { waba_id: sol.wabaId, partner_app_id: '401700800900100' },
                },
              },
            ],
          },
        ],
      }),
    )
    await post(
      render({
        object: 'whatsapp_business_account',
        entry: [
          {
            id: '601900100200300',
            time: nowSeconds,
            changes: [
              {
                field: 'account_update',
                value: {
                  event: 'PARTNER_APP_UNINSTALLED',
                  waba_info: { waba_id: monsoon.wabaId, partner_app_id: '999' },
                },
              },
            ],
          },
        ],
      }),
    )
    await drain()
    expect((await rowsOf('holds')).filter((row) => row.kind === 'disconnected')).toMatchObject([
      { subject_id: sol.wabaId },
    ])
  })

  it('keeps group messages out of one-to-one conversations', async () => {
    const person = stranger()
    await receive(
      messageChange(sol, person, { ...textMessage('wamid.G1', 'to all', nowSeconds), group_id: 'G1' }),
    )
    expect(await threadOf(sol, person.bsuid)).toEqual([])
    expect(
      (await rowsOf('raw_events')).some((row) => row.reason === 'group' && row.outcome === 'ignored'),
    ).toBe(true)
  })

  it('keeps errors and user actions beside the messages, acknowledged and counted as ignored', async () => {
    const counts = async (phoneNumberId: string) =>
      (await rowsOf('intake_counts')).find((row) => row.counter_key === phoneNumberId)
    const before = { own: await counts(sol.phoneNumberId), neighbour: await counts(monsoon.phoneNumberId) }
    const error = { code: 131000, title: 'Something went wrong', error_data: { details: 'no more is known' } }
    const action = { action_type: 'marketing_messages_link_click', timestamp: String(nowSeconds) }
    await receive(messagesChange(sol, { errors: [error], user_actions: [action] }))
    const kept = (await rowsOf('raw_events')).filter(
      (row) => row.reason === 'error' || row.reason === 'user_action',
    )
    expect(kept.map((row) => [row.account_id, row.outcome])).toEqual([
      [sol.accountId, 'ignored'],
      [sol.accountId, 'ignored'],
    ])
    const opened = await openColumns(
      env.KEEPER,
      sol.accountId,
      kept.map((row) => ({
        table: 'raw_events',
        column: 'payload',
        rowId: `${row.id}/0`,
        sealed: row.payload as string,
      })),
      Date.now(),
    )
    const items = Object.fromEntries(kept.map((row, i) => [row.reason, JSON.parse(opened[i] as string).item]))
    expect(items).toEqual({ error, user_action: action })
    expect(await counts(sol.phoneNumberId)).toMatchObject({
      received: (before.own?.received as number) + 2,
      ignored: (before.own?.ignored as number) + 2,
    })
    expect(await counts(monsoon.phoneNumberId)).toEqual(before.neighbour)
  })

  it('shows a number’s counters, their sum and the last event, to its owner only', async () => {
    const health = await api<{ totals: Record<string, number>; lagMs: number; lastEventAt: string }>(
      sol,
      `/numbers/${sol.numberId}/health`,
    )
    const { received, ...named } = health.totals
    expect(Object.values(named).reduce((sum, n) => sum + n, 0)).toBe(received)
    expect(received).toBeGreaterThan(10)
    expect(health.lagMs).toBe(0)
    const foreign = await ask(monsoon, `/numbers/${sol.numberId}/health`)
    const missing = await ask(monsoon, '/numbers/num_none/health')
    expect([foreign.status, await foreign.text()]).toEqual([404, await missing.text()])
  })
})
